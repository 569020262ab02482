"""Values of stub files, checked and converted by the column's type when the file is loaded.

A YAML value is what it looks like (text, number, true, null …); the column's type says what it becomes: a
``"2024-02-29"`` in a DATE column a date, in a VARCHAR column that text. What MySQL would refuse or silently change
(a date that does not exist, text that is too long) is a mistake here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from sockservice.answers import Value
from sockservice.documents import SpelledInteger
from sockservice.errors import counted, did_you_mean
from sockservice.sqltypes import SqlType

INTEGER_BITS: Final = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}
TEXT_LENGTHS: Final = {"TINYTEXT": 255, "TEXT": 65_535, "MEDIUMTEXT": 2**24 - 1, "LONGTEXT": 2**32 - 1}
BLOB_LENGTHS: Final = {"TINYBLOB": 255, "BLOB": 65_535, "MEDIUMBLOB": 2**24 - 1, "LONGBLOB": 2**32 - 1}
LONGEST_TIME: Final = timedelta(hours=838, minutes=59, seconds=59)
"""The range of TIME (MySQL 8.4 manual, 13.2.3 "The TIME Type")."""

_TIME: Final = re.compile(r"(-?)([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?")
_DATETIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_EXACT: Final = Context(prec=200, traps=[InvalidOperation])
_LONGEST_SHOWN: Final = 60


def value_of(written: Any, kind: SqlType) -> Value:
    """One value of a row, as the column's type wants it.

    Args:
        written: None, bool, int, float, str, bytes, list or dict.
        kind: the column's type.

    Returns:
        None, int, float, Decimal, str, bytes, date, datetime, timedelta, list or dict.

    Raises:
        ValueError: the column cannot hold it; the message says why, without naming the column.
    """
    return None if written is None else _READERS[kind.name](written, kind)


def _integer(written: Any, kind: SqlType) -> int:
    if isinstance(written, str) and re.fullmatch(r"[-+]?[0-9]{1,30}", written):
        written = int(written)
    if not isinstance(written, int):
        raise ValueError(f"{shown(written)} is not a whole number")
    bits = INTEGER_BITS[kind.name]
    low, high = (0, 2**bits - 1) if kind.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if not low <= written <= high:
        raise ValueError(f"{shown(written)} is outside of {low} to {high}")
    return int(written)


def _decimal(written: Any, kind: SqlType) -> Decimal:
    if isinstance(written, float) and len(repr(abs(written)).partition("e")[0]) > 16:
        raise ValueError(f"{written!r} may have lost digits; put it in quotes")
    number = _number(written)
    digits, scale = kind.length or 10, kind.decimals or 0
    if abs(number) >= Decimal(10) ** (digits - scale):
        raise ValueError(f"{shown(written)} has more than {counted(digits - scale, 'digit')} before the point")
    rounded = number.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    if rounded != number:
        raise ValueError(f"{shown(written)} has more than {counted(scale, 'digit')} behind the point")
    _check_sign(written, rounded, kind)
    return rounded if rounded else abs(rounded)


def _float(written: Any, kind: SqlType) -> float:
    number = float(_number(written))
    if not math.isfinite(number):
        raise ValueError(f"{shown(written)}: MySQL has no such number")
    _check_sign(written, number, kind)
    return number


def _check_sign(written: Any, number: float | Decimal, kind: SqlType) -> None:
    if kind.unsigned and number < 0:
        raise ValueError(f"{shown(written)} is negative, and the column is UNSIGNED")


def _number(written: Any) -> Decimal:
    if isinstance(written, float):
        number = Decimal(repr(written))
    elif isinstance(written, int):
        number = Decimal(int(written))
    elif isinstance(written, str) and _NUMBER.fullmatch(written):
        number = Decimal(written)
    else:
        raise ValueError(f"{shown(written)} is not a number")
    if not number.is_finite():
        raise ValueError(f"{shown(written)}: MySQL has no such number")
    return number


def _bits(written: Any, kind: SqlType) -> int:
    width = kind.length or 1
    if not isinstance(written, int) or written < 0 or written.bit_length() > width:
        raise ValueError(f"{shown(written)} is not a whole number of {counted(width, 'bit')}")
    return int(written)


def _year(written: Any, _: SqlType) -> int:
    year = int(written) if isinstance(written, str) and re.fullmatch(r"[0-9]{4}", written) else written
    if not isinstance(year, int) or not (year == 0 or 1901 <= year <= 2155):
        raise ValueError(f"{shown(written)} is not a year from 1901 to 2155")
    return int(year)


def _date(written: Any, _: SqlType) -> date | str:
    if not isinstance(written, str) or not _DATE.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a date such as 2024-02-29")
    if written == "0000-00-00":
        return written
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"{shown(written)} does not exist: {error}") from None


def _datetime(written: Any, kind: SqlType) -> datetime | str:
    if not isinstance(written, str) or not _DATETIME.fullmatch(written):
        raise ValueError(f"{shown(written)} is not a date and time such as 2024-02-29 12:30:00")
    if written == "0000-00-00 00:00:00":
        return written
    whole, point, fraction = written.partition(".")
    _check_fraction(written, fraction, kind)
    try:
        return datetime.fromisoformat(whole + point + fraction.ljust(6, "0") if point else whole)
    except ValueError as error:
        raise ValueError(f"{shown(written)} does not exist: {error}") from None


def _time(written: Any, kind: SqlType) -> timedelta:
    read = _TIME.fullmatch(written) if isinstance(written, str) else None
    if read is None:
        raise ValueError(f"{shown(written)} is not a time such as 12:30:00")
    sign, hours, minutes, seconds, fraction = read.groups(default="")
    _check_fraction(written, fraction, kind)
    time = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0), microseconds=int(fraction.ljust(6, "0"))
    )
    if time > LONGEST_TIME:
        raise ValueError(f"{shown(written)} is beyond 838:59:59")
    return -time if sign else time


def _check_fraction(written: Any, fraction: str, kind: SqlType) -> None:
    if len(fraction) > (kind.length or 0):
        raise ValueError(f"{shown(written)} has a fraction of a second; {kind.name}({len(fraction)}) holds it")


def _text(written: Any, kind: SqlType) -> str:
    text = as_text(written)
    longest = 1 if kind.name == "CHAR" and kind.length is None else kind.length
    if longest is not None and len(text) > longest:
        raise ValueError(f"{shown(written)} is longer than {counted(longest, 'character')}")
    if len(text.encode("utf-8")) > TEXT_LENGTHS.get(kind.name, TEXT_LENGTHS["LONGTEXT"]):
        raise ValueError(f"{shown(written)} is longer than a {kind.name} can be")
    return text


def as_text(written: Any) -> str:
    """A value as the text that was written for it.

    Raises:
        ValueError: its spelling is not known any more (``1.10``), or it is no single value.
    """
    if isinstance(written, SpelledInteger):
        return written.spelling
    if isinstance(written, int) and not isinstance(written, bool):
        return str(written)
    if isinstance(written, str):
        return written
    raise ValueError(
        f"{shown(written)} is not text{'; put it in quotes' if isinstance(written, (bool, float)) else ''}"
    )


def _binary(written: Any, kind: SqlType) -> bytes:
    if isinstance(written, str) and written.startswith("hex:"):
        try:
            data = bytes.fromhex(written[4:])
        except ValueError:
            raise ValueError(f"{shown(written)}: pairs of hexadecimal digits follow 'hex:'") from None
    else:
        data = written if isinstance(written, bytes) else as_text(written).encode("utf-8")
    longest = 1 if kind.name == "BINARY" and kind.length is None else kind.length
    longest = BLOB_LENGTHS.get(kind.name) if longest is None else longest
    if longest is not None and len(data) > longest:
        raise ValueError(f"{shown(written)} is longer than {counted(longest, 'byte')}")
    return data


def _member(written: Any, kind: SqlType) -> str:
    text = as_text(written)
    for member in kind.values:
        if member.casefold() == text.casefold():
            return member
    raise ValueError(f"{shown(text)} is not a member{did_you_mean(text, kind.values)}")


def _members(written: Any, kind: SqlType) -> str:
    text = as_text(written)
    chosen = {_member(part, kind) for part in text.split(",")} if text else set()
    return ",".join(member for member in kind.values if member in chosen)


def _json(written: Any, _: SqlType) -> Any:
    if isinstance(written, str):
        try:
            json.loads(written)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{shown(written)} is not JSON text ({error}); maps and lists need no quotes") from None
        return written
    try:
        text = json.dumps(written, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{shown(written)} is not JSON: {error}") from None
    return written if isinstance(written, (list, dict)) else text


def _nothing(written: Any, _: SqlType) -> None:
    raise ValueError(f"{shown(written)} is not null")


_READERS: Final[dict[str, Callable[[Any, SqlType], Value]]] = {
    **dict.fromkeys(INTEGER_BITS, _integer),
    **dict.fromkeys(["FLOAT", "DOUBLE"], _float),
    **dict.fromkeys(["CHAR", "VARCHAR", *TEXT_LENGTHS], _text),
    **dict.fromkeys(["BINARY", "VARBINARY", "GEOMETRY", *BLOB_LENGTHS], _binary),
    **dict.fromkeys(["DATETIME", "TIMESTAMP"], _datetime),
    "DECIMAL": _decimal,
    "BIT": _bits,
    "YEAR": _year,
    "DATE": _date,
    "TIME": _time,
    "ENUM": _member,
    "SET": _members,
    "JSON": _json,
    "NULL": _nothing,
}


_KINDS: Final[dict[type, str]] = {
    bool: "true or false",
    int: "numbers",
    float: "numbers",
    str: "text",
    bytes: "!!binary",
    list: "lists or maps",
    dict: "lists or maps",
}


def inferred(column: list[Any]) -> SqlType:
    """The type of a column that was not declared.

    Args:
        column: all its values, as they were written.

    Raises:
        ValueError: no one type holds them all.
    """
    present = [written for written in column if written is not None]
    kinds = {int if isinstance(written, SpelledInteger) else type(written) for written in present}
    if not kinds:
        return SqlType("NULL")
    if kinds == {bool}:
        return SqlType("TINYINT", 1)
    if kinds <= {bool, int}:
        return SqlType("BIGINT", unsigned=max(present) >= 1 << 63)
    if kinds <= {int, float}:
        return SqlType("DOUBLE")
    if kinds == {str}:
        longest = max(map(len, present))
        return SqlType("VARCHAR", max(longest, 1)) if longest <= LONGEST_VARCHAR else SqlType("LONGTEXT")
    if kinds == {bytes}:
        return SqlType("BLOB" if max(map(len, present)) <= BLOB_LENGTHS["BLOB"] else "LONGBLOB")
    if kinds <= {list, dict}:
        return SqlType("JSON")
    mixed = sorted({_KINDS[kind] for kind in kinds})
    raise ValueError(f"mixes {' and '.join(mixed)}; say its type under 'columns'")


LONGEST_VARCHAR: Final = 16_383
"""Characters of four bytes that the longest VARCHAR of a row of 65,535 bytes holds."""


def shown(written: Any) -> str:
    """A value as a message shows it, short."""
    if isinstance(written, (list, dict)):
        return "a list" if isinstance(written, list) else "a map"
    if isinstance(written, bytes):
        return f"!!binary data of {len(written)} bytes"
    text = str(written).lower() if isinstance(written, bool) else repr(written)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
