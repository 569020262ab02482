"""Values: from Python to the rows of prepared statements (MySQL internals, "Binary Protocol Resultset").

What a value means is decided by its text form (:mod:`sockservice.mysql.values`), so that a column shows the same by
either protocol; numbers are packed without the detour. One that its column cannot hold is a ValueError.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from sockservice.answers import Value
from sockservice.mysql.charsets import UTF8MB4, Charset
from sockservice.mysql.values import text_encoder
from sockservice.mysql.wire import length_encoded_string
from sockservice.sqltypes import SqlType

BinaryEncoder = Callable[[Value], bytes]
"""From a value that is not None to its field in a binary row; raises ValueError."""

_INTEGERS: Final = {
    # name: signed, unsigned
    "TINYINT": ("<b", "<B"),
    "SMALLINT": ("<h", "<H"),
    "MEDIUMINT": ("<i", "<I"),
    "INT": ("<i", "<I"),
    "BIGINT": ("<q", "<Q"),
    "YEAR": ("<H", "<H"),
}
_MOMENT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?")
_SPAN: Final = re.compile(r"(-?)(\d{1,10}):(\d\d):(\d\d)(?:\.(\d{1,6}))?")


def binary_encoder(sql: SqlType, charset: Charset) -> BinaryEncoder:
    """What encodes the values of a column.

    Args:
        sql: the column's type.
        charset: what texts are sent in.
    """
    name = sql.name
    if name in _INTEGERS:
        return _integer_encoder(sql)
    if name in ("FLOAT", "DOUBLE"):
        return _float_encoder(sql)
    if name in ("DATE", "DATETIME", "TIMESTAMP"):
        return _through_text(sql, _moment)
    if name == "TIME":
        return _through_text(sql, _span)
    to_text = text_encoder(sql, charset)
    return lambda value: length_encoded_string(to_text(value))


def _integer_encoder(sql: SqlType) -> BinaryEncoder:
    layout = struct.Struct(_INTEGERS[sql.name][sql.unsigned])
    pack = layout.pack
    to_text = text_encoder(sql, UTF8MB4)

    def encode(value: Value) -> bytes:
        try:
            return pack(value if type(value) is int else _whole(to_text(value)))
        except struct.error:
            raise ValueError(f"{value!r:.60} does not fit into {layout.size * 8} bits") from None

    return encode


def _whole(text: bytes) -> int:
    try:
        return int(Decimal(text.decode("ascii")).to_integral_value(ROUND_HALF_UP))
    except (UnicodeDecodeError, ArithmeticError, ValueError):
        raise ValueError(f"{text!r:.60} is not a whole number") from None


def _float_encoder(sql: SqlType) -> BinaryEncoder:
    pack = struct.Struct("<f" if sql.name == "FLOAT" else "<d").pack
    to_text = text_encoder(sql, UTF8MB4)

    def encode(value: Value) -> bytes:
        try:
            exact = type(value) is float and sql.decimals is None
            return pack(value if exact else float(Decimal(to_text(value).decode("ascii"))))
        except (OverflowError, UnicodeDecodeError, InvalidOperation):
            raise ValueError(f"{value!r:.60} is not a {sql.name}") from None

    return encode


def _through_text(sql: SqlType, pack: Callable[[str], bytes]) -> BinaryEncoder:
    to_text = text_encoder(sql, UTF8MB4)
    of_date = sql.name == "DATE"

    def encode(value: Value) -> bytes:
        text = to_text(value).decode("ascii", "replace")
        return pack(text[:10] if of_date else text)

    return encode


def _moment(text: str) -> bytes:
    """A date or a date and time, in as many bytes as it needs: 0, 4, 7 or 11, and their number before them."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r:.60} is not a date")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    microsecond = int((match[7] or "").ljust(6, "0"))
    if microsecond:
        return struct.pack("<BHBBBBBI", 11, year, month, day, hour, minute, second, microsecond)
    if hour or minute or second:
        return struct.pack("<BHBBBBB", 7, year, month, day, hour, minute, second)
    return struct.pack("<BHBB", 4, year, month, day) if year or month or day else b"\0"


def _span(text: str) -> bytes:
    """A TIME in 0, 8 or 12 bytes, and their number before them."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r:.60} is not a time")
    hours, minutes, seconds = map(int, match.groups()[1:4])
    microseconds = int((match[5] or "").ljust(6, "0"))
    parts = bool(match[1]), hours // 24, hours % 24, minutes, seconds
    if microseconds:
        return struct.pack("<B?IBBBI", 12, *parts, microseconds)
    return struct.pack("<B?IBBB", 8, *parts) if any(parts[1:]) else b"\0"
