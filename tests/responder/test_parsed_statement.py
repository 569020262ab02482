"""What a parser finds in a statement, once for each shape."""

from __future__ import annotations

import logging
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.responder.matching import parsed_statement
from sockservice.responder.matching.parsed_statement import Name, ParsedStatement, parsed
from sockservice.responder.matching.skeletons import PARTS, skeleton
from sockservice.responder.shapes import outline_of


def read(text: str) -> ParsedStatement | None:
    return parsed(outline_of(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 'x', -5, NULL, ?", "select '§0' , 7000000001 , null , '§3'"),
        ("SELECT a FROM `select` WHERE b IN (1, 'x', ?)", "select a from `select` where b in ( '§0:3' )"),
        ("SELECT a WHERE b IN (1, now())", "select a where b in ( 7000000000 , now ( ) )"),
        ("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (?, ?)", "insert into t values ( 7000000000 , '§1' )"),
        (
            "INSERT INTO t VALUES (1), (2) ON DUPLICATE KEY UPDATE a = 5, b = VALUES(b)",
            "insert into t values ( 7000000000 ) on duplicate key update a = 7000000002 , b = values ( b )",
        ),
        (
            "INSERT INTO t VALUES (1, (2)), (3, 4)",
            "insert into t values ( 7000000000 , ( 7000000001 ) ) , ( 7000000002 , 7000000003 )",
        ),
        ("CREATE TABLE `a``b` (c VARCHAR(20))", "create table `a``b` ( c varchar ( 7000000000 ) )"),
    ],
)
def test_a_skeleton_has_numbered_literals(text, expected):
    assert skeleton(outline_of(text)) == expected


def test_a_statement_of_many_rows_is_parsed_as_one(monkeypatch):
    one = read("INSERT INTO orders (a, b) VALUES (1, 'x')")
    monkeypatch.setattr(parsed_statement, "_read", None)
    assert read("INSERT INTO orders (a, b) VALUES " + ", ".join(f"({n}, 'y')" for n in range(900))) is one


def test_each_shape_is_parsed_once(monkeypatch):
    first = read("SELECT a FROM parsed_once WHERE b = 1 AND c = 'x'")
    monkeypatch.setattr(parsed_statement, "_read", None)
    assert read("select `a` from parsed_once where b=-2 and c = 'y'") is not first  # the back-ticks matter
    assert read("select a from parsed_once where b=-2 and c = 'y'") is first


def test_what_with_and_aliases_define_are_no_tables():
    statement = read("WITH c AS (SELECT * FROM shop.t) DELETE u FROM users u JOIN c USING (id)")
    assert statement is not None
    assert set(statement.tables) == {Name("users"), Name("t", "shop")}


@pytest.mark.parametrize(
    "text",
    [
        "DROP DATABASE d",
        "CREATE SCHEMA d",
        "DROP PROCEDURE IF EXISTS p",
        "CREATE PROCEDURE p() BEGIN SELECT 1 END",
        "SET a = 1",
    ],
)
def test_databases_and_routines_are_no_tables(text):
    statement = read(text)
    assert statement is not None
    assert statement.tables == ()


@pytest.mark.parametrize(
    "text", ["SELECT 1; SELECT 2", "SELECT FROM", "", "x", "CALL", "CALL a.b.c.d", "WITH x", "FROM t"]
)
def test_what_is_no_statement_is_none(text):
    assert read(text) is None


def test_too_long_and_too_deep_statements_are_not_parsed():
    assert read("SELECT " + " + ".join("a" * PARTS)) is None
    assert read("SELECT " + "(" * 60 + "1" + ")" * 60) is None
    started = time.process_time()
    read("SELECT " + "NOT " * 900 + "1")
    assert read("SELECT " + "values ( " * 1300) is None
    assert time.process_time() - started < 0.5


def test_the_parser_logs_nothing(caplog):
    logger = logging.getLogger("sqlglot")
    with caplog.at_level(logging.DEBUG, "sqlglot"):
        read("CREATE PROCEDURE quiet(IN a INT) BEGIN SELECT a END")
        read("ALTER TABLE quiet DISCARD TABLESPACE")
    assert caplog.records == []
    assert not logger.disabled


WORDS = """SELECT a , b FROM t u WHERE a = 1 'x' ? ( ) IN AND OR NOT NULL JOIN ON INSERT INTO VALUES UPDATE SET DELETE
    CREATE TABLE ALTER DROP REPLACE CALL LIMIT UNION ALL AS WITH CASE WHEN THEN END . * - ` ; /* */ -- @x @@y BETWEEN
    LIKE INTERVAL DAY EXISTS VIEW INDEX PRIMARY KEY DEFAULT TRUNCATE ORDER BY GROUP HAVING -> ->> := { } [ ]""".split()


@settings(max_examples=600)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_is_parsed_or_is_not(text):
    outline = outline_of(text)
    started = time.process_time()
    statement = parsed(outline)
    assert time.process_time() - started < 1
    assert statement is None or isinstance(statement, ParsedStatement)
    if statement is not None:
        for predicate in statement.predicates:
            predicate.values(outline.literals)


@pytest.mark.parametrize(("when", "imported"), [("sql: SELECT 1", False), ("tables: t", True)])
def test_the_parser_is_imported_only_where_a_stub_asks_for_what_it_knows(tmp_path, when, imported):
    (tmp_path / "stubs.yaml").write_text(f"version: 1\nstubs: [{{when: {{{when}}}, then: {{ok: {{}}}}}}]\n")
    code = (
        "import sys\n"
        "from sockservice.responder import Stubs\n"
        f"Stubs([{str(tmp_path)!r}])\n"
        "print('sqlglot' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{imported}\n"
