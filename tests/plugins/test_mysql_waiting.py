"""The MySQL service's patience, its files with back-pressure: what the pump does with its timer and its transport."""

from __future__ import annotations

import pytest
from mysql_rig import Rig
from twisted.internet.defer import Deferred
from wire_client import LIMIT, framed, read_reply

from sockservice.answers import LocalInfile, Ok, table


@pytest.fixture
def rig():
    rig = Rig(Ok())
    yield rig
    rig.lose()


def test_a_client_that_never_logs_in_is_disconnected(rig):
    rig.clock.advance(9.9)
    assert not rig.transport.disconnecting
    rig.clock.advance(0.2)
    assert rig.transport.disconnecting


def test_a_client_that_is_idle_is_told_and_disconnected(rig):
    rig.log_in()
    rig.clock.pump([9] * 100)
    rig.query()
    rig.transport.clear()
    rig.clock.advance(28799)
    assert not rig.transport.disconnecting
    rig.clock.advance(1.1)
    ((sequence, said),) = rig.transport.taken()
    assert (sequence, read_reply(said).code) == (0, 4031)
    assert rig.transport.disconnecting


def test_a_shorter_wait_holds_at_once(rig):
    rig.log_in()
    rig.session.variables["wait_timeout"] = 2
    rig.clock.advance(2.1)
    assert rig.transport.disconnecting


def test_there_is_one_timer_and_queries_do_not_touch_it(rig):
    rig.log_in()
    (before,) = rig.clock.getDelayedCalls()
    due = before.getTime()
    for _ in range(50):
        rig.clock.advance(0.1)
        rig.query()
    assert rig.clock.getDelayedCalls() == [before]
    assert before.getTime() == due


def test_a_packet_that_does_not_go_on_disconnects(rig):
    rig.log_in()
    rig.send(framed(b"\x03SELECT 1")[:7])
    rig.clock.advance(30.1)
    assert rig.transport.disconnecting


def test_a_client_that_takes_nothing_is_reset(rig):
    rig.log_in()
    rig.protocol.pauseProducing()
    rig.clock.advance(59)
    assert not rig.transport.aborted
    rig.clock.advance(1.1)
    assert rig.transport.aborted


def test_a_client_that_takes_its_answers_at_last_stays(rig):
    rig.log_in()
    rig.protocol.pauseProducing()
    rig.clock.advance(59)
    rig.protocol.resumeProducing()
    rig.clock.advance(59)
    assert not rig.transport.aborted
    assert not rig.transport.disconnecting


def test_a_client_that_takes_a_long_answer_slowly_stays_until_it_stops(rig):
    rig.answer = table({"big": "LONGTEXT"}, [["x" * 1_000_000]])
    rig.log_in()
    write = rig.transport.write
    rig.transport.write = lambda data: (write(data), rig.protocol.pauseProducing())
    rig.query()
    for _ in range(10):
        rig.clock.advance(59)
        assert not rig.transport.aborted
        rig.protocol.resumeProducing()
    rig.clock.advance(60.1)
    assert rig.transport.aborted


def test_a_client_that_does_not_take_its_last_answer_is_reset(rig):
    rig.log_in()
    rig.protocol.finish()
    assert rig.transport.disconnecting
    rig.clock.advance(60.1)
    assert rig.transport.aborted


class Slow:
    """A receiver of a file that takes its time."""

    def __init__(self):
        self.pieces, self.waiting = [], None

    def receive(self, piece):
        self.pieces.append(piece)
        self.waiting = Deferred()
        return self.waiting


def test_a_file_waits_while_a_piece_of_it_is_taken():
    slow, done = Slow(), Deferred()
    rig = Rig(LocalInfile("f", slow.receive, lambda: done)).log_in()
    rig.query()
    assert rig.transport.taken() == [(1, b"\xfbf")]
    rig.send(framed(b"one", 2) + framed(b"two", 3) + framed(b"", 4))
    assert slow.pieces == [b"one"]
    slow.waiting.callback(None)
    assert slow.pieces == [b"one", b"two"]
    slow.waiting.callback(None)
    assert rig.transport.taken() == []
    done.callback(Ok(2))
    ((sequence, reply),) = rig.transport.taken()
    assert (sequence, read_reply(reply).affected_rows) == (5, 2)
    rig.lose()


def test_a_file_is_read_no_further_than_a_little_while_a_piece_of_it_is_taken():
    slow = Slow()
    rig = Rig(LocalInfile("f", slow.receive, Ok)).log_in()
    rig.query()
    rig.send(framed(b"one", 2))
    rig.send(framed(b"x" * 65_536, 3))
    assert rig.transport.paused
    slow.waiting.callback(None)
    assert not rig.transport.paused
    rig.lose()


def test_a_file_that_comes_in_a_thousand_pieces_at_once_is_taken():
    pieces = []
    rig = Rig(LocalInfile("f", pieces.append, lambda: Ok(len(pieces)))).log_in()
    rig.query()
    rig.send(b"".join(framed(b"x", 2 + number) for number in range(5000)) + framed(b"", 5002))
    assert read_reply(rig.transport.taken()[-1][1]).affected_rows == 5000
    rig.lose()


def test_files_that_are_asked_for_in_one_breath_are_all_taken():
    rig = Rig(LocalInfile("f", lambda _: None, Ok)).log_in()
    rig.send((framed(b"\x03LOAD") + framed(b"x", 2) + framed(b"", 3)) * 2000)
    rig.clock.advance(0)
    assert len(rig.transport.taken()) == 4000
    rig.lose()


@pytest.mark.parametrize("late", [False, True])
def test_a_receiver_that_fails_is_told_at_the_end_and_logged(late, logged_errors):
    def receive(piece):
        if late:
            return failing
        raise RuntimeError("no room")

    failing = Deferred()
    rig = Rig(LocalInfile("f", receive, Ok)).log_in()
    rig.query()
    rig.transport.clear()
    rig.send(framed(b"one", 2))
    if late:
        failing.errback(RuntimeError("no room"))
    assert rig.transport.taken() == []
    rig.send(framed(b"x" * LIMIT, 3) + framed(b"", 5))
    ((sequence, reply),) = rig.transport.taken()
    assert (sequence, read_reply(reply).code) == (6, 1105)
    assert "no room" in read_reply(reply).message
    assert len(logged_errors.flush()) == 1
    rig.lose()


def test_a_client_that_leaves_while_its_file_is_taken_ends_the_taking():
    slow = Slow()
    rig = Rig(LocalInfile("f", slow.receive, Ok)).log_in()
    rig.query()
    rig.send(framed(b"one", 2))
    rig.lose()
    assert slow.waiting.called
