from __future__ import annotations

import socket
from typing import Any

import pytest
from dbapi import BlockingConnection
from expectations import INSERT
from installed import driver
from operations import Operations
from servers import RunningServer

pymysql = driver("pymysql")
AUTOCOMMIT, IN_TRANS = 0x0002, 0x0001


class TestPyMySQL(Operations):
    many = 20  # for each connection it loads the certificates of the system, which takes long

    def connect(self, **settings: Any) -> BlockingConnection:
        return BlockingConnection(pymysql.err.MySQLError, pymysql.connect, **settings)

    def test_the_status_bits_follow_the_session(self, server: RunningServer) -> None:
        connection = pymysql.connect(**server.settings, autocommit=True)
        connection.ping()
        assert connection.server_status & (AUTOCOMMIT | IN_TRANS) == AUTOCOMMIT
        connection.begin()
        assert connection.server_status & (AUTOCOMMIT | IN_TRANS) == AUTOCOMMIT | IN_TRANS
        connection.cursor().execute(INSERT)
        assert connection.server_status & IN_TRANS
        connection.rollback()
        assert not connection.server_status & IN_TRANS
        connection.autocommit(False)
        assert connection.get_autocommit() is False
        connection.close()

    def test_a_server_that_refused_a_login_hangs_up(self, server: RunningServer) -> None:
        connection = pymysql.connect(**{**server.settings, "password": "wrong"}, defer_connect=True)
        with socket.create_connection((server.host, server.port), timeout=10) as ours:
            with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
                connection.connect(ours.dup())
            assert ours.recv(1) == b""

    def test_a_result_read_row_by_row(self, server: RunningServer) -> None:
        connection = pymysql.connect(**server.settings, cursorclass=pymysql.cursors.SSCursor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM texts ORDER BY id")
            assert [row[0] for row in cursor] == [1, 2, 3, 4, 5, 6]
        connection.close()

    def test_a_client_that_vanishes_does_no_harm(self, server: RunningServer) -> None:
        connection = pymysql.connect(**server.settings)
        connection._force_close()
        self.connect(**server.settings).close()
