"""What stands in the server's own tables, for SHOW and for information_schema alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sockservice.answers import Column, Value
from sockservice.collations import charsets, collations
from sockservice.interfaces import ISession
from sockservice.responder.chatter import variables
from sockservice.responder.chatter.catalogue import SCHEMAS, tables
from sockservice.responder.chatter.status_variables import status

Row = tuple[Value, ...]

ENGINES: Final[Sequence[Row]] = (
    ("ARCHIVE", "YES", "Archive storage engine", "NO", "NO", "NO"),
    ("BLACKHOLE", "YES", "/dev/null storage engine (anything you write to it disappears)", "NO", "NO", "NO"),
    ("MRG_MYISAM", "YES", "Collection of identical MyISAM tables", "NO", "NO", "NO"),
    ("FEDERATED", "NO", "Federated MySQL storage engine", None, None, None),
    ("MyISAM", "YES", "MyISAM storage engine", "NO", "NO", "NO"),
    ("PERFORMANCE_SCHEMA", "YES", "Performance Schema", "NO", "NO", "NO"),
    ("InnoDB", "DEFAULT", "Supports transactions, row-level locking, and foreign keys", "YES", "YES", "YES"),
    ("MEMORY", "YES", "Hash based, stored in memory, useful for temporary tables", "NO", "NO", "NO"),
    ("CSV", "YES", "CSV storage engine", "NO", "NO", "NO"),
)
"""Engine, support, comment, transactions, XA, savepoints."""

PLUGINS: Final[Sequence[Row]] = (
    ("binlog", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("sha256_password", "ACTIVE", "AUTHENTICATION", None, "GPL"),
    ("caching_sha2_password", "ACTIVE", "AUTHENTICATION", None, "GPL"),
    ("mysql_native_password", "ACTIVE", "AUTHENTICATION", None, "GPL"),
    ("InnoDB", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("MyISAM", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("MEMORY", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("CSV", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("PERFORMANCE_SCHEMA", "ACTIVE", "STORAGE ENGINE", None, "GPL"),
    ("ngram", "ACTIVE", "FTPARSER", None, "GPL"),
)
"""Name, status, type, library, licence."""

PRIVILEGES: Final[Sequence[Row]] = (
    ("Alter", "Tables", "To alter the table"),
    ("Create", "Databases,Tables,Indexes", "To create new databases and tables"),
    ("Create user", "Server Admin", "To create new users"),
    ("Create view", "Tables", "To create new views"),
    ("Delete", "Tables", "To delete existing rows"),
    ("Drop", "Databases,Tables", "To drop databases, tables, and views"),
    ("Execute", "Functions,Procedures", "To execute stored routines"),
    ("Index", "Tables", "To create or drop indexes"),
    ("Insert", "Tables", "To insert data into tables"),
    ("Lock tables", "Databases", "To use LOCK TABLES (together with SELECT privilege)"),
    ("Process", "Server Admin", "To view the plain text of currently executing queries"),
    ("References", "Databases,Tables", "To have references on tables"),
    ("Select", "Tables", "To retrieve rows from table"),
    ("Show databases", "Server Admin", "To see all databases with SHOW DATABASES"),
    ("Trigger", "Tables", "To use triggers"),
    ("Update", "Tables", "To update existing rows"),
    ("Usage", "Server Admin", "No privileges - allow connect only"),
)
"""Privilege, context, comment."""


_GLOBAL_PRIVILEGES: Final = (
    "SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,RELOAD,SHUTDOWN,PROCESS,FILE,REFERENCES,INDEX,ALTER,SHOW DATABASES,SUPER,"
    "CREATE TEMPORARY TABLES,LOCK TABLES,EXECUTE,REPLICATION SLAVE,REPLICATION CLIENT,CREATE VIEW,SHOW VIEW,"
    "CREATE ROUTINE,ALTER ROUTINE,CREATE USER,EVENT,TRIGGER,CREATE TABLESPACE,CREATE ROLE,DROP ROLE"
).split(",")
"""What ALL PRIVILEGES ON *.* stands for (MySQL 8.4 manual, 8.2.2)."""


def charset_rows() -> list[Row]:
    """Name, description, default collation, longest character in bytes."""
    return [(one.name, one.description, one.default_collation, one.max_length) for one in charsets().values()]


def collation_rows() -> list[Row]:
    """Name, character set, number, Yes where it is the default, compiled, sort length, padding."""
    return [
        (
            one.name,
            one.charset.name,
            one.collation_id,
            "Yes" if one.is_default else "",
            "Yes",
            0 if one.name == "utf8mb4_0900_bin" else 1,
            "PAD SPACE" if one.pads else "NO PAD",
        )
        for one in collations().values()
    ]


def database_names(session: ISession, databases: Iterable[str]) -> list[str]:
    """The databases that there are: the server's own, those it was given, and the one in use."""
    return sorted({*SCHEMAS, *databases, *([session.database] if session.database else [])})


def process_rows(session: ISession, info_length: int | None = None) -> list[Row]:
    """Id, user, host, database, command, seconds, state, statement of each session.

    Args:
        session: who asks.
        info_length: characters of the statement to show, or None for all.
    """
    now = time.time()
    return [
        (
            other.connection_id,
            other.user,
            other.host,
            other.database or None,
            other.command,
            max(0, int(now - other.since)),
            "executing" if other.info else "",
            None if other.info is None else other.info[:info_length],
        )
        for other in sorted(session.server.sessions.values(), key=lambda one: int(one.connection_id))
    ]


def _schemata(session: ISession, databases: Iterable[str]) -> list[Row]:
    rows: list[Row] = []
    for name in database_names(session, databases):
        system = name in ("information_schema", "performance_schema")
        charset, collation = ("utf8mb3", "utf8mb3_general_ci") if system else ("utf8mb4", "utf8mb4_0900_ai_ci")
        rows.append(("def", name, charset, collation, None, "NO"))
    return rows


def _plugins(_session: ISession, _databases: Iterable[str]) -> list[Row]:
    return [
        (name, "1.0", state, kind, "80400.0", library, None, "", "", licence, "ON")
        for name, state, kind, library, licence in PLUGINS
    ]


def _accounts(session: ISession) -> list[tuple[str, str]]:
    """The users and hosts of the accounts that sessions are let in by: no others are known here."""
    names = {str(other.current_user) for other in session.server.sessions.values()} | {str(session.current_user)}
    return [(user, host) for user, _, host in sorted(name.rpartition("@") for name in names)]


def _user_privileges(session: ISession, _databases: Iterable[str]) -> list[Row]:
    return [
        (f"'{user}'@'{host}'", "def", privilege, "YES")
        for user, host in _accounts(session)
        for privilege in _GLOBAL_PRIVILEGES
    ]


def _users(session: ISession, _databases: Iterable[str]) -> list[Row]:
    """The accounts with all privileges, and without their passwords."""
    rows: list[Row] = []
    for user, host in _accounts(session):
        known: dict[str, Value] = {"Host": host, "User": user, "plugin": "caching_sha2_password"}
        rows.append(tuple(known.get(column.name, _usual(column)) for column in tables()["mysql", "user"]))
    return rows


def _usual(column: Column) -> Value:
    """What stands in a column of mysql.user for an account of which nothing was said."""
    name, kind = column.name, column.type.name
    if name.endswith("_priv"):
        return "Y"
    if name in ("password_expired", "account_locked"):
        return "N"
    if name.startswith("max_"):
        return 0
    return "" if name.startswith(("ssl_", "x509_")) or kind == "TEXT" else None


_TABLES: Final[Mapping[str, Callable[[ISession, Iterable[str]], Sequence[Row]]]] = {
    "information_schema.schemata": _schemata,
    "information_schema.engines": lambda _session, _databases: ENGINES,
    "information_schema.plugins": _plugins,
    "information_schema.character_sets": lambda _session, _databases: [
        (name, collation, words, size) for name, words, collation, size in charset_rows()
    ],
    "information_schema.collations": lambda _session, _databases: collation_rows(),
    "information_schema.collation_character_set_applicability": lambda _session, _databases: [
        row[:2] for row in collation_rows()
    ],
    "information_schema.user_privileges": _user_privileges,
    "mysql.user": _users,
    "information_schema.processlist": lambda session, _databases: process_rows(session),
    "performance_schema.processlist": lambda session, _databases: [(*row, "PRIMARY") for row in process_rows(session)],
    "performance_schema.global_variables": lambda session, _databases: list(variables.shown(session, of_session=False)),
    "performance_schema.session_variables": lambda session, _databases: list(variables.shown(session, of_session=True)),
    "performance_schema.global_status": lambda session, _databases: status(session),
    "performance_schema.session_status": lambda session, _databases: status(session),
    "performance_schema.session_connect_attrs": lambda session, _databases: [
        (other.connection_id, name, value, place)
        for other in session.server.sessions.values()
        for place, (name, value) in enumerate(other.client.items())
    ],
    "sys.version": lambda session, _databases: [("2.1.2", session.server.version)],
}


def rows_of(schema: str, table: str, session: ISession, databases: Iterable[str]) -> Sequence[Row]:
    """The rows of a table of the catalogue, most of which have none: no user table exists.

    Args:
        schema: its database in lower case.
        table: its name in lower case.
        session: who asks.
        databases: those that the server was given.
    """
    make = _TABLES.get(f"{schema}.{table}")
    return make(session, databases) if make else ()
