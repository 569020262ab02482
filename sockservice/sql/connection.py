"""A connection to SQLite that knows MySQL's functions and collations."""

from __future__ import annotations

import functools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sockservice.sql import functions, sleeping, storing  # noqa: F401 - they enter themselves
from sockservice.sql.bounds import TOO_DEEP, beyond_bounds
from sockservice.sql.collating import collation_functions
from sockservice.sql.errors import TooSlow
from sockservice.sql.gathering import AGGREGATES
from sockservice.sql.registry import FUNCTIONS, IMPURE, INTERNAL, for_values
from sockservice.sql.session_functions import SESSION_FUNCTIONS
from sockservice.sql.surroundings import here, hurry
from sockservice.sql.transaction import ReadView
from sockservice.sql.unnesting import is_unnested, unnested
from sockservice.sql.windows import WINDOWED, windowed

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]

_STEPS: Final = 2000
"""After how many of SQLite's steps the time is looked at."""
_FOREVER: Final = float("inf")
LARGE: Final = 256 * 1024
"""Bytes of a value with which functions may take longer than others can wait."""
_LARGEST: Final = 1_000_000_000
"""Bytes of the largest value that SQLite has."""


class Connection:
    """One connection.

    What a function of ours raises reaches SQLite as a bare failure; the error itself is kept in :attr:`problem`, and
    raised by :meth:`execute` in its place.

    Args:
        path: the database.
        surroundings: functions beside the dialect's, by name: Python and number of arguments.

    Attributes:
        problem: what a function of ours has raised.
        deadline: the time of :func:`time.monotonic` at which a statement is interrupted.
        interrupted: whether the statement under way is to end.
        view: what a statement sees of tables with versions.
        lock: is called with the key of a table and the number of a row for each row that a statement locks; whether
            the row is taken.
        session: whose statement runs.
        patient: whether a statement may take its time: on a connection for a thread.
    """

    def __init__(
        self, path: Path, surroundings: dict[str, tuple[Callable[..., Any], int]], *, patient: bool = False
    ) -> None:
        self.problem: Exception | None = None
        self.deadline = _FOREVER
        self.interrupted = False
        self.view: ReadView | None = None
        self.lock: Callable[[str, int], bool] = _no_lock
        self.session: SqlSession | None = None
        self.patient = patient
        self._woken = threading.Event()
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        # Foreign keys are looked after row by row, so that what they change has versions and locks too.
        self._connection.execute("PRAGMA foreign_keys = OFF")
        self._connection.execute("PRAGMA case_sensitive_like = ON")
        self._connection.execute("PRAGMA recursive_triggers = OFF")
        for name, compare in collation_functions().items():
            self._connection.create_collation(name, compare)
        for each in {function.name: function for function in FUNCTIONS.values()}.values():
            call = each.call if each.nulls else for_values(each.call)
            self._connection.create_function(each.name, -1, self._kept(call), deterministic=each.pure)
        for name, (call, count) in INTERNAL.items():
            self._connection.create_function(name, count, self._kept(call), deterministic=name not in IMPURE)
        for name, (call, count) in surroundings.items():
            self._connection.create_function(name, count, self._kept(call))
        for name, (aggregate, count) in AGGREGATES.items():
            if hasattr(aggregate, "inverse"):
                self._connection.create_window_function(name, count, self._kept_class(aggregate))
            else:
                self._connection.create_aggregate(name, count, self._kept_class(aggregate))
                self._connection.create_window_function(WINDOWED + name, count, self._kept_class(windowed(aggregate)))
        self._connection.create_function("unseen", 1, self._unseen)
        self._connection.create_function("of_others", 1, self._of_others)
        self._connection.create_function("lock_row", 2, self._kept(lambda key, row: self.lock(key, row)))
        self._connection.create_function("sleep_for", 1, self._kept(self._sleep))
        for name, (call, *_) in SESSION_FUNCTIONS.items():
            self._connection.create_function(f"session_{name}", -1, self._kept(self._of_session(call)))
        self._connection.create_function("system_rows", 2, self._kept(self._system_rows))
        self._connection.set_progress_handler(self._is_over, _STEPS)

    def execute(self, text: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement of SQLite's.

        Raises:
            Refused: a function of ours refused a value.
            Waiting: a row is locked.
            TooSlow: the deadline is over, or the statement was interrupted.
            sqlite3.Error: SQLite refuses.
        """
        self.problem = None
        try:
            return self._connection.execute(text, parameters)
        except sqlite3.Error as error:
            less_deep = self._less_deep(text, error)
        return self.execute(less_deep, parameters)

    def rows(self, text: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; raises what :meth:`execute` does."""
        self.problem = None
        try:
            return self._connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            less_deep = self._less_deep(text, error)
        return self.rows(less_deep, parameters)

    def rows_at_once(self, text: str, parameters: Parameters, seconds: float) -> list[tuple[Any, ...]]:
        """All rows of a query that takes no longer than so many seconds, and makes no large values.

        Raises:
            TooSlow: it does.
            Exception: what :meth:`execute` raises.
        """
        if seconds == _FOREVER:
            return self.rows(text, parameters)
        self.deadline = time.monotonic() + seconds
        # A function that is at work cannot be interrupted.
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGE)
        hurry(yes=True)
        try:
            return self.rows(text, parameters)
        finally:
            self.deadline = _FOREVER
            hurry(yes=False)
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)

    def chunks(self, text: str, parameters: Parameters = (), size: int = 500) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, so many at a time; raises what :meth:`execute` does."""
        self.problem = None
        try:
            cursor = self._connection.execute(text, parameters)
            while rows := cursor.fetchmany(size):
                yield rows
            return
        except sqlite3.Error as error:
            less_deep = self._less_deep(text, error)
        yield from self.chunks(less_deep, parameters, size)

    def _less_deep(self, text: str, error: sqlite3.Error) -> str:
        """A query that is nested deeper than SQLite's parser goes, with less nesting.

        Args:
            text: a statement.
            error: what SQLite says of it; unless it is this, its meaning is raised.
        """
        if str(error) != TOO_DEEP or not text.startswith(("SELECT", "WITH")) or is_unnested(text):
            raise self._meaning(error) from None
        return unnested(text)

    def _meaning(self, error: sqlite3.Error) -> Exception:
        """The error that has made SQLite fail: a function's own, an interruption, or SQLite's."""
        problem, self.problem = self.problem, None
        if problem is not None:
            return problem
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_INTERRUPT or (code == sqlite3.SQLITE_TOOBIG and self.deadline < _FOREVER):
            return TooSlow()
        return beyond_bounds(str(error)) or error

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is changed within is changed as a whole, or not at all; within another such, that one counts."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def interrupt(self) -> None:
        """End the statement under way, from another thread; :attr:`interrupted` is to be cleared before the next."""
        self.interrupted = True
        self._woken.set()

    def begin_anew(self) -> None:
        """Forget an interruption."""
        self.interrupted = False
        self._woken.clear()

    def _of_session(self, call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: call(self.session, *arguments)

    def _system_rows(self, database: str, name: str) -> str:
        """The rows of one of the server's own tables, as JSON; however long telling them takes, it is done once."""
        assert self.session is not None
        told = here().told
        if (database, name) not in told:
            deadline, self.deadline = self.deadline, _FOREVER
            try:
                told[database, name] = self.session.store.system.rows(database, name, self.session)
            finally:
                self.deadline = deadline
        return told[database, name]

    def _is_over(self) -> bool:
        return self.interrupted or (self.deadline < _FOREVER and time.monotonic() > self.deadline)

    def _unseen(self, number: int) -> bool:
        return self.view is not None and not self.view.sees(number)

    def _of_others(self, number: int) -> bool:
        """Whether a change is of another transaction under way."""
        assert self.session is not None
        return number in self.session.store.versions.writers and number != self.session.asking.number

    def _sleep(self, seconds: float) -> int:
        if seconds <= 0:
            return 0
        if not self.patient:
            raise TooSlow
        if self._woken.wait(min(seconds, threading.TIMEOUT_MAX)):
            raise TooSlow
        return 0

    @property
    def raw(self) -> sqlite3.Connection:
        """SQLite's own."""
        return self._connection

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def _kept_class(self, aggregate: type) -> type:
        """An aggregate whose problems are kept."""
        names = [name for name in ("step", "inverse", "value", "finalize") if hasattr(aggregate, name)]
        return type(aggregate.__name__, (aggregate,), {name: self._kept(getattr(aggregate, name)) for name in names})

    def _kept(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def kept(*arguments: Any) -> Any:
            try:
                return call(*arguments)
            except Exception as problem:
                self.problem = problem
                raise

        return kept


def _no_lock(key: str, row: int) -> bool:  # noqa: ARG001
    return True
