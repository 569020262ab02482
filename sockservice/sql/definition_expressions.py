"""Expressions of definitions as SQLite takes them: of CHECKs, of generated columns and of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sockservice.sql.common_types import in_type
from sockservice.sql.literals import fold
from sockservice.sql.parse import parse
from sockservice.sql.plan import Constants
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope, Source
from sockservice.sql.select import Queries
from sockservice.sql.typed import Typed, quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


def compiled(session: SqlSession, table: Table, expression: str, clause: str) -> Typed:
    """An expression over the columns of a table.

    Args:
        session: whose statement defines it.
        table: the table.
        expression: SQL text.
        clause: what it is part of, as messages call it.

    Raises:
        Refused: 1054 and what an expression is refused for.
    """
    folded = fold(f"SELECT {expression}")
    node = parse(folded.key, folded.literals).expressions[0]
    columns = {
        column.name: Typed(quoted(column.name), column.type, column.nullable, column.collation)
        for column in table.columns
    }
    scope = Scope([Source(table.name, columns, table.database)], clause=clause)
    return Queries(session, Constants(folded.literals)).expressions(scope).compile(node)


def condition(session: SqlSession, table: Table, expression: str) -> str:
    """SQLite's text of a CHECK, which NULL does not violate."""
    typed = compiled(session, table, f"(({expression}) IS NOT FALSE)", "check constraint")
    return typed.sql


def generated(session: SqlSession, table: Table, column: Column) -> str:
    """SQLite's text of what generates a column, in the column's own type."""
    return in_type(compiled(session, table, column.generated, "generated column function"), column.type)
