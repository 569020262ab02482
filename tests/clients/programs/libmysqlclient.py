"""Oracle's libmysqlclient behind JSON lines; ``../process_client.py`` says what the lines hold.

It is inside the C extension of mysql-connector-python, which brings its own OpenSSL and loads only into a process
that has loaded no other: hence a program, and hence the first import.
"""

from __future__ import annotations

# isort: off
from _mysql_connector import MySQLInterfaceError  # must be the first, see above

# isort: on
import datetime
import json
import sys
from decimal import Decimal
from typing import Any

import mysql.connector
from mysql.connector.connection_cext import CMySQLConnection
from mysql.connector.constants import FieldType
from mysql.connector.pooling import MySQLConnectionPool

BINARY = 63
OPTIONS = "tls zlib socket multi infile".split()
PLUGINS = "mysql_native_password caching_sha2_password sha256_password mysql_clear_password".split()


def arguments(settings: dict[str, Any]) -> dict[str, Any]:
    """The connector's arguments for our settings."""
    options = {word: settings.pop(word, None) for word in (*OPTIONS, *PLUGINS)}
    given = {**settings, "charset": "utf8mb4", "allow_local_infile": bool(options["infile"])}
    if options["tls"]:
        given |= {"ssl_ca": options["tls"], "ssl_verify_cert": True, "ssl_verify_identity": True}
    else:
        given["ssl_disabled"] = True
    if options["mysql_clear_password"]:
        given["auth_plugin"] = "mysql_clear_password"
    if options["zlib"]:
        given["compress"] = True
    if options["socket"]:
        given |= {"unix_socket": options["socket"], "host": None}
    return given


def shown(cell: Any, column: Any) -> Any:
    """A cell as the server's own text, or what the connector made of it, or bytes in hexadecimal."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, (bytes, bytearray)):
        is_bytes = column[8] == BINARY and column[1] in (FieldType.BLOB, FieldType.STRING, FieldType.VAR_STRING)
        return {"hex": cell.hex()} if is_bytes or column[1] in (FieldType.BIT, FieldType.GEOMETRY) else cell.decode()
    if isinstance(cell, datetime.timedelta):
        microseconds = cell // datetime.timedelta(microseconds=1)
        seconds, fraction = divmod(abs(microseconds), 1_000_000)
        minus = "-" if microseconds < 0 else ""
        return f"{minus}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
    return str(cell)


READERS = {
    "int": int,
    "double": float,
    "decimal": Decimal,
    "text": str,
    "hex": bytes.fromhex,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
}


def bound(value: dict[str, str] | None) -> Any:
    """A parameter as the connector takes it."""
    if value is None:
        return None
    ((kind, text),) = value.items()
    if kind != "time":
        return READERS[kind](text)
    hours, minutes, seconds = text.lstrip("-").split(":")
    span = datetime.timedelta(hours=int(hours), minutes=int(minutes), microseconds=int(Decimal(seconds) * 1_000_000))
    return -span if text.startswith("-") else span


class Client:
    """The verbs, by name."""

    def __init__(self) -> None:
        self.connections: dict[int, CMySQLConnection] = {}

    def offers(self) -> dict[str, Any]:
        verbs = ["execute", "reset", "change_user", "pool"]
        return {"offers": [*verbs, *OPTIONS, *PLUGINS]}

    def connect(self, on: int, settings: dict[str, Any]) -> None:
        self.connections[on] = CMySQLConnection(**arguments(settings))

    def results(self, on: int, sql: str, params: tuple[Any, ...] = (), **kind: Any) -> dict[str, Any]:
        results = []
        cursor = self.connections[on].cursor(**kind)
        cursor.execute(sql, params)
        while True:
            columns = cursor.description or []
            rows = [list(map(shown, row, columns)) for row in (cursor.fetchall() if columns else [])]
            result: dict[str, Any] = {"labels": [column[0] for column in columns], "rows": rows}
            if not columns:
                result |= {"affected_rows": cursor.rowcount, "last_insert_id": cursor.lastrowid}
            results.append(result)
            if not cursor.nextset():
                cursor.close()
                return {"results": results}

    def query(self, on: int, sql: str) -> dict[str, Any]:
        return self.results(on, sql, raw=True)

    def execute(self, on: int, sql: str, params: list[Any]) -> dict[str, Any]:
        return self.results(on, sql, tuple(map(bound, params)), prepared=True)

    def ping(self, on: int) -> None:
        self.connections[on].ping()

    def begin(self, on: int) -> None:
        self.connections[on].start_transaction()

    def commit(self, on: int) -> None:
        self.connections[on].commit()

    def rollback(self, on: int) -> None:
        self.connections[on].rollback()

    def reset(self, on: int) -> None:
        self.connections[on].cmd_reset_connection()

    def change_user(self, on: int, settings: dict[str, Any]) -> None:
        self.connections[on].cmd_change_user(settings["user"], settings["password"], settings["database"])

    def close(self, on: int) -> None:
        self.connections[on].close()

    def pool(self, settings: dict[str, Any], size: int, times: int) -> dict[str, Any]:
        pool = MySQLConnectionPool(pool_size=size, **arguments(settings))
        numbers = []
        for _ in range(times):
            with pool.get_connection() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT CONNECTION_ID()")
                numbers.append(cursor.fetchone()[0])
        return {"numbers": numbers}


def main() -> None:
    client = Client()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(client, request.pop("do"))(**request) or {}
        except (mysql.connector.Error, MySQLInterfaceError) as error:
            if error.errno < 1000 or 2000 <= error.errno < 3000:
                answer = {"lost": str(error)}
            else:
                answer = {"code": error.errno, "sqlstate": error.sqlstate, "message": error.msg}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__" and "--check" not in sys.argv:
    main()
