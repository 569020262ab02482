"""Statements that are no SQL: error 1064, near the first word that does not fit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE t (id INT PRIMARY KEY, k VARCHAR(5))")
    yield client
    database.close()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("'x'SELECT1", "'x'SELECT1"),
        ("SELECT 1 IN ,", ","),
        ("SELECT 1 IN (,)", ",)"),
        ("SELECT 1 IN (1,)", ")"),
        ("SELECT CONCAT(1,)", ")"),
        ("SELECT 1,", ""),
        ("SELECT 1 FROM t,", ""),
        ("SELECT 1 FROM t ORDER BY k,", ""),
        ("INSERT INTO t (id,) VALUES (1)", ") VALUES (1)"),
        ("INSERT INTO t (id) VALUES (1),", ""),
        ("INSERT INTO t VALUES (1 2, 3)", "2, 3)"),
        ("INSERT INTO t VALUES (1, nowhere 'x')", "'x')"),
        ("UPDATE t SET k = 1,", ""),
        ("SELECT (id k) FROM t", "k) FROM t"),
        ("SELECT MIN(k), (MAX k) FROM t", "k) FROM t"),
        ("SELECT INTERVAL(5, 1  4, 6)", "4, 6)"),
        ("SELECT 'a'('b')", "('b')"),
        ("SELECT :p0", ":p0"),
        ("SELECT 1 FROM t WHERE k = :name", ":name"),
        ("UPDATE t SET k = 3 LIMIT 1, 2", ", 2"),
        ("WITH x AS (SELECT 1), SELECT 1", "SELECT 1"),
        ("SELECT 1 AS", ""),
        ("SELECT id AS order FROM t", "order FROM t"),
        ("SELECT 1 FROM t AS", ""),
        ("SELECT 1 FROM t JOIN t AS u ON", ""),
        ("SELECT id IS 1 FROM t", "1 FROM t"),
        ("SELECT id IS", ""),
        ("SELECT a.b.c.d FROM t", ".d FROM t"),
        ("SELECT 1 FROM t WHERE k = 'abc", "'abc"),
        ("SELECT `k FROM t", "`k FROM t"),
        ("INSERT t", ""),
        ("SET TRANSACTION ISOLATION LEVEL NONSENSE", "NONSENSE"),
        ("SET SESSION TRANSACTION ISOLATION LEVEL READ", ""),
        ("SET TRANSACTION READ AND WRITE", "AND WRITE"),
        ("SAVEPOINT", ""),
        ("ROLLBACK TO", "TO"),
    ],
)
def test_what_does_not_fit_is_named(client: Client, text: str, near: str) -> None:
    error = client.error(text)
    assert error.code == 1064, error
    assert error.message.endswith(f"near '{near}' at line 1"), error


@pytest.mark.parametrize(
    "text",
    [
        "WITH x (SELECT 1) SELECT 1",
        "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY",
        "SELECT (*) FROM t",
        "SELECT 1 FROM FROM t",
        "SELECT 1 FROM 7",
        "SELECT 1 = ANY (2)",
    ],
)
def test_what_only_looks_like_sql_is_an_error_of_syntax(client: Client, text: str) -> None:
    assert client.code(text) == 1064


def test_a_function_of_a_database_is_not_there(client: Client) -> None:
    error = client.error("SELECT shop.twice(1)")
    assert (error.code, error.message) == (1305, "FUNCTION shop.twice does not exist")


@pytest.mark.parametrize("text", ["SELECT'x'FROM t", "SELECT`id`FROM`t`WHERE`k`='x'AND'y'='y'"])
def test_words_need_no_blanks_where_they_can_be_told_apart(client: Client, text: str) -> None:
    assert client.rows(text) == []


@pytest.mark.parametrize(
    "text",
    ["SELECT 1 " + "/*!" * 8000, "SELECT 1 */" + "/*!" * 8000, "/*! " * 20_000 + "SELECT 1"]
    + ["SELECT '" + "\\'" * count for count in (16_000, 200_000)],
    ids=["comments", "comments behind an end", "many comments", "text", "long text"],
)
def test_what_has_no_end_is_looked_through_once(client: Client, text: str) -> None:
    began = time.process_time()
    assert client.code(text) == 1064
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "shape", ["NULLIF({},NULL)", "({} BETWEEN 0 AND 1)", "(({},1,2,3) < (1,2,3,4))", "({} > ANY (SELECT 1))"]
)
def test_what_grows_with_each_level_is_refused_before_it_is_too_long(client: Client, shape: str) -> None:
    text = "1"
    for _ in range(24):
        text = shape.format(text)
    began = time.process_time()
    assert client.code(f"SELECT {text}") == 1436
    assert time.process_time() - began < 1
