"""LIKE and REGEXP."""

from __future__ import annotations

import functools
import re
from typing import Any

from sockservice.sql.collating import without_case_and_accents
from sockservice.sql.registry import internal


@internal("mysql_like", 4)
def like(text: Any, pattern: Any, escape: str, sensitive: int) -> int | None:
    """LIKE, by case and accents or without."""
    if text is None or pattern is None:
        return None
    if not sensitive:
        text, pattern = without_case_and_accents(str(text)), without_case_and_accents(str(pattern))
    return int(_pattern(str(pattern), escape).fullmatch(str(text)) is not None)


@functools.lru_cache(maxsize=1024)
def _pattern(pattern: str, escape: str) -> re.Pattern[str]:
    parts: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if escape and letter == escape:
            parts.append(re.escape(next(letters, letter)))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(parts), re.DOTALL)
