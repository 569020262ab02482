"""The errors that faults give, as the server that the greeting names would word them.

MySQL's are those of :mod:`sockservice.error_codes`. MariaDB's that differ were taken from a MariaDB 10.11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sockservice.answers import Error, Request
from sockservice.error_codes import MySQLError, by_name
from sockservice.responder.faults.statement_class import first_table

_NOWAIT: Final = MySQLError(
    "ER_LOCK_WAIT_TIMEOUT", 1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"
)
_OF_MARIADB: Final[Mapping[str, MySQLError]] = {
    "ER_DISK_FULL": MySQLError(
        "ER_DISK_FULL", 1021, "HY000", 'Disk full (%s); waiting for someone to free some space... (errno: %s "%s")'
    ),
    "ER_HOST_IS_BLOCKED": MySQLError(
        "ER_HOST_IS_BLOCKED",
        1129,
        "HY000",
        "Host '%s' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'",
    ),
    "ER_LOCK_NOWAIT": _NOWAIT,
    "ER_MUST_CHANGE_PASSWORD": MySQLError(
        "ER_MUST_CHANGE_PASSWORD", 1820, "HY000", "You must SET PASSWORD before executing this statement"
    ),
    "ER_MUST_CHANGE_PASSWORD_LOGIN": MySQLError(
        "ER_MUST_CHANGE_PASSWORD_LOGIN",
        1862,
        "HY000",
        "Your password has expired. To log in you must change it using a client that supports expired passwords",
    ),
    "ER_OPTION_PREVENTS_STATEMENT": MySQLError(
        "ER_OPTION_PREVENTS_STATEMENT",
        1290,
        "HY000",
        "The MariaDB server is running with the %s option so it cannot execute this statement",
    ),
    "ER_QUERY_TIMEOUT": MySQLError(
        "ER_STATEMENT_TIMEOUT", 1969, "70100", "Query execution was interrupted (max_statement_time exceeded)"
    ),
    "ER_SESSION_WAS_KILLED": MySQLError("ER_CONNECTION_KILLED", 1927, "70100", "Connection was killed"),
}


def is_mariadb(request: Request) -> bool:
    """Whether the server is taken for a MariaDB."""
    return "mariadb" in request.session.server.version.lower()


def refusal(request: Request, name: str, *details: object) -> Error:
    """An error as the server words it.

    Args:
        request: whose answer it is.
        name: MySQL's name of the error.
        details: what the text names, in MySQL's order.
    """
    entry = _OF_MARIADB.get(name) if is_mariadb(request) else None
    if entry is None:
        entry = by_name(name)
    return Error(entry.code, entry.sqlstate, entry.filled(*details))


def access_denied(request: Request, *, with_password: bool) -> Error:
    """ER_ACCESS_DENIED_ERROR for the user who logs in."""
    session = request.session
    return refusal(request, "ER_ACCESS_DENIED_ERROR", session.user, session.host, "YES" if with_password else "NO")


def table_of(request: Request) -> tuple[str, str]:
    """The database and the name of the table that a statement is about; ``?`` for what it does not say."""
    database, table = first_table(request.text) or ("", "?")
    return database or request.session.database or "?", table
