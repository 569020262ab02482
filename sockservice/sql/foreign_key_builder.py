"""A foreign key checked against the tables on both of its sides (MySQL 8.4 manual, 15.1.20.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column, ForeignKey, Index, Table
from sockservice.sql.type_reader import TEXTS

if TYPE_CHECKING:
    from sockservice.sql.drafts import ForeignKeyDraft
    from sockservice.sql.session import SqlSession
    from sockservice.sql.table_builder import TableBuilder

_EXACT: Final = frozenset(
    "TINYINT SMALLINT MEDIUMINT INT BIGINT DECIMAL FLOAT DOUBLE DATETIME TIMESTAMP TIME BIT".split()
)
"""Types of which both sides must be the same in every respect."""


def foreign_key(session: SqlSession, builder: TableBuilder, draft: ForeignKeyDraft) -> ForeignKey:
    """A foreign key, with a name.

    Args:
        session: whose statement makes it.
        builder: the table that has it.
        draft: as it was written.

    Raises:
        Refused: as MySQL does.
    """
    name = draft.name or _free_name(builder)
    if any(key.name.lower() == name.lower() for key in builder.foreign_keys) or _taken(session, builder, name):
        raise Refused("ER_FK_DUP_NAME", name)
    columns = []
    for each in draft.columns:
        column = builder.column(each)
        if column is None:
            raise Refused("ER_KEY_COLUMN_DOES_NOT_EXITS", each)
        columns.append(column)
    if len(draft.references) != len(columns):
        label = draft.name or draft.index_name or "foreign key without name"
        raise Refused("ER_WRONG_FK_DEF", label, "Key reference and table reference don't match")
    if "SET NULL" in (draft.on_delete, draft.on_update):
        required = next((column for column in columns if not column.nullable), None)
        if required is not None:
            raise Refused("ER_FK_COLUMN_NOT_NULL", required.name, name)
    database = draft.parent.database or builder.database
    references = _parent_columns(session, builder, draft, database, columns, name)
    return ForeignKey(
        name,
        tuple(column.name for column in columns),
        database,
        draft.parent.name,
        references,
        draft.on_delete,
        draft.on_update,
    )


def _free_name(builder: TableBuilder) -> str:
    prefix = f"{builder.name}_ibfk_"
    numbers = [
        int(key.name[len(prefix) :])
        for key in (*builder.foreign_keys, *(builder.base.foreign_keys if builder.base else ()))
        if key.name.startswith(prefix) and key.name[len(prefix) :].isdecimal()
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _taken(session: SqlSession, builder: TableBuilder, name: str) -> bool:
    """Whether another table of the database has a foreign key of this name."""
    return any(
        key.name.lower() == name.lower()
        for table in session.store.catalog.tables(builder.database)
        if table.name != builder.name
        for key in table.foreign_keys
    )


def _parent_columns(
    session: SqlSession,
    builder: TableBuilder,
    draft: ForeignKeyDraft,
    database: str,
    columns: list[Column],
    name: str,
) -> tuple[str, ...]:
    """The names of the columns that are referred to.

    Raises:
        Refused: 1824, 3734, 3780, 6125.
    """
    checked = session.flag("foreign_key_checks", default=True)
    itself = database == builder.database and draft.parent.name == builder.name
    parent: Table | TableBuilder | None = builder
    if not itself:
        parent = session.store.catalog.table(database, draft.parent.name)
    if parent is None:
        if checked:
            raise Refused("ER_FK_CANNOT_OPEN_PARENT", draft.parent.name)
        return draft.references
    found = []
    for each, column in zip(draft.references, columns, strict=True):
        other = parent.column(each)
        if other is None:
            raise Refused("ER_FK_NO_COLUMN_PARENT", each, name, draft.parent.name)
        if checked and not compatible(column, other):
            raise Refused("ER_FK_INCOMPATIBLE_COLUMNS", column.name, other.name, name)
        found.append(other.name)
    if checked and not _is_unique(parent.indexes, found):
        raise Refused("ER_FK_NO_UNIQUE_INDEX_PARENT", name, draft.parent.name)
    return tuple(found)


def _is_unique(indexes: tuple[Index, ...] | list[Index], columns: list[str]) -> bool:
    """Whether a unique key has exactly these columns, in any order, and no prefix."""
    wanted = sorted(name.lower() for name in columns)
    return any(
        index.unique and sorted(index.columns) == wanted and not any(part.length for part in index.parts)
        for index in indexes
    )


def compatible(column: Column, other: Column) -> bool:
    """Whether a column may refer to another one."""
    one, two = column.type, other.type
    if one.name in _EXACT:
        return (one.name, one.unsigned) == (two.name, two.unsigned) and (
            one.name != "DECIMAL" or (one.length, one.decimals) == (two.length, two.decimals)
        )
    if one.name in TEXTS and two.name in TEXTS:
        return column.collation == other.collation
    return one.name == two.name or {one.name, two.name} <= {"BINARY", "VARBINARY"}
