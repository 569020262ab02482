"""The responder over stub files: verdicts that are remembered, and reloading that never loses the last good set."""

from __future__ import annotations

import pytest
from twisted.logger import formatEvent, globalLogPublisher
from zope.interface.verify import verifyObject

from sockservice.answers import Ok, Request, Rows
from sockservice.errors import ConfigurationError
from sockservice.interfaces import IResponder
from sockservice.responder.stubs import Stubs

FILE = """
version: 1
stubs:
- {when: {sql: "SELECT 1"}, then: {rows: [{"1": 1}]}}
- {when: {sql: "SELECT name FROM users WHERE id = 42"}, then: {rows: [{name: Ada}]}}
- {when: {sql: "DELETE FROM users"}, then: {ok: {affected_rows: 3}}}
"""


def query(text: str, *params: object) -> Request:
    return Request("query", text, None, params)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    return path


def test_it_is_a_responder(path):
    assert verifyObject(IResponder, Stubs([path]))


def test_a_stub_answers_with_the_same_object_each_time(path):
    stubs = Stubs([path])
    first = stubs.respond(query("SELECT 1"))
    assert isinstance(first, Rows)
    assert first.rows == ((1,),)
    assert stubs.respond(query("SELECT 1")) is first
    assert stubs.respond(query("select 1;")) is first
    assert stubs.respond(query("DELETE FROM users")) == Ok(affected_rows=3)


def test_what_no_stub_matches_is_passed_on_each_time(path):
    stubs = Stubs([path])
    assert stubs.respond(query("SELECT 2")) is None
    assert stubs.respond(query("SELECT 2")) is None


def test_other_commands_than_queries_are_passed_on(path):
    stubs = Stubs([path])
    assert stubs.respond(query("SELECT 1")) is not None
    assert stubs.respond(Request("init_db", "SELECT 1", None)) is None


def test_bound_values_decide_beside_the_text(path):
    stubs = Stubs([path])
    text = "SELECT name FROM users WHERE id = ?"
    assert stubs.respond(query(text)) is None
    assert stubs.respond(query(text, 42)).rows == (("Ada",),)
    assert stubs.respond(query(text, 43)) is None
    assert stubs.respond(query(text)) is None


def test_a_remembered_verdict_costs_no_search(path, monkeypatch):
    stubs = Stubs([path])
    answer = stubs.respond(query("SELECT 1"))
    monkeypatch.setattr(stubs.current.lookup, "find", None)
    assert stubs.respond(query("SELECT 1")) is answer


def test_verdicts_are_bounded(path):
    stubs = Stubs([path], characters=10_000)
    for number in range(1_000):
        stubs.respond(query(f"SELECT {number}"))
        assert (len(stubs._verdicts) + len(stubs._older)) * 150 <= 2 * 10_000


def test_a_verdict_outlives_a_full_generation_and_moves_into_the_next(path, monkeypatch):
    stubs = Stubs([path], characters=10_000)
    answer = stubs.respond(query("SELECT 1"))
    while "SELECT 1" in stubs._verdicts:
        stubs.respond(query(f"SELECT 1{len(stubs._verdicts)}"))
    monkeypatch.setattr(stubs.current.lookup, "find", None)
    assert stubs.respond(query("SELECT 1")) is answer
    assert "SELECT 1" in stubs._verdicts


def test_a_long_statement_is_answered_and_not_remembered(path):
    stubs = Stubs([path], characters=10_000)
    text = "SELECT 1 -- " + "x" * 1_000
    assert stubs.respond(query(text)) is not None
    assert not stubs._verdicts


def test_reload_takes_the_new_stubs(path):
    stubs = Stubs([path])
    assert stubs.respond(query("SELECT 1")).rows == ((1,),)
    assert stubs.respond(query("SELECT 3")) is None
    path.write_text('{version: 1, stubs: [{when: {sql: "SELECT 3"}, then: {rows: [{"3": 3}]}}]}')
    stubs.reload()
    assert stubs.respond(query("SELECT 1")) is None
    assert stubs.respond(query("SELECT 3")).rows == ((3,),)


@pytest.mark.parametrize(("count", "said"), [(1, "1 stub read again"), (3, "3 stubs read again")])
def test_a_reload_is_logged_with_the_number_of_stubs(path, count, said):
    stubs = Stubs([path])
    path.write_text("version: 1\nstubs:\n" + "- {when: {sql: a}, then: {ok: {}}}\n" * count)
    events = []
    globalLogPublisher.addObserver(events.append)
    try:
        stubs.reload()
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert [formatEvent(event) for event in events] == [said]


def test_a_reload_that_fails_keeps_the_last_good_stubs(path):
    stubs = Stubs([path])
    answer = stubs.respond(query("SELECT 1"))
    before = stubs.current
    path.write_text(FILE + "- {when: {sql")
    with pytest.raises(ConfigurationError):
        stubs.reload()
    assert stubs.current is before
    assert stubs.respond(query("SELECT 1")) is answer
    path.unlink()
    with pytest.raises(ConfigurationError, match="no such file"):
        stubs.reload()
    assert stubs.respond(query("SELECT 1")) is answer


def test_files_that_cannot_be_used_are_refused_at_the_start(path):
    path.write_text("version: 3")
    with pytest.raises(ConfigurationError, match="'version' must be 1"):
        Stubs([path])


def test_without_files_everything_is_passed_on():
    assert Stubs().respond(query("SELECT 1")) is None
