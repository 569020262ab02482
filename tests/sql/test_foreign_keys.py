"""Foreign keys: what they refuse, what they carry on, and what is undone with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE parent (id INT PRIMARY KEY)")
    found.ok("CREATE TABLE child (id INT PRIMARY KEY, p INT)")
    found.ok("INSERT INTO parent VALUES (1), (2)")
    yield found
    database.close()


def test_a_child_needs_its_parent(client: Client) -> None:
    client.database.refer("child", "p", "parent")
    told = client.error("INSERT INTO child VALUES (1, 9)")
    assert told.code == 1452
    assert told.message.endswith("(`shop`.`child`, CONSTRAINT `child_p` FOREIGN KEY (`p`) REFERENCES `parent` (`id`))")
    client.ok("INSERT INTO child VALUES (1, 1), (2, NULL)")
    assert client.code("UPDATE child SET p = 9 WHERE id = 1") == 1452
    assert client.rows("SELECT * FROM child") == [(1, 1), (2, None)]


def test_a_parent_with_children_stays(client: Client) -> None:
    client.database.refer("child", "p", "parent")
    client.ok("INSERT INTO child VALUES (1, 1)")
    assert client.code("DELETE FROM parent") == 1451
    assert client.code("UPDATE parent SET id = 5 WHERE id = 1") == 1451
    assert client.ok("DELETE FROM parent WHERE id = 2").affected_rows == 1
    client.session.variables["foreign_key_checks"] = 0
    assert client.ok("DELETE FROM parent").affected_rows == 1


def test_changes_are_carried_on_and_undone_with_the_rest(client: Client) -> None:
    client.database.refer("child", "p", "parent", on_delete="CASCADE", on_update="CASCADE")
    client.ok("INSERT INTO child VALUES (1, 1), (2, 2)")
    client.ok("BEGIN")
    client.ok("UPDATE parent SET id = 5 WHERE id = 1")
    assert client.rows("SELECT * FROM child ORDER BY id") == [(1, 5), (2, 2)]
    client.ok("DELETE FROM parent WHERE id = 5")
    assert client.rows("SELECT * FROM child") == [(2, 2)]
    client.ok("ROLLBACK")
    assert client.rows("SELECT * FROM child ORDER BY id") == [(1, 1), (2, 2)]


def test_set_null(client: Client) -> None:
    client.database.refer("child", "p", "parent", on_delete="SET NULL", on_update="SET NULL")
    client.ok("INSERT INTO child VALUES (1, 1), (2, 2)")
    client.ok("DELETE FROM parent WHERE id = 1")
    client.ok("UPDATE parent SET id = 9")
    assert client.rows("SELECT p FROM child") == [(None,), (None,)]


def test_a_table_that_refers_to_itself(client: Client) -> None:
    client.database.refer("child", "p", "child", on_delete="CASCADE")
    client.ok("INSERT INTO child VALUES (1, NULL), (2, 1), (3, 2), (4, 4)")
    assert client.ok("DELETE FROM child WHERE id = 1").affected_rows == 1
    assert client.rows("SELECT id FROM child") == [(4,)]


def test_ignore_leaves_out_children_without_parents(client: Client) -> None:
    client.database.refer("child", "p", "parent")
    assert client.ok("INSERT IGNORE INTO child VALUES (1, 9), (2, 1)").affected_rows == 1
    assert client.warnings == [1452]
    assert client.rows("SELECT id FROM child") == [(2,)]


def test_a_child_waits_for_a_parent_that_may_go(client: Client) -> None:
    client.database.refer("child", "p", "parent")
    other = client.database.client()
    client.ok("BEGIN")
    client.ok("DELETE FROM parent WHERE id = 1")
    waiting = other.waits("INSERT INTO child VALUES (1, 1)")
    client.ok("COMMIT")
    assert waiting.result.code == 1452
