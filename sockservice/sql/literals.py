"""The literals of a statement apart from the rest, so that a plan is made once for all statements that differ in them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

_NAME: Final = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
_TOKEN: Final = re.compile(
    rf"""
    (?P<skip> [\x00-\x20]++ | --(?=[\x00-\x20]|\Z)[^\n]*+ | \#[^\n]*+ | /\*(?![!M])(?:[^*]++|\*(?!/))*+\*/ )
  | (?P<string> [nN]?'(?:[^'\\]++|''|\\.?)*+' | "(?:[^"\\]++|""|\\.?)*+" )
  | (?P<binary> 0x[0-9a-fA-F]++(?!{_NAME}) | [xX]'[0-9a-fA-F]*+' | 0b[01]++(?!{_NAME}) | [bB]'[01]*+' )
  | (?P<number> (?<!{_NAME})(?: [0-9]++(?:\.[0-9]*+)?+ | \.[0-9]++ )(?:[eE][+-]?[0-9]++)?+(?!{_NAME}) )
  | (?P<parameter> \? )
  | (?P<quoted> `(?:[^`]++|``)*+` | @`(?:[^`]++|``)*+` | @'(?:[^']++|'')*+' | @"(?:[^"]++|"")*+" )
  | (?P<word> @?@?{_NAME}++ )
  | (?P<symbol> <=>|<<|>>|<=|>=|<>|!=|:=|&&|\|\||->>|->|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_TYPES: Final = frozenset(
    """char varchar binary varbinary bit tinyint smallint mediumint int integer bigint decimal dec numeric fixed float
    double real datetime timestamp time year nchar nvarchar signed unsigned character text blob json enum set""".split()
)
"""Words behind which numbers or texts in brackets belong to a type."""
_STRUCTURAL: Final = frozenset(
    "create alter drop show describe desc explain use grant revoke rename truncate lock prepare kill".split()
)
"""Statements whose literals are part of what they are: they are not told apart from the rest."""
_TEMPORAL: Final = frozenset(["date", "time", "timestamp"])
"""Words that make the text behind them a literal of their own type."""
_CHARSET: Final = re.compile(r"_[a-z0-9]+\Z", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED: Final = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


class Literal(msgspec.Struct, frozen=True):
    """One literal.

    Attributes:
        kind: ``int``, ``decimal``, ``double``, ``string``, ``binary`` or ``parameter``.
        value: int, Decimal, float, str or bytes; of a parameter, what is bound to it.
        text: as written.
    """

    kind: str
    value: Any
    text: str


class Folded(NamedTuple):
    """A statement without its literals.

    Attributes:
        key: the text with ``:p0``, ``:p1`` … in their place, comments dropped and white space squeezed.
        literals: what stood there.
    """

    key: str
    literals: tuple[Literal, ...]


def fold(text: str, params: tuple[Any, ...] = ()) -> Folded:
    """Take the literals out of a statement.

    Args:
        text: the statement.
        params: what is bound to its ``?``.
    """
    parts: list[str] = []
    literals: list[Literal] = []
    bound = iter(params)
    structural = depth = 0
    first = previous = ""
    for match in _TOKEN.finditer(text):
        kind, written = match.lastgroup, match[0]
        if kind == "skip":
            continue
        if structural:
            depth += (written == "(") - (written == ")")
            structural = depth > 0
        elif written == "(" and previous in _TYPES:
            structural = depth = 1
        if kind in ("string", "number", "binary", "parameter") and not structural:
            if first in _STRUCTURAL or _CHARSET.match(previous) or (kind == "string" and previous in _TEMPORAL):
                parts.append(written)
                previous = ""
                continue
            literal = _literal(str(kind), written, bound)
            if kind == "string" and previous == "'":
                # Texts in a row are one.
                before = literals[-1]
                literals[-1] = Literal("string", before.value + literal.value, f"{before.text} {written}")
                continue
            literals.append(literal)
            parts.append(f":p{len(literals) - 1}")
            previous = "'" if kind == "string" else ""
            continue
        previous = written.lower()
        first = first or previous
        parts.append(written)
    while parts and parts[-1] == ";":
        parts.pop()
    return Folded(" ".join(parts), tuple(literals))


def _literal(kind: str, written: str, bound: Any) -> Literal:
    if kind == "parameter":
        return Literal("parameter", next(bound, None), "?")
    if kind == "string":
        return Literal("string", text_of(written), written)
    if kind == "binary":
        return Literal("binary", _binary(written), written)
    if "e" in written.lower():
        return Literal("double", float(written), written)
    if "." in written or len(written) > 20 or int(written) >= 1 << 64:
        return Literal("decimal", Decimal(written), written)
    return Literal("int", int(written), written)


def text_of(written: str) -> str:
    """What a string literal means (MySQL 8.4 manual, 11.1.1)."""
    body = written[1:] if written[0] in "nN" else written
    quote, inside = body[0], body[1:-1]
    if "\\" not in inside and quote not in inside:
        return inside

    def decoded(match: re.Match[str]) -> str:
        letter = match[1]
        if letter is not None:
            return _ESCAPED.get(letter, letter)
        return quote if match[0][0] == quote else match[0]

    return _ESCAPE.sub(decoded, inside)


def _binary(written: str) -> bytes:
    digits = written[2:].rstrip("'")
    if written[0] in "xX" or written[:2] == "0x":
        return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    return int(digits or "0", 2).to_bytes((len(digits) + 7) // 8, "big")
