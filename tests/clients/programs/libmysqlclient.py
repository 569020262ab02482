"""Oracle's libmysqlclient behind JSON lines; ``process_client.py`` says what the lines hold.

It is inside the C extension of mysql-connector-python, which brings its own OpenSSL and loads only into a process
that has loaded no other: hence a program, and hence the first import.
"""

from __future__ import annotations

# isort: off
import _mysql_connector  # noqa: F401 - must be the first, see above

# isort: on
import json
import sys
from typing import Any

import mysql.connector
from mysql.connector.connection_cext import CMySQLConnection
from mysql.connector.constants import FieldType

BINARY = 63


def shown(cell: bytes | bytearray | str | None, column: Any) -> Any:
    """The server's own text, which ``raw`` gives out."""
    if cell is None or isinstance(cell, str):
        return cell
    is_blob = column[1] == FieldType.BLOB and column[8] == BINARY
    return {"hex": cell.hex()} if is_blob else cell.decode()


class Client:
    """The operations, by name."""

    connection: CMySQLConnection

    def connect(self, settings: dict[str, Any]) -> None:
        self.connection = CMySQLConnection(**settings, raw=True, charset="utf8mb4")

    def query(self, sql: str) -> dict[str, Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            columns = cursor.description or []
            rows = [list(map(shown, row, columns)) for row in (cursor.fetchall() if columns else [])]
            labels = [column[0] for column in columns]
            changes = {"affected_rows": cursor.rowcount, "last_insert_id": cursor.lastrowid}
            return {"labels": labels, "rows": rows, **changes}

    def ping(self) -> None:
        self.connection.ping()

    def begin(self) -> None:
        self.connection.start_transaction()

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()

    def close(self) -> None:
        self.connection.close()


def main() -> None:
    client = Client()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(client, request.pop("do"))(**request) or {}
        except mysql.connector.Error as error:
            answer = {"code": error.errno, "sqlstate": error.sqlstate, "message": error.msg}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__" and "--check" not in sys.argv:
    main()
