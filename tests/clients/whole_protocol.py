"""The operations beyond plain text statements, which every client is put through, or declares that it has not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pymysql
import pytest
from expectations import DATABASE as SHOP
from expectations import PASSWORD, TABLES, USER, Table
from features import FEATURES, PLUGINS
from operations import Connection, Lost, Operations, Refused, Result
from servers import RunningServer
from values import same, same_rows, same_text
from vocabulary import TYPES_COLUMNS, TYPES_ROWS

PARAMETERS: dict[str, Any] = {
    "zero": 0,
    "minus one": -1,
    "least byte": -128,
    "greatest int": 2**31 - 1,
    "least bigint": -(2**63),
    "greatest bigint": 2**63 - 1,
    "double": 0.1,
    "large double": -2.5e100,
    "no text": "",
    "text": 'it\'s "quoted" with a \\, a %s and a ?',
    "text of four bytes": "Мария 🦊",
    "no bytes": b"",
    "all bytes": bytes(range(256)),
    "decimal": Decimal("-1234567890123456789.0123456789"),
    "date": date(2024, 2, 29),
    "moment": datetime(2024, 2, 29, 12, 30),
    "exact moment": datetime(9999, 12, 31, 23, 59, 59, 999999),
    "time": timedelta(hours=12, minutes=30),
    "least time": timedelta(hours=-838, minutes=-59, seconds=-59),
    "exact time": -timedelta(seconds=1, milliseconds=500),
    "null": None,
}
Opening: TypeAlias = Callable[..., Any]
"""Opens a connection with these settings beside the usual ones."""

MEGABYTE, OVER_A_PACKET = 1_000_000, 17_000_000
A_FULL_PACKET = 2**24 - 1 - 4  # with the four bytes of its length it fills a packet, so that an empty one must follow


def needs(*words: str) -> Any:
    """For clients that have these words of :data:`features.FEATURES`; the others do not get the test."""
    return pytest.mark.needs(*words)


class WholeProtocol(Operations):
    """Inherited by the test class of each client.

    Attributes:
        absent: the words of :data:`features.FEATURES` that this client has not, each with the reason.
        alters: the columns of the table ``types`` that it shows in a form of its own, each with the reason.
        alters_prepared: the same for prepared statements.
        bugs: the tests that it cannot pass on any server, by their names (which may be cut after the first
            bracket), each with the reason; they must fail.
        bugs_on: the same for the server of one name, ``mariadb`` or ``sockservice``.
        hangs: the tests in which it waits for ever on any server, each with the reason; they are not run.
    """

    absent: ClassVar[dict[str, str]] = {}
    alters: ClassVar[dict[str, str]] = {}
    alters_prepared: ClassVar[dict[str, str]] = {}
    bugs: ClassVar[dict[str, str]] = {}
    bugs_on: ClassVar[dict[str, dict[str, str]]] = {}
    hangs: ClassVar[dict[str, str]] = {}

    def offers(self) -> set[str]:
        """The words of :data:`features.FEATURES` that the client has."""
        raise NotImplementedError

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        """The connection ids that a pool of ``size`` gives when it is asked ``times`` times."""
        raise NotImplementedError

    @pytest.fixture
    def opening(self, echo: RunningServer) -> Iterator[Opening]:
        """Opens connections to the server that echoes parameters; they are closed after the test."""
        opened: list[Connection] = []

        def connect(**changes: Any) -> Connection:
            opened.append(self.connect(**echo.settings | changes))
            return opened[-1]

        yield connect
        for connection in opened:
            with suppress(Lost):
                connection.close()

    @pytest.fixture
    def echoing(self, opening: Opening) -> Connection:
        """A connection to the server that echoes parameters."""
        return opening()

    def test_what_it_lacks_is_declared(self) -> None:
        assert self.offers() | set(self.absent) == FEATURES
        assert not self.offers() & set(self.absent)

    # --- logins ---------------------------------------------------------------------------------

    def _logs_in(self, settings: dict[str, Any]) -> None:
        connection = self.connect(**settings)
        assert self.scalar(connection, "SELECT USER()").startswith(f"{settings['user']}@")
        connection.close()
        # PHP's mysqlnd ends with a segmentation fault where an empty password is to be sent in clear.
        for wrong in ("wrong", "") if settings["user"] != PLUGINS["mysql_clear_password"] else ("wrong",):
            with pytest.raises(Refused) as caught:
                self.connect(**settings | {"password": wrong})
            assert caught.value.code == 1045
            assert "Access denied" in caught.value.message

    @pytest.mark.parametrize("plugin", [pytest.param(name, marks=needs(name)) for name in PLUGINS])
    def test_login_by_each_plugin(self, echo: RunningServer, plugin: str) -> None:
        cleartext = plugin == "mysql_clear_password"
        settings = echo.settings | {"user": PLUGINS[plugin]} | ({plugin: True, "tls": echo.tls} if cleartext else {})
        self._logs_in(settings)

    @needs("tls")
    @pytest.mark.parametrize("plugin", [pytest.param(name, marks=needs(name)) for name in PLUGINS])
    def test_login_by_each_plugin_over_tls(self, echo: RunningServer, plugin: str) -> None:
        cleartext = {plugin: True} if plugin == "mysql_clear_password" else {}
        self._logs_in(echo.settings | {"user": PLUGINS[plugin], "tls": echo.tls} | cleartext)

    @needs("socket")
    @pytest.mark.parametrize("plugin", [pytest.param(name, marks=needs(name)) for name in PLUGINS])
    def test_login_by_each_plugin_over_a_unix_socket(self, echo: RunningServer, plugin: str) -> None:
        cleartext = {plugin: True} if plugin == "mysql_clear_password" else {}
        self._logs_in(echo.settings | {"user": PLUGINS[plugin], "socket": echo.socket} | cleartext)

    @needs("tls")
    def test_a_connection_by_tls_is_encrypted(self, echo: RunningServer, opening: Opening) -> None:
        connection = opening(tls=echo.tls)
        ((_, version),) = connection.query("SHOW STATUS LIKE 'Ssl_version'").rows
        assert version in ("TLSv1.2", "TLSv1.3")

    # --- results --------------------------------------------------------------------------------

    def _all_types(self, result: Result, alters: dict[str, str]) -> None:
        """Every column of the table ``types`` is as it should be, but for those that the client alters."""
        assert result.labels == tuple(TYPES_COLUMNS)
        assert len(result.rows) == len(TYPES_ROWS)
        altered = {}
        for (label, sql_type), *cells in zip(TYPES_COLUMNS.items(), *TYPES_ROWS, *result.rows, strict=True):
            expected, given = cells[: len(TYPES_ROWS)], cells[len(TYPES_ROWS) :]
            if not all(same_text(sql_type, ours, theirs) for ours, theirs in zip(expected, given, strict=True)):
                altered[label] = (expected, given)
        assert altered.keys() == alters.keys(), {name: altered.get(name) for name in altered.keys() ^ alters.keys()}

    def test_all_types_as_text(self, echoing: Connection) -> None:
        self._all_types(echoing.query("SELECT * FROM types ORDER BY id"), self.alters)

    @pytest.mark.parametrize("size", [MEGABYTE, A_FULL_PACKET, OVER_A_PACKET])
    def test_a_large_value(self, echoing: Connection, size: int) -> None:
        assert self.scalar(echoing, f"SELECT REPEAT('x', {size}) AS big") == "x" * size

    def test_a_large_statement(self, echoing: Connection) -> None:
        size = OVER_A_PACKET
        assert self.scalar(echoing, f"SELECT 1 /* {'x' * size} */ AS one") in (1, "1")

    def test_many_rows(self, echoing: Connection) -> None:
        result = echoing.query("SELECT seq FROM seq_1_to_20000")
        assert [int(number) for (number,) in result.rows] == list(range(1, 20001))

    @pytest.mark.parametrize("compression", [pytest.param(name, marks=needs(name)) for name in ("zlib", "zstd")])
    def test_compression(self, opening: Opening, compression: str) -> None:
        connection = opening(**{compression: True})
        ((_, on),) = connection.query("SHOW STATUS LIKE 'Compression'").rows
        assert on == "ON"
        for size in (1, 49, 50, OVER_A_PACKET):
            assert self.scalar(connection, f"SELECT REPEAT('x', {size}) AS big") == "x" * size
        size = OVER_A_PACKET
        assert self.scalar(connection, f"SELECT 1 /* {'x' * size} */ AS one") in (1, "1")
        assert len(connection.query("SELECT seq FROM seq_1_to_20000").rows) == 20000

    @needs("multi")
    def test_several_statements_in_one_request(self, opening: Opening) -> None:
        connection = opening(multi=True)
        first, second = connection.results("SELECT 1 AS a; SELECT 'x' AS b, NULL AS c")
        assert (first.labels, first.rows) == (("a",), self.shown(1))
        assert (second.labels, second.rows) == (("b", "c"), [("x", None)])
        assert connection.query("SELECT 1").rows == self.shown(1)

    @needs("multi")
    def test_a_procedure_gives_several_results(self, opening: Opening) -> None:
        connection = opening(multi=True)
        first, second, *rest = connection.results("CALL multi()")
        assert first.labels == ("one", "name")
        assert same_rows([(1, "first")], first.rows)
        assert second.labels == ("seq",)
        assert same_rows([(1,), (2,), (3,)], second.rows)
        assert [result.labels for result in rest] in ([], [()])  # the OK at the end, which not all clients show
        assert connection.query("SELECT 1").rows == self.shown(1)

    @needs("multi")
    def test_an_error_ends_several_statements(self, opening: Opening) -> None:
        connection = opening(multi=True)
        with pytest.raises(Refused) as caught:
            connection.results("SELECT 1; SELECT * FROM missing; SELECT 2")
        assert caught.value.code == 1146
        assert connection.query("SELECT 1").rows == self.shown(1)

    # --- prepared statements --------------------------------------------------------------------

    @needs("execute")
    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_a_prepared_statement_gives_values_as_they_are(self, connection: Any, table: Table) -> None:
        result = connection.execute(table.query)
        assert result.labels == tuple(table.columns)
        assert same_rows(table.rows, result.rows), result.rows

    @needs("execute")
    def test_all_types_of_a_prepared_statement(self, echoing: Any) -> None:
        self._all_types(echoing.execute("SELECT * FROM types ORDER BY id"), self.alters_prepared)

    @needs("execute")
    @pytest.mark.parametrize("name", PARAMETERS)
    def test_a_parameter_arrives_as_it_is(self, echoing: Any, name: str) -> None:
        value = PARAMETERS[name]
        result = echoing.execute("SELECT ? AS a, ? AS b", (value, None))
        assert result.labels == ("a", "b")
        assert same_rows([(value, None)], result.rows), result.rows

    @needs("execute")
    @pytest.mark.parametrize("size", [MEGABYTE, OVER_A_PACKET])
    def test_a_large_parameter(self, echoing: Any, size: int) -> None:
        ((given,),) = echoing.execute("SELECT ? AS a", ("x" * size,)).rows
        assert same("x" * size, given)

    @needs("execute")
    def test_a_statement_runs_again_with_other_parameters(self, echoing: Any) -> None:
        for values in ((1, "one"), (None, "two"), ("three", None), (4, b"\xff")):
            assert same_rows([values], echoing.execute("SELECT ? AS a, ? AS b", values).rows)

    @needs("execute")
    def test_a_statement_that_cannot_be_prepared(self, echoing: Any) -> None:
        with pytest.raises(Refused) as caught:
            echoing.execute("SELECT * FROM missing WHERE id = ?", (1,))
        assert caught.value.code == 1146
        assert same_rows([(1,)], echoing.execute("SELECT ? AS a", (1,)).rows)

    @needs("cursor")
    @pytest.mark.parametrize("rows", [1, 7, 14, 100])
    def test_rows_by_cursor(self, echoing: Any, rows: int) -> None:
        result = echoing.cursor(f"SELECT seq FROM seq_1_to_{rows}", (), 7)
        assert [int(number) for (number,) in result.rows] == list(range(1, rows + 1))

    # --- files of the client --------------------------------------------------------------------

    @needs("infile")
    @pytest.mark.parametrize("lines", [0, 1, 3, 40000])
    def test_a_file_of_the_client(self, opening: Opening, tmp_path: Path, lines: int) -> None:
        connection = opening(infile=True)
        file = tmp_path / "lines.txt"
        file.write_text("".join(f"{number}\tline {number}\n" for number in range(lines)))
        connection.query("DELETE FROM loaded")
        result = connection.query(f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE loaded")
        assert result.affected_rows == lines
        stored = connection.query("SELECT id, name FROM loaded ORDER BY id").rows
        assert [(str(number), name) for number, name in stored] == [(str(n), f"line {n}") for n in range(lines)]
        assert connection.query("SELECT 1").rows == self.shown(1)

    # --- sessions -------------------------------------------------------------------------------

    @needs("reset")
    def test_a_reset_forgets_what_was_set(self, connection: Any) -> None:
        connection.query("SET @fox = 42")
        assert connection.query("SELECT @fox").rows == self.shown(42)
        connection.reset()
        assert connection.query("SELECT @fox").rows == [(None,)]
        assert connection.query("SELECT DATABASE()").rows == [(SHOP,)]

    @needs("change_user")
    def test_change_user_with_a_database(self, opening: Opening) -> None:
        connection = opening(database=None)
        connection.change_user(user="native", password=PASSWORD, database="echo")
        assert connection.query("SELECT DATABASE()").rows == [("echo",)]

    @needs("change_user")
    def test_change_user(self, opening: Opening) -> None:
        connection = opening()
        connection.query("SET @fox = 42")
        number = self.scalar(connection, "SELECT CONNECTION_ID()")
        connection.change_user(user="native", password=PASSWORD, database="echo")
        assert self.scalar(connection, "SELECT USER()").startswith("native@")
        assert connection.query("SELECT DATABASE(), @fox").rows == [("echo", None)]
        assert self.scalar(connection, "SELECT CONNECTION_ID()") == number

    @needs("change_user")
    def test_change_user_with_a_wrong_password(self, opening: Opening) -> None:
        connection = opening()
        with pytest.raises(Refused) as caught:
            connection.change_user(user="native", password="wrong", database="echo")
        assert caught.value.code == 1045
        # MySQL hangs up, MariaDB goes on as before; nobody becomes the other user.
        with suppress(Lost, Refused):
            assert self.scalar(connection, "SELECT USER()").startswith(f"{USER}@")

    @needs("pool")
    def test_a_pool(self, echo: RunningServer) -> None:
        numbers = self.pool(echo.settings, size=3, times=9)
        assert len(numbers) == 9
        assert 1 <= len(set(numbers)) <= 3

    def test_a_statement_is_killed(self, echo: RunningServer, opening: Opening) -> None:
        with _victim(opening()) as (connection, number, outcome), _control(echo) as control:
            _wait_for_sleep(control, number)
            control.cursor().execute(f"KILL QUERY {number}")
            caught = outcome()
            assert isinstance(caught, Refused)
            assert caught.code == 1317
            assert connection.query("SELECT 1").rows == self.shown(1)

    def test_a_connection_is_killed(self, echo: RunningServer, opening: Opening) -> None:
        with _victim(opening()) as (connection, number, outcome), _control(echo) as control:
            _wait_for_sleep(control, number)
            control.cursor().execute(f"KILL {number}")
            assert isinstance(outcome(), (Lost, Refused))
            with pytest.raises((Lost, Refused)):
                connection.query("SELECT 1")


@contextmanager
def _control(echo: RunningServer) -> Iterator[Any]:
    """A connection beside that of the client."""
    settings = {"host": echo.host, "port": echo.port, "user": USER, "password": PASSWORD, "autocommit": True}
    with pymysql.connect(**settings) as control:
        yield control


@contextmanager
def _victim(connection: Connection) -> Iterator[tuple[Connection, int, Callable[[], Exception | None]]]:
    """A connection that sleeps in a thread, its id, and what waits for how that ended."""
    ((number,),) = connection.query("SELECT CONNECTION_ID()").rows
    ended: list[Exception | None] = []

    def sleep() -> None:
        try:
            connection.query("SELECT SLEEP(90) AS slept")
            ended.append(None)
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=sleep, daemon=True)
    thread.start()

    def outcome() -> Exception | None:
        thread.join(60)
        assert ended, "the statement still runs"
        return ended[0]

    yield connection, int(number), outcome


def _wait_for_sleep(control: Any, number: int) -> None:
    """Wait until the server runs the statement of that connection."""
    for _ in range(10_000):
        with control.cursor() as cursor:
            cursor.execute("SHOW PROCESSLIST")
            if any(row[0] == number and "SLEEP" in (row[7] or "") for row in cursor.fetchall()):
                return
    raise AssertionError("the server never ran the statement")
