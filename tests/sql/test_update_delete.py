"""UPDATE and DELETE of one table and of several."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT)")
    found.ok("INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, NULL)")
    found.ok("CREATE TABLE u (id INT PRIMARY KEY, w INT)")
    found.ok("INSERT INTO u VALUES (1, 100), (3, 300)")
    yield found
    database.close()


def test_what_changes_is_counted_and_what_is_found_is_told(client: Client) -> None:
    answer = client.ok("UPDATE t SET v = 10 WHERE g = 1")
    assert (answer.affected_rows, answer.info) == (1, "Rows matched: 2  Changed: 1  Warnings: 0")
    client.session.found_rows = True
    assert client.ok("UPDATE t SET v = 10 WHERE g = 1").affected_rows == 2


def test_assignments_see_those_before_them(client: Client) -> None:
    client.ok("UPDATE t SET v = v + 1, g = v WHERE id = 1")
    assert client.rows("SELECT g, v FROM t WHERE id = 1") == [(11, 11)]


def test_order_and_limit_choose_the_rows(client: Client) -> None:
    assert client.code("UPDATE t SET id = id + 1") == 1062
    assert client.ok("UPDATE t SET id = id + 1 ORDER BY id DESC").affected_rows == 3
    assert client.ok("UPDATE t SET v = 0 ORDER BY id LIMIT 1").affected_rows == 1
    assert client.rows("SELECT id, v FROM t ORDER BY id") == [(2, 0), (3, 20), (4, None)]


def test_several_tables_are_updated_by_a_join(client: Client) -> None:
    assert client.ok("UPDATE t JOIN u ON u.id = t.id SET t.v = u.w, u.w = 0").affected_rows == 4
    assert client.rows("SELECT v FROM t ORDER BY id") == [(100,), (20,), (300,)]
    assert client.rows("SELECT w FROM u") == [(0,), (0,)]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("UPDATE t SET v = 3000000000 WHERE g = 2", 3),
        ("UPDATE t SET v = 3000000000 WHERE id = 3", 1),
        ("UPDATE t SET v = 3000000000 WHERE g = 2 ORDER BY v", 1),
        ("UPDATE t SET v = IF(id = 2, 3000000000, 1)", 2),
    ],
)
def test_a_message_counts_the_rows_that_are_looked_at(client: Client, text: str, row: int) -> None:
    answer = client.error(text)
    assert (answer.code, answer.message) == (1264, f"Out of range value for column 'v' at row {row}")


def test_rows_are_looked_at_by_the_primary_key(client: Client) -> None:
    client.ok("CREATE TABLE k (a VARCHAR(5) PRIMARY KEY, v TINYINT)")
    client.ok("INSERT INTO k VALUES ('c', 1), ('a', 2), ('b', 3)")
    assert client.error("UPDATE k SET v = 300 WHERE v = 1").message.endswith("at row 3")


def test_update_ignore_leaves_rows_that_would_be_duplicates(client: Client) -> None:
    answer = client.ok("UPDATE IGNORE t SET id = 1")
    assert (answer.affected_rows, answer.warnings) == (0, 2)


def test_default_and_the_time_of_a_change(client: Client) -> None:
    client.ok("CREATE TABLE d (id INT PRIMARY KEY, n INT DEFAULT 3)")
    client.ok("INSERT INTO d VALUES (1, 1)")
    client.ok("UPDATE d SET n = DEFAULT")
    assert client.rows("SELECT n FROM d") == [(3,)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPDATE t SET nothing = 1", 1054),
        ("UPDATE t SET v = nothing", 1054),
        ("UPDATE t SET v = 1 WHERE nothing = 1", 1054),
        ("UPDATE missing SET v = 1", 1146),
        ("UPDATE t SET v = 'abc'", 1366),
        ("UPDATE t SET v = 1 WHERE id = (SELECT MAX(id) FROM t)", 1093),
        ("UPDATE t JOIN u ON u.id = t.id SET t.v = 1 LIMIT 1", 1221),
        ("DELETE FROM t WHERE id = (SELECT MAX(id) FROM t)", 1093),
        ("DELETE x FROM t", 1109),
        ("DELETE t FROM t JOIN u ON u.id = t.id LIMIT 1", 1064),
    ],
)
def test_what_mysql_refuses_is_refused_and_changes_nothing(client: Client, text: str, code: int) -> None:
    before = client.rows("SELECT * FROM t")
    assert client.code(text) == code
    assert client.rows("SELECT * FROM t") == before


def test_delete_by_order_and_limit(client: Client) -> None:
    assert client.ok("DELETE FROM t ORDER BY id DESC LIMIT 2").affected_rows == 2
    assert client.rows("SELECT id FROM t") == [(1,)]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE t, u FROM t JOIN u ON u.id = t.id",
        "DELETE FROM t, u USING t JOIN u ON u.id = t.id",
    ],
)
def test_delete_from_several_tables(client: Client, text: str) -> None:
    assert client.ok(text).affected_rows == 4
    assert client.rows("SELECT id FROM t") == [(2,)]
    assert client.rows("SELECT id FROM u") == []


def test_parameters_of_a_prepared_statement(client: Client) -> None:
    assert client.run("UPDATE t SET v = ? WHERE id = ?", command="prepare").affected_rows == 0
    assert client.ok("UPDATE t SET v = ? WHERE id = ?", 5, 1).affected_rows == 1
    assert client.ok("DELETE FROM t WHERE v = ?", 5).affected_rows == 1
