"""INSERT, UPDATE and DELETE, compiled to SQLite."""

from __future__ import annotations

import attrs
from sqlglot import exp

from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.kinds import Kind, kind_of
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope
from sockservice.sql.select import Queries, source_of_table
from sockservice.sql.session import SqlSession
from sockservice.sql.storing import type_text
from sockservice.sql.typed import NULL, Typed, quoted, text_literal


@attrs.frozen
class Change:
    """A compiled INSERT, UPDATE or DELETE.

    Attributes:
        plan: SQLite's text.
        table: which table it changes.
    """

    plan: Plan
    table: Table


def insert(session: SqlSession, node: exp.Insert, builder: PlanBuilder) -> Change:
    """Compile an INSERT ... VALUES."""
    target = node.this
    schema = target if isinstance(target, exp.Schema) else None
    table_node = schema.this if schema else target
    table = session.table(table_node.name, table_node.args["db"].name if table_node.args.get("db") else "")
    columns = [_column(table, each.name) for each in schema.expressions] if schema else list(table.columns)
    if not isinstance(node.expression, exp.Values):
        raise unsupported("INSERT ... SELECT")
    queries = Queries(session, builder)
    compiler = queries.expressions(Scope())
    rows = []
    for number, row in enumerate(node.expression.expressions, 1):
        if len(row.expressions) != len(columns):
            raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", number)
        values = [
            stored(compiler.compile(value), column) for value, column in zip(row.expressions, columns, strict=True)
        ]
        rows.append(f"({', '.join(values)})")
    names = ", ".join(quoted(column.name) for column in columns)
    text = f"INSERT INTO {quoted(table.key)} ({names}) VALUES {', '.join(rows)}"
    return Change(Plan(text, tuple(builder.binds), pinned=frozenset(builder.pinned)), table)


def update(session: SqlSession, node: exp.Update, builder: PlanBuilder) -> Change:
    """Compile an UPDATE of one table."""
    table = session.table(node.this.name, node.this.args["db"].name if node.this.args.get("db") else "")
    scope = Scope([source_of_table(table, table.key)])
    compiler = Queries(session, builder).expressions(scope)
    sets = []
    for each in node.expressions:
        column = _column(table, each.this.name)
        sets.append(f"{quoted(column.name)} = {stored(compiler.compile(each.expression), column)}")
    text = f"UPDATE {quoted(table.key)} SET {', '.join(sets)}"
    scope.clause = "where clause"
    where = node.args.get("where")
    text += f" WHERE {compiler.condition(where.this)}" if where is not None else ""
    return Change(Plan(text, tuple(builder.binds), pinned=frozenset(builder.pinned)), table)


def delete(session: SqlSession, node: exp.Delete, builder: PlanBuilder) -> Change:
    """Compile a DELETE from one table."""
    table = session.table(node.this.name, node.this.args["db"].name if node.this.args.get("db") else "")
    scope = Scope([source_of_table(table, table.key)], clause="where clause")
    compiler = Queries(session, builder).expressions(scope)
    where = node.args.get("where")
    text = f"DELETE FROM {quoted(table.key)}" + (
        f" WHERE {compiler.condition(where.this)}" if where is not None else ""
    )
    return Change(Plan(text, tuple(builder.binds), pinned=frozenset(builder.pinned)), table)


def _column(table: Table, name: str) -> Column:
    found = table.column(name)
    if found is None:
        raise Refused("ER_BAD_FIELD_ERROR", name, "field list")
    return found


def stored(value: Typed, column: Column) -> str:
    """The text of a value as a column stores it, checked: ``store_integer(value, 'column', low, high)`` and others."""
    if value is NULL or value.kind is Kind.NULL:
        return "NULL"
    if kind_of(column.type) is value.kind and value.kind is Kind.DOUBLE:
        return value.sql
    return f"store({value.sql}, {text_literal(type_text(column.type))}, {text_literal(column.name)})"
