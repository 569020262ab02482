"""Arithmetic of whole numbers, DECIMAL and what SQLite's own lacks (MySQL 8.4 manual, 14.6.1)."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any, Final

from sockservice.sql.conversions import EXACT, SIGNED, UNSIGNED_LIMIT, double_text, scaled
from sockservice.sql.errors import Refused
from sockservice.sql.kinds import wide
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here, variable

_ALL_BITS: Final = (1 << 64) - 1
_LONGEST: Final = 65
"""Digits of a DECIMAL."""


def _whole(name: str, sign: str, work: Callable[[int, int], int]) -> None:
    @internal(name, 3)
    def operate(left: Any, right: Any, unsigned: int) -> Any:
        if left is None or right is None:
            return None
        result = work(int(left), int(right))
        if unsigned:
            if not 0 <= result < UNSIGNED_LIMIT:
                raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT UNSIGNED", f"({left} {sign} {right})")
            return wide(result)
        if not SIGNED[0] <= result <= SIGNED[1]:
            raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT", f"({left} {sign} {right})")
        return result


_whole("whole_add", "+", operator.add)
_whole("whole_subtract", "-", operator.sub)
_whole("whole_multiply", "*", operator.mul)


@internal("whole_negative", 1)
def whole_negative(value: Any) -> Any:
    """A whole number with the other sign.

    Raises:
        Refused: 1690: there is no such BIGINT.
    """
    if value is None:
        return None
    result = -int(value)
    if not SIGNED[0] <= result <= SIGNED[1]:
        raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT", f"-({value})")
    return result


def _exact(name: str, sign: str, work: Callable[[Decimal, Decimal], Decimal]) -> None:
    @internal(name, 3)
    def operate(left: Any, right: Any, scale: int) -> str | None:
        if left is None or right is None:
            return None
        a, b = Decimal(left), Decimal(right)
        try:
            result = work(a, b)
        except (DivisionByZero, InvalidOperation):
            divided_by_zero()
            return None
        if result.adjusted() >= _LONGEST:
            raise Refused("ER_DATA_OUT_OF_RANGE", "DECIMAL", f"({left} {sign} {right})")
        return scaled(result, scale)


_exact("decimal_add", "+", EXACT.add)
_exact("decimal_subtract", "-", EXACT.subtract)
_exact("decimal_multiply", "*", EXACT.multiply)
_exact("decimal_divide", "/", EXACT.divide)
_exact("decimal_modulo", "%", EXACT.remainder)


def divided_by_zero() -> None:
    """Tell of a division by zero, whose result is NULL.

    Raises:
        Refused: 1365: a value is stored, in the strict mode.
    """
    if "ERROR_FOR_DIVISION_BY_ZERO" in str(variable(here().session, "sql_mode")):
        here().warn("ER_DIVISION_BY_ZERO")


def _floating(name: str, sign: str, work: Callable[[float, float], float]) -> None:
    @internal(name, 2)
    def operate(left: Any, right: Any) -> float | None:
        if left is None or right is None:
            return None
        result = work(float(left), float(right))
        if not math.isfinite(result):
            shown = f"({double_text(float(left))} {sign} {double_text(float(right))})"
            raise Refused("ER_DATA_OUT_OF_RANGE", "DOUBLE", shown)
        return result


_floating("double_add", "+", operator.add)
_floating("double_subtract", "-", operator.sub)
_floating("double_multiply", "*", operator.mul)


@internal("divide", 2)
def divide(left: Any, right: Any) -> float | None:
    """``/`` of doubles."""
    if left is None or right is None:
        return None
    if not right:
        divided_by_zero()
        return None
    result = float(left) / float(right)
    if not math.isfinite(result):
        raise Refused("ER_DATA_OUT_OF_RANGE", "DOUBLE", f"({left} / {right})")
    return result


@internal("modulo", 2)
def modulo(left: Any, right: Any) -> Any:
    """``%`` of whole numbers and doubles: the sign is the dividend's."""
    if left is None or right is None:
        return None
    if isinstance(left, float) or isinstance(right, float):
        if not float(right):
            divided_by_zero()
            return None
        return math.fmod(float(left), float(right))
    a, b = int(left), int(right)
    if not b:
        divided_by_zero()
        return None
    return wide(abs(a) % abs(b) * (1 if a >= 0 else -1))


@internal("integer_divide", 3)
def integer_divide(left: Any, right: Any, unsigned: int) -> Any:
    """DIV: the whole part of a quotient.

    Raises:
        Refused: 1690: it is no BIGINT.
    """
    if left is None or right is None:
        return None
    divisor = _decimal(right)
    if not divisor:
        divided_by_zero()
        return None
    result = int(EXACT.divide(_decimal(left), divisor))
    if not (0 <= result < UNSIGNED_LIMIT if unsigned else SIGNED[0] <= result <= SIGNED[1]):
        raise Refused("ER_DATA_OUT_OF_RANGE", "BIGINT UNSIGNED" if unsigned else "BIGINT", f"({left} DIV {right})")
    return wide(result)


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(value) if isinstance(value, float) else value)


def _bitwise(name: str, work: Callable[[int, int], int]) -> None:
    @internal(name, 2)
    def operate(left: Any, right: Any) -> Any:
        return None if left is None or right is None else wide(work(bits(left), bits(right)))


def bits(value: Any) -> int:
    """A whole number as 64 bits."""
    return int(value) & _ALL_BITS


_bitwise("bit_and", operator.and_)
_bitwise("bit_or", operator.or_)
_bitwise("bit_xor", operator.xor)
_bitwise("bit_left", lambda left, right: (left << right) & _ALL_BITS if right < 64 else 0)
_bitwise("bit_right", lambda left, right: left >> right if right < 64 else 0)


@internal("bit_not", 1)
def bit_not(value: Any) -> Any:
    """``~``."""
    return None if value is None else wide(~int(value) & _ALL_BITS)
