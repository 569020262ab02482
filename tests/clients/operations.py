"""The operations that every client is put through; each client's own file says how that client does them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import pytest
from expectations import (
    DATABASE,
    FOUND_BY_TEXT,
    INSERT,
    INSERT_ID,
    REFUSALS,
    TABLES,
    UNMATCHED,
    USER,
    Refusal,
    Table,
)
from servers import RunningServer
from values import same_rows


class Refused(Exception):
    """The server's error, as the client reports it; ``sqlstate`` is None where the client does not show it."""

    def __init__(self, code: int, sqlstate: str | None, message: str) -> None:
        super().__init__(f"{code} ({sqlstate}): {message}")
        self.code, self.sqlstate, self.message = code, sqlstate, message


class Lost(Exception):
    """The connection has broken, as the client reports it."""


class Result(NamedTuple):
    """What a client gives out for one statement."""

    labels: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = []
    affected_rows: int = 0
    last_insert_id: int = 0


class Connection(Protocol):
    """One connection of a client.

    Each call raises :class:`Refused` for an error of the server, and :class:`Lost` where the connection has broken.
    """

    def query(self, sql: str) -> Result: ...
    def ping(self) -> None: ...
    def autocommit(self, on: bool) -> None: ...
    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Operations:
    """Inherited by the test class of each client, which says how it connects.

    Attributes:
        many: how many connections this client is asked to hold at once.
        shows_sqlstate: whether its errors carry the SQLSTATE.
        gives_text: whether it is asked for the text of each value instead of its own types.
    """

    many = 100
    shows_sqlstate = True
    gives_text = False

    def connect(self, **settings: Any) -> Connection:
        """A new connection; ``settings`` are host, port, user, password and database."""
        raise NotImplementedError

    @pytest.fixture
    def connection(self, server: RunningServer) -> Iterator[Connection]:
        connection = self.connect(**server.settings)
        yield connection
        with suppress(Lost):
            connection.close()

    def shown(self, *values: Any) -> list[tuple[Any, ...]]:
        """One row of numbers or texts, as this client gives it out."""
        return [tuple(str(value) if self.gives_text else value for value in values)]

    def scalar(self, connection: Connection, sql: str) -> Any:
        ((value,),) = connection.query(sql).rows
        return value

    def test_login_selects_user_and_database(self, connection: Connection) -> None:
        assert connection.query("SELECT DATABASE()").rows == [(DATABASE,)]
        assert self.scalar(connection, "SELECT USER()").startswith(f"{USER}@")

    def test_login_without_a_database(self, server: RunningServer) -> None:
        connection = self.connect(**{**server.settings, "database": None})
        assert connection.query("SELECT DATABASE()").rows == [(None,)]
        connection.close()

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"password": ""}, {"user": "nobody"}], ids=str)
    def test_a_wrong_login_is_refused(self, server: RunningServer, wrong: dict[str, str]) -> None:
        with pytest.raises(Refused) as caught:
            self.connect(**{**server.settings, **wrong})
        assert caught.value.code == 1045
        assert "Access denied" in caught.value.message

    def test_ping(self, connection: Connection) -> None:
        connection.ping()
        connection.ping()

    def test_select_1(self, connection: Connection) -> None:
        result = connection.query("SELECT 1")
        assert (result.labels, result.rows) == (("1",), self.shown(1))

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_values_arrive_as_they_are(self, connection: Connection, table: Table) -> None:
        result = connection.query(table.query)
        assert result.labels == tuple(table.columns)
        assert same_rows(table.rows, result.rows), result.rows

    def test_text_in_a_statement_arrives_as_it_is(self, connection: Connection) -> None:
        assert connection.query(FOUND_BY_TEXT).rows == self.shown(2)

    def test_a_change_reports_its_rows_and_its_id(self, connection: Connection) -> None:
        result = connection.query(INSERT)
        assert (result.affected_rows, result.last_insert_id) == (1, INSERT_ID)

    @pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: str(refusal.code))
    def test_an_error_keeps_its_code_and_the_connection(self, connection: Connection, refusal: Refusal) -> None:
        with pytest.raises(Refused) as caught:
            connection.query(refusal.query)
        assert (caught.value.code, caught.value.message) == (refusal.code, refusal.message)
        assert caught.value.sqlstate == (refusal.sqlstate if self.shows_sqlstate else None)
        assert connection.query("SELECT 1").rows == self.shown(1)

    def test_a_statement_nobody_knows_is_an_error_and_keeps_the_connection(
        self, connection: Connection, server: RunningServer
    ) -> None:
        for _ in range(2):
            with pytest.raises(Refused) as caught:
                connection.query(UNMATCHED)
            assert caught.value.code == server.unmatched_code
            assert server.unmatched_text in caught.value.message
        assert connection.query("SELECT 1").rows == self.shown(1)

    def test_autocommit_goes_on_and_off(self, connection: Connection) -> None:
        for on in (True, False, True):
            connection.autocommit(on)
            assert connection.query("SELECT @@autocommit").rows == self.shown(int(on))

    def test_transactions_are_begun_and_ended(self, connection: Connection) -> None:
        for end in (connection.commit, connection.rollback):
            connection.begin()
            assert connection.query(INSERT).affected_rows == 1
            end()
        assert connection.query("SELECT 1").rows == self.shown(1)

    def test_show_variables_like(self, connection: Connection) -> None:
        result = connection.query("SHOW VARIABLES LIKE 'wait\\_timeout'")
        assert result.labels == ("Variable_name", "Value")
        assert result.rows == [("wait_timeout", "28800")]

    def test_variables_belong_to_their_session(self, connection: Connection, server: RunningServer) -> None:
        connection.query("SET @fox = 42, SESSION wait_timeout = 1234")
        other = self.connect(**server.settings)
        assert connection.query("SELECT @fox, @@wait_timeout").rows == self.shown(42, 1234)
        assert other.query("SELECT @fox IS NULL, @@wait_timeout").rows == self.shown(1, 28800)
        other.close()

    def test_reconnects_get_sessions_of_their_own(self, server: RunningServer) -> None:
        numbers = set()
        times = min(self.many, 10)
        for _ in range(times):
            connection = self.connect(**server.settings)
            numbers.add(self.scalar(connection, "SELECT CONNECTION_ID()"))
            connection.close()
        assert len(numbers) == times

    def test_many_connections_at_once(self, server: RunningServer) -> None:
        connections = [self.connect(**server.settings) for _ in range(self.many)]
        numbers = {self.scalar(connection, "SELECT CONNECTION_ID()") for connection in connections}
        assert len(numbers) == self.many
        for connection in connections:
            connection.close()
