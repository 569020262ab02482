"""MySQL's conversions of one value, as functions of SQLite (MySQL 8.4 manual, 14.3)."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, Final

from sockservice.sql.errors import Refused
from sockservice.sql.registry import internal

EXACT: Final = Context(prec=81, rounding=ROUND_HALF_UP, Emin=-400, Emax=400)
"""Arithmetic of DECIMAL."""

_NUMBER: Final = re.compile(r"[ \t\n]*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)")
BIGINT_RANGE: Final = (-(1 << 63), (1 << 64) - 1)


@internal("to_number", 1)
def to_number(value: Any) -> float | None:
    """A text as a DOUBLE: what of its beginning is a number."""
    if value is None or isinstance(value, (int, float)):
        return value
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    found = _NUMBER.match(text)
    return float(found[1]) if found else 0.0


@internal("to_integer", 1)
def to_integer(value: Any) -> int | None:
    """A number or text as a whole number, rounded half away from zero."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1))
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    found = _NUMBER.match(text)
    return int(Decimal(found[1]).to_integral_value(ROUND_HALF_UP)) if found else 0


@internal("to_decimal", 2)
def to_decimal(value: Any, scale: int) -> str | None:
    """A value as a DECIMAL with so many digits behind the point."""
    if value is None:
        return None
    if isinstance(value, float):
        number = Decimal(repr(value))
    elif isinstance(value, int):
        number = Decimal(value)
    else:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        found = _NUMBER.match(text)
        number = Decimal(found[1]) if found else Decimal(0)
    return scaled(number, scale)


def scaled(number: Decimal, scale: int) -> str:
    """The text of a DECIMAL."""
    try:
        rounded = number.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    except InvalidOperation:
        raise Refused("ER_DATA_OUT_OF_RANGE", "DECIMAL", str(number)) from None
    return format(abs(rounded) if not rounded else rounded, "f")


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


@internal("whole", 1)
def whole(value: Any) -> Any:
    """The result of arithmetic with whole numbers, which SQLite makes a float where it does not fit."""
    if isinstance(value, float):
        raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT", double_text(value))
    return value


@internal("truth", 1)
def truth(value: Any) -> int | None:
    """Whether a text is true as a condition."""
    number = to_number(value)
    return None if number is None else int(number != 0)
