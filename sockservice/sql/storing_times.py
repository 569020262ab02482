"""Dates and times as columns store them: text that sorts (MySQL 8.4 manual, 13.2 and 11.1.3)."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.moments import utc_moment
from sockservice.sql.storing_numbers import exact
from sockservice.sqltypes import SqlType

ZEROS: Final = {
    "DATE": "0000-00-00",
    "DATETIME": "0000-00-00 00:00:00",
    "TIMESTAMP": "0000-00-00 00:00:00",
    "TIME": "00:00:00",
}
"""What an error that was let pass leaves, by the type."""

_PUNCTUATION: Final = r"[-/.:,;!@#$%^&*+=_|~?]"
_DATE: Final = re.compile(
    rf"\s*(\d{{1,4}}){_PUNCTUATION}+(\d{{1,2}}){_PUNCTUATION}+(\d{{1,2}})"
    rf"(?:(?:T|\s+)(\d{{1,2}})(?:{_PUNCTUATION}(\d{{1,2}})(?:{_PUNCTUATION}(\d{{1,2}}))?)?(?:\.(\d*))?)?"
)
_DIGITS: Final = re.compile(r"\s*(\d{6}|\d{8}|\d{12}|\d{14})(?:\.(\d*))?(?!\d)")
_TIME: Final = re.compile(r"\s*(-?)(?:(\d+)\s+)?(\d+)(?::(\d{1,2})(?::(\d{1,2}))?)?(?:\.(\d*))?")
_DATED: Final = re.compile(r"\s*\d+[-/.]\d+[-/.]\d+[ T]")
_ZONE: Final = re.compile(r"\s*[+-]\d{2}:\d{2}\s*\Z")
_LONGEST_TIME: Final = Decimal(838 * 3600 + 59 * 60 + 59)
_TIMESTAMPS: Final = ("1970-01-01 00:00:01", "2038-01-19 03:14:08")
"""The first TIMESTAMP, and the first behind the last one."""


class Moment(NamedTuple):
    """A date and time as written: microseconds not rounded yet, parts perhaps zero.

    Attributes:
        year, month, day, hour, minute, second: as they are called.
        fraction: of the second.
        whole: whether nothing stands behind it.
    """

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    fraction: Decimal = Decimal(0)
    whole: bool = True

    @property
    def possible(self) -> bool:
        """Whether the parts are within their bounds, a zero of day and month aside."""
        last = calendar.monthrange(self.year or 2000, self.month)[1] if 1 <= self.month <= 12 else 31
        return self.month <= 12 and self.day <= last and self.hour < 24 and self.minute < 60 and self.second < 60


def read_moment(value: Any) -> Moment | None:
    """The date and time that a value means, or None."""
    if isinstance(value, datetime.datetime):
        return Moment(*value.timetuple()[:6], Decimal(value.microsecond) / 1_000_000)
    if isinstance(value, datetime.date):
        return Moment(value.year, value.month, value.day)
    text = _text(value)
    found = _DATE.match(text)
    if found is None:
        found = _DIGITS.match(_padded(text) if isinstance(value, (int, float, Decimal)) else text)
        if found is None:
            return Moment(0, 0, 0) if text.strip() == "0" and not isinstance(value, str) else None
        digits, fraction = found[1], found[2]
        year, rest = (digits[:4], digits[4:]) if len(digits) in (8, 14) else (digits[:2], digits[2:])
        parts = [int(rest[at : at + 2]) for at in range(0, len(rest), 2)]
    else:
        year, fraction = found[1], found[7]
        parts = [int(part or 0) for part in found.groups()[1:6]]
    behind = "" if isinstance(value, (int, float, Decimal)) else text[found.end() :]
    full = int(year) + (0 if len(year) != 2 else 2000 if int(year) < 70 else 1900)
    if len(year) == 2 and not any((int(year), *parts)):
        full = 0
    month, day, hour, minute, second = (*parts, 0, 0, 0)[:5]
    return Moment(
        full,
        month,
        day,
        hour,
        minute,
        second,
        fraction=_fraction(fraction),
        whole=not behind.strip() or bool(_ZONE.match(behind)),
    )


def _padded(text: str) -> str:
    """A number as a date: ``105`` is the fifth of January 2000."""
    whole, point, fraction = text.partition(".")
    for width in (6, 8, 12, 14):
        if len(whole) <= width:
            return whole.rjust(width, "0") + point + fraction
    return text


def store_date(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """A DATE; the time of a moment is cut off."""
    moment = read_moment(value)
    wrong = _judge(moment, diagnostics)
    if wrong or moment is None:
        return _object(wrong or "WARN_DATA_TRUNCATED", "date", value, kind, column, diagnostics)
    if moment.hour or moment.minute or moment.second:
        diagnostics.note("WARN_DATA_TRUNCATED", column)
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def store_moment(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """A DATETIME or TIMESTAMP, rounded to the digits of its type."""
    if isinstance(value, datetime.timedelta):
        value = None
    moment = read_moment(value)
    wrong = _judge(moment, diagnostics)
    if wrong or moment is None:
        return _object(wrong or "WARN_DATA_TRUNCATED", "datetime", value, kind, column, diagnostics)
    digits = kind.length or 0
    text = _rounded(moment, digits)
    is_zero = not (moment.year or moment.month or moment.day)
    if kind.name == "TIMESTAMP" and diagnostics.zone is not None and not is_zero and moment.month and moment.day:
        text = utc_moment(text, diagnostics.zone, digits)
    if kind.name == "TIMESTAMP" and not is_zero and not _TIMESTAMPS[0] <= text < _TIMESTAMPS[1]:
        return _object("ER_WARN_DATA_OUT_OF_RANGE", "datetime", value, kind, column, diagnostics)
    return text


def store_time(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """A TIME, rounded to the digits of its type, within 838:59:59."""
    wrong, seconds, negative = "", Decimal(0), False
    if isinstance(value, datetime.timedelta):
        seconds = Decimal(value // datetime.timedelta(microseconds=1)) / 1_000_000
        negative, seconds = seconds < 0, abs(seconds)
    else:
        text = _text(value)
        moment = read_moment(value) if _DATED.match(text) else None
        if isinstance(value, int) and abs(value) > 9_999_999:
            moment = read_moment(value)
        if moment is not None:
            seconds = Decimal(moment.hour * 3600 + moment.minute * 60 + moment.second) + moment.fraction
            if isinstance(value, str):
                diagnostics.note("WARN_DATA_TRUNCATED", column)
        else:
            found = _TIME.match(text)
            if found is None:
                return _object("WARN_DATA_TRUNCATED", "time", value, kind, column, diagnostics)
            negative, (seconds, wrong) = bool(found[1]), _seconds(found)
            if not wrong and text[found.end() :].strip():
                wrong = "WARN_DATA_TRUNCATED"
    if not wrong and seconds > _LONGEST_TIME + Decimal("0.999999"):
        wrong = "ER_WARN_DATA_OUT_OF_RANGE"
    if wrong:
        diagnostics.object_with(_problem(wrong, "time", value, column, diagnostics))
    digits = kind.length or 0
    if seconds > _LONGEST_TIME:
        seconds = _LONGEST_TIME
    seconds = min(seconds.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP), _LONGEST_TIME)
    return time_text(-seconds if negative else seconds, digits)


def time_text(seconds: Decimal, digits: int) -> str:
    """A TIME of so many seconds, with so many digits of a second."""
    sign = "-" if seconds < 0 else ""
    whole, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(int(whole), 60)
    return f"{sign}{hours:02}:{minutes:02}:{rest:0{3 + digits if digits else 2}.{digits}f}"


def zero(kind: SqlType) -> str:
    """The zero of a type, with as many digits of a second as it has."""
    text = ZEROS[kind.name]
    return text + ("." + "0" * kind.length if kind.length and kind.name != "DATE" else "")


def _seconds(found: re.Match[str]) -> tuple[Decimal, str]:
    """The seconds of a time that was written, and the error that it is."""
    _, days, first, minutes, seconds, fraction = found.groups()
    if minutes is None and days is None:
        digits = first.rjust(6, "0")
        first, minutes, seconds = digits[:-4], digits[-4:-2], digits[-2:]
    hours, low, last = int(first[:9]) + 24 * int((days or "0")[:9]), int(minutes or 0), int(seconds or 0)
    if low > 59 or last > 59:
        return Decimal(0), "WARN_DATA_TRUNCATED"
    return Decimal(hours * 3600 + low * 60 + last) + _fraction(fraction), ""


def _judge(moment: Moment | None, diagnostics: Diagnostics) -> str:
    """What is wrong with a date: the name of the error outside the strict mode, or ``""``."""
    if moment is None:
        return "WARN_DATA_TRUNCATED"
    if not moment.possible:
        return "WARN_DATA_TRUNCATED"
    if not (moment.month and moment.day):
        if not (moment.year or moment.month or moment.day):
            return "ER_WARN_DATA_OUT_OF_RANGE" if "NO_ZERO_DATE" in diagnostics.modes else ""
        if "NO_ZERO_IN_DATE" in diagnostics.modes:
            return "ER_WARN_DATA_OUT_OF_RANGE"
    return "" if moment.whole else "WARN_DATA_TRUNCATED"


def _problem(name: str, what: str, value: Any, column: str, diagnostics: Diagnostics) -> Error:
    if diagnostics.refuses:
        wrong = error("ER_TRUNCATED_WRONG_VALUE")
        message = f"Incorrect {what} value: '{_text(value)}' for column '{column}' at row {diagnostics.row}"
        return Error(wrong.code, wrong.sqlstate, message)
    return error(name, column, diagnostics.row)


def _object(name: str, what: str, value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    diagnostics.object_with(_problem(name, what, value, column, diagnostics))
    return zero(kind)


def _rounded(moment: Moment, digits: int) -> str:
    fraction = moment.fraction.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    date = f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
    clock = f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    if fraction >= 1 and moment.year and moment.month and moment.day:
        whole = datetime.datetime(*moment[:6])
        later = whole + datetime.timedelta(seconds=1) if moment[:6] < (9999, 12, 31, 23, 59, 59) else whole
        date, _, clock = later.isoformat(" ").partition(" ")
    return f"{date} {clock}" + (f".{fraction % 1:.{digits}f}".replace(".0.", ".") if digits else "")


def _fraction(digits: str | None) -> Decimal:
    return Decimal(f"0.{digits[:9]}") if digits else Decimal(0)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (float, Decimal)):
        return format(exact(value), "f")
    return str(value)
