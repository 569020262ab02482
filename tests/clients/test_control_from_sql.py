"""Control from SQL by real drivers: as text, prepared by the protocol, prepared in SQL, and as a procedure."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from typing import Any

import pytest
from installed import driver, program
from servers import RunningServer

pymysql = driver("pymysql")
connector = driver("mysql.connector")

STUB = '{name: seven, when: {sql: "SELECT seven"}, then: {rows: [{seven: 7}]}}'
PATIENCE = 10.0


@pytest.fixture
def pymysql_cursor(open_service: RunningServer) -> Any:
    connection = pymysql.connect(host=open_service.host, port=open_service.port, user="app@pymysql")
    yield connection.cursor()
    connection.close()


@pytest.fixture
def connection(open_service: RunningServer) -> Any:
    where = {"host": open_service.host, "port": open_service.port}
    connection = connector.connect(**where, user="app", database="shop@connector")
    yield connection
    connection.close()


def test_pymysql_steers_and_reads(pymysql_cursor: Any) -> None:
    cursor = pymysql_cursor
    cursor.execute("CALL sockservice.reset()")
    cursor.execute("CALL sockservice.stub(%s)", (STUB,))
    assert cursor.fetchall() == (("seven",),)
    cursor.execute("SELECT seven")
    assert cursor.fetchall() == ((7,),)
    cursor.execute("CALL sockservice.set_state('cart', 'filled')")
    cursor.execute("SELECT state FROM sockservice.states WHERE scenario = 'cart'")
    assert cursor.fetchall() == (("filled",),)
    cursor.execute("SELECT text, user, row_count FROM sockservice.journal WHERE answered_by = 'stub'")
    assert cursor.fetchall() == (("SELECT seven", "app@pymysql", 1),)
    cursor.execute("SELECT sockservice.verify(%s, 'exactly', 1)", ('{sql: "SELECT seven"}',))
    assert cursor.fetchone() == (1,)
    with pytest.raises(pymysql.err.OperationalError, match="was asked 1 time"):
        cursor.execute("SELECT sockservice.verify(%s, 'exactly', 2, '100ms')", ('{sql: "SELECT seven"}',))
    with pytest.raises(pymysql.err.OperationalError, match=r"stub:1:8: 'sqll' is not known here; did you mean 'sql'"):
        cursor.execute("CALL sockservice.stub(%s)", ("when: {sqll: x}\nthen: {ok: {}}",))
    cursor.execute("CALL sockservice.reset('stubs')")
    cursor.execute("SELECT COUNT(*) FROM sockservice.stubs")
    assert cursor.fetchone() == (0,)


def test_mysql_connector_prepares_and_calls(connection: Any) -> None:
    plain, prepared = connection.cursor(), connection.cursor(prepared=True)
    plain.execute("CALL sockservice.reset()")
    prepared.execute("CALL sockservice.stub(?)", (STUB,))
    assert prepared.fetchall() == [("seven",)]
    plain.execute("SELECT seven")
    assert plain.fetchall() == [(7,)]
    plain.callproc("sockservice.set_state", ("cart", "filled"))
    prepared.execute("SELECT state FROM sockservice.states WHERE scenario = ?", ("cart",))
    assert prepared.fetchall() == [("filled",)]
    query = "SELECT text FROM sockservice.journal WHERE answered_by = ? ORDER BY number DESC LIMIT ? OFFSET ?"
    prepared.execute(query, ("stub", 5, 0))
    assert prepared.fetchall() == [("SELECT seven",)]
    prepared.execute("SELECT sockservice.verify(?, ?, ?)", ('{sql: "SELECT seven"}', "exactly", 1))
    assert prepared.fetchall() == [(1,)]
    with pytest.raises(connector.Error, match="was asked 1 time"):
        prepared.execute("SELECT sockservice.verify(?, ?)", ('{sql: "SELECT seven"}', "never"))


def mariadb(server: RunningServer, sql: str) -> str:
    where = [f"--host={server.host}", f"--port={server.port}", "--user=app@mariadb", "--batch", "--skip-column-names"]
    command = [program("mariadb"), "--no-defaults", *where]
    return subprocess.run(command, input=sql, capture_output=True, check=True, text=True, timeout=30).stdout


def test_the_mariadb_program_steers_and_reads(open_service: RunningServer) -> None:
    sql = f"""
        CALL sockservice.reset();
        CALL sockservice.stub('{STUB}');
        SELECT seven;
        PREPARE s FROM 'CALL sockservice.set_state(?, ?)';
        SET @scenario = 'cart', @state = 'filled';
        EXECUTE s USING @scenario, @state;
        SELECT scenario, state FROM sockservice.states;
        SELECT text FROM sockservice.journal WHERE name = 'seven';
        SELECT sockservice.verify('{{sql: "SELECT seven"}}');
    """
    assert mariadb(open_service, sql).splitlines() == ["seven", "7", "cart\tfilled", "SELECT seven", "1"]


def test_requests_are_in_the_journals_file_before_long(open_service: RunningServer, pymysql_cursor: Any) -> None:
    pymysql_cursor.execute("CALL sockservice.stub(%s)", (STUB.replace("seven", "filed"),))
    pymysql_cursor.execute("SELECT filed")
    path, pause = open_service.log.with_name("journal.jsonl"), threading.Event()
    deadline = time.monotonic() + PATIENCE
    while not (found := [line for line in lines_of(path) if line["text"] == "SELECT filed"]):
        assert time.monotonic() < deadline
        pause.wait(0.02)
    assert (found[0]["workspace"], found[0]["name"], found[0]["row_count"]) == ("pymysql", "filed", 1)


def lines_of(path: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
