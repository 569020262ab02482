"""Stubs of all kinds against requests of all kinds: the tables find what a search finds, and nothing ever raises."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stub_talk import StubTalk

from sockservice.errors import ConfigurationError
from sockservice.responder.matching.subject import LONGEST

TEXTS = [
    "SELECT a FROM t WHERE b = 1",
    "SELECT a FROM t WHERE b = ?",
    "select `a` from T where b = '1'",
    "SELECT a FROM t WHERE b = 2",
    "SELECT a, b FROM t JOIN u ON t.c = u.c WHERE b IN (1, 2)",
    "INSERT INTO t (a, b) VALUES (1, 2)",
    "INSERT INTO t (a, b) VALUES (1, 2), (?, ?)",
    "UPDATE shop.t SET a = 1 WHERE b = NULL",
    "CALL p(1)",
    "SHOW TABLES",
    "SELECT",
    "",
]
LEAVES: list[dict[str, Any]] = [
    *({"sql": text} for text in TEXTS[:5]),
    *({"sql_exact": text} for text in (TEXTS[0], TEXTS[2], "SELECT 'x")),
    {"fingerprint": TEXTS[5]},
    {"fingerprint": TEXTS[0]},
    {"regex": "select .*"},
    {"regex": ".*1.*"},
    {"contains": "b = ?"},
    {"contains": ["FROM t", "= 1"]},
    {"contains": "="},
    {"statement": "select"},
    {"statement": ["insert", "update"], "tables": "t"},
    {"tables": ["t", "u"]},
    {"tables": "shop.t"},
    {"columns": "b"},
    {"where": {"b": 1}},
    {"tables": "t", "where": {"b": {"in": [1, 2]}}},
    {"routine": "p"},
    {"has_limit": False},
    {"params": [1]},
    {"params": {"1": "any"}},
    {"sql": TEXTS[1], "params": [1]},
    {"sql": TEXTS[1], "params": [{"type": "text"}]},
    {"session": {"user": "tester"}},
    {"session": {"database": "test"}},
    {"state": {"door": "open"}},
]
CONDITIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(LEAVES)).map(lambda pair: {"all": list(pair)}),
        st.lists(inner, min_size=1, max_size=2).map(lambda several: {"any": several}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=3,
)
STUBS = st.lists(st.tuples(CONDITIONS, st.integers(1, 3)), min_size=1, max_size=8)


@settings(max_examples=250, deadline=None)
@given(
    STUBS, st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from([(), (1,), ("1", 2)])), min_size=1, max_size=6)
)
def test_the_tables_find_what_a_search_through_all_stubs_finds(tmp_path_factory, written, asked):
    stubs = [{"when": when, "priority": priority} for when, priority in written]
    try:
        talk = StubTalk(tmp_path_factory.getbasetemp(), stubs)
    except ConfigurationError as error:  # `params` beside an `sql` without `?`
        if all("'sql' has" in str(mistake) for mistake in error.mistakes):
            return
        raise
    every = sorted(talk.workspace.stubs.stubs, key=lambda stub: stub.rank)
    for text, params in asked:
        request = talk.request(text, *params)
        subject = talk.workspace.stubs._subject(request)
        expected = next((stub.name for stub in every if stub.when.meets(subject)), None)
        for _ in range(2):  # found, then remembered
            assert talk.ask(text, *params) == expected
        explained = talk.workspace.stubs.explain(request)
        assert next((stub.name for stub, why in explained if not why), None) == expected
        if expected is not None:
            assert talk.ask(text, command="prepare") is not None


@pytest.fixture(scope="module")
def any_talk(tmp_path_factory):
    """A talk to stubs of all kinds, none of which answers anything."""
    never = {"session": {"user": "nobody"}}
    stubs = [{"when": {"all": [when, never]}} for when in LEAVES]
    return StubTalk(tmp_path_factory.mktemp("any"), stubs)


SCRAPS = [
    "select",
    "a",
    "from",
    "t",
    "where",
    "b",
    "=",
    "1",
    "'x'",
    "?",
    "(",
    ")",
    "in",
    "values",
    ",",
    "insert",
    "into",
    "-",
]


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=80) | st.lists(st.sampled_from(SCRAPS), max_size=30).map(" ".join),
    st.lists(st.none() | st.integers() | st.text(max_size=5) | st.floats() | st.binary(max_size=5), max_size=4),
    st.sampled_from(["query", "execute", "prepare", "init_db", "field_list", "ping"]),
)
def test_no_request_raises(any_talk, text, params, command):
    assert any_talk.ask(text, *params, command=command) is None
    any_talk.near(text, *params, command=command)
    any_talk.workspace.stubs.explain(any_talk.request(text, *params, command=command))


@pytest.mark.parametrize("piece", [" ", "#\n", "'\\", "`", "(1,", "a ", "(", "b = 1 and ", "values (", "in (?,", "\\'"])
def test_no_statement_stops_the_others_for_long(any_talk, piece):
    text = piece * (LONGEST // len(piece))
    for written in (text, "SELECT '" + text, "SELECT a FROM t WHERE " + piece * 500):
        started = time.process_time()
        assert any_talk.ask(written) is None
        assert time.process_time() - started < 1.5
