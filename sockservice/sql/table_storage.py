"""Tables as SQLite keeps them: made, changed with the rows that they have, indexed and dropped."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from twisted.internet.defer import CancelledError

from sockservice.answers import Error
from sockservice.sql.definition_expressions import compiled, condition, generated
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_keys import described
from sockservice.sql.running import Work
from sockservice.sql.schema import ForeignKey, Index, IndexPart, Table
from sockservice.sql.table_copy import Copy, duplicate_entry, index_name, rows_of, stays
from sockservice.sql.table_texts import declared, row_number
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_MANY: Final = 5_000
"""Rows from which on a change of a table takes turns with other statements."""


class TableStorage:
    """What makes and changes SQLite's tables.

    Args:
        session: whose statement it is.
    """

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._main = session.store.main

    # --- making and dropping ------------------------------------------------------------------

    def create(self, table: Table) -> None:
        """Make the table, without rows.

        Raises:
            Refused: 3102, for an expression that cannot be one of a definition.
        """
        with self._main.at_once():
            self._create_bare(table)
            for index in table.indexes:
                self.create_index(table, index)

    def _create_bare(self, table: Table) -> None:
        try:
            self._main.execute(self.text(table))
        except sqlite3.OperationalError as problem:
            column = next((column for column in table.columns if column.generated), None)
            if column is None or "prohibited" not in str(problem):
                raise
            raise Refused("ER_GENERATED_COLUMN_FUNCTION_IS_NOT_ALLOWED", column.name) from None

    def text(self, table: Table) -> str:
        """SQLite's CREATE TABLE."""
        parts = []
        for column in table.columns:
            text = declared(table, column)
            if column.name == table.row_key:
                text = f"{quoted(column.name)} INTEGER PRIMARY KEY"
            elif not column.nullable:
                text += " NOT NULL"
            if column.generated:
                kind = "STORED" if column.stored else "VIRTUAL"
                text += f" GENERATED ALWAYS AS ({generated(self._session, table, column)}) {kind}"
            parts.append(text)
        for check in table.checks:
            if check.enforced:
                text = condition(self._session, table, check.expression)
                parts.append(f"CONSTRAINT {quoted(check.name)} CHECK ({text})")
        return f"CREATE TABLE {quoted(table.key)} ({', '.join(parts)})"

    def drop(self, table: Table) -> None:
        """Drop the table, with its rows, its versions and its numbers."""
        self._session.store.drop_rows(table)

    def drop_all(self, tables: Iterable[Table]) -> Work[None]:
        """Drop tables that nobody finds any more, whoever loses patience; others have their turns between."""
        for number, table in enumerate(tables):
            if number:
                with contextlib.suppress(CancelledError):
                    yield None
            self.drop(table)

    # --- indexes ------------------------------------------------------------------------------

    def create_index(self, table: Table, index: Index) -> None:
        """Make an index.

        Raises:
            Refused: 1062, where a unique one cannot be.
        """
        if index.kind != "BTREE" or (index.name == "PRIMARY" and table.row_key):
            return
        unique = "UNIQUE " if index.unique else ""
        name = quoted(index_name(table, index))
        parts = ", ".join(self._part(table, part) for part in index.parts)
        try:
            self._main.execute(f"CREATE {unique}INDEX {name} ON {quoted(table.key)} ({parts})")
        except sqlite3.IntegrityError:
            raise Refused(self._duplicate(table, index)) from None

    def drop_index(self, table: Table, index: Index) -> None:
        """Drop an index."""
        self._main.execute(f"DROP INDEX IF EXISTS {quoted(index_name(table, index))}")

    def _part(self, table: Table, part: IndexPart) -> str:
        down = " DESC" if part.descending else ""
        if part.expression:
            return f"({compiled(self._session, table, part.expression, 'functional index').sql}){down}"
        column = table.column(part.column)
        assert column is not None
        if not part.length:
            return quoted(column.name) + down
        collation = f" COLLATE {column.collation}" if column.collation else ""
        return f"SUBSTR({quoted(column.name)}, 1, {part.length}){collation}{down}"

    def _duplicate(self, table: Table, index: Index) -> Error:
        """Error 1062 for the first values that a unique index cannot have twice."""
        parts = [self._part(table, IndexPart(part.column, part.length, False, part.expression)) for part in index.parts]
        listed = ", ".join(parts)
        present = " AND ".join(f"{part} IS NOT NULL" for part in parts)
        found = self._main.execute(
            f"SELECT {listed} FROM {quoted(table.key)} WHERE {present} GROUP BY {listed} HAVING COUNT(*) > 1"
            f" ORDER BY MIN({row_number(table)}) LIMIT 1"
        ).fetchone()
        return duplicate_entry(found or [""] * len(parts), table, index)

    # --- changing -----------------------------------------------------------------------------

    def change(self, old: Table, new: Table, origins: Mapping[str, str], *, refill: bool = False) -> Work[Table]:
        """Bring SQLite's table from one definition to another; the table that it is then, which may be a second one.

        Args:
            old: what it is.
            new: what it is to be.
            origins: for each column of the new one that was there, its name in the old one.
            refill: whether all rows are written anew whatever has changed.

        Raises:
            Refused: a row does not fit into the new one.
        """
        small = len((yield from rows_of(self._session, f"SELECT 1 FROM {quoted(old.key)} LIMIT {_MANY}"))) < _MANY
        keeps = not refill and self.text(old) == self.text(new) and _keeps_rows(old, new, origins)
        if keeps and (small or not _new_indexes(old, new)):
            with self._main.at_once():
                self._change_indexes(old, new)
            return new
        made = replace(new, key=self._session.store.catalog.new_key(temporary=bool(new.temporary)))
        # SQLite makes an index of many rows in one go, for which nobody could wait; so it grows with them.
        first, last = ((), made.indexes) if small else (made.indexes, ())
        try:
            self._create_bare(made)
            for index in first:
                self.create_index(made, index)
            yield from Copy(self._session, old, made, origins).run()
            for index in last:
                self.create_index(made, index)
        except BaseException:
            self._main.execute(f"DROP TABLE IF EXISTS {quoted(made.key)}")
            raise
        numbers = self._session.store.numbers
        if old.auto_increment is not None and made.auto_increment is not None:
            numbers.used(made, numbers.next(old) - 1)
        return made

    def _change_indexes(self, old: Table, new: Table) -> None:
        kept = {index.name.lower(): index for index in old.indexes}
        for index in old.indexes:
            if _structure(new, new.index(index.name)) != _structure(old, index):
                self.drop_index(old, index)
                del kept[index.name.lower()]
        for index in new.indexes:
            if index.name.lower() not in kept:
                self.create_index(new, index)

    def check_foreign_key(self, table: Table, key: ForeignKey) -> Work[None]:
        """See that the rows that are there have the parents that a new foreign key asks for.

        Raises:
            Refused: 1452.
        """
        parent = self._session.store.catalog.table(key.database, key.table)
        if parent is None:
            return
        child, other = quoted(table.key), quoted(parent.key)
        present = " AND ".join(f"c.{quoted(name)} IS NOT NULL" for name in key.columns)
        pairs = zip(key.references, key.columns, strict=True)
        same = " AND ".join(f"p.{quoted(theirs)} = c.{quoted(ours)}" for theirs, ours in pairs)
        missing = f"NOT EXISTS (SELECT 1 FROM {other} AS p WHERE {same})"
        text = f"SELECT 1 FROM {child} AS c WHERE {present} AND {missing} LIMIT 1"
        if (yield from rows_of(self._session, text)):
            raise Refused("ER_NO_REFERENCED_ROW_2", described(table, key))


def _new_indexes(old: Table, new: Table) -> bool:
    """Whether an index has to be made."""
    known = {_structure(old, index) for index in old.indexes}
    return any(_structure(new, index) not in known for index in new.indexes if index.kind == "BTREE")


def _keeps_rows(old: Table, new: Table, origins: Mapping[str, str]) -> bool:
    """Whether the rows of a table are rows of another definition as they are."""
    return all(
        origins.get(column.name) == column.name
        and (source := old.column(column.name)) is not None
        and stays(source, column)
        for column in new.columns
        if not column.generated
    )


def _structure(table: Table, index: Index | None) -> tuple[Any, ...] | None:
    """What SQLite's index depends on."""
    if index is None:
        return None
    own = index.name == "PRIMARY" and bool(table.row_key)
    return index.name.lower(), index.columns, index.parts, index.unique, index.kind, own
