"""LIKE."""

from __future__ import annotations

import functools
import re
from typing import Any

from sockservice.sql.collating import fold_of
from sockservice.sql.registry import internal


@internal("mysql_like", 4)
def like(text: Any, pattern: Any, escape: str, collation: str) -> int | None:
    """LIKE, letter by letter as a collation takes them for alike."""
    if text is None or pattern is None:
        return None
    fold = fold_of(collation)
    value = str(text) if fold is None else fold(str(text))
    return int(_pattern(str(pattern), escape, collation).fullmatch(value) is not None)


@functools.lru_cache(maxsize=1024)
def _pattern(pattern: str, escape: str, collation: str) -> re.Pattern[str]:
    """A LIKE pattern as a regular expression.

    What stands between two ``%`` is taken where it is found first, and that is not tried again (an atomic group):
    no pattern takes longer than its length times the text's.
    """
    fold = fold_of(collation) or str
    pieces: list[list[str]] = [[]]
    letters = iter(pattern)
    for letter in letters:
        if escape and letter == escape:
            pieces[-1].append(re.escape(fold(next(letters, letter))))
        elif letter == "%":
            pieces.append([])
        else:
            pieces[-1].append("." if letter == "_" else re.escape(fold(letter)))
    first, *others = ("".join(piece) for piece in pieces)
    if not others:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{piece})" for piece in others[:-1] if piece)
    return re.compile(f"{first}{between}.*{others[-1]}", re.DOTALL)


@internal("interval_place")
def interval_place(value: Any, *others: Any) -> int:
    """INTERVAL()."""
    if value is None:
        return -1
    return sum(1 for other in others if other is None or other <= value)
