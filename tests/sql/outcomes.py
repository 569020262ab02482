"""What a server answers to the statements of a session, asked through PyMySQL and recorded as plain values."""

from __future__ import annotations

import re
import struct
from typing import Any

import attrs
import pymysql
from corpus import Session, Statement
from pymysql.connections import Connection
from pymysql.constants import FLAG

SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
"""The default of MySQL 8.4; that of MariaDB is another."""

SET_UP = (
    f"SET SESSION sql_mode = '{SQL_MODE}'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION group_concat_max_len = 1024",
)
"""What makes a connection to MariaDB like one to MySQL 8.4."""

CHARACTER_SET = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
"""A collation that both have, and that their drivers ask for; the default of MySQL 8.4 is not in MariaDB 10.11."""

LOST = 2013
"""The client's error for a connection that broke, or a server that did not answer in time."""

BROKEN = (ValueError, LookupError, TypeError, AssertionError, struct.error)
"""What PyMySQL raises for packets that are not as they should be; nothing that follows them can be read."""

FLAGS = {value: name for name, value in vars(FLAG).items() if name.isupper() and name not in ("GROUP", "UNIQUE")}
FLAGS |= {0x1000: "NO_DEFAULT_VALUE", 0x2000: "ON_UPDATE_NOW"}
"""The names of the flags of a column, but for those that tell how a query is run."""

BINARY = 63
"""The number of the character set of what is no text."""

_COUNTS = re.compile(r"\b(ROW_COUNT|FOUND_ROWS|GET\s+DIAGNOSTICS|SHOW\s+(COUNT|WARNINGS|ERRORS)|@@\w*_count)", re.I)


@attrs.frozen
class Address:
    """Where a server listens, and who logs in.

    Attributes:
        port: the TCP port.
        host: an address of this machine.
        user: one who may make and drop databases.
        password: the user's.
        patience: how long an answer may take, in seconds.
    """

    port: int
    host: str = "127.0.0.1"
    user: str = "root"
    password: str = ""
    patience: float = 10.0

    def connect(self) -> Connection[Any]:
        """A connection with autocommit on and no database chosen."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            charset="utf8mb4",
            autocommit=None,
            ssl_disabled=True,
            connect_timeout=int(self.patience) or 1,
            read_timeout=self.patience,
            write_timeout=self.patience,
        )


@attrs.frozen
class Failure:
    """An error packet, or a connection that broke (``LOST``)."""

    code: int
    sqlstate: str
    message: str


@attrs.frozen
class ColumnSeen:
    """A column's definition as the protocol gives it.

    Attributes:
        name: the label.
        type: the type code.
        length: what it says of the length of values, in bytes.
        decimals: what it says of digits behind the point.
        flags: the names of those that are set.
        binary: whether its character set is binary.
        table: the name of the table, not its alias; ``""`` for an expression.
        origin: the database, the alias of the table, and the column's own name.
    """

    name: str
    type: int
    length: int
    decimals: int
    flags: frozenset[str]
    binary: bool
    table: str
    origin: tuple[str, str, str]


@attrs.frozen
class Outcome:
    """What came back for one statement; of rows or no rows, or an error.

    Attributes:
        failure: the error; then nothing else is set.
        columns: of a result with rows, else empty.
        rows: the values as PyMySQL converts them.
        affected: the affected rows of an OK packet; 0 with rows.
        insert_id: the last insert id of an OK packet; 0 with rows.
        info: the text of an OK packet.
        warnings: level and code of each.
    """

    failure: Failure | None = None
    columns: tuple[ColumnSeen, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    affected: int = 0
    insert_id: int = 0
    info: str = ""
    warnings: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        if self.failure:
            return f"error {self.failure.code} {self.failure.sqlstate} {self.failure.message}"
        told = [f"{level} {code}" for level, code in self.warnings]
        if not self.columns:
            told = [f"{self.affected} affected", f"insert id {self.insert_id}", *filter(None, [self.info]), *told]
            return f"ok: {', '.join(told)}"
        names = ", ".join(f"{column.name}:{column.type}" for column in self.columns)
        rows = " ".join(map(repr, self.rows[:12])) + (f" … {len(self.rows)} rows" if len(self.rows) > 12 else "")
        return f"rows [{names}] {rows or 'none'} {' '.join(told)}".rstrip()


@attrs.frozen
class Recorded:
    """A statement and its outcome."""

    statement: Statement
    outcome: Outcome


def play(session: Session, address: Address) -> list[Recorded]:
    """Send a session's statements one after the other.

    Args:
        session: its database is made before, and dropped at the end.
        address: the server.

    Returns:
        What makes the database and the connections ready, as the statements of line 0, and then the session's.
    """
    with _Connections(session, address) as connections:
        for number, statement in enumerate(session.statements):
            following = session.statements[number + 1].text if number + 1 < len(session.statements) else ""
            connections.send(statement, list_warnings=not _COUNTS.search(following))
        return connections.recorded


class _Connections:
    """The connections of a session, each opened when it is first used."""

    def __init__(self, session: Session, address: Address) -> None:
        self.session, self.address = session, address
        self.open: dict[str, Connection[Any] | Failure] = {}
        self.recorded: list[Recorded] = []

    def __enter__(self) -> _Connections:
        name = self.session.database
        self._connect("a", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} {CHARACTER_SET}")
        return self

    def __exit__(self, *exception: object) -> None:
        for connection in self.open.values():
            if isinstance(connection, Connection) and connection.open:
                connection.close()
        drop(self.address, self.session.database)

    def send(self, statement: Statement, list_warnings: bool = True) -> None:
        """Record what a statement answers; one for a connection that is gone fails as that connection did."""
        if statement.connection not in self.open:
            self._connect(statement.connection)
        connection = self.open[statement.connection]
        if isinstance(connection, Failure):
            outcome = Outcome(connection)
        else:
            outcome = ask(connection, statement.text, list_warnings)
            if not connection.open:
                self.open[statement.connection] = outcome.failure or Failure(LOST, "", "the connection was closed")
        self.recorded.append(Recorded(statement, outcome))

    def _connect(self, letter: str, *first: str) -> None:
        try:
            self.open[letter] = self.address.connect()
        except (pymysql.MySQLError, OSError) as error:
            self.open[letter] = failure_of(error)
        for text in (*first, *SET_UP, f"USE {self.session.database}"):
            ignored = frozenset({"warnings", "affected"})
            self.send(Statement(text, 0, letter, ignored), list_warnings=False)


def drop(address: Address, database: str) -> None:
    """Drop a database, if it can be done."""
    try:
        connection = address.connect()
    except (pymysql.MySQLError, OSError):
        return
    ask(connection, f"DROP DATABASE IF EXISTS {database}")
    if connection.open:
        connection.close()


def ask(connection: Connection[Any], text: str, list_warnings: bool = True) -> Outcome:
    """Send one statement and take all that comes back; of several results the first one counts.

    Args:
        connection: is closed if the server breaks it, or does not answer in time.
        text: the statement.
        list_warnings: ask with SHOW WARNINGS for those that the answer counts; not where the next statement
            would see that another one came in between.
    """
    try:
        connection.query(text)
        result = connection._result
        while connection._result.has_next:
            connection.next_result()
        warnings = _warnings(connection) if result.warning_count and list_warnings else ()
    except (pymysql.MySQLError, OSError, *BROKEN) as error:
        failure = failure_of(error)
        if 2000 <= failure.code < 3000 and connection.open:
            connection._force_close()
        return Outcome(failure)
    if result.description is None:
        info = _info(result.message or b"")
        return Outcome(None, (), (), result.affected_rows, result.insert_id, info, warnings)
    columns = tuple(
        ColumnSeen(
            field.name,
            field.type_code,
            field.length,
            field.scale,
            frozenset(name for bit, name in FLAGS.items() if field.flags & bit),
            field.charsetnr == BINARY,
            field.org_table,
            (field.db.decode(), field.table_name, field.org_name),
        )
        for field in result.fields
    )
    return Outcome(None, columns, tuple(result.rows), warnings=warnings)


def failure_of(error: Exception) -> Failure:
    """The error of a server or of the driver as a value."""
    if isinstance(error, pymysql.MySQLError) and len(error.args) >= 2 and isinstance(error.args[0], int):
        return Failure(error.args[0], getattr(error, "sqlstate", None) or "", str(error.args[1]))
    return Failure(LOST, "", f"{type(error).__name__}: {error}")


def _info(message: bytes) -> str:
    """The text of an OK packet without the length before it, which PyMySQL leaves there."""
    begins_with_length = message and message[0] == len(message) - 1
    return message[1 if begins_with_length else 0 :].decode(errors="replace")


def _warnings(connection: Connection[Any]) -> tuple[tuple[str, int], ...]:
    connection.query("SHOW WARNINGS")
    return tuple((row[0], int(row[1])) for row in connection._result.rows or ())
