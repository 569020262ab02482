"""Functions of numbers (MySQL 8.4 manual, 14.6.2 "Mathematical Functions")."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.conversions import EXACT, SIGNED, UNSIGNED_LIMIT, scaled
from sockservice.sql.errors import Refused, wrong_count
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.kinds import BIGINT, DOUBLE, UNSIGNED, Kind, decimal_type, text_type, wide
from sockservice.sql.operators import operand, remainder
from sockservice.sql.registry import for_values, function, internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made
from sockservice.sql.widths import digits_of, display_width, double_type
from sockservice.sqltypes import SqlType

_WIDEST_WHOLE: Final = 18
"""Digits of a DECIMAL that is a BIGINT when it is rounded to a whole number."""


def _one(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count(str(node.this))
    return operand(self.compile(node.expressions[0]))


@special("abs")
def _abs(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    if value.kind is Kind.NULL:
        return made("NULL", double_type([value]), value)
    if value.kind is Kind.INTEGER and value.type.unsigned:
        return value._replace(type=SqlType("BIGINT", display_width(value.type), unsigned=True), origin=None)
    kind = value.type
    if value.kind is Kind.INTEGER:
        kind = SqlType("BIGINT", display_width(kind))
    elif value.kind is Kind.DOUBLE:
        kind = double_type([value])
    return made(f"absolute({value.sql})", kind, value)


@internal("absolute", 1)
@for_values
def absolute(value: Any) -> Any:
    """ABS."""
    if isinstance(value, str):
        return value.lstrip("-")
    if value == SIGNED[0] and isinstance(value, int):
        raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT", f"abs({value})")
    return abs(value)


@special("sign")
def _sign(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    number = to.as_double(value) if value.kind is Kind.DECIMAL else value.sql
    return made(f"sign_of({number})", BIGINT, value)


@internal("sign_of", 1)
@for_values
def sign_of(value: Any) -> int:
    """SIGN."""
    number = float(value)
    return (number > 0) - (number < 0)


@special("floor", "ceil", "ceiling")
def _to_whole(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    name = "floor_of" if str(node.this).lower() == "floor" else "ceiling_of"
    if value.kind is Kind.INTEGER:
        return made(value.sql, UNSIGNED if value.type.unsigned else BIGINT, value)
    if value.kind is Kind.DECIMAL:
        digits, scale = digits_of(value)
        whole = digits - scale + (scale > 0)
        if whole <= _WIDEST_WHOLE:
            return made(f"{name}({value.sql}, 1)", BIGINT, value)
        return made(f"{name}({value.sql}, 0)", decimal_type(whole, 0), value)
    return made(f"{name}({to.as_double(value)} * 1.0, 0)", DOUBLE, value)


def _whole(name: str, direction: str, of_double: Callable[[float], float]) -> None:
    @internal(name, 2)
    @for_values
    def call(value: Any, as_integer: int) -> Any:
        if isinstance(value, str):
            exact = Decimal(value).quantize(Decimal(1), direction)
            return int(exact) if as_integer else scaled(exact, 0)
        return float(of_double(value)) if math.isfinite(value) else value


_whole("floor_of", ROUND_FLOOR, math.floor)
_whole("ceiling_of", ROUND_CEILING, math.ceil)


@special("round", "truncate")
def _round(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    if not (2 if name == "truncate" else 1) <= len(node.expressions) <= 2:
        raise wrong_count(name)
    value = operand(self.compile(node.expressions[0]))
    places, wanted = "0", 0
    parts = [value]
    if len(node.expressions) == 2:
        given = self.compile(node.expressions[1])
        parts.append(given)
        constant = self.constant(node.expressions[1])
        places = to.as_integer(given)
        wanted = digits_of(value)[1] if constant is None else _places(constant)
    call = "round_to" if name == "round" else "truncate_to"
    if value.kind is Kind.INTEGER:
        text = value.sql if len(parts) == 1 else f"{call}({value.sql}, {places}, -1)"
        return made(text, UNSIGNED if value.type.unsigned else BIGINT, *parts)
    if value.kind is Kind.DECIMAL:
        digits, scale = digits_of(value)
        kept = max(min(wanted, 30), 0)
        kind = decimal_type(digits - scale + kept + (name == "round"), kept)
        return made(f"{call}({value.sql}, {places}, {kept})", kind, *parts)
    return made(f"{call}({to.as_double(value)} * 1.0, {places}, 0)", DOUBLE, *parts)


def _places(value: Any) -> int:
    """How many digits a literal asks for."""
    if isinstance(value, float):
        return round(value)
    try:
        return int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, OverflowError):
        return 0


@internal("round_to", 3)
@for_values
def round_to(value: Any, places: Any, scale: int) -> Any:
    """ROUND: half away from zero for exact numbers, half to even for doubles."""
    digits = max(-100, min(int(places), 100))
    if isinstance(value, float):
        if not math.isfinite(value) or digits > 30:
            return value
        return float(round(value, digits))
    exact = _quantized(Decimal(value), min(digits, 30), ROUND_HALF_UP)
    return _checked(exact) if scale < 0 else scaled(exact, scale)


@internal("truncate_to", 3)
@for_values
def truncate_to(value: Any, places: Any, scale: int) -> Any:
    """TRUNCATE: towards zero."""
    digits = max(-100, min(int(places), 100))
    if isinstance(value, float):
        if not math.isfinite(value) or digits > 30:
            return value
        factor = 10.0 ** abs(digits)
        moved = value * factor if digits >= 0 else value / factor
        if not math.isfinite(moved):
            return value if digits >= 0 else 0.0
        whole = math.trunc(moved)
        return whole / factor if digits >= 0 else float(whole) * factor
    exact = _quantized(Decimal(value), min(digits, 30), ROUND_DOWN)
    return _checked(exact) if scale < 0 else scaled(exact, scale)


def _quantized(number: Decimal, digits: int, direction: str) -> Decimal:
    try:
        return number.quantize(Decimal(1).scaleb(-digits), direction, context=EXACT) + 0
    except InvalidOperation:
        return number


def _checked(number: Decimal) -> Any:
    whole = int(number)
    if not SIGNED[0] <= whole < UNSIGNED_LIMIT:
        raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT", "round")
    return wide(whole)


@special("mod")
def _mod(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("mod")
    return remainder(*(self.compile(part) for part in node.expressions))


def _double(names: str, letters: str, work: Callable[..., float | None], *, nullable: bool = False) -> None:
    first = names.split()[0]

    @function(names, letters, DOUBLE, nullable=nullable)
    def call(*numbers: float) -> float | None:
        try:
            result = work(*map(float, numbers))
        except ValueError:
            return None
        except (OverflowError, ZeroDivisionError):
            result = math.inf
        if result is not None and not math.isfinite(result):
            shown = ",".join(f"{number:g}" for number in numbers)
            raise Refused("ER_DATA_OUT_OF_RANGE", "DOUBLE", f"{first}({shown})")
        return result


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except ValueError:
        return math.inf


def _logarithm(*numbers: float) -> float | None:
    if min(numbers) <= 0 or (len(numbers) == 2 and numbers[0] == 1):
        here().warn("ER_INVALID_ARGUMENT_FOR_LOGARITHM")
        return None
    return math.log(numbers[0]) if len(numbers) == 1 else math.log(numbers[1]) / math.log(numbers[0])


def _log_of(base: Callable[[float], float]) -> Callable[[float], float | None]:
    def log(number: float) -> float | None:
        if number <= 0:
            here().warn("ER_INVALID_ARGUMENT_FOR_LOGARITHM")
            return None
        return base(number)

    return log


_double("pow power", "ff", _power, nullable=True)
_double("sqrt", "f", lambda number: math.sqrt(number) if number >= 0 else None, nullable=True)
_double("exp", "f", math.exp, nullable=True)
_double("ln", "f", _log_of(math.log), nullable=True)
_double("log", "f|f", _logarithm, nullable=True)
_double("log2", "f", _log_of(math.log2), nullable=True)
_double("log10", "f", _log_of(math.log10), nullable=True)
_double("degrees", "f", math.degrees)
_double("radians", "f", math.radians)
_double("sin", "f", math.sin, nullable=True)
_double("cos", "f", math.cos, nullable=True)
_double("tan", "f", math.tan, nullable=True)
_double("asin", "f", math.asin, nullable=True)
_double("acos", "f", math.acos, nullable=True)
_double(
    "atan atan2",
    "f|f",
    lambda *numbers: math.atan(*numbers) if len(numbers) == 1 else math.atan2(*numbers),
    nullable=True,
)
_double("cot", "f", lambda number: 1 / math.tan(number), nullable=True)


_BYTES: Final = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_TIMES: Final = (("ps", 1), ("ns", 1000), ("us", 10**6), ("ms", 10**9), ("s", 10**12))
_LONG_TIMES: Final = (("min", 60 * 10**12), ("h", 3600 * 10**12), ("d", 86_400 * 10**12))


@function("format_bytes", "f", text_type(20))
def format_bytes(number: float) -> str:
    """FORMAT_BYTES: ``1.50 KiB``."""
    value, unit = float(number), 0
    while abs(value) >= 1024 and unit < len(_BYTES) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:4.0f} bytes" if not unit else f"{value:.2f} {_BYTES[unit]}"


@function("format_pico_time", "f", text_type(20))
def format_pico_time(number: float) -> str:
    """FORMAT_PICO_TIME: ``3.50 ns``."""
    value = float(number)
    unit, size = next(
        ((unit, size) for unit, size in reversed((*_TIMES, *_LONG_TIMES)) if abs(value) >= size), _TIMES[0]
    )
    return f"{value:3.0f} ps" if unit == "ps" else f"{value / size:.2f} {unit}"


@special("pi")
def _pi(self: Expressions, node: exp.Anonymous) -> Typed:  # noqa: ARG001
    if node.expressions:
        raise wrong_count("pi")
    return Typed(repr(math.pi), SqlType("DOUBLE", 8, 6), False)


@special("rand")
def _rand(self: Expressions, node: exp.Anonymous) -> Typed:
    if not node.expressions:
        return Typed("random_number()", DOUBLE, False)
    if len(node.expressions) > 1:
        raise wrong_count("rand")
    place = len(self.builder.random)
    self.builder.random.append(place)
    seed = self.compile(node.expressions[0])
    return made(f"seeded_number({to.as_integer(seed)}, {place})", DOUBLE, seed, nullable=False)


@internal("random_number", 0, pure=False)
def random_number() -> float:
    """RAND()."""
    return random.random()  # noqa: S311 - MySQL's is none for secrets either


_LARGEST_SEED: Final = 0x3FFFFFFF


@internal("seeded_number", 2, pure=False)
def seeded_number(seed: Any, place: int) -> float:
    """RAND(seed): the same row of numbers for the same seed."""
    known = here().random
    seed_number = int(seed or 0) & 0xFFFFFFFF
    if place not in known or known[place][0] != seed_number:
        one = (seed_number * 0x10001 + 55_555_555) % (1 << 32) % _LARGEST_SEED
        two = (seed_number * 0x10000001) % (1 << 32) % _LARGEST_SEED
        known[place] = (seed_number, one, two)
    _, one, two = known[place]
    one = (one * 3 + two) % _LARGEST_SEED
    two = (one + two + 33) % _LARGEST_SEED
    known[place] = (seed_number, one, two)
    return float(one / _LARGEST_SEED)
