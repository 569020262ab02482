"""Queries in expressions (MySQL 8.4 manual, 15.2.15)."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.kinds import BOOLEAN
from sockservice.sql.registry import internal
from sockservice.sql.shapes import aggregates
from sockservice.sql.typed import Typed


@rule(exp.Subquery, exp.Select, exp.SetOperation)
def scalar(self: Expressions, node: exp.Expr) -> Typed:
    """A query whose one value is meant."""
    query = unwrapped(node)
    text, columns = self.subquery(query, self.scope)
    if len(columns) != 1:
        raise Refused("ER_OPERAND_COLUMNS", 1)
    typed = columns[0][1]
    text = one_row_of(query, text, typed.sql)
    return typed._replace(sql=f"({text})", nullable=True, origin=None, literal=None, aggregate=False)


def one_row_of(query: exp.Expr, text: str, value: str) -> str:
    """The text of a value of the one row that a query gives; NULL where it gives none.

    Args:
        query: the query.
        text: its text.
        value: of its columns.
    """
    if gives_one_row(query):
        return text if value == "c1" else f"SELECT {value} FROM ({text})"
    return f"SELECT one_row(COUNT(*), {value}) FROM (SELECT * FROM ({text}) LIMIT 2)"


@rule(exp.Exists)
def exists(self: Expressions, node: exp.Exists) -> Typed:
    """EXISTS."""
    text, _ = self.subquery(unwrapped(node.this), self.scope)
    return Typed(f"EXISTS ({text})", BOOLEAN, False)


def unwrapped(node: Any) -> exp.Expr:
    """A query without the brackets around it."""
    while isinstance(node, exp.Subquery) and not any(node.args.get(word) for word in ("order", "limit", "with_")):
        node = node.this
    found: exp.Expr = node
    return found


def refuse_limit(query: exp.Expr) -> None:
    """Refuse LIMIT in a query of IN, ANY or ALL.

    Raises:
        Refused: 1235.
    """
    if query.args.get("limit") is not None:
        raise unsupported("LIMIT & IN/ALL/ANY/SOME subquery")


def gives_one_row(query: exp.Expr) -> bool:
    """Whether a query can be seen to give at most one row: of its first, it is without FROM or has only aggregates."""
    if not isinstance(query, exp.Select):
        return False
    if query.args.get("from_") is None:
        return True
    return query.args.get("group") is None and any(call for item in query.expressions for call in aggregates(item))


@internal("one_row", 2)
def one_row(count: int, value: Any) -> Any:
    """The value of a query that has given so many rows, of at most two.

    Raises:
        Refused: 1242.
    """
    if count > 1:
        raise Refused("ER_SUBQUERY_NO_1_ROW")
    return value
