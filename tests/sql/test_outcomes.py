"""What is recorded of a real server, also where it breaks off or keeps silent."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from corpus import read_sessions
from outcomes import LOST, Address, ColumnSeen, ask, play


def played(reference, text):
    (session,) = read_sessions("outcomes", f"-- session: one\n{text}")
    recorded = play(session, reference)
    assert [one.statement.line for one in recorded].count(0) in (6, 10)
    return [one.outcome for one in recorded if one.statement.line]


def test_rows_with_their_columns(reference):
    made, result = played(
        reference, "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(5));\nSELECT id, s AS x, 1.5 FROM t;"
    )
    assert made.failure is None
    assert result.columns[0] == ColumnSeen(
        "id",
        3,
        11,
        0,
        frozenset({"NOT_NULL", "PRI_KEY", "NO_DEFAULT_VALUE", "PART_KEY"}),
        True,
        "t",
        (result.columns[0].origin[0], "t", "id"),
    )
    assert [(column.name, column.type, column.table) for column in result.columns[1:]] == [
        ("x", 253, "t"),
        ("1.5", 246, ""),
    ]
    assert result.rows == ()


def test_an_ok_packet_with_its_numbers_and_warnings(reference):
    _, inserted, dropped = played(
        reference,
        "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY);\nINSERT INTO t VALUES (NULL), (NULL);"
        "DROP TABLE IF EXISTS u;",
    )
    assert (inserted.affected, inserted.insert_id) == (2, 1)
    assert inserted.info == "Records: 2  Duplicates: 0  Warnings: 0"
    assert dropped.warnings == (("Note", 1051),)


def test_an_error_with_its_sqlstate(reference):
    (outcome,) = played(reference, "SELECT nothing;")
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.sqlstate) == (1054, "42S22")


def test_connections_are_sessions_of_their_own(reference):
    outcomes = played(reference, "SET @x = 1;\n-- connection: b\nSELECT @x, DATABASE();\n-- connection: a\nSELECT @x;")
    assert [outcome.rows for outcome in outcomes[1:]] == [((None, "outcomes_one"),), ((1,),)]


def test_warnings_are_not_asked_for_where_the_next_statement_would_see_that(reference):
    outcomes = played(reference, "SELECT 1 / 0;\nSHOW WARNINGS;\nDROP TABLE IF EXISTS u;\nSELECT ROW_COUNT();")
    assert [outcome.warnings for outcome in outcomes] == [(), (), (), ()]
    assert outcomes[1].rows == (("Warning", 1365, "Division by 0"),)
    assert outcomes[3].rows == ((0,),)


def test_the_sql_mode_is_that_of_mysql_and_the_database_is_gone_afterwards(reference):
    (outcome,) = played(reference, "SELECT @@sql_mode LIKE '%ONLY_FULL_GROUP_BY%', @@time_zone, @@collation_database;")
    assert outcome.rows == ((1, "+00:00", "utf8mb4_general_ci"),)
    with reference.connect() as connection:
        assert ask(connection, "SHOW DATABASES LIKE 'outcomes%'").rows == ()


def test_a_connection_that_broke_stays_broken_for_the_rest_of_the_session(reference):
    outcomes = played(reference, "KILL CONNECTION_ID();\nSELECT 1;\n-- connection: b\nSELECT 2;")
    assert [outcome.failure is None for outcome in outcomes] == [False, False, True]


def test_a_server_that_keeps_silent_is_given_up(reference):
    begun = time.monotonic()
    outcomes = played(attrs.evolve(reference, patience=1.0), "SELECT SLEEP(60);\nSELECT 1;")
    assert [outcome.failure.code for outcome in outcomes if outcome.failure] == [LOST, LOST]
    assert time.monotonic() - begun < 30


def test_a_listener_that_never_greets_is_given_up():
    (session,) = read_sessions("outcomes", "-- session: one\nSELECT 1;\nSELECT 2;")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        recorded = play(session, Address(listener.getsockname()[1], patience=0.2))
    assert {one.outcome.failure.code for one in recorded if one.outcome.failure} <= {2003, LOST}
    assert all(one.outcome.failure for one in recorded)


def test_packets_that_cannot_be_read_end_the_connection():
    greeting = b"\x0a8.4\0" + bytes(4) + b"12345678\0" + b"\xff\xf7\x2d\x02\0\x0f\0\x15" + bytes(10)
    greeting += b"123456789012\0mysql_native_password\0"
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as server:

        def serve():
            peer, _ = listener.accept()
            with peer:
                for sequence, payload in ((0, greeting), (2, b"\0\0\0\2\0\0\0"), (1, b"\x01\xff\xff")):
                    peer.sendall(len(payload).to_bytes(3, "little") + bytes([sequence]) + payload)
                    peer.recv(1000)

        server.submit(serve)
        connection = Address(listener.getsockname()[1], patience=20).connect()
        outcome = ask(connection, "SELECT 1")
    assert outcome.failure is not None
    assert outcome.failure.code == LOST
    assert not connection.open


@pytest.mark.parametrize("text", ["SELECT 1; SELECT 2", ""])
def test_what_is_no_statement_is_an_error(reference, text):
    with reference.connect() as connection:
        assert ask(connection, text).failure is not None
