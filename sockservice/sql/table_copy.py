"""The rows of a table that is changed, copied into the table that it becomes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.sql.defaults import Defaults
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.execution import Execution
from sockservice.sql.moments import moment_in_zone
from sockservice.sql.rows import shown
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, Index, Table
from sockservice.sql.storing import implicit_default, storable_columns, store
from sockservice.sql.table_texts import row_number
from sockservice.sql.transaction import Transaction
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_CHUNK: Final = 200
"""Rows that are copied before others have their turn."""


class Copy:
    """The rows of a table on their way into another one.

    Args:
        session: whose statement it is.
        old: where they come from.
        new: where they go; SQLite's table is there.
        origins: for each column of the new one that was there, its name in the old one.
    """

    def __init__(self, session: SqlSession, old: Table, new: Table, origins: Mapping[str, str]) -> None:
        self._session = session
        self._main = session.store.main
        self._old = old
        self._new = new
        self._diagnostics: Diagnostics = session.diagnostics()
        self._columns = storable_columns(new)
        self._sources = [self._source(origins.get(column.name)) for column in self._columns]
        self._same = [
            source is not None and stays(source, column)
            for source, column in zip(self._sources, self._columns, strict=True)
        ]
        self._given: dict[str, Any] = {}

    def _source(self, name: str | None) -> Column | None:
        return None if name is None else self._old.column(name)

    def run(self) -> Work[None]:
        """Copy all rows, in the order of the old table; others have their turns between.

        Raises:
            Refused: a row does not fit into the new table.
        """
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
        yield from self._refuse_nulls()
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
                    self._diagnostics.place = self._diagnostics.row + 1
            yield None
        self._session.session.warnings = (*self._session.session.warnings, *self._diagnostics.warnings)

    def _refuse_nulls(self) -> Work[None]:
        """See that no row has NULL where it is not taken any more; outside the strict mode they are told of one by one.

        Raises:
            Refused: 1138.
        """
        if not self._diagnostics.refuses:
            return
        for column, source in zip(self._columns, self._sources, strict=True):
            if source is not None and source.nullable and not column.nullable and not column.auto_increment:
                text = f"SELECT 1 FROM {quoted(self._old.key)} WHERE {quoted(source.name)} IS NULL LIMIT 1"
                if (yield from rows_of(self._session, text)):
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
            raise Refused(self._duplicate(detail, values)) from None

    def _duplicate(self, detail: str, values: Sequence[Any]) -> Error:
        """Error 1062, by what SQLite says of a unique key: its name, or its columns."""
        found = self._new.primary_key
        columns = [each.rpartition(".")[2].lower() for each in detail.split(", ")]
        for index in self._new.indexes:
            if detail == f"index '{index_name(self._new, index)}'" or (index.unique and list(index.columns) == columns):
                found = index
        assert found is not None
        given = dict(zip((column.name.lower() for column in self._columns), values, strict=True))
        return duplicate_entry([given.get(part.column.lower(), "") for part in found.parts], self._new, found)

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
                value = self._converted(value, source, column)
            values.append(value)
        return values

    def _converted(self, value: Any, source: Column, column: Column) -> Any:
        """A value of one column as another one stores it. A TIMESTAMP is what the session sees of it."""
        diagnostics = self._diagnostics
        if source.type.name == "BIGINT":
            value = int(value)
        if source.type.name == "TIMESTAMP" and diagnostics.zone is not None:
            if column.type.name != "TIMESTAMP":
                value = moment_in_zone(value, diagnostics.zone, source.type.length or 0)
            else:
                zone, diagnostics.zone = diagnostics.zone, None
                try:
                    return store(value, column, diagnostics)
                finally:
                    diagnostics.zone = zone
        return store(value, column, diagnostics)

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


def stays(source: Column, column: Column) -> bool:
    """Whether every value of one column is one of another as it is."""
    return source.type == column.type or (
        source.type.name == column.type.name == "VARCHAR" and (source.type.length or 0) <= (column.type.length or 0)
    )


def rows_of(session: SqlSession, text: str) -> Work[list[tuple[Any, ...]]]:
    """The rows of a query of SQLite's, from a thread where they take their time.

    Args:
        session: whose statement it is.
        text: the query.
    """
    execution = Execution(session, Transaction(), session.diagnostics(), versions=False)
    return list((yield from execution.read(text, ())))


def index_name(table: Table, index: Index) -> str:
    """The name of SQLite's index."""
    return f"{table.key}.{index.name.lower()}"


def duplicate_entry(values: Sequence[Any], table: Table, index: Index) -> Error:
    """Error 1062.

    Args:
        values: of the columns of the key.
        table: whose key it is.
        index: the key.
    """
    told = []
    for part, value in zip(index.parts, values, strict=True):
        column = table.column(part.column)
        cut = value[: part.length] if part.length else value
        told.append(str(cut) if column is None else shown(cut, column))
    return error("ER_DUP_ENTRY", "-".join(told)[:64], f"{table.name}.{index.name}")
