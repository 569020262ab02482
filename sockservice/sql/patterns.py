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
    fold = fold_of(collation) or str
    parts: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if escape and letter == escape:
            parts.append(re.escape(fold(next(letters, letter))))
        elif letter == "%":
            if parts[-1:] != [".*"]:
                parts.append(".*")
        else:
            parts.append("." if letter == "_" else re.escape(fold(letter)))
    return re.compile("".join(parts), re.DOTALL)


@internal("interval_place")
def interval_place(value: Any, *others: Any) -> int:
    """INTERVAL()."""
    if value is None:
        return -1
    return sum(1 for other in others if other is None or other <= value)
