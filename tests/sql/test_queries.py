"""Queries as clients see them: rows, labels and errors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from embedded import Client, Embedded

from sockservice.answers import Rows


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A session on tables that these tests only read."""
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE p (id INT PRIMARY KEY, name VARCHAR(10), city VARCHAR(10))")
    client.ok("CREATE TABLE o (id INT PRIMARY KEY, p_id INT NOT NULL, total DECIMAL(8,2))")
    client.ok("INSERT INTO p VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cid', 'Rome')")
    client.ok("INSERT INTO o VALUES (1, 1, 10.50), (2, 1, 20.25), (3, 2, 5.00)")
    yield client
    database.close()


def labels(client: Client, text: str) -> list[str]:
    answer = client.run(text)
    assert isinstance(answer, Rows), answer
    return [column.name for column in answer.columns]


# --- labels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("1+1,  1  +  1", ["1+1", "1  +  1"]),
        ("COUNT( * ), count(*)", ["COUNT( * )", "count(*)"]),
        ("'text', \"it's\", NULL, ('x')", ["text", "it's", "NULL", "x"]),
        ("-1, (1), (SELECT  1)", ["-1", "1", "(SELECT  1)"]),
        ("MAX(NAME), MAX(p.Name) AS `max`", ["MAX(NAME)", "max"]),
    ],
)
def test_items_without_alias_are_named_as_they_were_written(client: Client, items: str, expected: list[str]) -> None:
    assert labels(client, f"SELECT {items} FROM p LIMIT 1") == expected


def test_columns_are_named_as_the_statement_writes_them(client: Client) -> None:
    assert labels(client, "SELECT NAME, p.Id FROM p") == ["NAME", "Id"]


def test_a_label_changes_with_the_literal_in_it(client: Client) -> None:
    assert labels(client, "SELECT id + 1 FROM p") == ["id + 1"]
    assert labels(client, "SELECT id + 2 FROM p") == ["id + 2"]


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("SELECT nothing FROM p", 1054, "'nothing' in 'field list'"),
        ("SELECT id FROM p WHERE nothing = 1", 1054, "'nothing' in 'where clause'"),
        ("SELECT id AS x FROM p WHERE x = 1", 1054, "'x' in 'where clause'"),
        ("SELECT id FROM p ORDER BY nothing", 1054, "'nothing' in 'order clause'"),
        ("SELECT id FROM p GROUP BY 7", 1054, "'7' in 'group statement'"),
        ("SELECT name FROM p HAVING id > 1", 1054, "'id' in 'having clause'"),
        ("SELECT p.id FROM p, o JOIN p AS q ON q.id = p.id", 1054, "'p.id' in 'on clause'"),
        ("SELECT id FROM p JOIN o ON p.id = o.p_id", 1052, "'id' in field list"),
        ("SELECT id AS x, name AS x FROM p ORDER BY x", 1052, "'x' in order clause"),
        ("SELECT z.* FROM p", 1051, "'z'"),
        ("SELECT * FROM p AS a, o AS a", 1066, "'a'"),
        ("SELECT *", 1096, ""),
        ("SELECT * FROM (SELECT id FROM p)", 1248, ""),
        ("SELECT * FROM (SELECT id AS a, name AS a FROM p) AS x", 1060, "'a'"),
        ("SELECT * FROM p USE INDEX (nothing)", 1176, "'nothing'"),
        ("SELECT 1 UNION SELECT 1, 2", 1222, ""),
        ("SELECT (SELECT 1, 2)", 1241, "1 column"),
        ("SELECT (SELECT id FROM p)", 1242, ""),
        ("SELECT id FROM p WHERE COUNT(*) > 1", 1111, ""),
        ("SELECT SUM(COUNT(*)) FROM p", 1111, ""),
        ("SELECT id FROM p WHERE id IN (SELECT id FROM o LIMIT 1)", 1235, "LIMIT & IN/ALL/ANY/SOME subquery"),
        ("SELECT id FROM p WHERE ROW_NUMBER() OVER () = 1", 3593, "'row_number'"),
        ("SELECT SUM(id) OVER w FROM p", 3579, "'w'"),
        ("SELECT DISTINCT city FROM p ORDER BY name", 3065, "'shop.p.name'"),
        ("SELECT id FROM p LIMIT n", 1327, "n"),
        ("WITH x (a) AS (SELECT 1, 2) SELECT * FROM x", 1353, ""),
        ("WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a FROM x) SELECT * FROM x", 3636, "1001"),
        ("WITH RECURSIVE x AS (SELECT a FROM x) SELECT * FROM x", 3573, "'x'"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(client: Client, text: str, code: int, named: str) -> None:
    error = client.error(text)
    assert error.code == code, error
    assert named in error.message


# --- groups -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SELECT p.id, p.name, COUNT(*) FROM p JOIN o ON o.p_id = p.id GROUP BY p.id",
        "SELECT o.id, p.name FROM o JOIN p ON p.id = o.p_id GROUP BY o.id",
        "SELECT p.name FROM o LEFT JOIN p ON p.id = o.p_id GROUP BY o.id",
        "SELECT city, COUNT(*) FROM p WHERE city = 'Rome'",
        "SELECT city, ANY_VALUE(name) FROM p GROUP BY city",
        "SELECT UPPER(city) FROM p GROUP BY UPPER(city)",
        "SELECT id + 1 FROM p GROUP BY id + 1",
        "SELECT x.city FROM (SELECT city, COUNT(*) AS n FROM p GROUP BY city) AS x GROUP BY x.city",
    ],
)
def test_columns_that_follow_from_the_keys_may_be_selected(client: Client, text: str) -> None:
    client.rows(text)


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("SELECT city, name FROM p GROUP BY city", 1055, "#2 of SELECT list"),
        ("SELECT id + 1 FROM p GROUP BY id + 2", 1055, "'shop.p.id'"),
        ("SELECT city FROM p GROUP BY city ORDER BY name", 1055, "#1 of ORDER BY"),
        ("SELECT o.p_id, p.city FROM p JOIN o ON o.id = p.id GROUP BY o.p_id", 1055, "'shop.p.city'"),
        ("SELECT name, COUNT(*) FROM p", 1140, "'shop.p.name'"),
    ],
)
def test_columns_that_differ_within_a_group_are_refused(client: Client, text: str, code: int, named: str) -> None:
    error = client.error(text)
    assert error.code == code
    assert named in error.message


def test_without_the_mode_any_column_may_be_selected(client: Client) -> None:
    client.session.variables["sql_mode"] = ""
    try:
        assert len(client.rows("SELECT city, name FROM p GROUP BY city")) == 2
    finally:
        del client.session.variables["sql_mode"]


def test_rollup_adds_sums_of_sums(client: Client) -> None:
    text = "SELECT city, name, COUNT(*), GROUPING(name) FROM p GROUP BY city, name WITH ROLLUP"
    assert client.rows(text) == [
        ("Oslo", "Bob", 1, 0),
        ("Oslo", None, 1, 1),
        ("Rome", "Ann", 1, 0),
        ("Rome", "Cid", 1, 0),
        ("Rome", None, 2, 1),
        (None, None, 3, 1),
    ]


def test_rollup_can_be_sorted_and_filtered(client: Client) -> None:
    text = "SELECT city, COUNT(*) AS n FROM p GROUP BY city WITH ROLLUP HAVING n > 1 ORDER BY n DESC"
    assert client.rows(text) == [(None, 3), ("Rome", 2)]


# --- rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT p.id, o.id FROM p LEFT JOIN o ON o.p_id = p.id ORDER BY 1, 2", [(1, 1), (1, 2), (2, 3), (3, None)]),
        ("SELECT COUNT(*) FROM p JOIN o USING (id)", [(3,)]),
        ("SELECT * FROM p NATURAL JOIN (SELECT 1 AS id, 'q' AS z) AS x", [(1, "Ann", "Rome", "q")]),
        (
            "SELECT p.id FROM p LEFT JOIN (o JOIN p AS q ON q.id = o.p_id) ON o.p_id = p.id AND o.id > 2 ORDER BY 1",
            [(1,), (2,), (3,)],
        ),
        ("SELECT a.id FROM p a, p A WHERE a.id = A.id + 2", [(3,)]),
        ("SELECT id FROM p ORDER BY city DESC, id LIMIT 1, 1", [(3,)]),
        ("SELECT id, -id AS id2 FROM p ORDER BY id2 LIMIT 1", [(3, -3)]),
        ("SELECT city FROM p GROUP BY city HAVING COUNT(*) > 1", [("Rome",)]),
        ("SELECT id FROM p HAVING id > 2", [(3,)]),
        ("(SELECT id FROM p ORDER BY id LIMIT 1) UNION ALL (SELECT 9) ORDER BY 1 DESC", [(9,), (1,)]),
        ("SELECT 1 UNION ALL (SELECT 1 UNION SELECT 1)", [(1,), (1,)]),
        ("SELECT 1 AS x UNION SELECT 1.5 UNION SELECT 'a' ORDER BY x", [("1",), ("1.5",), ("a",)]),
        ("SELECT id FROM p UNION ALL SELECT 1 INTERSECT ALL SELECT id FROM p ORDER BY 1", [(1,), (1,), (2,), (3,)]),
        ("VALUES ROW(1, 'a'), ROW(2, 'b')", [(1, "a"), (2, "b")]),
        ("WITH x AS (SELECT id FROM p) SELECT COUNT(*) FROM x AS a JOIN x AS b", [(9,)]),
        (
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT SUM(i) FROM n",
            [(Decimal(10),)],
        ),
        ("WITH RECURSIVE n AS (SELECT 1 AS a UNION SELECT 3 - a FROM n) SELECT a FROM n ORDER BY a", [(1,), (2,)]),
        ("SELECT id FROM p WHERE id > ALL (SELECT p_id FROM o)", [(3,)]),
        ("SELECT id FROM p WHERE id > ALL (SELECT p_id FROM o WHERE id > 9) ORDER BY id", [(1,), (2,), (3,)]),
        ("SELECT 1 > ALL (SELECT NULL), 1 = ANY (SELECT NULL UNION SELECT 1)", [(None, 1)]),
        ("SELECT id FROM p WHERE (id, name) = (SELECT 1, 'ann')", [(1,)]),
        (
            "SELECT (SELECT MAX(total) FROM o WHERE p_id = p.id) FROM p ORDER BY id",
            [(Decimal("20.25"),), (Decimal("5.00"),), (None,)],
        ),
        (
            "SELECT id, SUM(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM p ORDER BY id",
            [(1, Decimal(1)), (2, Decimal(3)), (3, Decimal(5))],
        ),
        ("SELECT RANK() OVER w FROM p WINDOW w AS (PARTITION BY city ORDER BY id) ORDER BY id", [(1,), (1,), (2,)]),
        (
            "SELECT city, SUM(COUNT(*)) OVER () FROM p GROUP BY city ORDER BY city",
            [("Oslo", Decimal(3)), ("Rome", Decimal(3))],
        ),
        ("SELECT BIT_OR(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM p ORDER BY id", [(1,), (3,), (3,)]),
    ],
)
def test_queries_give_their_rows(client: Client, text: str, rows: list[tuple[Any, ...]]) -> None:
    assert client.rows(text) == rows


def test_a_right_join_behind_a_comma_is_of_its_tables_alone(client: Client) -> None:
    text = (
        "SELECT a.id, b.id, c.id FROM (SELECT 1 AS id) a, (SELECT 2 AS id) b"
        " RIGHT JOIN (SELECT 3 AS id) c ON b.id = c.id"
    )
    assert client.rows(text) == [(1, None, 3)]


# --- beside the rows --------------------------------------------------------------------------


def test_into_sets_variables(client: Client) -> None:
    assert client.ok("SELECT id, name INTO @a, @b FROM p WHERE id = 2").affected_rows == 1
    assert (client.session.user_variables["a"], client.session.user_variables["b"]) == (2, "Bob")
    assert client.code("SELECT id INTO @a FROM p") == 1172
    assert client.code("SELECT id, name INTO @a FROM p WHERE id = 1") == 1222
    assert client.ok("SELECT id INTO @a FROM p WHERE id = 9").warnings == 1
    assert client.warnings == [1329]


def test_found_rows_count_what_limit_has_cut(client: Client) -> None:
    client.rows("SELECT SQL_CALC_FOUND_ROWS id FROM p WHERE id > 1 ORDER BY id LIMIT 1")
    assert client.rows("SELECT FOUND_ROWS()") == [(2,)]


def test_sql_select_limit_cuts_queries_without_limit(client: Client) -> None:
    client.session.variables["sql_select_limit"] = 1
    try:
        assert client.rows("SELECT id FROM p ORDER BY id") == [(1,)]
        assert len(client.rows("SELECT id FROM p ORDER BY id LIMIT 2")) == 2
    finally:
        del client.session.variables["sql_select_limit"]
    assert len(client.rows("SELECT id FROM p ORDER BY id")) == 3


def test_a_prepared_query_tells_its_columns(client: Client) -> None:
    answer = client.run("SELECT id, COUNT( * ) FROM p WHERE id = ? GROUP BY id LIMIT ?", command="prepare")
    assert [(column.name, column.type.name) for column in answer.columns] == [("id", "INT"), ("COUNT( * )", "BIGINT")]


def test_a_parameter_in_a_plain_statement_is_wrong(client: Client) -> None:
    assert "near '?'" in client.error("SELECT ?").message


@pytest.mark.parametrize(
    ("text", "code"),
    [("DO 1 + 1", 0), ("DO nothing", 1054), ("CALL nothing()", 1305), ("EXPLAIN SELECT * FROM missing", 1146)],
)
def test_statements_without_rows_are_checked_too(client: Client, text: str, code: int) -> None:
    answer = client.run(text)
    assert getattr(answer, "code", 0) == code


def test_explain_lists_the_tables(client: Client) -> None:
    rows = client.rows("EXPLAIN SELECT * FROM p JOIN o ON o.p_id = p.id WHERE p.id = 1")
    assert [(row[1], row[2], row[4], row[6]) for row in rows] == [
        ("SIMPLE", "p", "const", "PRIMARY"),
        ("SIMPLE", "o", "const", "PRIMARY"),
    ]
    ((text,),) = client.rows("EXPLAIN FORMAT=JSON SELECT 1")
    assert '"query_block"' in text


def test_maintenance_finds_tables_well(client: Client) -> None:
    assert client.rows("CHECK TABLE p") == [("shop.p", "check", "status", "OK")]
    rows = client.rows("ANALYZE TABLE p, missing")
    assert [row[2:] for row in rows] == [
        ("status", "OK"),
        ("Error", "Table 'shop.missing' doesn't exist"),
        ("status", "Operation failed"),
    ]
    assert client.code("CHECK p") == 1064


# --- long and deep ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("SELECT id FROM p WHERE " + " OR ".join(f"id = {number}" for number in range(1500)), 3),
        ("SELECT id FROM p WHERE " + " AND ".join(f"id <> {number + 9}" for number in range(1500)), 3),
        (" UNION ALL ".join(f"SELECT {number}" for number in range(900)), 900),
        ("SELECT " + "(" * 60 + "1" + ")" * 60, 1),
        ("SELECT 1 FROM " + " JOIN ".join(f"p AS p{number}" for number in range(60)) + " ON 0", 0),
    ],
    ids=["or", "and", "union", "brackets", "joins"],
)
def test_long_statements_are_run(client: Client, text: str, count: int) -> None:
    assert len(client.rows(text)) == count


def test_too_many_tables_are_refused(client: Client) -> None:
    assert client.code("SELECT 1 FROM " + ", ".join(f"p AS p{number}" for number in range(62))) == 1116


NUMBERS = ", ".join(map(str, range(2, 40)))
LETTERS = ", ".join(f"'{letter}'" for letter in ["ann", "CID", *"abcdefghijklmnopq"])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"SELECT id FROM p WHERE id IN ({NUMBERS}) ORDER BY id", [(2,), (3,)]),
        (f"SELECT id FROM p WHERE id NOT IN ({NUMBERS})", [(1,)]),
        (f"SELECT name FROM p WHERE name IN ({LETTERS}) ORDER BY id", [("Ann",), ("Cid",)]),
        (f"SELECT name FROM p WHERE name COLLATE utf8mb4_bin IN ({LETTERS})", []),
        (f"SELECT id FROM o WHERE total IN ({NUMBERS})", [(3,)]),
        (f"SELECT NULL IN ({NUMBERS}), 7 IN ({NUMBERS}), '7' IN ({NUMBERS}), 7.5 IN ({NUMBERS})", [(None, 1, 1, 0)]),
    ],
)
def test_long_lists_are_searched_as_short_ones_are(client: Client, text: str, rows: list[tuple[Any, ...]]) -> None:
    assert client.rows(text) == rows


def test_an_outer_join_makes_columns_nullable(client: Client) -> None:
    answer = client.run("SELECT p.id, o.id FROM p LEFT JOIN o ON o.p_id = p.id")
    assert [(column.nullable, column.primary_key) for column in answer.columns] == [(False, True), (True, True)]


def test_a_union_gives_its_rows_in_the_order_in_which_they_come_first(client: Client) -> None:
    assert client.rows("SELECT 'z' UNION SELECT 'a' UNION SELECT 'Z' UNION SELECT 'm'") == [("z",), ("a",), ("m",)]
    assert client.rows("SELECT 3 UNION ALL SELECT 1 UNION SELECT 3 UNION ALL SELECT 3") == [(3,), (1,), (3,)]
    assert client.rows(" UNION ".join(f"SELECT {number % 700}" for number in range(900, 0, -1)))[:2] == [(200,), (199,)]
