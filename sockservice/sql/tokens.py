"""The tokens of a statement (MySQL 8.4 manual, 11.1, 11.2 and 11.7)."""

from __future__ import annotations

import re
from typing import Final

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
_CONDITIONAL: Final = re.compile(
    r"""('(?:[^'\\]|''|\\.)*+'|"(?:[^"\\]|""|\\.)*+"|`[^`]*+`)|/\*(M?)!([0-9]{5,6})?(.*?)\*/""", re.DOTALL
)
_VERSION: Final = 80_400
"""Whose code in ``/*!80400 … */`` is run."""


def tokens(text: str, *, plain: bool) -> list[tuple[str, str]]:
    """The tokens of a statement: the kind and the text of each.

    What is code in comments counts as code.

    Args:
        text: the statement.
        plain: whether a backslash is a letter like any other.
    """
    if "/*" in text:
        text = _CONDITIONAL.sub(_conditional, text)
    # A list: a generator would cost short statements a tenth of their time.
    return [(match.lastgroup or "", match[0]) for match in (PLAIN_TOKEN if plain else TOKEN).finditer(text)]


def is_code(comment: str) -> str | None:
    """The code that a comment is to us, or None."""
    found = _CONDITIONAL.fullmatch(comment)
    return None if found is None or found[2] or int(found[3] or 0) > _VERSION else found[4]


def _conditional(found: re.Match[str]) -> str:
    """What a comment that is code for some servers is to us; other comments are none of these."""
    if found[1] is not None:
        return str(found[1])
    code = is_code(found[0])
    return " " if code is None else f" {code} "
