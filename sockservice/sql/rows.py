"""The rows of one table, changed one by one as MySQL does: with locks, versions and foreign keys."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from sockservice.sql import foreign_keys
from sockservice.sql.definition_expressions import compiled, generated
from sockservice.sql.errors import Refused, Waiting
from sockservice.sql.row_expressions import compile_for_row, row_parameters
from sockservice.sql.schema import Column, Index, IndexPart, Table
from sockservice.sql.storing import storable_columns
from sockservice.sql.table_texts import row_number
from sockservice.sql.typed import Typed, quoted

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution

Values = Sequence[Any]
"""One value for each column that can be stored, in their order."""


class Duplicate(Refused):
    """Error 1062.

    Attributes:
        row: the number of the row that has the values already.
    """

    def __init__(self, row: int, entry: str, key: str) -> None:
        super().__init__("ER_DUP_ENTRY", entry, key)
        self.row = row


@attrs.frozen
class Conflict:
    """A unique key whose values another row has.

    Attributes:
        index: the key.
        row: the number of the other row.
    """

    index: Index
    row: int


class Rows:
    """The rows of a table.

    Args:
        execution: the statement that changes them.
        table: the table.

    Attributes:
        columns: those that can be stored.
        unique: the unique keys.
    """

    def __init__(self, execution: Execution, table: Table) -> None:
        self._execution = execution
        self._main = execution.store.main
        self._versions = execution.store.versions
        self.table = table
        self.columns = storable_columns(table)
        self._expressions: dict[str, Typed] = {}
        self._row_text = ""
        self._places = {column.name.lower(): place for place, column in enumerate(self.columns)}
        names = ", ".join(quoted(column.name) for column in self.columns)
        marks = ", ".join("?" * len(self.columns))
        self._row = row_number(table)
        self._key = quoted(table.key)
        into = f"({names}) VALUES ({marks})" if self.columns else "DEFAULT VALUES"
        self._insert = f"INSERT INTO {self._key} {into}"
        self._select = f"SELECT {names or 'NULL'} FROM {self._key} WHERE {self._row} = ?"
        self._delete = f"DELETE FROM {self._key} WHERE {self._row} = ?"
        self._updates: dict[tuple[int, ...], str] = {}
        self.unique = [index for index in table.indexes if index.unique]
        self._checks_keys = execution.session.flag("foreign_key_checks", default=True)
        self._children = execution.store.referring(table) if self._checks_keys else []

    @functools.cached_property
    def _names(self) -> list[str]:
        return [column.name.lower() for column in self.columns]

    @functools.cached_property
    def _unique_names(self) -> set[str]:
        return {part.column.lower() for index in self.unique for part in index.parts}

    @functools.cached_property
    def _row_key(self) -> str:
        """The name of the column that is SQLite's own number, or ``""``."""
        return (self.table.row_key or "").lower()

    @functools.cached_property
    def _automatic(self) -> str:
        """The name of the column that AUTO_INCREMENT fills, or ``""``."""
        automatic = self.table.auto_increment
        return automatic.name.lower() if automatic is not None else ""

    def of(self, table: Table) -> Rows:
        """The rows of another table, for the same statement."""
        return Rows(self._execution, table)

    def place(self, column: str) -> int:
        """Where the value of a column stands."""
        return self._places[column.lower()]

    def get(self, row: int) -> tuple[Any, ...]:
        """The values of a row."""
        found: tuple[Any, ...] = self._main.execute(self._select, (row,)).fetchone()
        return found

    def position(self, row: int) -> int:
        """Which of the rows it is, from 1, for who reads the table from its beginning: by the primary key."""
        key = self.table.primary_key
        order = self._row if key is None else ", ".join(quoted(part.column) for part in key.parts)
        text = f"SELECT COUNT(*) FROM {self._key} WHERE ({order}) <= "
        text += f"(SELECT {order} FROM {self._key} WHERE {self._row} = ?)"
        return int(self._main.execute(text, (row,)).fetchone()[0])

    # --- changes ------------------------------------------------------------------------------

    def insert(self, values: Values) -> int:
        """Insert a row; its number.

        Raises:
            Duplicate: a unique key has its values already.
            Refused: 1452 or 3819.
            Waiting: the row of another transaction that may yet be undone is in the way.
        """
        self._check_views(values)
        self._wait_for_takers(values)
        try:
            row = self._main.execute(self._insert, values).lastrowid
        except sqlite3.IntegrityError as problem:
            raise self._refusal(problem, values) from None
        assert row is not None
        self._wait_for_searchers(row)
        if self._checks_keys and self.table.foreign_keys:
            try:
                foreign_keys.check_parents(self._execution, self.table, self, values)
            except (Refused, Waiting):
                self._main.execute(self._delete, (row,))
                raise
        if self._execution.versions:
            self._versions.arrives(self._execution.transaction, self.table, row)
        return row

    def update(self, row: int, old: Values, new: Values, depth: int = 0) -> int:
        """Change a row; its number from then on.

        Args:
            row: its number.
            old: its values.
            new: what they become.
            depth: how many foreign keys have led here.

        Raises:
            Duplicate, Refused, Waiting: as for :meth:`insert`; 1451 besides.
        """
        changed = tuple([place for place in range(len(old)) if old[place] != new[place]])
        names = {self._names[place] for place in changed}
        self._execution.claim(self.table.key, row)
        self._check_views(new)
        if self._unique_names & names:
            self._wait_for_takers(new)
        foreign_keys.refuse_update(self._children, self, old, names)
        if self._execution.versions:
            self._versions.leaves(self._execution.transaction, self.table, row)
        try:
            self._main.execute(self._update_text(changed), [*[new[place] for place in changed], row])
        except sqlite3.IntegrityError as problem:
            raise self._refusal(problem, new, row) from None
        number = row
        if self._row_key in names:
            number = new[self._places[self._row_key]]
            if self._execution.versions:
                self._versions.arrives(self._execution.transaction, self.table, number)
        self._wait_for_searchers(number)
        if self._checks_keys and self.table.foreign_keys:
            try:
                foreign_keys.check_parents(self._execution, self.table, self, new, names)
            except (Refused, Waiting):
                every = tuple(range(len(self.columns)))
                self._main.execute(self._update_text(every), [*old, number])
                raise
        if self._automatic in names:
            self._execution.store.numbers.used(self.table, int(new[self._places[self._automatic]] or 0))
        foreign_keys.cascade_update(self._children, self, old, new, names, depth)
        return number

    def _update_text(self, changed: tuple[int, ...]) -> str:
        """The text that changes some columns of a row."""
        text = self._updates.get(changed)
        if text is None:
            sets = ", ".join(f"{quoted(self.columns[place].name)} = ?" for place in changed)
            text = self._updates[changed] = f"UPDATE {self._key} SET {sets} WHERE {self._row} = ?"
        return text

    def delete(self, row: int, old: Values, depth: int = 0) -> None:
        """Delete a row.

        Args:
            row: its number.
            old: its values.
            depth: how many foreign keys have led here.

        Raises:
            Refused: 1451.
            Waiting: another transaction has it.
        """
        self._execution.claim(self.table.key, row)
        foreign_keys.refuse_delete(self._children, self, row, old)
        if self._execution.versions:
            self._versions.leaves(self._execution.transaction, self.table, row)
        self._main.execute(self._delete, (row,))
        foreign_keys.cascade_delete(self._children, self, old, depth)

    # --- looking ------------------------------------------------------------------------------

    def find(self, columns: Sequence[str], values: Values) -> list[int]:
        """The numbers of the rows with these values, none of them NULL.

        Raises:
            Waiting: another transaction has deleted such a row, which may be undone.
        """
        self._wait_for_takers_of([IndexPart(name) for name in columns], values)
        condition = " AND ".join(f"{quoted(name)} = ?" for name in columns)
        found = self._main.execute(f"SELECT {self._row} FROM {self._key} WHERE {condition}", values).fetchall()
        return [number for (number,) in found]

    def conflicts(self, values: Values, but: int | None = None) -> list[Conflict]:
        """The unique keys whose values other rows have, in the order of the keys.

        Args:
            values: of a row.
            but: the number of the row itself, where it is one already.
        """
        found = []
        for index in self.unique:
            wanted = self._of_index(index.parts, values)
            if wanted is None:
                continue
            row = self._main.execute(
                f"SELECT {self._row} FROM {self._key} WHERE {self._condition(index.parts)}"
                f" AND {self._row} IS NOT ? LIMIT 1",
                [*wanted, but],
            ).fetchone()
            if row is not None:
                found.append(Conflict(index, row[0]))
        return found

    def _of_index(self, parts: Sequence[IndexPart], values: Values) -> list[Any] | None:
        """The values of the columns of a key; None where one is NULL."""
        wanted = []
        for part in parts:
            place = self._places.get(part.column.lower())
            if part.expression:
                value = self._worked_out(self._expression(part.expression).sql, values)
            else:
                value = self._worked_out(quoted(part.column), values) if place is None else values[place]
            if value is None:
                return None
            wanted.append(value[: part.length] if part.length else value)
        return wanted

    def _condition(self, parts: Sequence[IndexPart]) -> str:
        told = []
        for part in parts:
            if part.expression:
                told.append(f"({self._expression(part.expression).sql}) = ?")
                continue
            name = quoted(part.column)
            told.append(f"{name} = ?" if not part.length else f"SUBSTR({name}, 1, {part.length}) = ?")
        return " AND ".join(told)

    def _expression(self, text: str) -> Typed:
        """An expression over the columns of the table, which a key is made of."""
        found = self._expressions.get(text)
        if found is None:
            found = compiled(self._execution.session, self.table, text, "functional index")
            self._expressions[text] = found
        return found

    def _worked_out(self, text: str, values: Values) -> Any:
        """The value of SQLite's text over the columns of a row, those included that are not stored."""
        if not self._row_text:
            self._row_text = f"SELECT {', '.join(f'? AS {quoted(column.name)}' for column in self.columns)}"
            for column in self.table.columns:
                if column.name.lower() not in self._places:
                    value = generated(self._execution.session, self.table, column)
                    self._row_text = f"SELECT *, {value} AS {quoted(column.name)} FROM ({self._row_text})"
        return self._main.execute(f"SELECT {text} FROM ({self._row_text})", list(values)).fetchone()[0]

    def _wait_for_takers(self, values: Values) -> None:
        """Wait where another transaction has taken away a row that a unique key of this one may meet yet."""
        if self._versions.others(self.table.key, self._execution.transaction):
            for index in self.unique:
                wanted = self._of_index(index.parts, values)
                if wanted is not None:
                    self._wait_for_takers_of(index.parts, wanted)
        holder = self._execution.store.locks.in_the_way(self._execution.transaction, self.table.key, 0, exclusive=True)
        if holder is not None:
            raise Waiting(holder)

    def _wait_for_searchers(self, row: int) -> None:
        """Wait where another transaction has searched for what a row is now."""
        holder = self._execution.store.predicates.holder(self._execution.transaction, self.table.key, row)
        if holder is not None:
            raise Waiting(holder)

    def _wait_for_takers_of(self, parts: Sequence[IndexPart], wanted: Values) -> None:
        if self._versions.others(self.table.key, self._execution.transaction):
            for taker in self._versions.takers(self.table.key, self._condition(parts), tuple(wanted)):
                if taker is not self._execution.transaction:
                    raise Waiting(taker)

    def _check_views(self, values: Values) -> None:
        """See that a row is one of the view that it is written through.

        Raises:
            Refused: 1369.
        """
        for check in self._execution.checks:
            if check.table.key == self.table.key:
                text, parameters = compile_for_row(self._execution.session, self.table, check.condition, ())
                found = self._main.execute(f"SELECT {text}", {**parameters, **row_parameters(values, "c")}).fetchone()
                if not found[0]:
                    raise Refused("ER_VIEW_CHECK_FAILED", check.database, check.view)

    # --- errors -------------------------------------------------------------------------------

    def _refusal(self, problem: sqlite3.IntegrityError, values: Values, row: int | None = None) -> Exception:
        """What MySQL says where SQLite refuses a row."""
        message = str(problem)
        kind, _, detail = message.partition(" constraint failed: ")
        if kind == "CHECK":
            return Refused("ER_CHECK_CONSTRAINT_VIOLATED", detail)
        if kind == "NOT NULL":
            return Refused("ER_BAD_NULL_ERROR", detail.rpartition(".")[2])
        for conflict in self.conflicts(values, row):
            holder = self._execution.holder(self.table.key, conflict.row)
            if holder is not None:
                return Waiting(holder)
            wanted = self._of_index(conflict.index.parts, values) or []
            entry = "-".join(map(shown, wanted, (self._column(part) for part in conflict.index.parts)))
            return Duplicate(conflict.row, entry[:64], f"{self.table.name}.{conflict.index.name}")
        return Refused("ER_UNKNOWN_ERROR")

    def _column(self, part: IndexPart) -> Column:
        if part.expression:
            return Column("", self._expression(part.expression).type)
        if part.column.lower() not in self._places:
            return next(each for each in self.table.columns if each.name.lower() == part.column.lower())
        return self.columns[self.place(part.column)]


def shown(value: Any, column: Column) -> str:
    """A value as an error names it."""
    if isinstance(value, bytes):
        return value.decode("latin-1") if value.isascii() else "".join(f"\\x{byte:02X}" for byte in value)
    if isinstance(value, str) and column.type.name == "BIGINT":
        return value.lstrip("0")
    return str(value)
