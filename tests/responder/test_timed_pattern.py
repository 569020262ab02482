"""Regular expressions that would take for ever: they have their time, count as no match, and are told of."""

from __future__ import annotations

import time

import pytest
from sessions import FakeSession, workspace_of
from stub_talk import StubTalk, one
from test_message_stubs import Talk as MessageTalk
from twisted.internet.defer import Deferred
from twisted.logger import LogLevel, formatEvent, globalLogPublisher

from sockservice.answers import Request
from sockservice.responder.matching import timed_pattern
from sockservice.responder.matching.timed_pattern import TOO_SLOW, TimedPattern

SLOW = "(a|aa)+b"
"""Tries every way to cut a row of letters into ones and twos."""
LETTERS = "a" * 200


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(timed_pattern, "LIMIT", 0.005)


@pytest.fixture
def warnings():
    """The warnings that were logged."""
    told = []

    def observe(event):
        if event["log_level"] is LogLevel.warn:
            told.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield told
    globalLogPublisher.removeObserver(observe)


@pytest.mark.parametrize("pattern", [SLOW, ".*a.*a.*a.*a.*a.*b", "(?:a{1,1000}){1,1000}b", "(?=(a|aa)+b)a"])
def test_it_is_stopped(pattern):
    made = TimedPattern.of(pattern)
    begin = time.process_time()
    assert made.fullmatch("a" * 5000) is None
    assert time.process_time() - begin < 1
    assert made.overruns == 1


def test_the_same_text_is_not_tried_again():
    made = TimedPattern.of(SLOW)
    assert [made.fullmatch(LETTERS), made.search(LETTERS), made.fullmatch(LETTERS)] == [None] * 3
    assert made.overruns == 1
    assert made.is_too_slow_for(LETTERS)
    assert not made.is_too_slow_for("b")


def test_it_goes_on_matching_others():
    made = TimedPattern.of(SLOW)
    assert made.fullmatch(LETTERS) is None
    assert made.fullmatch("aab")
    assert made.search("xaab")


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(" * 2000, "(?P<1>a)"])
def test_what_is_no_regular_expression_is_refused(pattern):
    with pytest.raises(ValueError, match="the regular expression cannot be used: "):
        TimedPattern.of(pattern)


def test_its_stub_does_not_answer_and_says_why(tmp_path):
    talk = one(tmp_path, regex=f"select '{SLOW}'")
    assert talk.ask("SELECT 'aab'") == "stub 0"
    assert talk.miss(f"SELECT '{LETTERS}'") == f"regex: {TOO_SLOW}"


def test_a_value_takes_no_longer(tmp_path):
    talk = one(tmp_path, sql="SELECT ?", params={0: {"regex": SLOW}})
    assert talk.ask("SELECT ?", "aab") == "stub 0"
    assert f"expected a match of {SLOW}, which {TOO_SLOW}, got 'aaa" in talk.miss("SELECT ?", LETTERS)


def test_the_next_stub_answers(tmp_path):
    talk = StubTalk(tmp_path, [{"when": {"regex": f".*{SLOW}"}}, {"when": {"statement": "select"}}])
    assert talk.ask(f"SELECT '{LETTERS}'") == "stub 1"


def test_the_log_tells_it_once_for_each_stub_and_nothing_of_the_text(tmp_path, warnings):
    talk = StubTalk(tmp_path, [{"when": {"regex": f".*{SLOW}"}}, {"when": {"any": [{"params": [{"regex": SLOW}]}]}}])
    for number in range(2, 4):
        talk.ask(f"SELECT {number} + '{LETTERS}'")
        talk.ask("SELECT ?", LETTERS * number)
    assert len(warnings) == 2
    assert warnings[0] == (
        f"the regular expression '.*{SLOW}' of the stub 'stub 0' {TOO_SLOW} for a text of 213 characters: that counts "
        "as no match, and is told this once"
    )
    assert "of the stub 'stub 1'" in warnings[1]


def test_the_table_of_stubs_tells_it(tmp_path):
    talk = StubTalk(tmp_path, [{"when": {"sql": "SELECT ?", "params": [{"regex": SLOW}]}}, {"when": {"regex": "a.c"}}])
    query = talk.request("SELECT name, error FROM sockservice.stubs")
    assert [row[1] for row in talk.workspace.respond(query).rows] == [None, None]
    talk.ask("SELECT ?", LETTERS)
    told = f"the regular expression {SLOW} {TOO_SLOW}"
    assert [tuple(row) for row in talk.workspace.respond(query).rows] == [("stub 0", told), ("stub 1", None)]


def test_verify_ends_with_the_first_text_that_takes_it_too_long():
    workspace, session = workspace_of(behind=False), FakeSession()
    for number in range(100):
        workspace.respond(Request("query", f"SELECT '{LETTERS}', {number}", session))
    when = f'{{regex: "select .{SLOW}.*"}}'
    answer = workspace.respond(Request("execute", "SELECT sockservice.verify(?)", session, (when,)))
    seen = []
    assert isinstance(answer, Deferred)
    answer.addCallback(seen.append)
    assert seen[0].message == (
        f"sockservice: the regular expression select .{SLOW}.* {TOO_SLOW}: write it so that it has fewer ways to match"
    )


def test_a_fault_does_not_strike(tmp_path, warnings):
    talk = StubTalk(tmp_path, [], faults=[{"deadlock": {"when": {"regex": f".*{SLOW}"}}}])
    assert talk.ask(f"SELECT '{LETTERS}'") is None
    assert ["of the fault 'deadlock'" in told for told in warnings] == [True]


def test_messages_are_bounded_too(tmp_path):
    talk = MessageTalk(tmp_path, f"- {{when: {{regex: '{SLOW}'}}, then: {{text: seen}}}}\n")
    assert talk.said(b"aab") == b"seen"
    assert talk.ask(LETTERS.encode()).near == f"'stub 1 of stubs.yaml' (regex: {TOO_SLOW})"
