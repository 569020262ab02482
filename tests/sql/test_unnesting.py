"""Queries with less nesting give the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from embedded import Client, Embedded

from sockservice.sql.connection import Connection
from sockservice.sql.unnesting import is_unnested, unnested


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A session on tables that these tests only read."""
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, g INT, d DECIMAL(6,2), s VARCHAR(9))")
    client.ok("CREATE TABLE u (id INT PRIMARY KEY, t_id INT, w INT)")
    client.ok("INSERT INTO t VALUES (1, 1, 1.5, 'a'), (2, 1, 2.25, 'B'), (3, 2, NULL, 'c'), (4, NULL, 9, NULL)")
    client.ok("INSERT INTO u VALUES (1, 1, 5), (2, 1, 7), (3, 2, 9), (4, 9, 1)")
    yield client
    database.close()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT IF(id > 1, IF(id > 2, CONCAT(s, 'x'), UPPER(s)), ROUND(d * 2 + 1, 1)) FROM t ORDER BY id",
        "SELECT CASE WHEN s = 'b' THEN LOWER(CONCAT(s, IFNULL(g, 0) + 1)) ELSE ABS(-d) END FROM t ORDER BY id",
        "SELECT g, ROUND(SUM(IF(d > 1, d * 2, 0)) + COUNT(*), 1) FROM t GROUP BY g HAVING SUM(id + 1) > 2 ORDER BY g",
        "SELECT id, SUM(ABS(id - 3)) OVER (PARTITION BY g ORDER BY ABS(id + 1)) FROM t ORDER BY id",
        "SELECT x.a FROM (SELECT y.a + 1 AS a FROM (SELECT id AS a FROM t WHERE ABS(id - 2) < 2) AS y) AS x ORDER BY 1",
        "SELECT t.id, (SELECT MAX(ABS(w - t.id)) FROM u WHERE u.t_id = t.id) FROM t ORDER BY id",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id AND ABS(w - t.id) > 4) ORDER BY id",
        "SELECT id FROM t WHERE (id, g) IN (SELECT t_id, ABS(-1) FROM u WHERE w IN (SELECT MAX(w) FROM u)) ORDER BY id",
        "WITH x AS (SELECT id, ABS(g - 2) AS n FROM t) SELECT a.id FROM x AS a, (SELECT n FROM x) AS b WHERE a.n = b.n",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT ABS(i + 1) FROM n WHERE i < 4) SELECT SUM(i * 2) FROM n",
        "SELECT t.id, u.id FROM t LEFT JOIN (SELECT * FROM u WHERE ABS(w) > 5) AS u ON ABS(t_id) = t.id ORDER BY 1, 2",
        "SELECT x.m + ABS(ABS(x.m)) FROM t, LATERAL (SELECT MAX(ABS(ABS(w) - t.id)) AS m FROM u) AS x ORDER BY 1",
        "SELECT id FROM t UNION SELECT ABS(w - 5) FROM (SELECT * FROM u) AS x ORDER BY 1",
        "SELECT GREATEST(s, 'B', CONCAT('a', LOWER(UPPER(s)))), s BETWEEN LOWER(LOWER('A')) AND 'b' FROM t ORDER BY id",
        "SELECT GROUP_CONCAT(UPPER(LOWER(UPPER(s))) ORDER BY ABS(id) SEPARATOR '+') FROM t GROUP BY g ORDER BY ABS(g)",
    ],
)
def test_the_rows_stay_the_same(client: Client, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    expected = client.rows(text)
    rows, seen = Connection.rows, []

    def less_nested(self: Connection, query: str, parameters: Any = ()) -> list[tuple[Any, ...]]:
        unnested.cache_clear()
        query = unnested(query)
        seen.append(query)
        return rows(self, query, parameters)

    monkeypatch.setattr("sockservice.sql.unnesting._HIGH", 4)
    monkeypatch.setattr(Connection, "rows", less_nested)
    assert client.rows(text) == expected
    assert any(map(is_unnested, seen))
    unnested.cache_clear()
