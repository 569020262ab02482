"""What rows come from, as sources of columns: tables and queries."""

from __future__ import annotations

from collections.abc import Sequence

from sockservice.sql.column_flags import column_flags
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Table
from sockservice.sql.scope import Source
from sockservice.sql.selected import KEYS, Selected
from sockservice.sql.typed import Origin, Typed, quoted
from sockservice.sqltypes import SqlType


def column_text(text: str, kind: SqlType, *, utc: bool) -> str:
    """A stored value as statements see it.

    Args:
        text: SQLite's text of it.
        kind: the type of its column.
        utc: whether the session's time zone is UTC, in which a TIMESTAMP is stored.
    """
    return text if utc or kind.name != "TIMESTAMP" else f"local_moment({text}, {kind.length or 0})"


def has_timestamps(table: Table) -> bool:
    """Whether a table has columns whose values depend on the session's time zone."""
    return any(column.type.name == "TIMESTAMP" for column in table.columns)


def source_of_table(table: Table, alias: str, name: str = "", *, utc: bool = True) -> Source:
    """A table as a source.

    Args:
        table: the table.
        alias: what the statement calls it.
        name: what SQLite's text calls it; ``""`` for the alias.
        utc: whether the session's time zone is UTC.
    """
    columns = {}
    for column in table.columns:
        origin = Origin(table.database, table.name, alias, column.name, column_flags(table, column))
        text = column_text(f"{quoted(name or alias)}.{quoted(column.name)}", column.type, utc=utc)
        columns[column.name] = Typed(text, column.type, column.nullable, column.collation, origin=origin)
    hidden = frozenset(column.name for column in table.columns if column.invisible)
    return Source(alias, columns, table.database, table.key, name, _unique_keys(table), hidden)


def _unique_keys(table: Table) -> tuple[frozenset[str], ...]:
    """The unique keys of a table of which no part may be NULL or is a prefix."""
    found = []
    for index in table.indexes:
        parts = [(part, table.column(part.column)) for part in index.parts]
        if index.unique and all(
            column is not None and not column.nullable and not part.length for part, column in parts
        ):
            found.append(frozenset(part.column.lower() for part, _ in parts))
    return tuple(found)


def source_of_query(selected: Selected, alias: str, name: str, labels: Sequence[str] = ()) -> Source:
    """A query as a source.

    Args:
        selected: the query.
        alias: what the statement calls it.
        name: what SQLite's text calls it.
        labels: names for its columns in place of its own.

    Raises:
        Refused: 1353 where these are too many or too few, 1060 where two columns have one name.
    """
    columns = selected.columns
    if labels and len(labels) != len(columns):
        raise Refused("ER_VIEW_WRONG_LIST")
    told: dict[str, Typed] = {}
    names: dict[str, str] = {}
    for place, (label, typed) in enumerate(columns):
        label = labels[place] if labels else label
        if label.lower() in names:
            raise Refused("ER_DUP_FIELDNAME", label)
        names[label.lower()] = inner = f"c{place + 1}"
        origin = typed.origin or Origin("", "", alias, label, computed=not selected.stored)
        origin = origin._replace(alias=alias, flags=origin.flags - KEYS if selected.stored else origin.flags)
        told[label] = typed.value(f"{quoted(name)}.{inner}", origin=origin, aggregate=False)
    places = {inner: label for label, inner in names.items()}
    unique = tuple(frozenset(places[inner] for inner in key) for key in selected.unique)
    return Source(alias, told, name=name, unique=unique)
