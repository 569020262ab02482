from __future__ import annotations

from typing import Any

from dbapi import BlockingConnection, PythonProtocol
from installed import driver
from operations import Result

connector = driver("mysql.connector")
pooling = driver("mysql.connector.pooling")


class ConnectorConnection(BlockingConnection):
    """Where mysql-connector-python has names of its own."""

    def autocommit(self, on: bool) -> None:
        self.raw.autocommit = on

    def begin(self) -> None:
        self.raw.start_transaction()
        assert self.raw.in_transaction

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> Result:
        (result,) = self._ask(sql, params, prepared=True)
        return result

    def reset(self) -> None:
        with self._refusals():
            self.raw.cmd_reset_connection()

    def change_user(self, user: str, password: str, database: str) -> None:
        with self._refusals():
            self.raw.cmd_change_user(user, password, database)


class TestMySQLConnectorPython(PythonProtocol):
    """The pure Python protocol of Oracle's connector."""

    connection_class, error = ConnectorConnection, connector.Error
    plain = {"ssl_disabled": True}
    options = {
        "tls": lambda path: {"ssl_ca": path, "ssl_verify_cert": True, "ssl_verify_identity": True},
        "socket": lambda path: {"unix_socket": path, "host": None},
        "zlib": lambda on: {"compress": on},
        "multi": lambda on: {},
        "infile": lambda on: {"allow_local_infile": on},
    }
    plugins = {"mysql_native_password", "caching_sha2_password", "sha256_password", "mysql_clear_password"}
    absent = {
        "cursor": "it asks for no cursor of the server",
        "zstd": "it does not have it",
        "client_ed25519": "it does not have the plugin",
    }

    bugs = {
        "test_login_by_each_plugin[sha256_password]": "it does this over TLS only",
        "test_login_by_each_plugin_over_a_unix_socket[sha256_password]": "it does this over TLS only",
        "test_login_by_each_plugin_over_a_unix_socket[mysql_clear_password]": "it does this over TLS only",
        "test_a_prepared_statement_gives_values_as_they_are[moments]": "it takes the two bytes of a YEAR for a text",
        "test_all_types_of_a_prepared_statement": "it takes the two bytes of a YEAR for a text",
        "test_a_parameter_arrives_as_it_is[least time]": "it negates the days of a TIME, not the hours",
        "test_a_large_parameter[17000000]": "it takes the pieces of a long row for rows",
    }
    alters = {"t_bit": "it makes an integer of it", "t_set": "it makes a set of it"}

    def driver_connect(self, **arguments: Any) -> Any:
        return connector.connect(**arguments, use_pure=True)

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        arguments = self.arguments(settings) | {"use_pure": True}
        pool = pooling.MySQLConnectionPool(pool_size=size, **arguments)
        numbers = []
        for _ in range(times):
            with pool.get_connection() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT CONNECTION_ID()")
                numbers.append(cursor.fetchone()[0])
        pool._remove_connections()
        return numbers
