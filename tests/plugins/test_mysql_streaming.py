"""Rows that come one by one and statements that are killed: what the pump does between sessions and transport."""

from __future__ import annotations

import resource
import socket
import sys
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from sockservice.answers import Ok, Rows, table
from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import MySQLFactory

sys.path.append(str(Path(__file__).parents[1] / "mysql"))
from wire_client import USUAL, framed, handshake_response, read_reply, read_result, unframed

COLUMNS = table({"n": "INT", "text": "VARCHAR(40)"}).columns
FULL = 64 * 1024
"""Bytes that wait until a transport asks for no more, as Twisted's do."""


class SlowTransport(StringTransport):
    """A transport whose peer reads when it is told to, and that asks for no more while much waits."""

    aborted = False

    def __init__(self):
        super().__init__()
        self.waiting = self.most = self.taken_bytes = 0
        self.rows = 0

    def getHandle(self):
        return socket.SocketType.__new__(socket.SocketType)

    def abortConnection(self):
        self.aborted = True

    def write(self, data):
        super().write(data)
        self.waiting += len(data)
        self.most = max(self.most, self.waiting)
        if self.waiting > FULL and self.producer is not None:
            self.producer.pauseProducing()

    def take(self):
        """The peer reads all that waits."""
        data = self.value()
        self.clear()
        full, self.waiting = self.waiting > FULL, 0
        if full and self.producer is not None:
            self.producer.resumeProducing()
        return data


class Rig:
    """Clients of one server, each with a transport, and a responder that answers with what it is told."""

    def __init__(self, respond):
        self.clock = Clock()
        self.server = Server(clock=self.clock.seconds)
        self.factory = MySQLFactory(self.server, self, reactor=self.clock)
        self.respond = respond
        self.protocols = []

    def client(self):
        protocol, transport = self.factory.buildProtocol(None), SlowTransport()
        self.protocols.append(protocol)
        protocol.makeConnection(transport)
        transport.take()
        protocol.dataReceived(framed(handshake_response(capabilities=USUAL, attributes={}), 1))
        transport.take()
        return protocol, transport

    def lose(self):
        for protocol in self.protocols:
            protocol.connectionLost()
        assert self.clock.getDelayedCalls() == []


@pytest.fixture
def rig():
    rigs = []

    def make(respond):
        rigs.append(Rig(respond))
        return rigs[-1]

    yield make
    for made in rigs:
        made.lose()


def resident():
    """The memory that this process has, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def numbers(last):
    return Rows(COLUMNS, ((number, "x" * 40) for number in range(last)))


def test_a_million_rows_go_to_a_slow_reader_in_flat_memory(rig):
    protocol, transport = rig(lambda _request: numbers(1_000_000)).client()
    protocol.dataReceived(framed(b"\x03SELECT"))
    rows, memory, last = 0, [], b""
    while protocol.session.sending or transport.waiting:
        data = transport.take()
        rows += data.count(b"x" * 40)
        last = data or last
        protocol._clock.advance(0)
        memory.append(resident())
    assert rows == 1_000_000
    assert len(memory) > 400
    assert transport.most < 3 * FULL
    assert max(memory) - memory[20] < 4_000_000
    assert read_reply(last[-5:]).status == 2
    protocol.dataReceived(framed(b"\x0e"))
    assert read_reply(unframed(transport.take())[0][1]).status == 2


def test_others_have_their_turn_while_rows_are_sent_to_a_quick_reader(rig):
    made = rig(lambda request: numbers(10_000) if request.text == "many" else Ok(7))
    (first, many), (second, short) = made.client(), made.client()
    first.dataReceived(framed(b"\x03many"))
    assert first.session.sending
    second.dataReceived(framed(b"\x03short"))
    assert read_reply(unframed(short.take())[0][1]).affected_rows == 7
    assert first.session.sending
    data = many.take()
    while first.session.sending:
        made.clock.advance(0)
        data += many.take()
    data += many.take()
    assert len(read_result(data).rows) == 10_000


@pytest.mark.parametrize("ends", [False, True])
def test_what_is_pipelined_behind_rows_waits_for_their_end(rig, ends):
    made = rig(lambda request: numbers(5_000) if request.text == "many" else Ok(7))
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x03many") + framed(b"\x03short"))
    if ends:
        protocol.readConnectionLost()
    data = transport.take()
    for _ in range(20):
        made.clock.advance(0)
        data += transport.take()
    *_, (sequence, end), (first, reply) = unframed(data)
    assert (end[0], first, read_reply(reply).affected_rows) == (0xFE, 1, 7)
    assert sequence == 5_005 % 256
    assert transport.disconnecting == ends


def test_rows_that_fail_end_with_an_error_and_the_log_says_why(rig, logged_errors):
    def rows():
        yield (1, "one")
        raise RuntimeError("the source dried up")

    made = rig(lambda request: Rows(COLUMNS, rows()) if request.text == "many" else Ok())
    protocol, transport = made.client()
    protocol.dataReceived(framed(b"\x03many"))
    packets = unframed(transport.take())
    assert [sequence for sequence, _ in packets] == [1, 2, 3, 4, 5, 6]
    payload = packets[-1][1]
    assert read_reply(payload).code == 1105
    assert "the source dried up" in read_reply(payload).message
    assert len(logged_errors.flush()) == 1
    protocol.dataReceived(framed(b"\x03next"))
    made.clock.advance(0)
    assert read_reply(unframed(transport.take())[0][1]).status == 2


def sleeping(deferreds):
    def respond(request):
        if request.text == "sleep":
            deferreds.append(Deferred())
            return deferreds[-1]
        if request.text.startswith("kill"):
            _, word, number = request.text.split()
            return request.session.server.kill(int(number), request.session, query=word == "query")
        return Ok()

    return respond


def test_killing_a_query_ends_what_is_waited_for_with_1317_and_the_connection_goes_on(rig):
    deferreds = []
    made = rig(sleeping(deferreds))
    (victim, slow), (killer, _) = made.client(), made.client()
    victim.dataReceived(framed(b"\x03sleep"))
    killer.dataReceived(framed(b"\x03kill query %d" % victim.session.connection_id))
    assert deferreds[0].called
    assert read_reply(unframed(slow.take())[0][1]).code == 1317
    assert not slow.disconnecting
    victim.dataReceived(framed(b"\x03next"))
    assert read_reply(unframed(slow.take())[0][1]).status == 2


def test_killing_a_connection_closes_it_without_a_word(rig):
    deferreds = []
    made = rig(sleeping(deferreds))
    (victim, slow), (killer, quick) = made.client(), made.client()
    victim.dataReceived(framed(b"\x03sleep"))
    killer.dataReceived(framed(b"\x03kill connection %d" % victim.session.connection_id))
    assert read_reply(unframed(quick.take())[0][1]).status == 2
    assert deferreds[0].called
    assert (slow.disconnecting, slow.value()) == (True, b"")


def test_killing_a_connection_whose_client_takes_nothing_resets_it(rig):
    made = rig(lambda request: numbers(10**6) if request.text == "many" else sleeping([])(request))
    (victim, slow), (killer, _) = made.client(), made.client()
    victim.dataReceived(framed(b"\x03many"))
    while slow.waiting <= FULL:
        made.clock.advance(0)
    killer.dataReceived(framed(b"\x03kill connection %d" % victim.session.connection_id))
    assert slow.aborted


def test_a_session_that_kills_itself_is_told_and_closed(rig):
    protocol, transport = (made := rig(sleeping([]))).client()
    assert made.server.sessions
    protocol.dataReceived(framed(b"\x03kill connection %d" % protocol.session.connection_id))
    assert read_reply(unframed(transport.take())[0][1]).code == 1317
    assert transport.disconnecting
