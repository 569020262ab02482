"""Disturbed answers between session and transport: pauses, endings, and who ends them."""

from __future__ import annotations

import resource
import socket
import sys
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from sockservice.answers import Disturbed, Error, Login, Ok, Rows, table
from sockservice.disturbances import Break, Dribble, Ending, Oversized, Pace, Stall, Truncated
from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import MySQLFactory

sys.path.append(str(Path(__file__).parents[1] / "mysql"))
from wire_client import USUAL, framed, handshake_response, read_reply, read_result, unframed

FULL = 64 * 1024
"""Bytes that wait until a transport asks for no more, as Twisted's do."""
THREE = table({"n": "INT"}, [(1,), (2,), (3,)])
SILENT = Disturbed(Ok(), (Stall(),))
LATE = Disturbed(Ok(7), (Stall(5),))
SLOW = Disturbed(THREE, (Pace(lambda: 1.0, lambda: 2.0),))


class Transport(StringTransport):
    """A transport whose peer reads when it is told to."""

    aborted = False

    def __init__(self):
        super().__init__()
        self.waiting = 0
        self.reading = True

    def getHandle(self):
        return socket.SocketType.__new__(socket.SocketType)

    def write(self, data):
        super().write(data)
        self.waiting += len(data)
        if self.waiting > FULL and self.producer is not None:
            self.producer.pauseProducing()

    def pauseProducing(self):
        self.reading = False

    def resumeProducing(self):
        self.reading = True

    def abortConnection(self):
        self.aborted = True

    def take(self):
        """The peer reads all that waits."""
        data, full = self.value(), self.waiting > FULL
        self.clear()
        self.waiting = 0
        if full and self.producer is not None:
            self.producer.resumeProducing()
        return data


class Rig:
    """Clients of one server and a responder that answers with what it is told, by the command or the text."""

    def __init__(self, asks=(), **answers):
        self.clock = Clock()
        self.server = Server(clock=self.clock.seconds, asks=asks)
        self.factory = MySQLFactory(self.server, self, reactor=self.clock)
        self.answers = answers
        self.asked = []
        self.protocols = []

    def respond(self, request):
        word = request.text or request.command
        self.asked.append(word)
        if word.startswith("kill"):
            _, what, number = word.split()
            return self.server.kill(int(number), request.session, query=what == "query")
        answer = self.answers.get(word, Ok())
        return answer() if callable(answer) else answer

    def connect(self):
        protocol, transport = self.factory.buildProtocol(None), Transport()
        self.protocols.append(protocol)
        protocol.makeConnection(transport)
        return protocol, transport

    def client(self):
        protocol, transport = self.connect()
        transport.take()
        protocol.dataReceived(framed(handshake_response(capabilities=USUAL, attributes={}), 1))
        transport.take()
        return protocol, transport

    def asking(self, text):
        protocol, transport = self.client()
        protocol.dataReceived(framed(b"\x03" + text.encode()))
        return protocol, transport


@pytest.fixture
def rig():
    rigs = []

    def make(*asks, **answers):
        rigs.append(Rig(asks, **answers))
        return rigs[-1]

    yield make
    for made in rigs:
        for protocol in made.protocols:
            protocol.connectionLost()
        assert made.clock.getDelayedCalls() == []


def replies(transport):
    return [read_reply(payload) for _, payload in unframed(transport.take())]


def test_an_answer_is_late_and_what_is_pipelined_behind_it_waits(rig):
    made = rig(late=LATE)
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x03late") + framed(b"\x03next"))
    made.clock.advance(4.9)
    assert (transport.take(), made.asked) == (b"", ["late"])
    made.clock.advance(0.2)
    assert [reply.affected_rows for reply in replies(transport)] == [7, 0]
    assert made.asked == ["late", "next"]
    assert transport.reading


def test_each_row_comes_in_its_time(rig):
    made = rig(slow=SLOW)
    _, transport = made.asking("slow")
    data = transport.take()
    assert len(unframed(data)) == 3
    counts = []
    for seconds in (0.9, 0.1, 1.9, 0.1, 2.0):
        made.clock.advance(seconds)
        counts.append(len(unframed(more := transport.take())))
        data += more
    assert counts == [0, 1, 0, 1, 2]
    assert [row[0] for row in read_result(data).rows] == [b"1", b"2", b"3"]


def test_other_clients_are_answered_during_a_pause(rig):
    made = rig(slow=SLOW, silent=SILENT)
    made.asking("slow")
    made.asking("silent")
    _, transport = made.asking("quick")
    assert len(replies(transport)) == 1


def test_an_answer_in_drops(rig):
    made = rig(drops=Disturbed(THREE, (Dribble(10, 9.0),)))
    _, transport = made.asking("drops")
    sizes = [len(transport.value())]
    for _ in range(9):
        made.clock.advance(1)
        sizes.append(len(transport.value()) - sum(sizes))
    assert max(sizes) - min(sizes) <= 1
    assert len(read_result(transport.take()).rows) == 3


def test_a_deferred_disturbed_answer(rig):
    deferred = Deferred()
    made = rig(late=lambda: deferred)
    _, transport = made.asking("late")
    deferred.callback(LATE)
    assert transport.reading
    made.clock.advance(5)
    assert replies(transport)[0].affected_rows == 7


@pytest.mark.parametrize("answer", [SILENT, LATE, SLOW, Disturbed(THREE, (Truncated(),))])
def test_a_client_that_leaves_during_a_pause_is_not_waited_for(rig, answer):
    made = rig(query=answer, x=answer)
    protocol, transport = made.asking("x")
    protocol.readConnectionLost()
    assert transport.disconnecting
    protocol.connectionLost()
    assert made.clock.getDelayedCalls() == []


def test_a_client_that_had_left_before_gets_no_pause(rig):
    made = rig(late=LATE)
    protocol, transport = made.client()
    protocol.pauseProducing()
    protocol.dataReceived(framed(b"\x03late"))
    protocol.readConnectionLost()
    assert not transport.disconnecting
    protocol.resumeProducing()
    assert transport.disconnecting


@pytest.mark.parametrize("answer", [SILENT, LATE, SLOW, Disturbed(THREE, (Dribble(99, 9.0),))])
def test_a_killed_query_ends_at_once_and_the_connection_goes_on(rig, answer):
    made = rig(x=answer)
    victim, slow = made.asking("x")
    killer, _ = made.client()
    killer.dataReceived(framed(b"\x03kill query %d" % victim.session.connection_id))
    (sequence, last) = unframed(data := slow.take())[-1]
    assert (sequence, read_reply(last).code) == (len(unframed(data)), 1317)
    assert slow.reading
    victim.dataReceived(framed(b"\x03next"))
    assert len(replies(slow)) == 1
    made.clock.advance(20)
    assert slow.take() == b""


@pytest.mark.parametrize("answer", [SILENT, LATE, SLOW])
def test_a_killed_connection_is_closed_without_a_further_word(rig, answer):
    made = rig(x=answer)
    victim, slow = made.asking("x")
    slow.take()
    killer, _ = made.client()
    killer.dataReceived(framed(b"\x03kill connection %d" % victim.session.connection_id))
    assert (slow.disconnecting, slow.take()) == (True, b"")


def test_a_stop_sends_at_once_what_is_late_and_closes(rig):
    made = rig(late=LATE)
    protocol, transport = made.asking("late")
    protocol.finish()
    assert replies(transport)[0].affected_rows == 7
    assert transport.disconnecting


def test_a_stop_waits_for_rows_but_for_no_silence(rig):
    made = rig(slow=SLOW, silent=SILENT)
    slow, rows = made.asking("slow")
    silent, nothing = made.asking("silent")
    slow.finish()
    silent.finish()
    assert (rows.disconnecting, nothing.disconnecting) == (False, True)
    made.clock.pump([1.0] * 5)
    assert rows.disconnecting
    assert len(read_result(rows.take()).rows) == 3


def test_a_client_in_silence_cannot_fill_the_memory(rig):
    made = rig(silent=SILENT, late=LATE)
    for text in ("silent", "late"):
        protocol, transport = made.asking(text)
        sent = 0
        while transport.reading:
            protocol.dataReceived(framed(b"\x03" + b"x" * 1000))
            sent += 1004
        assert FULL < sent < FULL + 2000
    made.clock.advance(5)
    assert transport.reading


@pytest.mark.parametrize("answer", [SILENT, LATE])
def test_a_client_that_sent_much_is_read_again_when_its_query_is_killed(rig, answer):
    made = rig(x=answer)
    victim, slow = made.asking("x")
    while slow.reading:
        victim.dataReceived(framed(b"\x03" + b"x" * 1000))
    killer, _ = made.client()
    killer.dataReceived(framed(b"\x03kill query %d" % victim.session.connection_id))
    made.clock.pump([0.0] * 10)
    assert slow.reading
    assert len(replies(slow)) > 60


def test_no_timeout_cuts_a_pause_short(rig):
    made = rig(late=Disturbed(Ok(), (Stall(100_000),)))
    _, transport = made.asking("late")
    made.clock.pump([5000] * 19)
    assert not transport.disconnecting
    made.clock.pump([5000] * 2)
    assert len(replies(transport)) == 1


def test_a_client_that_takes_nothing_of_a_disturbed_answer_is_reset(rig):
    made = rig(big=Disturbed(None, (Oversized(1 << 30),)), large=Disturbed(Ok(), (Oversized(1 << 30),)))
    _, transport = made.asking("large")
    made.clock.pump([0] * 10)
    assert FULL < transport.waiting < 4 * FULL
    made.clock.advance(61)
    assert transport.aborted


def test_a_packet_of_a_gigabyte_is_sent_as_far_as_it_is_read_in_flat_memory(rig):
    made = rig(large=Disturbed(Ok(), (Oversized(1 << 30),)))
    _, transport = made.asking("large")
    sent, most = 0, 0
    for _ in range(300):
        sent += len(transport.take())
        made.clock.advance(0)
        most = max(most, transport.waiting)
    assert sent > 20_000_000
    assert most < 4 * FULL


def test_rows_that_are_broken_off_at_last_come_in_flat_memory(rig):
    rows = ((number, "x" * 40) for number in range(10**9))
    columns = table({"n": "INT", "t": "VARCHAR(40)"}).columns
    disturbances = (Break(after_rows=200_000, ending=Ending.RST), Dribble(2, 0.001))
    made = rig(many=lambda: Disturbed(Rows(columns, rows), disturbances))
    _, transport = made.asking("many")
    before, count = resident(), 0
    while not transport.aborted:
        count += transport.take().count(b"x" * 40)
        made.clock.advance(0.001)
    # A row that goes out in two pieces is not counted.
    assert 190_000 < count <= 200_000
    assert resident() - before < 8_000_000


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_slow_reader_gets_its_pause_when_it_has_read(rig):
    big = table({"t": "LONGTEXT"}, [("x" * 300_000,), ("y",)])
    made = rig(big=Disturbed(big, (Pace(row=lambda: 1.0),)))
    _, transport = made.asking("big")
    made.clock.advance(10)
    data = transport.take()
    while transport.waiting:
        data += transport.take()
    assert data.count(b"x") == 300_000
    made.clock.advance(0.9)
    assert transport.take() == b""
    made.clock.advance(0.2)
    assert b"y" in transport.take()


def test_an_answer_that_breaks_off_closes_in_order(rig):
    made = rig(cut=Disturbed(THREE, (Break(after_rows=1),)))
    _, transport = made.asking("cut")
    assert len(unframed(transport.take())) == 4
    assert (transport.disconnecting, transport.aborted) == (True, False)


def test_an_answer_that_breaks_off_is_reset_behind_what_was_sent(rig):
    made = rig(cut=Disturbed(THREE, (Break(after_rows=1, ending=Ending.RST),)))
    _, transport = made.asking("cut")
    assert len(unframed(transport.take())) == 4
    assert (transport.disconnecting, transport.aborted) == (False, False)
    made.clock.advance(0)
    made.clock.advance(0)
    assert (transport.disconnecting, transport.aborted) == (False, True)


def test_a_slow_reader_is_reset_when_it_has_read_what_was_sent(rig):
    big = table({"t": "LONGTEXT"}, [("x" * 300_000,)])
    made = rig(big=Disturbed(big, (Break(ending=Ending.RST),)))
    _, transport = made.asking("big")
    made.clock.pump([0.01] * 5)
    assert not transport.aborted
    while transport.waiting:
        transport.take()
    made.clock.pump([0.01] * 5)
    assert transport.aborted


def test_the_connection_stays_open_where_an_answer_stalls(rig):
    made = rig(cut=Disturbed(THREE, (Break(after_rows=1, ending=Ending.STALL),)))
    protocol, transport = made.asking("cut")
    transport.take()
    made.clock.pump([10_000] * 10)
    protocol.dataReceived(framed(b"\x03next"))
    assert (transport.disconnecting, transport.aborted, transport.take()) == (False, False, b"")
    assert made.asked == ["cut"]


# --- the server's own commands


def test_a_client_is_refused_in_place_of_the_greeting(rig):
    made = rig("connect", connect=Error(1040, "08004", "Too many connections"))
    _, transport = made.connect()
    assert transport.take() == Server.too_many_connections()
    assert transport.disconnecting


def test_a_greeting_is_late_and_the_time_to_log_in_begins_with_it(rig):
    made = rig("connect", connect=Disturbed(None, (Stall(30),)))
    _, transport = made.connect()
    made.clock.pump([5] * 5)
    assert (transport.value(), transport.disconnecting) == (b"", False)
    made.clock.advance(5)
    assert transport.take()[4] == 10
    made.clock.advance(9.9)
    assert not transport.disconnecting
    made.clock.advance(0.2)
    assert transport.disconnecting


def test_a_client_that_leaves_in_silence_before_its_greeting_is_seen(rig):
    made = rig("connect", connect=SILENT)
    protocol, transport = made.connect()
    made.clock.pump([5] * 5)
    assert transport.reading
    protocol.readConnectionLost()
    assert transport.disconnecting


def test_a_greeting_that_is_decided_too_late_is_not_sent(rig):
    deferred = Deferred()
    made = rig("connect", connect=lambda: deferred)
    protocol, transport = made.connect()
    made.clock.advance(9.9)
    assert not transport.disconnecting
    made.clock.advance(0.2)
    assert transport.disconnecting
    protocol.connectionLost()
    assert deferred.called
    assert transport.take() == b""


def test_a_greeting_waits_for_what_decides_it(rig):
    deferred = Deferred()
    made = rig("connect", connect=lambda: deferred)
    protocol, transport = made.connect()
    protocol.dataReceived(framed(handshake_response(capabilities=USUAL, attributes={}), 1) + framed(b"\x03next"))
    assert transport.take() == b""
    deferred.callback(Login())
    greeting, login, answer = unframed(transport.take())
    assert (greeting[0], login[0], answer[0]) == (0, 2, 1)


def test_a_responder_that_fails_at_connect_refuses_and_is_logged(rig, logged_errors):
    def fails():
        raise RuntimeError("no idea")

    made = rig("connect", connect=fails)
    _, transport = made.connect()
    assert replies(transport)[0].code == 1105
    assert transport.disconnecting
    assert len(logged_errors.flush()) == 1


def test_a_login_is_refused_behind_the_proof(rig):
    made = rig("auth", auth=Error(1045, "28000", "not today"))
    protocol, transport = made.connect()
    transport.take()
    protocol.dataReceived(framed(handshake_response(capabilities=USUAL, attributes={}), 1))
    ((sequence, payload),) = unframed(transport.take())
    assert (sequence, read_reply(payload).message) == (2, "not today")
    assert transport.disconnecting


@pytest.mark.parametrize("ending", [Ending.FIN, Ending.RST])
def test_quit_leaves_late_and_as_it_is_told(rig, ending):
    made = rig("quit", quit=Disturbed(None, (Stall(3), Break(ending=ending))))
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x01"))
    made.clock.advance(2.9)
    assert not transport.disconnecting
    made.clock.advance(0.2)
    made.clock.pump([0, 0, 0])
    assert (transport.disconnecting, transport.aborted) == (ending is Ending.FIN, ending is Ending.RST)


def test_a_ping_that_nobody_answers_is_answered(rig):
    made = rig("ping", ping=lambda: None)
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x0e") * 3)
    assert len(replies(transport)) == 3


def test_thousands_of_pings_that_are_asked_about_are_answered_in_turns(rig):
    made = rig("ping")
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x0e") * 20_000)
    count = 0
    while transport.waiting:
        count += len(transport.take()) // 11
        made.clock.advance(0)
    assert count == 20_000
