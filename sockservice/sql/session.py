"""One MySQL session as the embedded database sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import attrs
from twisted.internet.defer import CancelledError, Deferred

from sockservice.answers import Error, Request, Rows
from sockservice.interfaces import IResponder, ISession
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.named_locks import Taken
from sockservice.sql.running import Work
from sockservice.sql.schema import SYSTEM, Table, View
from sockservice.sql.store import Store
from sockservice.sql.surroundings import is_utc
from sockservice.sql.table_texts import row_number
from sockservice.sql.transaction import (
    READ_UNCOMMITTED,
    REPEATABLE_READ,
    SERIALIZABLE,
    ReadView,
    Transaction,
)
from sockservice.sql.typed import quoted, text_literal
from sockservice.sqltypes import SqlType
from sockservice.time_zones import zone_of

DEFAULT_SQL_MODE: Final = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
"""MySQL 8.4's."""
_UNSET: Final = object()
_LOCK_WAIT: Final = 50
"""Seconds that a lock is waited for (MySQL's default of ``innodb_lock_wait_timeout``)."""


@attrs.frozen
class Locking:
    """How a query locks the rows that it reads.

    Attributes:
        exclusive: FOR UPDATE; else FOR SHARE.
        at_once: NOWAIT.
        skip: SKIP LOCKED.
    """

    exclusive: bool
    at_once: bool = False
    skip: bool = False


class SqlSession:
    """The session.

    Args:
        store: where the rows are.
        session: whose database, variables and settings.
        beside: answers what is no matter of tables.

    Attributes:
        transaction: the one under way, or None.
        at_work: the one that the statement at work is within, if only for itself; None while there is none.
        locking: how the query at work locks rows, or None.
        unseen: the keys of the tables of which the statement at work sees an older state.
        contested: the keys of the tables that the statement at work is about to change, which others have changed. It
            reads the rows that these have taken away too, to wait for them.
        next_transaction: what SET TRANSACTION has said of the next one: ``isolation`` and ``read_only``.
        locked_tables: what LOCK TABLES has locked, by key: whether to write; None where nothing is.
        last_insert_id: the first number of the last INSERT that made some.
        given_id: what the statement at work has given to LAST_INSERT_ID(), or 0.
        given_up: the names that the statement at work has waited for long enough.
        row_count: of the last statement, as ROW_COUNT() has it.
        found_rows: of the last query, as FOUND_ROWS() has it.
        now: when the statement at work began, in seconds since the epoch.
        text: of the statement at work.
        parameters: what is bound to its ``?``.
        seeding: whether nobody else waits yet, and values for generated columns are passed over, which dumps of
            MariaDB have.
        takes_long: whether the query at work is known to take its time.
        busy: fires when the statement at work is over; None while there is none.
    """

    def __init__(self, store: Store, session: ISession, beside: IResponder | None = None) -> None:
        self.store = store
        self.session = session
        self._within = ""
        self.beside = beside
        self.text = ""
        self.parameters: tuple[Any, ...] = ()
        self.transaction: Transaction | None = None
        self.at_work: Transaction | None = None
        self.locking: Locking | None = None
        self.unseen: frozenset[str] = frozenset()
        self.contested: frozenset[str] = frozenset()
        self.next_transaction: dict[str, Any] = {}
        self.locked_tables: dict[str, bool] | None = None
        self.table_locks = Transaction(explicit=True)
        self.last_insert_id = 0
        self.given_id = 0
        self.given_up: set[str] = set()
        self.row_count = -1
        self.found_rows = 0
        self.now = 0.0
        self.seeding = False
        self.takes_long = False
        self.busy: Deferred[None] | None = None

    # --- names and settings -------------------------------------------------------------------

    @property
    def database(self) -> str:
        """The current database, or ``""``."""
        return self._within or str(self.session.database).partition("@")[0]

    def variable(self, name: str, default: Any = None) -> Any:
        """The value of a system variable, where it was set, in the session or for all."""
        found = self.session.variables.get(name, _UNSET)
        return self.session.server.global_variables.get(name, default) if found is _UNSET else found

    def flag(self, name: str, *, default: bool) -> bool:
        """The value of a system variable that is on or off."""
        return str(self.variable(name, default)).upper() in ("1", "ON", "TRUE")

    @property
    def sql_mode(self) -> str:
        """The words of ``sql_mode``."""
        return str(self.variable("sql_mode", DEFAULT_SQL_MODE)).upper()

    def diagnostics(self, *, ignore: bool = False) -> Diagnostics:
        """New diagnostics, by the session's mode."""
        modes = frozenset(self.sql_mode.split(","))
        strict = bool(modes & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL"})
        zone = None if is_utc(self.session) else zone_of(str(self.variable("time_zone", "SYSTEM")))
        return Diagnostics(strict, modes, ignore, zone=zone)

    @property
    def shadows(self) -> int:
        """What plans depend on beside the catalogue: the connection, where it has temporary tables, else 0."""
        connection = int(self.session.connection_id)
        return connection if self.store.catalog.temporaries(connection) else 0

    def temporary(self, database: str, name: str) -> Table | None:
        """The session's own temporary table of a name."""
        return self.store.catalog.temporary(int(self.session.connection_id), database, name)

    def table(self, name: str, database: str = "") -> Table:
        """The table that a name means.

        Raises:
            Refused: 1146, 1046, 1049 or 1109.
        """
        where = database or self.database
        if not where:
            raise Refused("ER_NO_DB_ERROR")
        found = self.temporary(where, name) or self.store.catalog.table(where, name)
        if found is None and where.lower() in SYSTEM:
            where = where.lower()
            found = self.store.system.table(where, name, self.session)
        elif found is None:
            self.store.catalog.database(where)
        if found is None:
            raise Refused("ER_NO_SUCH_TABLE", where, name)
        return found

    def base_table(self, name: str, database: str = "") -> Table:
        """The table that a name means, for a statement that changes its definition.

        Raises:
            Refused: 1146, 1046 or 1049; 1347 for a view, 1044 or 3552 for one of the server's own.
        """
        where = database or self.database
        if where.lower() == "information_schema":
            raise Refused("ER_DBACCESS_DENIED_ERROR", self.session.user, self.session.host, where)
        if where.lower() in SYSTEM:
            raise Refused("ER_NO_SYSTEM_SCHEMA_ACCESS", where)
        if where and self.store.catalog.view(where, name) is not None and self.temporary(where, name) is None:
            raise Refused("ER_WRONG_OBJECT", where, name, "BASE TABLE")
        return self.table(name, database)

    def view(self, name: str, database: str = "") -> View | None:
        """The view that a name means, or None where it is none."""
        where = database or self.database
        return None if self.temporary(where, name) is not None else self.store.catalog.view(where, name)

    @contextlib.contextmanager
    def within(self, database: str) -> Iterator[None]:
        """Names without a database mean this one."""
        before, self._within = self._within, database
        try:
            yield
        finally:
            self._within = before

    @property
    def asking(self) -> Transaction:
        """Who asks for locks: the transaction of the statement at work."""
        return self.at_work or self.transaction or self.table_locks

    def rows_of(self, table: Table) -> str:
        """The text that stands for the rows of a table as this session sees them."""
        if table.database in SYSTEM:
            return self.store.system.text(table)
        if table.key in self.contested:
            return self.store.versions.candidates(table)
        if self.locking is not None:
            return self._locked_rows(table)
        return self.store.versions.rows(table) if table.key in self.unseen else quoted(table.key)

    def system_variable(self, session: ISession, written: str) -> tuple[SqlType, Any]:
        """The type and the value of a system variable.

        Args:
            session: whose.
            written: for example ``@@session.sql_mode``.

        Raises:
            Refused: there is none (1193), or none of this scope (1238).
        """
        answer = self.beside.respond(Request("query", f"SELECT {written}", session)) if self.beside else None
        if isinstance(answer, Error):
            raise Refused(answer)
        if not isinstance(answer, Rows):
            raise Refused("ER_UNKNOWN_SYSTEM_VARIABLE", written.rpartition(".")[2].lstrip("@"))
        ((value,),) = answer.rows
        return answer.columns[0].type, value

    def _locked_rows(self, table: Table) -> str:
        """The rows of a table, each locked when it is looked at; and those that others have taken away, to wait for."""
        names = ", ".join(quoted(column.name) for column in table.columns)
        key = text_literal(table.key)
        if not self.store.versions.others(table.key, self.asking):
            return f"(SELECT {names} FROM {quoted(table.key)} WHERE lock_row({key}, {row_number(table)}))"
        every = self.store.versions.candidates(table)
        return f'(SELECT {names} FROM {every} WHERE lock_row({key}, "~row"))'

    # --- transactions -------------------------------------------------------------------------

    @property
    def isolation(self) -> str:
        """The isolation level of transactions that begin now."""
        level = self.next_transaction.get("isolation") or self.variable("transaction_isolation", REPEATABLE_READ)
        return str(level).upper().replace(" ", "-")

    def begin(self, *, read_only: bool | None = None) -> Transaction:
        """Begin a transaction, where none is under way."""
        if self.transaction is None:
            if read_only is None:
                read_only = self.next_transaction.get("read_only")
            if read_only is None:
                read_only = self.flag("transaction_read_only", default=False)
            self.transaction = Transaction(self.isolation, read_only, explicit=True, tables=self.table_locks)
            self.next_transaction = {}
            self.session.in_transaction = True
        return self.transaction

    def transaction_for_statement(self) -> Transaction:
        """The transaction under way; else one for a statement alone or, without autocommit, one that lasts."""
        if self.transaction is not None:
            return self.transaction
        if not self.session.autocommit:
            return self.begin()
        read_only = self.next_transaction.get("read_only")
        return Transaction(
            self.isolation,
            self.flag("transaction_read_only", default=False) if read_only is None else read_only,
            tables=self.table_locks,
        )

    def commit(self) -> None:
        """Let the changes of the transaction under way stand."""
        if self.transaction is not None:
            self.end(self.transaction)

    def rollback(self) -> Work[None]:
        """Undo the changes of the transaction under way."""
        transaction = self.transaction
        if transaction is not None:
            yield from self.store.versions.undo(transaction)
            self.end(transaction)

    def end(self, transaction: Transaction) -> None:
        """A transaction is over; those who waited for it go on."""
        if transaction.ended:
            return
        if transaction is self.transaction:
            self.transaction = None
            self.session.in_transaction = False
        if not transaction.explicit:
            self.next_transaction = {}
        if transaction.view is not None:
            self.store.versions.close(transaction.view)
        self.store.versions.end(transaction)
        self.store.locks.release(transaction)
        self.store.predicates.release(transaction)
        transaction.end()

    def view_for_reading(self, transaction: Transaction) -> ReadView | None:
        """What a query that locks nothing sees; None for all that is there."""
        versions = self.store.versions
        if transaction.isolation == READ_UNCOMMITTED:
            return None
        if transaction.explicit and transaction.isolation in (REPEATABLE_READ, SERIALIZABLE):
            if transaction.view is None:
                transaction.view = versions.view(transaction.number)
                versions.open(transaction.view)
            return transaction.view
        return versions.view(transaction.number) if versions.writers else None

    def wait(self, transaction: Transaction, holder: Transaction) -> Work[None]:
        """Wait for another transaction's end.

        Raises:
            Refused: 1213 where that waits for us, and ours is rolled back; 1205 after ``innodb_lock_wait_timeout``.
        """
        locks = self.store.locks
        if holder.ended:
            return
        if locks.would_deadlock(transaction, holder):
            yield from self.rollback()
            raise Refused("ER_LOCK_DEADLOCK")
        seconds = float(self.variable("innodb_lock_wait_timeout", _LOCK_WAIT))
        locks.waits[transaction] = holder
        try:
            in_time = yield from self._in_time(holder.until_end(), seconds)
        finally:
            locks.waits.pop(transaction, None)
        if not in_time:
            raise Refused("ER_LOCK_WAIT_TIMEOUT")

    def wait_for_name(self, taken: Taken) -> Work[None]:
        """Wait until a name may be free, or its time is over."""
        seconds = taken.seconds if taken.seconds > 0 else None
        if not (yield from self._in_time(self.store.named_locks.free(taken.name), seconds)):
            self.given_up.add(taken.name)

    def _in_time(self, waited: Deferred[None], seconds: float | None) -> Work[bool]:
        """Wait, at most so many seconds, or for ever; whether what was waited for came."""
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            waited.cancel()

        call = None if seconds is None else self.store.clock.callLater(seconds, expire)
        try:
            yield waited
        except CancelledError:
            if not expired:
                raise
        finally:
            if call is not None and call.active():
                call.cancel()
        return not expired

    def close(self) -> Work[None]:
        """The session is over: when its statement is, what was not committed is undone."""
        self.unlock_tables()
        while self.busy is not None:
            with contextlib.suppress(CancelledError):
                yield self.busy
        yield from self.begin_anew()

    def begin_anew(self) -> Work[None]:
        """Forget all but who it is: what was not committed is undone."""
        self.unlock_tables()
        yield from self.rollback()
        for table in self.store.catalog.temporaries(int(self.session.connection_id)):
            self.store.catalog.remove(table)
            self.store.drop_rows(table)
        self.store.named_locks.release_all(self)
        self.next_transaction, self.last_insert_id, self.row_count = {}, 0, -1

    def unlock_tables(self) -> None:
        """Give back what LOCK TABLES has locked."""
        if self.locked_tables is not None:
            self.locked_tables = None
            self.store.locks.release(self.table_locks)
            self.table_locks.end()
            self.table_locks = Transaction(explicit=True)
