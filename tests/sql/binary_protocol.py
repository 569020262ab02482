"""A statement asked twice, by a query and as a prepared one: the rows of both, and what is said of their columns."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import attrs
from pymysql.connections import Connection
from pymysql.constants import FIELD_TYPE, FLAG
from pymysql.protocol import FieldDescriptorPacket, MysqlPacket

_PREPARE, _EXECUTE, _CLOSE = 0x16, 0x17, 0x19
_NUMBERS = {
    FIELD_TYPE.TINY: "bB",
    FIELD_TYPE.SHORT: "hH",
    FIELD_TYPE.YEAR: "HH",
    FIELD_TYPE.INT24: "iI",
    FIELD_TYPE.LONG: "iI",
    FIELD_TYPE.LONGLONG: "qQ",
    FIELD_TYPE.FLOAT: "ff",
    FIELD_TYPE.DOUBLE: "dd",
}
_NOT_FIXED = 31


@attrs.frozen
class Answers:
    """What came back.

    Attributes:
        text: the rows of the query.
        binary: those of the prepared statement, each value as the text that the other protocol has for it.
        text_columns: what the query said of its columns.
        binary_columns: what the prepared statement said of them.
    """

    text: list[tuple[Any, ...]]
    binary: list[tuple[Any, ...]]
    text_columns: list[tuple[Any, ...]]
    binary_columns: list[tuple[Any, ...]]


def ask_twice(connection: Connection[Any], text: str) -> Answers:
    """Ask a query in both protocols.

    Raises:
        pymysql.MySQLError: the server refuses it.
    """
    connection.query(text)
    result = connection._result
    fields, rows = _prepared(connection, text)
    converted = []
    for row in rows:
        values = []
        for value, (encoding, convert) in zip(row, result.converters, strict=True):
            told: Any = value if value is None or encoding is None else value.decode(encoding)
            values.append(told if told is None or convert is None else convert(told))
        converted.append(tuple(values))
    return Answers(list(result.rows), converted, [*map(_said, result.fields)], [*map(_said, fields)])


def _said(field: FieldDescriptorPacket) -> tuple[Any, ...]:
    names = field.db, field.table_name, field.org_table, field.name, field.org_name
    return *names, field.type_code, field.length, field.scale, field.flags, field.charsetnr


def _prepared(
    connection: Connection[Any], text: str
) -> tuple[list[FieldDescriptorPacket], list[tuple[bytes | None, ...]]]:
    connection._execute_command(_PREPARE, text)
    number, columns, parameters = struct.unpack_from("<IHH", connection._read_packet().get_all_data(), 1)
    assert not parameters
    if columns:
        for _ in range(columns + 1):
            connection._read_packet()
    connection._execute_command(_EXECUTE, struct.pack("<IBI", number, 0, 1))
    count = connection._read_packet().read_length_encoded_integer()
    fields = [connection._read_packet(FieldDescriptorPacket) for _ in range(count)]
    assert connection._read_packet().is_eof_packet()
    rows = []
    while not (packet := connection._read_packet()).is_eof_packet():
        rows.append(tuple(_row(packet, fields)))
    connection._execute_command(_CLOSE, struct.pack("<I", number))
    return fields, rows


def _row(packet: MysqlPacket, fields: list[FieldDescriptorPacket]) -> Iterator[bytes | None]:
    assert packet.read(1) == b"\0"
    nulls = packet.read((len(fields) + 9) // 8)
    for place, field in enumerate(fields, 2):
        yield None if nulls[place // 8] >> place % 8 & 1 else _value(packet, field)


def _value(packet: MysqlPacket, field: FieldDescriptorPacket) -> bytes:
    code = field.type_code
    if code in _NUMBERS:
        form = f"<{_NUMBERS[code][bool(field.flags & FLAG.UNSIGNED)]}"
        (number,) = struct.unpack(form, packet.read(struct.calcsize(form)))
        if code == FIELD_TYPE.FLOAT:
            number = float(f"{number:.6g}")
        if isinstance(number, float) and field.scale < _NOT_FIXED:
            number = round(number, field.scale)
        return str(number).encode()
    if code in (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP):
        return _moment(packet, field).encode()
    if code == FIELD_TYPE.TIME:
        return _time(packet, field).encode()
    found: bytes = packet.read_length_coded_string()
    return found


def _moment(packet: MysqlPacket, field: FieldDescriptorPacket) -> str:
    length = packet.read_uint8()
    year, month, day, hour, minute, second, fraction = struct.unpack("<HBBBBBI", packet.read(length).ljust(11, b"\0"))
    date = f"{year:04}-{month:02}-{day:02}"
    if field.type_code == FIELD_TYPE.DATE:
        return date
    return f"{date} {hour:02}:{minute:02}:{second:02}{_fraction(fraction, field.scale)}"


def _time(packet: MysqlPacket, field: FieldDescriptorPacket) -> str:
    length = packet.read_uint8()
    negative, days, hour, minute, second, fraction = struct.unpack("<BIBBBI", packet.read(length).ljust(12, b"\0"))
    sign = "-" if negative else ""
    return f"{sign}{days * 24 + hour:02}:{minute:02}:{second:02}{_fraction(fraction, field.scale)}"


def _fraction(microseconds: int, digits: int) -> str:
    return f".{microseconds:06}"[: digits + 1] if digits else ""
