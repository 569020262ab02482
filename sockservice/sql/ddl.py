"""CREATE, DROP and what else changes definitions."""

from __future__ import annotations

import time

from sqlglot import exp

from sockservice.answers import Ok
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.schema import Column, Database, Index, IndexPart, Table
from sockservice.sql.session import SqlSession
from sockservice.sql.table_texts import declared
from sockservice.sql.typed import quoted
from sockservice.sqltypes import SqlType


def run(session: SqlSession, node: exp.Expression) -> Ok:
    """Run a statement that changes definitions.

    Raises:
        Refused: as MySQL does.
    """
    if isinstance(node, exp.Create):
        return create(session, node)
    raise unsupported(f"this statement ({type(node).__name__})")


def create(session: SqlSession, node: exp.Create) -> Ok:
    """Run a CREATE.

    Raises:
        Refused: as MySQL does.
    """
    kind = str(node.args["kind"]).upper()
    if kind in ("DATABASE", "SCHEMA"):
        name = node.this.name
        if name in session.store.catalog.databases:
            if node.args.get("exists"):
                return Ok(affected_rows=1)
            raise Refused("ER_DB_CREATE_EXISTS", name)
        session.store.catalog.put(Database(name))
        return Ok(affected_rows=1)
    if kind == "TABLE" and isinstance(node.this, exp.Schema):
        return _create_table(session, node)
    raise unsupported(f"CREATE {kind}")


def _create_table(session: SqlSession, node: exp.Create) -> Ok:
    schema: exp.Schema = node.this
    name, database = schema.this.name, schema.this.args["db"].name if schema.this.args.get("db") else session.database
    if not database:
        raise Refused("ER_NO_DB_ERROR")
    catalog = session.store.catalog
    catalog.database(database)
    if catalog.table(database, name) is not None:
        if node.args.get("exists"):
            return Ok(warnings=1)
        raise Refused("ER_TABLE_EXISTS_ERROR", name)
    columns, indexes = [], []
    for part in schema.expressions:
        if isinstance(part, exp.ColumnDef):
            column, index = _column(part)
            columns.append(column)
            if index is not None:
                indexes.append(index)
        elif isinstance(part, exp.PrimaryKey):
            indexes.append(Index("PRIMARY", tuple(IndexPart(each.name) for each in part.expressions), True))
        else:
            raise unsupported(f"{type(part).__name__} in CREATE TABLE")
    table = Table(database, name, tuple(columns), tuple(indexes), created=time.time(), key=catalog.new_key())
    session.store.main.execute(table_text(table))
    catalog.put(table)
    return Ok()


def _column(node: exp.ColumnDef) -> tuple[Column, Index | None]:
    kind = SqlType.parse(node.args["kind"].sql(dialect="mysql"))
    nullable, default, has_default, auto, key = True, None, True, False, None
    for constraint in node.args.get("constraints") or ():
        what = constraint.kind
        if isinstance(what, exp.NotNullColumnConstraint):
            nullable = bool(what.args.get("allow_null"))
        elif isinstance(what, exp.PrimaryKeyColumnConstraint):
            nullable, key = False, Index("PRIMARY", (IndexPart(node.name),), True)
        elif isinstance(what, exp.AutoIncrementColumnConstraint):
            auto = True
        elif isinstance(what, exp.UniqueColumnConstraint):
            key = Index(node.name, (IndexPart(node.name),), True)
        elif isinstance(what, exp.DefaultColumnConstraint):
            default = None if isinstance(what.this, exp.Null) else what.this.sql(dialect="mysql")
        else:
            raise unsupported(f"{type(what).__name__} in a column")
    has_default = nullable or default is not None or auto
    return Column(node.name, kind, nullable, default, has_default, auto), key


def table_text(table: Table) -> str:
    """SQLite's CREATE TABLE of a table."""
    parts = []
    for column in table.columns:
        text = declared(table, column)
        if column.name == table.row_key:
            text = f"{quoted(column.name)} INTEGER PRIMARY KEY"
        elif not column.nullable:
            text += " NOT NULL"
        parts.append(text)
    for index in table.indexes:
        if index.unique and not (index.name == "PRIMARY" and table.row_key):
            parts.append(f"UNIQUE ({', '.join(quoted(part.column) for part in index.parts)})")
    return f"CREATE TABLE {quoted(table.key)} ({', '.join(parts)})"
