"""Parameters and query attributes: from the binary protocol to Python (MySQL internals, "Binary Protocol Value")."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import attrs

from sockservice.answers import Value
from sockservice.errors import ProtocolError
from sockservice.mysql.charsets import Charset
from sockservice.mysql.constants import FieldType
from sockservice.mysql.values import LONGEST_TIME
from sockservice.mysql.wire import PayloadReader

_UNSIGNED: Final = 0x80
_SECOND: Final = 1_000_000
MOST_PARAMETERS: Final = 65535
"""How many parameters a statement may have (ER_PS_MANY_PARAM)."""


class WrongParameters(Exception):
    """A packet that does not say its parameters in full, or says a value that MySQL has not: ERR 1210."""


@attrs.frozen
class ParameterType:
    """How one parameter is sent.

    Attributes:
        type: a :class:`FieldType`, or another number that nobody has.
        unsigned: whether an integer is.
        name: of a query attribute; ``""`` for a parameter.
    """

    type: int
    unsigned: bool = False
    name: str = ""


@attrs.frozen
class Bound:
    """What a packet says of its parameters.

    Attributes:
        types: of all values, the query attributes' behind the parameters'.
        values: as long as ``types``.
    """

    types: tuple[ParameterType, ...] = ()
    values: tuple[Value, ...] = ()

    def params(self, count: int) -> tuple[Value, ...]:
        """The values of the first ``count``: the parameters of the statement."""
        return self.values[:count]

    def attributes(self, count: int) -> Mapping[str, Value]:
        """The values behind the first ``count``, by their names: the query attributes."""
        return {kind.name: value for kind, value in zip(self.types[count:], self.values[count:], strict=True)}


def read_parameters(
    reader: PayloadReader,
    count: int,
    charset: Charset,
    *,
    named: bool = False,
    types: tuple[ParameterType, ...] = (),
    long_data: Mapping[int, bytes] | None = None,
) -> Bound:
    """Read null bitmap, types and values.

    Args:
        reader: stands at the null bitmap.
        count: how many values there are.
        charset: that texts are in.
        named: whether each type is followed by a name (CLIENT_QUERY_ATTRIBUTES).
        types: those of the last time, which hold where the packet has none.
        long_data: what came by COM_STMT_SEND_LONG_DATA, by the parameter's number; it has no value in the packet.

    Raises:
        WrongParameters: as it says.
    """
    if count == 0:
        return Bound()
    try:
        return _read(reader, min(count, MOST_PARAMETERS + 1), charset, named, types, long_data or {})
    except (ProtocolError, ValueError, OverflowError, InvalidOperation) as problem:
        raise WrongParameters(str(problem)) from problem


def _read(
    reader: PayloadReader,
    count: int,
    charset: Charset,
    named: bool,
    types: tuple[ParameterType, ...],
    long_data: Mapping[int, bytes],
) -> Bound:
    nulls = reader.take((count + 7) // 8)
    if reader.number(1):
        types = read_types(reader, count, charset, named=named)
    if len(types) != count:
        raise WrongParameters("the types of the parameters were never told")
    values: list[Value] = []
    for number, kind in enumerate(types):
        if number in long_data:
            values.append(_long_value(kind, long_data[number], charset))
        elif nulls[number >> 3] >> (number & 7) & 1 or kind.type == FieldType.NULL:
            values.append(None)
        else:
            values.append(read_value(reader, kind, charset))
    return Bound(types, tuple(values))


def read_types(
    reader: PayloadReader, count: int, charset: Charset, *, named: bool = False
) -> tuple[ParameterType, ...]:
    """Read the types of ``count`` parameters, each with a name where ``named``; errors as for a reader."""
    return tuple(_read_type(reader, charset, named) for _ in range(count))


def _read_type(reader: PayloadReader, charset: Charset, named: bool) -> ParameterType:
    number, flags = reader.take(2)
    name = charset.decode(reader.length_encoded_string()) if named else ""
    return ParameterType(number, bool(flags & _UNSIGNED), name)


def _long_value(kind: ParameterType, data: bytes, charset: Charset) -> Value:
    return data if kind.type in _BYTES else charset.decode(data)


def read_value(reader: PayloadReader, kind: ParameterType, charset: Charset) -> Value:
    """Read one value that is not NULL.

    Args:
        reader: stands at the value.
        kind: how it is sent.
        charset: that texts are in.

    Raises:
        ProtocolError, ValueError, OverflowError, InvalidOperation: it is cut short, or not a value.
    """
    size = _INTEGERS.get(kind.type)
    if size is not None:
        return int.from_bytes(reader.take(size), "little", signed=not kind.unsigned)
    read = _READERS.get(kind.type)
    if read is not None:
        return read(reader)
    data = reader.length_encoded_string()
    if kind.type in _DECIMALS:
        return Decimal(data.decode("ascii"))
    if kind.type in _BYTES:
        return data
    if kind.type in _TEXTS:
        return charset.decode(data)
    raise ValueError(f"{kind.type} is no type of a parameter")


def _read_date(reader: PayloadReader) -> Value:
    """A date or a moment, in 0, 4, 7 or 11 bytes. What Python has not, such as a month 0, is its text."""
    data = reader.take(reader.number(1))
    if len(data) not in (0, 4, 7, 11):
        raise ValueError("a date has 0, 4, 7 or 11 bytes")
    year, month, day, hour, minute, second, microsecond = struct.unpack("<HBBBBBI", data.ljust(11, b"\0"))
    try:
        return datetime.datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:
        if month > 12 or day > 31 or hour > 23 or minute > 59 or second > 59 or microsecond >= _SECOND:
            raise
        fraction = f".{microsecond:06}" if microsecond else ""
        return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}"


def _read_day(reader: PayloadReader) -> Value:
    moment = _read_date(reader)
    return moment.date() if isinstance(moment, datetime.datetime) else moment[:10]


def _read_time(reader: PayloadReader) -> datetime.timedelta:
    """A span with its sign, in 0, 8 or 12 bytes; one that is longer than a TIME can be is cut, as MySQL does."""
    data = reader.take(reader.number(1))
    if len(data) not in (0, 8, 12):
        raise ValueError("a time has 0, 8 or 12 bytes")
    negative, days, hours, minutes, seconds, microseconds = struct.unpack("<?IBBBI", data.ljust(12, b"\0"))
    span = min(datetime.timedelta(min(days, 35), seconds, microseconds, 0, minutes, hours), LONGEST_TIME)
    return -span if negative else span


def _read_float(reader: PayloadReader) -> float:
    return float(struct.unpack("<f", reader.take(4))[0])


def _read_double(reader: PayloadReader) -> float:
    return float(struct.unpack("<d", reader.take(8))[0])


_INTEGERS: Final[Mapping[int, int]] = {
    FieldType.TINY: 1,
    FieldType.SHORT: 2,
    FieldType.YEAR: 2,
    FieldType.LONG: 4,
    FieldType.INT24: 4,
    FieldType.LONGLONG: 8,
}
_READERS: Final[Mapping[int, Callable[[PayloadReader], Value]]] = {
    FieldType.FLOAT: _read_float,
    FieldType.DOUBLE: _read_double,
    FieldType.DATE: _read_day,
    FieldType.DATETIME: _read_date,
    FieldType.TIMESTAMP: _read_date,
    FieldType.TIME: _read_time,
}
_DECIMALS: Final = frozenset((FieldType.DECIMAL, FieldType.NEWDECIMAL))
_BYTES: Final = frozenset(
    (FieldType.TINY_BLOB, FieldType.MEDIUM_BLOB, FieldType.LONG_BLOB, FieldType.BLOB, FieldType.GEOMETRY, FieldType.BIT)
)
_TEXTS: Final = frozenset(
    (
        FieldType.VARCHAR,
        FieldType.VAR_STRING,
        FieldType.STRING,
        FieldType.JSON,
        FieldType.ENUM,
        FieldType.SET,
    )
)
