"""Dates and times as SQLite keeps them: text that sorts."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sockservice.sql.errors import Refused
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here, variable

_SIGN: Final = r"[-/.:,;!@#$%^&*+=_|~?]"
_DATE: Final = re.compile(
    rf"\s*(\d{{1,4}}){_SIGN}+(\d{{1,2}}){_SIGN}+(\d{{1,2}})"
    rf"(?:(?:T|\s+)(\d{{1,2}})(?:{_SIGN}(\d{{1,2}})(?:{_SIGN}(\d{{1,2}}))?)?(?:\.(\d*))?)?",
    re.ASCII,
)
_DIGITS: Final = re.compile(r"\s*(\d{14}|\d{12}|\d{8}|\d{6})(?:\.(\d*))?(?!\d)", re.ASCII)
_STORED: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?)?", re.ASCII)
"""What columns hold, which is what is read most."""
_ZONE: Final = re.compile(r"([+-])(\d{2}):(\d{2})\s*\Z", re.ASCII)
_DATED: Final = re.compile(rf"\s*\d{{1,4}}{_SIGN}+\d{{1,2}}{_SIGN}+\d{{1,2}}(?:T|\s+)\d|\s*\d{{14}}(?!\d)", re.ASCII)
"""The beginning of a date with a time of day, where a time is looked for."""
_TIME: Final = re.compile(r"\s*(-?)(?:(\d+)\s+)?(\d+)(?::(\d{1,2})(?::(\d{1,2}))?)?(?:\.(\d*))?", re.ASCII)
LONGEST_TIME: Final = (838 * 3600 + 59 * 60 + 59) * 1_000_000
"""Microseconds of the longest TIME."""
_FIRST_DAY: Final = 101
"""The least number that is a date: the first of January 2000."""
SECOND: Final = 1_000_000
"""Microseconds."""


_LAST_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def last_day_of(year: int, month: int) -> int:
    """The number of days of a month."""
    return 29 if month == 2 and calendar.isleap(year) else _LAST_DAYS[month - 1]


class Moment(NamedTuple):
    """A date and a time of day; parts of the date may be zero, as MySQL has it."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0

    @property
    def possible(self) -> bool:
        """Whether the parts are within their bounds; month and day may be zero."""
        last = last_day_of(self.year or 2000, self.month) if 1 <= self.month <= 12 else 31
        return self.month <= 12 and self.day <= last and self.hour < 24 and self.minute < 60 and self.second < 60

    @property
    def complete(self) -> bool:
        """Whether it is a day of the calendar."""
        return self.possible and self.year > 0 and self.month > 0 and self.day > 0

    @property
    def time_of_day(self) -> int:
        """Microseconds since midnight."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * SECOND + self.microsecond

    def date_text(self) -> str:
        """The text of the DATE."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    def text(self, digits: int | None = None) -> str:
        """The text of the DATETIME, with so many digits of a second; None for as many as it needs."""
        text = f"{self.date_text()} {self.hour:02}:{self.minute:02}:{self.second:02}"
        return text + fraction_text(self.microsecond, digits)

    def datetime(self) -> datetime.datetime:
        """As Python has it; only of what is :attr:`complete`."""
        return datetime.datetime(*self)


def of_datetime(value: datetime.datetime) -> Moment:
    """The moment that Python has."""
    return Moment(*value.timetuple()[:6], value.microsecond)


def fraction_text(microsecond: int, digits: int | None) -> str:
    """The part of a second, with its point."""
    if digits is None:
        return f".{microsecond:06}".rstrip("0") if microsecond else ""
    return f".{microsecond:06}"[: digits + 1] if digits else ""


def read_moment(value: Any) -> tuple[Moment | None, bool]:
    """The date and time that a value means, and whether nothing stands behind it."""
    stored = _STORED.fullmatch(value) if isinstance(value, str) else None
    if stored is not None:
        moment = Moment(*map(int, filter(None, stored.groups())))
        if moment.complete:
            return moment, True
    if isinstance(value, (int, float)):
        if 0 < value < _FIRST_DAY or value < 0:
            return None, False
        value = _padded(str(value) if isinstance(value, int) else f"{value:.6f}")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    found = _DATE.match(text)
    if found is not None:
        year, fraction, parts = found[1], found[7], [int(part or 0) for part in found.groups()[1:6]]
    else:
        found = _DIGITS.match(text)
        if found is None:
            return (Moment(0, 0, 0), True) if text == "0" else (None, False)
        digits, fraction = found[1], found[2]
        year, rest = (digits[:4], digits[4:]) if len(digits) in (8, 14) else (digits[:2], digits[2:])
        parts = [int(rest[at : at + 2]) for at in range(0, len(rest), 2)]
    full = int(year) + (0 if len(year) != 2 else 2000 if int(year) < 70 else 1900)
    if len(year) == 2 and not any((int(year), *parts)):
        full = 0
    moment = Moment(full, *parts)
    if not moment.possible:
        return None, False
    micro, carry = _micro(fraction)
    moment = moment._replace(microsecond=micro)
    if carry and moment.complete:
        moment = of_datetime(moment.datetime() + datetime.timedelta(seconds=1))
    behind = text[found.end() :].strip()
    zone = _ZONE.fullmatch(behind)
    if zone is not None and moment.complete:
        minutes = (int(zone[2]) * 60 + int(zone[3])) * (-1 if zone[1] == "-" else 1)
        there = moment.datetime().replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=minutes)))
        return of_datetime(there.astimezone(here().zone).replace(tzinfo=None)), True
    return moment, not behind


def _padded(text: str) -> str:
    """A number as a date: ``105`` is the fifth of January 2000."""
    whole, point, fraction = text.partition(".")
    for width in (6, 8, 12, 14):
        if len(whole) <= width:
            return (whole.rjust(width, "0") if whole != "0" else whole) + point + fraction
    return text


def _micro(fraction: str | None) -> tuple[int, bool]:
    """Microseconds of the digits behind the point, rounded, and whether they make a second."""
    if not fraction:
        return 0, False
    micro = int(fraction[:6].ljust(6, "0")) + (fraction[6:7] >= "5")
    return micro % SECOND, micro >= SECOND


def moment_of(value: Any, *, zero_parts: bool = True) -> Moment | None:
    """The date and time of an argument of a function; what is none gives a warning and None.

    Args:
        value: a stored value, not NULL.
        zero_parts: whether month and day may be zero.
    """
    moment, whole = read_moment(value)
    if moment is None or not whole or (not zero_parts and not moment.complete):
        here().warn("ER_TRUNCATED_WRONG_VALUE", "datetime", _shown(value))
    return moment if moment is None or zero_parts or moment.complete else None


def _shown(value: Any) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:128]


@internal("to_moment", 1)
def to_moment(value: Any) -> str | None:
    """A value as the text of a DATETIME with as many digits of a second as it needs; NULL for what is none."""
    moment = None if value is None else moment_of(value)
    return None if moment is None else moment.text()


@internal("moment_at_least", 2)
def moment_at_least(value: Any, digits: int) -> str | None:
    """As :func:`to_moment`, with so many digits of a second at least: for comparison with what has as many."""
    moment = None if value is None else moment_of(value)
    if moment is None:
        return None
    return max(moment.text(), moment.text(digits), key=len)


@internal("compared_moment", 3)
def compared_moment(value: Any, digits: int, literal: int) -> str | None:
    """A text as :func:`moment_at_least`, for comparison with a DATETIME.

    Raises:
        Refused: 1525: it is a literal, and no date.
    """
    if value is None:
        return None
    moment = _compared(value, "DATETIME", literal)
    return max(moment.text(), moment.text(digits), key=len)


def _compared(value: Any, kind: str, literal: int) -> Moment:
    """The moment of a text; of one that is none and no literal, the zero one, with a warning."""
    moment, whole = read_moment(value)
    if moment is None and literal:
        raise Refused("ER_WRONG_VALUE", kind, _shown(value))
    if not whole:
        here().warn("ER_TRUNCATED_WRONG_VALUE", "datetime", _shown(value))
    return moment or Moment(0, 0, 0)


@internal("compared_date", 2)
def compared_date(value: Any, literal: int) -> str | None:
    """A text for comparison with a DATE: midnight is the date alone, which sorts before the rest of the day.

    Raises:
        Refused: 1525: it is a literal, and no date.
    """
    if value is None:
        return None
    moment = _compared(value, "DATE", literal)
    return moment.text() if moment.time_of_day else moment.date_text()


@internal("to_datetime", 2)
def to_datetime(value: Any, digits: int) -> str | None:
    """A value as the text of a DATETIME, rounded to so many digits of a second."""
    moment = None if value is None else _not_zero(moment_of(value), value)
    return None if moment is None else rounded(moment, digits).text(digits)


def rounded(moment: Moment, digits: int) -> Moment:
    """A moment rounded to so many digits of a second."""
    unit = 10 ** (6 - digits)
    micro = (moment.microsecond + unit // 2) // unit * unit if unit > 1 else moment.microsecond
    if micro < SECOND or not moment.complete:
        return moment._replace(microsecond=min(micro, SECOND - unit))
    try:
        return of_datetime(moment._replace(microsecond=0).datetime() + datetime.timedelta(seconds=1))
    except OverflowError:
        return moment._replace(microsecond=SECOND - unit)


@internal("local_moment", 2)
def local_moment(value: Any, digits: int) -> Any:
    """A TIMESTAMP, which is stored in UTC, in the session's time zone."""
    return moment_in_zone(value, here().zone, digits) if isinstance(value, str) else value


def moment_in_zone(text: str, zone: datetime.tzinfo, digits: int) -> str:
    """A TIMESTAMP as it is stored, in UTC, as a date and time of a time zone."""
    if text.startswith("0000"):
        return text
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).astimezone(zone)
    return of_datetime(moment.replace(tzinfo=None)).text(digits)


def utc_moment(text: str, zone: datetime.tzinfo, digits: int) -> str:
    """A date and time of a time zone, as a TIMESTAMP is stored."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(datetime.UTC)
    return of_datetime(moment.replace(tzinfo=None)).text(digits)


@internal("to_date", 1)
def to_date(value: Any) -> str | None:
    """A value as the text of a DATE; NULL for what is none."""
    moment = None if value is None else _not_zero(moment_of(value), value)
    return None if moment is None else moment.date_text()


def _not_zero(moment: Moment | None, value: Any) -> Moment | None:
    """A moment, unless it is zero and ``sql_mode`` has NO_ZERO_DATE."""
    if moment is None or moment.year or moment.month or moment.day:
        return moment
    if "NO_ZERO_DATE" not in str(variable(here().session, "sql_mode")):
        return moment
    here().warn("ER_TRUNCATED_WRONG_VALUE", "datetime", _shown(value))
    return None


def is_dated(value: Any) -> bool:
    """Whether a text has a date in front of its time of day."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return len(text) > 11 and _DATED.match(text) is not None


def read_time(value: Any) -> tuple[int | None, bool]:
    """The microseconds of the TIME that a value means, and whether nothing is wrong with it."""
    if isinstance(value, (int, float)):
        negative, value = value < 0, abs(value)
        value = ("-" if negative else "") + (str(value) if isinstance(value, int) else f"{value:.6f}")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if is_dated(text):
        moment, whole = read_moment(text)
        return (None, False) if moment is None else (moment.time_of_day, whole)
    found = _TIME.match(text)
    if found is None:
        return None, False
    sign, days, first, minutes, seconds, fraction = found.groups()
    if minutes is None and days is None:
        digits = first.rjust(6, "0")
        first, minutes, seconds = digits[:-4], digits[-4:-2], digits[-2:]
    low, last = int(minutes or 0), int(seconds or 0)
    if low > 59 or last > 59:
        return None, False
    micro, carry = _micro(fraction)
    total = (int(first[:9]) + 24 * int((days or "0")[:9])) * 3600 + low * 60 + last + carry
    told = min(total * SECOND + micro, LONGEST_TIME)
    return (-told if sign else told), not text[found.end() :].strip() and total * SECOND <= LONGEST_TIME


def time_of(value: Any) -> int | None:
    """The microseconds of a TIME as an argument of a function; what is none gives a warning and None."""
    microseconds, whole = read_time(value)
    if not whole:
        here().warn("ER_TRUNCATED_WRONG_VALUE", "time", _shown(value))
    return microseconds


def time_text(microseconds: int, digits: int | None = None) -> str:
    """The text of a TIME, with so many digits of a second; None for as many as it needs."""
    whole, micro = divmod(abs(microseconds), SECOND)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if microseconds < 0 else ""
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}" + fraction_text(micro, digits)


@internal("to_time", 1)
def to_time(value: Any) -> str | None:
    """A value as the text of a TIME; NULL for what is none."""
    microseconds = None if value is None else time_of(value)
    return None if microseconds is None else time_text(microseconds)


@internal("to_clock", 2)
def to_clock(value: Any, digits: int) -> str | None:
    """A value as the text of a TIME, rounded to so many digits of a second."""
    microseconds = None if value is None else time_of(value)
    if microseconds is None:
        return None
    unit = 10 ** (6 - digits)
    near = (abs(microseconds) + unit // 2) // unit * unit
    return time_text(-near if microseconds < 0 else near, digits)


@internal("time_moment", 1)
def time_moment(value: Any) -> str | None:
    """A TIME as the text of a DATETIME: it is that of today."""
    microseconds = None if value is None else time_of(value)
    if microseconds is None:
        return None
    today = here().now.astimezone(here().zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return of_datetime(today + datetime.timedelta(microseconds=microseconds)).text()


@internal("moment_number", 1)
def moment_number(value: Any) -> float | int | None:
    """A date or time as a number: ``20240229123000``."""
    if value is None:
        return None
    digits = _number_text(value)
    return float(digits) if "." in digits else int(digits or 0)


@internal("moment_decimal", 2)
def moment_decimal(value: Any, scale: int) -> str | None:
    """A date or time as a DECIMAL: ``20240229123000.5``."""
    return None if value is None else f"{Decimal(_number_text(value)):.{scale}f}"


def _number_text(value: Any) -> str:
    text = str(value)
    return ("-" if text.startswith("-") else "") + re.sub(r"[-: ]", "", text)
