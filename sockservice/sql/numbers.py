"""AUTO_INCREMENT: the next number of each table (MySQL 8.4 manual, 17.6.1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sockservice.sql.connection import Connection
from sockservice.sql.schema import Table
from sockservice.sql.typed import quoted


class Numbers:
    """The numbers of a store; they are not given back, whatever becomes of the rows.

    Args:
        connection: the one that writes.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TABLE IF NOT EXISTS numbers (key TEXT PRIMARY KEY, next INTEGER)")
        # Written at the last end in order; of a process that was killed since, the rows may have higher ones.
        self._written: dict[str, int] = dict(connection.execute("SELECT key, next FROM numbers").fetchall())
        self._next: dict[str, int] = {}

    def next(self, table: Table) -> int:
        """The number that the next row gets."""
        number = self._next.get(table.key)
        if number is None:
            column = table.auto_increment
            assert column is not None
            text = f"SELECT MAX({quoted(column.name)}) FROM {quoted(table.key)}"
            (found,) = self._connection.execute(text).fetchone()
            number = self._next[table.key] = max(int(found or 0) + 1, self._written.get(table.key, 1))
        return number

    def reserve(self, table: Table, count: int) -> int:
        """Take so many numbers; the first of them."""
        first = self.next(table)
        self.start(table, first + count)
        return first

    def used(self, table: Table, number: int) -> None:
        """A row has a number that it was given: those that follow are higher."""
        if number >= self.next(table):
            self.start(table, number + 1)

    def start(self, table: Table, number: int) -> None:
        """The next row gets this number: ``AUTO_INCREMENT = number``."""
        self._next[table.key] = number

    def mark(self, tables: Iterable[Table]) -> Mapping[str, int | None]:
        """What :meth:`go_back` goes back to."""
        return {table.key: self._next.get(table.key) for table in tables}

    def go_back(self, mark: Mapping[str, int | None]) -> None:
        """The numbers that were taken since a mark are free again: what they were for begins anew, at once."""
        for key, number in mark.items():
            if number is None:
                self._next.pop(key, None)
            else:
                self._next[key] = number

    def forget(self, table: Table) -> None:
        """The table is empty, or gone: its numbers begin anew."""
        self._next.pop(table.key, None)
        self._written.pop(table.key, None)
        self._connection.execute("DELETE FROM numbers WHERE key = ?", (table.key,))

    def keep(self) -> None:
        """Write them down, for the next start."""
        self._connection.raw.executemany("INSERT OR REPLACE INTO numbers VALUES (?, ?)", self._next.items())
