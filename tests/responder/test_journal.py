"""The journal: bounded, cheap to write, and complete about what answered what."""

from __future__ import annotations

import tracemalloc

import pytest
from sessions import FakeSession, workspace_of
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from sockservice.answers import Disturbed, Error, Ok, Request, Results, Rows, table
from sockservice.disturbances import Pace
from sockservice.responder.journal import OVERHEAD, Journal, Source

STUB = Source("stub", "a stub")
ONE = table({"1": "INT"}, ((1,),))


class Talk:
    """A journal with a clock of its own, and one session that is written about."""

    def __init__(self, **limits):
        self.clock = Clock()
        self.recorded = []
        self.journal = Journal(self.clock.seconds, **limits)
        self.session = FakeSession()

    def add(self, text, answer=ONE, *params):
        return self.journal.add(Request("query", text, self.session, params), answer, STUB)

    @property
    def texts(self):
        return [entry.text for entry in self.journal]


def test_an_entry_says_who_asked_what_and_what_answered():
    talk = Talk()
    talk.clock.advance(5)
    talk.session.since = 4.0
    talk.add("SELECT ?", ONE, 7)
    (entry,) = talk.journal
    assert (entry.time, entry.duration, entry.command, entry.text, entry.params) == (4, 1, "query", "SELECT ?", (7,))
    assert (entry.source, entry.rows, entry.error, entry.near) == (STUB, 1, 0, "")
    assert (entry.asker.user, entry.asker.database, entry.asker.host) == ("tester", "shop", "127.0.0.1")
    assert entry.asker.connection_id == talk.session.connection_id


def test_who_asks_is_shared_until_the_session_forgets_it():
    talk = Talk()
    talk.add("a")
    talk.add("b")
    talk.session.asker, talk.session.database = None, "other"
    talk.add("c")
    first, second, third = talk.journal
    assert first.asker is second.asker
    assert (first.asker.database, third.asker.database) == ("shop", "other")


@pytest.mark.parametrize(
    ("answer", "rows", "error", "message"),
    [
        (Ok(), None, 0, ""),
        (None, None, 0, ""),
        (Rows(ONE.columns, [(1,), (2,)]), 2, 0, ""),
        (Error(1213, "40001", "Deadlock"), None, 1213, "Deadlock"),
        (Results((ONE, ONE, Ok())), 2, 0, ""),
        (Results((ONE, Error(1064, "42000", "no"))), 1, 1064, "no"),
        (Disturbed(Disturbed(ONE, ()), ()), 1, 0, ""),
        (Disturbed(None, ()), None, 0, ""),
    ],
)
def test_what_an_answer_is_noted_as(answer, rows, error, message):
    talk = Talk()
    assert talk.add("x", answer) is answer
    (entry,) = talk.journal
    assert (entry.rows, entry.error, entry.message, entry.duration) == (rows, error, message, 0)


def test_an_answer_that_takes_time_is_noted_when_it_is_there():
    talk, later = Talk(), Deferred()
    assert talk.add("x", later) is later
    (entry,) = talk.journal
    assert (entry.duration, entry.rows) == (None, None)
    talk.clock.advance(3)
    later.callback(ONE)
    assert (entry.duration, entry.rows) == (3, 1)
    seen = []
    later.addCallback(seen.append)
    assert seen == [ONE]


@pytest.mark.parametrize(
    ("problem", "over", "error", "message"),
    [
        (CancelledError(), False, 1317, "Query execution was interrupted"),
        (CancelledError(), True, 1317, "the connection ended before the answer was there"),
        (ValueError("broken"), False, 1105, "broken"),
    ],
    ids=["killed", "left", "failed"],
)
def test_an_answer_that_never_comes_is_noted_as_an_error(problem, over, error, message):
    talk, later = Talk(), Deferred()
    talk.add("x", later)
    talk.session.over = over
    later.errback(problem)
    (entry,) = talk.journal
    assert (entry.error, entry.message, entry.duration) == (error, message, 0)
    failures = []
    later.addErrback(failures.append)
    assert failures[0].value is problem


@pytest.mark.parametrize("disturbed", [False, True])
def test_rows_that_come_one_by_one_are_counted_while_they_are_sent(disturbed):
    class Numbers:
        def __iter__(self):
            return iter([(1,), (2,), (3,)])

    talk = Talk()
    lazy = Rows(ONE.columns, Numbers())
    answer = talk.add("x", Disturbed(lazy, (Pace(),)) if disturbed else lazy)
    (entry,) = talk.journal
    assert (entry.rows, entry.duration) == (None, None)
    rows = answer.answer.rows if disturbed else answer.rows
    talk.clock.advance(1)
    assert list(rows) == [(1,), (2,), (3,)]
    assert (entry.rows, entry.duration) == (3, 1)
    begun = iter(rows)
    next(begun)
    begun.close()
    assert entry.rows == 1


def test_only_the_newest_are_kept_and_the_others_counted():
    talk = Talk(entries=3)
    for number in range(5):
        talk.add(f"q{number}")
    assert (talk.texts, len(talk.journal), talk.journal.evicted) == (["q2", "q3", "q4"], 3, 2)
    assert [number for number, _ in talk.journal.numbered()] == [3, 4, 5]
    assert [entry.text for _, entry in talk.journal.numbered(after=4)] == ["q4"]
    assert list(talk.journal.numbered(after=9)) == []


def test_numbers_go_on_when_it_is_cleared():
    talk = Talk(entries=3)
    for number in range(5):
        talk.add(f"q{number}")
    talk.journal.clear()
    assert (talk.texts, talk.journal.evicted) == ([], 0)
    talk.add("next")
    assert [number for number, _ in talk.journal.numbered()] == [6]


def test_none_are_kept_where_it_is_off():
    talk = Talk(entries=0)
    assert talk.add("x") is ONE
    assert (talk.texts, talk.journal.last) == ([], 0)


@pytest.mark.parametrize("params", [(), ("x" * 3_000,)])
def test_bytes_are_bounded_too(params):
    talk = Talk(size=100_000)
    for number in range(500):
        talk.add(f"{number} " + "x" * (0 if params else 3_000), ONE, *params)
        assert sum(OVERHEAD + 3_000 for _ in talk.journal) <= 100_000 + 3_300
    assert talk.texts[-1].startswith("499 ")
    assert len(talk.journal) + talk.journal.evicted == 500
    assert len(talk.journal) >= 10


def test_a_statement_larger_than_all_room_is_dropped_and_counted():
    talk = Talk(size=1_000)
    talk.add("small")
    talk.add("x" * 5_000)
    assert (talk.texts, talk.journal.evicted) == ([], 2)
    talk.add("next")
    assert talk.texts == ["next"]


def test_the_texts_of_late_errors_count_as_well():
    talk = Talk(size=10_000)
    later = [Deferred() for _ in range(20)]
    for number, answer in enumerate(later):
        talk.add(f"q{number}", answer)
        answer.callback(Error(1105, "HY000", "x" * 2_000))
    talk.add("next")
    assert sum(len(entry.message) for entry in talk.journal) <= 10_000


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text('version: 1\nstubs:\n- {when: {sql: "SELECT 1"}, then: {ok: {}}}\n')
    workspace = workspace_of(path, behind=False)

    def ask(count):
        for _ in range(count):
            workspace.respond(Request("query", "SELECT 1", FakeSession(server=server)))
            server.sessions.clear()

    server = FakeSession().server
    ask(12_000)
    tracemalloc.start()
    ask(20_000)
    grown = tracemalloc.get_traced_memory()[0]
    ask(20_000)
    assert tracemalloc.get_traced_memory()[0] < grown + 500_000
    tracemalloc.stop()
    assert len(workspace.journal) == 10_000


def test_each_entry_is_recorded_once_when_its_answer_is_known():
    recorded = []
    journal = Journal(Clock().seconds, entries=0, record=lambda entry: recorded.append((entry.text, entry.rows)))

    def add(text, answer):
        return journal.add(Request("query", text, FakeSession()), answer, STUB)

    later = Deferred()
    add("later", later)
    lazy = add("lazy", Rows(ONE.columns, (row for row in [(1,), (2,)])))
    add("rows", ONE)
    add("ok", Ok())
    add("error", Error(1213, "40001", ""))
    list(lazy.rows)
    later.callback(ONE)
    assert recorded == [("rows", 1), ("ok", None), ("error", None), ("lazy", 2), ("later", 1)]
