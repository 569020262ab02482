"""A client that leaves while its answer is waited for: what the pump notices, gives up and tells."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mysql_rig import Rig
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from sockservice.answers import Disturbed, LocalInfile, Ok, Request
from sockservice.certificates import SelfSignedCertificate
from sockservice.disturbances import Stall
from sockservice.interfaces import STREAM
from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import PIECE, MySQLFactory
from sockservice.sockets import ConnectionFactory, SocketAPI

sys.path.append(str(Path(__file__).parents[1] / "mysql"))
from compressed_client import COMPRESS, compressed
from wire_client import SSL, USUAL, framed, handshake_response, read_reply

QUERY = framed(b"\x03SELECT 1")


class Waiting:
    """A rig whose client has asked for what is waited for."""

    def __init__(self, query=QUERY):
        self.given_up = []
        self.answer = Deferred(self.given_up.append)
        self.rig = Rig(self.answer).log_in()
        self.protocol, self.transport, self.session = self.rig.protocol, self.rig.transport, self.rig.session
        self.rig.send(query)

    @property
    def seen_to_leave(self):
        return len(self.given_up) == 1 and self.session.over and self.transport.disconnecting


@pytest.fixture
def waiting():
    waiting = Waiting()
    yield waiting
    waiting.rig.lose()


def test_a_client_is_read_from_while_its_answer_is_waited_for(waiting):
    assert not waiting.transport.paused


def test_who_ends_its_direction_has_left(waiting):
    waiting.protocol.readConnectionLost()
    assert waiting.seen_to_leave
    assert waiting.transport.taken() == []


def test_who_is_reset_has_left(waiting):
    waiting.protocol.connectionLost(Failure(ConnectionLost()))
    assert len(waiting.given_up) == 1


def test_what_the_session_kept_is_given_back_before_the_answer_is_given_up():
    told = []
    waiting = Waiting()
    waiting.session.on_end.append(lambda: told.append(len(waiting.given_up)))
    waiting.protocol.readConnectionLost()
    waiting.rig.lose()
    assert told == [0]


def test_an_answer_that_comes_in_spite_of_that_is_dropped(logged_errors):
    late = Deferred(lambda _: late.callback(Ok()))
    rig = Rig(late).log_in()
    rig.query()
    rig.protocol.readConnectionLost()
    assert rig.transport.disconnecting
    assert rig.transport.taken() == []
    rig.lose()


def test_commands_behind_an_answer_that_is_waited_for_are_kept_and_answered(waiting):
    waiting.rig.send(QUERY * 3)
    assert waiting.transport.taken() == []
    waiting.rig.answer = Ok(7)
    waiting.answer.callback(Ok())
    waiting.rig.clock.advance(0)
    assert [read_reply(reply).affected_rows for _, reply in waiting.transport.taken()] == [0, 7, 7, 7]


def test_commands_behind_it_do_not_fill_the_memory(waiting):
    sent = 0
    while not waiting.transport.paused:
        waiting.rig.send(QUERY * 1000)
        sent += 1000 * len(QUERY)
    assert sent <= PIECE + 1000 * len(QUERY)
    waiting.rig.answer = Ok()
    waiting.answer.callback(Ok())
    while waiting.transport.paused:
        waiting.rig.clock.advance(0)
    assert len(waiting.transport.taken()) == 1 + sent // len(QUERY)


def test_reading_goes_on_where_the_wait_begins_in_another_turn(waiting):
    """As behind thousands of commands, after which others had their turn."""
    slow = Deferred(waiting.given_up.append)

    def respond(request):
        return slow if request.text == "SELECT 2" else Ok()

    waiting.protocol.respond = respond
    waiting.answer.callback(Ok())
    waiting.rig.send(QUERY * 64 * 100 + framed(b"\x03SELECT 2"))
    while waiting.rig.session.state.name != "ANSWERING":
        waiting.rig.clock.advance(0)
    assert not waiting.transport.paused
    waiting.protocol.readConnectionLost()
    assert len(waiting.given_up) == 1


def test_a_pause_behind_another_turn_is_read_through(waiting):
    waiting.answer.callback(Ok())
    waiting.rig.send(framed(b"\x0e") * 65 + QUERY)
    assert waiting.transport.paused
    waiting.rig.answer = Disturbed(Ok(), (Stall(5),))
    waiting.rig.clock.advance(0)
    assert not waiting.transport.paused


def test_what_was_asked_before_the_end_is_answered_as_far_as_that_is_at_once():
    rig = Rig(Ok()).log_in()
    never, given_up = [], []

    def respond(request):
        if request.text != "SLOW":
            return Ok()
        never.append(request)
        return Deferred(given_up.append)

    rig.protocol.respond = respond
    rig.protocol.pauseProducing()
    rig.send(QUERY * 2 + framed(b"\x03SLOW") + QUERY)
    rig.protocol.readConnectionLost()
    rig.protocol.resumeProducing()
    assert len(rig.transport.taken()) == 2
    assert (len(never), len(given_up)) == (1, 1)
    assert rig.transport.disconnecting
    rig.lose()


def test_nothing_is_read_behind_the_end_of_a_direction(waiting):
    waiting.answer.callback(Ok())
    waiting.protocol.pauseProducing()
    waiting.protocol.readConnectionLost()
    waiting.transport.producerState = "ended"
    waiting.protocol.resumeProducing()
    assert waiting.transport.producerState == "ended"


def test_a_file_that_is_taken_slowly_is_left_too():
    given_up = []
    rig = Rig(LocalInfile("f", lambda _: Deferred(given_up.append), Ok)).log_in()
    rig.query()
    rig.send(framed(b"one", 2))
    rig.protocol.readConnectionLost()
    assert len(given_up) == 1
    assert rig.transport.disconnecting
    rig.lose()


def test_a_shutdown_is_not_held_up_by_who_has_left(waiting):
    waiting.protocol.finish()
    assert not waiting.transport.disconnecting
    waiting.protocol.readConnectionLost()
    assert waiting.seen_to_leave


@pytest.mark.parametrize(
    ("leave", "counted"),
    [
        (lambda rig: rig.send(framed(b"\x01")), (0, 0)),
        (lambda rig: rig.protocol.readConnectionLost(), (1, 0)),
        (lambda rig: rig.protocol.connectionLost(Failure(ConnectionLost())), (1, 0)),
    ],
    ids=["quit", "end", "reset"],
)
def test_who_leaves_without_a_word_is_counted(leave, counted):
    rig = Rig(Ok()).log_in()
    server = rig.session.server
    leave(rig)
    rig.lose()
    assert (server.aborted_clients, server.aborted_connects) == counted
    assert server.sessions == {}


def test_who_leaves_before_the_login_is_counted_apart():
    rig = Rig(Ok())
    rig.protocol.readConnectionLost()
    rig.lose()
    assert (rig.session.server.aborted_clients, rig.session.server.aborted_connects) == (0, 1)


# --- over real sockets ------------------------------------------------------------------------


class Never:
    """Lets everybody in, and answers no query; tells when one came and when its answer was given up."""

    def __init__(self):
        self.asked, self.given_up = Deferred(), Deferred()

    def respond(self, request: Request):
        if request.command != "query":
            return Ok()
        reactor.callLater(0, self.asked.callback, request.session)
        return Deferred(lambda _: self.given_up.callback(None))


@asynccontextmanager
async def listening(responder, *, unix=None, certificate=None):
    """The service on a port or a path, which this gives, and its server."""
    server = Server(tls=certificate is not None)
    sockets = SocketAPI(reactor)
    connections = ConnectionFactory(MySQLFactory(server, responder, reactor, certificate), api=sockets)
    bound = sockets.socket(STREAM, family=socket.AF_UNIX if unix else socket.AF_INET)
    bound.bind(unix or ("127.0.0.1", 0))
    bound.listen(factory=connections)
    try:
        yield bound.local_address, server
    finally:
        await bound.close()
        for connection in list(connections.connections):
            connection.abort()
            await connection.when_closed()


def ask(address, transport):
    """A client that is in and has asked, for a thread; gives its socket."""
    plain = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    plain.settimeout(20)
    plain.connect(address)
    plain.recv(1000)
    capabilities = USUAL | (COMPRESS if transport == "compressed" else 0) | (SSL if transport == "tls" else 0)
    sequence, talking = 1, plain
    if transport == "tls":
        plain.sendall(framed(struct.pack("<IIB23x", capabilities, 0, 255), 1))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        sequence, talking = 2, context.wrap_socket(plain)
    talking.sendall(framed(handshake_response(capabilities=capabilities, attributes={}), sequence))
    talking.recv(1000)
    talking.sendall(compressed(QUERY) if transport == "compressed" else QUERY)
    return talking


def close(client):
    client.close()


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def half_close(client):
    socket.socket.shutdown(client, socket.SHUT_WR)


@pytest.mark.parametrize("leave", [close, reset, half_close])
@pytest.mark.parametrize("transport", ["tcp", "unix", "tls", "compressed"])
async def test_it_is_noticed_at_once(transport, leave, tmp_path):
    never = Never()
    unix = str(tmp_path / "socket") if transport == "unix" else None
    certificate = SelfSignedCertificate() if transport == "tls" else None
    async with listening(never, unix=unix, certificate=certificate) as (address, server):
        client = await deferToThread(ask, address, transport)
        try:
            session = await never.asked
            leave(client)
            await never.given_up.addTimeout(10, reactor)
            assert (session.over, server.aborted_clients, server.sessions) == (True, 1, {})
        finally:
            client.close()


async def test_a_client_that_sends_without_end_during_a_wait_is_held_back():
    never = Never()
    async with listening(never) as (address, _):
        client = await deferToThread(ask, address, "tcp")
        try:
            session = await never.asked
            client.setblocking(False)
            sent, quiet = 0, 0
            while quiet < 5:  # until the buffers of both kernels are full
                try:
                    sent += client.send(QUERY * 5000)
                    quiet = 0
                except BlockingIOError:
                    quiet += 1
                await deferLater(reactor, 0.01)
            assert session.packets.waiting <= 2 * PIECE < sent
            reset(client)
            await deferLater(reactor, 0)
        finally:
            client.close()
