"""What clients are told of a column of a table beside its type: its keys, and what fills it."""

from __future__ import annotations

from sockservice.sql.defaults_check import is_now
from sockservice.sql.schema import Column, Index, Table


def column_flags(table: Table, column: Column) -> frozenset[str]:
    """The flags of a column, by the names of the attributes of :class:`sockservice.answers.Column`."""
    flags = set()
    name = column.name.lower()
    primary = _clustered(table)
    for index in table.indexes:
        if name not in index.columns:
            continue
        flags.add("part_of_key")
        if index is primary:
            flags.add("primary_key")
        elif index.unique and len(index.parts) == 1:
            flags.add("unique_key")
        elif index.columns[0] == name:
            flags.add("multiple_key")
    by_time = column.type.name == "TIMESTAMP" and column.default is not None and is_now(column.default)
    on_update = column.type.name == "TIMESTAMP" and column.on_update
    found = {
        "auto_increment": column.auto_increment,
        "no_default": not (column.nullable or column.has_default or column.generated),
        "timestamp": by_time or on_update,
        "on_update": on_update,
    }
    return frozenset(flags | {flag for flag, is_set in found.items() if is_set})


def _clustered(table: Table) -> Index | None:
    """The key that InnoDB keeps the rows by: the primary one, else the first unique one without NULL."""
    if table.primary_key is not None:
        return table.primary_key
    for index in table.indexes:
        parts = [table.column(part.column) for part in index.parts]
        if index.unique and all(part is not None and not part.nullable for part in parts):
            return index
    return None
