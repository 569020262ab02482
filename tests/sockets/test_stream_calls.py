"""SEND, RECEIVE, CLOSE and TLS of connected stream sockets, over real connections."""

from __future__ import annotations

import errno
import os
import socket

import pytest
from loopback import BIG, failure_of, turns, until
from twisted.internet.defer import CancelledError

from sockservice.errors import (
    AlreadyWaiting,
    CallerError,
    ConnectionClosed,
    IncompleteRead,
    LimitExceeded,
    TimedOut,
    WrongState,
)
from sockservice.interfaces import STREAM, State

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
    assert await server.receive(timeout=60) == b"abc"


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
