"""What rows were before they were changed: for ROLLBACK, and for readers whose snapshot is older.

Beside the SQLite table of each MySQL table that is changed while anybody may need the old rows stands one of the same
columns, with the number of the change, of the transaction and of the row, and whether the row was there before. Each
row that a change takes away, and each that it brings, has a version there. For a reader, a row is what its oldest
version says that stems from a transaction it does not see, else what the table itself says.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, Final

from twisted.internet.defer import CancelledError

from sockservice.sql.connection import Connection
from sockservice.sql.running import Work
from sockservice.sql.schema import Table
from sockservice.sql.storing import storable_columns
from sockservice.sql.table_texts import declared, row_number
from sockservice.sql.tidying import AT_ONCE, FEW, Tidying
from sockservice.sql.transaction import ReadView, Transaction
from sockservice.sql.typed import quoted

_AT_ONCE: Final = 500
"""How many changes are undone before others have their turn."""
_NUMBER: Final = '"~seq"'
_KEPT_BEHIND: Final = '"~seq", "~tx", "~row", "~was"'


class Versions:
    """The versions of the rows of a store.

    Args:
        connection: the one that writes.
        tidying: removes the versions that nobody needs.
        tables: all tables, where they outlive the process: what is not committed at its end is undone at the next
            start.

    Attributes:
        writers: the transactions under way that have changed something, by number.
    """

    def __init__(self, connection: Connection, tidying: Tidying, tables: Iterable[Table] | None = None) -> None:
        self._connection = connection
        self._tidying = tidying
        self._next = 1
        self._change = 0
        self.writers: dict[int, Transaction] = {}
        self._views: set[ReadView] = set()
        self._kept: dict[str, set[int]] = {}
        self._made_for: dict[str, Table] = {}
        # The text that keeps a row, by the key of its table.
        self._leaving: dict[str, str] = {}
        self._made = 0
        # The last change before the first one that is kept of a table.
        self._before: dict[str, int] = {}
        # How many versions those transactions have left that are over.
        self._sizes: dict[int, int] = {}
        self._tells = tables is not None
        connection.execute("CREATE TABLE IF NOT EXISTS open_transactions (number INTEGER PRIMARY KEY)")
        self._recover({table.key: table for table in tables or ()})

    def _recover(self, tables: dict[str, Table]) -> None:
        """Undo what was not committed when the process ended, and begin anew."""
        found = self._connection.execute("SELECT number FROM open_transactions ORDER BY 1").fetchall()
        past = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '~%'"
        ).fetchall()
        keys = [name[1:] for (name,) in past]
        written = {key: tables[key] for key in keys if key in tables}
        for (number,) in found:
            for _ in self.undo(Transaction(number=number, written=written)):
                pass
        for key in keys:
            self._connection.execute(f"DROP TABLE {quoted(f'~{key}')}")
        self._connection.execute("DELETE FROM open_transactions")

    @property
    def mark(self) -> int:
        """The number of the last change: what came behind it can be undone."""
        return self._change

    # --- reading ------------------------------------------------------------------------------

    def view(self, own: int = 0) -> ReadView:
        """What a reader sees from now on: what has been committed."""
        return ReadView(self._next, frozenset(self.writers) - {own}, own)

    def open(self, view: ReadView) -> None:
        """Keep what a view needs, until :meth:`close`."""
        self._views.add(view)

    def close(self, view: ReadView) -> None:
        """A view is not used any more."""
        self._views.discard(view)
        self._purge()

    @property
    def needed(self) -> bool:
        """Whether anybody may need old rows but who changes them."""
        return bool(self._views)

    def unseen(self, view: ReadView) -> frozenset[str]:
        """The keys of the tables that have changes which a view does not see."""
        if not self._kept:
            return frozenset()
        return frozenset(key for key, numbers in self._kept.items() if not all(view.sees(number) for number in numbers))

    def rows(self, table: Table) -> str:
        """The text that stands for the rows of a table with versions, as the view at work sees them."""
        names = ", ".join(quoted(column.name) for column in table.columns)
        key, past = quoted(table.key), quoted(f"~{table.key}")
        # The rows whose last change is not seen; one that the reader has changed itself is seen, whatever came before.
        hidden = (
            f'SELECT "~row" FROM (SELECT "~row", "~tx", MAX("~seq") FROM {past} GROUP BY "~row") WHERE unseen("~tx")'
        )
        return (
            f"(SELECT {names} FROM {key} WHERE {row_number(table)} NOT IN ({hidden})"
            f' UNION ALL SELECT {names} FROM {past} WHERE "~seq" IN'
            f' (SELECT MIN("~seq") FROM {past} WHERE unseen("~tx") AND "~row" IN ({hidden}) GROUP BY "~row")'
            f' AND "~was")'
        )

    # --- what others have changed -------------------------------------------------------------

    def others(self, key: str, transaction: Transaction) -> list[int]:
        """The numbers of the other transactions under way that have changed a table."""
        kept = self._kept.get(key)
        if not kept:
            return []
        return [number for number in kept if number in self.writers and number != transaction.number]

    def contested(self, transaction: Transaction) -> frozenset[str]:
        """The keys of the tables that other transactions under way have changed."""
        if not self.writers:
            return frozenset()
        return frozenset(key for key in self._kept if self.others(key, transaction))

    def changer(self, key: str, row: int, numbers: list[int]) -> Transaction | None:
        """Which of some transactions has changed a row."""
        past = quoted(f"~{key}")
        listed = ", ".join(map(str, numbers))
        found = self._connection.execute(
            f'SELECT "~tx" FROM {past} WHERE "~row" = ? AND "~tx" IN ({listed}) LIMIT 1', (row,)
        ).fetchone()
        return None if found is None else self.writers[found[0]]

    def takers(self, key: str, condition: str, parameters: tuple[Any, ...]) -> list[Transaction]:
        """The transactions under way that took away rows for which a condition held.

        Args:
            key: of the table.
            condition: text over the columns.
            parameters: of the condition.
        """
        past = quoted(f"~{key}")
        found = self._connection.execute(
            f'SELECT DISTINCT "~tx" FROM {past} WHERE "~was" AND {condition}', parameters
        ).fetchall()
        return [self.writers[number] for (number,) in found if number in self.writers]

    def candidates(self, table: Table) -> str:
        """The text that stands for the rows of a table and for those that others have taken away, with ``~row``."""
        names = ", ".join(quoted(column.name) for column in table.columns)
        return (
            f'(SELECT {row_number(table)} AS "~row", {names} FROM {quoted(table.key)}'
            f' UNION ALL SELECT "~row", {names} FROM {quoted(f"~{table.key}")} WHERE "~was" AND of_others("~tx"))'
        )

    # --- writing ------------------------------------------------------------------------------

    def begin(self, transaction: Transaction, table: Table) -> None:
        """A transaction is about to change a table: make room for its versions."""
        if not transaction.number:
            transaction.number = self._next
            self._next += 1
            self.writers[transaction.number] = transaction
            if self._tells:
                self._connection.execute("INSERT INTO open_transactions VALUES (?)", (transaction.number,))
            if transaction.view is not None:
                transaction.view.own = transaction.number
        if self._made_for.get(table.key) is not table:
            self._make(table)
        transaction.written[table.key] = table
        if table.key not in self._kept:
            self._kept[table.key], self._before[table.key] = set(), self._change
        self._kept[table.key].add(transaction.number)

    def _make(self, table: Table) -> None:
        past = quoted(f"~{table.key}")
        if table.key in self._made_for:
            self._drop(table.key)
        self._made += 1
        columns = "".join(f", {declared(table, column)}" for column in table.columns)
        self._connection.execute(f'CREATE TABLE {past} ("~seq" INTEGER PRIMARY KEY, "~tx", "~row", "~was"{columns})')
        self._connection.execute(f'CREATE INDEX {quoted(f"~{table.key} {self._made}")} ON {past} ("~row")')
        self._made_for[table.key] = table
        names = ", ".join(quoted(column.name) for column in table.columns)
        self._leaving[table.key] = (
            f"INSERT INTO {past} ({_KEPT_BEHIND}, {names})"
            f" SELECT ?, ?, ?, 1, {names} FROM {quoted(table.key)} WHERE {row_number(table)} = ?"
        )
        self._kept.pop(table.key, None)

    def leaves(self, transaction: Transaction, table: Table, row: int) -> None:
        """A row is about to be changed or deleted."""
        self._change += 1
        transaction.changes += 1
        self._connection.execute(self._leaving[table.key], (self._change, transaction.number, row, row))

    def arrives(self, transaction: Transaction, table: Table, row: int) -> None:
        """A row was inserted."""
        self._change += 1
        transaction.changes += 1
        self._connection.execute(
            f"INSERT INTO {quoted(f'~{table.key}')} ({_KEPT_BEHIND}) VALUES (?, ?, ?, 0)",
            (self._change, transaction.number, row),
        )

    def undo(self, transaction: Transaction, mark: int = 0) -> Work[None]:
        """Undo what a transaction has changed, the last change first.

        Args:
            transaction: whose changes.
            mark: only those behind it.
        """
        for table in list(transaction.written.values()):
            while self._undo_some(transaction, table, mark):
                # What has begun to be undone is undone to its end, whoever has lost patience.
                with contextlib.suppress(CancelledError):
                    yield None

    def _undo_some(self, transaction: Transaction, table: Table, mark: int) -> bool:
        """Undo the last changes of a table; whether there may be more.

        A row becomes what it was before the first of them.
        """
        # With its plus, GROUP BY goes through these versions, and not through all of them by their index.
        key, past = quoted(table.key), quoted(f"~{table.key}")
        own = (transaction.number, mark)
        first, count = self._connection.execute(
            f'SELECT MIN("~seq"), COUNT(*) FROM (SELECT "~seq" FROM {past} WHERE "~tx" = ? AND "~seq" > ?'
            f" ORDER BY 1 DESC LIMIT {_AT_ONCE})",
            own,
        ).fetchone()
        if not count:
            return False
        these, own = f'{past} WHERE "~tx" = ? AND "~seq" >= ?', (transaction.number, first)
        names = [quoted(column.name) for column in storable_columns(table)]
        into, chosen = list(names), list(names)
        if table.row_key is None:
            into, chosen = [row_number(table), *names], ['"~row"', *names]
        with self._connection.at_once():
            self._connection.execute(
                f'DELETE FROM {key} WHERE {row_number(table)} IN (SELECT "~row" FROM {these})', own
            )
            self._connection.execute(
                f"INSERT INTO {key} ({', '.join(into)}) SELECT {', '.join(chosen)} FROM {past}"
                f' WHERE "~seq" IN (SELECT MIN("~seq") FROM {these} GROUP BY +"~row") AND "~was"',
                own,
            )
            self._connection.execute(f"DELETE FROM {these}", own)
        return bool(count == _AT_ONCE)

    def end(self, transaction: Transaction) -> None:
        """A transaction is over: its changes stand, or were undone."""
        if transaction.number:
            del self.writers[transaction.number]
            self._sizes[transaction.number] = transaction.changes
            if self._tells:
                self._connection.execute("DELETE FROM open_transactions WHERE number = ?", (transaction.number,))
            self._purge()

    def forget(self, key: str) -> None:
        """A table is gone or another one now."""
        if key in self._made_for:
            self._drop(key)
        self._kept.pop(key, None)

    def _drop(self, key: str) -> None:
        del self._made_for[key], self._leaving[key]
        self._tidying.drop(f"~{key}", _NUMBER)

    def _purge(self) -> None:
        """Drop the versions that no view needs."""
        for key, numbers in list(self._kept.items()):
            over = [
                number
                for number in numbers
                if number not in self.writers and all(view.sees(number) for view in self._views)
            ]
            if not over:
                continue
            past = quoted(f"~{key}")
            numbers.difference_update(over)
            if numbers:
                condition = f'"~tx" IN ({", ".join(map(str, over))})'
                if sum(self._sizes[number] for number in over) > FEW:
                    self._tidying.remove(f"~{key}", _NUMBER, condition)
                else:
                    self._connection.execute(f"DELETE FROM {past} WHERE {condition}")
                continue
            if self._change - self._before[key] > AT_ONCE:
                self._drop(key)
            else:
                self._connection.execute(f"DELETE FROM {past}")
            del self._kept[key]
        self._sizes = {
            number: size for number, size in self._sizes.items() if any(number in kept for kept in self._kept.values())
        }
