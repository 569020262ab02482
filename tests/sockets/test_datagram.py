from __future__ import annotations

import itertools
import socket
from typing import Any

import pytest
from loopback import LOOPBACK, turns, until
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.protocol import DatagramProtocol
from zope.interface.verify import verifyObject

from sockservice.errors import (
    AlreadyWaiting,
    CallerError,
    ConnectFailed,
    ConnectionClosed,
    ConnectionRefused,
    LimitExceeded,
    ListenError,
    PermissionMissing,
    TimedOut,
    WrongState,
)
from sockservice.interfaces import DATAGRAM, IDatagramSocket, State
from sockservice.sockets.datagram_inlet import BURST
from sockservice.sockets.states import DATAGRAM_RULES


@pytest.fixture
def datagrams(api, opened):
    """``datagrams()`` is a socket bound to a free port of 127.0.0.1."""

    def make(address: Any = LOOPBACK, **options: Any) -> Any:
        sock = opened(api.socket(DATAGRAM, **options))
        sock.bind(address)
        return sock

    return make


CALLS = {
    "BIND": lambda sock: sock.bind(LOOPBACK),
    "LISTEN": lambda sock: sock.listen(),
    "ACCEPT": lambda sock: sock.accept(),
    "CONNECT": lambda sock: sock.connect(("127.0.0.1", 1)),
    "SEND": lambda sock: sock.send(b"x"),
    "SEND_TO": lambda sock: sock.send_to(b"x", ("127.0.0.1", 1)),
    "RECEIVE": lambda sock: sock.receive(timeout=0.01),
    "JOIN_GROUP": lambda sock: sock.join_group("239.1.2.3", "127.0.0.1"),
    "SERVE": lambda sock: sock.serve(DatagramProtocol()),
}


@pytest.mark.parametrize("state", [State.UNBOUND, State.BOUND, State.CONNECTED, State.CLOSED])
@pytest.mark.parametrize("call", CALLS)
async def test_a_call_in_the_wrong_state_is_refused(api, opened, call, state):
    if state in DATAGRAM_RULES[call]:
        return
    sock = opened(api.socket(DATAGRAM))
    verifyObject(IDatagramSocket, sock)
    if state is not State.UNBOUND:
        sock.bind(LOOPBACK)
    if state is State.CONNECTED:
        await sock.connect(("127.0.0.1", 9))
    if state is State.CLOSED:
        await sock.close()
    assert sock.state is state
    with pytest.raises(WrongState, match=f"{call} .*{state.name}"):
        await CALLS[call](sock)
    assert sock.state is state


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
async def test_datagrams_carry_their_sender(api, opened, datagrams, family):
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    server = datagrams((host, 0), family=family)
    client = opened(api.socket(DATAGRAM, family=family))
    await client.send_to(b"hello", server.local_address)  # binds it
    assert client.state is State.BOUND
    data, sender = await server.receive_from()
    assert (data, sender[0], sender[1]) == (b"hello", host, client.local_address[1])
    await server.send_to(b"answer", sender)
    assert await client.receive() == b"answer"


async def test_an_empty_datagram_arrives(datagrams):
    one, other = datagrams(), datagrams()
    await one.send_to(b"", other.local_address)
    assert await other.receive() == b""


async def test_a_connected_socket_hears_its_peer_alone(datagrams):
    server, client, stranger = datagrams(), datagrams(), datagrams()
    await stranger.send_to(b"early", client.local_address)
    await until(lambda: client._queue)
    await client.connect(server.local_address)
    assert client.state is State.CONNECTED
    assert client.peer_address == server.local_address
    await stranger.send_to(b"late", client.local_address)
    await client.send(b"question")
    assert await server.receive() == b"question"
    await server.send_to(b"answer", client.local_address)
    assert await client.receive() == b"answer"


async def test_connecting_an_unbound_socket_binds_it_to_the_right_address(api, opened, datagrams):
    client = opened(api.socket(DATAGRAM))
    await client.connect(datagrams().local_address)
    assert client.local_address[0] == "127.0.0.1"


async def test_a_peer_where_nobody_receives_refuses(datagrams):
    client, gone = datagrams(), datagrams()
    await client.connect(gone.local_address)
    await gone.close()
    waiting = client.receive()
    await client.send(b"anyone?")
    with pytest.raises(ConnectionRefused):
        await waiting
    await client.send(b"anyone?")
    await until(lambda: client._error)
    with pytest.raises(ConnectionRefused):
        await client.receive()


async def test_the_oldest_are_dropped_and_counted(api, datagrams):
    server, client = datagrams(), datagrams()
    server._max_queue = 3
    for number in range(5):
        await client.send_to(b"%d" % number, server.local_address)
    await until(lambda: server.dropped == 2)
    assert [await server.receive() for _ in range(3)] == [b"2", b"3", b"4"]


async def test_only_one_receive_waits_and_cancelling_it_loses_nothing(datagrams):
    server, client = datagrams(), datagrams()
    waiting = server.receive()
    with pytest.raises(AlreadyWaiting):
        await server.receive_from()
    waiting.cancel()
    with pytest.raises(CancelledError):
        await waiting
    with pytest.raises(TimedOut):
        await server.receive(timeout=0.01)
    await client.send_to(b"x", server.local_address)
    assert await server.receive(timeout=5) == b"x"


async def test_close_wakes_a_waiting_receive(datagrams):
    server = datagrams()
    waiting = server.receive()
    first, second = server.close(), server.close()
    with pytest.raises(ConnectionClosed):
        await waiting
    await first
    await second
    assert server.local_address[1] > 0


async def test_a_datagram_that_is_too_large_is_refused(datagrams):
    one, other = datagrams(), datagrams()
    await one.send_to(b"x" * 65507, other.local_address)
    assert len(await other.receive()) == 65507
    with pytest.raises(LimitExceeded, match="65508"):
        await one.send_to(b"x" * 65508, other.local_address)


@pytest.mark.parametrize(
    ("address", "error"),
    [
        (("localhost", 9), CallerError),
        (("::1", 9), CallerError),
        ("/a/path", CallerError),
        (("255.255.255.255", 9), PermissionMissing),
    ],
)
async def test_an_address_that_cannot_be_sent_to_says_why(datagrams, address, error):
    with pytest.raises(error):
        await datagrams().send_to(b"x", address)


async def test_connecting_to_what_is_no_address_fails_and_leaves_the_socket(datagrams):
    sock = datagrams()
    with pytest.raises(ConnectFailed):
        await sock.connect(("::1", 9))
    assert sock.state is State.BOUND


async def test_broadcast_on_the_loopback_network(api, opened):
    receiver = opened(api.socket(DATAGRAM))
    receiver.bind(("127.255.255.255", 0))
    sender = opened(api.socket(DATAGRAM, broadcast=True))
    sender.bind(LOOPBACK)
    await sender.send_to(b"to all", receiver.local_address)
    assert await receiver.receive(timeout=5) == b"to all"


async def test_a_group_is_heard_between_join_and_leave(api, opened):
    receiver = opened(api.socket(DATAGRAM))
    receiver.bind(("239.255.43.21", 0))
    await receiver.join_group("239.255.43.21", "127.0.0.1")
    sender = opened(api.socket(DATAGRAM))
    sender.bind(LOOPBACK)
    sender._port.getHandle().setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    await sender.send_to(b"to the group", receiver.local_address)
    assert await receiver.receive(timeout=5) == b"to the group"
    await receiver.leave_group("239.255.43.21", "127.0.0.1")
    await sender.send_to(b"to nobody", receiver.local_address)
    with pytest.raises(TimedOut):
        await receiver.receive(timeout=0.05)


async def test_an_ipv6_group_is_joined_on_the_interface_with_an_address(api, opened):
    receiver = opened(api.socket(DATAGRAM, family=socket.AF_INET6))
    receiver.bind(("::", 0))
    await receiver.join_group("ff01::4321", "::1")
    await receiver.leave_group("ff01::4321", "::1")


@pytest.mark.parametrize(
    ("group", "interface", "error"),
    [
        ("database.example", "", CallerError),
        ("239.1.2.3", "lo", CallerError),
        ("127.0.0.1", "", ListenError),
        ("239.1.2.3", "192.0.2.1", ListenError),
    ],
)
async def test_a_group_that_cannot_be_joined_says_why(datagrams, group, interface, error):
    with pytest.raises(error):
        await datagrams().join_group(group, interface)
    with pytest.raises(ListenError, match="left"):
        await datagrams().leave_group("239.1.2.3", "127.0.0.1")


class Upper(DatagramProtocol):
    """Answers in capitals."""

    noisy = False
    stopped = False

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.refused: Deferred[None] = Deferred()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self.seen.append(datagram)
        self.transport.write(datagram.upper(), addr)

    def connectionRefused(self) -> None:
        self.refused.callback(None)

    def stopProtocol(self) -> None:
        self.stopped = True


async def test_a_twisted_protocol_is_served_with_what_waited_first(datagrams):
    server, client = datagrams(), datagrams()
    await client.send_to(b"early", server.local_address)
    await until(lambda: server._queue)
    protocol = Upper()
    server.serve(protocol)
    await client.send_to(b"late", server.local_address)
    assert [await client.receive(), await client.receive()] == [b"EARLY", b"LATE"]
    assert protocol.seen == [b"early", b"late"]
    with pytest.raises(WrongState, match="protocol gets"):
        await server.receive()
    with pytest.raises(WrongState, match="in use"):
        server.serve(Upper())
    await server.close()
    assert protocol.stopped


async def test_a_served_protocol_hears_of_a_refusal(datagrams):
    client, gone = datagrams(), datagrams()
    await client.connect(gone.local_address)
    await gone.close()
    protocol = Upper()
    client.serve(protocol)
    protocol.transport.write(b"anyone?")
    await protocol.refused


async def test_a_protocol_that_fails_at_one_datagram_gets_the_next(datagrams, logged_errors):
    class Fails(Upper):
        def datagramReceived(self, datagram: bytes, addr: Any) -> None:
            if datagram == b"bad":
                raise ValueError(datagram)
            super().datagramReceived(datagram, addr)

    server, client = datagrams(), datagrams()
    server.serve(Fails())
    await client.send_to(b"bad", server.local_address)
    await client.send_to(b"good", server.local_address)
    assert await client.receive() == b"GOOD"
    await turns()
    assert len(logged_errors.flush()) == 1


@pytest.mark.parametrize("datagram", [b"", b"x"])
async def test_a_flood_of_small_datagrams_leaves_the_others_their_turn(datagrams, datagram):
    server = datagrams()
    server.serve(protocol := Upper())
    seen = [0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(200):
            client.sendto(datagram, server.local_address)
        while seen[-1] < 200:
            await turns(1)
            seen.append(len(protocol.seen))
    assert max(now - before for before, now in itertools.pairwise(seen)) == BURST
