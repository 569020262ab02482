from __future__ import annotations

from typing import Any

from dbapi import AsyncioConnection
from installed import driver
from operations import Operations

asyncmy = driver("asyncmy")
errors = driver("asyncmy.errors")


class TestAsyncmy(Operations):
    def connect(self, **settings: Any) -> AsyncioConnection:
        return AsyncioConnection(errors.MySQLError, asyncmy.connect, **settings, charset="utf8mb4")
