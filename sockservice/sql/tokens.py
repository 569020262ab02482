"""The tokens of a statement (MySQL 8.4 manual, 11.1, 11.2 and 11.7)."""

from __future__ import annotations

import re
from typing import Final

from sockservice.error_codes import syntax_error
from sockservice.sql.errors import Refused

NAME: Final = r"[^\x00-\x23%-/:-@\[-^`{-\x7f]"
"""A letter of names."""


def token_pattern(
    string: str, comment: str = r"/\*(?:[^*]++|\*(?!/))*+\*/", digits: str = "++", begun: str = ""
) -> re.Pattern[str]:
    """What tells the tokens of a statement apart.

    Args:
        string: how texts are written.
        comment: how comments in brackets are.
        digits: how many hexadecimal ones a number has.
        begun: what else there may be in front of names.
    """
    return re.compile(
        rf"""
        (?P<skip> [\x00-\x20]++ | --(?=[\x00-\x20]|\Z)[^\n]*+ | \#[^\n]*+ | {comment} )
      | (?P<string> {string} )
      | (?P<binary> 0x[0-9a-fA-F]{digits}(?!{NAME}) | [xX]'(?:[0-9a-fA-F]{digits})?+'
                  | 0b[01]++(?!{NAME}) | [bB]'[01]*+' )
      {begun}
      | (?P<number> (?<!{NAME})(?: [0-9]++(?:\.[0-9]*+)?+ | \.[0-9]++ )(?:[eE][+-]?[0-9]++)?+(?!{NAME}) )
      | (?P<parameter> \? )
      | (?P<quoted> `(?:[^`]++|``)*+` | @`(?:[^`]++|``)*+` | @'(?:[^']++|'')*+' | @"(?:[^"]++|"")*+" )
      | (?P<word> @?@?{NAME}++ )
      | (?P<symbol> <=>|<<|>>|<=|>=|<>|!=|:=|&&|\|\||->>|->|. )
        """,
        re.VERBOSE | re.DOTALL,
    )


TOKEN: Final = token_pattern(r"""[nN]?'(?:[^'\\]++|''|\\.?)*+' | "(?:[^"\\]++|""|\\.?)*+" """)
PLAIN_TOKEN: Final = token_pattern(r"""[nN]?'(?:[^']++|'')*+' | "(?:[^"]++|"")*+" """)
"""The same without escapes in texts."""
_BEGIN: Final = re.compile(r"""('(?:[^'\\]|''|\\.)*+'|"(?:[^"\\]|""|\\.)*+"|`[^`]*+`)|(['"`])|/\*M?!""", re.DOTALL)
"""A text or a name, a text that has no end, or the begin of a comment that may be code."""
_CONDITIONAL: Final = re.compile(r"/\*(M?)!([0-9]{5,6})?(.*?)\*/", re.DOTALL)
_VERSION: Final = 80_400
"""Whose code in ``/*!80400 … */`` is run."""


def tokens(text: str, *, plain: bool) -> list[tuple[str, str]]:
    """The tokens of a statement: the kind and the text of each.

    What is code in comments counts as code.

    Args:
        text: the statement.
        plain: whether a backslash is a letter like any other.

    Raises:
        Refused: 1064 for a text, a name or a comment without an end.
    """
    if "/*" in text:
        text = _with_code(text)
    found = []
    for match in (PLAIN_TOKEN if plain else TOKEN).finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "symbol" and (piece in "'\"`" or (piece == "/" and text.startswith("*", match.end()))):
            raise unended(text, match.start())
        found.append((kind or "", piece))
    return found


def unended(text: str, start: int) -> Refused:
    """Error 1064 of a text, a name or a comment without an end: what is behind its begin is not looked at again."""
    return Refused(syntax_error(text[start : start + 200], text.count("\n", 0, start) + 1))


def _with_code(text: str) -> str:
    """A statement whose comments are code where they are to us; once one has no end, nothing behind it is looked at."""
    parts: list[str] = []
    done = at = 0
    while (found := _BEGIN.search(text, at)) is not None:
        at = found.end()
        if found[1] is not None:
            continue
        end = text.find("*/", at) + 2
        if found[2] is not None or end < 2:
            break
        code = is_code(text[found.start() : end])
        parts += (text[done : found.start()], " " if code is None else f" {code} ")
        done = at = end
    return "".join((*parts, text[done:])) if parts else text


def is_code(comment: str) -> str | None:
    """The code that a comment is to us, or None."""
    found = _CONDITIONAL.fullmatch(comment)
    return None if found is None or found[1] or int(found[2] or 0) > _VERSION else found[3]
