"""Pieces of SQLite's text about a table, as several modules need them."""

from __future__ import annotations

from sockservice.sql.kinds import AFFINITY, Kind, kind_of
from sockservice.sql.schema import Column, Table
from sockservice.sql.typed import quoted


def row_number(table: Table) -> str:
    """The name by which SQLite's own number of a row can be had: one that no column has."""
    names = {column.name.lower() for column in table.columns}
    return next(name for name in ("rowid", "_rowid_", "oid") if name not in names)


def declared(table: Table, column: Column) -> str:
    """A column as SQLite's CREATE TABLE has it, without what constrains it."""
    kind = kind_of(column.type)
    if column.type.name == "BIT" or (column.type.name == "BIGINT" and column.type.unsigned):
        # Numbers from 2 to the 63rd on are text, which INTEGER would make a floating number.
        return f"{quoted(column.name)} BLOB"
    collation = f" COLLATE {column.collation or table.collation}" if kind is Kind.TEXT else ""
    return f"{quoted(column.name)} {AFFINITY.get(kind, 'TEXT' + collation)}"
