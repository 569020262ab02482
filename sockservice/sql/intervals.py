"""INTERVAL: a date or time and what is added to it (MySQL 8.4 manual, 11.5 "Expressions", temporal intervals)."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.conversions import EXACT, exactly
from sockservice.sql.errors import near
from sockservice.sql.expressions import Expressions
from sockservice.sql.kinds import DATE, Kind, fraction_of, moment_type, text_type
from sockservice.sql.moments import (
    LONGEST_TIME,
    SECOND,
    Moment,
    last_day_of,
    moment_of,
    of_datetime,
    time_of,
    time_text,
)
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal

DAYS: Final = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "YEAR_MONTH"}
"""Units that leave a date a date."""
_MONTHS: Final = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_MICROSECONDS: Final = {
    "MICROSECOND": 1,
    "SECOND": SECOND,
    "MINUTE": 60 * SECOND,
    "HOUR": 3600 * SECOND,
    "DAY": 86_400 * SECOND,
    "WEEK": 7 * 86_400 * SECOND,
}
_COMPOUND: Final = {
    "SECOND_MICROSECOND": ("SECOND", "MICROSECOND"),
    "MINUTE_MICROSECOND": ("MINUTE", "SECOND", "MICROSECOND"),
    "MINUTE_SECOND": ("MINUTE", "SECOND"),
    "HOUR_MICROSECOND": ("HOUR", "MINUTE", "SECOND", "MICROSECOND"),
    "HOUR_SECOND": ("HOUR", "MINUTE", "SECOND"),
    "HOUR_MINUTE": ("HOUR", "MINUTE"),
    "DAY_MICROSECOND": ("DAY", "HOUR", "MINUTE", "SECOND", "MICROSECOND"),
    "DAY_SECOND": ("DAY", "HOUR", "MINUTE", "SECOND"),
    "DAY_MINUTE": ("DAY", "HOUR", "MINUTE"),
    "DAY_HOUR": ("DAY", "HOUR"),
    "YEAR_MONTH": ("YEAR", "MONTH"),
}
UNITS: Final = frozenset([*_MICROSECONDS, *_MONTHS, *_COMPOUND])
"""The names of all units."""
_NUMBER: Final = re.compile(r"[0-9]+", re.ASCII)


def unit_name(node: exp.Expr | None) -> str:
    """The unit that a node names.

    Raises:
        Refused: 1064: there is no such unit.
    """
    name = str(node.name if node is not None else "").upper().removeprefix("SQL_TSI_")
    if name not in UNITS:
        raise near(name)
    return name


def shifted(self: Expressions, value: Typed, interval: exp.Interval, *, backwards: bool = False) -> Typed:
    """A date or time and an interval that is added to it or taken from it."""
    amount = self.compile(interval.this)
    return moved(self, value, amount, unit_name(interval.unit), backwards=backwards)


def moved(self: Expressions, value: Typed, amount: Typed, unit: str, *, backwards: bool = False) -> Typed:
    """A date or time, and an amount of a unit that is added to it or taken from it."""
    with_fraction = unit.endswith("MICROSECOND") or (unit == "SECOND" and amount.kind is not Kind.INTEGER)
    digits = 6 if with_fraction else fraction_of(value.type)
    if unit == "SECOND" and amount.kind is Kind.DECIMAL:
        digits = max(fraction_of(value.type), min(amount.type.decimals or 0, 6))
    sign = -1 if backwards else 1
    plain = to.as_text(amount) if unit in _COMPOUND else to.as_number(amount)
    arguments = f"{plain}, {text_literal(unit)}, {sign}, {digits}"
    if value.kind is Kind.TIME and unit not in DAYS:
        return made(f"move_time({value.sql}, {arguments})", moment_type("TIME", digits), value, amount, nullable=True)
    if value.kind is Kind.DATE and unit in DAYS:
        return made(f"move_date({value.sql}, {arguments})", DATE, value, amount, nullable=True)
    if value.kind in (Kind.DATE, Kind.DATETIME, Kind.TIME):
        text = f"move_moment({to.as_moment(value)}, {arguments})"
        return made(text, moment_type("DATETIME", digits), value, amount, nullable=True)
    text = f"move_text({to.as_text(value)}, {arguments})"
    return made(text, text_type(29), value, amount, nullable=True, like=self.collation())


def amount_of(amount: Any, unit: str) -> tuple[int, int] | None:
    """Months and microseconds of an amount of a unit; None where it has more parts than the unit."""
    parts = _COMPOUND.get(unit)
    if parts is None:
        exact = exactly(amount)
        if unit == "SECOND":
            return 0, int(EXACT.multiply(exact, Decimal(SECOND)))
        whole = int(exact.to_integral_value(ROUND_HALF_UP))
        return (whole * _MONTHS[unit], 0) if unit in _MONTHS else (0, whole * _MICROSECONDS[unit])
    text = str(amount)
    numbers = _NUMBER.findall(text)
    if len(numbers) > len(parts):
        return None
    if parts[-1] == "MICROSECOND" and numbers:
        numbers[-1] = numbers[-1].ljust(6, "0")
    values = [0] * (len(parts) - len(numbers)) + [int(number[:12]) for number in numbers]
    sign = -1 if text.lstrip().startswith("-") else 1
    months = sum(value * _MONTHS.get(part, 0) for part, value in zip(parts, values, strict=True))
    microseconds = sum(value * _MICROSECONDS.get(part, 0) for part, value in zip(parts, values, strict=True))
    return sign * months, sign * microseconds


def add(moment: Moment, months: int, microseconds: int) -> Moment | None:
    """A moment and so many months and microseconds; None where that is beyond the years 0 to 9999."""
    if not moment.complete:
        return None
    if months:
        total = moment.year * 12 + moment.month - 1 + months
        year, month = divmod(total, 12)
        if not 1 <= year <= 9999:
            return None
        moment = moment._replace(year=year, month=month + 1, day=min(moment.day, last_day_of(year, month + 1)))
    try:
        return of_datetime(moment.datetime() + datetime.timedelta(microseconds=microseconds))
    except OverflowError:
        return None


def _moved(moment: Moment | None, amount: Any, unit: str, sign: int) -> Moment | None:
    shift = amount_of(amount, unit)
    if moment is None or shift is None:
        return None
    months, microseconds = shift
    later = add(moment, sign * months, sign * microseconds)
    if later is None:
        here().warn("ER_DATETIME_FUNCTION_OVERFLOW", "datetime")
    return later


@internal("move_moment", 5)
def move_moment(value: Any, amount: Any, unit: str, sign: int, digits: int) -> str | None:
    """A DATETIME and an interval."""
    if value is None or amount is None:
        return None
    later = _moved(moment_of(value), amount, unit, sign)
    return None if later is None else later.text(digits)


@internal("move_date", 5)
def move_date(value: Any, amount: Any, unit: str, sign: int, digits: int) -> str | None:  # noqa: ARG001
    """A DATE and an interval of days or more."""
    if value is None or amount is None:
        return None
    later = _moved(moment_of(value), amount, unit, sign)
    return None if later is None else later.date_text()


@internal("move_text", 5)
def move_text(value: Any, amount: Any, unit: str, sign: int, digits: int) -> str | None:  # noqa: ARG001
    """A text that is a date and an interval: it stays a date if it was one and the interval has no time."""
    if value is None or amount is None:
        return None
    later = _moved(moment_of(value), amount, unit, sign)
    if later is None:
        return None
    if unit in DAYS and ":" not in value and len(value.strip()) <= 10:
        return later.date_text()
    return later.text(6 if later.microsecond else 0)


@internal("move_time", 5)
def move_time(value: Any, amount: Any, unit: str, sign: int, digits: int) -> str | None:
    """A TIME and an interval of hours or less."""
    if value is None or amount is None:
        return None
    microseconds, shift = time_of(value), amount_of(amount, unit)
    if microseconds is None or shift is None:
        return None
    later = microseconds + sign * shift[1]
    if abs(later) > LONGEST_TIME:
        here().warn("ER_DATETIME_FUNCTION_OVERFLOW", "time")
        return None
    return time_text(later, digits)
