"""CAST, CONVERT, BINARY, COLLATE and literals of dates and times (MySQL 8.4 manual, 14.10)."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP
from typing import Any, Final

from sqlglot import exp

from sockservice.collations import find_charset, find_collation
from sockservice.sql import comparison as to
from sockservice.sql.conversions import UNSIGNED_LIMIT, exactly, leading_number, scaled, truncated, within_bigint
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.kinds import (
    BIGINT,
    DATE,
    DOUBLE,
    JSON,
    TEMPORAL,
    UNSIGNED,
    Kind,
    bytes_type,
    decimal_type,
    fraction_of,
    moment_type,
    text_type,
    wide,
)
from sockservice.sql.moments import read_moment, read_time, time_text
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import text_width
from sockservice.sqltypes import SqlType

_WHOLE: Final = re.compile(r"\s*([-+]?[0-9]+)\s*", re.ASCII)
_ALL: Final = (1 << 64) - 1
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


@rule(exp.Cast)
def _cast(self: Expressions, node: exp.Cast) -> Typed:
    wanted: exp.DataType = node.to
    name = wanted.this.name if isinstance(wanted, exp.DataType) else ""
    if isinstance(node.this, exp.Literal) and node.this.is_string and name in ("DATE", "TIME", "TIMESTAMPTZ"):
        return _temporal_literal(node.this.this, name)
    numbers = [int(part.this.name) for part in wanted.expressions if isinstance(part, exp.DataTypeParam)]
    value = self.compile(node.this)
    made_of = _CASTS.get(name)
    if made_of is None:
        raise unsupported(f"CAST AS {wanted.sql(dialect='mysql')}")
    return made_of(self, value, numbers, wanted)


def _signed(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    return _integer(value, "cast_signed", BIGINT)


def _unsigned(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    return _integer(value, "cast_unsigned", UNSIGNED)


def _integer(value: Typed, name: str, kind: SqlType) -> Typed:
    if value.kind is Kind.INTEGER and value.type.unsigned == kind.unsigned:
        return made(value.sql, kind, value)
    source = value.sql
    if value.number or value.type.values or value.kind is Kind.JSON:
        source = to.as_integer(value)
    elif value.kind in TEMPORAL:
        source = to.as_double(value) if not fraction_of(value.type) else f"rounded({to.as_decimal(value)})"
    elif value.kind is Kind.DECIMAL:
        source = f"rounded({value.sql})"
    return made(f"{name}({source})", kind, value)


def _decimal(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    digits, scale = (*(numbers or [10]), 0)[:2]
    if digits > 65:
        raise Refused("ER_TOO_BIG_PRECISION", "CAST", 65)
    if scale > 30:
        raise Refused("ER_TOO_BIG_SCALE", scale, "CAST", 30)
    if scale > digits:
        raise Refused("ER_M_BIGGER_THAN_D", "")
    kind = decimal_type(digits or 10, scale)
    source = value.sql if value.kind in (Kind.TEXT, Kind.BINARY, Kind.DECIMAL, Kind.DOUBLE) else to.as_number(value)
    if value.number or value.type.values:
        source = to.number_of(value)
    return made(f"cast_decimal({source}, {kind.length}, {scale})", kind, value)


def _double(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    is_float = wanted.this.name == "FLOAT" and (not numbers or numbers[0] <= 24)
    if not is_float:
        return made(f"CAST({to.as_double(value)} AS REAL)", DOUBLE, value)
    return made(f"cast_float({to.as_double(value)})", SqlType("FLOAT", DOUBLE.length), value)


def _char(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:
    charset = wanted.args.get("kind")
    collation, weight = self.collation().collation, to.COLUMN
    if charset is not None:
        name = charset.name.lower()
        if name == "binary":
            return _binary(self, value, numbers, wanted)
        found = find_charset(name)
        if found is None:
            raise Refused("ER_UNKNOWN_CHARACTER_SET", charset.name)
        collation = found.default_collation
        if value.kind is Kind.TEXT and value.collation.startswith(f"{name}_"):
            collation, weight = value.collation, value.weight
        sql = f"in_charset({to.as_text(value)}, {text_literal(name)})"
        if name in ("utf8mb4", "utf8mb3", "utf8"):
            sql = to.as_text(value)
    else:
        sql = to.as_text(value)
        if value.kind is Kind.TEXT:
            collation, weight = value.collation or collation, value.weight
    like = Typed("", value.type, collation=collation, weight=weight)
    if numbers:
        return made(f"cut_text({sql}, {numbers[0]}, {text_literal('CHAR')})", text_type(numbers[0]), value, like=like)
    return made(sql, text_type(text_width(value)), value, like=like)


def _binary(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    sql = to.as_binary(value)
    if numbers:
        return made(f"cast_binary({sql}, {numbers[0]})", bytes_type(numbers[0]), value)
    width = text_width(value) * (4 if value.kind is Kind.TEXT else 1)
    return made(sql, bytes_type(width), value)


def _date(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    if value.kind is Kind.DATE:
        return made(value.sql, DATE, value)
    return made(f"to_date({_temporal_source(value)})", DATE, value, nullable=True)


def _datetime(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    digits = _fraction(numbers)
    text = f"to_datetime({_temporal_source(value)}, {digits})"
    return made(text, moment_type("DATETIME", digits), value, nullable=True)


def _time(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    digits = _fraction(numbers)
    source = value.sql if value.kind is not Kind.DATE else f"({value.sql} || ' 00:00:00')"
    return made(f"to_clock({source}, {digits})", moment_type("TIME", digits), value, nullable=True)


def _temporal_source(value: Typed) -> str:
    return to.as_moment(value) if value.kind in TEMPORAL else value.sql


def _fraction(numbers: list[int]) -> int:
    digits = numbers[0] if numbers else 0
    if digits > 6:
        raise Refused("ER_TOO_BIG_PRECISION", "CAST", 6)
    return digits


def _year(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    if value.kind in (Kind.DATE, Kind.DATETIME):
        return made(f"CAST(substr({value.sql}, 1, 4) AS INTEGER)", SqlType("YEAR"), value)
    is_text = int(value.kind is Kind.TEXT)
    return made(f"cast_year({to.as_integer(value)}, {is_text})", SqlType("YEAR"), value, nullable=True)


def _json(self: Expressions, value: Typed, numbers: list[int], wanted: Any) -> Typed:  # noqa: ARG001
    sql = to.as_json(value) if value.kind not in (Kind.TEXT,) else f"json_document({value.sql}, 1, 'cast_as_json')"
    return made(sql, JSON, value)


_CASTS: Final[dict[str, Callable[[Expressions, Typed, list[int], Any], Typed]]] = {
    **dict.fromkeys(["BIGINT", "INT"], _signed),
    "UBIGINT": _unsigned,
    **dict.fromkeys(["DECIMAL", "UDECIMAL"], _decimal),
    **dict.fromkeys(["DOUBLE", "FLOAT"], _double),
    **dict.fromkeys(["CHAR", "NCHAR", "VARCHAR", "NVARCHAR", "TEXT", "CHARACTER_SET"], _char),
    **dict.fromkeys(["BINARY", "VARBINARY"], _binary),
    "DATE": _date,
    **dict.fromkeys(["DATETIME", "TIMESTAMP", "TIMESTAMPTZ"], _datetime),
    "TIME": _time,
    "YEAR": _year,
    "JSON": _json,
}


def _temporal_literal(text: str, name: str) -> Typed:
    """``DATE '2024-02-29'`` and its like.

    Raises:
        Refused: 1525: the text is none.
    """
    if name == "TIME":
        microseconds, whole = read_time(text)
        if microseconds is None or not whole:
            raise Refused("ER_WRONG_VALUE", "TIME", text)
        digits = _written_fraction(text)
        return Typed(text_literal(time_text(microseconds, digits)), moment_type("TIME", digits), False)
    moment, whole = read_moment(text)
    kind = "DATE" if name == "DATE" else "DATETIME"
    if moment is None or not whole or (kind == "DATETIME" and ":" not in text and len(text) < 12):
        raise Refused("ER_WRONG_VALUE", kind, text)
    if name == "DATE":
        return Typed(text_literal(moment.date_text()), DATE, False)
    digits = _written_fraction(text)
    return Typed(text_literal(moment.text(digits)), moment_type("DATETIME", digits), False)


def _written_fraction(text: str) -> int:
    found = re.search(r"\.(\d+)", text)
    return min(len(found[1]), 6) if found else 0


@rule(exp.Collate)
def _collate(self: Expressions, node: exp.Collate) -> Typed:
    value = self.compile(node.this)
    written = node.expression
    name = str(self.constant(written) if isinstance(written, exp.Placeholder) else written.name).lower()
    found = find_collation(name)
    if found is None:
        raise Refused("ER_UNKNOWN_COLLATION", name)
    charset = (value.collation or self.collation().collation).partition("_")[0]
    if value.kind is Kind.BINARY and name != "binary":
        charset = "binary"
    if found.charset.name != charset:
        raise Refused("ER_COLLATION_CHARSET_MISMATCH", name, charset)
    kind = value.type if value.kind is Kind.TEXT else text_type(text_width(value))
    like = Typed("", kind, collation=name, weight=to.EXPLICIT)
    return made(to.as_text(value), kind, value, like=like)


# --- at work ----------------------------------------------------------------------------------


def _to_whole(value: Any) -> int:
    """A value as a whole number of any size."""
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(exactly(value).to_integral_value(ROUND_HALF_EVEN))
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return int(leading_number(text, "INTEGER", _WHOLE))


@internal("rounded", 1)
def rounded(value: Any) -> Any:
    """A DECIMAL as a whole number, rounded half away from zero."""
    if value is None:
        return None
    return within_bigint(int(exactly(value).to_integral_value(ROUND_HALF_UP)))


@internal("cast_signed", 1)
def cast_signed(value: Any) -> int | None:
    """CAST AS SIGNED."""
    if value is None:
        return None
    number = _to_whole(value)
    if not _LEAST <= number <= _ALL:
        truncated("INTEGER", str(value))
        number = max(_LEAST, min(number, _MOST))
    return number - UNSIGNED_LIMIT if number > _MOST else number


@internal("cast_unsigned", 1)
def cast_unsigned(value: Any) -> Any:
    """CAST AS UNSIGNED: what is negative is that of the same bits."""
    if value is None:
        return None
    number = _to_whole(value)
    if not _LEAST <= number <= _ALL:
        truncated("INTEGER", str(value))
        number = _ALL if number > 0 else 1 << 63
    return wide(number & _ALL)


@internal("cast_decimal", 3)
def cast_decimal(value: Any, digits: int, scale: int) -> str | None:
    """CAST AS DECIMAL: what is too large is the greatest one, with a warning."""
    if value is None:
        return None
    number = exactly(value)
    text = scaled(number, scale)
    if len(text.lstrip("-").partition(".")[0].lstrip("0")) > digits - scale:
        here().warn("ER_WARN_DATA_OUT_OF_RANGE", "cast", 1)
        nines = "9" * (digits - scale) or "0"
        text = ("-" if number < 0 else "") + nines + ("." + "9" * scale if scale else "")
    return text


@internal("cast_float", 1)
def cast_float(value: Any) -> float | None:
    """CAST AS FLOAT: four bytes of a double."""
    if value is None:
        return None
    try:
        return float(struct.unpack("<f", struct.pack("<f", float(value)))[0])
    except OverflowError:
        raise Refused("ER_DATA_OUT_OF_RANGE", "FLOAT", str(value)) from None


@internal("cast_binary", 2)
def cast_binary(value: Any, length: int) -> bytes | None:
    """CAST AS BINARY(n): cut, or filled with zero bytes."""
    if value is None:
        return None
    if len(value) > length:
        truncated(f"BINARY({length})", value.decode("utf-8", "replace"))
    return bytes(value[:length].ljust(length, b"\0"))


@internal("cut_text", 3)
def cut_text(value: Any, length: int, what: str) -> str | None:
    """CAST AS CHAR(n): what is behind is cut off, with a warning."""
    if value is None:
        return None
    if len(value) > length:
        truncated(f"{what}({length})", value)
    return str(value)[:length]


@internal("cast_year", 2)
def cast_year(value: Any, is_text: int) -> int | None:
    """CAST AS YEAR: two digits are of 1970 to 2069."""
    if value is None:
        return None
    number = int(value)
    if 0 <= number < 100 and (number or is_text):
        number += 2000 if number < 70 else 1900
    if number and not 1901 <= number <= 2155:
        truncated("YEAR", str(value))
        return None
    return number


@internal("in_bytes", 2)
def in_bytes(value: Any, name: str) -> bytes | None:
    """A text as the bytes of a character set."""
    charset = find_charset(name)
    return None if value is None or charset is None else charset.encode(value)


@internal("in_charset", 2)
def in_charset(value: Any, name: str) -> str | None:
    """A text in another character set: what that does not have becomes ``?``."""
    charset = find_charset(name)
    if value is None or charset is None:
        return None
    return charset.decode(charset.encode(value))
