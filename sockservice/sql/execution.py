"""One statement at work: what it reads, what it changes, its turns and how it is undone."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sockservice.sql.connection import Parameters
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused, TooSlow, Waiting
from sockservice.sql.locks import TABLE
from sockservice.sql.readers import Reading
from sockservice.sql.running import Work, in_thread
from sockservice.sql.schema import SYSTEM, Table
from sockservice.sql.spool import Spool
from sockservice.sql.surroundings import Surroundings, within
from sockservice.sql.transaction import ReadView, Transaction

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession
    from sockservice.sql.view_changes import ViewCheck

TURN: Final = 0.005
"""Seconds for which a statement runs before others have their turn."""

Rows = Sequence[tuple[Any, ...]] | Spool


class LongWork(Exception):
    """A statement that keeps no versions has used up its turn."""


class Execution:
    """A statement at work, within a transaction.

    Args:
        session: whose.
        transaction: within which.
        diagnostics: what is said of values.
        versions: whether what is changed keeps its versions: in a transaction, where anybody reads an older
            snapshot, and for statements that take several turns.

    Attributes:
        view: what it sees.
        checks: what the view that it writes through asks of rows.
    """

    def __init__(
        self, session: SqlSession, transaction: Transaction, diagnostics: Diagnostics, *, versions: bool
    ) -> None:
        self.session = session
        self.store = session.store
        self.transaction = transaction
        self.diagnostics = diagnostics
        self.surroundings = Surroundings(session.session, diagnostics, session.now)
        self.versions = versions
        self.view: ReadView | None = None
        self.checks: tuple[ViewCheck, ...] = ()
        self._mark = self.store.versions.mark
        self._changing: list[Table] = []
        self._numbers: Mapping[str, int | None] = {}
        self._own_tables: list[str] = []
        self._at_work = False
        self._turns = 0
        self._turn = float("inf") if session.seeding else TURN
        self._ends = 0.0

    # --- reading ------------------------------------------------------------------------------

    def read(self, text: str, parameters: Parameters) -> Work[Rows]:
        """The rows of a query: at once where they come at once, else from a thread.

        Raises:
            LongWork: it takes its time, and what was changed before has no versions.
        """
        main, told = self.store.main, self.surroundings.told
        if "system_rows(" in text and not self._at_work:
            yield from self.store.system.tell(text, self.session, told)
        reading = Reading(text, parameters, self.view, self._lock, self.session, self.surroundings)
        reading.prepare(main)
        if not self.session.takes_long:
            try:
                return main.rows_at_once(text, parameters, self._turn)
            except TooSlow:
                pass
        if self._at_work and not self.versions:
            raise LongWork
        yield from self._hand_over()
        yield from self.store.system.tell(text, self.session, told)
        try:
            rows: Spool = yield self.store.readers.read(reading)
        except TooSlow:
            raise Refused("ER_QUERY_INTERRUPTED") from None
        self._take_over()
        return rows

    def apart(self, call: Callable[[], Any]) -> Work[Any]:
        """What a function gives that takes its time, from a thread.

        Raises:
            LongWork: what was changed before has no versions.
        """
        if self._at_work and not self.versions:
            raise LongWork
        yield from self._hand_over()
        given = yield from in_thread(self.store.run_in_thread, functools.partial(within, self.surroundings, call))
        self._take_over()
        return given

    def _lock(self, key: str, row: int) -> bool:
        """For queries that lock rows: whether a row is to be had; see :meth:`SqlSession.rows_of`."""
        locking = self.session.locking
        if locking is None:
            return True
        holder = self.holder(key, row, exclusive=locking.exclusive)
        if holder is not None:
            if locking.skip:
                return False
            if locking.at_once:
                raise Refused("ER_LOCK_NOWAIT")
            raise Waiting(holder)
        self.store.locks.take(self.transaction, key, row, exclusive=locking.exclusive)
        return True

    # --- locks --------------------------------------------------------------------------------

    def holder(self, key: str, row: int, *, exclusive: bool = True) -> Transaction | None:
        """Who has locked a row or, with ``TABLE``, a table, so that we must wait."""
        versions = self.store.versions
        others = versions.others(key, self.transaction)
        if others:
            changer = versions.writers[others[0]] if row == TABLE else versions.changer(key, row, others)
            if changer is not None:
                return changer
        return self.store.locks.in_the_way(self.transaction, key, row, exclusive=exclusive)

    def claim(self, key: str, row: int) -> None:
        """See that a row may be changed.

        Raises:
            Waiting: another transaction has it.
        """
        holder = self.holder(key, row)
        if holder is not None:
            raise Waiting(holder)

    # --- changing -----------------------------------------------------------------------------

    def begin(self, tables: Iterable[Table]) -> None:
        """Tables are about to be changed, these and no others.

        Raises:
            Refused: 1044 for the tables of the server's own databases.
            Waiting: another transaction has locked one of them.
        """
        self._changing = list(tables)
        self._numbers = self.store.numbers.mark(self._changing)
        for table in self._changing:
            if table.database in SYSTEM:
                who = self.session.session
                raise Refused("ER_DBACCESS_DENIED_ERROR", who.user, who.host, table.database)
            holder = self.store.locks.in_the_way(self.transaction, table.key, 0, exclusive=True)
            if holder is not None:
                raise Waiting(holder)
        if self.versions:
            for table in self._changing:
                self.store.versions.begin(self.transaction, table)
        self._take_over(begin=True)

    def turn(self) -> Work[None]:
        """Between two rows: let others on, where it is their turn.

        Raises:
            LongWork: it would be, and there are no versions.
        """
        if time.monotonic() < self._ends:
            return
        if not self.versions:
            raise LongWork
        yield from self._hand_over()
        yield None
        self._take_over()

    def finish(self) -> None:
        """All is done."""
        if self._at_work:
            self.store.main.execute("COMMIT")
            self._at_work = False
        self._give_back()

    def undo(self) -> Work[None]:
        """What was changed so far is undone."""
        if self._at_work:
            self._at_work = False
            if self.store.main.raw.in_transaction:
                self.store.main.execute("ROLLBACK")
        if self._turns:
            yield from self.store.versions.undo(self.transaction, self._mark)
        self._give_back()

    def give_numbers_back(self) -> None:
        """The statement begins anew, before anybody else had a turn: it takes the same numbers again."""
        if not self._turns:
            self.store.numbers.go_back(self._numbers)

    def _hand_over(self) -> Work[None]:
        """Others are about to run statements: what was changed stands, and nobody else may change these tables."""
        if self._at_work:
            self.store.main.execute("COMMIT")
            self._at_work = False
            self._turns += 1
        for table in self._changing:
            if table.key not in self._own_tables:
                holder = self.store.locks.in_the_way(self.transaction, table.key, TABLE, exclusive=True)
                if holder is not None and not self._turns:
                    raise Waiting(holder)
                self.store.locks.take(self.transaction, table.key, TABLE, exclusive=True)
                self._own_tables.append(table.key)
        return
        yield

    def _take_over(self, *, begin: bool = False) -> None:
        if self._changing and (begin or self._turns):
            self.store.main.execute("BEGIN")
            self._at_work = True
        self._ends = time.monotonic() + self._turn

    def _give_back(self) -> None:
        for key in self._own_tables:
            self.store.locks.release_table(self.transaction, key)
        self._own_tables.clear()
