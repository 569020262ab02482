"""A connection to SQLite that knows MySQL's functions and collations."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sockservice.sql import functions, storing  # noqa: F401 - they enter themselves
from sockservice.sql.collating import collation_functions
from sockservice.sql.gathering import AGGREGATES
from sockservice.sql.registry import FUNCTIONS, IMPURE, INTERNAL, for_values


class Connection:
    """One connection.

    What a function of ours raises reaches SQLite as a bare failure; the error itself is kept in :attr:`problem`, and
    raised by :meth:`execute` in its place.

    Args:
        path: the database.
        surroundings: functions beside the dialect's, by name: Python and number of arguments.
    """

    def __init__(self, path: Path, surroundings: dict[str, tuple[Callable[..., Any], int]]) -> None:
        self.problem: Exception | None = None
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
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

    def execute(self, text: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run one statement of SQLite's.

        Raises:
            Refused: a function of ours refused a value.
            Waiting: a row is locked.
            sqlite3.Error: SQLite refuses.
        """
        self.problem = None
        try:
            return self._connection.execute(text, parameters)
        except sqlite3.Error:
            problem, self.problem = self.problem, None
            if problem is not None:
                raise problem from None
            raise

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
