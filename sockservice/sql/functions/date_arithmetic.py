"""Functions that reckon with dates and times (MySQL 8.4 manual, 14.7)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import wrong_count
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.functions.date_parts import day_number
from sockservice.sql.functions.now import EPOCH, seconds_of
from sockservice.sql.intervals import add, moved, shifted, unit_name
from sockservice.sql.kinds import BIGINT, DATE, TEMPORAL, Kind, decimal_type, fraction_of, moment_type, text_type
from sockservice.sql.moments import (
    LONGEST_TIME,
    SECOND,
    moment_of,
    of_datetime,
    read_moment,
    time_of,
    time_text,
)
from sockservice.sql.registry import for_values, function, internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sqltypes import SqlType
from sockservice.time_zones import zone_of

_DAY: Final = 86_400 * SECOND
_LAST_SECOND: Final = 32_536_771_199
"""FROM_UNIXTIME ends at the end of the year 3000."""


@special("date_add", "adddate", "date_sub", "subdate")
def _shift(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    backwards = name in ("date_sub", "subdate")
    if len(node.expressions) != 2:
        raise wrong_count(name)
    value = self.compile(node.expressions[0])
    amount = node.expressions[1]
    if isinstance(amount, exp.Interval):
        return shifted(self, value, amount, backwards=backwards)
    return moved(self, value, self.compile(amount), "DAY", backwards=backwards)


@special("timestampadd")
def _timestampadd(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 3:
        raise wrong_count("timestampadd")
    unit, amount, value = node.expressions
    return moved(self, self.compile(value), self.compile(amount), unit_name(unit))


@special("timestampdiff")
def _timestampdiff(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 3:
        raise wrong_count("timestampdiff")
    unit, *moments = node.expressions
    begin, end = (self.compile(part) for part in moments)
    text = f"moments_apart({to.as_moment(begin)}, {to.as_moment(end)}, {text_literal(unit_name(unit))})"
    return made(text, BIGINT, begin, end, nullable=True)


@internal("moments_apart", 3)
@for_values
def moments_apart(begin: str, end: str, unit: str) -> int | None:
    """TIMESTAMPDIFF: whole units."""
    first, second = moment_of(begin, zero_parts=False), moment_of(end, zero_parts=False)
    if first is None or second is None:
        return None
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}.get(unit)
    if months is not None:
        sign, (early, late) = (1, (first, second)) if first <= second else (-1, (second, first))
        whole = (late.year - early.year) * 12 + late.month - early.month
        whole -= (late.day, late.time_of_day) < (early.day, early.time_of_day)
        return sign * (whole // months)
    apart = (second.datetime() - first.datetime()) // datetime.timedelta(microseconds=1)
    size = {"WEEK": 7 * _DAY, "DAY": _DAY, "HOUR": 3600 * SECOND, "MINUTE": 60 * SECOND, "SECOND": SECOND}.get(unit, 1)
    return abs(apart) // size * (1 if apart >= 0 else -1)


@function("datediff", "mm", BIGINT, nullable=True)
def datediff(end: str, begin: str) -> int | None:
    """DATEDIFF, in days."""
    first, second = moment_of(begin, zero_parts=False), moment_of(end, zero_parts=False)
    return None if first is None or second is None else day_number(second) - day_number(first)


@special("addtime", "subtime")
def _addtime(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    if len(node.expressions) != 2:
        raise wrong_count(name)
    value, other = (self.compile(part) for part in node.expressions)
    sign = 1 if name == "addtime" else -1
    if value.kind in TEMPORAL:
        digits = max(fraction_of(value.type), fraction_of(other.type) if other.kind is Kind.TIME else 0)
        if other.kind is Kind.TEXT:
            digits = max(digits, _written_digits(self, node.expressions[1]))
        kind = moment_type("TIME" if value.kind is Kind.TIME else "DATETIME", digits)
    else:
        digits, kind = -1, text_type(29)
    source = to.as_moment(value) if value.kind is Kind.DATE else value.sql
    text = f"time_added({source}, {other.sql}, {sign}, {digits})"
    return made(text, kind, value, other, nullable=True, like=self.collation())


def _number_digits(value: Typed) -> int:
    """The digits of a second that a number or a moment may have."""
    if value.kind in (Kind.DECIMAL, Kind.DOUBLE):
        return min(value.type.decimals or 0, 6) if value.kind is Kind.DECIMAL else 6
    return fraction_of(value.type)


def _written_digits(self: Expressions, node: exp.Expr) -> int:
    """The digits of a second that a text has, where it is a literal."""
    written = str(self.constant(node) or "")
    return min(len(written.partition(".")[2]), 6) if "." in written else 0


@internal("time_added", 4)
@for_values
def time_added(value: Any, other: Any, sign: int, digits: int) -> str | None:
    """ADDTIME and SUBTIME, of a date and time or of a time."""
    added = time_of(other)
    text = str(value)
    if added is None or (isinstance(other, str) and len(other) > 10 and other[4:5] == "-"):
        return None
    if len(text) > 10 and text[4:5] == "-":
        moment, _ = read_moment(text)
        later = add(moment, 0, sign * added) if moment is not None else None
        if later is None:
            return None
        return later.text((6 if later.microsecond else 0) if digits < 0 else digits)
    microseconds = time_of(value)
    if microseconds is None:
        return None
    total = _bounded(microseconds + sign * added)
    return time_text(total, (6 if total % SECOND else 0) if digits < 0 else digits)


def _bounded(microseconds: int) -> int:
    if abs(microseconds) > LONGEST_TIME:
        here().warn("ER_TRUNCATED_WRONG_VALUE", "time", time_text(microseconds))
    return max(-LONGEST_TIME, min(microseconds, LONGEST_TIME))


@special("timediff")
def _timediff(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("timediff")
    end, begin = (self.compile(part) for part in node.expressions)
    digits = max(
        _written_digits(self, part) if value.kind is Kind.TEXT else fraction_of(value.type)
        for part, value in zip(node.expressions, (end, begin), strict=True)
    )
    text = f"times_apart({end.sql}, {begin.sql}, {digits})"
    return made(text, moment_type("TIME", digits), end, begin, nullable=True)


@internal("times_apart", 3)
@for_values
def times_apart(end: Any, begin: Any, digits: int) -> str | None:
    """TIMEDIFF, of two dates and times or of two times; NULL for one of each."""
    dated = [len(str(value)) > 10 and str(value)[4:5] == "-" for value in (end, begin)]
    if dated[0] != dated[1]:
        return None
    if dated[0]:
        first, second = moment_of(begin, zero_parts=False), moment_of(end, zero_parts=False)
        if first is None or second is None:
            return None
        return time_text(_bounded((second.datetime() - first.datetime()) // datetime.timedelta(microseconds=1)), digits)
    one, other = time_of(end), time_of(begin)
    return None if one is None or other is None else time_text(_bounded(one - other), digits)


@special("timestamp")
def _timestamp(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) not in (1, 2):
        raise wrong_count("timestamp")
    values = [self.compile(part) for part in node.expressions]
    digits = max(
        _written_digits(self, part) if value.kind is Kind.TEXT else fraction_of(value.type)
        for part, value in zip(node.expressions, values, strict=True)
    )
    text = f"to_datetime({to.as_moment(values[0])}, {digits})"
    if len(values) == 2:
        text = f"time_added({to.as_moment(values[0])}, {to.as_time(values[1])}, 1, {digits})"
    return made(text, moment_type("DATETIME", digits), *values, nullable=True)


@special("time")
def _time(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("time")
    value = self.compile(node.expressions[0])
    digits = _written_digits(self, node.expressions[0]) if value.kind is Kind.TEXT else _number_digits(value)
    text = f"to_clock({to.as_moment(value) if value.kind is Kind.DATE else value.sql}, {digits})"
    return made(text, moment_type("TIME", digits), value, nullable=True)


@function("makedate", "ii", DATE, nullable=True)
def makedate(year: Any, day: Any) -> str | None:
    """MAKEDATE: the day of a year."""
    full = int(year)
    if 0 <= full < 100:
        full += 2000 if full < 70 else 1900
    if int(day) < 1 or not 1 <= full <= 9999:
        return None
    try:
        return (datetime.date(full, 1, 1) + datetime.timedelta(days=int(day) - 1)).isoformat()
    except OverflowError:
        return None


@special("maketime")
def _maketime(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 3:
        raise wrong_count("maketime")
    hour, minute, second = (self.compile(part) for part in node.expressions)
    digits = 6 if second.kind in (Kind.TEXT, Kind.DOUBLE) else min(second.type.decimals or 0, 6)
    arguments = f"{to.as_integer(hour)}, {to.as_integer(minute)}, {to.as_number(second)}, {digits}"
    return made(f"make_time({arguments})", moment_type("TIME", digits), hour, minute, second, nullable=True)


@internal("make_time", 4)
@for_values
def make_time(hour: Any, minute: Any, second: Any, digits: int) -> str | None:
    """MAKETIME."""
    seconds = seconds_of(second)
    if not 0 <= int(minute) < 60 or not 0 <= seconds < 60:
        return None
    sign = -1 if int(hour) < 0 else 1
    total = (abs(int(hour)) * 3600 + int(minute) * 60) * SECOND + int(seconds * SECOND)
    return time_text(_bounded(sign * total), digits)


@special("sec_to_time")
def _sec_to_time(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("sec_to_time")
    value = self.compile(node.expressions[0])
    digits = 6 if value.kind in (Kind.TEXT, Kind.DOUBLE) else min(value.type.decimals or 0, 6)
    return made(f"time_of_seconds({to.as_number(value)}, {digits})", moment_type("TIME", digits), value)


@internal("time_of_seconds", 2)
@for_values
def time_of_seconds(seconds: Any, digits: int) -> str:
    """SEC_TO_TIME."""
    return time_text(_bounded(int(seconds_of(seconds) * SECOND)), digits)


@function("time_to_sec", "t", BIGINT, nullable=True)
def time_to_sec(value: str) -> int | None:
    """TIME_TO_SEC."""
    microseconds = time_of(value)
    if microseconds is None:
        return None
    return abs(microseconds) // SECOND * (1 if microseconds >= 0 else -1)


@function("from_days", "i", DATE)
def from_days(number: Any) -> str:
    """FROM_DAYS."""
    days = int(number)
    if not 366 <= days <= 3_652_424:
        return "0000-00-00"
    return datetime.date.fromordinal(days - 365).isoformat()


@function("period_add", "ii", BIGINT)
def period_add(period: Any, months: Any) -> int:
    """PERIOD_ADD: a month as ``202401`` and some more."""
    return _period(_months(int(period)) + int(months)) if int(period) else 0


@function("period_diff", "ii", BIGINT)
def period_diff(one: Any, other: Any) -> int:
    """PERIOD_DIFF."""
    return _months(int(one)) - _months(int(other))


def _months(period: int) -> int:
    year, month = divmod(period, 100)
    if year < 100:
        year += 2000 if year < 70 else 1900
    return year * 12 + month - 1


def _period(months: int) -> int:
    return months // 12 * 100 + months % 12 + 1


# --- epochs and zones -------------------------------------------------------------------------


@special("unix_timestamp")
def _unix_timestamp(self: Expressions, node: exp.Anonymous) -> Typed:
    if not node.expressions:
        return Typed("seconds_now()", BIGINT, False)
    if len(node.expressions) > 1:
        raise wrong_count("unix_timestamp")
    value = self.compile(node.expressions[0])
    digits = fraction_of(value.type) if value.kind in TEMPORAL else 0
    if value.kind is Kind.TEXT:
        digits = _written_digits(self, node.expressions[0]) if value.literal is not None else 6
    text = f"seconds_since({to.as_moment(value)}, {digits})"
    return made(text, decimal_type(11 + digits, digits) if digits else BIGINT, value, nullable=True)


@internal("seconds_now", 0, pure=False)
def seconds_now() -> int:
    """UNIX_TIMESTAMP() of the statement."""
    return int((here().now - EPOCH).total_seconds())


@internal("seconds_since", 2)
@for_values
def seconds_since(value: str, digits: int) -> Any:
    """UNIX_TIMESTAMP(): 0 for what is before the epoch."""
    moment = moment_of(value, zero_parts=True)
    if moment is None or not moment.complete:
        return 0 if not digits else f"{Decimal(0):.{digits}f}"
    since = moment.datetime().replace(tzinfo=here().zone).astimezone(datetime.UTC) - EPOCH
    microseconds = max(since // datetime.timedelta(microseconds=1), 0)
    if microseconds // SECOND > _LAST_SECOND:
        microseconds = 0
    return f"{Decimal(microseconds) / SECOND:.{digits}f}" if digits else microseconds // SECOND


@special("from_unixtime")
def _from_unixtime(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) not in (1, 2):
        raise wrong_count("from_unixtime")
    value, *form = (self.compile(part) for part in node.expressions)
    digits = 6 if value.kind in (Kind.TEXT, Kind.DOUBLE) else min(value.type.decimals or 0, 6)
    text = f"moment_since({to.as_number(value)}, {digits})"
    kind: SqlType = moment_type("DATETIME", digits)
    if form:
        text, kind = f"f_date_format({text}, {to.as_text(form[0])})", text_type(255)
    return made(text, kind, value, *form, nullable=True, like=self.collation())


@internal("moment_since", 2)
@for_values
def moment_since(seconds: Any, digits: int) -> str | None:
    """FROM_UNIXTIME; NULL for what is before the epoch."""
    exact = seconds_of(seconds)
    if not 0 <= exact <= _LAST_SECOND:
        return None
    moment = EPOCH + datetime.timedelta(microseconds=int(exact * SECOND))
    return of_datetime(moment.astimezone(here().zone).replace(tzinfo=None)).text(digits)


@special("convert_tz")
def _convert_tz(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 3:
        raise wrong_count("convert_tz")
    value, source, target = (self.compile(part) for part in node.expressions)
    digits = fraction_of(value.type) if value.kind in TEMPORAL else _written_digits(self, node.expressions[0])
    text = f"in_zone({to.as_moment(value)}, {to.as_text(source)}, {to.as_text(target)}, {digits})"
    return made(text, moment_type("DATETIME", digits), value, source, target, nullable=True)


@internal("in_zone", 4)
@for_values
def in_zone(value: str, source: str, target: str, digits: int) -> str | None:
    """CONVERT_TZ; NULL where a time zone is not known."""
    zones = [here().zone if name.upper() == "SYSTEM" else zone_of(name) for name in (source, target)]
    moment = moment_of(value, zero_parts=False)
    if moment is None or zones[0] is None or zones[1] is None:
        return None
    try:
        there = moment.datetime().replace(tzinfo=zones[0]).astimezone(zones[1])
    except OverflowError:
        return None
    return of_datetime(there.replace(tzinfo=None)).text(digits)
