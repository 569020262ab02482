from __future__ import annotations

from typing import Any

from dbapi import BlockingConnection, PythonProtocol
from installed import driver

mysqlclient = driver("MySQLdb")


class MysqlclientConnection(BlockingConnection):
    def change_user(self, user: str, password: str, database: str) -> None:
        with self._refusals():
            self.raw.change_user(user, password, database)


class TestMysqlclient(PythonProtocol):
    """libmariadb through mysqlclient."""

    shows_sqlstate = False
    connection_class, error = MysqlclientConnection, mysqlclient.MySQLError
    options = {
        "database": lambda name: {"database": name} if name else {},
        "tls": lambda path: {"ssl": {"ca": path}, "ssl_mode": "VERIFY_IDENTITY"},
        "zlib": lambda on: {"compress": on},
        "socket": lambda path: {"unix_socket": path, "host": "localhost"},
        "multi": lambda on: {"multi_statements": on},
        "infile": lambda on: {"local_infile": on},
    }
    absent = {
        "execute": "it writes parameters into the statement's text",
        "cursor": "it prepares no statements",
        "reset": "it has no call for it",
        "pool": "it leaves pools to others",
        "zstd": "libmariadb 3.3 does not have it",
    }

    def driver_connect(self, **arguments: Any) -> Any:
        return mysqlclient.connect(**arguments, charset="utf8mb4")
