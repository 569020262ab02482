"""The functions that drivers and tools call in their own statements (MySQL 8.4 manual, chapter 14).

A function that would have to wait (SLEEP, GET_LOCK) is not here: chatter answers at once or not at all.
"""

from __future__ import annotations

import datetime
import math
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import attrs

from sockservice.answers import Request, Value
from sockservice.interfaces import ISession
from sockservice.responder import operators, variables
from sockservice.responder.cells import (
    BIGINT,
    DATE,
    MAX_TEXT,
    Cell,
    NotUnderstood,
    cell,
    compare,
    decimal,
    integer,
    text,
    time_type,
    to_number,
    to_text,
    truth,
    truth_cell,
)
from sockservice.responder.variable_values import zone

Call = Callable[[Request, Sequence[Cell]], Cell]


@attrs.frozen
class Function:
    """A function.

    Attributes:
        call: what it does with the request that it stands in and its arguments.
        least: how many arguments it takes at least.
        most: how many at most.
        pure: whether the same arguments always give the same result.
    """

    call: Call
    least: int = 0
    most: int = 0
    pure: bool = False


FUNCTIONS: dict[str, Function] = {}
"""Every function by name in lower case."""
WITHOUT_BRACKETS: Final = frozenset(
    """current_timestamp current_date current_time current_user localtime localtimestamp
    utc_date utc_time utc_timestamp""".split()
)
"""Those that may be called without ``()``."""


def _function(names: str, least: int = 0, most: int = 0, *, pure: bool = False) -> Callable[[Call], Call]:
    def register(call: Call) -> Call:
        for name in names.split():
            FUNCTIONS[name] = Function(call, least, most, pure)
        return call

    return register


# --- the session ------------------------------------------------------------------------------


@_function("version")
def _version(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(request.session.server.version)


@_function("database schema")
def _database(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(request.session.database or None, 34)


@_function("user session_user system_user")
def _user(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(f"{request.session.user}@{request.session.host}", 288)


@_function("current_user")
def _account(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(f"{request.session.user}@%", 288)


@_function("current_role")
def _role(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text("NONE", 1024)


@_function("connection_id")
def _connection_id(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(request.session.connection_id)


@_function("last_insert_id", 0, 1)
def _last_insert_id(request: Request, arguments: Sequence[Cell]) -> Cell:
    if arguments:
        request.session.variables["last_insert_id"] = arguments[0].value
        return arguments[0]
    return integer(request.session.variables.get("last_insert_id", 0))


@_function("row_count")
def _row_count(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(-1)  # what follows a result set; the chatter sees no other answers


@_function("found_rows")
def _found_rows(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(1)


@_function("uuid")
def _uuid(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(str(uuid.uuid1()), 36)


# --- dates and times --------------------------------------------------------------------------


def _now(session: ISession) -> datetime.datetime:
    """This moment in UTC; ``SET timestamp`` holds it still, for tests and for replication."""
    stamp = session.variables.get("timestamp")
    return datetime.datetime.fromtimestamp(float(stamp) if stamp else time.time(), datetime.UTC)


def _local(session: ISession, arguments: Sequence[Cell], *, utc: bool = False) -> datetime.datetime:
    digits = _integer(arguments[0].value) if arguments else 0
    moment = _now(session)
    if not utc:
        moment = moment.astimezone(zone(str(variables.read(session, "time_zone").value)))
    keep = 10 ** (6 - min(max(digits, 0), 6))
    return moment.replace(tzinfo=None, microsecond=moment.microsecond // keep * keep)


def _clock_reading(moment: datetime.datetime) -> Cell:
    since_midnight = moment - datetime.datetime.combine(moment.date(), datetime.time())
    return Cell(since_midnight, time_type("TIME", since_midnight))


@_function("now current_timestamp localtime localtimestamp sysdate", 0, 1)
def _now_function(request: Request, arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, arguments))


@_function("curdate current_date")
def _today(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, ()).date())


@_function("curtime current_time", 0, 1)
def _time_of_day(request: Request, arguments: Sequence[Cell]) -> Cell:
    return _clock_reading(_local(request.session, arguments))


@_function("utc_timestamp", 0, 1)
def _utc_timestamp(request: Request, arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, arguments, utc=True))


@_function("utc_date")
def _utc_date(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return cell(_local(request.session, (), utc=True).date())


@_function("utc_time", 0, 1)
def _utc_time(request: Request, arguments: Sequence[Cell]) -> Cell:
    return _clock_reading(_local(request.session, arguments, utc=True))


@_function("unix_timestamp", 0, 1)
def _unix_timestamp(request: Request, arguments: Sequence[Cell]) -> Cell:
    if not arguments:
        return integer(int(_now(request.session).timestamp()))
    moment = _moment(arguments[0].value)
    if moment is None:
        return integer(None)
    local = moment.replace(tzinfo=zone(str(variables.read(request.session, "time_zone").value)))
    return integer(max(0, int(local.timestamp())))


@_function("convert_tz", 3, 3)
def _convert_tz(_request: Request, arguments: Sequence[Cell]) -> Cell:
    moment = _moment(arguments[0].value)
    source, target = (None if name.value is None else zone(to_text(name.value)) for name in arguments[1:])
    if moment is None or source is None or target is None:
        return Cell(None, time_type("DATETIME", None))
    try:
        return cell(moment.replace(tzinfo=source).astimezone(target).replace(tzinfo=None))
    except OverflowError:
        return cell(moment)  # outside of the years that can be converted, MySQL leaves it as it is


@_function("timediff", 2, 2, pure=True)
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


@_function("time_format", 2, 2, pure=True)
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


@_function("date", 1, 1, pure=True)
def _date(_request: Request, arguments: Sequence[Cell]) -> Cell:
    moment = _moment(arguments[0].value)
    return Cell(None, DATE) if moment is None else cell(moment.date())


# --- texts and choices ------------------------------------------------------------------------


@_function("concat", 1, 4096, pure=True)
def _concat(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return _joined("", [argument.value for argument in arguments])


@_function("concat_ws", 2, 4096, pure=True)
def _concat_ws(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if arguments[0].value is None:
        return text(None)
    parts = [argument.value for argument in arguments[1:] if argument.value is not None]
    return _joined(to_text(arguments[0].value), parts)


def _joined(between: str, values: Sequence[Value]) -> Cell:
    if any(value is None for value in values):
        return text(None)
    parts = [to_text(value) for value in values]
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        return text(None)
    return text(between.join(parts))


def _of_text(names: str, change: Callable[[str], str]) -> None:
    @_function(names, 1, 1, pure=True)
    def call(_request: Request, arguments: Sequence[Cell]) -> Cell:
        value = arguments[0].value
        return text(None) if value is None else text(change(to_text(value)))


_of_text("lower lcase", str.lower)
_of_text("upper ucase", str.upper)
_of_text("trim", lambda value: value.strip(" "))
_of_text("ltrim", lambda value: value.lstrip(" "))
_of_text("rtrim", lambda value: value.rstrip(" "))
_of_text("quote", lambda value: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'")


@_function("hex", 1, 1, pure=True)
def _hex(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None:
        return text(None)
    if isinstance(value, int):
        return text(f"{value & (1 << 64) - 1:X}")
    return text((value if isinstance(value, bytes) else to_text(value).encode()).hex().upper())


@_function("length octet_length", 1, 1, pure=True)
def _length(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None:
        return integer(None)
    return integer(len(value if isinstance(value, bytes) else to_text(value).encode()))


@_function("char_length character_length", 1, 1, pure=True)
def _char_length(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return integer(None if arguments[0].value is None else len(to_text(arguments[0].value)))


@_function("left", 2, 2, pure=True)
def _left(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value, count = arguments[0].value, arguments[1].value
    return text(None) if value is None or count is None else text(to_text(value)[: max(0, _integer(count))])


@_function("substring substr mid", 2, 3, pure=True)
def _substring(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if any(argument.value is None for argument in arguments):
        return text(None)
    whole, start = to_text(arguments[0].value), _integer(arguments[1].value)
    begin = start - 1 if start > 0 else len(whole) + start
    if start == 0 or begin < 0:
        return text("")
    count = _integer(arguments[2].value) if len(arguments) > 2 else len(whole)
    return text(whole[begin : begin + max(0, count)])


@_function("replace", 3, 3, pure=True)
def _replace(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if any(argument.value is None for argument in arguments):
        return text(None)
    whole, old, new = (to_text(argument.value) for argument in arguments)
    if not old:
        return text(whole)
    if len(whole) + whole.count(old) * len(new) > MAX_TEXT:
        return text(None)
    return text(whole.replace(old, new))


@_function("if", 3, 3, pure=True)
def _if(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return arguments[1] if truth(arguments[0].value) else arguments[2]


@_function("ifnull", 2, 2, pure=True)
@_function("coalesce", 1, 4096, pure=True)
def _coalesce(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return next((argument for argument in arguments if argument.value is not None), arguments[-1])


@_function("nullif", 2, 2, pure=True)
def _nullif(_request: Request, arguments: Sequence[Cell]) -> Cell:
    same = compare(arguments[0].value, arguments[1].value) == 0
    return Cell(None, arguments[0].type) if same else arguments[0]


@_function("isnull", 1, 1, pure=True)
def _isnull(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return truth_cell(arguments[0].value is None)


def _extreme(names: str, choose: Callable[[int], bool]) -> None:
    @_function(names, 2, 4096, pure=True)
    def call(_request: Request, arguments: Sequence[Cell]) -> Cell:
        best = arguments[0]
        for argument in arguments[1:]:
            order = compare(argument.value, best.value)
            if order is None:
                return Cell(None, best.type)
            if choose(order):
                best = argument
        return best


_extreme("least", lambda order: order < 0)
_extreme("greatest", lambda order: order > 0)


@_function("abs", 1, 1, pure=True)
def _abs(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    return Cell(None, BIGINT) if value is None else cell(abs(to_number(value)))


@_function("floor", 1, 1, pure=True)
def _floor(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    return integer(None) if value is None else integer(math.floor(to_number(value)))


@_function("round", 1, 1, pure=True)
def _round(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None or not isinstance(value, (int, Decimal)):
        raise NotUnderstood("ROUND of this")
    return integer(value) if isinstance(value, int) else decimal(value.quantize(Decimal(1)))


@_function("sec_to_time", 1, 1, pure=True)
def _sec_to_time(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if not isinstance(value, int) or not -838 * 3600 < value < 838 * 3600:
        raise NotUnderstood("SEC_TO_TIME of this")
    return cell(datetime.timedelta(seconds=value))


def _integer(value: Value) -> int:
    number = to_number(value) if value is not None else 0
    if abs(number) > 1 << 62:
        raise NotUnderstood("too large a number")
    return int(number)
