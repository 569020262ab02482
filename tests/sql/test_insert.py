"""INSERT and REPLACE: forms, counts, numbers and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(5) UNIQUE, n INT DEFAULT 7)")
    yield found
    database.close()


def test_rows_get_numbers_and_defaults(client: Client) -> None:
    answer = client.ok("INSERT INTO t (k) VALUES ('a'), (NULL)")
    assert (answer.affected_rows, answer.last_insert_id) == (2, 1)
    assert answer.info == "Records: 2  Duplicates: 0  Warnings: 0"
    assert client.rows("SELECT * FROM t") == [(1, "a", 7), (2, None, 7)]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t SET k = 'a', n = 1 + 1",
        "INSERT t VALUES (NULL, 'a', 2)",
        "INSERT INTO t (n, k) VALUE (2, 'a')",
        "INSERT INTO t (k, n) SELECT 'a', 2",
        "INSERT INTO t VALUES (0, CONCAT('', 'a'), 2)",
        "insert high_priority into t values row(default, 'a', 2)",
        "REPLACE t (k, n) VALUES ('a', 2)",
    ],
)
def test_all_forms_insert_the_same_row(client: Client, text: str) -> None:
    assert client.ok(text).affected_rows == 1
    assert client.rows("SELECT * FROM t") == [(1, "a", 2)]


def test_an_expression_sees_the_columns_before_it(client: Client) -> None:
    client.ok("INSERT INTO t (id, n) VALUES (4, id + 1)")
    assert client.rows("SELECT id, n FROM t") == [(4, 5)]


def test_a_number_that_was_given_moves_the_next_one(client: Client) -> None:
    assert client.ok("INSERT INTO t (id) VALUES (20)").last_insert_id == 20
    assert client.ok("INSERT INTO t () VALUES ()").last_insert_id == 21
    assert client.rows("SELECT LAST_INSERT_ID()") == [(21,)]


def test_as_many_numbers_are_reserved_for_a_query_as_innodb_does(client: Client) -> None:
    client.ok("INSERT INTO t (n) VALUES (1), (2), (3), (4)")
    client.ok("INSERT INTO t (n) SELECT n FROM t")
    assert client.ok("INSERT INTO t () VALUES ()").last_insert_id == 12


def test_a_duplicate_is_named_with_its_key(client: Client) -> None:
    client.ok("INSERT INTO t (k) VALUES ('a')")
    assert client.error("INSERT INTO t (k) VALUES ('A')").message == "Duplicate entry 'A' for key 't.k'"
    assert client.error("INSERT INTO t (id) VALUES (1)").message == "Duplicate entry '1' for key 't.PRIMARY'"


def test_an_error_in_a_later_row_undoes_the_earlier_ones(client: Client) -> None:
    assert client.code("INSERT INTO t (k) VALUES ('a'), ('b'), ('a')") == 1062
    assert client.rows("SELECT COUNT(*) FROM t") == [(0,)]


def test_ignore_passes_over_rows_and_warns(client: Client) -> None:
    answer = client.ok("INSERT IGNORE INTO t (k, n) VALUES ('a', 1), ('a', 2), ('toolong', 'x')")
    assert (answer.affected_rows, answer.warnings) == (2, 3)
    assert client.warnings == [1062, 1265, 1366]
    assert client.rows("SELECT k, n FROM t") == [("a", 1), ("toolo", 0)]


def test_on_duplicate_key_update_counts_two_for_a_change_and_none_for_none(client: Client) -> None:
    text = "INSERT INTO t (k, n) VALUES ('a', 1) ON DUPLICATE KEY UPDATE n = n + VALUES(n)"
    assert client.ok(text).affected_rows == 1
    assert client.ok(text).affected_rows == 2
    assert client.ok("INSERT INTO t (k, n) VALUES ('a', 2) AS new ON DUPLICATE KEY UPDATE n = new.n").affected_rows == 0
    assert client.rows("SELECT k, n FROM t") == [("a", 2)]


def test_a_client_that_wants_found_rows_gets_one_for_no_change(client: Client) -> None:
    client.session.found_rows = True
    client.ok("INSERT INTO t (k, n) VALUES ('a', 1)")
    assert client.ok("INSERT INTO t (k, n) VALUES ('a', 1) ON DUPLICATE KEY UPDATE n = 1").affected_rows == 1


def test_replace_counts_what_it_deletes(client: Client) -> None:
    client.ok("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)")
    assert client.ok("REPLACE INTO t VALUES (1, 'b', 3)").affected_rows == 3
    assert client.rows("SELECT * FROM t") == [(1, "b", 3)]
    assert client.ok("REPLACE INTO t VALUES (1, 'b', 3)").affected_rows == 2


def test_replace_of_an_equal_row_by_the_only_key_counts_one(client: Client) -> None:
    client.ok("CREATE TABLE one (id INT PRIMARY KEY, n INT)")
    client.ok("REPLACE INTO one VALUES (1, 1)")
    assert client.ok("REPLACE INTO one VALUES (1, 1)").affected_rows == 1
    assert client.ok("REPLACE INTO one VALUES (1, 2)").affected_rows == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("INSERT INTO t (nothing) VALUES (1)", 1054),
        ("INSERT INTO t (n, n) VALUES (1, 2)", 1110),
        ("INSERT INTO t (n) VALUES (1, 2)", 1136),
        ("INSERT INTO t (n, k) VALUES (1, 'a'), (2)", 1136),
        ("INSERT INTO t (n, k) SELECT 1", 1136),
        ("INSERT INTO missing VALUES (1)", 1146),
        ("INSERT INTO t (n) VALUES (99999999999)", 1264),
        ("INSERT INTO t (k) VALUES ('toolong')", 1406),
        ("INSERT INTO t (n) VALUES ('x')", 1366),
    ],
)
def test_what_mysql_refuses_is_refused_and_changes_nothing(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code
    assert client.rows("SELECT * FROM t") == []


def test_null_and_missing_values_of_columns_that_need_one(client: Client) -> None:
    client.ok("CREATE TABLE u (id INT PRIMARY KEY, v VARCHAR(5) NOT NULL)")
    assert client.error("INSERT INTO u VALUES (1, NULL)").message == "Column 'v' cannot be null"
    assert client.error("INSERT INTO u (id) VALUES (1)").message == "Field 'v' doesn't have a default value"
    client.session.variables["sql_mode"] = ""
    assert client.ok("INSERT INTO u (id) VALUES (1)").warnings == 1
    assert client.code("INSERT INTO u VALUES (2, NULL)") == 1048
    assert client.ok("INSERT INTO u VALUES (2, 'x'), (3, NULL)").warnings == 1
    assert client.rows("SELECT * FROM u") == [(1, ""), (2, "x"), (3, "")]


def test_values_for_generated_columns_are_passed_over_outside_the_strict_mode(client: Client) -> None:
    client.ok("CREATE TABLE g (id INT PRIMARY KEY, twice INT AS (id * 2) STORED)")
    assert client.code("INSERT INTO g VALUES (1, 7)") == 3105
    client.session.variables["sql_mode"] = "NO_AUTO_VALUE_ON_ZERO"
    client.ok("INSERT INTO g VALUES (1, 7), (2, NULL)")
    assert client.rows("SELECT * FROM g") == [(1, 2), (2, 4)]


def test_bytes_in_texts_are_stored_as_they_came(client: Client) -> None:
    client.ok("CREATE TABLE b (id INT PRIMARY KEY, data VARBINARY(10), words VARCHAR(10))")
    client.ok("INSERT INTO b VALUES (1, '\udc80\udcff', 'a'), (2, _binary 'é\\0\udc80', 'é')")
    assert client.rows("SELECT data, words FROM b") == [(b"\x80\xff", "a"), (b"\xc3\xa9\0\x80", "é")]
    assert client.rows("SELECT HEX('\udc80'), _binary 'a' = 'a'") == [("80", 1)]
    assert client.code("INSERT INTO b VALUES (3, '', '\udc80')") == 1366


def test_many_rows_let_others_on_and_are_undone_as_a_whole(client: Client) -> None:
    other = client.database.client()
    rows = ", ".join(f"({number})" for number in range(1, 3000))
    answer = client.waits(f"INSERT INTO t (id) VALUES {rows}, (1)")
    client.database.clock.advance(0)
    assert other.rows("SELECT COUNT(*) FROM t") == [(0,)]
    while not answer.called:
        client.database.clock.advance(0)
    assert answer.result.code == 1062
    assert other.rows("SELECT COUNT(*) FROM t") == [(0,)]


def test_a_statement_that_begins_anew_takes_the_same_numbers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.ok("CREATE TABLE n (id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
    client.ok("INSERT INTO n (v) VALUES (1)")
    monkeypatch.setattr("sockservice.sql.execution.TURN", 0.0)
    assert client.ok("INSERT INTO n (v) VALUES (2), (3)").last_insert_id == 2
    assert client.ok("INSERT INTO n (v) VALUES (4)").last_insert_id == 4


def test_a_unique_key_may_be_of_an_expression(client: Client) -> None:
    client.ok("CREATE TABLE names (v VARCHAR(20), n INT, UNIQUE KEY folded ((LOWER(v)), n))")
    client.ok("INSERT INTO names VALUES ('A', 1), ('a', 2), (NULL, 1), (NULL, 1)")
    error = client.error("INSERT INTO names VALUES ('a', 1)")
    assert (error.code, error.message) == (1062, "Duplicate entry 'a-1' for key 'names.folded'")
    assert client.ok("INSERT INTO names VALUES ('a', 1) ON DUPLICATE KEY UPDATE n = 3").affected_rows == 2
    assert client.ok("REPLACE INTO names VALUES ('A', 2)").affected_rows == 2
    assert client.code("UPDATE names SET n = 3 WHERE n = 2") == 1062
    assert client.rows("SELECT * FROM names WHERE v IS NOT NULL ORDER BY n") == [("A", 2), ("A", 3)]


def test_a_unique_key_may_be_of_columns_that_are_not_stored(client: Client) -> None:
    client.ok(
        "CREATE TABLE v (a INT, b INT AS (a * 10), c VARCHAR(9) AS (CONCAT('c', b)), UNIQUE KEY (b), UNIQUE KEY (c(3)))"
    )
    client.ok("INSERT INTO v (a) VALUES (1), (NULL), (NULL)")
    error = client.error("INSERT INTO v (a) VALUES (1)")
    assert (error.code, error.message) == (1062, "Duplicate entry '10' for key 'v.b'")
    error = client.error("INSERT INTO v (a) VALUES (10)")
    assert (error.code, error.message) == (1062, "Duplicate entry 'c10' for key 'v.c'")
    assert client.ok("INSERT INTO v (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2").affected_rows == 2
    assert client.rows("SELECT * FROM v WHERE a IS NOT NULL") == [(2, 20, "c20")]


def test_a_key_of_an_expression_waits_for_who_has_taken_a_row_away(client: Client) -> None:
    client.ok("CREATE TABLE names (v VARCHAR(20), UNIQUE KEY folded ((LOWER(v))))")
    client.ok("INSERT INTO names VALUES ('A')")
    other = client.database.client()
    other.ok("BEGIN")
    other.ok("DELETE FROM names")
    waiting = client.waits("INSERT INTO names VALUES ('a')")
    other.ok("ROLLBACK")
    client.database.clock.advance(0)
    assert waiting.called
    assert waiting.result.code == 1062
