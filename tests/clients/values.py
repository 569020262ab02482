"""Values of SQL as clients show them: what the same value may look like."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any


def time_text(span: timedelta) -> str:
    """A TIME as the server writes it, for example ``-838:59:59`` or ``00:00:00.125000``."""
    microseconds = span // timedelta(microseconds=1)
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return ("-" if microseconds < 0 else "") + text + (f".{fraction:06}" if fraction else "")


def text(value: Any) -> str | bytes | None:
    """One text for a value, whatever the client made of it."""
    match value:
        case None | bytes() | str():
            return value
        case bool():
            return str(int(value))
        case float():
            return repr(value)
        case datetime():
            return value.isoformat(" ")
        case timedelta():
            return time_text(value)
        case bytearray():
            return bytes(value)
    return str(value)


def same(expected: Any, given: Any) -> bool:
    """Whether a client's value is the expected one: a number by its value, a moment without zeros at its end."""
    ours, theirs = text(expected), text(given)
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, bytes) and isinstance(theirs, str):
        return ours == theirs.encode()
    if isinstance(ours, str) and isinstance(theirs, bytes):
        theirs = theirs.decode()
    if isinstance(expected, (int, Decimal)):
        return Decimal(theirs) == expected
    if isinstance(expected, float):
        return float(theirs) == expected
    if isinstance(expected, (date, timedelta)):
        return _without_zeros(ours) == _without_zeros(str(theirs))
    return ours == theirs


def same_rows(expected: list[tuple[Any, ...]], given: list[tuple[Any, ...]]) -> bool:
    return len(expected) == len(given) and all(
        len(ours) == len(theirs) and all(map(same, ours, theirs)) for ours, theirs in zip(expected, given, strict=True)
    )


def same_text(sql_type: str, expected: str | bytes | None, given: Any) -> bool:
    """Whether a client's value of a column of that type is the one that has this text."""
    theirs = text(given)
    if expected is None or theirs is None:
        return expected is theirs
    kind = re.split(r"\W", sql_type)[0]
    if isinstance(expected, bytes):
        return expected == (theirs.encode() if isinstance(theirs, str) else theirs)
    shown = theirs.decode() if isinstance(theirs, bytes) else theirs
    if kind in ("FLOAT", "DOUBLE"):
        return float(shown) == float(expected)
    if kind in ("DATE", "DATETIME", "TIMESTAMP", "TIME"):
        return _without_zeros(shown) == _without_zeros(expected)
    return shown == expected


def _without_zeros(moment: str) -> str:
    """A moment in its shortest form: no zeros at the end of a fraction, no midnight."""
    if "." in moment:
        moment = moment.rstrip("0").rstrip(".")
    return moment.removesuffix(" 00:00:00")
