from __future__ import annotations

from typing import Any

from dbapi import BlockingConnection, PythonProtocol, result_of
from installed import driver
from operations import Result

mariadb = driver("mariadb")
client_flags = driver("mariadb.constants.CLIENT")
cursors = driver("mariadb.constants.CURSOR")


class MariadbConnection(BlockingConnection):
    """Where MariaDB Connector/Python has names of its own."""

    def autocommit(self, on: bool) -> None:
        self.raw.autocommit = on

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> Result:
        (result,) = self._ask(sql, params, binary=True)
        return result

    def cursor(self, sql: str, params: tuple[Any, ...], size: int) -> Result:
        with self._refusals(), self.raw.cursor(cursor_type=cursors.READ_ONLY, prefetch_size=size) as cursor:
            cursor.execute(sql, params)
            return result_of(cursor, list(cursor))

    def reset(self) -> None:
        with self._refusals():
            self.raw.reset()

    def change_user(self, user: str, password: str, database: str) -> None:
        with self._refusals():
            self.raw.change_user(user, password, database)


class TestMariadbConnectorPython(PythonProtocol):
    """libmariadb through MariaDB Connector/Python."""

    connection_class, error = MariadbConnection, mariadb.Error
    options = {
        "database": lambda name: {"database": name} if name else {},
        "tls": lambda path: {"ssl_ca": path, "ssl_verify_cert": True},
        "zlib": lambda on: {"compress": on},
        "socket": lambda path: {"unix_socket": path, "host": "localhost"},
        "multi": lambda on: {"client_flag": client_flags.MULTI_STATEMENTS},
        "infile": lambda on: {"local_infile": on},
    }
    bugs = {
        "test_an_error_ends_several_statements": "it does not tell that a statement after the first one failed",
        "test_a_prepared_statement_gives_values_as_they_are[integers]": "it takes a TINYINT for unsigned",
        "test_a_parameter_arrives_as_it_is[least time]": "it sends days of a TIME beside all the hours",
    }
    bugs_on = {
        "mariadb": {  # which answers with the type that was sent
            "test_a_parameter_arrives_as_it_is[minus one]": "it takes a TINYINT for unsigned",
        }
    }
    alters_prepared = {"t_tinyint": "it takes it for unsigned"}
    absent = {"zstd": "libmariadb 3.3 does not have it"}

    def driver_connect(self, **arguments: Any) -> Any:
        return mariadb.connect(**arguments)

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        pool = mariadb.ConnectionPool(pool_name="tested", pool_size=size, **self.arguments(settings))
        numbers = []
        for _ in range(times):
            with pool.get_connection() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT CONNECTION_ID()")
                numbers.append(cursor.fetchone()[0])
        pool.close()
        return numbers
