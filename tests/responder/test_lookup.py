"""Which stub answers: by text, by shape and literals, by pattern; the lowest priority, then the first."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import found_in

from sockservice.answers import Ok
from sockservice.responder.answering.plan import constant
from sockservice.responder.journal import Source
from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.subject import LONGEST
from sockservice.responder.matching.text_criteria import Regex, Sql, SqlExact
from sockservice.responder.matching.text_reader import read_regex
from sockservice.responder.shapes import shape_of
from sockservice.responder.stub import Rank, Stub

CRITERIA = {"sql": lambda text: Sql(text, shape_of(text)), "sql_exact": SqlExact, "regex": read_regex}
SQL, SQL_EXACT, REGEX = CRITERIA


def stub(text: str, *, matcher: str = SQL, priority: int = 5, order: int = 0, name: str = "") -> Stub:
    return made(name or text, Condition((CRITERIA[matcher](text),)), Rank(priority, 1, order))


def made(name: str, when: Condition, rank: Rank) -> Stub:
    return Stub(name, when, constant(Ok(), Source("stub", name)), rank)


def found(stubs: Sequence[Stub], text: str, params: Sequence[object] = ()) -> str | None:
    answer = found_in(Lookup(stubs), text, *params)
    return None if answer is None else answer.name


def test_sql_matches_whatever_the_layout():
    stubs = [stub("SELECT id FROM users WHERE name = 'Ada'")]
    assert found(stubs, "select `id`\nfrom Users -- all\nwhere NAME='Ada';") == stubs[0].name
    assert found(stubs, "select id from users where name = 'ada'") is None
    assert found(stubs, "select id from users") is None


def test_a_question_mark_matches_bound_values_and_literals_of_all_kinds():
    stubs = [stub("SELECT a FROM t WHERE b = ?")]
    for literal in ("1", "-1", "'x'", "NULL", "TRUE", "0x1F", "_binary'x'", "'SELECT'"):
        assert found(stubs, f"SELECT a FROM t WHERE b = {literal}"), literal
    assert found(stubs, "SELECT a FROM t WHERE b = ?", ["x"])
    assert found(stubs, "SELECT a FROM t WHERE b = ?")
    assert found(stubs, "SELECT a FROM t WHERE b = c") is None
    assert found(stubs, "SELECT a FROM t WHERE b = NOW()") is None


def test_fixed_literals_match_bound_values_too():
    stubs = [stub("SELECT a FROM t WHERE b = 42 AND c = ?")]
    assert found(stubs, "SELECT a FROM t WHERE b = ? AND c = ?", [42, "x"])
    assert found(stubs, "SELECT a FROM t WHERE b = ? AND c = ?", [43, "x"]) is None
    assert found(stubs, "SELECT a FROM t WHERE b = ? AND c = ?", ["42", "x"]) is None
    assert found(stubs, "SELECT a FROM t WHERE b = ? AND c = ?") is None


def test_sql_exact_matches_the_very_text_only():
    stubs = [stub("/* ping */ SELECT 1", matcher=SQL_EXACT)]
    assert found(stubs, "/* ping */ SELECT 1")
    assert found(stubs, "/* ping */ SELECT 1;") is None
    assert found(stubs, "SELECT 1") is None


def test_a_regex_matches_the_whole_statement_in_any_case_across_lines():
    stubs = [stub(r"select .* from orders where no = '[a-z]-\d+'", matcher=REGEX)]
    assert found(stubs, " SELECT id,\n no FROM orders WHERE no = 'A-7' ;\n")
    assert found(stubs, "SELECT * FROM orders WHERE no = 'A-7' AND x = 1") is None


def test_the_lowest_priority_wins_then_the_first():
    stubs = [
        stub("SELECT 1", name="late", priority=6, order=0),
        stub("SELECT ?", name="open", order=1),
        stub("SELECT 1", name="fixed", order=2),
        stub("SELECT 1", name="exact", matcher=SQL_EXACT, order=3),
        stub("SELECT .", name="pattern", matcher=REGEX, order=4),
    ]
    assert found(stubs, "SELECT 1") == "open"
    assert found(stubs[2:], "SELECT 1") == "fixed"
    assert found(stubs[3:], "SELECT 1") == "exact"
    assert found(stubs[4:], "SELECT 1") == "pattern"
    assert found([*stubs, stub("sel.*", matcher=REGEX, name="first of all", priority=1)], "SELECT 1") == "first of all"


def test_patterns_that_cannot_win_any_more_are_not_tried():
    class Refusing:
        def fullmatch(self, text):
            raise AssertionError("tried")

    never = made("never", Condition((Regex(Refusing()),)), Rank(5, 1, 9))
    assert found([never, stub("SELECT 1")], "SELECT 1") == "SELECT 1"


def test_ten_thousand_stubs_cost_what_ten_do():
    def per_find(count: int) -> float:
        lookup = Lookup(stub(f"SELECT a FROM t WHERE id = {n} AND b = ?", order=n) for n in range(count))
        texts = [f"SELECT a FROM t WHERE id = {n % count} AND b = 'x'" for n in range(0, 7919 * 200, 7919)]
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            assert all(found_in(lookup, text) for text in texts)
            best = min(best, time.process_time() - started)
        return best

    assert per_find(10_000) < 3 * per_find(10)


def test_a_statement_of_a_megabyte_is_not_taken_apart_for_nothing():
    lookup = Lookup([stub("SELECT ?")])
    started = time.process_time()
    assert found_in(lookup, "a " * 500_000) is None
    assert time.process_time() - started < 0.5
    assert found_in(lookup, "SELECT '" + "x" * 1_000_000 + "'") is not None


def test_sql_is_tried_on_statements_up_to_a_length_and_the_others_on_all():
    stubs = [stub("SELECT ?"), stub("SELECT 1" + " " * LONGEST, matcher=SQL_EXACT), stub("select 2 *", matcher=REGEX)]
    room = LONGEST - len("SELECT ''")
    assert found(stubs, f"SELECT '{'x' * room}'") == "SELECT ?"
    assert found(stubs, f"SELECT '{'x' * (room + 1)}'") is None
    assert found(stubs, stubs[1].when.key.text) == stubs[1].when.key.text
    assert found(stubs, "SELECT 2" + " " * LONGEST) == "select 2 *"


def test_a_stub_longer_than_that_is_found_as_if_it_were_short():
    long = stub(f"SELECT '{'x' * LONGEST}'", name="long")
    assert found([long], f"select /* laid out */\n'{'x' * LONGEST}' ;") == "long"
    many = stub(f"SELECT {', '.join('1' * 6000)}", name="many")
    assert found([many], f"SELECT {' , /* x */ '.join('1' * 6000)}") == "many"
    assert found([stub("SELECT 1")], f"SELECT {', '.join('1' * 6000)}") is None


def test_a_literal_in_its_longest_spelling_matches_the_stub():
    assert found([stub("'xy'")], r"N'\x\y'") == "'xy'"
    assert found([stub("'xy'")], r"N'\x\y\z'") is None


@pytest.mark.parametrize("piece", [" ", "#\n", "/*!", "'", "\\", "'\\", "/**", "`", "@@a.a", "(1,", ";", "{"])
@pytest.mark.parametrize("beginning", ["", "SELECT '"])
def test_no_statement_stops_the_others_for_long(beginning, piece):
    lookup = Lookup([stub("SELECT ?"), stub("select x.*", matcher=REGEX)])
    text = beginning + piece * ((LONGEST - len(beginning)) // len(piece))
    started = time.process_time()
    found_in(lookup, text)
    assert time.process_time() - started < 1.0


PIECES = st.lists(st.sampled_from("select a from t where id = 1 2 'x' 'X' null , ; ?".split()), min_size=1, max_size=7)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, st.integers(1, 3)), max_size=6), PIECES)
def test_the_tables_find_what_a_search_through_all_stubs_finds(written, words):
    stubs = [
        stub(" ".join(pieces), priority=priority, order=n, name=str(n)) for n, (pieces, priority) in enumerate(written)
    ]
    text = " ".join(words)
    asked = shape_of(text)

    def matches(one: Stub) -> bool:
        pairs = zip(one.when.key.shape.literals, asked.literals, strict=False)
        return one.when.key.shape.parts == asked.parts and all(wanted in (("?", ""), got) for wanted, got in pairs)

    expected = min(filter(matches, stubs), key=lambda one: one.rank, default=None)
    assert found(stubs, text) == (expected.name if expected else None)
