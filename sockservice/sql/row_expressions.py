"""Expressions over the values of one row that is about to be written, which are bound as parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.kinds import NUMERIC, TEMPORAL, kind_of
from sockservice.sql.literals import Literal
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope, Source
from sockservice.sql.select import Queries
from sockservice.sql.sources import column_text
from sockservice.sql.storing import storable_columns
from sockservice.sql.surroundings import is_utc
from sockservice.sql.typed import Typed

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


def row_source(table: Table, alias: str, prefix: str, names: Sequence[str] = (), *, utc: bool = True) -> Source:
    """The row as a source of columns.

    Args:
        table: the row's.
        alias: what the statement calls it.
        prefix: of the parameters: ``c`` for ``:c0``, ``:c1`` …, in the order of the columns that can be stored.
        names: other names for the columns, for the first of them.
        utc: whether the session's time zone is UTC.
    """
    columns = {}
    for place, column in enumerate(storable_columns(table)):
        name = names[place] if place < len(names) else column.name
        text = column_text(f":{prefix}{place}", column.type, utc=utc)
        columns[name] = Typed(text, column.type, True, column.collation)
    return Source(alias, columns, table.database)


def row_parameters(values: Sequence[Any], prefix: str) -> dict[str, Any]:
    """The values of a row as parameters."""
    return {f"{prefix}{place}": value for place, value in enumerate(values)}


def numbered(values: Sequence[Any]) -> dict[str, Any]:
    """The values of ``:b1``, ``:b2`` … by name, to be given together with those of a row."""
    return {f"b{place}": value for place, value in enumerate(values, 1)}


def compile_for_row(
    session: SqlSession, table: Table, node: exp.Expression, literals: tuple[Literal, ...]
) -> tuple[str, dict[str, Any]]:
    """An expression that may name columns of the row.

    Args:
        session: whose.
        table: the row's.
        node: the expression.
        literals: of its statement.

    Returns:
        Its text, in which ``:c0`` … stand for the row, and the values of its literals.
    """
    builder = PlanBuilder(literals, named=True)
    scope = Scope([row_source(table, table.name, "c", utc=is_utc(session.session))])
    typed = Queries(session, builder).expressions(scope).compile(node)
    return typed.sql, numbered([convert(literals[number].value) for number, convert in builder.binds])


def fit(value: Typed, column: Column) -> str:
    """The text of an expression in the form in which a column may store it."""
    if value.kind in TEMPORAL and column.type.name == "YEAR":
        return f"CAST(substr({to.as_moment(value)}, 1, 4) AS INTEGER)"
    if value.kind in TEMPORAL and kind_of(column.type) in NUMERIC:
        return to.as_double(value)
    return value.sql
