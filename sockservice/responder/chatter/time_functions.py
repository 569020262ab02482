"""Functions of dates and times (MySQL 8.4 manual, 14.7 "Date and Time Functions").

One that would have to wait (SLEEP) is not here: chatter answers at once or not at all.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sockservice.answers import Request, Value
from sockservice.interfaces import ISession
from sockservice.responder.chatter import operators, variables
from sockservice.responder.chatter.cells import DATE, Cell, cell, integer, text, time_type, to_integer, to_text
from sockservice.responder.chatter.function_table import FunctionTable
from sockservice.responder.token_reader import NotUnderstood
from sockservice.time_zones import zone_of

FUNCTIONS: Final = FunctionTable()
"""Every function of this module."""
WITHOUT_BRACKETS: Final = frozenset(
    "current_timestamp current_date current_time localtime localtimestamp utc_date utc_time utc_timestamp".split()
)
"""Those that may be called without ``()``."""


def _now(session: ISession) -> datetime.datetime:
    """This moment in UTC; ``SET timestamp`` holds it still, for tests and for replication."""
    stamp = session.variables.get("timestamp")
    return datetime.datetime.fromtimestamp(float(stamp) if stamp else time.time(), datetime.UTC)


def _local(session: ISession, arguments: Sequence[Cell], *, utc: bool = False) -> datetime.datetime:
    digits = to_integer(arguments[0].value) if arguments else 0
    moment = _now(session)
    if not utc:
        moment = moment.astimezone(zone_of(str(variables.read(session, "time_zone").value)))
    keep = 10 ** (6 - min(max(digits, 0), 6))
    return moment.replace(tzinfo=None, microsecond=moment.microsecond // keep * keep)


def _clock_reading(moment: datetime.datetime) -> Cell:
    since_midnight = moment - datetime.datetime.combine(moment.date(), datetime.time())
    return Cell(since_midnight, time_type("TIME", since_midnight))


@FUNCTIONS.add("now current_timestamp localtime localtimestamp sysdate", 0, 1)
def _now_function(request: Request, arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, arguments))


@FUNCTIONS.add("curdate current_date")
def _today(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, ()).date())


@FUNCTIONS.add("curtime current_time", 0, 1)
def _time_of_day(request: Request, arguments: Sequence[Cell]) -> Cell:
    return _clock_reading(_local(request.session, arguments))


@FUNCTIONS.add("utc_timestamp", 0, 1)
def _utc_timestamp(request: Request, arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, arguments, utc=True))


@FUNCTIONS.add("utc_date")
def _utc_date(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, (), utc=True).date())


@FUNCTIONS.add("utc_time", 0, 1)
def _utc_time(request: Request, arguments: Sequence[Cell]) -> Cell:
    return _clock_reading(_local(request.session, arguments, utc=True))


@FUNCTIONS.add("unix_timestamp", 0, 1)
def _unix_timestamp(request: Request, arguments: Sequence[Cell]) -> Cell:
    if not arguments:
        return integer(int(_now(request.session).timestamp()))
    moment = _moment(arguments[0].value)
    if moment is None:
        return integer(None)
    local = moment.replace(tzinfo=zone_of(str(variables.read(request.session, "time_zone").value)))
    return integer(max(0, int(local.timestamp())))


@FUNCTIONS.add("convert_tz", 3, 3)
def _convert_tz(_request: Request, arguments: Sequence[Cell]) -> Cell:
    moment = _moment(arguments[0].value)
    source, target = (None if name.value is None else zone_of(to_text(name.value)) for name in arguments[1:])
    if moment is None or source is None or target is None:
        return Cell(None, time_type("DATETIME", None))
    try:
        return cell(moment.replace(tzinfo=source).astimezone(target).replace(tzinfo=None))
    except (OverflowError, ValueError):
        return cell(moment)  # outside of the years that can be converted, MySQL leaves it as it is


@FUNCTIONS.add("timediff", 2, 2, pure=True)
def _timediff(_request: Request, arguments: Sequence[Cell]) -> Cell:
    left, right = (_moment_or_time(argument.value) for argument in arguments)
    if isinstance(left, datetime.datetime) and isinstance(right, datetime.datetime):
        return cell(left - right)
    if isinstance(left, datetime.timedelta) and isinstance(right, datetime.timedelta):
        return cell(left - right)
    return Cell(None, time_type("TIME", None))


_TIME_PARTS: Final[Mapping[str, Callable[[int, int, int, int], str]]] = {
    "H": lambda hour, _minute, _second, _micro: f"{hour:02d}",
    "k": lambda hour, _minute, _second, _micro: f"{hour}",
    "i": lambda _hour, minute, _second, _micro: f"{minute:02d}",
    "s": lambda _hour, _minute, second, _micro: f"{second:02d}",
    "S": lambda _hour, _minute, second, _micro: f"{second:02d}",
    "f": lambda _hour, _minute, _second, micro: f"{micro:06d}",
    "T": lambda hour, minute, second, _micro: f"{hour:02d}:{minute:02d}:{second:02d}",
}


@FUNCTIONS.add("time_format", 2, 2, pure=True)
def _time_format(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value, pattern = _moment_or_time(arguments[0].value), arguments[1].value
    if value is None or pattern is None:
        return text(None, 10)
    if isinstance(value, datetime.datetime):
        value = value - datetime.datetime.combine(value.date(), datetime.time())
    seconds, micro = divmod(abs(value) // datetime.timedelta(microseconds=1), 1_000_000)
    made = "-" if value < datetime.timedelta() else ""
    characters = iter(to_text(pattern))
    for character in characters:
        if character != "%":
            made += character
            continue
        part = next(characters, "%")
        if part not in _TIME_PARTS:
            raise NotUnderstood(f"TIME_FORMAT with %{part}")
        made += _TIME_PARTS[part](seconds // 3600, seconds // 60 % 60, seconds % 60, micro)
    return text(made)


def _moment(value: Value) -> datetime.datetime | None:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    return operators.moment(value) if isinstance(value, str) else None


def _moment_or_time(value: Value) -> datetime.datetime | datetime.timedelta | None:
    if isinstance(value, datetime.timedelta):
        return value
    moment = _moment(value)
    if moment is None and isinstance(value, str):
        parts = value.split(":")
        if 2 <= len(parts) <= 3 and all(part.isdecimal() and part.isascii() and len(part) < 4 for part in parts):
            hours, minutes, seconds = (int(part) for part in (*parts, "0")[:3])
            return datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return moment


@FUNCTIONS.add("date", 1, 1, pure=True)
def _date(_request: Request, arguments: Sequence[Cell]) -> Cell:
    moment = _moment(arguments[0].value)
    return Cell(None, DATE) if moment is None else cell(moment.date())
