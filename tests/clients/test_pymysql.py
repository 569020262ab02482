from __future__ import annotations

import socket
from typing import Any

import pytest
from dbapi import BlockingConnection, PythonProtocol
from expectations import INSERT
from installed import driver
from servers import RunningServer

pymysql = driver("pymysql")
driver("nacl")  # for client_ed25519
AUTOCOMMIT, IN_TRANS = 0x0002, 0x0001


class PyMySQLConnection(BlockingConnection):
    def ping(self) -> None:
        self.raw.ping(reconnect=False)


class TestPyMySQL(PythonProtocol):
    connection_class, error = PyMySQLConnection, pymysql.err.MySQLError
    plain = {"ssl_disabled": True}
    options = {
        "tls": lambda path: {"ssl_ca": path, "ssl_verify_cert": True, "ssl_verify_identity": True},
        "socket": lambda path: {"unix_socket": path},
        "multi": lambda on: {"client_flag": pymysql.constants.CLIENT.MULTI_STATEMENTS},
        "infile": lambda on: {"local_infile": on},
    }
    absent = {
        "execute": "it writes parameters into the statement's text",
        "cursor": "it prepares no statements",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "pool": "it leaves pools to others",
        "zlib": "it does not compress",
        "zstd": "it does not compress",
    }

    def driver_connect(self, **arguments: Any) -> Any:
        return pymysql.connect(**arguments)

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
        with socket.create_connection((server.host, server.port), timeout=60) as ours:
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
