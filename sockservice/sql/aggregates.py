"""Aggregate functions: MySQL's types and rules around SQLite's own and ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.conversions import EXACT, scaled
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.kinds import BIGINT, DOUBLE, Kind, decimal_type
from sockservice.sql.typed import Typed


class DecimalSum:
    """SUM of DECIMAL, exact."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.count = 0

    def step(self, value: Any) -> None:
        """Take a value."""
        if value is not None:
            self.total = EXACT.add(self.total, Decimal(str(value)))
            self.count += 1

    def finalize(self) -> str | None:
        """The sum, as it was scaled."""
        return format(self.total, "f") if self.count else None


class DecimalAverage(DecimalSum):
    """AVG of exact numbers: four digits more."""

    def step(self, value: Any, scale: int = 4) -> None:
        """Take a value."""
        self.scale = scale
        super().step(value)

    def finalize(self) -> str | None:
        """The average."""
        if not self.count:
            return None
        return scaled(EXACT.divide(self.total, Decimal(self.count)), self.scale)


AGGREGATES: Final[dict[str, tuple[type, int]]] = {
    "decimal_sum": (DecimalSum, 1),
    "decimal_average": (DecimalAverage, 2),
}
"""By the name that SQLite knows: the class and the number of arguments."""


def _argument(self: Expressions, node: exp.Anonymous) -> tuple[Typed, str]:
    """The argument of an aggregate, and ``DISTINCT `` where it is."""
    inner = node.expressions[0]
    if isinstance(inner, exp.Distinct):
        return self.compile(inner.expressions[0]), "DISTINCT "
    return self.compile(inner), ""


@special("count")
def _count(self: Expressions, node: exp.Anonymous) -> Typed:
    self.scope.grouped = True
    inner = node.expressions[0]
    if isinstance(inner, exp.Star):
        return Typed("COUNT(*)", BIGINT, False, aggregate=True)
    value, distinct = _argument(self, node)
    collation = to.collate(value) if distinct and value.kind is Kind.TEXT else ""
    return Typed(f"COUNT({distinct}{value.sql}{collation})", BIGINT, False, aggregate=True)


@special("sum")
def _sum(self: Expressions, node: exp.Anonymous) -> Typed:
    self.scope.grouped = True
    value, distinct = _argument(self, node)
    if value.kind in (Kind.INTEGER, Kind.DECIMAL):
        scale = value.type.decimals or 0
        digits = value.type.length or {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 8, "INT": 10}.get(value.type.name, 20)
        return Typed(f"decimal_sum({distinct}{value.sql})", decimal_type(digits + 22, scale), True, aggregate=True)
    return Typed(f"SUM({distinct}{to.as_double(value)})", DOUBLE, True, aggregate=True)


@special("avg")
def _average(self: Expressions, node: exp.Anonymous) -> Typed:
    self.scope.grouped = True
    value, distinct = _argument(self, node)
    if value.kind in (Kind.INTEGER, Kind.DECIMAL):
        scale = (value.type.decimals or 0) + 4
        digits = value.type.length or {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 8, "INT": 10}.get(value.type.name, 20)
        kind = decimal_type(digits + 4, scale)
        return Typed(f"decimal_average({distinct}{value.sql}, {kind.decimals})", kind, True, aggregate=True)
    return Typed(f"AVG({distinct}{to.as_double(value)})", DOUBLE, True, aggregate=True)


@special("min", "max")
def _extreme(self: Expressions, node: exp.Anonymous) -> Typed:
    self.scope.grouped = True
    value, _ = _argument(self, node)
    collation = {Kind.TEXT: to.collate(value), Kind.DECIMAL: " COLLATE decimal", Kind.TIME: " COLLATE time"}
    text = f"{str(node.this).upper()}({value.sql}{collation.get(value.kind, '')})"
    return value._replace(sql=text, nullable=True, origin=None, literal=None, aggregate=True)
