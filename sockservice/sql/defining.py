"""A statement of definitions at work, within the transactions of its session and those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sockservice.answers import Answer
from sockservice.sql.definition import Change, Definition
from sockservice.sql.locks import TABLE
from sockservice.sql.running import Work
from sockservice.sql.transaction import Transaction

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


def define(session: SqlSession, definition: Definition, change: Change) -> Work[Answer]:
    """Run a statement that changes definitions: what was changed before is committed.

    Args:
        session: whose.
        definition: the statement.
        change: runs what fills a new table.

    Raises:
        Refused: as MySQL does.
    """
    if definition.commits:
        session.commit()
    locks, asking = session.store.locks, Transaction(tables=session.table_locks)
    tables = [table for table in definition.tables(session) if not table.temporary]
    for table in tables:
        yield from _wait_until_unused(session, table.key)
    for table in tables:
        locks.take(asking, table.key, TABLE, exclusive=True)
    try:
        return (yield from definition.run(session, change))
    finally:
        locks.release(asking)
        asking.end()


def _wait_until_unused(session: SqlSession, key: str) -> Work[None]:
    """Wait until no transaction has read or changed a table (MySQL 8.4 manual, 10.11.4 "Metadata Locking")."""
    asking = Transaction(tables=session.table_locks)
    while True:
        user = session.store.user_of(key) or session.store.locks.in_the_way(
            session.table_locks, key, TABLE, exclusive=True
        )
        if user is None:
            return
        yield from session.wait(asking, user)
