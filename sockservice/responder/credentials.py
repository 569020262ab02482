"""Passwords in statements: taken out before a statement is shown, written or logged.

MySQL itself keeps the passwords of ``CREATE USER``, ``ALTER USER``, ``GRANT``, ``SET PASSWORD``, ``CHANGE MASTER`` and
their like out of its logs (MySQL 8.4 manual, 8.1.2.3 "Passwords and Logging"). Here every literal of a statement that
speaks of passwords is taken out: rather a harmless value too much than a password too few.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sockservice.answers import Value
from sockservice.responder.tokens import Kind, TooManyTokens, tokens

HIDDEN: Final = "'***'"
"""What stands for a literal that is not shown."""

_SECRET: Final = re.compile("identified|passw", re.IGNORECASE)
_MAX_TOKENS: Final = 4096
_HEXADECIMAL: Final = ("0x", "x'", "0b", "b'")


def has_credentials(text: str) -> bool:
    """Whether a statement speaks of passwords."""
    return _SECRET.search(text) is not None


def without_credentials(text: str) -> str:
    """The statement; where it speaks of passwords, with ``'***'`` for each literal, and without its comments."""
    if not has_credentials(text):
        return text
    try:
        found = tokens(text, limit=_MAX_TOKENS)
    except TooManyTokens:
        return f"{text.split(None, 1)[0][:20]} {HIDDEN}"
    pieces: list[str] = []
    end = 0
    for token in found:
        if end and token.start > end:
            pieces.append(" ")
        literal = token.kind is Kind.STRING or token.text.lower().startswith(_HEXADECIMAL)
        # A comment that does not end may hold anything.
        pieces.append(HIDDEN if literal or token.text.startswith("/*") else token.text)
        end = token.end
    return "".join(pieces)


def params_without_credentials(text: str, params: Sequence[Value]) -> tuple[Value, ...]:
    """The values bound to a statement; where it speaks of passwords, ``***`` for each text."""
    if not params or not has_credentials(text):
        return tuple(params)
    return tuple("***" if isinstance(value, (str, bytes)) else value for value in params)
