"""What is left over goes behind the statements."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded

from sockservice.sql import tidying, versions


@pytest.fixture
def database() -> Iterator[Embedded]:
    found = Embedded()
    yield found
    found.close()


@pytest.fixture
def client(database: Embedded, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with a table of ten rows, of which three are removed at once."""
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, UNIQUE (a))")
    found.ok(f"INSERT INTO t (a) VALUES {', '.join(f'({n})' for n in range(10))}")
    for module in (tidying, versions):
        monkeypatch.setattr(module, "AT_ONCE", 3)
        monkeypatch.setattr(module, "FEW", 3)
    monkeypatch.setattr(tidying, "_SLICE", 2)
    return found


def left_over(database: Embedded) -> list[str]:
    found = database.store.main.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '~*'")
    return [name for (name,) in found]


def rest(database: Embedded) -> None:
    for _ in range(20):
        database.clock.advance(0)


def test_the_rows_of_a_large_table_go_behind_the_statement_that_drops_it(database: Embedded, client: Client) -> None:
    client.ok("DROP TABLE t")
    assert left_over(database)
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, a INT, UNIQUE (a))")
    client.ok("INSERT INTO t VALUES (1, 1)")
    rest(database)
    assert not left_over(database)
    assert client.rows("SELECT * FROM t") == [(1, 1)]


def test_a_large_table_is_empty_as_soon_as_it_is_truncated(database: Embedded, client: Client) -> None:
    client.ok("TRUNCATE t")
    assert left_over(database)
    client.ok("INSERT INTO t (a) VALUES (5)")
    rest(database)
    assert not left_over(database)
    assert client.rows("SELECT * FROM t") == [(1, 5)]


def test_the_versions_of_a_large_transaction_go_behind_it(database: Embedded, client: Client) -> None:
    client.ok("BEGIN")
    client.ok("UPDATE t SET a = a + 100")
    client.ok("COMMIT")
    assert any(name.startswith(tidying.GONE) for name in left_over(database))
    rest(database)
    assert not any(name.startswith(tidying.GONE) for name in left_over(database))


def test_versions_beside_those_of_another_transaction_go_alone(database: Embedded, client: Client) -> None:
    other = database.client()
    other.ok("BEGIN")
    other.ok("UPDATE t SET a = 50 WHERE id = 1")
    client.ok("BEGIN")
    client.ok("UPDATE t SET a = a + 100 WHERE id > 3")
    client.ok("COMMIT")
    rest(database)
    (past,) = left_over(database)
    assert database.store.main.rows(f'SELECT COUNT(*) FROM "{past}"') == [(1,)]
    other.ok("ROLLBACK")
    assert client.rows("SELECT a FROM t WHERE id = 1") == [(0,)]


def test_the_end_leaves_the_rest(database: Embedded, client: Client) -> None:
    client.ok("DROP TABLE t")
    database.store.tidying.close()
    rest(database)
    assert left_over(database)
