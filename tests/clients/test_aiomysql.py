from __future__ import annotations

from typing import Any

from dbapi import AsyncioConnection
from installed import driver
from operations import Operations

aiomysql = driver("aiomysql")


class TestAiomysql(Operations):
    def connect(self, database: str | None, **settings: Any) -> AsyncioConnection:
        return AsyncioConnection(aiomysql.MySQLError, aiomysql.connect, **settings, db=database, charset="utf8mb4")
