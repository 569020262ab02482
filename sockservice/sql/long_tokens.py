"""The tokens of a long statement, looked for piece by piece.

A regular expression keeps the other threads waiting while it looks: for tens of megabytes, longer than anybody is to
wait. Here it looks through short tokens only; the end of a long text is found in steps, with turns for others between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sockservice.sql.tokens import NAME, PLAIN_TOKEN, TOKEN, is_code, token_pattern, unended

LONG: Final = 32_768
"""Characters of a statement that is long: it is taken apart in a thread."""
_PIECE: Final = 65_536
"""Characters that are looked through in one step."""
_SHORT: Final = 1_000
"""Characters of a text that is found in one step, if nothing is escaped in it."""

_TOKEN: Final = token_pattern(
    rf"""[nN]?'[^'\\]{{0,{_SHORT}}}+'(?!') | "[^"\\]{{0,{_SHORT}}}+"(?!") """,
    comment="(?!)",
    digits=f"{{1,{_SHORT}}}+",
    begun=r"""| (?P<begun> /\* | [nN]?' | " | 0x(?=[0-9a-fA-F]) | [xX]'(?=[0-9a-fA-F]) )""",
)
_LETTER: Final = re.compile(NAME)
_DIGITS: Final = re.compile(r"[0-9a-fA-F]*+")
_INSIDE: Final = {
    False: {"'": re.compile(r"(?:[^'\\]++|''|\\.)*+", re.DOTALL), '"': re.compile(r'(?:[^"\\]++|""|\\.)*+', re.DOTALL)},
    True: {"'": re.compile(r"(?:[^']++|'')*+"), '"': re.compile(r'(?:[^"]++|"")*+')},
}
"""What may stand within a text, by whether a backslash is a letter like any other, and by its quote."""


def long_tokens(text: str, *, plain: bool) -> Iterator[tuple[str, str]]:
    """The tokens of a statement: the kind and the text of each, as :data:`~sockservice.sql.tokens.TOKEN` has them.

    What is code in comments counts as code; other comments come as a blank.

    Args:
        text: the statement.
        plain: whether a backslash is a letter like any other.

    Raises:
        Refused: 1064 for a text or a comment without an end.
    """
    at = 0
    while True:
        for match in _TOKEN.finditer(text, at):
            kind, piece = str(match.lastgroup), match[0]
            if kind == "begun":
                break
            yield kind, piece
        else:
            return
        start = match.start()
        if piece == "/*":
            at = text.find("*/", match.end()) + 2
            if at < 2:
                raise unended(text, start)
            yield "skip", " "
            code = is_code(text[start:at])
            if code is not None:
                yield from long_tokens(code, plain=plain)
                yield "skip", " "
            continue
        kind, at = _end(text, match, plain=plain)
        yield kind, text[start:at]


def _end(text: str, begun: re.Match[str], *, plain: bool) -> tuple[str, int]:
    """The kind and the end of a token that is perhaps long."""
    start, piece = begun.span()[0], begun[0]
    if piece[0] in "0xX":
        at = _past(_DIGITS, text, begun.end())
        if piece[0] != "0" and text.startswith("'", at):
            return "binary", at + 1
        if piece[0] == "0" and _LETTER.match(text, at) is None:
            return "binary", at
    else:
        at = _past(_INSIDE[plain][piece[-1]], text, begun.end())
        if text.startswith(piece[-1], at):
            return "string", at + 1
        if piece[0] in "'\"":
            raise unended(text, start)
    whole = (PLAIN_TOKEN if plain else TOKEN).match(text, start)
    assert whole is not None
    return str(whole.lastgroup), whole.end()


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """The end of what a pattern takes from somewhere on, step by step."""
    while True:
        found = pattern.match(text, at, at + _PIECE)
        assert found is not None
        if found.end() == at:
            return at
        at = found.end()
