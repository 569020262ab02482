"""Two drivers of Python as the tests of faults use them: what their user sees when something goes wrong."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
from installed import driver

pymysql = driver("pymysql")
connector = driver("mysql.connector")

ERRORS = (pymysql.err.Error, connector.Error)
"""What the two raise on purpose."""
PATIENCE = 30
"""Seconds that a driver waits for bytes; far more than they need."""
BRIEFLY = 2
"""Seconds that it waits where a fault never sends them."""


@attrs.frozen
class Seen:
    """What a driver raised.

    Attributes:
        kind: the name of the exception's class.
        code: the number in it; what there is in its place where it has none.
        sqlstate: the state in it, or None.
        message: the text in it.
    """

    kind: str
    code: Any
    sqlstate: str | None = None
    message: str = attrs.field(default="", eq=False)


class PyMySQL:
    """PyMySQL."""

    name = "pymysql"
    closed: ClassVar = Seen("InterfaceError", 0)

    def connect(self, host: str, port: int, user: str, patience: int = PATIENCE, **more: Any) -> Any:
        waits = {"read_timeout": patience, "connect_timeout": patience}
        return pymysql.connect(**{"host": host, "port": port, "user": user, "ssl_disabled": True, **waits, **more})

    def query(self, connection: Any, sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def in_transaction(self, connection: Any) -> bool:
        return bool(connection.server_status & pymysql.constants.SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    def seen(self, error: Exception) -> Seen:
        code = error.args[0] if error.args else None
        message = str(error.args[1]) if len(error.args) > 1 else str(error)
        return Seen(type(error).__name__, code, getattr(error, "sqlstate", None), message)


class Connector:
    """mysql-connector-python."""

    name = "connector"
    closed: ClassVar = Seen("OperationalError", -1)

    def connect(self, host: str, port: int, user: str, patience: int = PATIENCE, **more: Any) -> Any:
        waits = {"read_timeout": patience, "connection_timeout": patience}
        own = {"use_pure": True, "ssl_disabled": True}
        return connector.connect(**{"host": host, "port": port, "user": user, **own, **waits, **more})

    def query(self, connection: Any, sql: str) -> list[tuple[Any, ...]]:
        cursor = connection.cursor()
        cursor.execute(sql)
        rows = list(cursor.fetchall()) if cursor.description else []
        cursor.close()
        return rows

    def in_transaction(self, connection: Any) -> bool:
        return bool(connection.in_transaction)

    def seen(self, error: Exception) -> Seen:
        code, sqlstate = getattr(error, "errno", None), getattr(error, "sqlstate", None)
        return Seen(type(error).__name__, code, sqlstate, str(getattr(error, "msg", error)))


DRIVERS = (PyMySQL(), Connector())
