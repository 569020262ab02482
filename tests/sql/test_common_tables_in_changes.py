"""WITH in front of UPDATE and DELETE, which MariaDB does not have (MySQL 8.4 manual, 15.2.20)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def database() -> Iterator[Embedded]:
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, v INT)")
    client.ok("CREATE TABLE u (id INT PRIMARY KEY, t_id INT, w INT)")
    client.ok("INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)")
    client.ok("INSERT INTO u VALUES (1, 1, 5), (2, 1, 7), (3, 2, 9)")
    yield database
    database.close()


@pytest.fixture
def client(database: Embedded) -> Client:
    return database.client()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "WITH x AS (SELECT t_id, SUM(w) AS s FROM u GROUP BY t_id) UPDATE t JOIN x ON x.t_id = t.id SET v = x.s",
            [(1, 12), (2, 9), (3, 30)],
        ),
        (
            "WITH x AS (SELECT t_id FROM u) UPDATE IGNORE t SET v = v + 1 WHERE id IN (SELECT t_id FROM x)",
            [(1, 11), (2, 21), (3, 30)],
        ),
        ("WITH x (n) AS (SELECT MAX(id) FROM t) DELETE FROM t WHERE id = (SELECT n FROM x)", [(1, 10), (2, 20)]),
        (
            (
                "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 2)"
                " DELETE t, u FROM t JOIN u ON u.t_id = t.id JOIN x ON x.n = t.id WHERE x.n = 2"
            ),
            [(1, 10), (3, 30)],
        ),
        ("WITH x AS (SELECT 2 AS n) DELETE FROM t USING t JOIN x ON t.id = x.n", [(1, 10), (3, 30)]),
    ],
)
def test_a_statement_that_changes_rows_names_common_tables(
    client: Client, text: str, rows: list[tuple[int, int]]
) -> None:
    client.ok(text)
    assert client.rows("SELECT * FROM t ORDER BY id") == rows


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("WITH x AS (SELECT 1 AS n) UPDATE x SET n = 2", 1288, "table x of the UPDATE"),
        ("WITH x AS (SELECT 1 AS n) UPDATE t SET nothing = 2", 1054, "'nothing'"),
        ("WITH x AS (SELECT 1 AS n) INSERT INTO t VALUES (4, 4)", 1064, "near 'INSERT INTO t VALUES (4, 4)'"),
        ("WITH x AS (SELECT 1 AS n) DELETE FROM t WHER id = 1", 1064, "near 'id = 1'"),
    ],
)
def test_what_a_with_may_not_stand_in_front_of_is_refused(client: Client, text: str, code: int, named: str) -> None:
    error = client.error(text)
    assert error.code == code, error
    assert named in error.message


def test_a_prepared_statement_with_common_tables(client: Client) -> None:
    text = "WITH x AS (SELECT ? AS n) UPDATE t SET v = ? WHERE id = (SELECT n FROM x)"
    assert [client.ok(text, number, 5).affected_rows for number in (1, 2, 9)] == [1, 1, 0]


def test_the_rows_that_it_searches_for_are_locked(database: Embedded, client: Client) -> None:
    client.ok("BEGIN")
    client.rows("WITH x AS (SELECT 9 AS n) SELECT * FROM t WHERE id IN (SELECT n FROM x) FOR UPDATE")
    waiting = database.client().waits("INSERT INTO t VALUES (9, 9)")
    client.ok("COMMIT")
    database.clock.advance(0)
    assert waiting.called
