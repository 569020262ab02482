"""Functions that take dates and times apart (MySQL 8.4 manual, 14.7)."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import near, wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.functions.date_names import Names, names_of
from sockservice.sql.intervals import UNITS
from sockservice.sql.kinds import DATE, Kind, text_type
from sockservice.sql.moments import SECOND, Moment, is_dated, last_day_of, moment_of, time_of
from sockservice.sql.registry import FUNCTIONS, function, internal
from sockservice.sql.surroundings import here, variable
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import whole_type
from sockservice.sqltypes import SqlType


def _part(names: str, digits: int, take: Callable[[Moment], int | None], *, complete: bool = False) -> None:
    """A function of the date, with so many digits; NULL for what is none.

    With ``complete``, that is also where month or day is zero.
    """

    @function(names, "m", whole_type(digits), nullable=True)
    def call(value: Any) -> int | None:
        moment = moment_of(value, zero_parts=not complete)
        return None if moment is None else take(moment)


def day_number(moment: Moment) -> int:
    """TO_DAYS: days since the year 0."""
    return moment.datetime().toordinal() + 365


_part("year", 4, lambda moment: moment.year)
_part("month", 2, lambda moment: moment.month)
_part("day dayofmonth", 2, lambda moment: moment.day)
_part("quarter", 1, lambda moment: (moment.month + 2) // 3)
_part("dayofyear", 3, lambda moment: moment.datetime().timetuple().tm_yday, complete=True)
_part("weekday", 1, lambda moment: moment.datetime().weekday(), complete=True)
_part("dayofweek", 1, lambda moment: moment.datetime().isoweekday() % 7 + 1, complete=True)
_part("weekofyear", 2, lambda moment: moment.datetime().isocalendar().week, complete=True)
_part("to_days", 7, day_number, complete=True)
_part("to_seconds", 20, lambda moment: day_number(moment) * 86_400 + moment.time_of_day // SECOND, complete=True)


def _time_part(name: str, digits: int, take: Callable[[int], int]) -> None:
    @function(name, "t", whole_type(digits), nullable=True)
    def call(value: Any) -> int | None:
        microseconds = time_of(value)
        return None if microseconds is None else take(abs(microseconds))


_time_part("hour", 3, lambda microseconds: microseconds // (3600 * SECOND))
_time_part("minute", 2, lambda microseconds: microseconds // (60 * SECOND) % 60)
_time_part("second", 2, lambda microseconds: microseconds // SECOND % 60)
_time_part("microsecond", 6, lambda microseconds: microseconds % SECOND)


def _named(function_name: str, longest: Callable[[Names], int]) -> None:
    """A function that gives a name, whose length depends on the language."""

    @special(function_name)
    def compile_call(self: Expressions, node: exp.Anonymous) -> Typed:
        if len(node.expressions) != 1:
            raise wrong_count(function_name)
        names = names_of(str(self.variable("lc_time_names")))
        told = self.called(FUNCTIONS[function_name], [self.compile(node.expressions[0])])
        return told._replace(type=text_type(longest(names)))


_named("dayname", lambda names: max(map(len, names.days)))
_named("monthname", lambda names: max(map(len, names.months)))


@function("dayname", "m", text_type(9), nullable=True)
def dayname(value: Any) -> str | None:
    """DAYNAME, in the language of ``lc_time_names``."""
    moment = moment_of(value, zero_parts=False)
    return None if moment is None else names_of(_language()).days[moment.datetime().weekday()]


@function("monthname", "m", text_type(9), nullable=True)
def monthname(value: Any) -> str | None:
    """MONTHNAME, in the language of ``lc_time_names``."""
    moment = moment_of(value)
    return names_of(_language()).months[moment.month - 1] if moment is not None and moment.month else None


def _language() -> str:
    return str(variable(here().session, "lc_time_names"))


@function("last_day", "m", DATE, nullable=True)
def last_day(value: Any) -> str | None:
    """LAST_DAY of the month."""
    moment = moment_of(value)
    if moment is None or not moment.month or not moment.year:
        return None
    return moment._replace(day=last_day_of(moment.year, moment.month)).date_text()


@special("date")
def _date(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("date")
    value = self.compile(node.expressions[0])
    if value.kind is Kind.DATETIME:
        return made(f"substr({value.sql}, 1, 10)", DATE, value)
    return made(f"to_date({to.as_moment(value)})", DATE, value, nullable=True)


# --- weeks ------------------------------------------------------------------------------------

_MONDAY: Final = 1
_YEAR_OF_WEEK: Final = 2
_FIRST_FULL: Final = 4


def week_of(moment: Moment, mode: int) -> tuple[int, int]:
    """The year and the number of the week of a day, by the mode that WEEK() has.

    Args:
        moment: the day.
        mode: bit 0: weeks begin on Monday; bit 1: the week before the first one is the last of the year before, not
            week 0; bit 2: the first week is the first that begins in the year, else the one with 4 days or more
            of it. MySQL's numbers have bit 2 the other way round where weeks begin on Monday.
    """
    day = moment.datetime().date()
    first_weekday = bool(mode & _FIRST_FULL)
    monday = bool(mode & _MONDAY)
    new_year = datetime.date(day.year, 1, 1)
    weekday = new_year.weekday() if monday else (new_year.weekday() + 1) % 7
    year, in_year = day.year, day.timetuple().tm_yday - 1
    with_year = bool(mode & _YEAR_OF_WEEK)
    late = weekday != 0 if first_weekday else weekday >= 4
    if day.month == 1 and day.day <= 7 - weekday:
        if not with_year and late:
            return year, 0
        with_year = True
        year -= 1
        length = _days_in(year)
        in_year += length
        weekday = (weekday + 53 * 7 - length) % 7
        late = weekday != 0 if first_weekday else weekday >= 4
    days = in_year - (7 - weekday) if late else in_year + weekday
    if with_year and days >= 52 * 7:
        weekday = (weekday + _days_in(year)) % 7
        if weekday == 0 if first_weekday else weekday < 4:
            return year + 1, 1
    return year, days // 7 + 1


def _days_in(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def week_mode(mode: int) -> int:
    """The mode as :func:`week_of` takes it: Monday turns the rule of the first week round."""
    mode &= 7
    return mode if mode & _MONDAY else mode ^ _FIRST_FULL


@function("week", "m|i", whole_type(2), nullable=True)
def week(value: Any, mode: Any = None) -> int | None:
    """WEEK."""
    moment = moment_of(value, zero_parts=False)
    if moment is None:
        return None
    wanted = int(variable(here().session, "default_week_format")) if mode is None else int(mode)
    return week_of(moment, week_mode(wanted))[1]


@function("yearweek", "m|i", whole_type(6), nullable=True)
def yearweek(value: Any, mode: Any = 0) -> int | None:
    """YEARWEEK."""
    moment = moment_of(value, zero_parts=False)
    if moment is None:
        return None
    year, number = week_of(moment, week_mode(int(mode)) | _YEAR_OF_WEEK)
    return year * 100 + number


# --- EXTRACT ----------------------------------------------------------------------------------

_TIME_UNITS: Final = frozenset(
    """HOUR MINUTE SECOND MICROSECOND HOUR_MINUTE HOUR_SECOND HOUR_MICROSECOND MINUTE_SECOND MINUTE_MICROSECOND
    SECOND_MICROSECOND DAY_HOUR DAY_MINUTE DAY_SECOND DAY_MICROSECOND""".split()
)


_WIDTHS: Final = {
    **dict.fromkeys(["QUARTER"], 1),
    **dict.fromkeys(["MONTH", "WEEK"], 2),
    **dict.fromkeys(["DAY", "HOUR", "MINUTE", "SECOND"], 3),
    **dict.fromkeys(["YEAR"], 4),
    **dict.fromkeys(["DAY_HOUR", "HOUR_MINUTE", "MINUTE_SECOND"], 5),
    **dict.fromkeys(["YEAR_MONTH"], 6),
    **dict.fromkeys(["MICROSECOND", "DAY_MINUTE", "HOUR_SECOND"], 7),
    **dict.fromkeys(["DAY_SECOND", "SECOND_MICROSECOND"], 9),
    "MINUTE_MICROSECOND": 11,
    "HOUR_MICROSECOND": 13,
    "DAY_MICROSECOND": 15,
}
"""Characters of what EXTRACT gives for a unit, with a sign."""
_MORE_OF_TIMES: Final = dict.fromkeys(["DAY", "DAY_HOUR", "DAY_MINUTE", "DAY_SECOND", "DAY_MICROSECOND"], 5)
"""How many characters more it may give of what is no date."""


@rule(exp.Extract)
def _extract(self: Expressions, node: exp.Extract) -> Typed:
    unit = node.name.upper()
    if unit not in UNITS:
        raise near(unit)
    value = self.compile(node.expression)
    dated = value.kind in (Kind.DATE, Kind.DATETIME)
    is_time = value.kind is Kind.TIME or (unit in _TIME_UNITS and not dated)
    source = value.sql if is_time else to.as_moment(value)
    kind = SqlType("BIGINT", _WIDTHS[unit] + (0 if dated else _MORE_OF_TIMES.get(unit, 0)))
    return made(f"extract_part({source}, {text_literal(unit)}, {int(is_time)})", kind, value, nullable=True)


@internal("extract_part", 3)
def extract_part(value: Any, unit: str, is_time: int) -> int | None:
    """EXTRACT."""
    if value is None:
        return None
    if is_time and not is_dated(value):
        microseconds = time_of(value)
        if microseconds is None:
            return None
        sign = -1 if microseconds < 0 else 1
        whole, micro = divmod(abs(microseconds), SECOND)
        days, hours, rest = 0, whole // 3600, whole % 3600
        moment = Moment(0, 0, days, hours, rest // 60, rest % 60, micro)
        if unit.startswith("DAY"):
            moment = moment._replace(day=hours // 24, hour=hours % 24)
    else:
        found = moment_of(value)
        if found is None:
            return None
        sign, moment = 1, found
    if unit == "WEEK" and not moment.complete:
        return None
    return sign * _EXTRACTS[unit](moment)


_EXTRACTS: Final[dict[str, Callable[[Moment], int]]] = {
    "YEAR": lambda moment: moment.year,
    "QUARTER": lambda moment: (moment.month + 2) // 3,
    "MONTH": lambda moment: moment.month,
    "WEEK": lambda moment: week_of(moment, week_mode(0))[1],
    "DAY": lambda moment: moment.day,
    "HOUR": lambda moment: moment.hour,
    "MINUTE": lambda moment: moment.minute,
    "SECOND": lambda moment: moment.second,
    "MICROSECOND": lambda moment: moment.microsecond,
    "YEAR_MONTH": lambda moment: moment.year * 100 + moment.month,
    "DAY_HOUR": lambda moment: moment.day * 100 + moment.hour,
    "DAY_MINUTE": lambda moment: (moment.day * 100 + moment.hour) * 100 + moment.minute,
    "DAY_SECOND": lambda moment: ((moment.day * 100 + moment.hour) * 100 + moment.minute) * 100 + moment.second,
    "DAY_MICROSECOND": lambda moment: (
        (((moment.day * 100 + moment.hour) * 100 + moment.minute) * 100 + moment.second) * SECOND + moment.microsecond
    ),
    "HOUR_MINUTE": lambda moment: moment.hour * 100 + moment.minute,
    "HOUR_SECOND": lambda moment: (moment.hour * 100 + moment.minute) * 100 + moment.second,
    "HOUR_MICROSECOND": lambda moment: (
        ((moment.hour * 100 + moment.minute) * 100 + moment.second) * SECOND + moment.microsecond
    ),
    "MINUTE_SECOND": lambda moment: moment.minute * 100 + moment.second,
    "MINUTE_MICROSECOND": lambda moment: (moment.minute * 100 + moment.second) * SECOND + moment.microsecond,
    "SECOND_MICROSECOND": lambda moment: moment.second * SECOND + moment.microsecond,
}
