"""SQL text to tokens, by MySQL's lexical rules (MySQL 8.4 manual, chapter 11 "Language Structure").

Stub matching and the chatter both read statements through this module, so that layout, comments and the case of
identifiers never decide anything. One regular expression does the work; every repetition in it is possessive, so
that no text can make it go back and the time is linear.
"""

from __future__ import annotations

import enum
import itertools
import re
from typing import Final

import msgspec

from sockservice.errors import SockserviceError


class Kind(enum.Enum):
    """What a token is."""

    WORD = "word"
    """A keyword or an identifier without quotes."""
    QUOTED = "quoted"
    """An identifier in back-ticks."""
    STRING = "string"
    """A literal in ``'`` or ``"``, with or without the ``N`` of the national character set."""
    NUMBER = "number"
    """A decimal, float, hexadecimal or bit literal, without a sign."""
    PARAMETER = "parameter"
    """The ``?`` of a prepared statement."""
    USER_VARIABLE = "user variable"
    """``@x``, also ``@'x'`` and with back-ticks."""
    SYSTEM_VARIABLE = "system variable"
    """``@@x``, also with its scope: ``@@session.x``."""
    SYMBOL = "symbol"
    """An operator or punctuation, of one or more characters; also a comment that does not end."""


class Token(msgspec.Struct, frozen=True, gc=False):
    """One token.

    A ``msgspec.Struct`` and not a tuple because a statement of a megabyte may have a million of them, and these
    are made five times faster and cost the garbage collector nothing.

    Attributes:
        kind: what it is.
        text: as written.
        value: what it means: a STRING decoded, a NUMBER as written, names unquoted and in lower case
            (variables with their ``@`` or ``@@``), symbols as written.
        start: offset of its first character in the statement.
    """

    kind: Kind
    text: str
    value: str
    start: int

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


# What is not in it, of ASCII: a set that goes up to \U0010ffff takes the compiler a hundred times as long.
_NAME: Final = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
_TICKED: Final = r"`(?:[^`]++|``)*+`?"
_SINGLE: Final = r"'(?:[^'\\]++|''|\\.?)*+'?"
_DOUBLE: Final = r'"(?:[^"\\]++|""|\\.?)*+"?'
_EXPONENT: Final = r"(?:[eE][+-]?[0-9]++)"
# `/*!NNNNN code */` is code up to 8.4.0, the version that we say we are (manual, 11.7 "Comments"): with five digits or
# six; without digits it is code for all.
_CODE_COMMENT: Final = r"/\*!(?:0?(?:[0-7][0-9]{4}|80[0-3][0-9]{2}|80400)(?![0-9])|(?![0-9]{5}))"

# One group per entry of _KINDS, the frequent ones first where the order is free. White space has no group, but an
# alternative: the search would otherwise try all of them at every blank.
_PATTERN: Final = re.compile(
    rf"""
    [\x00-\x20]++
  | ( (?![0-9]|[nNxXbB]'){_NAME}++ )
  | ( [(),;=+*%^~{{}}\[\]\\](?!/) | -(?![->]) )
  | ( --(?=[\x00-\x20]|\Z)[^\n]*+ | \#[^\n]*+ | /\*(?!!)(?:[^*]++|\*(?!/))*+\*/
      | (?!{_CODE_COMMENT})/\*!(?:[^*]++|\*(?!/))*+\*/ )
  | ( {_CODE_COMMENT} )
  | ( \*/ )
  | ( 0x[0-9a-fA-F]++(?!{_NAME}) | 0b[01]++(?!{_NAME}) | [xX]'[0-9a-fA-F]*+' | [bB]'[01]*+'
      | [0-9]++(?:\.[0-9]*+{_EXPONENT}?+|{_EXPONENT}(?!{_NAME})|(?!{_NAME}))
      | (?<!{_NAME})(?<!`)\.[0-9]++{_EXPONENT}?+ )
  | ( [nN]?{_SINGLE} | {_DOUBLE} )
  | ( {_NAME}++ )
  | ( {_TICKED} )
  | ( @@(?:{_NAME}++|{_TICKED})(?:\.(?:{_NAME}++|{_TICKED}))*+ )
  | ( @(?:(?:{_NAME}|\.)++|{_TICKED}|{_SINGLE}|{_DOUBLE}) )
  | ( \? )
  | ( <=>|<<|>>|<=|>=|<>|!=|:=|&&|\|\||->>|->|/\*(?s:.)*+|[^\x00-\x20] )
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS: Final = (
    None,
    Kind.WORD,
    Kind.SYMBOL,
    None,
    None,
    None,
    Kind.NUMBER,
    Kind.STRING,
    Kind.WORD,
    Kind.QUOTED,
    Kind.SYSTEM_VARIABLE,
    Kind.USER_VARIABLE,
    Kind.PARAMETER,
    Kind.SYMBOL,
)
_CODE_BEGINS, _COMMENT_ENDS = 4, 5


class TooManyTokens(SockserviceError):
    """A text has more tokens, comments and stretches of white space than wanted."""


def tokens(text: str, limit: int | None = None, longest: int | None = None) -> list[Token]:
    """Split a statement into its tokens; comments and white space are dropped.

    Executable comments (``/*!40100 code */``) give the tokens of their code where the version is not newer than 8.4.0;
    optimizer hints and MariaDB's ``/*M! code */`` are comments.

    Args:
        text: any text, SQL or not.
        limit: how many tokens, comments and stretches of white space there may be in all.
        longest: characters of the longest token that is decoded; the value of a longer one is its text.

    Returns:
        The tokens in order. What does not end (a string, a comment) is one token up to the end of the text.

    Raises:
        TooManyTokens: there are more than ``limit``; the rest of the text was not looked at.
    """
    matches = _PATTERN.finditer(text)
    most = len(text) if longest is None else longest
    found: list[Token] = []
    add = found.append
    in_code_comment = False
    for match in matches if limit is None else itertools.islice(matches, limit):
        group = match.lastindex or 0
        kind = _KINDS[group]
        written = match[0]
        if kind is not None:
            decode = _DECODERS[group]
            value = decode(written) if decode and len(written) <= most else written
            add(Token(kind, written, value, match.start()))
        elif group == _CODE_BEGINS:
            in_code_comment = True
        elif group == _COMMENT_ENDS:
            if not in_code_comment:
                add(Token(Kind.SYMBOL, "*", "*", match.start()))
                add(Token(Kind.SYMBOL, "/", "/", match.start() + 1))
            in_code_comment = False
    if limit is not None and next(matches, None) is not None:
        raise TooManyTokens(f"more than {limit} tokens, comments and stretches of white space")
    return found


_ESCAPE: Final = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED: Final = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def _string(written: str) -> str:
    """The text that a literal means (manual, 11.1.1 "String Literals")."""
    body = written[1:] if written[0] in "nN" else written
    quote = body[0]
    inside = body[1:-1] if len(body) > 1 and body[-1] == quote else body[1:]
    if "\\" not in inside and quote not in inside:
        return inside

    def decoded(match: re.Match[str]) -> str:
        letter = match[1]
        if letter is not None:
            return _ESCAPED.get(letter, letter)
        return quote if match[0][0] == quote else match[0]

    return _ESCAPE.sub(decoded, inside)


def _ticked(written: str) -> str:
    inside = written[1:-1] if len(written) > 1 and written[-1] == "`" else written[1:]
    return inside.replace("``", "`").lower()


def _user_variable(written: str) -> str:
    if written[1] == "`":
        return "@" + _ticked(written[1:])
    if written[1] in "'\"":
        return "@" + _string(written[1:]).lower()
    return written.lower()


_VARIABLE_PART: Final = re.compile(_TICKED)


def _system_variable(written: str) -> str:
    return _VARIABLE_PART.sub(lambda part: _ticked(part[0]), written).lower()


_DECODE: Final = {
    Kind.WORD: str.lower,
    Kind.STRING: _string,
    Kind.QUOTED: _ticked,
    Kind.SYSTEM_VARIABLE: _system_variable,
    Kind.USER_VARIABLE: _user_variable,
}
_DECODERS: Final = tuple(_DECODE.get(kind) if kind else None for kind in _KINDS)
