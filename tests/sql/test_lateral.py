"""LATERAL derived tables, which MariaDB does not have (MySQL 8.4 manual, 15.2.15.9)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from embedded import Client, Embedded

BEST = "(SELECT w, s FROM u WHERE u.t_id = t.id ORDER BY w DESC LIMIT 1)"


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, d DOUBLE, b BLOB, e DECIMAL(6,2))")
    client.ok("CREATE TABLE u (id INT PRIMARY KEY, t_id INT, w INT, s VARCHAR(9))")
    client.ok("INSERT INTO t VALUES (1, 0.1, x'00ff', 1.5), (2, 1e300, NULL, NULL), (3, NULL, 'a', 3)")
    client.ok("INSERT INTO u VALUES (1, 1, 5, 'a'), (2, 1, 7, 'b'), (3, 2, 9, 'C')")
    yield client
    database.close()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"SELECT t.id, x.* FROM t, LATERAL {BEST} AS x ORDER BY t.id", [(1, 7, "b"), (2, 9, "C")]),
        (
            f"SELECT t.id, x.* FROM t LEFT JOIN LATERAL {BEST} AS x (p, q) ON TRUE ORDER BY t.id",
            [(1, 7, "b"), (2, 9, "C"), (3, None, None)],
        ),
        (
            "SELECT x.* FROM t JOIN LATERAL (SELECT t.d * 3, t.b, t.e + 1, t.d) AS x (d, b, e, f) ORDER BY t.id",
            [
                (0.30000000000000004, b"\0\xff", Decimal("2.50"), 0.1),
                (3e300, None, None, 1e300),
                (None, b"a", Decimal("4.00"), None),
            ],
        ),
        (
            (
                "SELECT y.q FROM t JOIN LATERAL (SELECT MAX(w) AS m FROM u WHERE t_id = t.id) AS x"
                " JOIN LATERAL (SELECT x.m + 1 AS q) AS y ORDER BY t.id"
            ),
            [(8,), (10,), (None,)],
        ),
        (
            "SELECT (SELECT SUM(x.m) FROM u JOIN LATERAL (SELECT u.w + t.id AS m) AS x WHERE u.t_id = t.id) FROM t",
            [(Decimal(14),), (Decimal(11),), (None,)],
        ),
        (
            (
                "SELECT x.m FROM t JOIN LATERAL (SELECT t.id AS m UNION SELECT w FROM u WHERE t_id = t.id) AS x"
                " ON x.m > 4 ORDER BY 1"
            ),
            [(5,), (7,), (9,)],
        ),
        (
            (
                "SELECT x.m FROM t, LATERAL (WITH q AS (SELECT w FROM u WHERE t_id = t.id) SELECT MAX(w) AS m FROM q)"
                " AS x ORDER BY t.id"
            ),
            [(7,), (9,), (None,)],
        ),
        ("SELECT x.m FROM t RIGHT JOIN LATERAL (SELECT MAX(w) AS m FROM u) AS x ON t.id = 2", [(9,)]),
    ],
)
def test_a_lateral_table_sees_the_tables_in_front_of_it(client: Client, text: str, rows: list[tuple[Any, ...]]) -> None:
    assert client.rows(text) == rows


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("SELECT * FROM LATERAL (SELECT t.id) AS x, t", 1054, "'t.id' in 'field list'"),
        ("SELECT * FROM t, (SELECT t.id) AS x", 1054, "'t.id' in 'field list'"),
        ("SELECT * FROM t, LATERAL (SELECT 1)", 1248, ""),
        ("SELECT * FROM t, LATERAL (SELECT 1, 2) AS x (a)", 1353, ""),
        ("SELECT * FROM t RIGHT JOIN LATERAL (SELECT t.id) AS x ON 1", 3668, "made by 'x'"),
    ],
)
def test_what_a_lateral_table_may_not_do_is_refused(client: Client, text: str, code: int, named: str) -> None:
    error = client.error(text)
    assert error.code == code, error
    assert named in error.message


def test_a_lateral_table_of_more_columns_than_an_array_has_places(client: Client) -> None:
    items = ", ".join(f"t.id + {number} AS c{number}" for number in range(250))
    assert client.rows(f"SELECT x.* FROM t JOIN LATERAL (SELECT {items}) AS x WHERE t.id = 2") == [
        tuple(range(2, 252)),
    ]


def test_tables_are_changed_by_what_a_lateral_table_says(client: Client) -> None:
    count = "LATERAL (SELECT COUNT(*) AS k FROM u WHERE u.t_id = t.id) AS x"
    assert client.ok(f"UPDATE t JOIN {count} SET t.e = x.k").affected_rows == 3
    assert client.ok(f"DELETE t FROM t JOIN {count} WHERE x.k = 0").affected_rows == 1
    assert client.rows("SELECT id, e FROM t ORDER BY id") == [(1, Decimal("2.00")), (2, Decimal("1.00"))]


def test_a_view_may_have_a_lateral_table(client: Client) -> None:
    client.ok(f"CREATE VIEW v AS SELECT t.id, x.w FROM t, LATERAL {BEST} AS x")
    assert client.rows("SELECT * FROM v ORDER BY id") == [(1, 7), (2, 9)]
