"""What the protocol must know of a statement's text: its parameters, and where one statement ends.

It reads no SQL beyond that. What is quoted or commented out is passed over (MySQL 8.4 manual, chapter 11 "Language
Structure"); the code in ``/*! … */`` counts. Every repetition is possessive, so that the time is linear in any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_COMMENT: Final = r"--(?=[\x00-\x20]|\Z)[^\n]*+ | \#[^\n]*+ | /\*(?!!)(?:[^*]++|\*(?!/))*+(?:\*/)?+"
_TICKED: Final = r"`(?:[^`]++|``)*+`?+"
_ESCAPING: Final = r"""'(?:[^'\\]++|''|\\.?+)*+'?+ | "(?:[^"\\]++|""|\\.?+)*+"?+"""
_PLAIN: Final = r"""'(?:[^']++|'')*+'?+ | "(?:[^"]++|"")*+"?+"""

# Quoted texts and comments match without a group, so that what is in them is passed over.
_PARAMETER: Final = {
    escapes: re.compile(rf"{quoted} | {_TICKED} | {_COMMENT} | (\?)", re.VERBOSE | re.DOTALL)
    for escapes, quoted in ((True, _ESCAPING), (False, _PLAIN))
}
_SEMICOLON: Final = {
    escapes: re.compile(rf"{quoted} | {_TICKED} | {_COMMENT} | (;)", re.VERBOSE | re.DOTALL)
    for escapes, quoted in ((True, _ESCAPING), (False, _PLAIN))
}
_WORD: Final = {
    escapes: re.compile(
        rf"{quoted} | {_TICKED} | {_COMMENT} | (;|[(),:]|[@.]*+[\w$]++|[^\s\w])", re.VERBOSE | re.DOTALL
    )
    for escapes, quoted in ((True, _ESCAPING), (False, _PLAIN))
}
_EMPTY: Final = re.compile(rf"(?:[\x00-\x20;]++|{_COMMENT})*+", re.VERBOSE | re.DOTALL)
_PROGRAM: Final = re.compile(
    rf"""(?:[\x00-\x20]++|{_COMMENT}|/\*![0-9]*+)*+
    (?: create\b.{{0,300}}?\b(?:procedure|function|trigger|event)\b | alter\b.{{0,300}}?\bevent\b | begin\s++not\b )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_OPENING: Final = frozenset("begin case loop while".split())
_BLOCKS: Final = frozenset("case if loop repeat while".split())
_BEFORE_A_STATEMENT: Final = frozenset("; begin then else do loop repeat row : )".split())


def parameter_count(text: str, *, escapes: bool = True) -> int:
    """How many ``?`` of a statement are parameters.

    Args:
        text: the statement.
        escapes: whether a backslash escapes within quotes: not so where sql_mode has NO_BACKSLASH_ESCAPES.
    """
    if "?" not in text:
        return 0
    return sum(1 for match in _PARAMETER[escapes].finditer(text) if match.lastindex)


def split_statements(text: str, *, escapes: bool = True) -> list[str]:
    """The statements of a text, without the ``;`` between them; one text where there is one statement.

    What is empty behind the last ``;`` is no statement. Procedures, functions, triggers and events keep the ``;``
    of their bodies.

    Args:
        text: what a client sent.
        escapes: as for :func:`parameter_count`.
    """
    if ";" not in text:
        return [text]
    start, statements = 0, []
    for end in _ends(text, escapes):
        if end < start:
            continue
        if _PROGRAM.match(text, start):
            end = _program_end(text, start, escapes)
        statements.append(text[start:end])
        start = end + 1
        if _EMPTY.fullmatch(text, start):
            return statements
    return [*statements, text[start:]]


def _ends(text: str, escapes: bool) -> Iterator[int]:
    """Where each ``;`` stands that ends something."""
    return (match.start() for match in _SEMICOLON[escapes].finditer(text) if match.lastindex)


def _program_end(text: str, start: int, escapes: bool) -> int:
    """Where a stored program ends that begins at ``start``: its ``;`` outside of all blocks, or the end."""
    depth, before, ending = 0, "", False
    for match in _WORD[escapes].finditer(text, start):
        if not match.lastindex:
            continue
        word = match[0].lower()
        if ending:
            # END IF, END LOOP, …: the word names the block that END has closed.
            ending = False
            if word in _BLOCKS:
                before = word
                continue
        if word == "end":
            depth, ending = max(depth - 1, 0), True
        elif word in _OPENING or (word in ("if", "repeat") and before in _BEFORE_A_STATEMENT):
            depth += 1
        elif word == ";" and depth == 0:
            return match.start()
        before = word
    return len(text)
