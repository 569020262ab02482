"""How statements are recognised and answered, beside what they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from embedded import Client, Embedded
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.sql.responder import Sql
from sockservice.sql.store import Store


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
    found.ok("INSERT INTO t (v) VALUES (10), (20)")
    yield found
    database.close()


def test_prepare_describes_and_does_nothing(client: Client) -> None:
    told = client.run("SELECT id, v FROM t WHERE id = ?", command="prepare")
    assert [column.name for column in told.columns] == ["id", "v"]
    assert client.run("DELETE FROM t WHERE id = ?", command="prepare") == Ok()
    assert client.run("BEGIN", command="prepare") == Ok()
    assert not client.session.in_transaction
    assert client.rows("SELECT COUNT(*) FROM t") == [(2,)]
    assert client.run("SELECT nothing FROM t", command="prepare").code == 1054


def test_databases_and_columns(client: Client) -> None:
    assert client.run("shop", command="init_db") == Ok()
    assert client.run("nowhere", command="init_db").code == 1049
    assert [column.name for column in client.run("t", command="field_list").columns] == ["id", "v"]


def test_use(client: Client) -> None:
    client.database.store.create_database("a b")
    client.ok("USE `a b`")
    assert client.session.database == "a b"
    client.ok("USE shop;")
    assert client.code("USE nowhere") == 1049
    assert client.session.database == "shop"
    client.session.allowed = ("shop",)
    assert client.code("USE `a b`") == 1044


def test_only_what_reads_a_table_begins_a_transaction_without_autocommit(client: Client) -> None:
    client.session.autocommit = False
    client.rows("SELECT 1")
    assert not client.session.in_transaction
    client.rows("SELECT * FROM t")
    assert client.session.in_transaction


def test_a_statement_that_defines_nothing_commits_nothing(client: Client) -> None:
    client.ok("BEGIN")
    client.ok("DELETE FROM t")
    assert client.code("SHOW NOTHING") == 1064
    client.ok("SET @x = 1")
    client.ok("ROLLBACK")
    assert client.rows("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_session_that_is_reset_rolls_back(client: Client) -> None:
    client.ok("BEGIN")
    client.ok("DELETE FROM t")
    client.run("", command="reset_connection")
    assert client.rows("SELECT COUNT(*) FROM t") == [(2,)]


def test_warnings_are_shown_until_the_next_statement(client: Client) -> None:
    client.session.variables["sql_mode"] = ""
    client.ok("UPDATE t SET v = 'x', id = id")
    assert client.rows("SHOW COUNT(*) WARNINGS") == [(2,)]
    first = ("Warning", 1366, "Incorrect integer value: 'x' for column 'v' at row 1")
    assert client.rows("SHOW WARNINGS LIMIT 1") == [first]
    assert client.rows("SHOW WARNINGS LIMIT 1, 5") == [(*first[:2], first[2].replace("row 1", "row 2"))]
    assert client.rows("SHOW ERRORS") == []
    client.rows("SELECT 1")
    assert client.rows("SHOW WARNINGS") == []
    client.code("SELECT nothing FROM t")
    assert client.rows("SHOW ERRORS") == [("Error", 1054, "Unknown column 'nothing' in 'field list'")]


def test_what_the_session_did_last(client: Client) -> None:
    assert client.rows("SELECT ROW_COUNT()") == [(2,)]
    assert client.rows("SELECT ROW_COUNT(), FOUND_ROWS()") == [(-1, 1)]
    client.rows("SELECT * FROM t")
    assert client.rows("SELECT FOUND_ROWS()") == [(2,)]
    assert client.ok("UPDATE t SET v = LAST_INSERT_ID(v + 1) WHERE id = 2").last_insert_id == 21
    assert client.rows("SELECT LAST_INSERT_ID()") == [(21,)]


def test_plans_are_kept_by_all_but_their_literals(client: Client) -> None:
    for number in range(1, 300):
        assert client.rows(f"SELECT {number}, v FROM t WHERE id = 1 LIMIT {number}") == [(number, 10)]
    client.ok("CREATE TABLE another (id INT)")
    assert client.rows("SELECT 5, v FROM t WHERE id = 1 LIMIT 5") == [(5, 10)]


def test_a_statement_waits_for_the_one_before_it(client: Client) -> None:
    other = client.database.client()
    other.ok("BEGIN")
    other.ok("UPDATE t SET v = 0")
    first, second = client.ask("UPDATE t SET v = v + 1"), client.ask("SELECT v FROM t")
    other.ok("COMMIT")
    assert first.result.affected_rows == 2
    assert [tuple(row) for row in second.result.rows] == [(1,), (1,)]


class Elsewhere:
    """Answers what is not understood, and switches autocommit."""

    def respond(self, request: Request) -> Any:
        request.session.autocommit = "1" in request.text
        return Error(1, "HY000", "elsewhere")


def test_what_is_not_understood_is_asked_elsewhere_and_may_commit() -> None:
    database = Embedded()
    database.sql = Sql(lambda: database.store, Elsewhere())
    a, b = database.client(), database.client()
    a.ok("CREATE TABLE t (id INT)")
    assert a.error("SET autocommit = 0").message == "elsewhere"
    a.ok("INSERT INTO t VALUES (1)")
    assert b.rows("SELECT COUNT(*) FROM t") == [(0,)]
    a.error("SET autocommit = 1")
    assert b.rows("SELECT COUNT(*) FROM t") == [(1,)]
    assert a.code("INSERT INTO missing VALUES (1)") == 1146
    database.close()


async def test_what_takes_its_time_runs_in_a_thread_and_can_be_ended() -> None:
    def in_thread(work: Any) -> Deferred[Any]:
        return deferToThreadPool(reactor, reactor.getThreadPool(), work)

    database = Embedded()
    store = Store(clock=reactor, run_in_thread=in_thread)
    store.create_database("shop")
    database.sql = Sql(lambda: store)
    a, b = database.client(), database.client()
    slept: Any = a.ask("SELECT SLEEP(0.05)")
    assert isinstance(slept, Deferred)
    assert isinstance(b.ask("SELECT 1"), Rows)
    assert [tuple(row) for row in (await slept).rows] == [(0,)]
    a.ask("CREATE TABLE t (id INT PRIMARY KEY)")
    for start in range(0, 300, 50):
        a.ask("INSERT INTO t VALUES " + ", ".join(f"({number})" for number in range(start, start + 50)))
    counted: Any = a.ask("SELECT COUNT(*) FROM t a JOIN t b WHERE a.id + b.id >= 0")
    assert isinstance(counted, Deferred)
    assert [tuple(row) for row in (await counted).rows] == [(90000,)]
    endless: Any = a.ask("SELECT SLEEP(60)")
    failed: list[Any] = []
    endless.addErrback(failed.append)
    endless.cancel()
    assert len(failed) == 1
    # The thread is ours to wait for: it has been told to end.
    while store.readers.at_work:
        await in_thread(lambda: None)
    store.close()
    database.close()


def test_a_checksum_follows_the_rows(client: Client) -> None:
    client.ok("CREATE TABLE sums (a INT, b VARCHAR(9), c BLOB)")
    assert client.rows("CHECKSUM TABLE sums") == [("shop.sums", 0)]
    found = set()
    for change in ("INSERT INTO sums VALUES (1, 'x', 0x00ff), (2, NULL, NULL)", "UPDATE sums SET a = 3 WHERE a = 2"):
        client.ok(change)
        found.add(client.rows("CHECKSUM TABLE sums")[0][1])
    client.ok("UPDATE sums SET b = 'y' WHERE a = 1")
    found.add(client.rows("CHECKSUM TABLE sums")[0][1])
    assert len(found) == 3
    assert client.rows("CHECKSUM TABLE nowhere") == [("shop.nowhere", None)]


def test_a_full_disk_is_told_and_changes_nothing(client: Client) -> None:
    main = client.database.store.main
    ((pages,),) = main.rows("PRAGMA page_count")
    main.rows(f"PRAGMA max_page_count = {pages + 2}")
    refused = client.error(
        "INSERT INTO t (v) SELECT a.v FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k, t l"
    )
    assert (refused.code, refused.sqlstate) == (1021, "HY000")
    assert client.rows("SELECT v FROM t") == [(10,), (20,)]
    main.rows("PRAGMA max_page_count = 1000000")
    assert client.ok("INSERT INTO t (v) VALUES (30)").affected_rows == 1
