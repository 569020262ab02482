from __future__ import annotations

from typing import Any

from dbapi import BlockingConnection
from installed import driver
from operations import Operations

connector = driver("mysql.connector")


class ConnectorConnection(BlockingConnection):
    """Where mysql-connector-python has names of its own."""

    def autocommit(self, on: bool) -> None:
        self.raw.autocommit = on

    def begin(self) -> None:
        self.raw.start_transaction()
        assert self.raw.in_transaction


class TestMySQLConnectorPython(Operations):
    """The pure Python protocol of Oracle's connector."""

    def connect(self, **settings: Any) -> ConnectorConnection:
        return ConnectorConnection(connector.Error, connector.connect, **settings, use_pure=True, ssl_disabled=True)
