"""The layer between transport and protocol: a Connection on one side, a plain socket on the other."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from loopback import BIG, Pushing, Recorder, RecorderFactory, turns, until
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    ISSLTransport,
    ITCPTransport,
    ITLSTransport,
    ITransport,
)
from twisted.internet.protocol import Protocol
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sockservice.interfaces import IFinishingProtocol
from sockservice.sockets import Connection


class Client:
    """A plain non-blocking socket that does what it is told."""

    def __init__(self, address: Any) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.setblocking(False)
        self.socket.connect_ex(address)
        self.received = b""

    def read(self) -> bool:
        """Take what is there; True at the end of the stream."""
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return False
        self.received += data
        return not data

    async def read_until(self, size: int) -> None:
        await until(lambda: self.read() or len(self.received) >= size)

    async def read_to_end(self) -> None:
        await until(self.read)


@pytest.fixture
def client_of():
    clients = []

    def make(listener: Any) -> Client:
        clients.append(Client(listener.local_address))
        return clients[-1]

    yield make
    for client in clients:
        client.socket.close()


@pytest.fixture
def served(listening, client_of):
    """``await served(ProtocolClass)`` is the protocol, its Connection and a plain client socket."""

    async def make(protocol: Any = Recorder) -> tuple[Any, Connection, Client]:
        factory = RecorderFactory(protocol)
        listener = listening(factory)
        client = client_of(listener)
        await until(lambda: factory.built and listener.connections.connections)
        (connection,) = listener.connections.connections
        return factory.built[0], connection, client

    return make


async def test_it_is_a_transport_to_the_protocol(served):
    protocol, connection, client = await served()
    assert protocol.transport is connection
    for interface in (ITransport, ITCPTransport, ITLSTransport, IConsumer):
        assert interface.providedBy(connection)
    verifyObject(ITCPTransport, connection)
    verifyObject(IConsumer, connection)
    assert not ISSLTransport.providedBy(connection)
    assert not IHalfCloseableProtocol.providedBy(connection)
    assert connection.getTcpNoDelay()
    assert connection.getPeer().port == client.socket.getsockname()[1] == connection.peer[1]
    assert connection.getHost().port == client.socket.getpeername()[1] == connection.local[1]
    client.socket.send(b"hi")
    await until(lambda: protocol.received == b"hi")
    connection.loseConnection()
    assert connection.disconnecting
    await client.read_to_end()
    await connection.when_closed()
    assert protocol.events == ["made", "data", "lost"]
    assert connection.getHost().port == connection.local[1]
    assert connection.protocol is None


async def test_a_write_is_on_its_way_when_it_returns(served):
    _, connection, client = await served()
    wrote: list[bytes] = []
    real = connection.transport.write
    connection.transport.write = lambda data: (wrote.append(data), real(data))
    connection.write(b"answer")
    assert client.read() is False  # no reactor turn in between
    assert client.received == b"answer"
    assert wrote == []
    assert connection.immediate
    connection.writeSequence([b"a", b"b"])
    client.read()
    assert client.received == b"answerab"
    connection.abort()


async def test_what_the_kernel_does_not_take_is_buffered_in_order_and_then_writes_are_immediate_again(served):
    _, connection, client = await served()
    connection.write(BIG)
    assert not connection.immediate
    connection.write(b"tail")
    await client.read_until(len(BIG) + 4)
    assert client.received == BIG + b"tail"
    await until(lambda: connection.immediate)
    connection.write(b"again")
    client.read()
    assert client.received.endswith(b"tailagain")
    connection.abort()


async def test_a_push_producer_is_paused_above_64_kib_and_resumed_when_all_is_sent(served):
    protocol, connection, client = await served(Pushing)
    connection.write(BIG)
    assert protocol.events == ["made", "pause"]
    connection.write(b"more")
    assert protocol.events.count("pause") == 1
    await client.read_until(len(BIG) + 4)
    await until(lambda: "resume" in protocol.events)
    assert protocol.events == ["made", "pause", "resume"]
    connection.abort()
    await connection.when_closed()
    assert protocol.events[-2:] == ["stop", "lost"]


async def test_a_small_rest_pauses_nobody(served):
    protocol, connection, client = await served(Pushing)
    protocol.transport.unregisterProducer()
    connection.write(BIG)
    await client.read_until(len(BIG))
    await until(lambda: connection.immediate)
    protocol.transport.registerProducer(protocol, True)
    connection.write(b"x")
    assert "pause" not in protocol.events
    connection.abort()


async def test_a_producer_with_a_fast_reader_is_paused_too_so_that_others_have_their_turn(served):
    protocol, connection, client = await served(Pushing)
    connection._send = len  # the kernel takes everything at once
    writes = 0
    while "pause" not in protocol.events:
        connection.write(b"x" * 100)
        writes += 1
        assert writes < 2000
    assert protocol.events == ["made", "pause"]
    await until(lambda: client.read() or "resume" in protocol.events)
    assert connection.immediate
    connection.abort()


@pytest.mark.parametrize("end", ["loseWriteConnection", "loseConnection"])
async def test_ending_right_after_a_burst_ends(served, end):
    _, connection, client = await served()
    while connection.immediate:
        connection.write(b"x" * 20)
        client.read()
    getattr(connection, end)()
    await client.read_to_end()
    connection.abort()


async def test_closing_with_a_paused_producer_flushes_and_closes(served):
    protocol, connection, client = await served(Pushing)
    protocol.last_word = b"goodbye"
    connection.write(BIG)
    connection.loseConnection()
    assert protocol.events[-1] == "pause"
    await client.read_to_end()
    assert client.received == BIG + b"goodbye"
    await connection.when_closed()


async def test_ending_our_direction_waits_for_what_is_buffered(served):
    _, connection, client = await served()
    connection.write(BIG)
    connection.loseWriteConnection()
    await client.read_to_end()
    assert client.received == BIG
    connection.write(b"too late")
    client.socket.close()
    await connection.when_closed()


async def test_ending_our_direction_with_nothing_buffered_keeps_the_other_open(served):
    protocol, connection, client = await served()
    connection.loseWriteConnection()
    await client.read_to_end()
    client.socket.send(b"still here")
    await until(lambda: protocol.received == b"still here")
    connection.abort()


class Pulling:
    """A pull producer: one piece for each call."""

    def __init__(self, consumer: Any, pieces: int) -> None:
        self.consumer, self.pieces = consumer, pieces

    def resumeProducing(self) -> None:
        self.pieces -= 1
        self.consumer.write(b"%7d\n" % self.pieces)
        if not self.pieces:
            self.consumer.unregisterProducer()

    def stopProducing(self) -> None:
        self.pieces = -1


@pytest.mark.parametrize("first", [b"", BIG], ids=["idle", "while buffered"])
async def test_a_pull_producer_is_asked_until_it_ends_and_then_writes_are_immediate_again(served, first):
    _, connection, client = await served()
    if first:
        connection.write(first)
    connection.registerProducer(Pulling(connection, 1000), False)
    size = len(first) + 8000
    await client.read_until(size)
    assert client.received == first + b"".join(b"%7d\n" % number for number in reversed(range(1000)))
    connection.write(b"1")  # it may not know yet that nothing is buffered
    await until(lambda: connection.immediate)
    await client.read_until(size + 1)
    connection.loseConnection()
    await client.read_to_end()


async def test_closing_right_after_a_pull_producer_closes(served):
    _, connection, client = await served()
    connection.registerProducer(Pulling(connection, 3), False)
    await client.read_until(24)
    connection.loseConnection()
    await client.read_to_end()
    await connection.when_closed()


async def test_two_producers_are_refused_and_one_after_the_end_is_stopped(served):
    protocol, connection, _ = await served(Pushing)
    with pytest.raises(RuntimeError, match="registered already"):
        connection.registerProducer(protocol, True)
    connection.abort()
    await connection.when_closed()
    late = Pulling(connection, 1)
    connection.registerProducer(late, False)
    assert late.pieces == -1


async def test_writing_to_a_connection_that_is_over_does_nothing(served):
    _, connection, client = await served()
    connection.abort()
    connection.write(b"between")
    await connection.when_closed()
    connection.write(b"after")
    connection.abort()
    connection.finish()
    connection.unregisterProducer()
    await connection.when_closed()
    with pytest.raises(ConnectionResetError):
        client.read()


async def test_a_write_into_a_broken_connection_is_found_out_by_the_reactor(served):
    protocol, connection, client = await served()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.pauseProducing()
    client.socket.close()
    connection.write(b"x")
    connection.write(b"y")
    await connection.when_closed()
    assert protocol.events == ["made", "lost"]


@implementer(IHalfCloseableProtocol)
class HalfCloseable(Recorder):
    def readConnectionLost(self) -> None:
        self.events.append("read lost")
        self.transport.write(b"late answer")
        self.transport.loseWriteConnection()

    def writeConnectionLost(self) -> None:
        self.events.append("write lost")
        self.transport.loseConnection()


async def test_half_close_is_passed_on_to_a_protocol_that_knows_it(served):
    protocol, connection, client = await served(HalfCloseable)
    client.socket.shutdown(socket.SHUT_WR)
    await client.read_to_end()
    assert client.received == b"late answer"
    await connection.when_closed()
    assert protocol.events == ["made", "read lost", "write lost", "lost"]


async def test_half_close_ends_a_protocol_that_does_not_know_it(served):
    protocol, connection, client = await served()
    client.socket.shutdown(socket.SHUT_WR)
    await connection.when_closed()
    assert protocol.events == ["made", "lost"]


@implementer(IFinishingProtocol)
class Finishing(Recorder):
    def finish(self) -> None:
        self.transport.write(b"finished")
        self.transport.loseConnection()


@pytest.mark.parametrize(("protocol", "last"), [(Finishing, b"finished"), (Recorder, b"")])
async def test_finish_asks_the_protocol_or_closes(served, protocol, last):
    _, connection, client = await served(protocol)
    connection.finish()
    await client.read_to_end()
    assert client.received == last


async def test_activity_shows(served):
    _, connection, client = await served()
    connection.active = False
    await turns()
    assert not connection.active
    client.socket.send(b"x")
    await until(lambda: connection.active)
    connection.abort()


async def test_waiting_for_the_end_may_be_cancelled(served):
    _, connection, _ = await served()
    first, second = connection.when_closed(), connection.when_closed()
    first.addErrback(lambda _: None)
    first.cancel()
    connection.abort()
    await second


class FailsAtStart(Protocol):
    def connectionMade(self) -> None:
        raise ValueError("not today")


async def test_a_protocol_that_fails_at_its_start_is_logged_once_and_reset(listening, client_of, logged_errors):
    listener = listening(RecorderFactory(FailsAtStart))
    client = client_of(listener)
    await until(lambda: logged_errors.events)
    await turns()
    assert len(logged_errors.flush()) == 1
    with pytest.raises(ConnectionResetError):
        client.read()
    again = client_of(listener)  # and the listener goes on
    await until(lambda: logged_errors.flush())
    await turns()
    with pytest.raises(ConnectionResetError):
        again.read()
