"""Changes that go through views."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, g INT, v INT DEFAULT 7)")
    found.ok("INSERT INTO t (g, v) VALUES (1, 10), (1, 20), (2, 30)")
    found.ok("CREATE VIEW ones (number, amount, twice) AS SELECT id, v, v * 2 FROM t WHERE g = 1")
    found.ok("CREATE VIEW few AS SELECT * FROM ones WHERE amount < 15")
    found.ok("CREATE VIEW checked AS SELECT id, g FROM t WHERE g = 1 WITH CHECK OPTION")
    found.ok("CREATE VIEW sums AS SELECT g, SUM(v) AS s FROM t GROUP BY g")
    yield found
    database.close()


def test_only_rows_that_the_view_shows_are_changed(client: Client) -> None:
    assert client.ok("UPDATE ones SET amount = amount + 1").affected_rows == 2
    assert client.ok("UPDATE few AS f SET f.amount = 0 WHERE f.number < 9").affected_rows == 1
    assert client.rows("SELECT v FROM t ORDER BY id") == [(0,), (21,), (30,)]
    assert client.ok("DELETE FROM ones WHERE amount = 21 OR number = 3").affected_rows == 1
    assert client.rows("SELECT id FROM t ORDER BY id") == [(1,), (3,)]


def test_rows_are_inserted_with_the_defaults_of_the_table(client: Client) -> None:
    assert client.ok("INSERT INTO ones (number) VALUES (9)").affected_rows == 1
    assert client.rows("SELECT * FROM t WHERE id = 9") == [(9, None, 7)]


def test_a_checked_view_takes_what_it_shows_alone(client: Client) -> None:
    assert client.error("INSERT INTO checked VALUES (8, 2)").message == "CHECK OPTION failed 'shop.checked'"
    assert client.ok("INSERT IGNORE INTO checked VALUES (8, 2), (9, 1)").affected_rows == 1
    assert client.code("UPDATE checked SET g = 2") == 1369
    assert client.rows("SELECT id, g FROM t ORDER BY id") == [(1, 1), (2, 1), (3, 2), (9, 1)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPDATE sums SET s = 1", 1288),
        ("DELETE FROM sums", 1288),
        ("INSERT INTO sums VALUES (1, 2)", 1471),
        ("UPDATE ones SET twice = 1", 1348),
        ("INSERT INTO ones VALUES (1, 2, 3)", 1348),
        ("INSERT INTO ones (v) VALUES (1)", 1054),
    ],
)
def test_what_mysql_refuses_is_refused(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code
