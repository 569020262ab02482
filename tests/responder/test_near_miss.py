"""Which stub is named for a request that none answers, and what is said of it."""

from __future__ import annotations

import pytest
from stub_talk import StubTalk, one

SELECT = "SELECT id, name FROM users WHERE id = ?"


def nearest(talk: StubTalk, text: str, *params: object, command: str = "") -> str:
    """The name of the nearest stub."""
    near = talk.workspace.stubs.near(talk.request(text, *params, command=command))
    return "" if near is None else near.stub.name


def test_a_stub_whose_text_matches_is_nearer_than_one_that_looks_alike(tmp_path):
    stubs = [
        {"when": {"sql": "SELECT id, name FROM users WHERE id = 42"}},
        {"when": {"sql": SELECT, "session": {"user": "ada"}}},
    ]
    talk = StubTalk(tmp_path, stubs)
    assert talk.miss(SELECT, 41) == "session.user: expected ada, got tester"


def test_of_two_whose_text_matches_the_one_that_fails_less_is_nearer(tmp_path):
    stubs = [
        {"when": {"sql": SELECT, "session": {"user": "ada", "autocommit": False}}},
        {"when": {"sql": SELECT, "state": {"door": "open"}, "session": {"user": "tester"}}},
    ]
    talk = StubTalk(tmp_path, stubs)
    talk.workspace.states["door"] = "shut"
    assert talk.miss(SELECT, 1) == "state door: expected open, is shut"


def test_a_stub_for_a_kind_of_statement_is_named_where_nothing_is_nearer(tmp_path):
    stubs = [
        {"when": {"statement": ["insert", "delete"], "session": {"user": "ada"}}},
        {"when": {"sql": "INSERT INTO t (a, b) VALUES (?, ?)"}},
    ]
    talk = StubTalk(tmp_path, stubs)
    assert nearest(talk, "DELETE FROM x WHERE y = 1") == "stub 0"
    assert nearest(talk, "INSERT INTO t (a, c) VALUES (1, 2)") == "stub 1"


def test_a_stub_whose_tables_match_is_near(tmp_path):
    talk = one(tmp_path, tables="users", where={"id": 5}, columns="name")
    assert talk.miss("SELECT a, b, c, d FROM users") == "columns: expected name, got a, b, c, d"


def test_among_siblings_the_one_with_most_values_in_common_is_named(tmp_path):
    stubs = [{"when": {"sql": f"SELECT a FROM t WHERE b = {n} AND c = 'x{n}' AND d = ?"}} for n in range(9)]
    talk = StubTalk(tmp_path, stubs)
    assert nearest(talk, "SELECT a FROM t WHERE b = 7 AND c = 'y' AND d = 1") == "stub 7"
    assert nearest(talk, "SELECT a FROM t WHERE b = '3' AND c = 'X3' AND d = 1") == "stub 3"


def test_a_stub_that_is_used_up_says_so(tmp_path):
    talk = one(tmp_path, sql=SELECT)
    (stub,) = talk.workspace.stubs.stubs
    object.__setattr__(stub.then.steps[0], "times", 2)
    assert [talk.ask(SELECT, 1) for _ in range(2)] == ["stub 0"] * 2
    assert talk.miss(SELECT, 1) == "all its answers are used up"
    tally = talk.workspace.stubs.tally(stub)
    before = (tally.step, tally.given)
    talk.near(SELECT, 1)
    assert (tally.step, tally.given) == before


def test_stubs_of_the_workspace_alone_are_near_too(tmp_path):
    talk = one(tmp_path, sql="DELETE FROM x")
    other = one(tmp_path, sql=SELECT, params=[5])
    talk.workspace.stubs.add(other.workspace.stubs.stubs)
    assert talk.miss(SELECT, 6) == "params[0]: expected 5, got 6"
    talk.workspace.stubs.reset()
    assert talk.miss(SELECT, 6) == ""


def test_a_statement_that_is_prepared_has_a_near_miss(tmp_path):
    talk = one(tmp_path, sql="SELECT a FROM t WHERE b = ? AND c = 5", session={"user": "ada"})
    assert talk.miss("SELECT a FROM t WHERE b = ? AND c = ?", command="prepare") == (
        "session.user: expected ada, got tester"
    )


def test_a_request_that_is_no_statement_is_compared_with_the_stubs_for_it(tmp_path):
    stubs = [{"when": {"sql": "SELECT 1"}}, {"when": {"command": "init_db", "sql_exact": "shop"}}]
    talk = StubTalk(tmp_path, stubs)
    assert talk.miss("test", command="init_db") == "sql_exact: expected `shop`, got `test`"
    assert talk.miss("test", command="field_list") == ""


def test_only_what_text_decides_is_the_same_each_time(tmp_path):
    stubs = [{"when": {"sql": SELECT, "params": [1]}}, {"when": {"sql": "DELETE FROM t", "state": {"a": "b"}}}]
    talk = StubTalk(tmp_path, stubs)
    talk.workspace.states["a"] = "c"
    assert talk.workspace.stubs.near(talk.request(SELECT, 2)).fixed
    assert not talk.workspace.stubs.near(talk.request("DELETE FROM t")).fixed


def test_every_stub_says_whether_it_would_answer_and_if_not_why(tmp_path):
    stubs = [
        {"when": {"sql": SELECT, "params": [7]}},
        {"when": {"sql": SELECT, "call": 2}},
        {"when": {"regex": "select .*"}},
        {"when": {"command": "ping"}},
        {"when": {"sql": SELECT}, "priority": 1},
    ]
    talk = StubTalk(tmp_path, stubs)
    explained = talk.workspace.stubs.explain(talk.request(SELECT, 8))
    assert [(stub.name, why) for stub, why in explained] == [
        ("stub 4", ""),
        ("stub 0", "params[0]: expected 7, got 8"),
        ("stub 1", "call: expected 2, this is call 1"),
        ("stub 2", ""),
        ("stub 3", "command: expected ping, got execute"),
    ]
    assert len(talk.workspace.stubs.explain(talk.request(SELECT, 8), most=2)) == 2
    assert all(talk.workspace.stubs.tally(stub).calls == 0 for stub in talk.workspace.stubs.stubs)


@pytest.mark.parametrize("piece", ["a ", "'", "(1,", "(", "select ", "\\", "`x`,", "/*!"])
def test_a_statement_without_end_does_not_take_long(tmp_path, piece):
    import time

    stubs = [{"when": {"tables": f"t{n}", "where": {"a": n}}} for n in range(50)]
    talk = StubTalk(tmp_path, [*stubs, {"when": {"contains": "a a a b"}}, {"when": {"fingerprint": "SELECT a IN (1)"}}])
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    talk.miss(text)
    talk.miss("SELECT a FROM t1 WHERE a IN (" + piece * 500)
    assert time.process_time() - started < 1.0
