"""The collations of SQLite that stand for MySQL's, and those of values that SQLite keeps as text."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from sockservice.collations import collations


def _compare(key: Callable[[str], object]) -> Callable[[str, str], int]:
    def compare(left: str, right: str) -> int:
        if left == right:
            return 0
        a, b = key(left), key(right)
        return (a > b) - (a < b)  # type: ignore[operator]

    return compare


@functools.lru_cache(maxsize=65_536)
def without_case_and_accents(text: str) -> str:
    """The key by which ``_ai_ci`` collations compare."""
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=65_536)
def without_case(text: str) -> str:
    """The key by which ``_as_ci`` collations compare."""
    return text.casefold()


def time_key(text: str) -> float:
    """Seconds of a TIME."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = text.lstrip("-").split(":")
    return sign * (int(hours) * 3600 + int(minutes) * 60 + float(seconds))


def _key_of(name: str) -> Callable[[str], object] | None:
    if name.endswith("_bin") or name == "binary":
        return None
    padded = "_0900_" not in name
    if "_as_cs" in name or name.endswith("_cs"):
        return str.rstrip if padded else None
    fold = without_case if "_as_ci" in name else without_case_and_accents
    return (lambda text: fold(text.rstrip(" "))) if padded else fold


def collation_functions() -> dict[str, Callable[[str, str], int]]:
    """What compares by each collation, by its name."""
    found: dict[str, Callable[[str, str], int]] = {
        "decimal": _compare(Decimal),
        "time": _compare(time_key),
    }
    for name in COLLATION_NAMES:
        key = _key_of(name)
        found[name] = _compare(key) if key is not None else _compare(str.encode)
    return found


COLLATION_NAMES: Final = tuple(collations())
