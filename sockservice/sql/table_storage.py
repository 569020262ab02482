"""Tables as SQLite keeps them: made, changed with the rows that they have, indexed and dropped."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.sql.defaults import Defaults
from sockservice.sql.definition_expressions import compiled, condition, generated
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.execution import Execution
from sockservice.sql.foreign_keys import described
from sockservice.sql.rows import shown
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, ForeignKey, Index, IndexPart, Table
from sockservice.sql.storing import implicit_default, storable_columns, store
from sockservice.sql.table_texts import declared, row_number
from sockservice.sql.transaction import Transaction
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_CHUNK: Final = 500
"""Rows that are copied before others have their turn."""


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

    # --- indexes ------------------------------------------------------------------------------

    def create_index(self, table: Table, index: Index) -> None:
        """Make an index.

        Raises:
            Refused: 1062, where a unique one cannot be.
        """
        if index.kind != "BTREE" or (index.name == "PRIMARY" and table.row_key):
            return
        unique = "UNIQUE " if index.unique else ""
        name = quoted(_index_name(table, index))
        parts = ", ".join(self._part(table, part) for part in index.parts)
        try:
            self._main.execute(f"CREATE {unique}INDEX {name} ON {quoted(table.key)} ({parts})")
        except sqlite3.IntegrityError:
            raise Refused(self._duplicate(table, index)) from None

    def drop_index(self, table: Table, index: Index) -> None:
        """Drop an index."""
        self._main.execute(f"DROP INDEX IF EXISTS {quoted(_index_name(table, index))}")

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
        return duplicate_entry(found or (), table, index)

    # --- changing -----------------------------------------------------------------------------

    def change(self, old: Table, new: Table, origins: Mapping[str, str], *, refill: bool = False) -> Work[Table]:
        """Bring SQLite's table from one definition to another; the table that it is then.

        Args:
            old: what it is.
            new: what it is to be.
            origins: for each column of the new one that was there, its name in the old one.
            refill: whether all rows are written anew whatever has changed.

        Raises:
            Refused: a row does not fit into the new one.
        """
        if not refill and self.text(old) == self.text(new) and _keeps_rows(old, new, origins):
            with self._main.at_once():
                self._change_indexes(old, new)
            return new
        made = replace(new, key=self._session.store.catalog.new_key(temporary=bool(new.temporary)))
        self._create_bare(made)
        try:
            yield from _Copy(self._session, old, made, origins).run()
            for index in made.indexes:
                self.create_index(made, index)
        except BaseException:
            self._main.execute(f"DROP TABLE {quoted(made.key)}")
            raise
        number = self._session.store.numbers.next(old) if old.auto_increment is not None else 0
        self.drop(old)
        if number and made.auto_increment is not None:
            self._session.store.numbers.used(made, number - 1)
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

    def check_foreign_key(self, table: Table, key: ForeignKey) -> None:
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
        orphan = self._main.execute(f"SELECT 1 FROM {child} AS c WHERE {present} AND {missing} LIMIT 1").fetchone()
        if orphan is not None:
            raise Refused("ER_NO_REFERENCED_ROW_2", described(table, key))


def _keeps_rows(old: Table, new: Table, origins: Mapping[str, str]) -> bool:
    """Whether the rows of a table are rows of another definition as they are."""
    return all(
        origins.get(column.name) == column.name
        and (source := old.column(column.name)) is not None
        and _stays(source, column)
        for column in new.columns
        if not column.generated
    )


def _index_name(table: Table, index: Index) -> str:
    return f"{table.key}.{index.name.lower()}"


def _structure(table: Table, index: Index | None) -> tuple[Any, ...] | None:
    """What SQLite's index depends on."""
    if index is None:
        return None
    own = index.name == "PRIMARY" and bool(table.row_key)
    return index.name.lower(), index.columns, index.parts, index.unique, index.kind, own


class _Copy:
    """The rows of a table on their way into another one."""

    def __init__(self, session: SqlSession, old: Table, new: Table, origins: Mapping[str, str]) -> None:
        self._session = session
        self._main = session.store.main
        self._old = old
        self._new = new
        self._diagnostics: Diagnostics = session.diagnostics()
        self._columns = storable_columns(new)
        self._sources = [self._source(origins.get(column.name)) for column in self._columns]
        self._same = [
            source is not None and _stays(source, column)
            for source, column in zip(self._sources, self._columns, strict=True)
        ]
        self._given: dict[str, Any] = {}

    def _source(self, name: str | None) -> Column | None:
        return None if name is None else self._old.column(name)

    def run(self) -> Work[None]:
        """Copy all rows, in the order of the old table."""
        number = row_number(self._old)
        names = ", ".join([number, *(quoted(source.name) for source in self._sources if source is not None)])
        into = ", ".join(quoted(column.name) for column in self._columns)
        marks = ", ".join("?" * len(self._columns))
        insert = f"INSERT INTO {quoted(self._new.key)} ({into}) VALUES ({marks})"
        if not self._columns:
            insert = f"INSERT INTO {quoted(self._new.key)} DEFAULT VALUES"
        for column, source in zip(self._columns, self._sources, strict=True):
            if source is None and not column.auto_increment:
                self._given[column.name] = yield from self._default(column)
        self._refuse_nulls()
        last = -(1 << 63)
        while True:
            rows = self._main.execute(
                f"SELECT {names} FROM {quoted(self._old.key)} WHERE {number} > ? ORDER BY {number} LIMIT {_CHUNK}",
                (last,),
            ).fetchall()
            if not rows:
                break
            last = rows[-1][0]
            with self._main.at_once():
                for row in rows:
                    self._insert(insert, self._values(row[1:]))
                    self._diagnostics.row += 1
            yield None
        self._session.session.warnings = (*self._session.session.warnings, *self._diagnostics.warnings)

    def _refuse_nulls(self) -> None:
        """See that no row has NULL where it is not taken any more; outside the strict mode they are told of one by one.

        Raises:
            Refused: 1138.
        """
        if not self._diagnostics.refuses:
            return
        for column, source in zip(self._columns, self._sources, strict=True):
            if source is not None and source.nullable and not column.nullable and not column.auto_increment:
                text = f"SELECT 1 FROM {quoted(self._old.key)} WHERE {quoted(source.name)} IS NULL LIMIT 1"
                if self._main.execute(text).fetchone() is not None:
                    raise Refused("ER_INVALID_USE_OF_NULL")

    def _insert(self, text: str, values: Sequence[Any]) -> None:
        try:
            self._main.execute(text, values)
        except sqlite3.IntegrityError as problem:
            kind, _, detail = str(problem).partition(" constraint failed: ")
            if kind == "CHECK":
                raise Refused("ER_CHECK_CONSTRAINT_VIOLATED", detail) from None
            if kind == "NOT NULL":
                raise Refused("ER_BAD_NULL_ERROR", detail.rpartition(".")[2]) from None
            key = self._new.primary_key
            assert key is not None
            place = [column.name for column in self._columns].index(self._new.row_key or "")
            raise Refused(duplicate_entry((values[place],), self._new, key)) from None

    def _values(self, row: Sequence[Any]) -> list[Any]:
        given = iter(row)
        values: list[Any] = []
        for column, source, same in zip(self._columns, self._sources, self._same, strict=True):
            if source is None:
                values.append(self._new_value(column))
                continue
            value = next(given)
            if value is None and not column.nullable:
                value = self._required(column)
            elif value is not None and not same:
                if source.type.name == "BIGINT":
                    value = int(value)
                value = store(value, column, self._diagnostics)
            values.append(value)
        return values

    def _required(self, column: Column) -> Any:
        """What stands for NULL in a column that takes it no more."""
        if column.auto_increment:
            return self._session.store.numbers.reserve(self._new, 1)
        self._diagnostics.object_with(error("WARN_DATA_TRUNCATED", column.name, self._diagnostics.row))
        return implicit_default(column)

    def _new_value(self, column: Column) -> Any:
        """The value of a column that the rows did not have."""
        if column.auto_increment:
            return self._session.store.numbers.reserve(self._new, 1)
        return self._given[column.name]

    def _default(self, column: Column) -> Work[Any]:
        if column.default is None:
            return None if column.nullable else implicit_default(column)
        execution = Execution(self._session, Transaction(), self._diagnostics, versions=False)
        defaults = Defaults(execution, self._new)
        if defaults.is_fixed(column):
            return defaults.get(column)
        return (yield from defaults.work_out(column, {}))


def _stays(source: Column, column: Column) -> bool:
    """Whether every value of one column is one of another as it is."""
    return source.type == column.type or (
        source.type.name == column.type.name == "VARCHAR" and (source.type.length or 0) <= (column.type.length or 0)
    )


def duplicate_entry(values: Sequence[Any], table: Table, index: Index) -> Error:
    """Error 1062."""
    columns = [table.column(part.column) for part in index.parts]
    entry = "-".join(
        shown(value, column) if column is not None else str(value)
        for value, column in zip(values, columns, strict=False)
    )
    return error("ER_DUP_ENTRY", entry[:64], f"{table.name}.{index.name}")
