"""The values of ``sql_mode``: names, numbers and combinations (MySQL 8.4 manual, 7.1.11 "Server SQL Modes")."""

from __future__ import annotations

from typing import Final

_BITS: Final = {
    "REAL_AS_FLOAT": 0,
    "PIPES_AS_CONCAT": 1,
    "ANSI_QUOTES": 2,
    "IGNORE_SPACE": 3,
    "ONLY_FULL_GROUP_BY": 5,
    "NO_UNSIGNED_SUBTRACTION": 6,
    "NO_DIR_IN_CREATE": 7,
    "ANSI": 18,
    "NO_AUTO_VALUE_ON_ZERO": 19,
    "NO_BACKSLASH_ESCAPES": 20,
    "STRICT_TRANS_TABLES": 21,
    "STRICT_ALL_TABLES": 22,
    "NO_ZERO_IN_DATE": 23,
    "NO_ZERO_DATE": 24,
    "ALLOW_INVALID_DATES": 25,
    "ERROR_FOR_DIVISION_BY_ZERO": 26,
    "TRADITIONAL": 27,
    "HIGH_NOT_PRECEDENCE": 29,
    "NO_ENGINE_SUBSTITUTION": 30,
    "PAD_CHAR_TO_FULL_LENGTH": 31,
    "TIME_TRUNCATE_FRACTIONAL": 32,
}
"""Each mode and the bit that it has where sql_mode is given as a number, in the order of the server's own lists."""

_COMBINATIONS: Final = {
    "ANSI": ("REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "ONLY_FULL_GROUP_BY"),
    "TRADITIONAL": (
        "STRICT_TRANS_TABLES",
        "STRICT_ALL_TABLES",
        "NO_ZERO_IN_DATE",
        "NO_ZERO_DATE",
        "ERROR_FOR_DIVISION_BY_ZERO",
        "NO_ENGINE_SUBSTITUTION",
    ),
}


def sql_mode(value: str | int) -> str:
    """The canonical form: capitals, the server's order, combinations with what they stand for.

    Args:
        value: names with commas between them, in any case and order; or the sum of their bits.

    Raises:
        ValueError: no such mode; its text is the word that is wrong.
    """
    if isinstance(value, int):
        known = sum(1 << bit for bit in _BITS.values())
        if value < 0 or value & ~known:
            raise ValueError(str(value))
        chosen = {name for name, bit in _BITS.items() if value >> bit & 1}
    else:
        words = [word for part in value.split(",") if (word := part.strip())]
        for word in words:
            if word.upper() not in _BITS:
                raise ValueError(word)
        chosen = {word.upper() for word in words}
    for combination, parts in _COMBINATIONS.items():
        if combination in chosen:
            chosen.update(parts)
    return ",".join(name for name in _BITS if name in chosen)
