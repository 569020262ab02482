"""What kind of statement a text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.responder.faults import statement_class
from sockservice.responder.faults.statement_class import (
    first_table,
    first_word,
    is_chatter,
    reads,
    touches_data,
    writes,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT 1", "select"),
        ("  (\n( select 1) union (select 2))", "select"),
        ("/* ping */ -- x\n# y\nInsert INTO t", "insert"),
        ("/*!40101 SET NAMES utf8 */", "set"),
        ("", ""),
        ("42", ""),
        ("/* never ends", ""),
    ],
)
def test_the_first_word_is_found_behind_comments(text, word):
    assert first_word(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "SET NAMES utf8mb4",
        "SET autocommit=0",
        "SHOW WARNINGS",
        "USE shop",
        "SELECT @@version_comment LIMIT 1",
        "/* mysql-connector-j */SELECT  @@session.auto_increment_increment AS auto_increment_increment",
        "SELECT VERSION()",
        "select database()",
    ],
)
def test_what_drivers_say_on_their_own_is_chatter(text):
    assert is_chatter(text)
    assert not touches_data(text)
    assert not reads(text)
    assert not writes(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "SELECT @@version, id FROM t",
        "SELECT * FROM version",
        "UPDATE t SET a = DATABASE()",
        "COMMIT",
        "BEGIN",
    ],
)
def test_what_an_application_says_is_none(text):
    assert not is_chatter(text)


@pytest.mark.parametrize(
    "text", ["BEGIN", "START TRANSACTION", "COMMIT", "rollback to x", "SAVEPOINT a", "UNLOCK TABLES"]
)
def test_transactions_touch_no_data(text):
    assert not touches_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t VALUES (1)",
        "update t set a = 1",
        "DELETE FROM t",
        "REPLACE t VALUES (1)",
        "LOAD DATA INFILE 'x' INTO TABLE t",
        "CREATE TABLE t (id INT)",
        "DROP TABLE t",
        "TRUNCATE t",
        "GRANT ALL ON *.* TO x",
        "WITH a AS (SELECT 1) UPDATE t JOIN a SET t.x = 1",
        "WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n FROM a) DELETE FROM t",
    ],
)
def test_writes(text):
    assert writes(text)
    assert touches_data(text)
    assert not reads(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t",
        "(SELECT 1)",
        "TABLE t",
        "VALUES ROW(1)",
        "CALL p()",
        "EXPLAIN UPDATE t SET a = 1",
        "WITH a AS (DELETE) SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a",
    ],
)
def test_reads(text):
    assert reads(text)
    assert not writes(text)


@pytest.mark.parametrize("text", ["CREATE TEMPORARY TABLE t (id INT)", "drop temporary table t"])
def test_a_temporary_table_is_no_write(text):
    assert not writes(text)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("SELECT * FROM users", ("", "users")),
        ("SELECT 'from x' FROM `Shop` . `Use``rs` u", ("Shop", "Use`rs")),
        ("INSERT IGNORE INTO shop.orders VALUES (1)", ("shop", "orders")),
        ("UPDATE LOW_PRIORITY stock SET a = 1", ("", "stock")),
        ("DROP TABLE IF EXISTS t", ("", "t")),
        ("SELECT * FROM (SELECT * FROM inner_one) x", ("", "inner_one")),
        ("SELECT 1", None),
        ("SELECT * FROM", None),
    ],
)
def test_the_first_table_that_a_statement_names(text, table):
    assert first_table(text) == table


@given(st.text() | st.from_regex(r"(?i)(with|select|create|drop|from|table|\(|\)|`|/\*| ){0,12}"))
def test_any_text_has_a_kind(text):
    for ask in (first_word, is_chatter, touches_data, reads, writes, first_table):
        ask(text)


@pytest.mark.parametrize("text", ["(" * 1_000_000, "/*" * 500_000, "-- x\n" * 200_000, "select " + "a," * 500_000])
def test_long_texts_take_no_longer(text):
    for ask in (first_word, is_chatter, reads, writes, first_table):
        ask(text)
    assert statement_class.LOOKED_AT < 10_000
