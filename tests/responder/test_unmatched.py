"""What nobody answers: the error names the nearest stub and the criterion that failed."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import found_in, subject_of
from twisted.internet.task import Clock
from twisted.logger import formatEvent, globalLogPublisher
from zope.interface.verify import verifyObject

from sockservice.answers import Request
from sockservice.interfaces import IResponder
from sockservice.responder.matching.failure import failure_of
from sockservice.responder.stubs import Stubs
from sockservice.responder.unmatched import LINES, LOGGED, LONGEST_MESSAGE, REMEMBERED, SECONDS, Unmatched

FILE = r"""
version: 1
stubs:
- {name: user by id, when: {sql: "SELECT id, name FROM users WHERE id = 42"}, then: {ok: {}}}
- {name: user by name, when: {sql: "SELECT id, name FROM users WHERE name = 'Ada Lovelace' AND ok = ?"}, then: {ok: {}}}
- {name: new order, when: {sql: "INSERT INTO orders (user_id, total) VALUES (?, ?)"}, then: {ok: {}}}
- {name: sorted, when: {sql: "SELECT sku FROM stock ORDER BY sku LIMIT 10"}, then: {ok: {}}}
- {name: probe, when: {sql_exact: "/* ping */ SELECT alive FROM probe"}, then: {ok: {}}}
- {name: by number, when: {regex: 'select \w+ from invoices where no = .\d+.'}, then: {ok: {}}}
"""


@pytest.fixture
def stubs(tmp_path):
    (tmp_path / "stubs.yaml").write_text(FILE)
    return Stubs([tmp_path / "stubs.yaml"])


@pytest.fixture
def lines():
    seen: list[str] = []

    def observe(event):
        if event.get("log_namespace", "").endswith("Unmatched"):
            seen.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield seen
    globalLogPublisher.removeObserver(observe)


def message(stubs: Stubs, text: str, *params: object) -> str:
    request = Request("query", text, None, params)
    assert found_in(stubs.current.lookup, text, *params) is None
    return Unmatched(stubs).respond(request).message


def test_it_answers_with_error_1105(stubs):
    assert verifyObject(IResponder, Unmatched(stubs))
    error = Unmatched(stubs).respond(Request("query", "DROP TABLE users_old", None))
    assert (error.code, error.sqlstate) == (1105, "HY000")
    assert error.message == "sockservice: no stub for: DROP TABLE users_old; no stub is near"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("SELECT id, name FROM users WHERE id = 43", "'user by id' (sql: value 1: expected 42, got 43)"),
        (
            "SELECT id, name FROM users WHERE id = '42'",
            "'user by id' (sql: value 1: expected 42, got '42'; a number is not a string)",
        ),
        (
            "SELECT id, name FROM users WHERE name = 'ada lovelace' AND ok = 1",
            (
                "'user by name' (sql: value 1: expected 'Ada Lovelace', got 'ada lovelace'; "
                "differs only in the case of letters)"
            ),
        ),
        (
            "SELECT id, name FROM users WHERE name = 'Ada  Lovelace' AND ok = 1",
            (
                "'user by name' (sql: value 1: expected 'Ada Lovelace', got 'Ada  Lovelace'; "
                "differs only in white space inside the string)"
            ),
        ),
        (
            "SELECT id, name FROM users WHERE name = 'Ada\u00a0Lovelace' AND ok = 1",
            (
                r"'user by name' (sql: value 1: expected 'Ada Lovelace', got 'Ada\xa0Lovelace'; differs only in white "
                "space inside the string)"
            ),
        ),
        (
            "SELECT id, name FROM users WHERE name = ' ada lovelace' AND ok = 1",
            (
                "'user by name' (sql: value 1: expected 'Ada Lovelace', got ' ada lovelace'; differs only in case and "
                "white space)"
            ),
        ),
        (
            "INSERT INTO orders (user_id, totall) VALUES (1, 2)",
            "'new order' (sql: after `( user_id ,` expected `total`, got `totall`)",
        ),
        (
            "INSERT INTO orders (user_id, total, note) VALUES (1, 2, 'x')",
            "'new order' (sql: after `user_id , total` expected `) values (`, got `, note ) values ( ? ,`)",
        ),
        ("SELECT sku FROM stock ORDER BY sku", "'sorted' (sql: after `order by sku` `limit ?` is missing)"),
        (
            "SELECT sku FROM stock ORDER BY sku LIMIT 10 OFFSET 5",
            "'sorted' (sql: after `sku limit ?` `offset ?` is too much)",
        ),
        (
            "SELECT alive FROM probe",
            "'probe' (sql_exact: differs in layout, comments, back-ticks or the case of words)",
        ),
        (
            "SELECT total FROM invoices WHERE no = 'X'",
            "'by number' (regex: matches no part of the statement)",
        ),
        (
            "SELECT total FROM invoices WHERE no = '7' LIMIT 1",
            "'by number' (regex: matches only a part of the statement)",
        ),
    ],
)
def test_the_nearest_stub_is_named_with_what_failed(stubs, text, near):
    shown = text.replace("\u00a0", r"\xa0")
    assert message(stubs, text) == f"sockservice: no stub for: {shown}; nearest: {near}"


def test_bound_values_are_compared_like_literals(stubs):
    text = "SELECT id, name FROM users WHERE id = ?"
    assert message(stubs, text, 43).endswith("value 1: expected 42, got 43)")
    assert message(stubs, text, "42").endswith("value 1: expected 42, got '42'; a number is not a string)")
    assert message(stubs, text).endswith("value 1: expected 42, got ?)")


def test_long_literals_are_shown_where_they_differ(tmp_path):
    (tmp_path / "a.yaml").write_text(
        f"version: 1\nstubs: [{{name: long, when: {{sql: \"SELECT '{'x' * 200}a'\"}}, then: {{ok: {{}}}}}}]"
    )
    found = message(Stubs([tmp_path]), f"SELECT '{'x' * 200}b'")
    assert "expected …xxxxxxxxxxa', got …xxxxxxxxxxb'" in found


def test_composed_and_decomposed_accents_are_told_apart(tmp_path):
    (tmp_path / "a.yaml").write_text("version: 1\nstubs: [{when: {sql: \"SELECT 'é'\"}, then: {ok: {}}}]")
    assert "how accents are composed" in message(Stubs([tmp_path]), "SELECT 'e\u0301'")


def test_other_commands_are_named(stubs):
    error = Unmatched(stubs).respond(Request("field_list", "users", None))
    assert error.message == "sockservice: no stub for field_list: users; no stub is near"


def test_line_ends_are_shown_as_spaces(stubs):
    assert message(stubs, "DROP\n  TABLE\tusers_old").startswith("sockservice: no stub for: DROP TABLE users_old;")


@pytest.mark.parametrize("filling", ["я", "😀", "x", " y"])
def test_a_long_statement_is_cut_at_a_character_and_the_near_miss_stays(stubs, filling):
    for length in range(200, 206):
        text = f"SELECT id, name FROM users WHERE id = '{filling * length * 3}'"
        found = message(stubs, text)
        assert len(found.encode("utf-8")) <= LONGEST_MESSAGE
        assert len(found.encode("utf-8")) > LONGEST_MESSAGE - 8
        assert "…; nearest: 'user by id' (sql: value 1: expected 42, got '" in found


def test_a_stub_with_an_endless_name_leaves_room_for_the_statement(tmp_path):
    (tmp_path / "a.yaml").write_text(
        f"version: 1\nstubs: [{{name: {'я' * 600}, when: {{sql: SELECT a FROM t}}, then: {{ok: {{}}}}}}]"
    )
    found = message(Stubs([tmp_path]), "SELECT a FROM u")
    assert "no stub for: SELECT a FROM u; nearest: 'яяя" in found
    assert len(found.encode("utf-8")) <= LONGEST_MESSAGE


def test_each_statement_is_logged_once(stubs, lines):
    unmatched = Unmatched(stubs)
    for _ in range(3):
        first = unmatched.respond(Request("query", "DROP TABLE a", None))
        unmatched.respond(Request("query", "DROP TABLE b", None))
    assert lines == [f"no stub for query: DROP TABLE {name}; nearest: none" for name in "ab"]
    assert unmatched.respond(Request("query", "DROP TABLE a", None)) is first


def test_what_is_remembered_and_logged_is_bounded(stubs, lines):
    unmatched = Unmatched(stubs)
    for number in range(REMEMBERED + 10):
        unmatched.respond(Request("query", f"DROP TABLE t{number}", None))
    assert len(unmatched._misses) == REMEMBERED
    assert next(iter(unmatched._misses))[2] == "DROP TABLE t10"
    assert len(lines) == LINES + 1


def test_a_long_statement_is_cut_in_the_log_and_where_it_is_remembered(stubs, lines):
    unmatched = Unmatched(stubs)
    unmatched.respond(Request("query", "DROP TABLE " + "x" * 100_000, None))
    assert lines == [f"no stub for query: {('DROP TABLE ' + 'x' * LOGGED)[:LOGGED]}…; nearest: none"]
    assert all(len(text) <= LOGGED for _, _, text, _ in unmatched._misses)


def test_a_flood_is_counted_and_not_logged(stubs, lines):
    clock = Clock()
    unmatched = Unmatched(stubs, clock.seconds)

    def ask(*names):
        for name in names:
            unmatched.respond(Request("query", f"DROP TABLE t{name}", None))

    ask(*range(LINES))
    assert [line[:25] for line in lines] == ["no stub for query: DROP T"] * LINES
    ask(*range(LINES, LINES + 713))
    clock.advance(SECONDS - 0.25)
    ask("_still")
    assert lines[LINES:] == ["no stub for many statements: for 10 s they are only counted"]
    clock.advance(0.25)
    ask("_new")
    assert lines[LINES + 1 :] == [
        "… and 714 more without a stub",
        "no stub for query: DROP TABLE t_new; nearest: none",
    ]
    clock.advance(SECONDS)
    ask("_newer")
    assert len(lines) == LINES + 4


@pytest.mark.parametrize("character", "\x1b \x07 \0 \x7f \x85 \u2028 \u202e \udcff".split(" "))
def test_what_is_not_printable_is_shown_escaped(stubs, lines, character):
    found = message(stubs, f"DROP{character}TABLE")
    escaped = ascii(character)[1:-1]
    assert found == f"sockservice: no stub for: DROP{escaped}TABLE; no stub is near"
    assert lines == [f"no stub for query: DROP{escaped}TABLE; nearest: none"]


def test_a_statement_of_many_lines_is_one_line_of_the_log(stubs, lines):
    message(stubs, "DROP\r\n  TABLE\tx\n[info] forged")
    assert lines == ["no stub for query: DROP TABLE x [info] forged; nearest: none"]


def test_two_long_statements_with_the_same_beginning_are_two(stubs, lines):
    unmatched = Unmatched(stubs)
    for end in "ab":
        unmatched.respond(Request("query", "DROP TABLE " + "x" * 5_000 + end, None))
    assert len(lines) == 2


def test_each_set_of_bound_values_is_looked_at_once(stubs, lines):
    unmatched = Unmatched(stubs)
    text = "SELECT id, name FROM users WHERE id = ?"
    found = [unmatched.respond(Request("query", text, None, (value,))).message for value in (43, "42", 43)]
    assert "got 43" in found[0]
    assert "got '42'" in found[1]
    assert found[2] == found[0]
    assert len(lines) == 2


def test_after_a_reload_the_new_stubs_are_compared(stubs):
    unmatched = Unmatched(stubs)
    request = Request("query", "DROP TABLE users", None)
    assert unmatched.respond(request).message.endswith("no stub is near")
    stubs.paths[0].write_text("version: 1\nstubs: [{name: new, when: {sql: DROP TABLE user}, then: {ok: {}}}]")
    stubs.reload()
    assert "nearest: 'new' (sql: after `drop table` expected `user`, got `users`)" in unmatched.respond(request).message


def ten_thousand(tmp_path, line: str) -> Stubs:
    path = tmp_path / "many.yaml"
    path.write_text("version: 1\nstubs:\n" + "".join(line.replace("N", str(n)) for n in range(10_000)))
    return Stubs([path])


@pytest.mark.parametrize(
    ("line", "text", "near"),
    [
        (
            "- {name: user N, when: {sql: SELECT a FROM users WHERE id = N}, then: {ok: {}}}\n",
            "SELECT a FROM users WHERE id = '8765'",
            "'user 8765' (sql: value 1: expected 8765, got '8765'; a number is not a string)",
        ),
        (
            "- {name: table N, when: {sql: SELECT a FROM tN WHERE id = ?}, then: {ok: {}}}\n",
            "SELECT a FROM t8765 WHERE idd = 1",
            "'table 8765' (sql: after `from t8765 where` expected `id`, got `idd`)",
        ),
    ],
)
def test_among_ten_thousand_stubs_the_nearest_is_found_quickly(tmp_path, line, text, near):
    stubs = ten_thousand(tmp_path, line)
    assert near in message(stubs, text)
    for hostile in (text, "SELECT a FROM users WHERE id = 123456", "a " * 500_000, "'" * 1_000_000, "(1," * 300_000):
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            stubs.current.near_misses.nearest(subject_of(hostile), failure_of)
            best = min(best, time.process_time() - started)
        assert best < 0.02, hostile[:50]


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=80) | st.from_regex(re.compile(r"(SELECT|id|,|name|users|'|42| )*", re.ASCII), fullmatch=True))
def test_any_text_gets_a_message_that_fits(any_stubs, text):
    request = Request("query", text, None)
    if found_in(any_stubs.current.lookup, request.text) is not None:
        return
    found = Unmatched(any_stubs).respond(request)
    assert len(getattr(found, "message", "").encode("utf-8")) <= LONGEST_MESSAGE


@pytest.fixture(scope="module")
def any_stubs(tmp_path_factory):
    path = tmp_path_factory.mktemp("stubs") / "stubs.yaml"
    path.write_text(FILE)
    return Stubs([path])
