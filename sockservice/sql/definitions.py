"""Statements that change definitions, within the transactions of their session and those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from sockservice.answers import Answer
from sockservice.sql import ddl
from sockservice.sql.locks import TABLE
from sockservice.sql.running import Work
from sockservice.sql.taken_apart import understood
from sockservice.sql.transaction import Transaction

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

NODES: Final = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
"""What the reader of SQL makes of them."""


def define(session: SqlSession, node: exp.Expression) -> Work[Answer]:
    """Run a statement that changes definitions: what was changed before is committed.

    Args:
        session: whose.
        node: the statement, one of :data:`NODES`.

    Raises:
        Refused: as MySQL does.
    """
    if not _is_temporary(node):
        session.commit()
    keys = {
        table.key
        for each in node.find_all(exp.Table)
        if (table := session.store.catalog.table(_database(each) or session.database, each.name)) is not None
    }
    for key in keys:
        yield from _wait_until_unused(session, key)
    with understood(session.text):
        answer = ddl.run(session, node)
    for key in keys:
        session.store.versions.forget(key)
    return answer


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


def _is_temporary(node: exp.Expression) -> bool:
    """Whether a statement makes or drops a temporary table, which commits nothing."""
    return node.find(exp.TemporaryProperty) is not None or bool(node.args.get("temporary"))


def _database(node: exp.Table) -> str:
    return str(node.args["db"].name) if node.args.get("db") else ""
