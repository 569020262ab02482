"""The layer that disturbs a connection: in memory for exact times, and over real sockets for what they do."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import BIG, Pushing, Recorder, RecorderFactory, until
from toxic_wires import run_for, toxic
from twisted.internet import reactor
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol, ISSLTransport, ITCPTransport
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.sockets import ConnectionFactory, CoroutineFactory, SocketAPI
from sockservice.sockets.toxic_connection import ToxicConnection
from sockservice.sockets.toxics import Toxics


class MemoryTransport(StringTransport):
    """Also tells what is asked of it."""

    half_closed = False

    def unregisterProducer(self) -> None:
        if self.producer is not None:
            super().unregisterProducer()

    def loseWriteConnection(self) -> None:
        self.half_closed = True


class Memory:
    """A service with toxics, a client in memory and a clock."""

    def __init__(self, *toxics: Any, protocol: Any = Recorder) -> None:
        self.clock = Clock()
        self.toxics = Toxics(self.clock, toxics)
        self.application = RecorderFactory(protocol)
        self.closed: list[Any] = []
        self.factory = ConnectionFactory(self.application, api=SocketAPI(self.clock), closed=self.closed.append)
        self.toxics.watch(self.factory)

    def connect(self) -> tuple[Any, Any, MemoryTransport]:
        """What the transport talks to, the application's protocol, and the transport."""
        below: Any = self.factory.buildProtocol(None)
        transport = MemoryTransport()
        below.makeConnection(transport)
        return below, self.application.built[-1] if self.application.built else None, transport


def lost(layer: Any) -> None:
    layer.connectionLost(Failure(ConnectionDone()))


def test_without_toxics_there_is_no_layer():
    memory = Memory(toxic("loss", rate=1))
    below, protocol, _ = memory.connect()
    assert protocol.transport is below
    assert not isinstance(below, ToxicConnection)


def test_both_directions_are_delayed_each_by_its_own():
    memory = Memory(toxic("latency", latency=100), toxic("latency", latency=300, stream="upstream"))
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"question")
    protocol.transport.write(b"greeting")
    memory.clock.advance(0.1)
    assert transport.value() == b"greeting"
    assert protocol.received == b""
    memory.clock.advance(0.2)
    assert protocol.received == b"question"


@pytest.mark.parametrize(
    ("toxics", "seconds"),
    [
        ([], 0.0),
        ([toxic("latency", latency=100)], 0.1),
        ([toxic("bandwidth", rate=1)], 0.008),
        ([toxic("slicer", average_size=4, delay=1000)], 0.001),
        ([toxic("slow_open", delay=70)], 0.07),
        ([toxic("slow_close", delay=50)], 0.05),
        ([toxic("latency", latency=100), toxic("slow_close", delay=50)], 0.15),
    ],
    ids=lambda value: "+".join(one.type for one in value) if isinstance(value, list) else "",
)
def test_closing_flushes_through_the_toxics(toxics, seconds):
    memory = Memory(*toxics, toxic("latency", latency=0, stream="upstream"))
    layer, protocol, transport = memory.connect()
    protocol.transport.write(b"last one")
    protocol.transport.loseConnection()
    assert protocol.transport.disconnecting
    if seconds:
        run_for(memory.clock, seconds - 0.0005)
        assert not transport.disconnecting
    run_for(memory.clock, 0.0005)
    assert transport.disconnecting
    assert transport.value() == b"last one"
    layer.dataReceived(b"too late")
    lost(layer)
    assert protocol.events == ["made", "lost"]
    assert memory.clock.getDelayedCalls() == []
    assert len(memory.closed) == 1


def test_closing_reads_no_more_and_forgets_what_was_on_its_way_to_the_service():
    memory = Memory(toxic("slow_close", delay=100), toxic("reset_peer", timeout=50, stream="upstream"))
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"x")
    protocol.transport.loseConnection()
    assert transport.producerState == "paused"
    memory.clock.advance(0.1)
    assert transport.disconnecting
    assert not transport.disconnected
    assert protocol.received == b""


def test_an_abort_flushes_nothing_and_leaves_no_clock():
    memory = Memory(toxic("latency", latency=100), toxic("latency", latency=100, stream="upstream"))
    layer, protocol, transport = memory.connect()
    protocol.transport.write(b"x")
    layer.dataReceived(b"y")
    protocol.transport.abortConnection()
    assert transport.disconnected
    lost(layer)
    assert memory.clock.getDelayedCalls() == []
    assert (transport.value(), protocol.received) == (b"", b"")


def test_a_reset_is_an_abort_and_a_timeout_a_close():
    memory = Memory(toxic("reset_peer", timeout=100))
    _, protocol, transport = memory.connect()
    protocol.transport.write(b"x")
    memory.clock.advance(0.1)
    assert transport.disconnected
    assert transport.value() == b""
    memory = Memory(toxic("timeout", timeout=100, stream="upstream"))
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"x")
    protocol.transport.write(b"greeting")
    memory.clock.advance(0.1)
    assert transport.disconnecting
    assert not transport.disconnected
    assert (transport.value(), protocol.received) == (b"greeting", b"")


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_a_reset_pauses_a_push_producer_so_that_the_reactor_has_its_turn(stream):
    memory = Memory(toxic("reset_peer", stream=stream), protocol=Pushing)
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"x")
    protocol.transport.write(b"x")
    memory.clock.advance(0)
    assert transport.disconnected
    assert protocol.events[-1] == "pause"


def test_limit_data_in_either_direction_closes_the_connection():
    memory = Memory(toxic("limit_data", bytes=4))
    _, protocol, transport = memory.connect()
    protocol.transport.write(b"123456")
    assert transport.value() == b"1234"
    assert transport.disconnecting
    memory = Memory(toxic("limit_data", bytes=4, stream="upstream"), toxic("latency", latency=50))
    layer, protocol, transport = memory.connect()
    protocol.transport.write(b"on its way")
    layer.dataReceived(b"123456")
    assert protocol.received == b"1234"
    assert not transport.disconnecting
    memory.clock.advance(0.05)
    assert transport.value() == b"on its way"
    assert transport.disconnecting


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_down_resets_each_connection_before_the_service_hears_of_it(stream):
    memory = Memory(toxic("down", stream=stream))
    below, _, transport = memory.connect()
    assert transport.disconnected
    assert memory.application.built == []
    lost(below)
    assert memory.closed == []
    assert memory.factory.connections == set()


def test_down_with_a_toxicity_leaves_the_other_connections_alone():
    memory = Memory(toxic("down", toxicity=0.5, seed=1))
    connected = [memory.connect()[2] for _ in range(100)]
    refused = sum(transport.disconnected for transport in connected)
    assert 35 < refused < 65
    assert len(memory.application.built) == 100 - refused


# --- back-pressure


def test_a_push_producer_is_paused_by_a_full_link_and_by_a_slow_client():
    memory = Memory(toxic("bandwidth", rate=1000), protocol=Pushing)
    layer, protocol, transport = memory.connect()
    protocol.transport.write(b"x" * 200_000)
    assert protocol.events == ["made", "pause"]
    memory.clock.pump([0.1, 0.07, 0.07])
    assert protocol.events == ["made", "pause", "resume"]
    transport.producer.pauseProducing()
    assert protocol.events[-1] == "pause"
    transport.producer.resumeProducing()
    assert protocol.events[-1] == "resume"
    lost(layer)
    assert protocol.events[-2:] == ["stop", "lost"]


def test_what_comes_out_while_the_client_is_slow_waits():
    memory = Memory(toxic("latency", latency=100))
    _, protocol, transport = memory.connect()
    protocol.transport.write(b"x")
    transport.producer.pauseProducing()
    memory.clock.advance(1)
    protocol.transport.loseConnection()
    memory.clock.advance(1)
    assert transport.value() == b""
    assert not transport.disconnecting
    transport.producer.resumeProducing()
    memory.clock.advance(0)
    assert transport.value() == b"x"
    assert transport.disconnecting


def test_reading_stops_while_the_link_is_full_or_the_service_does_not_read():
    memory = Memory(toxic("bandwidth", rate=1000, stream="upstream"))
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"x" * 100_000)
    assert transport.producerState == "paused"
    memory.clock.advance(0.1)
    assert transport.producerState == "producing"
    protocol.transport.pauseProducing()
    assert transport.producerState == "paused"
    layer.dataReceived(b"y")
    memory.clock.advance(1)
    assert protocol.received == b"x" * 100_000
    protocol.transport.resumeProducing()
    assert protocol.received == b"x" * 100_000
    memory.clock.advance(0)
    assert protocol.received == b"x" * 100_000 + b"y"
    assert transport.producerState == "producing"


class Pulled(Recorder):
    """Writes a piece each time it is asked."""

    pieces = 5

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        self.pieces -= 1
        self.transport.write(b"%d" % self.pieces)
        if not self.pieces:
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def stopProducing(self) -> None:
        self.events.append("stop")


def test_a_pull_producer_is_asked_once_a_turn_while_there_is_room():
    memory = Memory(toxic("latency", latency=0), protocol=Pulled)
    _, _, transport = memory.connect()
    assert transport.value() == b""
    memory.clock.advance(0)
    assert transport.value() == b"43210"
    assert transport.disconnecting


def test_closing_waits_for_a_paused_push_producer_to_write_its_rest():
    memory = Memory(toxic("bandwidth", rate=1000))
    layer, _, transport = memory.connect()
    producer = Pushing()
    producer.transport, producer.last_word = layer, b"last word"
    layer.registerProducer(producer, True)
    layer.write(b"x" * 70_000)
    assert producer.events == ["pause"]
    layer.loseConnection()
    run_for(memory.clock, 1)
    assert producer.events == ["pause", "resume"]
    assert transport.value() == b"x" * 70_000 + b"last word"
    assert transport.disconnecting


def test_closing_waits_for_a_pull_producer_to_end():
    memory = Memory(toxic("latency", latency=10), protocol=Pulled)
    layer, _, transport = memory.connect()
    layer.loseConnection()
    assert not transport.disconnecting
    memory.clock.pump([0, 0.01])
    assert transport.value() == b"43210"
    assert transport.disconnecting


def test_a_producer_too_many_is_refused_and_one_after_the_end_is_stopped():
    memory = Memory(toxic("latency", latency=0), protocol=Pulled)
    layer, protocol, _ = memory.connect()
    with pytest.raises(RuntimeError, match="registered already"):
        layer.registerProducer(protocol, True)
    lost(layer)
    assert protocol.events == ["made", "stop", "lost"]
    layer.registerProducer(protocol, True)
    assert protocol.events[-1] == "stop"
    assert memory.clock.getDelayedCalls() == []


# --- the ends


@implementer(IHalfCloseableProtocol)
class HalfCloseable(Recorder):
    def readConnectionLost(self) -> None:
        self.events.append("read lost")
        self.transport.write(b"late answer")
        self.transport.loseWriteConnection()

    def writeConnectionLost(self) -> None:
        self.events.append("write lost")


def test_a_clients_end_comes_behind_its_bytes():
    memory = Memory(toxic("latency", latency=100, stream="upstream"), protocol=HalfCloseable)
    layer, protocol, transport = memory.connect()
    layer.dataReceived(b"x")
    layer.readConnectionLost()
    assert protocol.events == ["made"]
    memory.clock.advance(0.1)
    assert protocol.events == ["made", "data", "read lost"]
    assert transport.value() == b"late answer"
    assert transport.half_closed
    layer.writeConnectionLost()
    assert protocol.events[-1] == "write lost"
    protocol.transport.loseConnection()
    assert transport.disconnecting


def test_a_protocol_that_knows_no_half_close_is_closed_behind_the_clients_last_byte():
    memory = Memory(toxic("latency", latency=100), toxic("latency", latency=100, stream="upstream"), protocol=Pushing)
    layer, protocol, transport = memory.connect()
    protocol.transport.write(b"answer")
    layer.dataReceived(b"x")
    layer.readConnectionLost()
    memory.clock.advance(0.1)
    assert protocol.events == ["made", "data", "stop"]
    assert transport.value() == b"answer"
    assert transport.disconnecting


def test_bytes_behind_a_half_close_are_dropped():
    memory = Memory(toxic("latency", latency=0))
    _, protocol, transport = memory.connect()
    protocol.transport.loseWriteConnection()
    protocol.transport.write(b"too late")
    memory.clock.advance(1)
    assert transport.value() == b""


def test_a_protocol_that_fails_is_logged_and_reset(logged_errors):
    class Fails(Protocol):
        def dataReceived(self, data: bytes) -> None:
            raise ValueError(data)

    memory = Memory(toxic("latency", latency=10, stream="upstream"), protocol=Fails)
    layer, _, transport = memory.connect()
    layer.dataReceived(b"x")
    memory.clock.advance(0.01)
    assert transport.disconnected
    [event] = logged_errors.flush()
    assert "ValueError" in event["log_failure"].getTraceback()


def test_a_connection_through_which_bytes_trickle_is_active():
    memory = Memory(toxic("bandwidth", rate=1))
    layer, protocol, _ = memory.connect()
    protocol.transport.write(b"x" * 1000)
    layer.connection.active = False
    memory.clock.advance(0.05)
    assert not layer.connection.active
    memory.clock.advance(0.05)
    assert layer.connection.active


delays = st.sampled_from(
    [
        toxic("latency", latency=20, jitter=10),
        toxic("bandwidth", rate=5),
        toxic("slicer", average_size=7, size_variation=3, delay=100),
        toxic("slow_open", delay=15),
        toxic("slow_close", delay=15),
        toxic("latency", latency=20, jitter=20, stream="upstream"),
        toxic("bandwidth", rate=5, stream="upstream"),
        toxic("slicer", average_size=3, stream="upstream"),
        toxic("slow_open", delay=15, stream="upstream"),
    ]
)


@settings(deadline=None)
@given(
    st.lists(delays, unique_by=lambda one: one.name, max_size=4),
    st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=200)), max_size=15),
)
def test_whatever_delays_both_directions_are_complete_and_in_order(toxics, chunks):
    memory = Memory(*toxics, protocol=HalfCloseable)
    layer, protocol, transport = memory.connect()
    for down, data in chunks:
        if down:
            protocol.transport.write(data)
        else:
            layer.dataReceived(data)
        memory.clock.advance(0.005)
    layer.readConnectionLost()
    run_for(memory.clock, 60)
    assert protocol.received == b"".join(data for down, data in chunks if not down)
    assert transport.value() == b"".join(data for down, data in chunks if down) + b"late answer"
    assert protocol.events[-1] == "read lost"
    assert transport.half_closed


# --- over real sockets


@pytest.fixture
def served(listening):
    """``served(factory)`` is a listening socket whose connections have toxics, and these."""

    def make(factory: Any, *toxics: Any) -> tuple[Any, Toxics]:
        listener = listening(factory)
        disturbing = Toxics(reactor, toxics)
        disturbing.watch(listener.connections)
        return listener, disturbing

    return make


def in_thread(address: Any, exchange: Any) -> Any:
    """Run ``exchange(socket)`` in a thread with blocking calls."""

    def run() -> Any:
        with socket.create_connection(address, timeout=60) as sock:
            return exchange(sock)

    return deferToThread(run)


def read_all(sock: Any) -> bytes:
    pieces = []
    while piece := sock.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


async def send_big(connection: Any) -> None:
    await connection.receive_until(b"\n")
    await connection.send(BIG)


async def test_much_goes_through_a_slow_reader_in_order_and_closes(served, api):
    listener, _ = served(
        CoroutineFactory(send_big, api),
        toxic("latency", latency=1),
        toxic("slicer", average_size=50_000, size_variation=20_000),
    )

    def exchange(sock: socket.socket) -> bytes:
        sock.sendall(b"go\n")
        return read_all(sock)

    assert await in_thread(listener.local_address, exchange) == BIG
    await until(lambda: not listener.connections.connections)


async def test_it_is_a_tcp_transport_with_no_delay_and_its_addresses(served):
    factory = RecorderFactory()
    listener, _ = served(factory, toxic("latency", latency=1))
    await in_thread(listener.local_address, lambda sock: sock.sendall(b"x") or sock.getsockname())
    await until(lambda: factory.built and factory.built[0].lost)
    protocol = factory.built[0]
    assert protocol.received == b"x"
    assert ITCPTransport.providedBy(protocol.transport)
    assert protocol.transport.local == listener.local_address


async def test_a_reset_peer_is_reset(served):
    listener, _ = served(RecorderFactory(), toxic("reset_peer", stream="upstream"))

    def exchange(sock: socket.socket) -> bytes:
        sock.sendall(b"x")
        return read_all(sock)

    with pytest.raises(ConnectionResetError):
        await in_thread(listener.local_address, exchange)
    await until(lambda: not listener.connections.connections)


class Greeter(Recorder):
    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.write(b"greeting")


async def test_a_toxic_that_is_added_holds_for_open_connections_and_resets_with_them(served):
    factory = RecorderFactory(Greeter)
    listener, toxics = served(factory)

    def exchange(sock: socket.socket) -> bytes:
        assert sock.recv(100) == b"greeting"
        sock.sendall(b"x")
        return read_all(sock)

    done = in_thread(listener.local_address, exchange)
    await until(lambda: factory.built and factory.built[0].received)
    (connection,) = listener.connections.connections
    assert connection.immediate
    toxics.add(toxic("slow_close", delay=50))
    toxics.add(toxic("slicer", average_size=3))
    assert not connection.immediate
    assert [layer.number for layer in toxics._layers] == [1]
    assert toxics.layer().number == 2
    factory.built[0].transport.write(b"sliced and late")
    connection.loseConnection()
    started = reactor.seconds()
    assert await done == b"sliced and late"
    assert reactor.seconds() - started > 0.045
    await until(lambda: not listener.connections.connections)
    assert toxics._layers == set()


@pytest.mark.parametrize("half", [False, True])
async def test_a_layer_that_slips_under_much_that_is_buffered_brings_all_along(served, half):
    factory = RecorderFactory(Pushing)
    listener, toxics = served(factory)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    await deferToThread(sock.connect, listener.local_address)
    await until(lambda: factory.built)
    protocol = factory.built[0]
    protocol.transport.write(BIG)
    assert protocol.events == ["made", "pause"]
    if half:
        protocol.transport.loseWriteConnection()
    toxics.add(toxic("latency", latency=1))
    assert protocol.events == ["made", "pause", "resume"]
    if not half:
        protocol.transport.write(b"behind")
        protocol.transport.loseConnection()
    with sock:
        sock.settimeout(60)
        assert await deferToThread(read_all, sock) == BIG + (b"" if half else b"behind")
    await until(lambda: not listener.connections.connections)


async def test_a_layer_that_slips_under_a_half_closed_connection_does_not_close_it_again(served):
    factory = RecorderFactory(HalfCloseable)
    listener, toxics = served(factory)
    sock = socket.socket()
    await deferToThread(sock.connect, listener.local_address)
    await until(lambda: factory.built)
    protocol = factory.built[0]
    protocol.transport.write(BIG)
    protocol.transport.loseWriteConnection()
    with sock:
        sock.settimeout(60)
        assert await deferToThread(read_all, sock) == BIG
        await until(lambda: "write lost" in protocol.events)
        toxics.add(toxic("latency", latency=1, stream="upstream"))
        sock.sendall(b"still here")
        await until(lambda: protocol.received == b"still here")
        assert protocol.events.count("write lost") == 1
    protocol.transport.abortConnection()
    await until(lambda: not listener.connections.connections)


class PullsMuch(Recorder):
    """Writes a hundred pieces as a pull producer, then closes."""

    left = 100

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        self.left -= 1
        self.transport.write(b"%04d" % self.left * 2000)
        if not self.left:
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def stopProducing(self) -> None:
        pass


async def test_a_layer_that_slips_under_a_pull_producer_goes_on_asking_it(served):
    factory = RecorderFactory(PullsMuch)
    listener, toxics = served(factory)
    done = in_thread(listener.local_address, read_all)
    await until(lambda: factory.built and factory.built[0].left < 95)
    assert factory.built[0].left > 0
    toxics.add(toxic("latency", latency=1))
    assert await done == b"".join(b"%04d" % left * 2000 for left in reversed(range(100)))
    await until(lambda: not listener.connections.connections)


async def test_a_connection_that_is_about_to_close_is_left_alone(served):
    factory = RecorderFactory(Greeter)
    listener, toxics = served(factory)
    done = in_thread(listener.local_address, read_all)
    await until(lambda: factory.built)
    factory.built[0].transport.loseConnection()
    toxics.add(toxic("timeout"))
    assert await done == b"greeting"
    await until(lambda: not listener.connections.connections)


async def test_down_ends_open_connections_too(served):
    factory = RecorderFactory(Greeter)
    listener, toxics = served(factory)

    def exchange(sock: socket.socket) -> bytes:
        assert sock.recv(100) == b"greeting"
        return sock.recv(100)

    done = in_thread(listener.local_address, exchange)
    await until(lambda: factory.built)
    await until(lambda: listener.connections.connections)
    toxics.add(toxic("down"))
    with pytest.raises(ConnectionResetError):
        await done
    with pytest.raises(ConnectionResetError):
        await in_thread(listener.local_address, lambda sock: sock.recv(100))
    assert len(factory.built) == 1
    toxics.reset()
    assert await in_thread(listener.local_address, lambda sock: sock.recv(100)) == b"greeting"
    await until(lambda: not listener.connections.connections)


# --- TLS


class StartsTLS(Recorder):
    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.registerProducer(self, True)
        self.transport.write(b"plain")

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        if data == b"tls please":
            self.transport.write(b"go on")
            self.transport.startTLS(self.factory.context)
            assert ISSLTransport.providedBy(self.transport)
        else:
            self.transport.write(data.upper())

    def pauseProducing(self) -> None:
        self.events.append("pause")

    def resumeProducing(self) -> None:
        self.events.append("resume")

    def stopProducing(self) -> None:
        self.events.append("stop")


def start_tls(sock: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    assert sock.recv(5, socket.MSG_WAITALL) == b"plain"
    sock.sendall(b"tls please")
    assert sock.recv(5, socket.MSG_WAITALL) == b"go on"
    return context.wrap_socket(sock, server_hostname="localhost")


def speak(sock: socket.socket) -> tuple[bytes, bytes]:
    with start_tls(sock) as encrypted:
        encrypted.sendall(b"secret")
        answer = encrypted.recv(100)
        return answer, encrypted.unwrap() and b""


SLICES = [toxic("slicer", average_size=50), toxic("slicer", average_size=50, stream="upstream")]


async def test_start_tls_goes_above_the_layer_so_that_its_bytes_are_disturbed(served, server_tls):
    factory = RecorderFactory(StartsTLS)
    factory.context = server_tls
    listener, _ = served(factory, *SLICES)
    assert await in_thread(listener.local_address, speak) == (b"SECRET", b"")
    await until(lambda: not listener.connections.connections)
    assert factory.built[0].events[-2:] == ["stop", "lost"]


async def test_a_layer_slips_under_tls_that_was_started(served, server_tls):
    factory = RecorderFactory(StartsTLS)
    factory.context = server_tls
    listener, toxics = served(factory)
    go_on = threading.Event()

    def exchange(sock: socket.socket) -> list[bytes]:
        with start_tls(sock) as encrypted:
            encrypted.sendall(b"secret")
            answers = [encrypted.recv(100)]
            assert go_on.wait(60)
            encrypted.sendall(b"and again")
            answers.append(encrypted.recv(100))
            encrypted.unwrap()
            return answers

    done = in_thread(listener.local_address, exchange)
    await until(lambda: factory.built and factory.built[0].received.endswith(b"secret"))
    for each in SLICES:
        toxics.add(each)
    (layer,) = toxics._layers
    seen: list[bytes] = []
    send = layer._send
    layer.downstream.outlet._deliver = lambda data: (seen.append(data), send(data))
    go_on.set()
    assert await done == [b"SECRET", b"AND AGAIN"]
    await until(lambda: not listener.connections.connections)
    assert not any(b"AND" in data for data in seen)
    assert sum(map(len, seen)) > 20


async def test_a_layer_slips_under_tls_with_much_that_is_buffered(served, server_tls):
    factory = RecorderFactory(StartsTLS)
    factory.context = server_tls
    listener, toxics = served(factory)
    go_on = threading.Event()

    def exchange(sock: socket.socket) -> int:
        with start_tls(sock) as encrypted:
            encrypted.sendall(b"x")
            assert encrypted.recv(1) == b"X"
            assert go_on.wait(60)
            size = 0
            while size < len(BIG) + 4 and (piece := encrypted.recv(65536)):
                size += len(piece)
            encrypted.unwrap()
            return size

    done = in_thread(listener.local_address, exchange)
    await until(lambda: factory.built and factory.built[0].received.endswith(b"x"))
    protocol = factory.built[0]
    protocol.transport.write(BIG)
    await until(lambda: "pause" in protocol.events)
    toxics.add(toxic("latency", latency=1))
    go_on.set()
    await until(lambda: protocol.events[-1] == "resume")
    protocol.transport.write(b"more")
    assert await done == len(BIG) + 4
    await until(lambda: not listener.connections.connections)


async def test_a_corrupt_tls_stream_breaks(served, server_tls):
    factory = RecorderFactory(StartsTLS)
    factory.context = server_tls
    listener, toxics = served(factory)
    go_on = threading.Event()

    def exchange(sock: socket.socket) -> bytes:
        with start_tls(sock) as encrypted:
            encrypted.sendall(b"x")
            assert encrypted.recv(100) == b"X"
            assert go_on.wait(60)
            encrypted.sendall(b"secret")
            return encrypted.recv(100)

    done = in_thread(listener.local_address, exchange)
    await until(lambda: factory.built and factory.built[0].received.endswith(b"x"))
    toxics.add(toxic("corrupt", rate=1))
    go_on.set()
    with pytest.raises(ssl.SSLError):
        await done
    await until(lambda: not listener.connections.connections)
