from __future__ import annotations

import inspect
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sessions import FakeServer, FakeSession, Talk
from zope.interface.verify import verifyObject

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.interfaces import IResponder, IServer, ISession
from sockservice.responder.chatter.chatter import MAX_KEPT, MAX_KEPT_LENGTH, MAX_LENGTH, Chatter
from sockservice.responder.chatter.expressions import MAX_OPERATORS


def test_the_chatter_is_a_responder() -> None:
    assert verifyObject(IResponder, Chatter())


def test_databases_that_come_later_are_shown_too_by_statements_that_were_read_before() -> None:
    databases = ["test"]
    talk = Talk(Chatter(lambda: databases), FakeSession(database="test"))
    names = "SELECT schema_name FROM information_schema.schemata WHERE schema_name IN ('test', 'shop')"
    assert (("shop",) in talk.rows("SHOW DATABASES"), talk.rows(names)) == (False, [("test",)])
    databases.append("shop")
    assert (("shop",) in talk.rows("SHOW DATABASES"), talk.rows(names)) == (True, [("shop",), ("test",)])


def test_the_sessions_of_these_tests_are_sessions() -> None:
    assert verifyObject(IServer, FakeServer())
    assert verifyObject(ISession, FakeSession())


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t VALUES (1)",
        "SELECT * FROM users",
        "SELECT id FROM shop.users WHERE id = 1",
        "SELECT u.id FROM information_schema.tables t JOIN users u",
        "SELECT (SELECT name FROM users LIMIT 1)",
        "SELECT 1 FROM information_schema.tables WHERE table_name IN (SELECT name FROM users)",
        "SELECT * FROM information_schema.tables, users",
        "SELECT * FROM (SELECT * FROM users) x",
        "SELECT table_name FROM information_schema.tables UNION SELECT name FROM users",
        "UPDATE users SET a = 1",
        "CREATE TABLE t (a INT)",
        "SELECT SLEEP(1)",
        "SELECT unknown_function(1)",
        "SELECT nothing",
        "SELECT 1; SELECT 2",
        "SET",
        "SET x",
        "SHOW",
        "SHOW SOMETHING",
        "SELECT",
        "SELECT 1,",
        "SELECT 1 +",
        "SELECT (1",
        "SELECT CASE 1",
        "SELECT * FROM",
        "EXPLAIN SELECT 1",
        "CALL p()",
        "'select' 1",
        "?",
        "SELECT COUNT(*) FROM users",
        "SELECT 1 INTO @x",
        "SELECT 1 GROUP BY 1",
    ],
)
def test_what_is_not_chatter_is_passed_on(text: str) -> None:
    talk = Talk()
    assert talk.ask(text) is None
    assert talk.ask(text) is None


def test_an_answer_that_does_not_change_is_the_same_object() -> None:
    talk, other = Talk(), Talk()
    for text in ["SELECT 1", "SELECT @@version_comment LIMIT 1", "SET NAMES utf8mb4", "SHOW COLLATION", "COMMIT"]:
        first = talk.ask(text)
        assert talk.ask(text) is first
        assert talk.chatter.respond(Request("query", text, other.session)) is first


def test_a_kept_statement_still_follows_the_session() -> None:
    talk = Talk()
    assert talk.value("@@autocommit") == 1
    talk.ask("SET autocommit = 0")
    assert talk.value("@@autocommit") == 0
    assert talk.value("DATABASE()") == "shop"
    talk.ask("USE other")
    assert talk.value("DATABASE()") == "other"


def test_what_is_kept_is_bounded() -> None:
    talk = Talk()
    for number in range(MAX_KEPT + 10):
        talk.ask(f"SELECT {number}")
        talk.ask(f"SELECT a FROM t WHERE a = {number}")
    talk.ask("SELECT '" + "x" * MAX_KEPT_LENGTH + "'")
    for kept in (talk.chatter._kept, talk.chatter._passed_on):
        assert len(kept) == MAX_KEPT
        assert max(map(len, kept)) <= MAX_KEPT_LENGTH
    assert "SELECT 0" not in talk.chatter._kept


def test_a_statement_of_many_tokens_is_answered_but_not_kept() -> None:
    talk = Talk()
    assert talk.row("SELECT 1" + ",1" * 90) == (1,) * 91
    assert len(talk.chatter._kept) == 1
    assert talk.row("SELECT 1" + ",1" * 500) == (1,) * 501
    assert len(talk.chatter._kept) == 1
    # Read, and only then seen not to be chatter: what was read is not kept either.
    assert talk.ask("SELECT 1" + ",1" * 500 + ",ROUND('x')") is None
    assert all(statement(None) is None for statement in talk.chatter._passed_on.values())


def test_an_applications_statements_do_not_push_out_the_chatter() -> None:
    talk = Talk()
    answer = talk.ask("SELECT 1")
    for number in range(MAX_KEPT + 1):
        talk.ask(f"SELECT a FROM t WHERE a = {number}")
    assert talk.ask("SELECT 1") is answer


@pytest.mark.parametrize("text", ["", " \n", ";", ";;"])
def test_an_empty_query_is_an_error(text: str) -> None:
    answer = Talk().ask(text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (1065, "42000", "Query was empty")


@pytest.mark.parametrize("text", ["/*M!100100 SET x=1 */", "/*!99999 SET x=1 */", "/* x */", "-- x", "# x"])
def test_a_comment_alone_is_fine(text: str) -> None:
    assert isinstance(Talk().ask(text), Ok)


def test_the_dollar_probe_is_a_syntax_error() -> None:
    answer = Talk().ask("select $$")
    assert (answer.code, answer.sqlstate) == (1064, "42000")
    assert answer.message.endswith("near '$$' at line 1")


def test_the_commands_beside_query() -> None:
    session = FakeSession()
    chatter = Chatter()
    assert isinstance(chatter.respond(Request("init_db", "anything", session)), Ok)
    listed = chatter.respond(Request("field_list", "unknown", session))
    assert isinstance(listed, Rows)
    assert listed.columns == ()
    assert chatter.respond(Request("statistics", "", session)) is None


def test_brackets_around_a_select() -> None:
    talk = Talk()
    assert talk.rows("(SELECT 1)") == [(1,)]
    assert talk.ask("(SELECT 1) UNION (SELECT 2)") is None
    assert talk.ask("(SELECT 1") is None


def test_a_very_long_statement_is_passed_on_at_once() -> None:
    talk = Talk()
    room = MAX_LENGTH - len("SELECT ''")
    assert talk.row(f"SELECT '{'x' * room}'") == ("x" * room,)
    assert talk.ask(f"SELECT '{'x' * (room + 1)}'") is None
    assert talk.ask("SELECT " + "1+" * 500_000 + "1") is None
    assert talk.ask("INSERT INTO t VALUES " + "(1)," * 500_000) is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "SELECT " + "(" * 3000,
        "SELECT " + "-" * 3000 + "1",
        "SELECT " + "NOT " * 3000 + "1",
        "SELECT " + "CASE " * 3000,
        "SELECT * FROM " + "(" * 3000,
        "SELECT * FROM " + "(SELECT * FROM " * 900,
        "SELECT * FROM information_schema.tables WHERE " + "(" * 3000,
        "SET @a=" + "@a:=" * 2000 + "1",
    ],
)
def test_nesting_without_end_is_passed_on(text: str) -> None:
    assert Talk().ask(text) is None


@pytest.mark.parametrize(
    ("begin", "link", "end"),
    [
        ("", "1+", "1"),
        ("", "1 AND ", "1"),
        ("", "1 OR ", "1"),
        ("1", " IS NULL", ""),
        ("'a'", " NOT LIKE 'a'", ""),
        ("1", " IN (1)", ""),
    ],
)
def test_a_chain_without_end_is_passed_on(begin: str, link: str, end: str) -> None:
    assert Talk().ask(f"SELECT {begin}{link * MAX_OPERATORS}{end}") is not None
    assert Talk().ask(f"SELECT {begin}{link * 1000}{end}") is None


def test_chains_within_chains_are_counted_together() -> None:
    each = MAX_OPERATORS // 38
    for bracket in ("(", "ABS("):
        assert Talk().value(bracket * 38 + "1" + ("+1" * each + ")") * 38) == 1 + each * 38
        assert Talk().ask("SELECT " + bracket * 38 + "1" + ("+1" * 100 + ")") * 38) is None
    assert Talk().row("SELECT " + ",".join(["1+" * MAX_OPERATORS + "1"] * 3)) == (MAX_OPERATORS + 1,) * 3


def test_a_stack_that_is_used_up_is_passed_on() -> None:
    def at(depth: int) -> object:
        return at(depth - 1) if depth else Talk().ask("SELECT " + "1+" * MAX_OPERATORS + "1")

    used = len(inspect.stack(0))
    assert at(100) is not None
    assert at(sys.getrecursionlimit() - used - 100) is None


WORDS = st.sampled_from(
    """
    SELECT SET SHOW FROM WHERE LIKE AS NAMES utf8mb4 COLLATE = := , ( ) * . ; + - / % DIV MOD 1 0 -1 1.5 1e3 1e300 0xFF
    x'4D' b'1' 18446744073709551615 9223372036854775807 'a' '' 'x%' "d" `q` NULL TRUE @a @b @@autocommit @@sql_mode
    @@global.time_zone @@session.bogus ? VERSION() NOW() DATABASE() CONCAT( IF( CAST( CONVERT( AS SIGNED CHAR DATE
    DECIMAL(65,30) CASE WHEN THEN ELSE END IS NOT AND OR XOR BETWEEN IN LIMIT ORDER BY GROUP UNION JOIN DISTINCT DESC
    information_schema.schemata information_schema.tables schemata mysql.user SCHEMA_NAME VARIABLES STATUS TABLES
    DATABASES CREATE TABLE GLOBAL SESSION TRANSACTION ISOLATION LEVEL READ ONLY autocommit wait_timeout sql_mode
    time_zone timestamp optimizer_switch character_set_results collation_connection DEFAULT ON OFF STATEMENT FOR ROLE
    KILL DO USE BEGIN UNIX_TIMESTAMP( TIMEDIFF( TIME_FORMAT( CONVERT_TZ( SUBSTRING( FLOOR( ROUND( HEX( COUNT(*) COUNT
    '2001-01-01 01:00:00' '9999-12-31' '+00:00' '-13:59' 'Europe/Moscow' WARNINGS ENGINE INNODB /*!40101 */
    """.split()
)
BEGINNINGS = st.sampled_from(
    ["SELECT", "SET", "SHOW", "DESC", "KILL", "DO", "(SELECT", "SET @a =", "SET sql_mode =", "SHOW VARIABLES WHERE"]
)


@given(st.tuples(BEGINNINGS, st.lists(WORDS, max_size=14)), st.sampled_from(["shop", "", "information_schema"]))
@example(("SELECT", ["AS", "SELECT"]), "information_schema")
@settings(max_examples=1000, deadline=None)
def test_any_words_are_answered_or_passed_on(parts: tuple[str, list[str]], database: str) -> None:
    beginning, words = parts
    talk = Talk(session=FakeSession(database=database))
    for _again in range(2):
        answer = talk.ask(" ".join([beginning, *words]), 5, "text", None)
        assert answer is None or isinstance(answer, (Ok, Error, Rows))
        if isinstance(answer, Rows):
            assert all(len(row) == len(answer.columns) for row in answer.rows)


@given(st.text(max_size=80), BEGINNINGS)
@settings(max_examples=1000, deadline=None)
def test_any_text_is_answered_or_passed_on(text: str, beginning: str) -> None:
    answer = Talk().ask(f"{beginning} {text}")
    assert answer is None or isinstance(answer, (Ok, Error, Rows))
