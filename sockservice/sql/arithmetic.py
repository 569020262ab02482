"""Arithmetic of DECIMAL and what SQLite's own lacks, as functions of SQLite (MySQL 8.4 manual, 14.6.1)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any

from sockservice.sql.conversions import EXACT, scaled
from sockservice.sql.registry import internal


def _exact(name: str, work: Callable[[Decimal, Decimal], Decimal]) -> None:
    @internal(name, 3)
    def operate(left: Any, right: Any, scale: int) -> str | None:
        if left is None or right is None:
            return None
        try:
            return scaled(work(Decimal(str(left)), Decimal(str(right))), scale)
        except (DivisionByZero, InvalidOperation):
            return None


_exact("decimal_add", EXACT.add)
_exact("decimal_subtract", EXACT.subtract)
_exact("decimal_multiply", EXACT.multiply)
_exact("decimal_divide", EXACT.divide)
_exact("decimal_modulo", EXACT.remainder)


@internal("modulo", 2)
def modulo(left: Any, right: Any) -> Any:
    """``%`` of whole numbers and doubles: the sign is the dividend's."""
    if left is None or right is None or right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        return abs(left) % abs(right) * (1 if left >= 0 else -1)
    return float(EXACT.remainder(Decimal(repr(float(left))), Decimal(repr(float(right)))))


@internal("integer_divide", 2)
def integer_divide(left: Any, right: Any) -> int | None:
    """DIV: the whole part of a quotient."""
    if left is None or right is None:
        return None
    divisor = Decimal(str(right))
    return None if not divisor else int(EXACT.divide(Decimal(str(left)), divisor))


@internal("decimal_compare", 2)
def decimal_compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1."""
    if left is None or right is None:
        return None
    a, b = Decimal(str(left)), Decimal(str(right))
    return (a > b) - (a < b)
