"""Queries that take their time, each on a connection of its own, in a thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sockservice.sql.connection import Connection, Parameters
from sockservice.sql.running import RunInThread
from sockservice.sql.spool import Spool
from sockservice.sql.surroundings import Surroundings, enter
from sockservice.sql.transaction import ReadView

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


@attrs.frozen
class Reading:
    """A query to run.

    Attributes:
        text: of SQLite.
        parameters: of the text.
        view: what it sees of tables with versions.
        lock: what is asked for each row that it locks.
        session: whose it is.
        surroundings: what its functions can know.
    """

    text: str
    parameters: Parameters
    view: ReadView | None = None
    lock: Callable[[str, int], bool] | None = None
    session: SqlSession | None = None
    surroundings: Surroundings | None = None

    def prepare(self, connection: Connection) -> None:
        """Make a connection ready for it."""
        connection.view = self.view
        connection.session = self.session
        if self.surroundings is not None:
            enter(self.surroundings)
        if self.lock is not None:
            connection.lock = self.lock


class Readers:
    """The connections for reading.

    Args:
        path: the database.
        run_in_thread: runs a query.

    Attributes:
        at_work: how many queries are under way.
    """

    def __init__(self, path: Path, run_in_thread: RunInThread) -> None:
        self._path = path
        self._run_in_thread = run_in_thread
        self._idle: list[Connection] = []
        self._closed = False
        self.at_work = 0

    def read(self, reading: Reading) -> Deferred[Spool]:
        """Run a query; cancelling the Deferred ends it.

        Returns:
            Its rows; what it raises is what :meth:`Connection.execute` does.
        """
        connection = self._idle.pop() if self._idle else Connection(self._path, {}, patient=True)
        connection.begin_anew()
        self.at_work += 1
        # What is read is what is there now, not when a thread is free.
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM catalog LIMIT 1").fetchall()
        told: Deferred[Spool] = Deferred(lambda _: connection.interrupt())

        def work() -> Spool:
            spool = Spool()
            reading.prepare(connection)
            for rows in connection.chunks(reading.text, reading.parameters):
                spool.add(rows)
            return spool

        def done(result: Spool | Failure) -> None:
            connection.begin_anew()
            self.at_work -= 1
            connection.execute("COMMIT")
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)
            if not told.called:
                told.callback(result)

        self._run_in_thread(work).addBoth(done)
        return told

    def close(self) -> None:
        """Close the connections that are not at work; the others when they are done."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
