"""A statement that changes definitions, once it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from sockservice.answers import Answer
from sockservice.sql.literals import Folded
from sockservice.sql.running import Work
from sockservice.sql.schema import Table

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


Change = Callable[[Folded], Work[Answer]]
"""Runs a statement that changes rows."""


class Definition(Protocol):
    """The statement."""

    @property
    def commits(self) -> bool:
        """Whether it ends the transaction under way (MySQL 8.4 manual, 15.3.3)."""

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """The tables that are there and that it changes: it waits until nobody uses them."""

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Run it.

        Args:
            session: whose.
            change: runs what fills a new table.

        Raises:
            Refused: as MySQL does.
        """


def found(session: SqlSession, database: str, name: str) -> list[Table]:
    """The table of a name, or none: for :meth:`Definition.tables`."""
    where = database or session.database
    table = session.temporary(where, name) or session.store.catalog.table(where, name)
    return [] if table is None else [table]
