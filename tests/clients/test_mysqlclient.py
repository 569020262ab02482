from __future__ import annotations

from typing import Any

from dbapi import BlockingConnection
from installed import driver
from operations import Operations

mysqlclient = driver("MySQLdb")


class TestMysqlclient(Operations):
    """libmariadb through mysqlclient."""

    shows_sqlstate = False

    def connect(self, database: str | None, **settings: Any) -> BlockingConnection:
        chosen = {"database": database} if database else {}
        return BlockingConnection(mysqlclient.MySQLError, mysqlclient.connect, **settings, **chosen, charset="utf8mb4")
