"""The eight calls of a stream socket, over real loopback sockets."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import LOOPBACK, RecorderFactory, turns, until
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface.verify import verifyObject

from sockservice.errors import (
    AlreadyWaiting,
    CallerError,
    ConnectFailed,
    ConnectionClosed,
    ConnectionRefused,
    IncompleteRead,
    LimitExceeded,
    TimedOut,
    WrongState,
)
from sockservice.interfaces import DATAGRAM, STREAM, ISocketAPI, IStreamSocket, State
from sockservice.sockets import SocketAPI
from sockservice.sockets.states import STREAM_RULES
from sockservice.sockets.stream import Stream

BIG = bytes(range(256)) * 16384  # 4 MiB: more than the kernel takes at once


async def failure_of(deferred: Deferred[Any]) -> BaseException:
    """The exception that a call ends with."""
    try:
        result = await deferred
    except Exception as error:
        return error
    raise AssertionError(f"it succeeded with {result!r}")


# --- SOCKET


async def test_it_provides_its_interface(api, opened):
    verifyObject(ISocketAPI, api)
    sock = opened(api.socket(STREAM))
    verifyObject(IStreamSocket, sock)
    assert sock.state is State.UNBOUND
    assert (sock.local_address, sock.peer_address) == (None, None)
    assert opened(api.socket(STREAM)).number == sock.number + 1


async def test_kinds_and_families_that_do_not_exist_are_refused(api):
    with pytest.raises(CallerError, match="datagrams IPv4 or IPv6"):
        api.socket(DATAGRAM, family=socket.AF_UNIX)
    with pytest.raises(CallerError):
        api.socket("stream")


# --- every call in every state


CALLS = {
    "BIND": lambda sock: sock.bind(LOOPBACK),
    "LISTEN": lambda sock: sock.listen(),
    "ACCEPT": lambda sock: sock.accept(timeout=0.01),
    "CONNECT": lambda sock: sock.connect(("127.0.0.1", 1)),
    "SEND": lambda sock: sock.send(b"x"),
    "RECEIVE": lambda sock: sock.receive(timeout=0.01),
    "SHUTDOWN": lambda sock: sock.shutdown(),
    "START_TLS": lambda sock: sock.start_tls(None),
    "CLOSE": lambda sock: sock.close(),
}


@pytest.fixture
def in_state(api, opened, pair, listening):
    """``await in_state(State.X)`` is a socket in that state."""

    async def make(state: State) -> Any:
        if state in (State.UNBOUND, State.BOUND, State.CLOSED):
            sock = opened(api.socket(STREAM))
            if state is State.BOUND:
                sock.bind(LOOPBACK)
            if state is State.CLOSED:
                await sock.close()
        elif state is State.LISTENING:
            sock = listening()
        elif state is State.CONNECTING:
            full = socket.socket()
            full.bind(LOOPBACK)
            full.listen(0)
            first = opened(api.socket(STREAM))
            await first.connect(full.getsockname())  # the backlog is full now: the next one waits
            sock = opened(api.socket(STREAM))
            sock.connect(full.getsockname()).addErrback(lambda failure: failure.trap(ConnectionClosed))
            sock.kept = full
        else:
            sock, server = await pair()
            if state is State.HALF_CLOSED:
                server.shutdown()
                await until(lambda: sock.state is State.HALF_CLOSED)
        assert sock.state is state
        return sock

    return make


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("call", [call for call in CALLS if call != "CLOSE"])
async def test_a_call_in_the_wrong_state_is_refused_and_changes_nothing(in_state, call, state):
    sock = await in_state(state)
    if state in STREAM_RULES[call]:
        return
    try:
        result = CALLS[call](sock)
        assert isinstance(result, Deferred)
        error = await failure_of(result)
    except WrongState as raised:
        error = raised
    assert isinstance(error, WrongState)
    assert call in str(error)
    assert state.name in str(error)
    assert sock.state is state
    if hasattr(sock, "kept"):
        await sock.close()
        sock.kept.close()


@pytest.mark.parametrize("state", State)
async def test_close_and_abort_work_in_every_state_and_twice(in_state, state):
    for end in ("close", "abort"):
        sock = await in_state(state)
        await getattr(sock, end)() if end == "close" else getattr(sock, end)()
        assert sock.state is State.CLOSED
        await sock.close()
        sock.abort()
        await sock.close()
        assert sock.state is State.CLOSED
        if hasattr(sock, "kept"):
            sock.kept.close()


# --- LISTEN, ACCEPT


async def test_accept_gives_connected_sockets_oldest_first(listening, connected, opened):
    listener = listening()
    clients = [await connected(listener.local_address) for _ in range(3)]
    for client in clients:
        server = opened(await listener.accept())
        assert server.state is State.CONNECTED
        assert server.peer_address == client.local_address
        assert server.local_address == client.peer_address == listener.local_address


async def test_clients_that_nobody_accepts_wait_in_the_backlog(listening, connected, opened):
    listener = listening()
    await connected(listener.local_address)
    await connected(listener.local_address)
    await turns()
    assert not listener.connections.connections
    opened(await listener.accept())
    await turns()
    assert len(listener.connections.connections) == 1
    opened(await listener.accept())


async def test_two_accepts_at_once_are_refused(listening):
    listener = listening()
    first = listener.accept()
    assert isinstance(await failure_of(listener.accept()), AlreadyWaiting)
    first.addErrback(lambda failure: failure.trap(ConnectionClosed))
    await listener.close()
    assert first.called


async def test_cancelling_and_timing_out_accept_loses_no_client(listening, connected, opened):
    listener = listening()
    waiting = listener.accept()
    waiting.cancel()
    assert isinstance(await failure_of(waiting), CancelledError)
    assert isinstance(await failure_of(listener.accept(timeout=0.01)), TimedOut)
    client = await connected(listener.local_address)
    assert opened(await listener.accept(timeout=5)).peer_address == client.local_address


async def test_accept_is_refused_where_a_factory_accepts(listening):
    listener = listening(RecorderFactory())
    assert isinstance(await failure_of(listener.accept()), WrongState)


async def test_a_factory_is_started_and_stopped_with_the_port(listening):
    factory = RecorderFactory()
    listener = listening(factory)
    assert (factory.started, factory.stopped) == (1, 0)
    await listener.close()
    assert factory.stopped == 1
    assert listener.local_address[1] > 0


async def test_the_address_is_free_again_after_close(api, listening, connected, opened):
    listener = listening()
    client = await connected(listener.local_address)
    server = await listener.accept()
    await server.close()  # our side closed first, so the address is in TIME_WAIT
    await client.close()
    await listener.close()
    again = opened(api.socket(STREAM))
    again.bind(listener.local_address)
    again.listen()


async def test_no_delay_is_on_by_default_and_can_be_off(api, pair, opened):
    for sock in await pair():
        assert sock._stream.transport.getTcpNoDelay()
    listener = opened(api.socket(STREAM, no_delay=False))
    listener.bind(LOOPBACK)
    listener.listen()
    accepted = listener.accept()
    client = opened(api.socket(STREAM, no_delay=False))
    await client.connect(listener.local_address)
    for sock in (client, opened(await accepted)):
        assert not sock._stream.transport.getTcpNoDelay()


# --- CONNECT


@pytest.mark.parametrize("family", [socket.AF_INET6, socket.AF_UNIX])
async def test_other_families_carry_bytes(api, listening, connected, opened, tmp_path, family):
    address = str(tmp_path / "s") if family == socket.AF_UNIX else ("::1", 0)
    listener = listening(address=address, family=family)
    accepted = listener.accept()
    client = await connected(listener.local_address, family=family)
    server = opened(await accepted)
    await client.send(b"over there")
    assert await server.receive_exactly(10) == b"over there"
    assert client.peer_address == listener.local_address


async def test_a_bound_socket_connects_from_its_address(api, listening, opened):
    listener = listening()
    client = opened(api.socket(STREAM))
    client.bind(("127.0.0.2", 0))
    await client.connect(listener.local_address)
    assert client.local_address[0] == "127.0.0.2"
    assert opened(await listener.accept()).peer_address == client.local_address


class Names:
    """A resolver that knows one name."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts

    def resolveHostName(self, receiver, hostName, portNumber=0, addressTypes=None, transportSemantics="TCP"):
        receiver.resolutionBegan(None)
        for host in self.hosts:
            receiver.addressResolved(IPv4Address(transportSemantics, host, portNumber))
        receiver.resolutionComplete()
        return receiver


class ReactorWithNames:
    """The reactor, with a resolver of ours."""

    def __init__(self, *hosts: str) -> None:
        self.nameResolver = Names(*hosts)

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)


async def test_connect_resolves_names_and_tries_every_address(listening, opened):
    listener = listening()
    client = opened(SocketAPI(ReactorWithNames("127.0.0.9", "127.0.0.1")).socket(STREAM))
    await client.connect(("database.example", listener.local_address[1]))
    assert client.peer_address == listener.local_address
    opened(await listener.accept())


async def test_an_unknown_name_says_so(opened):
    client = opened(SocketAPI(ReactorWithNames()).socket(STREAM))
    assert "no IPv4 address" in str(await failure_of(client.connect(("database.example", 1))))
    assert client.state is State.CLOSED


@pytest.mark.parametrize(
    ("family", "address", "error"),
    [
        (socket.AF_INET, ("127.0.0.1", 1), ConnectionRefused),
        (socket.AF_INET6, ("::1", 1), ConnectionRefused),
        (socket.AF_UNIX, "/nonexistent/x.sock", ConnectionRefused),
        (socket.AF_UNIX, "/" + "x" * 200, ConnectFailed),
        (socket.AF_UNIX, ("127.0.0.1", 1), ConnectFailed),
        (socket.AF_INET, ("::1", 1), ConnectFailed),
        (socket.AF_INET, "/tmp/x", ConnectFailed),
        (socket.AF_INET, ("127.0.0.1", 99999), ConnectFailed),
        (socket.AF_INET, ("255.255.255.255", 1), ConnectFailed),
    ],
)
async def test_a_connect_that_fails_says_why_and_closes_the_socket(api, opened, family, address, error):
    client = opened(api.socket(STREAM, family=family))
    assert isinstance(await failure_of(client.connect(address)), error)
    assert client.state is State.CLOSED


@pytest.mark.parametrize("way", ["timeout", "cancel", "close"])
async def test_a_connect_that_waits_can_be_ended(api, opened, way):
    with socket.socket() as full:
        full.bind(LOOPBACK)
        full.listen(0)
        first = opened(api.socket(STREAM))
        await first.connect(full.getsockname())
        client = opened(api.socket(STREAM))
        connecting = client.connect(full.getsockname(), timeout=0.01 if way == "timeout" else None)
        assert client.state is State.CONNECTING
        if way == "cancel":
            connecting.cancel()
        if way == "close":
            closed = client.close()
        error = await failure_of(connecting)
        assert isinstance(error, {"timeout": TimedOut, "cancel": CancelledError, "close": ConnectionClosed}[way])
        assert client.state is State.CLOSED
        if way == "close":
            await closed


async def test_a_unix_socket_whose_backlog_is_full_is_tried_again(api, opened, tmp_path):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as full:
        full.bind(path)
        full.listen(0)
        await opened(api.socket(STREAM, family=socket.AF_UNIX)).connect(path)
        client = opened(api.socket(STREAM, family=socket.AF_UNIX))
        waiting = client.connect(path)
        await turns()
        assert client.state is State.CONNECTING
        full.accept()[0].close()
        await waiting


# --- RECEIVE


async def test_receive_gives_what_is_there_and_then_the_end(pair):
    client, server = await pair()
    waiting = server.receive()
    await client.send(b"hello")
    assert await waiting == b"hello"
    await client.send(b"world")
    assert await server.receive(2) == b"wo"
    assert await server.receive_exactly(3) == b"rld"
    await client.close()
    assert await server.receive() == b""
    assert await server.receive_exactly(3) == b""
    assert await server.receive_until(b"\n") == b""
    assert server.state is State.HALF_CLOSED


async def test_lines_that_come_byte_by_byte_are_whole(pair):
    client, server = await pair()
    text = b"first\r\n\r\nlast\r\n"
    for index in range(len(text)):
        await client.send(text[index : index + 1])
    assert [await server.receive_until(b"\r\n") for _ in range(3)] == [b"first\r\n", b"\r\n", b"last\r\n"]


async def test_a_line_without_end_exceeds_its_limit_and_stays(pair):
    client, server = await pair()
    waiting = server.receive_until(b"\n", 10)
    await client.send(b"x" * 11)
    assert isinstance(await failure_of(waiting), LimitExceeded)
    assert isinstance(await failure_of(server.receive_until(b"\n", 10)), LimitExceeded)
    assert await server.receive() == b"x" * 11


async def test_an_end_in_the_middle_is_incomplete(pair):
    client, server = await pair()
    await client.send(b"abc")
    waiting = server.receive_exactly(4)
    await client.close()
    error = await failure_of(waiting)
    assert isinstance(error, IncompleteRead)
    assert error.partial == b"abc"


async def test_two_receives_at_once_are_refused(pair):
    client, server = await pair()
    first = server.receive()
    for second in (server.receive(), server.receive_exactly(1), server.receive_until(b"\n")):
        assert isinstance(await failure_of(second), AlreadyWaiting)
    await client.send(b"x")
    assert await first == b"x"


@pytest.mark.parametrize(
    "wrong", [lambda s: s.receive(0), lambda s: s.receive_exactly(-1), lambda s: s.receive_until(b"")]
)
async def test_a_receive_that_can_never_succeed_is_refused(pair, wrong):
    _, server = await pair()
    assert isinstance(await failure_of(wrong(server)), CallerError)


async def test_a_timeout_loses_nothing(pair):
    client, server = await pair()
    assert isinstance(await failure_of(server.receive(timeout=0.01)), TimedOut)
    await client.send(b"abc")
    assert isinstance(await failure_of(server.receive_exactly(4, timeout=0.01)), TimedOut)
    assert await server.receive(timeout=5) == b"abc"


async def test_a_reset_is_told_after_what_came_before(pair):
    client, server = await pair()
    await client.send(b"last words")
    await until(lambda: len(server._stream._buffer) == 10)
    client.abort()
    await until(lambda: server.state is State.CLOSED)
    assert await server.receive(4) == b"last"
    assert isinstance(await failure_of(server.receive_exactly(99)), ConnectionClosed)
    assert await server.receive() == b" words"
    assert isinstance(await failure_of(server.receive()), ConnectionClosed)
    assert isinstance(await failure_of(server.send(b"x")), ConnectionClosed)
    with pytest.raises(ConnectionClosed):
        server.shutdown()
    await server.close()
    assert isinstance(await failure_of(server.receive()), WrongState)


async def test_a_waiting_receive_hears_of_a_reset_and_of_our_own_close(pair):
    client, server = await pair()
    waiting, ours = server.receive(), client.receive()
    client.abort()
    assert isinstance(await failure_of(waiting), ConnectionClosed)
    assert isinstance(await failure_of(ours), ConnectionClosed)
    client, server = await pair()
    waiting = server.receive()
    await server.close()
    assert isinstance(await failure_of(waiting), ConnectionClosed)


class FakeTransport:
    """A Connection in memory: keeps what is written, and whether it reads."""

    lost: Failure | None = None
    local = peer = ("127.0.0.1", 1)
    immediate = True

    def __init__(self) -> None:
        self.written = b""
        self.reading = True
        self.pieces: list[int] = []

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        assert streaming

    def write(self, data: bytes) -> None:
        self.written += data
        self.pieces.append(len(data))

    def pauseProducing(self) -> None:
        assert self.reading
        self.reading = False

    def resumeProducing(self) -> None:
        assert not self.reading
        self.reading = True


def stream_in_memory(**options: Any) -> tuple[Stream, FakeTransport, Clock]:
    clock, transport = Clock(), FakeTransport()
    stream = Stream(clock, 1, lambda _stream: None, **options)
    stream.makeConnection(transport)
    return stream, transport, clock


def now(deferred: Deferred[Any]) -> Any:
    """The result of a Deferred that has one."""
    results: list[Any] = []
    deferred.addBoth(results.append)
    assert results, "it has not fired"
    return results[0].value if isinstance(results[0], Failure) else results[0]


def test_reading_pauses_above_the_mark_and_resumes_at_half():
    stream, transport, _ = stream_in_memory(high_water=100)
    stream.dataReceived(b"x" * 100)
    assert transport.reading
    stream.dataReceived(b"x")
    assert not transport.reading
    assert now(stream.receive(50)) == b"x" * 50
    assert not transport.reading
    assert now(stream.receive(1)) == b"x"
    assert transport.reading


def test_a_receive_that_needs_more_than_the_mark_gets_it_and_the_mark_falls_back():
    stream, transport, _ = stream_in_memory(high_water=100)
    stream.dataReceived(b"x" * 150)
    assert not transport.reading
    waiting = stream.receive_exactly(1000)
    assert transport.reading
    stream.dataReceived(b"x" * 700)
    assert transport.reading
    waiting.addErrback(lambda failure: failure.trap(CancelledError))
    waiting.cancel()
    assert not transport.reading
    assert now(stream.receive_exactly(850)) == b"x" * 850
    assert transport.reading


def test_a_timeout_of_receive_counts_seconds():
    stream, _, clock = stream_in_memory()
    waiting = stream.receive(timeout=3.0)
    clock.advance(2.9)
    assert not waiting.called
    clock.advance(0.2)
    assert isinstance(now(waiting), TimedOut)
    waiting = stream.receive(timeout=3.0)
    stream.dataReceived(b"in time")
    assert now(waiting) == b"in time"
    assert not clock.getDelayedCalls()


chunks = st.lists(st.binary(min_size=1, max_size=20), max_size=8)
steps = st.lists(
    st.tuples(st.sampled_from(["receive", "exactly", "until"]), st.integers(1, 12), st.booleans()), max_size=20
)


@settings(max_examples=1000, deadline=None)
@given(chunks=chunks, steps=steps)
def test_cancelling_at_any_moment_loses_no_byte(chunks: list[bytes], steps: list[tuple[str, int, bool]]):
    stream, _, _ = stream_in_memory(high_water=16)
    out: list[bytes] = []
    feed = iter(chunks)

    def keep(result: Any) -> None:
        if isinstance(result, bytes):
            out.append(result)
        else:
            assert isinstance(result.value, CancelledError | LimitExceeded)

    for call, size, cancel in steps:
        if call == "receive":
            waiting = stream.receive(size)
        elif call == "exactly":
            waiting = stream.receive_exactly(size)
        else:
            waiting = stream.receive_until(b"\0", size)
        waiting.addBoth(keep)
        if not cancel:
            stream.dataReceived(next(feed, b"")) if waiting.called is False else None
        waiting.cancel()
    for chunk in feed:
        stream.dataReceived(chunk)
    while len(stream._buffer):
        out.append(now(stream.receive()))
    assert b"".join(out) == b"".join(chunks)


# --- SEND


async def test_send_fires_at_once_and_is_on_the_wire(pair):
    client, server = await pair()
    assert client._stream.transport.immediate
    assert client.send(b"hello").called
    assert server._stream.transport.getHandle().recv(99) == b"hello"


async def test_send_waits_while_the_peer_is_slow(pair):
    client, server = await pair()
    server._stream.transport.pauseProducing()
    sending = client.send(BIG)
    behind = client.send(b"tail")
    await turns()
    assert not sending.called
    assert not behind.called
    server._stream.transport.resumeProducing()
    assert await server.receive_exactly(len(BIG) + 4) == BIG + b"tail"
    await sending
    await behind


async def test_cancelling_send_ends_the_waiting_and_not_the_sending(pair):
    client, server = await pair()
    sending = client.send(BIG)
    sending.cancel()
    assert isinstance(await failure_of(sending), CancelledError)
    behind = client.send(b"tail")
    assert await server.receive_exactly(len(BIG) + 4) == BIG + b"tail"
    await behind


async def test_a_lost_connection_wakes_a_waiting_send(pair):
    client, server = await pair()
    sending = client.send(BIG)
    server.abort()
    assert isinstance(await failure_of(sending), ConnectionClosed)
    assert client.state is State.CLOSED


def test_send_goes_in_pieces_and_times_out_only_when_nothing_is_taken():
    stream, transport, clock = stream_in_memory()
    write = transport.write

    def write_and_fill_up(data: bytes) -> None:
        write(data)
        stream.pauseProducing()

    transport.write = write_and_fill_up
    sending = stream.send(b"x" * 200_000, timeout=5)
    assert transport.pieces == [65536]
    clock.advance(4)
    stream.resumeProducing()
    assert transport.pieces == [65536, 65536]
    clock.advance(4)
    assert not sending.called
    clock.advance(5)
    assert isinstance(now(sending), TimedOut)
    while len(transport.written) < 200_000:
        stream.resumeProducing()
    stream.resumeProducing()
    assert transport.written == b"x" * 200_000
    assert not clock.getDelayedCalls()


def test_a_send_that_is_given_a_bytearray_keeps_its_own_copy():
    stream, transport, _ = stream_in_memory()
    stream.pauseProducing()
    data = bytearray(b"hello")
    stream.send(data)  # type: ignore[arg-type]
    data[:] = b"xxxxx"
    stream.resumeProducing()
    assert transport.written == b"hello"


# --- the end


async def test_half_close_in_both_directions(pair):
    client, server = await pair()
    await client.send(b"request")
    client.shutdown()
    assert client.state is State.HALF_CLOSED
    assert isinstance(await failure_of(client.send(b"more")), WrongState)
    with pytest.raises(WrongState):
        client.shutdown()
    assert await server.receive() == b"request"
    assert await server.receive() == b""
    assert server.state is State.HALF_CLOSED
    await server.send(b"late answer")
    assert await client.receive() == b"late answer"
    server.shutdown()
    assert await client.receive() == b""
    await until(lambda: client.state is server.state is State.CLOSED)
    assert await client.receive() == b""


async def test_shutdown_flushes_first(pair):
    client, server = await pair()
    client.send(BIG)
    client.shutdown()
    assert await server.receive_exactly(len(BIG)) == BIG
    assert await server.receive() == b""


async def test_close_flushes_first_and_fires_when_the_socket_is_gone(pair):
    client, server = await pair()
    client.send(BIG)
    closing = client.close()
    assert client.state is State.CLOSED
    await turns()
    assert not closing.called
    assert await server.receive_exactly(len(BIG)) == BIG
    await closing
    assert client.local_address == server.peer_address


async def test_a_peer_that_reads_nothing_cannot_keep_a_closed_socket(pair):
    client, server = await pair()
    server._stream.transport.pauseProducing()
    sending = client.send(BIG)
    await client.close(timeout=0.05)
    assert isinstance(await failure_of(sending), ConnectionClosed)
    server._stream.transport.resumeProducing()
    error = None
    while error is None:
        try:
            assert await server.receive()
        except ConnectionClosed as caught:
            error = caught


async def test_abort_resets(pair):
    client, server = await pair()
    handle = server._stream.transport.getHandle()
    server._stream.transport.pauseProducing()
    client.abort()
    await client.close()
    assert handle.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET


async def test_a_closed_unix_client_leaves_its_bound_path_to_nobody(api, listening, opened, tmp_path):
    listener = listening(address=str(tmp_path / "s"), family=socket.AF_UNIX)
    client = opened(api.socket(STREAM, family=socket.AF_UNIX))
    client.bind(str(tmp_path / "client"))
    await client.connect(listener.local_address)
    opened(await listener.accept())
    await client.close()
    await turns()
    assert not os.path.exists(tmp_path / "client")


def test_a_stream_that_is_cut_without_warning_is_broken_and_one_that_ends_is_not():
    for reason, broken in ((Failure(ConnectionLost()), True),):
        stream, transport, _ = stream_in_memory()
        stream.dataReceived(b"rest")
        transport.lost = reason
        stream.connectionLost(reason)
        assert now(stream.receive()) == b"rest"
        assert isinstance(now(stream.receive()), ConnectionClosed) is broken


# --- TLS


async def test_tls_on_both_sides(pair, server_tls, client_tls):
    client, server = await pair()
    await client.send(b"may I?")
    await server.receive_exactly(6)
    server.start_tls(server_tls)
    client.start_tls(client_tls, server_side=False)
    assert not client._stream.transport.immediate
    await client.send(b"secret")
    assert await server.receive_exactly(6) == b"secret"
    sending = server.send(BIG)
    assert await client.receive_exactly(len(BIG)) == BIG
    await sending
    with pytest.raises(WrongState):
        server.start_tls(server_tls)
    with pytest.raises(WrongState, match="half-close"):
        server.shutdown()
    await server.close()
    assert await client.receive() == b""
    assert isinstance(await failure_of(client.send(b"x")), ConnectionClosed)


async def test_bytes_from_before_tls_are_dropped(pair, server_tls, client_tls):
    client, server = await pair()
    await client.send(b"injected")
    await until(lambda: len(server._stream._buffer))
    server.start_tls(server_tls)
    client.start_tls(client_tls, server_side=False)
    await client.send(b"secret")
    assert await server.receive() == b"secret"


async def test_a_handshake_that_fails_breaks_the_connection(pair, server_tls):
    client, server = await pair()
    server.start_tls(server_tls)
    await client.send(b"this is no TLS record at all\n")
    assert isinstance(await failure_of(server.receive()), ConnectionClosed)
    await client.close()


async def test_tls_waits_for_a_send_that_is_under_way(pair, server_tls):
    client, server = await pair()
    sending = server.send(BIG)
    with pytest.raises(WrongState, match="SEND"):
        server.start_tls(server_tls)
    await client.receive_exactly(len(BIG))
    await sending
