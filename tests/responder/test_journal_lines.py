"""The journal as JSON lines: complete, bounded, and never in the way."""

from __future__ import annotations

import json
from datetime import date

from sessions import FakeSession
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from sockservice.answers import Error, Ok, Request
from sockservice.responder.journal import Journal, Source
from sockservice.responder.journal_lines import AT_ONCE, BYTES, LONGEST_TEXT, SECONDS, WAITING, JournalLines

OK, STUB = Ok(), Source("stub", "one")


class File:
    """Takes lines; a slow one says that it has them when it is told to."""

    def __init__(self, slow=False):
        self.data, self.pieces, self.slow, self.writing = b"", [], slow, []

    def write(self, data):
        self.data += data
        self.pieces.append(data.count(b"\n"))
        if not self.slow:
            return succeed(None)
        self.writing.append(Deferred())
        return self.writing[-1]

    def write_now(self, data):
        self.data += data

    @property
    def lines(self):
        return [json.loads(line) for line in self.data.splitlines()]


class Talk:
    def __init__(self, slow=False):
        self.clock, self.file = Clock(), File(slow)
        self.lines = JournalLines(self.file, self.clock)
        self.journal = Journal(self.clock.seconds, entries=0, record=lambda entry: self.lines.add("w1", entry))

    def ask(self, text, *params, answer=OK, source=STUB):
        self.journal.add(Request("query", text, FakeSession(connection_id=3), params), answer, source)

    def ask_many(self, count):
        for number in range(count):
            self.ask(f"q{number}")


def test_a_line_says_all_that_the_entry_has():
    talk = Talk()
    values = (1, None, "é", b"\xff", date(2024, 1, 2))
    talk.ask("SELECT ?", *values, answer=Error(1213, "40001", "Deadlock"), source=Source("stub", "one", ("tag",)))
    talk.clock.advance(SECONDS)
    assert talk.file.lines == [
        {
            "time": 0.0,
            "duration": 0.0,
            "workspace": "w1",
            "connection": 3,
            "user": "tester",
            "database": "shop",
            "command": "query",
            "text": "SELECT ?",
            "params": [1, None, "é", "0xff", "2024-01-02"],
            "answered_by": "stub",
            "name": "one",
            "tags": ["tag"],
            "error": 1213,
            "message": "Deadlock",
        }
    ]


def test_lines_wait_for_a_second_at_most():
    talk = Talk()
    talk.ask("a")
    talk.clock.advance(SECONDS / 2)
    talk.ask("b")
    assert talk.file.data == b""
    talk.clock.advance(SECONDS / 2)
    assert [line["text"] for line in talk.file.lines] == ["a", "b"]
    assert not talk.clock.getDelayedCalls()


def test_many_are_written_in_the_next_turn_a_few_at_a_time():
    talk = Talk()
    talk.ask_many(2 * AT_ONCE + 1)
    talk.clock.advance(0)
    assert talk.file.pieces == [AT_ONCE, AT_ONCE, 1]
    assert [line["text"] for line in talk.file.lines] == [f"q{number}" for number in range(2 * AT_ONCE + 1)]


def test_one_piece_is_written_at_a_time():
    talk = Talk(slow=True)
    talk.ask_many(AT_ONCE)
    talk.clock.advance(0)
    talk.ask_many(AT_ONCE)
    talk.clock.advance(SECONDS)
    assert len(talk.file.writing) == 1
    talk.file.writing[0].callback(None)
    talk.clock.advance(0)
    assert len(talk.file.writing) == 2


def test_what_a_slow_file_cannot_take_is_dropped_and_told():
    talk = Talk(slow=True)
    talk.ask_many(AT_ONCE)
    talk.clock.advance(0)
    talk.ask_many(WAITING + 17)
    while talk.file.writing:
        talk.file.writing.pop().callback(None)
        talk.clock.advance(0)
    assert talk.file.lines[-1] == {"dropped": 17}
    assert len(talk.file.lines) == AT_ONCE + WAITING + 1


def test_the_bytes_that_wait_are_bounded_too():
    talk = Talk(slow=True)
    for _ in range(5):
        talk.ask("x" * (BYTES // 4))
    talk.lines.end()
    assert talk.file.lines[-1] == {"dropped": 2}
    assert [len(line["text"]) for line in talk.file.lines[:-1]] == [LONGEST_TEXT + 1] * 3


def test_at_the_end_all_is_written_and_what_comes_later_at_once():
    talk = Talk()
    talk.ask("a")
    talk.lines.end()
    talk.ask("b")
    assert [line["text"] for line in talk.file.lines] == ["a", "b"]
    assert not talk.clock.getDelayedCalls()


def test_credentials_are_not_written():
    talk = Talk()
    talk.ask("ALTER USER x IDENTIFIED BY 'secret'", "secret", answer=Error(1, "HY000", "no stub for 'secret'"))
    talk.lines.end()
    (line,) = talk.file.lines
    assert (line["text"], line["params"], line["message"]) == ("ALTER USER x IDENTIFIED BY '***'", ["***"], "***")


def test_bytes_of_clients_that_are_no_text_are_written_all_the_same():
    talk = Talk()
    talk.ask("SELECT '\udcff'")
    talk.lines.end()
    assert talk.file.lines[0]["text"] == "SELECT '?'"
