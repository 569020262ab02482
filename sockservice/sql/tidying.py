"""What is left over, removed behind the statements: nobody waits for that, and others have their turns between."""

from __future__ import annotations

import sqlite3
from typing import Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from sockservice.sql.connection import Connection
from sockservice.sql.running import Work, run, run_now
from sockservice.sql.typed import quoted

AT_ONCE: Final = 50_000
"""Rows that SQLite removes in a few milliseconds, where it removes all that a table has."""
FEW: Final = 2_000
"""Rows that it removes as soon, of those that a table has."""
_SLICE: Final = 1_000
"""Rows that are removed before others have their turn."""
GONE: Final = "~gone "
"""How the names of tables begin that nobody needs any more; at the next start they are dropped."""


class Tidying:
    """Removes rows behind the statements.

    Args:
        connection: the one that writes.
        clock: the reactor, for turns; without it, all is done at once.
    """

    def __init__(self, connection: Connection, clock: IReactorTime | None) -> None:
        self._connection = connection
        self._clock = clock
        self._under_way: set[Deferred[None]] = set()
        self._count = 0

    def drop(self, name: str, number: str) -> None:
        """Drop one of SQLite's tables: its name is free at once, those of its indexes are not.

        Args:
            name: of the table; there may be none.
            number: the name of the number of its rows.
        """
        if not self.is_large(name, number):
            self._connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            return
        self._count += 1
        gone = f"{GONE}{self._count}"
        self._connection.execute(f"ALTER TABLE {quoted(name)} RENAME TO {quoted(gone)}")
        self.do(self._empty(gone, number))

    def is_large(self, name: str, number: str) -> bool:
        """Whether removing all rows of a table may take longer than others can wait."""
        if self._clock is None:
            return False
        text = f"SELECT (SELECT MAX({number}) FROM {quoted(name)}) - (SELECT MIN({number}) FROM {quoted(name)})"
        try:
            return int(self._connection.execute(text).fetchone()[0] or 0) > AT_ONCE
        except sqlite3.OperationalError:
            return False

    def _empty(self, name: str, number: str) -> Work[None]:
        table = quoted(name)
        some = f"SELECT {number} FROM {table} LIMIT {_SLICE}"
        yield None
        while self._connection.execute(f"DELETE FROM {table} WHERE {number} IN ({some})").rowcount == _SLICE:
            yield None
        self._connection.execute(f"DROP TABLE {table}")

    def remove(self, name: str, number: str, condition: str) -> None:
        """Remove the rows of a table for which a condition holds, of those that are there.

        Args:
            name: of the table; it may be dropped meanwhile.
            number: the name of the number of its rows.
            condition: of SQLite's.
        """
        self.do(self._removed(quoted(name), number, condition))

    def _removed(self, table: str, number: str, condition: str) -> Work[None]:
        first, last = self._connection.execute(f"SELECT MIN({number}), MAX({number}) FROM {table}").fetchone()
        text = f"DELETE FROM {table} WHERE {number} BETWEEN ? AND ? AND {condition}"
        while first is not None and first <= last:
            yield None
            try:
                self._connection.execute(text, (first, first + _SLICE))
            except sqlite3.OperationalError:
                return
            first += _SLICE + 1

    def do(self, work: Work[None]) -> None:
        """Do work, a slice at a time, until :meth:`close`."""
        if self._clock is None:
            run_now(work)
            return
        outcome = run(work, self._clock)
        if outcome is None:
            return
        self._under_way.add(outcome)
        outcome.addBoth(self._done, outcome)

    def _done(self, result: Failure | None, outcome: Deferred[None]) -> Failure | None:
        self._under_way.discard(outcome)
        if result is not None and isinstance(result.value, CancelledError):
            return None
        return result

    def close(self) -> None:
        """Leave the rest."""
        for outcome in list(self._under_way):
            outcome.cancel()
