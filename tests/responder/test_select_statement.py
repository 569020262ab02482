from __future__ import annotations

import pytest
from sessions import FakeSession, Talk


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("SELECT 1", ["1"]),
        ("SELECT  +1 ,( 2 ), 'text', \"dq\", 'a' 'b'", ["1", "2", "text", "dq", "a"]),
        ("SELECT null, True, 1.50, 0xFF", ["NULL", "TRUE", "1.50", "0xFF"]),
        ("SELECT 1+1, 1 + 1, 1 /* c */ + 1", ["1+1", "1 + 1", "1 /* c */ + 1"]),
        ("SELECT 1 /*! + 1 */", ["1 + 1"]),
        ("SELECT @@Version_Comment, @@session.`autocommit`", ["@@Version_Comment", "@@session.`autocommit`"]),
        ("SELECT version( ), Database()", ["version( )", "Database()"]),
        ("SELECT 1 AS `a b`, 2 'c d', 3 e, 4 AS 'F', 5 AS \"G\"", ["a b", "c d", "e", "F", "G"]),
        ("SELECT CONVERT_TZ('a', 'UTC', 'UTC') IS NOT NULL", ["CONVERT_TZ('a', 'UTC', 'UTC') IS NOT NULL"]),
        ("SELECT '" + "x" * 300 + "'", ["x" * 256]),
    ],
)
def test_a_label_is_the_alias_or_the_text_as_written(query: str, labels: list[str]) -> None:
    assert Talk().labels(query) == labels


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT 1 FROM DUAL", [(1,)]),
        ("SELECT DISTINCT 1 LIMIT 1", [(1,)]),
        ("SELECT SQL_NO_CACHE 1 LIMIT 5 OFFSET 0", [(1,)]),
        ("SELECT 1 LIMIT 0", []),
        ("SELECT 1 FROM dual WHERE 1 = 0", []),
        ("SELECT 1 FROM dual WHERE DATABASE() = 'shop'", [(1,)]),
        ("SELECT 1;", [(1,)]),
        ("/* x */ select /* y */ 1 -- z", [(1,)]),
        ("SELECT /*+ MAX_EXECUTION_TIME(100) */ 1", [(1,)]),
    ],
)
def test_the_one_row(query: str, rows: list[tuple[int, ...]]) -> None:
    assert Talk().rows(query) == rows


def test_an_empty_set_still_has_its_columns() -> None:
    assert Talk().labels("SELECT 1 AS a, DATABASE() b FROM dual WHERE 1 = 0") == ["a", "b"]


def test_limit_past_the_row_is_empty() -> None:
    assert Talk().rows("SELECT 1 LIMIT 1, 5") == []
    assert Talk().rows("SELECT 1 LIMIT 1 OFFSET 3") == []


def test_a_literal_cannot_be_null_and_a_function_can() -> None:
    columns = Talk(session=FakeSession(database="")).ask("SELECT 1, NULL, DATABASE()").columns
    assert [column.nullable for column in columns] == [False, True, True]


def test_two_sessions_with_different_values_get_their_own() -> None:
    first = Talk()
    second = Talk(first.chatter, FakeSession(database="other"))
    assert [talk.value("DATABASE()") for talk in (first, second, first)] == ["shop", "other", "shop"]
