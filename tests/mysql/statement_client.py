"""Prepared statements as a client speaks them: builders of EXECUTE, and a reader of binary rows of its own."""

from __future__ import annotations

import struct

from wire_client import Eof, Err, Ok, Reader, lenenc, read_definition, read_reply, unframed

READ_ONLY, PARAMETER_COUNT = 1, 8


def prepared(client, text, answer):
    """PREPARE, answered; returns ``(id, columns, parameters, warnings)`` or the error."""
    packets = [payload for _, payload in unframed(client.ask(b"\x16" + text.encode(), answer))]
    if packets[0][0] == 0xFF:
        return read_reply(packets[0])
    assert packets[0][0] == 0
    assert len(packets[0]) == 12
    number, columns, parameters, warnings = struct.unpack("<IHHxH", packets[0][1:])
    described = [payload for payload in packets[1:] if payload[:1] != b"\xfe"]
    assert len(described) == columns + parameters
    return number, [read_definition(payload)[0] for payload in described[parameters:]], parameters, warnings


def execute(number, *values, flags=0, types=True, names=None, count=None):
    """The payload of an EXECUTE.

    Args:
        number: of the statement.
        values: ``(type, flags, bytes)``; None is NULL, bytes of None has come as long data.
        flags: of cursors.
        types: whether they are told.
        names: those of query attributes; the parameters' are empty.
        count: what is told of the number of values, where it is told.
    """
    payload = struct.pack("<BIBI", 0x17, number, flags, 1)
    if count is not None:
        payload += bytes([count])
    if values:
        nulls = sum(1 << index for index, value in enumerate(values) if value is None)
        payload += nulls.to_bytes((len(values) + 7) // 8, "little") + bytes([types])
        for index, value in enumerate(values):
            if types:
                payload += bytes(value[:2]) if value else b"\x06\0"
                if names is not None:
                    payload += lenenc(names[index])
        payload += b"".join(value[2] for value in values if value and value[2] is not None)
    return payload


def binary_value(reader, column):
    """One value that is not NULL, as plain Python, times and dates as their bytes."""
    unsigned = bool(column.flags & 0x20)
    sizes = {1: 1, 2: 2, 13: 2, 3: 4, 9: 4, 8: 8}
    if column.type in sizes:
        return int.from_bytes(reader.take(sizes[column.type]), "little", signed=not unsigned)
    if column.type == 4:
        return struct.unpack("<f", reader.take(4))[0]
    if column.type == 5:
        return struct.unpack("<d", reader.take(8))[0]
    if column.type in (7, 10, 12):
        return moment(reader.take(reader.number(1)))
    if column.type == 11:
        return span(reader.take(reader.number(1)))
    return reader.string()


def moment(data):
    """A date or a moment as MySQL's text."""
    assert len(data) in (0, 4, 7, 11)
    year, month, day, hour, minute, second, micro = struct.unpack("<HBBBBBI", data.ljust(11, b"\0"))
    text = f"{year:04}-{month:02}-{day:02}"
    return text + (f" {hour:02}:{minute:02}:{second:02}" + (f".{micro:06}" if micro else "") if data[4:] else "")


def span(data):
    """A TIME as MySQL's text."""
    assert len(data) in (0, 8, 12)
    negative, days, hours, minutes, seconds, micro = struct.unpack("<?IBBBI", data.ljust(12, b"\0"))
    text = f"{'-' if negative else ''}{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
    return text + (f".{micro:06}" if micro else "")


def binary_rows(payloads, columns):
    """The rows of payloads."""
    rows = []
    for payload in payloads:
        assert payload[0] == 0
        size = (len(columns) + 9) // 8
        nulls, reader = int.from_bytes(payload[1 : 1 + size], "little"), Reader(payload[1 + size :])
        rows.append(
            tuple(
                None if nulls >> index + 2 & 1 else binary_value(reader, column) for index, column in enumerate(columns)
            )
        )
        assert reader.data == b""
    return rows


def binary_result(data, *, deprecate_eof=False):
    """``(columns, rows, end)`` of the answer to an EXECUTE; or Ok or Err."""
    payloads = [payload for _, payload in unframed(data)]
    if payloads[0][0] in (0, 0xFF):
        return read_reply(payloads[0])
    count = Reader(payloads[0]).length()
    columns = [read_definition(payload)[0] for payload in payloads[1 : 1 + count]]
    rest = payloads[1 + count :]
    if not deprecate_eof:
        assert isinstance(read_reply(rest.pop(0)), Eof)
    end = read_reply(rest.pop())
    assert isinstance(end, (Err, Ok if deprecate_eof else Eof))
    return columns, binary_rows(rest, columns), end
