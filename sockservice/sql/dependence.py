"""Which columns have one value within a group of rows (MySQL 8.4 manual, 14.19.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.scope import Cell, Scope, Source


class Equality(NamedTuple):
    """Two expressions that are equal in all rows.

    Attributes:
        left, right: the expressions.
        only: the sources whose columns follow from the others: those that an outer join may leave without values;
            None for all.
    """

    left: exp.Expr | Cell
    right: exp.Expr | Cell
    only: tuple[Source, ...] | None = None


def equalities(node: exp.Expr, only: Sequence[Source] | None = None) -> Iterator[Equality]:
    """The equalities that a condition states."""
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if isinstance(node, exp.Paren):
            nodes.append(node.this)
        elif isinstance(node, exp.And):
            nodes += [node.expression, node.this]
        elif isinstance(node, exp.EQ):
            yield Equality(node.this, node.expression, None if only is None else tuple(only))


def determined(scope: Scope, keys: Sequence[exp.Expr], equal: Sequence[Equality]) -> Callable[[Cell], bool]:
    """What tells whether a column has one value in all rows that have the same keys.

    Args:
        scope: of the query.
        keys: what is grouped by.
        equal: what holds for all rows.
    """
    known: set[tuple[int, str]] = set()
    for key in keys:
        if isinstance(key, exp.Column):
            known |= _columns(key, scope) or set()
    grew = True
    while grew:
        before = len(known)
        for each in equal:
            for one, other in ((each.left, each.right), (each.right, each.left)):
                column = _column(one, scope)
                if column is None or (each.only is not None and column[0] not in map(id, each.only)):
                    continue
                needed = _columns(other, scope)
                if needed is not None and needed <= known:
                    known.add(column)
        for source in scope.sources:
            if any(all((id(source), name) in known for name in key) for key in source.unique):
                known |= {(id(source), label.lower()) for label in source.columns}
        grew = len(known) > before
    return lambda cell: (id(cell.source), cell.label.lower()) in known


def _column(part: exp.Expr | Cell, scope: Scope) -> tuple[int, str] | None:
    """The column of FROM that an expression is."""
    if isinstance(part, Cell):
        return id(part.source), part.label.lower()
    if isinstance(part, exp.Paren):
        return _column(part.this, scope)
    found = _columns(part, scope) if isinstance(part, exp.Column) else None
    return next(iter(found)) if found else None


def _columns(part: exp.Expr | Cell, scope: Scope) -> set[tuple[int, str]] | None:
    """The columns of FROM that an expression is made of; None where that is not to be seen."""
    if isinstance(part, Cell):
        return {(id(part.source), part.label.lower())}
    if part.find(exp.Query) is not None:
        return None
    found = set()
    for column in part.find_all(exp.Column):
        try:
            cell = scope.cell(column.name, column.table, column.args["db"].name if column.args.get("db") else "")
        except Refused:
            return None
        if cell is not None:
            found.add((id(cell.source), cell.label.lower()))
    return found
