"""Dates and times as SQLite keeps them: text that sorts."""

from __future__ import annotations

import datetime
import re
from typing import Any, Final

from sockservice.sql.registry import internal

_MOMENT: Final = re.compile(
    r"\s*(\d{2}|\d{4})[-/.:]?(\d{1,2})[-/.:]?(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):?(\d{1,2})?:?(\d{1,2})?(?:\.(\d{0,6})\d*)?)?\s*"
)
_TIME: Final = re.compile(r"\s*(-?)(?:(\d+) )?(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?(?:\.(\d{0,6})\d*)?\s*")


@internal("to_moment", 1)
def to_moment(value: Any) -> str | None:
    """A value as the text of a DATETIME; NULL for what is none."""
    if value is None:
        return None
    found = _MOMENT.fullmatch(str(value))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if len(found[1]) == 2:
        year += 2000 if year < 70 else 1900
    try:
        moment = datetime.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - MySQL's have no zone
    except ValueError:
        return "0000-00-00 00:00:00" if not (year or month or day) else None
    return moment.isoformat(" ") + (f".{found[7]}" if found[7] else "")


@internal("to_date", 1)
def to_date(value: Any) -> str | None:
    """A value as the text of a DATE; NULL for what is none."""
    moment = to_moment(value)
    return moment and moment[:10]


@internal("to_time", 1)
def to_time(value: Any) -> str | None:
    """A value as the text of a TIME; NULL for what is none."""
    if value is None:
        return None
    text = str(value)
    if len(text) > 10 and text[10] in " T":
        return text[11:]
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    sign, days, first, minutes, seconds, fraction = found.groups()
    if minutes is None and seconds is None:
        digits = first.rjust(6, "0")
        first, minutes, seconds = digits[:-4], digits[-4:-2], digits[-2:]
    hours = int(first) + 24 * int(days or 0)
    return f"{sign}{hours:02}:{int(minutes or 0):02}:{int(seconds or 0):02}" + (f".{fraction}" if fraction else "")


@internal("moment_number", 1)
def moment_number(value: Any) -> float | int | None:
    """A date or time as a number: ``20240229123000``."""
    if value is None:
        return None
    text = str(value)
    digits = re.sub(r"[-: ]", "", text.lstrip("-"))
    number = float(digits) if "." in digits else int(digits or 0)
    return -number if text.startswith("-") else number
