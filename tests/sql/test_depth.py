"""Statements that are nested deep, or long: they run, or MySQL's own error is the answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from embedded import Client, Embedded


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A session on a table that these tests only read."""
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, a INT, s VARCHAR(9))")
    client.ok("INSERT INTO t VALUES (1, 10, 'A'), (2, 20, 'b'), (3, NULL, NULL)")
    yield client
    database.close()


def within(before: str, inner: str, behind: str, depth: int) -> str:
    return before * depth + inner + behind * depth


def derived(depth: int) -> str:
    aliases = "".join(f") AS t{number}" for number in range(depth))
    return f"{'(SELECT * FROM ' * depth}(SELECT a + 1 AS a FROM t) AS t{aliases}"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (" + ".join(["a"] * 200), 2000),
        (" - ".join(["a"] * 200), -1980),
        (" * ".join(["1.0"] * 200), Decimal("1." + "0" * 30)),
        (within("ABS(", "a", ")", 60), 10),
        (within("CONCAT('x', ", "s", ")", 60), "x" * 60 + "A"),
        (within("IF(a > 5, ", "a", ", NULL)", 60), 10),
        (within("CASE WHEN a > 5 THEN ", "a", " ELSE 0 END", 60), 10),
        (within("CASE WHEN a < 5 THEN 0 ELSE ", "a", " END", 60), 10),
        (within("(SELECT a + ", "a", ")", 9), 100),
        (within("NOT ", "a", "", 60), 1),
        (within("- ", "a", "", 60), 10),
        (within("~", "a", "", 60), 10),
        (within("(", "a", ")", 200), 10),
        (within("(SELECT ", "10", ")", 40), 10),
        (f"(SELECT MAX(a) FROM {derived(40)})", 21),
        (f"COALESCE({'NULL, ' * 300}a)", 10),
        (f"GREATEST({', '.join(map(str, range(300)))})", 299),
        (f"CASE a {' '.join(f'WHEN {number} THEN {number}' for number in range(500))} END", 10),
    ],
    ids=str.split(
        "plus minus times call concat if case else correlated not negative bits bracket scalar "
        "derived coalesce greatest whens"
    ),
)
def test_an_expression_may_be_as_deep_as_mysql_takes_it(client: Client, expression: str, value: Any) -> None:
    found = client.rows(f"SELECT {expression} FROM t ORDER BY id LIMIT 1")
    assert found == [(value,)]


def test_tables_may_be_nested_deep(client: Client) -> None:
    assert client.rows(
        f"SELECT x.a FROM {derived(30)} AS x JOIN t ON t.a = x.a - 1 ORDER BY 1".replace("AS t29 AS", "AS")
    )


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (" OR ".join(f"id = {number}" for number in range(2, 1000)), [2, 3]),
        (" OR ".join(f"(s = 'a' AND id = {number})" for number in range(500)), [1]),
        (" AND ".join(f"id <> {number}" for number in range(2, 1000)), [1]),
        (f"id IN ({', '.join(map(str, range(3, 10_000)))})", [3]),
        (f"id NOT IN ({', '.join(map(str, range(3, 10_000)))})", [1, 2]),
        (f"(id, s) IN ({', '.join(f'''({number}, 'B')''' for number in range(1000))})", [2]),
        (f"(id, s) NOT IN ({', '.join(f'''({number}, 'B')''' for number in range(1000))})", [1]),
    ],
    ids=["or", "brackets", "and", "in", "not in", "rows", "no rows"],
)
def test_a_condition_may_be_as_long_as_it_is(client: Client, condition: str, ids: list[int]) -> None:
    assert client.rows(f"SELECT id FROM t WHERE {condition} ORDER BY id") == [(number,) for number in ids]


def test_five_hundred_queries_in_one(client: Client) -> None:
    text = " UNION ".join(f"SELECT {number % 7}" for number in range(500))
    assert sorted(client.rows(text)) == [(number,) for number in range(7)]


DEEP = 20_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (within("SELECT (", "1", "", 1) + within("(", "1", ")", DEEP), 1436),
        ("SELECT " + "(" * DEEP, 1436),
        ("SELECT " + within("NOT ", "1", "", DEEP), 1436),
        ("SELECT " + within("- ", "1", "", DEEP), 1436),
        ("SELECT " + within("CASE ", "1", "", DEEP), 1436),
        ("SELECT " + within("ABS(", "1", ")", DEEP), 1436),
        ("SELECT 1" + "+1" * 5000, 1436),
        ("SELECT 1 " + "IS NULL " * 5000, 1436),
        ("SELECT " + within("(SELECT ", "1", ")", 65), 1473),
        ("SELECT " + within("(SELECT ", "1", ")", DEEP), 1473),
        (f"SELECT * FROM {derived(70)}", 1473),
        ("SELECT 1 " + "UNION SELECT 1 " * 1501, 1436),
        (f"WITH {', '.join(f'x{number} AS (SELECT 1)' for number in range(1001))} SELECT 1", 1436),
        (f"SELECT {', '.join(['1'] * 2500)}", 1117),
        (f"CREATE TABLE wide ({', '.join(f'c{number} INT' for number in range(1018))})", 1117),
        (f"SELECT 1 FROM {', '.join(f't AS t{number}' for number in range(62))}", 1116),
        (f"SELECT 1 FROM t ORDER BY {', '.join(['a'] * 3000)}", 1436),
    ],
    ids=str.split(
        "brackets open not minus case calls plus is queries deeper derived union with columns table joins order"
    ),
)
def test_what_is_too_deep_is_refused(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code


def test_brackets_around_a_default_do_not_count(client: Client) -> None:
    client.ok(f"CREATE TABLE d (a INT DEFAULT {within('(', '1', ')', 5000)})")
    client.ok("INSERT INTO d VALUES ()")
    assert client.rows("SELECT * FROM d") == [(1,)]
