"""Every matcher of `when`: what it matches, what it does not, and the words of its near miss."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from stub_talk import StubTalk, one

from sockservice import yaml
from sockservice.answers import Error
from sockservice.responder.chatter import variables

REFERENCE = Path(__file__).parent / "reference_when.yaml"


def met(talk: StubTalk, text: str, *params: Any) -> bool:
    return talk.ask(text, *params) == "stub 0"


# --- text -------------------------------------------------------------------------------------


def test_sql_and_other_keys_must_hold_together(tmp_path):
    talk = one(tmp_path, sql="SELECT a FROM t WHERE b = ?", regex=".*x.*", contains="= 'ax'")
    assert met(talk, "select a from t where b = 'ax'")
    assert talk.miss("select a from t where b = 'bx'") == "contains: `= 'ax'` is missing"
    assert talk.miss("select a from t where b = 'b'") == "regex: matches no part of the statement"


def test_sql_exact_may_have_further_keys(tmp_path):
    talk = one(tmp_path, sql_exact="SELECT  1", session={"user": "ada"})
    assert talk.miss("SELECT  1") == "session.user: expected ada, got tester"
    talk.session.user = "ada"
    assert met(talk, "SELECT  1")
    assert talk.ask("SELECT 1") is None


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO orders (user_id, total) VALUES (1, 2)",
        "insert into `orders` (user_id,total) values (1,-2.5), ('x', NULL), (?, ?)",
        "INSERT INTO orders (user_id, total) VALUES (1)",
    ],
)
def test_a_fingerprint_matches_any_literals_and_any_number_of_rows(tmp_path, text):
    talk = one(tmp_path, fingerprint="INSERT INTO orders (user_id, total) VALUES (?)")
    assert met(talk, text)


def test_a_fingerprint_that_differs_says_where(tmp_path):
    talk = one(tmp_path, fingerprint="SELECT a FROM t WHERE id IN (1, 2) AND b = 5")
    assert met(talk, "SELECT a FROM t WHERE id IN (?, ?, ?) AND b = ?", 1, 2, 3, 4)
    assert met(talk, "SELECT a FROM t WHERE id IN (7) AND b = -4")
    assert (
        talk.miss("SELECT a FROM t WHERE id IN (7) AND c = 4") == "fingerprint: after `? ) and` expected `b`, got `c`"
    )


def test_contains_finds_words_one_behind_the_other(tmp_path):
    talk = one(tmp_path, contains=["MATCH (title)", "id = ?"])
    assert met(talk, "select * from t where match(`Title`) against ('x') and id=5")
    assert not met(talk, "select * from t where match (subtitle) against ('x') and id=5")
    assert talk.miss("select * from t where match (title) against ('x') and id > 5") == "contains: `id = ?` is missing"


def test_contains_compares_literals_as_a_whole(tmp_path):
    talk = one(tmp_path, contains="name = 'Ada' and id = 4")
    assert met(talk, "SELECT 7 FROM t WHERE name='Ada' AND id=4")
    assert not met(talk, "SELECT 7 FROM t WHERE name='Ada' AND id=42")
    assert not met(talk, "SELECT 7 FROM t WHERE name='ada' AND id=4")
    assert met(talk, "SELECT 7 FROM t WHERE name = ? AND id = ?", "Ada", 4)


def test_contains_without_a_word_is_found_too(tmp_path):
    assert met(one(tmp_path, contains="= 5"), "select 4 + 3, a = 5")


def test_named_groups_of_a_regex_are_what_the_statement_has_there(tmp_path):
    talk = one(tmp_path, regex="select .* no = '(?P<no>[a-z]-\\d+)'( limit (?P<most>.*))?")
    subject = talk.workspace.stubs._subject(talk.request("SELECT x FROM o WHERE no = 'A-7'"))
    (stub,) = talk.workspace.stubs.stubs
    assert stub.when.groups(subject) == {"no": "A-7"}


# --- structure --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("select", "SELECT 1"),
        ("select", "WITH c AS (SELECT 1) SELECT * FROM c"),
        ("select", "(SELECT a FROM t) UNION ALL (SELECT b FROM u)"),
        ("insert", "INSERT IGNORE INTO t SET a = 1"),
        ("replace", "REPLACE INTO t (a) VALUES (1)"),
        ("update", "UPDATE t SET a = 1"),
        ("delete", "WITH c AS (SELECT 1) DELETE FROM t WHERE a IN (SELECT * FROM c)"),
        ("call", "CALL p(1)"),
        ("create", "CREATE TABLE t (a INT)"),
        ("alter", "ALTER TABLE t ADD b INT"),
        ("drop", "DROP TABLE t"),
        ("truncate", "TRUNCATE t"),
        ("set", "SET @a = 1"),
        ("show", "SHOW TABLES"),
        ("use", "USE shop"),
        ("begin", "START TRANSACTION"),
        ("begin", "BEGIN"),
        ("commit", "COMMIT"),
        ("rollback", "ROLLBACK"),
        ("explain", "EXPLAIN SELECT 1"),
        ("describe", "DESC t"),
    ],
)
def test_the_kind_of_a_statement_is_what_it_does(tmp_path, kind, text):
    assert met(one(tmp_path, statement=kind), text)
    assert not met(one(tmp_path, statement="insert" if kind != "insert" else "update"), text)


def test_one_kind_of_several_is_enough(tmp_path):
    talk = one(tmp_path, statement=["insert", "update"], tables="t")
    assert met(talk, "UPDATE t SET a = 1")
    assert talk.miss("DELETE FROM t") == "statement: expected insert or update, got delete"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM users, orders",
        "SELECT * FROM users u JOIN shop.orders o USING (id)",
        "SELECT (SELECT MAX(id) FROM users) FROM orders",
        "WITH x AS (SELECT * FROM orders) SELECT * FROM x JOIN users",
        "INSERT INTO orders SELECT * FROM `Users`",
        "UPDATE users JOIN orders ON a = b SET c = 1",
        "DELETE u FROM users u JOIN orders o ON u.id = o.id",
        "SELECT 1 FROM users UNION SELECT 2 FROM orders",
    ],
)
def test_tables_are_all_that_a_statement_refers_to(tmp_path, text):
    assert met(one(tmp_path, tables=["users", "ORDERS"]), text)


def test_a_table_that_is_missing_is_named(tmp_path):
    talk = one(tmp_path, tables=["users", "orders"])
    assert talk.miss("SELECT * FROM users") == "tables: expected orders, got users"
    assert talk.miss("WITH orders AS (SELECT 1) SELECT * FROM orders, users") == "tables: expected orders, got users"


def test_a_table_with_its_database_is_met_by_the_current_one(tmp_path):
    talk = one(tmp_path, tables="shop.users")
    assert met(talk, "SELECT * FROM shop.users")
    assert met(talk, "SELECT * FROM users")
    assert not met(talk, "SELECT * FROM test.users")
    talk.session.database = "shop@w1"
    assert met(talk, "SELECT * FROM users")
    talk.session.database = "test"
    assert talk.miss("SELECT * FROM users") == "tables: expected shop.users, got users"


@pytest.mark.parametrize(
    ("columns", "text", "expected"),
    [
        (["id", "name"], "SELECT id, name FROM u", True),
        (["id", "n"], "SELECT u.id, u.name AS n FROM users u", True),
        (["users.name"], "SELECT u.id, u.name AS n FROM users u", True),
        ("*", "SELECT * FROM u", True),
        ("id", "SELECT * FROM u", False),
        (["a", "b"], "INSERT INTO t (a, b, c) VALUES (1, 2, 3)", True),
        ("d", "INSERT INTO t (a, b, c) VALUES (1, 2, 3)", False),
        ("a", "INSERT INTO t SET a = 1", True),
        ("a", "UPDATE t SET t.a = 1, b = 2", True),
        ("x", "UPDATE t SET a = 1 WHERE x = 2", False),
    ],
)
def test_columns_are_those_that_are_read_or_written(tmp_path, columns, text, expected):
    assert met(one(tmp_path, columns=columns), text) is expected


def test_a_column_that_is_missing_is_named(tmp_path):
    talk = one(tmp_path, tables="t", columns=["a", "b"])
    assert talk.miss("SELECT a, c FROM t") == "columns: expected b, got a, c"


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        ({"id": 5}, "SELECT * FROM t WHERE id = 5", True),
        ({"id": 5}, "SELECT * FROM t WHERE id = '5'", True),
        ({"id": 5}, "SELECT * FROM t WHERE 5 = t.id AND a > 3", True),
        ({"id": 5}, "SELECT * FROM t WHERE (a = 1 AND (id = 5))", True),
        ({"id": 5}, "SELECT * FROM t WHERE id = 5 OR a = 1", False),
        ({"id": 5}, "SELECT * FROM t WHERE NOT id = 5", False),
        ({"id": 5}, "SELECT * FROM t WHERE id IN (5)", True),
        ({"id": 5}, "SELECT * FROM t WHERE id IN (5, 6)", False),
        ({"id": 5}, "SELECT * FROM t WHERE id > 5", False),
        ({"id": 5}, "SELECT * FROM t WHERE id = -5", False),
        ({"id": -5}, "UPDATE t SET id = 5 WHERE id = -5", True),
        ({"id": 5, "a": "x"}, "DELETE FROM t WHERE a = 'x' AND id = 5", True),
        ({"users.id": 5}, "SELECT * FROM users u WHERE u.id = 5", True),
        ({"users.id": 5}, "SELECT * FROM orders o JOIN users u WHERE o.id = 5", False),
        ({"users.id": 5}, "SELECT * FROM users WHERE id = 5", True),
        ({"users.id": 5}, "SELECT * FROM shop.users u WHERE id = 5", True),
        ({"u.id": 5}, "SELECT * FROM shop.users u WHERE id = 5", True),
        ({"users.id": 5}, "UPDATE users SET a = 1 WHERE id IN (5)", True),
        ({"users.id": 5}, "DELETE FROM users WHERE id = 5", True),
        ({"users.id": 5}, "SELECT * FROM users WHERE id = 5 AND a IN (SELECT id FROM orders WHERE id = 6)", True),
        ({"orders.id": 6}, "SELECT * FROM users WHERE id = 6 AND a IN (SELECT id FROM orders)", False),
        ({"orders.id": 5}, "SELECT * FROM users WHERE id = 5", False),
        ({"users.id": 5}, "SELECT * FROM users, orders WHERE id = 5", False),
        ({"users.id": 5}, "SELECT * FROM users JOIN (SELECT 1 AS id) x WHERE id = 5", False),
        ({"users.id": 5}, "UPDATE users JOIN orders SET a = 1 WHERE id = 5", False),
        ({"users.id": 5}, "SELECT * FROM (SELECT * FROM users) x WHERE id = 5", False),
        ({"id": {"in": [5, 6]}}, "SELECT * FROM t WHERE id IN (6, 5, 6)", True),
        ({"id": {"any": True}}, "SELECT * FROM t WHERE id = now() AND a = 1", False),
        ({"id": "any"}, "SELECT * FROM t WHERE id = 7", True),
        ({"id": None}, "SELECT * FROM t WHERE id IS NULL", True),
        ({"id": None}, "SELECT * FROM t WHERE id IS NOT NULL", False),
        ({"id": True}, "SELECT * FROM t WHERE id = TRUE", True),
        ({"id": {"range": [1, 9]}}, "SELECT * FROM t WHERE id = 9", True),
    ],
)
def test_where_is_met_by_equality_and_in_joined_by_and(tmp_path, where, text, expected):
    assert met(one(tmp_path, where=where), text) is expected


def test_where_is_met_by_bound_values(tmp_path):
    talk = one(tmp_path, tables="t", where={"id": 5, "sku": {"in": ["a", "b"]}})
    text = "SELECT * FROM t WHERE id = ? AND sku IN (?, ?)"
    assert met(talk, text, 5, "a", "b")
    assert talk.miss(text, 6, "a", "b") == "where: id: expected 5, got 6"
    assert talk.miss(text, 5, "a", "c") == "where: sku: expected one of 'a', 'b', got 'c'"
    assert talk.miss("SELECT * FROM t WHERE x = 5") == (
        "where: no `id = …` or `id IN (…)` among its conditions (columns there: x)"
    )


def test_a_routine_is_what_is_called(tmp_path):
    talk = one(tmp_path, routine="price_for")
    assert met(talk, "CALL `Price_For`(1)")
    assert met(talk, "CALL shop.price_for(1)")
    assert talk.miss("CALL prices(1)") == ""
    talk = one(tmp_path, statement="call", routine="test.price_for")
    assert talk.miss("CALL price_for(1)") == "routine: expected test.price_for, got price_for"


def test_has_limit_tells_statements_apart(tmp_path):
    talk = StubTalk(tmp_path, [{"when": {"tables": "t", "has_limit": value}} for value in (True, False)])
    assert talk.ask("SELECT * FROM t LIMIT 5") == "stub 0"
    assert talk.ask("SELECT * FROM t") == "stub 1"
    assert talk.ask("DELETE FROM t WHERE a = 1 LIMIT 5") == "stub 0"
    talk = one(tmp_path, tables="t", has_limit=True)
    assert talk.miss("SELECT * FROM t") == "has_limit: expected a LIMIT, got none"


@pytest.mark.parametrize("text", ["SELECT * FROM", "SELEC * FROM t", "SELECT (((1) FROM t", "t", "", "(" * 300 + "t"])
def test_what_cannot_be_parsed_has_no_structure(tmp_path, text):
    assert not met(one(tmp_path, tables="t"), text)
    assert not met(one(tmp_path, statement="select"), text)


def test_that_a_statement_cannot_be_parsed_is_said(tmp_path):
    assert one(tmp_path, tables="t").miss("SELEC a FROM t") == "tables: the statement could not be parsed"


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        (42, [42, "42", "42.0", " 42", 42.0], [43, "42a", None, "", "'42'"]),
        (0.5, [0.5, "0.50", "5e-1"], [0.4, "half"]),
        ("42", ["42", 42], ["42.0", "042", 43]),
        ("Ada", ["Ada"], ["ada", "Ada ", None]),
        (None, [None], [0, "", "NULL"]),
        (True, [True, 1, "1"], [False, 0, 2]),
        ("any", ["any", None, 5], []),
        ({"any": True}, ["any", None, 5], []),
        ({"type": "integer"}, [5, -5], [5.5, "5", None]),
        ({"type": "number"}, [5, 5.5], ["5", None]),
        ({"type": "text"}, ["5", ""], [5, None]),
        ({"type": ["null", "text"]}, ["5", None], [5]),
        ({"type": "date"}, ["2024-02-29"], ["2024-02-30", "2024-2-3", 20240229]),
        (
            {"type": "datetime"},
            ["2024-02-29 12:30:00", "2024-02-29T12:30:00.25"],
            ["2024-02-29", "2024-02-29 25:00:00"],
        ),
        ({"type": "time"}, ["12:30", "-838:59:59.5"], ["12:70", "noon"]),
        ({"type": "boolean"}, [True, 0], [2, "true"]),
        ({"regex": "[a-z]-\\d+"}, ["A-7", "b-12"], ["A-7x", 7, None]),
        ({"regex": "\\d+"}, [7, "7"], [-7, None]),
        ({"range": [1, 5]}, [1, 5, 2.5, "3"], [0, 5.01, "x", None]),
        ({"range": [None, 5]}, [-(10**30), 5], [6]),
        ({"range": ["2024-01-01", "2024-12-31"]}, ["2024-02-29"], ["2025-01-01", 2024, None]),
        ({"in": [1, "b", None]}, [1, "1", "b", None], [2, "B"]),
    ],
)
def test_a_value_is_matched_bound_or_inline(tmp_path, wanted, right, wrong):
    talk = one(tmp_path, sql="SELECT ?", params=[wanted])
    for value in right:
        assert met(talk, "SELECT ?", value), value
    for value in wrong:
        assert not met(talk, "SELECT ?", value), value
    for value in (*right, *wrong):
        inline = "NULL" if value is None else repr(value).upper() if isinstance(value, bool) else None
        written = inline or ("'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value))
        assert met(talk, f"SELECT {written}") is met(talk, "SELECT ?", value), value


@pytest.mark.parametrize(
    ("wanted", "value", "near"),
    [
        (42, 43, "params[0]: expected 42, got 43"),
        (42, "42a", "params[0]: expected 42, got '42a'; the text is not that number"),
        ("Ada", "ada", "params[0]: expected 'Ada', got 'ada'; differs only in the case of letters"),
        ("42", "42.0", "params[0]: expected '42', got '42.0'; the same number, but texts are compared as texts"),
        (None, 5, "params[0]: expected NULL, got 5"),
        ({"type": ["date", "null"]}, "x", "params[0]: expected date or null, got 'x'"),
        ({"regex": "a+"}, "b", "params[0]: expected a match of a+, got 'b'"),
        ({"range": [1, None]}, 0, "params[0]: expected 1 to …, got 0"),
        ({"in": [1, "b"]}, 3, "params[0]: expected one of 1, 'b', got 3"),
    ],
)
def test_a_wrong_value_is_told_with_a_hint(tmp_path, wanted, value, near):
    assert (
        one(tmp_path, sql="SELECT a FROM t WHERE b = ?", params=[wanted]).miss("SELECT a FROM t WHERE b = ?", value)
        == near
    )


def test_positions_are_those_of_the_question_marks_of_sql(tmp_path):
    talk = one(tmp_path, sql="SELECT a FROM t WHERE b = 1 AND c = ? AND d = 2 AND e = ?", params={"1": "x"})
    assert met(talk, "SELECT a FROM t WHERE b = 1 AND c = 5 AND d = 2 AND e = 'x'")
    assert met(talk, "SELECT a FROM t WHERE b = ? AND c = ? AND d = ? AND e = ?", 1, 5, 2, "x")
    assert talk.miss("SELECT a FROM t WHERE b = 1 AND c = 'x' AND d = 2 AND e = 'y'") == (
        "params[1]: expected 'x', got 'y'"
    )


def test_without_sql_positions_are_those_of_what_is_bound_else_of_all_literals(tmp_path):
    talk = one(tmp_path, fingerprint="SELECT a FROM t WHERE b IN (?) AND c = ?", params=[{"any": True}, 7])
    assert met(talk, "SELECT a FROM t WHERE b IN (5, 7) AND c = 1")
    assert met(talk, "SELECT a FROM t WHERE b IN (1, ?) AND c = ?", 5, 7)
    assert talk.miss("SELECT a FROM t WHERE b IN (1, ?) AND c = 3", 7) == "params[1]: there are only 1 value"


def test_a_sign_belongs_to_a_bound_value(tmp_path):
    talk = one(tmp_path, sql="SELECT a FROM t WHERE b = ?", params=[-5])
    assert met(talk, "SELECT a FROM t WHERE b = -?", 5)
    assert not met(talk, "SELECT a FROM t WHERE b = -?", -5)


def test_the_values_of_a_stub_are_those_of_its_question_marks(tmp_path):
    stubs = [{"when": {"sql": "SELECT ? FROM t WHERE b = 1 AND c = ?"}}, {"when": {"statement": "update"}}]
    talk = StubTalk(tmp_path, stubs)
    by_sql, by_kind = talk.workspace.stubs.stubs

    def values(stub, text, *params):
        return stub.when.values(talk.workspace.stubs._subject(talk.request(text, *params)))

    assert values(by_sql, "SELECT 'x' FROM t WHERE b = 1 AND c = -2.50") == ("x", pytest.approx(-2.5))
    assert values(by_sql, "SELECT ? FROM t WHERE b = ? AND c = ?", b"\xff", 1, None) == (b"\xff", None)
    assert values(by_kind, "UPDATE t SET a = 1, b = NULL") == (1, None)
    assert values(by_kind, "UPDATE t SET a = ?, b = 3", "x") == ("x",)


# --- the session ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "right", "wrong", "near"),
    [
        ({"user": "app"}, {"user": "app@w1"}, {"user": "App"}, "session.user: expected app, got App"),
        ({"user": ["a", "b"]}, {"user": "b"}, {"user": "c"}, "session.user: expected a or b, got c"),
        ({"host": "127.0.0.1"}, {"host": "127.0.0.1"}, {"host": "::1"}, "session.host: expected 127.0.0.1, got ::1"),
        ({"database": "Shop"}, {"database": "shop@w1"}, {"database": ""}, "session.database: expected shop, got none"),
        ({"database": ""}, {"database": ""}, {"database": "x"}, "session.database: expected none, got x"),
        ({"tls": True}, {"tls": SimpleNamespace()}, {"tls": None}, "session.tls: expected True, got False"),
        (
            {"client": {"pid": "5"}},
            {"client": {"pid": "5"}},
            {"client": {}},
            "session.client.pid: expected 5, got none",
        ),
        (
            {"in_transaction": True},
            {"in_transaction": True},
            {"in_transaction": False},
            "session.in_transaction: expected True, got False",
        ),
        (
            {"autocommit": False},
            {"autocommit": False},
            {"autocommit": True},
            "session.autocommit: expected False, got True",
        ),
        (
            {"var": {"time_zone": "+01:00"}},
            {"variables": {"time_zone": "+01:00"}},
            {"variables": {}},
            "session.var.time_zone: expected +01:00, got system",
        ),
        (
            {"var": {"sql_safe_updates": True}},
            {"variables": {"sql_safe_updates": 1}},
            {"variables": {}},
            "session.var.sql_safe_updates: expected 1, got 0",
        ),
        (
            {"var": {"@tenant": 7}},
            {"user_variables": {"tenant": 7}},
            {"user_variables": {}},
            "session.var.@tenant: expected 7, got none",
        ),
    ],
)
def test_the_session_is_asked_each_time(tmp_path, wanted, right, wrong, near):
    talk = one(tmp_path, sql="SELECT 1", session=wanted)
    for state, expected in ((right, True), (wrong, False), (right, True)):
        for name, value in state.items():
            setattr(talk.session, name, value)
        assert met(talk, "SELECT 1") is expected, state
    for name, value in wrong.items():
        setattr(talk.session, name, value)
    assert talk.miss("SELECT 1") == near


def test_a_global_variable_counts_where_the_session_has_none(tmp_path):
    talk = one(tmp_path, sql="SELECT 1", session={"var": {"max_connections": 7}})
    assert not met(talk, "SELECT 1")
    talk.session.server.global_variables["max_connections"] = 7
    assert met(talk, "SELECT 1")
    assert "max_connections" in variables.variables()


# --- state, call, command ---------------------------------------------------------------------


def test_a_scenario_begins_in_the_state_that_the_first_stub_names(tmp_path):
    stubs = [
        {"when": {"sql": "SELECT 1", "any": [{"state": {"cart": "empty"}}]}},
        {"when": {"sql": "SELECT 1", "state": {"cart": "filled", "door": "open"}}},
    ]
    talk = StubTalk(tmp_path, stubs)
    assert talk.workspace.state("cart") == "empty"
    assert talk.workspace.state("door") == "open"
    assert talk.ask("SELECT 1") == "stub 0"
    talk.workspace.states["cart"] = "filled"
    assert talk.ask("SELECT 1") == "stub 1"
    talk.workspace.states["door"] = "shut"
    assert talk.miss("SELECT 1") == "any: state cart: expected empty, is filled"


def test_states_of_stubs_of_the_workspace_alone_begin_so_too(tmp_path):
    talk = one(tmp_path, sql="SELECT 1")
    other = StubTalk(tmp_path, [{"when": {"sql": "SELECT 2", "state": {"door": "open"}}}])
    talk.workspace.stubs.add(other.workspace.stubs.stubs)
    assert talk.ask("SELECT 2") == "stub 0"
    assert talk.workspace.state("door") == "open"
    talk.workspace.states["door"] = "shut"
    assert talk.miss("SELECT 2") == "state door: expected open, is shut"
    talk.workspace.stubs.reset()
    assert talk.workspace.stubs.initial_states == {}


@pytest.mark.parametrize(
    ("call", "answered"),
    [
        (2, [2]),
        ({"first": True}, [1]),
        ({"nth": 3}, [3]),
        ({"from": 4}, [4, 5, 6, 7]),
        ({"until": 2}, [1, 2]),
        ({"every": 3}, [3, 6]),
        ({"from": 2, "until": 6, "every": 2}, [2, 4, 6]),
    ],
)
def test_only_some_calls_are_answered(tmp_path, call, answered):
    talk = one(tmp_path, sql="SELECT 1", call=call)
    assert [number for number in range(1, 8) if met(talk, "SELECT 1")] == answered


def test_a_call_is_counted_where_all_else_holds(tmp_path):
    talk = one(tmp_path, sql="SELECT ?", params=[1], session={"user": "app"}, call=2)
    assert not met(talk, "SELECT 1")
    talk.session.user = "app"
    assert not met(talk, "SELECT 2")
    assert talk.miss("SELECT 1") == "call: expected 2, this is call 1"
    assert met(talk, "SELECT 1")
    assert talk.miss("SELECT 1") == "call: expected 2, this is call 3"


def test_calls_may_be_counted_by_connection(tmp_path):
    talk = one(tmp_path, sql="SELECT 1", call={"first": True, "per": "connection"})
    assert [met(talk, "SELECT 1") for _ in range(2)] == [True, False]
    assert talk.near("SELECT 1") == "call: expected 1, this is call 2 of the connection"
    talk.session.connection_id += 1000
    assert [met(talk, "SELECT 1") for _ in range(2)] == [True, False]


def test_a_stub_for_a_command_needs_no_text(tmp_path):
    stubs = [{"when": {"command": word}} for word in ("connect", "ping", "reset")]
    talk = StubTalk(tmp_path, [*stubs, {"when": {"command": "init_db", "sql_exact": "shop"}}])
    assert talk.ask("", command="connect") == "stub 0"
    assert talk.ask("", command="ping") == "stub 1"
    assert talk.ask("", command="reset_connection") == "stub 2"
    assert talk.ask("shop", command="init_db") == "stub 3"
    assert talk.ask("test", command="init_db") is None
    assert talk.ask("", command="quit") is None
    assert talk.ask("SELECT 1") is None


def test_a_stub_for_one_way_to_execute_leaves_the_other(tmp_path):
    talk = one(tmp_path, command=["execute", "ping"], sql="SELECT 1")
    assert talk.ask("SELECT 1") is None
    assert talk.ask("SELECT 1", command="execute") == "stub 0"
    assert talk.ask("SELECT 1") is None
    assert talk.near("SELECT 1") == "command: expected execute or ping, got query"
    assert talk.ask("SELECT 1", command="prepare") == "name"
    talk = one(tmp_path, command="query", sql="SELECT 1")
    assert talk.ask("SELECT 1", command="prepare") is None
    assert talk.ask("SELECT 1") == "stub 0"


def test_a_stub_for_prepare_answers_it_itself(tmp_path):
    then = {"error": 1295}
    talk = StubTalk(
        tmp_path, [{"when": {"command": "prepare", "contains": "lock"}, "then": then}, {"when": {"regex": ".*"}}]
    )
    refused = talk.workspace.respond(talk.request("lock tables t read", command="prepare"))
    assert isinstance(refused, Error)
    assert talk.ask("SELECT 1", command="prepare") == "name"


# --- combinations and code --------------------------------------------------------------------


def test_all_counts_as_if_it_stood_beside(tmp_path):
    talk = one(tmp_path, all=[{"sql": "SELECT a FROM t WHERE b = ?"}, {"all": [{"params": [7]}]}])
    assert met(talk, "SELECT a FROM t WHERE b = 7")
    assert talk.miss("SELECT a FROM t WHERE b = 8") == "params[0]: expected 7, got 8"
    (stub,) = talk.workspace.stubs.stubs
    assert stub.when.key is not None


def test_one_of_any_is_enough(tmp_path):
    talk = one(tmp_path, any=[{"sql": "SELECT ?", "params": [7]}, {"tables": "t", "statement": "delete"}])
    assert met(talk, "SELECT 7")
    assert met(talk, "DELETE FROM t")
    assert talk.miss("SELECT 8") == "any: params[0]: expected 7, got 8 (nor does one of 1 others)"


def test_not_keeps_away_what_it_holds_for(tmp_path):
    talk = one(tmp_path, statement="call", routine="p", not_={"params": [None]})
    assert met(talk, "CALL p(5)")
    assert talk.miss("CALL p(NULL)") == "not: what must not hold does"
    assert talk.miss("CALL p(?)", None) == "not: what must not hold does"
    assert talk.ask("CALL p(?)", command="prepare") == "name"


def test_code_of_the_author_decides(tmp_path):
    (tmp_path / "rules.py").write_text("def short(request):\n    return len(request.text) < 12\n")
    talk = one(tmp_path, statement="select", python="rules:short")
    assert met(talk, "SELECT 1")
    assert talk.miss("SELECT 1 + 1 + 1") == "python: rules:short says no"


@pytest.mark.parametrize(
    ("when", "text", "params", "told"),
    [
        ({"sql": "SELECT ? FROM t WHERE a = 1 AND b = ?"}, "SELECT 7 FROM t WHERE a = 1 AND b = 'x'", (), (7, "x")),
        ({"sql": "SELECT ? FROM t WHERE a = 1 AND b = ?"}, "SELECT ? FROM t WHERE a = 1 AND b = 'x'", (7,), (7, "x")),
        (
            {"sql": "SELECT ? FROM t WHERE a = 1 AND b = ?"},
            "SELECT ? FROM t WHERE a = ? AND b = ?",
            (7, 1, "x"),
            (7, "x"),
        ),
        ({"tables": "t"}, "SELECT 7 FROM t WHERE a = NULL", (), (7, None)),
        ({"tables": "t"}, "SELECT 7 FROM t WHERE a = ?", (b"x",), (b"x",)),
        ({"all": [{"sql": "SELECT -?"}]}, "SELECT -5", (), (-5,)),
        ({"command": "ping"}, "", (), ()),
    ],
)
def test_code_of_the_author_knows_the_values_whether_they_are_bound_or_not(tmp_path, when, text, params, told):
    (tmp_path / "rules.py").write_text(f"def known(request):\n    return request.params == {told!r}\n")
    talk = one(tmp_path, python="rules:known", **when)
    assert talk.ask(text, *params, command=when.get("command", "")) == "stub 0"


def test_code_that_fails_is_told_once_and_means_no(tmp_path, logged_errors):
    (tmp_path / "rules.py").write_text("def wrong(request):\n    raise RuntimeError('broken')\n")
    talk = one(tmp_path, statement="select", python="rules:wrong")
    assert [met(talk, "SELECT 1") for _ in range(3)] == [False] * 3
    assert [event["reference"] for event in logged_errors.flush()] == ["rules:wrong"]
    assert talk.near("SELECT 1") == "python: rules:wrong has failed, see the log"


def test_code_that_cannot_answer_at_once_means_no(tmp_path, logged_errors):
    (tmp_path / "rules.py").write_text("async def later():\n    return True\ndef f(request):\n    return later()\n")
    assert not met(one(tmp_path, regex=".*", python="rules:f"), "SELECT 1")
    assert len(logged_errors.flush()) == 1


# --- prepare ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "when",
    [
        {"sql": "SELECT a FROM t WHERE b = 5"},
        {"sql": "SELECT a FROM t WHERE b = ?", "params": [{"range": [1, 9]}]},
        {"sql": "SELECT a FROM t WHERE b = ?", "params": [5]},
        {"tables": "t", "where": {"b": 5}},
        {"statement": "select", "where": {"b": {"in": [5]}}},
        {"fingerprint": "SELECT a FROM t WHERE b = 1", "params": [5]},
        {"contains": "b = 5"},
        {"any": [{"sql": "SELECT a FROM t WHERE b = 5"}]},
    ],
)
def test_what_a_statement_may_answer_is_told_when_it_is_prepared(tmp_path, when):
    talk = one(tmp_path, **when)
    assert talk.ask("SELECT a FROM t WHERE b = ?", command="prepare") == "name"
    assert met(talk, "SELECT a FROM t WHERE b = ?", 5)
    assert not met(talk, "SELECT a FROM t WHERE b = ?", 55)


def test_columns_are_told_when_one_of_several_has_some(tmp_path):
    stubs = [{"when": {"sql": "SELECT ?", "params": [n]}, "then": {"error": 1062}} for n in range(3)]
    talk = StubTalk(tmp_path, [*stubs, {"when": {"sql": "SELECT ?"}}])
    assert talk.ask("SELECT ?", command="prepare") == "name"


# --- the reference ----------------------------------------------------------------------------


def test_the_reference_reads_and_matches(tmp_path):
    stubs = yaml.compose(REFERENCE.read_text(encoding="utf-8"))["stubs"]
    talk = StubTalk(tmp_path, [{"when": stub["when"], "priority": stub.get("priority", 5)} for stub in stubs])
    by_name = {stub["name"]: f"stub {number}" for number, stub in enumerate(stubs)}
    for text, name in [
        ("SELECT id, name FROM users WHERE id = 42", "user by id"),
        ("/* ping */ SELECT 1", "health probe, byte for byte"),
        ("INSERT INTO orders (user_id, total) VALUES (1, 2), (3, 4)", "any order insert"),
        ("select * from orders where no = 'A-7'", "order by number"),
        ("SELECT * FROM products p WHERE p.sku = 'A2'", "catalogue reads"),
        ("UPDATE stock SET qty = qty - 2 WHERE sku = 'x'", "deadlock twice, then succeed"),
        ("SELECT * FROM cart", "cart is empty until something is added"),
        ("INSERT INTO cart VALUES (1)", "add to cart"),
        ("SELECT * FROM audit", "slow export that dies half way"),
        ("SELECT 1 FROM x WHERE MATCH(title) AGAINST ('a')", "jittery search"),
        ("CALL price_for(5)", "prices, computed"),
    ]:
        assert talk.ask(text) == by_name[name], text
    assert [talk.ask("", command="connect") for _ in range(10)] == [None] * 9 + [
        by_name["every 10th connection is refused"]
    ]
    talk.session.user = "report@w1"
    assert talk.ask("INSERT INTO cart VALUES (1)") == by_name["reporting user is read only"]
    assert json.dumps(stubs)
