"""MySQL's conversions of one value, as functions of SQLite (MySQL 8.4 manual, 14.3)."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, Final

from sockservice.sql.kinds import wide
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here

EXACT: Final = Context(prec=81, rounding=ROUND_HALF_UP, Emin=-400, Emax=400)
"""Arithmetic of DECIMAL."""

_NUMBER: Final = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*", re.ASCII)
_WHOLE: Final = re.compile(r"\s*([-+]?[0-9]+)\s*", re.ASCII)
SIGNED: Final = (-(1 << 63), (1 << 63) - 1)
"""The least and the greatest BIGINT."""
UNSIGNED_LIMIT: Final = 1 << 64
"""The first whole number that is no BIGINT UNSIGNED."""
_LONGEST_TOLD: Final = 128
"""How much of a value a message shows."""


def truncated(what: str, text: str) -> None:
    """Tell that a text is not, or not all of it, a value of a type."""
    here().warn("ER_TRUNCATED_WRONG_VALUE", what, text[:_LONGEST_TOLD])


def leading_number(value: str | bytes, what: str = "DOUBLE", pattern: re.Pattern[str] = _NUMBER) -> str:
    """The number that a text begins with, ``0`` if none; what is behind it gives a warning."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    found = pattern.match(text)
    if found is None or found.end() != len(text):
        truncated(what, text)
    return found[1] if found else "0"


@internal("to_number", 1)
def to_number(value: Any) -> float | None:
    """A text as a DOUBLE: what of its beginning is a number."""
    if value is None or isinstance(value, (int, float)):
        return value
    number = float(leading_number(value))
    return math.copysign(1.7976931348623157e308, number) if math.isinf(number) else number


@internal("to_integer", 1)
def to_integer(value: Any) -> int | str | None:
    """A number or text as a whole number: a DOUBLE is rounded half to even, what is exact half away from zero."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return within_bigint(round(value)) if math.isfinite(value) else 0
    return within_bigint(int(Decimal(leading_number(value, "INTEGER")).to_integral_value(ROUND_HALF_UP)))


def within_bigint(number: int) -> int | str:
    """A whole number, cut to what BIGINT, signed or not, can hold."""
    return wide(min(max(number, SIGNED[0]), UNSIGNED_LIMIT - 1))


@internal("to_decimal", 2)
def to_decimal(value: Any, scale: int) -> str | None:
    """A value as a DECIMAL with so many digits behind the point."""
    return None if value is None else scaled(exactly(value), scale)


def exactly(value: Any) -> Decimal:
    """A value as an exact number of any size."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(leading_number(value, "DECIMAL"))


def scaled(number: Decimal, scale: int) -> str:
    """The text of a DECIMAL."""
    try:
        text = format(number.quantize(Decimal(1).scaleb(-scale), context=EXACT), "f")
    except InvalidOperation:
        return ("-" if number < 0 else "") + "9" * (65 - scale) + ("." + "9" * scale if scale else "")
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


@internal("to_text", 1)
def to_text(value: Any) -> str | None:
    """A stored value as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        return double_text(value)
    return str(value)


@internal("integer_text", 1)
def integer_text(value: Any) -> str | None:
    """A whole number as text."""
    return None if value is None else str(int(value))


def double_text(value: float) -> str:
    """A DOUBLE as MySQL prints it: 17 digits at most, without an exponent from 1e-15 to 1e15."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = int(exponent)
    if -15 <= power < 15:
        return format(Decimal(text), "f")
    return f"{mantissa.removesuffix('.0')}e{power}"


@internal("float_text", 1)
def float_text(value: Any) -> str | None:
    """A FLOAT as MySQL prints it: 6 digits."""
    if value is None:
        return None
    return double_text(float(f"{float(value):.6g}"))


@internal("fixed_text", 2)
def fixed_text(value: float | None, decimals: int) -> str | None:
    """A DOUBLE with a fixed number of digits behind the point as MySQL prints it."""
    return None if value is None else f"{float(value):.{decimals}f}"


@internal("year_of", 1)
def year_of(value: Any) -> Any:
    """What a year is compared with: another year, of two digits too; or a number that is none."""
    number = to_number(value)
    if not isinstance(number, (int, float)) or number != int(number):
        return number
    year = int(number)
    is_text = isinstance(value, str) and any(map(str.isdigit, value))
    if 0 < year < 100 or (year == 0 and is_text and len(value) != 4):
        year += 2000 if year < 70 else 1900
    return year


@internal("letters_of", 1)
def letters_of(value: bytes | None) -> str | None:
    """Bytes as a text that has a letter for each."""
    return None if value is None else value.decode("latin-1")


@internal("bytes_of", 1)
def bytes_of(value: str | bytes | None) -> bytes | None:
    """The bytes that the letters of a text stand for."""
    return value.encode("latin-1") if isinstance(value, str) else value


@internal("zero_filled", 2)
def zero_filled(value: Any, width: int) -> str | None:
    """A number of a ZEROFILL column, or a year, as a text."""
    return None if value is None else str(value).rjust(width, "0")


@internal("bit_bytes", 2)
def bit_bytes(value: Any, length: int) -> bytes | None:
    """A BIT as text functions take it: its bytes."""
    return None if value is None else int(value).to_bytes(max(length, 1), "big")


@internal("truth", 1)
def truth(value: Any) -> int | None:
    """Whether a text is true as a condition."""
    number = to_number(value)
    return None if number is None else int(number != 0)


@internal("decimal_truth", 1)
def decimal_truth(value: Any) -> int | None:
    """Whether a DECIMAL is true as a condition."""
    return None if value is None else int(bool(str(value).strip("-0.")))


@internal("member_number", 2)
def member_number(value: Any, members: str) -> int | None:
    """The number of an ENUM's member, from 1; 0 for the empty one of a mistake."""
    if value is None:
        return None
    names = members.split("\0")
    return names.index(value) + 1 if value in names else 0


@internal("member_bits", 2)
def member_bits(value: Any, members: str) -> int | str | None:
    """The members of a SET as bits."""
    if value is None:
        return None
    names = members.split("\0")
    return wide(sum(1 << names.index(name) for name in value.split(",") if name in names))
