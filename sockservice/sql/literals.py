"""The literals of a statement apart from the rest: a plan is made once for all statements that differ in them."""

from __future__ import annotations

import functools
import math
import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from sockservice.error_codes import syntax_error
from sockservice.sql.errors import Refused
from sockservice.sql.long_tokens import LONG, long_tokens
from sockservice.sql.reserved import RESERVED
from sockservice.sql.tokens import PLAIN_TOKEN, TOKEN, tokens

PLACEHOLDER: Final = re.compile(r":p([0-9]+)")
"""What stands in the place of a literal."""
_TYPES: Final = frozenset(
    """char varchar binary varbinary bit tinyint smallint mediumint int integer bigint decimal dec numeric fixed float
    double real datetime timestamp time year nchar nvarchar signed unsigned character text blob json enum set""".split()
)
"""Words behind which numbers or texts in brackets belong to a type."""
_STRUCTURAL: Final = frozenset(
    "create alter drop show describe desc explain use grant revoke rename truncate lock prepare kill".split()
)
"""Statements whose literals are part of what they are: they are not told apart from the rest."""
_LITERALS: Final = frozenset(["string", "number", "binary", "parameter"])
_TEMPORAL: Final = frozenset(["date", "time", "timestamp"])
"""Words that make a text behind them a literal of another type."""
_AFTER_TEXT: Final = " text"
"""What stands for a text that was taken out; no token reads so."""
_BINARY: Final = "_binary"
"""The word that makes the text behind it bytes."""
_CHARSET: Final = re.compile(r"_[a-z0-9]+\Z", re.IGNORECASE)
_BEFORE_TEXT: Final = RESERVED | _TEMPORAL | {"escape", "path", "sounds"}
"""Words behind which a text is not an alias."""
_UNDECODED: Final = re.compile(r"[\udc80-\udcff]")
"""What stands for bytes that are no UTF-8."""
_ESCAPE: Final = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED: Final = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


class Literal(msgspec.Struct, frozen=True):
    """One literal.

    Attributes:
        kind: ``int``, ``decimal``, ``double``, ``string``, ``binary`` (``x'41'``, a number as well), ``bytes``
            (``_binary'a'``), ``parameter``, and for a long list behind IN, ``ints`` or ``strings``.
        value: int, Decimal, float, str or bytes, or a tuple of these; of a parameter, what is bound to it.
        text: as written.
    """

    kind: str
    value: Any
    text: str


class Folded(NamedTuple):
    """A statement without its literals.

    Attributes:
        key: the text with ``:p0``, ``:p1`` … in their place and without comments. Of queries, it is laid out as it
            was written, for the labels of columns are made of it; of others, with a blank between any two tokens.
        literals: what stood there.
    """

    key: str
    literals: tuple[Literal, ...]


def written(text: str, literals: tuple[Literal, ...]) -> str:
    """A text with the literals in their places again."""

    def literal(found: re.Match[str]) -> str:
        number = int(found[1])
        return literals[number].text if number < len(literals) else found[0]

    return PLACEHOLDER.sub(literal, text)


class Lexical(NamedTuple):
    """What ``sql_mode`` says of how texts are read.

    Attributes:
        names: ``"a"`` is a name (ANSI_QUOTES).
        plain: a backslash is a letter like any other (NO_BACKSLASH_ESCAPES).
        joins: ``||`` joins texts (PIPES_AS_CONCAT).
    """

    names: bool = False
    plain: bool = False
    joins: bool = False


USUAL: Final = Lexical()
"""What MySQL starts with."""


@functools.lru_cache(maxsize=256)
def lexical(mode: str) -> Lexical:
    """What a value of ``sql_mode`` says."""
    words = set(mode.upper().split(","))
    ansi = "ANSI" in words
    return Lexical(ansi or "ANSI_QUOTES" in words, "NO_BACKSLASH_ESCAPES" in words, ansi or "PIPES_AS_CONCAT" in words)


def fold(text: str, params: tuple[Any, ...] = (), how: Lexical = USUAL) -> Folded:
    """Take the literals out of a statement.

    Args:
        text: the statement.
        params: what is bound to its ``?``.
        how: how its texts are read.

    Raises:
        Refused: 1367 for a number that no DOUBLE holds, 1064 for a colon.
    """
    folded = _fold_kept(text, how) if len(text) <= _LONGEST_KEPT else _fold(text, how)
    if not params:
        return folded
    bound = iter(params)
    return Folded(
        folded.key,
        tuple(
            Literal("parameter", next(bound, None), "?") if literal.kind == "parameter" else literal
            for literal in folded.literals
        ),
    )


def _fold(text: str, how: Lexical) -> Folded:
    """Take the literals out of a statement to whose ``?`` nothing is bound yet."""
    parts: list[str] = []
    literals: list[Literal] = []
    depth = 0
    opened: tuple[int, int] | None = None
    first = previous = ""
    for kind, piece in long_tokens(text, plain=how.plain) if len(text) > LONG else tokens(text, plain=how.plain):
        if how.names and piece[0] == '"':
            kind, piece = "quoted", "`" + piece[1:-1].replace('""', '"').replace("`", "``") + "`"
        if kind == "skip":
            parts.append(piece if piece[0] <= " " else " ")
            continue
        if depth:
            depth += {"(": 1, ")": -1}.get(piece, 0)
        elif piece == "(" and previous in _TYPES:
            depth = 1
        if kind in _LITERALS and not depth and first not in _STRUCTURAL:
            if kind == "string" and previous == _AFTER_TEXT:
                literals[-1] = _joined(literals[-1], piece, how)
                del parts[_last(parts, literals) + 1 :]
                continue
            if kind == "string" and first in _WITH_ALIASES and _names(previous):
                parts.append("`" + text_of(piece).replace("`", "``") + "`")
                previous = "`"
                continue
            if previous == _BINARY and kind in ("string", "binary"):
                literals.append(_bytes(kind, piece, how))
                del parts[_last_word(parts) :]
                parts.append(f":p{len(literals) - 1}")
                previous = _AFTER_TEXT if kind == "string" else "0"
                continue
            if not _CHARSET.match(previous) and not (kind == "string" and previous in _TEMPORAL):
                literals.append(_literal(kind, piece, how))
                parts.append(f":p{len(literals) - 1}")
                previous = _AFTER_TEXT if kind == "string" else "0"
                continue
        if piece == ":":
            # No statement has one outside of texts; what we write ourselves into its text begins so.
            found = (PLAIN_TOKEN if how.plain else TOKEN).finditer(text)
            at = next((match.start() for match in found if match[0] == ":"), text.find(":"))
            raise Refused(syntax_error(text[at:].rstrip("; \n"), text.count("\n", 0, at) + 1))
        if kind == "word":
            if previous in _PLACED and parts[-1][0] == ":":
                parts.append(" ")
        elif piece == "(":
            opened = (len(parts), len(literals)) if previous == "in" else None
        elif piece == ")" and opened is not None and len(literals) - opened[1] >= LIST:
            _gather(parts, literals, *opened)
            opened = None
        previous = piece.lower() if kind == "word" else "`" if kind == "quoted" else piece
        first = first or previous.strip("(")
        parts.append(piece)
    while parts and (parts[-1] == ";" or parts[-1].isspace()):
        parts.pop()
    if first in _LABELLED:
        return Folded("".join(parts).lstrip(), tuple(literals))
    return Folded(" ".join([part for part in parts if not part.isspace()]), tuple(literals))


LIST: Final = 16
"""How many literals of one kind behind IN are taken for one: a list of any length has the same plan."""
_LISTS: Final = {"int": "ints", "string": "strings"}


def _gather(parts: list[str], literals: list[Literal], place: int, first: int) -> None:
    """Make one literal of a list of them.

    Args:
        parts: of the key; the list's are the last ones.
        literals: likewise.
        place: of its bracket among the parts.
        first: the number of its first literal.
    """
    found = literals[first:]
    kind = found[0].kind
    plain = sum(part == "," for part in parts[place:]) == len(found) - 1 and all(
        part.isspace() or part == "," or part.startswith(":p") for part in parts[place + 1 :]
    )
    if kind not in _LISTS or not plain or any(each.kind != kind for each in found):
        return
    if any(each.value >= 1 << 63 if kind == "int" else "\0" in each.value for each in found):
        return
    text = written("".join(parts[place + 1 :]), tuple(literals))
    literals[first:] = [Literal(_LISTS[kind], tuple(each.value for each in found), text)]
    parts[place + 1 :] = [f":p{first}"]


_PLACED: Final = (_AFTER_TEXT, "0")
"""What stands for a literal as the piece in front of another."""
_LONGEST_KEPT: Final = 2000
"""Characters of the longest statement that is kept as it was taken apart: those that are sent again are short."""
_fold_kept: Final = functools.lru_cache(maxsize=1000)(_fold)

_WITH_ALIASES: Final = frozenset(["select", "with"])
"""Statements in which a text may be an alias."""
_LABELLED: Final = frozenset(["select", "with", "values", "table", "create"])
"""Statements with labels, which depend on how they are laid out."""


def _names(previous: str) -> bool:
    """Whether a text is an alias, by the token in front of it."""
    if previous in ("as", ")", "`", "0"):
        return True
    is_word = previous[:1].isalpha() or previous[:1] in ("_", "@")
    return is_word and previous not in _BEFORE_TEXT and not _CHARSET.match(previous)


def place_in(source: str, key: str, literals: tuple[Literal, ...], at: int) -> int:
    """Where in a statement's text a place of its key is.

    Args:
        source: the text.
        key: what :func:`fold` has made of it.
        literals: likewise.
        at: the place: that of a token of the key, or its end.
    """
    count = sum(match.lastgroup != "skip" for match in TOKEN.finditer(written(key[:at], literals)))
    found = [match for match in TOKEN.finditer(source) if match.lastgroup != "skip"]
    return found[count].start() if count < len(found) else len(source)


def _last(parts: list[str], literals: list[Literal]) -> int:
    """Where the last literal stands."""
    wanted = f":p{len(literals) - 1}"
    return next(place for place in reversed(range(len(parts))) if parts[place] == wanted)


def _last_word(parts: list[str]) -> int:
    """Where the last part is that is no white space."""
    return next(place for place in reversed(range(len(parts))) if not parts[place].isspace())


def _bytes(kind: str, piece: str, how: Lexical) -> Literal:
    """``_binary'…'``: the bytes of a text as the client has sent them, as drivers write what is no text."""
    value = _binary(piece) if kind == "binary" else _raw(text_of(piece, how))
    return Literal("bytes", value, f"{_BINARY}{piece}")


def _joined(literal: Literal, piece: str, how: Lexical) -> Literal:
    """Two texts side by side are one, which is named for the first."""
    more = text_of(piece, how)
    if literal.kind == "bytes":
        return Literal("bytes", literal.value + _raw(more), literal.text)
    return _text(literal.value + more, literal.text)


def _text(value: str, source: str) -> Literal:
    """A text; bytes, where it holds what is no UTF-8."""
    if value.isascii():
        return Literal("string", value, source)
    try:
        value.encode()
    except UnicodeEncodeError:
        if _UNDECODED.search(value):
            return Literal("bytes", _raw(value), source)
    return Literal("string", value, source)


def _raw(text: str) -> bytes:
    """The bytes that a client has sent."""
    return text.encode("utf-8", "surrogateescape")


def _literal(kind: str, piece: str, how: Lexical) -> Literal:
    if kind == "parameter":
        return Literal("parameter", None, "?")
    if kind == "string":
        return _text(text_of(piece, how), piece)
    if kind == "binary":
        return Literal("binary", _binary(piece), piece)
    if "e" in piece.lower():
        number = float(piece)
        if math.isinf(number):
            raise Refused("ER_ILLEGAL_VALUE_FOR_TYPE", "double", piece)
        return Literal("double", number, piece)
    if "." in piece or len(piece) > 20 or int(piece) >= 1 << 64:
        return Literal("decimal", Decimal(piece), piece)
    return Literal("int", int(piece), piece)


def text_of(piece: str, how: Lexical = USUAL) -> str:
    """What a string literal means (MySQL 8.4 manual, 11.1.1)."""
    body = piece[1:] if piece[0] in "nN" else piece
    quote, inside = body[0], body[1:-1]
    if "\\" not in inside and quote not in inside:
        return inside
    if how.plain:
        return inside.replace(quote * 2, quote)

    def decoded(match: re.Match[str]) -> str:
        letter = match[1]
        if letter is not None:
            return _ESCAPED.get(letter, letter)
        return quote if match[0][0] == quote else match[0]

    return _ESCAPE.sub(decoded, inside)


def _binary(piece: str) -> bytes:
    digits = piece[2:].rstrip("'")
    if piece[0] in "xX" or piece[:2] == "0x":
        return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    return int(digits or "0", 2).to_bytes((len(digits) + 7) // 8, "big")
