"""Transactions: what they see, what they undo, how they wait for each other and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded import Client, Embedded

from sockservice.sql import statements


@pytest.fixture
def database() -> Iterator[Embedded]:
    found = Embedded()
    a = found.client()
    a.ok("CREATE TABLE t (id INT PRIMARY KEY, v INT)")
    a.ok("INSERT INTO t VALUES (1, 10), (2, 20)")
    yield found
    found.close()


@pytest.fixture
def a(database: Embedded) -> Client:
    return database.client()


@pytest.fixture
def b(database: Embedded) -> Client:
    return database.client()


ALL = "SELECT id, v FROM t ORDER BY id"


def test_rollback_undoes_all_kinds_of_changes(a: Client) -> None:
    a.ok("START TRANSACTION")
    assert a.session.in_transaction
    a.ok("UPDATE t SET v = 11, id = 5 WHERE id = 1")
    a.ok("DELETE FROM t WHERE id = 2")
    a.ok("INSERT INTO t VALUES (1, 1)")
    a.ok("ROLLBACK")
    assert not a.session.in_transaction
    assert a.rows(ALL) == [(1, 10), (2, 20)]


def test_a_failed_statement_is_undone_alone(a: Client) -> None:
    a.ok("BEGIN")
    a.ok("INSERT INTO t VALUES (3, 30)")
    assert a.code("INSERT INTO t VALUES (4, 40), (3, 31)") == 1062
    a.ok("COMMIT")
    assert a.rows(ALL) == [(1, 10), (2, 20), (3, 30)]


def test_savepoints(a: Client) -> None:
    a.ok("BEGIN")
    for number in (3, 4, 5):
        a.ok(f"INSERT INTO t VALUES ({number}, 0)")
        a.ok(f"SAVEPOINT s{number}")
    a.ok("ROLLBACK TO s4")
    assert a.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,), (3,), (4,)]
    assert a.error("ROLLBACK TO SAVEPOINT s5").message == "SAVEPOINT s5 does not exist"
    a.ok("RELEASE SAVEPOINT s3")
    assert a.code("ROLLBACK TO s3") == 1305
    a.ok("COMMIT")
    assert a.code("ROLLBACK TO s4") == 1305


def test_a_snapshot_begins_with_the_first_read_and_shows_own_changes(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.rows(ALL)
    b.ok("UPDATE t SET v = 99 WHERE id = 1")
    b.ok("INSERT INTO t VALUES (3, 30)")
    b.ok("DELETE FROM t WHERE id = 2")
    assert a.rows(ALL) == [(1, 10), (2, 20)]
    assert a.rows("SELECT v FROM t WHERE id = 1 FOR UPDATE") == [(99,)]
    a.ok("UPDATE t SET v = v + 1 WHERE id IN (1, 3)")
    assert a.rows(ALL) == [(1, 100), (2, 20), (3, 31)]
    assert b.rows(ALL) == [(1, 99), (3, 30)]
    a.ok("COMMIT")
    assert b.rows(ALL) == [(1, 100), (3, 31)]


def test_a_consistent_snapshot_begins_at_once(a: Client, b: Client) -> None:
    a.ok("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    b.ok("DELETE FROM t")
    assert a.rows(ALL) == [(1, 10), (2, 20)]


@pytest.mark.parametrize(
    ("level", "first", "second"),
    [("READ UNCOMMITTED", 11, 10), ("READ COMMITTED", 10, 10), ("REPEATABLE READ", 10, 10)],
)
def test_what_is_not_committed_is_seen_by_nobody_but_the_uncommitted(
    a: Client, b: Client, level: str, first: int, second: int
) -> None:
    b.ok(f"SET TRANSACTION ISOLATION LEVEL {level}")
    b.ok("BEGIN")
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(first,)]
    a.ok("ROLLBACK")
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(second,)]


def test_read_committed_sees_each_commit(a: Client, b: Client) -> None:
    b.session.variables["transaction_isolation"] = "READ-COMMITTED"
    b.ok("BEGIN")
    assert b.rows(ALL) == [(1, 10), (2, 20)]
    a.ok("DELETE FROM t WHERE id = 2")
    assert b.rows(ALL) == [(1, 10)]


def test_a_writer_waits_and_then_sees_what_was_written(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = v + 1 WHERE id = 1")
    waiting = b.waits("UPDATE t SET v = v + 1 WHERE id = 1")
    assert a.rows("SELECT v FROM t WHERE id = 1") == [(11,)]
    a.ok("COMMIT")
    assert waiting.result.affected_rows == 1
    assert a.rows("SELECT v FROM t WHERE id = 1") == [(12,)]


@pytest.mark.parametrize("condition", ["id = 1", "v = 10", "v = 11"])
def test_a_writer_waits_for_rows_as_they_were_and_as_they_may_become(a: Client, b: Client, condition: str) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    waiting = b.waits(f"DELETE FROM t WHERE {condition}")
    a.ok("ROLLBACK")
    assert waiting.result.affected_rows == (condition != "v = 11")


def test_a_wait_ends_with_1205_and_the_transaction_goes_on(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    b.session.variables["innodb_lock_wait_timeout"] = 3
    b.ok("BEGIN")
    b.ok("UPDATE t SET v = 21 WHERE id = 2")
    waiting = b.waits("UPDATE t SET v = 12 WHERE id = 1")
    b.database.clock.advance(2.9)
    assert not waiting.called
    b.database.clock.advance(0.2)
    assert waiting.result.code == 1205
    b.ok("COMMIT")
    assert b.rows("SELECT v FROM t WHERE id = 2") == [(21,)]


def test_who_closes_a_cycle_gets_1213_and_is_rolled_back(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    b.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    b.ok("UPDATE t SET v = 21 WHERE id = 2")
    waiting = a.waits("UPDATE t SET v = 12 WHERE id = 2")
    assert b.code("UPDATE t SET v = 22 WHERE id = 1") == 1213
    assert not b.session.in_transaction
    assert waiting.result.affected_rows == 1
    a.ok("COMMIT")
    assert a.rows(ALL) == [(1, 11), (2, 12)]


def test_a_cancelled_wait_leaves_the_transaction_as_it_was(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    waiting = b.waits("UPDATE t SET v = 12 WHERE id = 1")
    waiting.addErrback(lambda failure: failure.type.__name__)
    waiting.cancel()
    assert waiting.result == "CancelledError"
    a.ok("COMMIT")
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(11,)]
    assert b.ok("UPDATE t SET v = 12 WHERE id = 1").affected_rows == 1


def test_a_lost_connection_rolls_back(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    waiting = b.waits("UPDATE t SET v = v + 1 WHERE id = 1")
    a.leave()
    assert waiting.result.affected_rows == 1
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(11,)]


def test_unique_values_wait_for_rows_that_may_yet_go_or_come_back(a: Client, b: Client) -> None:
    a.ok("CREATE TABLE u (id INT PRIMARY KEY, k VARCHAR(5) UNIQUE)")
    a.ok("INSERT INTO u VALUES (1, 'gone')")
    a.ok("BEGIN")
    a.ok("INSERT INTO u VALUES (2, 'new')")
    a.ok("DELETE FROM u WHERE id = 1")
    first = b.waits("INSERT INTO u VALUES (3, 'NEW')")
    c = a.database.client()
    second = c.waits("INSERT INTO u VALUES (4, 'gone')")
    a.ok("ROLLBACK")
    assert first.result.affected_rows == 1
    assert second.result.code == 1062


def test_locking_reads(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    b.ok("BEGIN")
    assert a.rows("SELECT v FROM t WHERE id = 1 FOR SHARE") == [(10,)]
    assert b.rows("SELECT v FROM t WHERE id = 1 LOCK IN SHARE MODE") == [(10,)]
    assert b.code("SELECT v FROM t WHERE id = 1 FOR UPDATE NOWAIT") == 3572
    assert b.rows("SELECT id FROM t FOR UPDATE SKIP LOCKED") == [(2,)]
    waiting = b.waits("SELECT v FROM t WHERE id = 1 FOR UPDATE")
    a.ok("COMMIT")
    assert [tuple(row) for row in waiting.result.rows] == [(10,)]


def test_a_statement_that_comes_again_meets_what_others_have_changed_meanwhile(
    a: Client, b: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    read = statements.parse
    monkeypatch.setattr(statements, "parse", lambda text, *rest: parsed.append(text) or read(text, *rest))
    for turn in range(3):
        b.ok("BEGIN")
        assert b.rows("SELECT id, v FROM t") == [(1, 10 + turn), (2, 20)]
        a.ok("BEGIN")
        a.ok(f"UPDATE t SET v = {11 + turn} WHERE id = 1")
        a.ok("DELETE FROM t WHERE id = 2")
        assert b.rows("SELECT id, v FROM t") == [(1, 10 + turn), (2, 20)]
        assert a.rows("SELECT id, v FROM t") == [(1, 11 + turn)]
        assert b.rows("SELECT id FROM t FOR UPDATE SKIP LOCKED") == []
        b.ok("COMMIT")
        a.ok("INSERT INTO t VALUES (2, 20)")
        a.ok("COMMIT")
        assert b.rows("SELECT id FROM t FOR UPDATE SKIP LOCKED") == [(1,), (2,)]
    assert parsed.count("SELECT id, v FROM t") == 2
    assert parsed.count("SELECT id FROM t FOR UPDATE SKIP LOCKED") == 2


@pytest.mark.parametrize("first", ["SELECT v FROM t WHERE id = 1 FOR UPDATE", "UPDATE t SET v = 11 WHERE id = 1"])
def test_a_change_that_has_waited_finds_its_rows_while_somebody_has_a_snapshot(
    a: Client, b: Client, first: str
) -> None:
    reader = a.database.client()
    reader.ok("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    a.ok("BEGIN")
    a.run(first)
    waiting = b.waits("UPDATE t SET v = v + 100 WHERE id = 1")
    a.ok("COMMIT")
    assert waiting.result.affected_rows == 1
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(110,) if first.startswith("SELECT") else (111,)]
    assert reader.rows("SELECT v FROM t WHERE id = 1") == [(10,)]


def test_a_locking_read_that_has_waited_sees_each_row_once(a: Client, b: Client) -> None:
    reader = a.database.client()
    reader.ok("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    waiting = b.waits("SELECT id, v FROM t ORDER BY id FOR UPDATE")
    a.ok("COMMIT")
    assert [tuple(row) for row in waiting.result.rows] == [(1, 11), (2, 20)]
    b.ok("BEGIN")
    b.ok("INSERT INTO t VALUES (3, 30)")
    b.ok("UPDATE t SET v = 31 WHERE id = 3")
    assert b.rows("SELECT v FROM t WHERE id = 3 FOR UPDATE") == [(31,)]


def test_nobody_inserts_what_was_searched_for(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    assert a.rows("SELECT id FROM t WHERE id BETWEEN 2 AND 5 FOR UPDATE") == [(2,)]
    assert b.ok("INSERT INTO t VALUES (9, 90)").affected_rows == 1
    waiting = b.waits("INSERT INTO t VALUES (3, 30)")
    a.ok("COMMIT")
    assert waiting.result.affected_rows == 1


def test_serializable_reads_keep_writers_out(a: Client, b: Client) -> None:
    a.session.variables["transaction_isolation"] = "SERIALIZABLE"
    a.ok("BEGIN")
    a.rows(ALL)
    waiting = b.waits("UPDATE t SET v = 0 WHERE id = 1")
    a.ok("COMMIT")
    assert waiting.result.affected_rows == 1


def test_without_autocommit_the_first_serializable_read_keeps_writers_out(a: Client, b: Client) -> None:
    a.session.autocommit = False
    a.session.variables["transaction_isolation"] = "SERIALIZABLE"
    assert a.rows("SELECT v FROM t WHERE id = 1") == [(10,)]
    waiting = b.waits("UPDATE t SET v = 12 WHERE id = 1")
    assert a.rows("SELECT v FROM t WHERE id = 1") == [(10,)]
    a.ok("COMMIT")
    assert waiting.result.affected_rows == 1


def test_without_autocommit_a_transaction_begins_by_itself(a: Client, b: Client) -> None:
    a.session.autocommit = False
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    assert a.session.in_transaction
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(10,)]
    a.ok("COMMIT")
    assert b.rows("SELECT v FROM t WHERE id = 1") == [(11,)]


def test_read_only(a: Client) -> None:
    a.ok("START TRANSACTION READ ONLY")
    assert a.code("INSERT INTO t VALUES (3, 30)") == 1792
    a.ok("COMMIT")
    a.ok("SET TRANSACTION READ ONLY")
    assert a.code("INSERT INTO t VALUES (3, 30)") == 1792


def test_the_level_of_a_transaction_is_not_changed_within(a: Client) -> None:
    a.ok("BEGIN")
    assert a.code("SET TRANSACTION ISOLATION LEVEL READ COMMITTED") == 1568


def test_and_chain_begins_anew(a: Client) -> None:
    a.ok("BEGIN")
    a.ok("DELETE FROM t WHERE id = 1")
    a.ok("COMMIT AND CHAIN")
    assert a.session.in_transaction
    a.ok("DELETE FROM t")
    a.ok("ROLLBACK AND NO CHAIN")
    assert a.rows(ALL) == [(2, 20)]


def test_definitions_commit_and_wait_for_those_who_use_the_table(a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("DELETE FROM t WHERE id = 1")
    a.ok("CREATE TABLE other (id INT)")
    a.ok("ROLLBACK")
    assert b.rows("SELECT id FROM t") == [(2,)]


def test_locked_tables(a: Client, b: Client) -> None:
    a.ok("CREATE TABLE other (id INT)")
    a.ok("LOCK TABLES t READ")
    assert a.error("INSERT INTO t VALUES (3, 30)").code == 1099
    assert a.code("SELECT * FROM other") == 1100
    waiting = b.waits("INSERT INTO t VALUES (3, 30)")
    a.ok("UNLOCK TABLES")
    assert waiting.result.affected_rows == 1
    a.ok("LOCK TABLES t WRITE")
    assert a.ok("INSERT INTO t VALUES (4, 40)").affected_rows == 1
    a.leave()
    assert b.ok("DELETE FROM t WHERE id = 4").affected_rows == 1


def test_no_versions_are_left_when_nobody_needs_them(database: Embedded, a: Client, b: Client) -> None:
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = v + 1")
    b.ok("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    a.ok("COMMIT")
    key = database.store.catalog.table("shop", "t").key
    count = f'SELECT COUNT(*) FROM "~{key}"'
    assert database.store.main.rows(count) == [(2,)]
    b.ok("COMMIT")
    assert database.store.main.rows(count) == [(0,)]


def test_a_long_rollback_lets_others_on(a: Client, b: Client) -> None:
    a.run("INSERT INTO t (id) VALUES " + ", ".join(f"({number})" for number in range(3, 2000)))
    a.ok("BEGIN")
    a.run("UPDATE t SET v = 1")
    rolling_back = a.waits("ROLLBACK")
    assert b.rows("SELECT COUNT(*) FROM t WHERE v = 1") == [(0,)]
    while not rolling_back.called:
        a.database.clock.advance(0)
    assert b.rows("SELECT SUM(v) FROM t") == [(30,)]


def test_numbers_go_on_behind_the_rows_of_a_process_that_was_killed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    database = Embedded(first)
    database.client().ok("CREATE TABLE n (id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
    database.client().ok("INSERT INTO n (v) VALUES (1)")
    database.close()
    database = Embedded(first)
    database.client().ok("INSERT INTO n (v) VALUES (2), (3)")
    for file in first.iterdir():
        (second / file.name).write_bytes(file.read_bytes())
    again = Embedded(second)
    assert again.client().ok("INSERT INTO n (v) VALUES (4)").last_insert_id == 4
    again.close()
    database.client().ok("DELETE FROM n")
    database.close()
    database = Embedded(first)
    assert database.client().ok("INSERT INTO n (v) VALUES (5)").last_insert_id == 4
    database.close()


def test_what_was_not_committed_is_undone_at_the_next_start(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    database = Embedded(first)
    a, b = database.client(), database.client()
    a.ok("CREATE TABLE t (id INT PRIMARY KEY, v INT)")
    a.ok("INSERT INTO t VALUES (1, 10), (2, 20)")
    a.ok("BEGIN")
    a.ok("UPDATE t SET v = 11 WHERE id = 1")
    b.ok("BEGIN")
    b.ok("DELETE FROM t WHERE id = 2")
    b.ok("COMMIT")
    for file in first.iterdir():
        (second / file.name).write_bytes(file.read_bytes())
    again = Embedded(second)
    assert again.client().rows(ALL) == [(1, 10)]
    again.close()
    database.close()
