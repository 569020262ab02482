"""The life of a stream socket: SOCKET, BIND, LISTEN, ACCEPT and CONNECT, and what is refused when."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from loopback import LOOPBACK, RecorderFactory, failure_of, turns, until
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred
from zope.interface.verify import verifyObject

from sockservice.errors import (
    AlreadyWaiting,
    CallerError,
    ConnectFailed,
    ConnectionClosed,
    ConnectionRefused,
    TimedOut,
    WrongState,
)
from sockservice.interfaces import DATAGRAM, STREAM, ISocketAPI, IStreamSocket, State
from sockservice.sockets import SocketAPI
from sockservice.sockets.states import STREAM_RULES

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


async def test_a_unix_backlog_is_as_long_as_asked(listening, tmp_path):
    listener = listening(address=str(tmp_path / "s"), family=socket.AF_UNIX)
    clients = [socket.socket(socket.AF_UNIX) for _ in range(100)]
    for client in clients:
        client.setblocking(False)
        client.connect(listener.local_address)  # raises BlockingIOError where the backlog is full
    for client in clients:
        client.close()


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
    assert opened(await listener.accept(timeout=60)).peer_address == client.local_address


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
