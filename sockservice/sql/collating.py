"""The collations of SQLite that stand for MySQL's, and those of values that SQLite keeps as text."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sockservice.collations import collations

_PUNCTUATION: Final = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
"""How the Unicode collation algorithm sorts the signs of ASCII: all of them before the digits."""
_SIGNS: Final = {ord(sign): chr(place) for place, sign in enumerate(_PUNCTUATION, 2)} | {32: "\x01"}
_EQUAL_LETTERS: Final = {"ß": "S", "Ø": "O", "ø": "O", "Đ": "D", "đ": "D", "Ł": "L", "ł": "L", "ı": "I"}
"""Letters that ``_general_ci`` takes for others although they are not made of them."""


def _compare(key: Callable[[str], Any]) -> Callable[[str, str], int]:
    def compare(left: str, right: str) -> int:
        if left == right:
            return 0
        a, b = key(left), key(right)
        return int(a > b) - int(a < b)

    return compare


@functools.lru_cache(maxsize=65_536)
def without_case_and_accents(text: str) -> str:
    """The key by which ``_ai_ci`` collations compare."""
    if text.isascii():
        return text.casefold().translate(_SIGNS)
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_SIGNS)
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=65_536)
def without_case(text: str) -> str:
    """The key by which ``_as_ci`` collations compare."""
    return text.casefold().translate(_SIGNS)


@functools.lru_cache(maxsize=65_536)
def letter_by_letter(text: str) -> str:
    """The key by which ``_general_ci`` collations compare: each letter alone, in capitals, without its accent."""
    if text.isascii():
        return text.upper()
    return "".join(map(_general, text))


@functools.lru_cache(maxsize=4096)
def _general(letter: str) -> str:
    if letter > "\uffff":
        return "\ufffd"
    plain = _EQUAL_LETTERS.get(letter) or unicodedata.normalize("NFD", letter)[0]
    capital = plain.upper()
    return capital if len(capital) == 1 else plain


def time_key(text: str) -> float:
    """Seconds of a TIME."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = text.lstrip("-").split(":")
    return sign * (int(hours) * 3600 + int(minutes) * 60 + float(seconds))


@functools.cache
def fold_of(name: str) -> Callable[[str], str] | None:
    """What makes texts alike that a collation takes for alike, blanks at the end aside; None: nothing is done."""
    if name.endswith(("_bin", "_cs")) or name == "binary":
        return None
    if "_as_ci" in name:
        return without_case
    return letter_by_letter if "_general_" in name else without_case_and_accents


@functools.cache
def pads(name: str) -> bool:
    """Whether blanks at the end do not count."""
    return "_0900_" not in name and name != "binary"


@functools.cache
def key_of(name: str) -> Callable[[str], str]:
    """What gives the key of a text by which a collation compares."""
    fold, padded = fold_of(name), pads(name)
    if fold is None:
        return (lambda text: text.rstrip(" ")) if padded else str
    return (lambda text: fold(text.rstrip(" "))) if padded else fold


def collation_functions() -> dict[str, Callable[[str, str], int]]:
    """What compares by each collation, by its name."""
    found: dict[str, Callable[[str, str], int]] = {
        "decimal": _compare(Decimal),
        "time": _compare(time_key),
    }
    for name in COLLATION_NAMES:
        found[name] = _compare(key_of(name))
    return found


COLLATION_NAMES: Final = tuple(collations())
"""By the names that MySQL has."""
