"""Comparisons of rows, ``(1, 2) = (SELECT a, b FROM t)``, column by column (MySQL 8.4 manual, 15.2.15.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import BOOLEAN
from sockservice.sql.subqueries import gives_one_row, one_row_of, unwrapped
from sockservice.sql.typed import Typed, made


class _Query(NamedTuple):
    """A query that gives a row of several columns: its node, its text, and what its columns are."""

    node: exp.Expr
    text: str
    columns: list[Typed]


_Parts: TypeAlias = "list[Typed | _Parts]"


def row_of(node: Any) -> list[exp.Expr] | None:
    """The parts of a row constructor, ``(1, 2)`` or ``ROW(1, 2)``; None for anything else."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Tuple):
        return list(node.expressions)
    if isinstance(node, exp.Anonymous) and str(node.this).upper() == "ROW":
        if not node.expressions:
            raise near(")")
        return list(node.expressions)
    return None


def may_be_row(node: exp.Expr) -> bool:
    """Whether an operand is a row, or a query that may give one."""
    return row_of(node) is not None or _may_give_row(node)


def _may_give_row(node: exp.Expr) -> bool:
    query = unwrapped(node)
    while isinstance(query, exp.SetOperation):
        query = unwrapped(query.this)
    if not isinstance(query, exp.Select):
        return False
    return len(query.expressions) > 1 or any(each.find(exp.Star) is not None for each in query.expressions[:1])


@rule(exp.Tuple)
def row(self: Expressions, node: exp.Tuple) -> Typed:  # noqa: ARG001
    """A row where one value is meant."""
    raise Refused("ER_OPERAND_COLUMNS", 1)


@special("row")
def _row(self: Expressions, node: exp.Anonymous) -> Typed:  # noqa: ARG001
    if len(node.expressions) < _LEAST:
        raise near(")")
    raise Refused("ER_OPERAND_COLUMNS", 1)


_LEAST: Final = 2
"""Parts of a row that is an operand."""


def compare_rows(self: Expressions, left: exp.Expr, right: exp.Expr, sign: str) -> Typed:
    """A comparison of two operands of which one may be a row.

    Args:
        self: compiles the statement.
        left: an operand.
        right: the other.
        sign: SQLite's, such as ``<=`` or ``IS``.

    Raises:
        Refused: 1241 where they have different numbers of columns.
    """
    one, other = _operand(self, left), _operand(self, right)
    for each, name in ((one, "~l"), (other, "~r")):
        if isinstance(each, _Query):
            names = [f'"{name}{place}"' for place in range(1, len(each.columns) + 1)]
            listed = ", ".join(f"{typed.sql} AS {inner}" for typed, inner in zip(each.columns, names, strict=True))
            named = [typed._replace(sql=inner) for typed, inner in zip(each.columns, names, strict=True)]
            changed = _Query(each.node, f"SELECT {listed} FROM ({each.text})", named)
            one, other = (changed, other) if each is one else (one, changed)
    pairs = _pairs(*(each.columns if isinstance(each, _Query) else each for each in (one, other)))
    text = _test(pairs, sign)
    queries = [each for each in (other, one) if isinstance(each, _Query)]
    for query in queries:
        text = f"({one_row_of(query.node, query.text, text)})"
    if queries and sign == "IS":
        text = f"IFNULL({text}, 0)"
    nullable = True if queries and sign != "IS" else None
    return made(text, BOOLEAN, *(part for pair in pairs for part in pair), nullable=nullable)


def _operand(self: Expressions, node: exp.Expr) -> Any:
    """A row's parts, a query of several columns, or one value."""
    parts = row_of(node)
    if parts is not None:
        return _compiled(self, parts)
    if _may_give_row(node):
        query = unwrapped(node)
        text, columns = self.subquery(query, self.scope)
        if len(columns) > 1:
            return _Query(query, text, [typed for _, typed in columns])
    return self.compile(node)


def among(self: Expressions, value: exp.Expr, query: exp.Expr) -> Typed:
    """Whether a value, or a row, is among those that a query gives.

    Raises:
        Refused: 1241 where they have different numbers of columns.
    """
    text, columns = self.subquery(query, self.scope)
    operand = _operand(self, value)
    values = [operand] if isinstance(operand, Typed) else list(getattr(operand, "columns", operand))
    if len(columns) != len(values) or not all(isinstance(each, Typed) for each in values):
        raise Refused("ER_OPERAND_COLUMNS", len(values))
    pairs = [to.compared(one, column) for one, (_, column) in zip(values, columns, strict=True)]
    left = ", ".join(one for one, _ in pairs)
    if isinstance(operand, _Query):
        left = f"(SELECT {left} FROM ({_one_row(operand)}))"
    elif len(pairs) > 1:
        left = f"({left})"
    if any(other != column.sql for (_, other), (_, column) in zip(pairs, columns, strict=True)):
        text = f"SELECT {', '.join(other for _, other in pairs)} FROM ({text})"
    return made(f"({left} IN ({text}))", BOOLEAN, *values, nullable=True)


def among_rows(self: Expressions, value: exp.Expr, items: Sequence[exp.Expr]) -> Typed | None:
    """Whether a row is among others, as SQLite says it of many; None where it does not.

    Raises:
        Refused: 1241 where they have different numbers of columns.
    """
    nodes = row_of(value)
    if nodes is None or any(row_of(each) is not None for each in nodes):
        return None
    left = [self.compile(each) for each in nodes]
    lefts: set[str] = set()
    rows, parts = [], list(left)
    for item in items:
        cells = row_of(item)
        if cells is None or any(may_be_row(each) for each in cells):
            return None
        pairs = _pairs(left, _compiled(self, cells))
        compared = [to.compared(*pair) for pair in pairs]
        lefts.add(", ".join(one for one, _ in compared))
        rows.append(f"({', '.join(other for _, other in compared)})")
        parts += [other for _, other in pairs]
    if len(lefts) != 1:
        return None
    return made(f"(({lefts.pop()}) IN (VALUES {', '.join(rows)}))", BOOLEAN, *parts)


def _one_row(query: _Query) -> str:
    """The text of the one row of a query; of NULLs, where there is none."""
    if gives_one_row(query.node):
        return query.text
    others = [f"c{place}" for place in range(2, len(query.columns) + 1)]
    listed = ", ".join(["one_row(COUNT(*), c1) AS c1", *others])
    return f"SELECT {listed} FROM (SELECT * FROM ({query.text}) LIMIT 2)"


def _compiled(self: Expressions, nodes: Sequence[exp.Expr]) -> _Parts:
    found: _Parts = []
    for node in nodes:
        parts = row_of(node)
        found.append(self.compile(node) if parts is None else _compiled(self, parts))
    return found


def _pairs(left: Any, right: Any) -> list[tuple[Typed, Typed]]:
    """The values that stand at the same place in two rows, or two values."""
    if isinstance(left, Typed) and isinstance(right, Typed):
        return [(left, right)]
    if isinstance(left, Typed) or isinstance(right, Typed) or len(left) != len(right):
        raise Refused("ER_OPERAND_COLUMNS", 1 if isinstance(left, Typed) else len(left))
    return [pair for one, other in zip(left, right, strict=True) for pair in _pairs(one, other)]


def _test(pairs: Sequence[tuple[Typed, Typed]], sign: str) -> str:
    """The text of a comparison of rows."""
    compared = [to.compared(*pair) for pair in pairs]
    if sign in ("=", "IS"):
        return f"({' AND '.join(f'{a} {sign} {b}' for a, b in compared)})"
    if sign == "<>":
        return f"(NOT {_test(pairs, '=')})"
    *first, (a, b) = compared
    text = f"({a} {sign} {b})"
    for a, b in reversed(first):
        text = f"({a} {sign[0]} {b} OR ({a} = {b} AND {text}))"
    return text
