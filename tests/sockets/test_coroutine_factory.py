from __future__ import annotations

from typing import Any

import pytest
from loopback import turns, until
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, wrapServerTLS

from sockservice.errors import ConnectionClosed
from sockservice.interfaces import STREAM, State
from sockservice.sockets import ConnectionFactory, CoroutineFactory


@pytest.fixture
def served(api, listening, connected):
    """``await served(coroutine_function)`` is a listening socket that serves it, and a client."""

    async def make(serve: Any) -> tuple[Any, Any]:
        listener = listening(CoroutineFactory(serve, api))
        return listener, await connected(listener.local_address)

    return make


async def shout(connection: Any) -> None:
    while line := await connection.receive_until(b"\n"):
        await connection.send(line.upper())


async def test_the_connection_is_served_and_closed_when_the_coroutine_ends(served):
    async def once(connection: Any) -> None:
        await connection.send((await connection.receive_until(b"\n")).upper())

    listener, client = await served(once)
    await client.send(b"hello\nworld\n")
    assert await client.receive_exactly(6) == b"HELLO\n"
    assert await client.receive() == b""
    await until(lambda: not listener.connections.connections)


async def test_an_answer_still_reaches_a_client_that_has_ended_its_stream(served):
    _, client = await served(shout)
    await client.send(b"late\n")
    client.shutdown()
    assert await client.receive() == b"LATE\n"
    assert await client.receive() == b""


async def test_what_the_peer_does_wrong_ends_it_quietly(served):
    listener, client = await served(shout)
    await client.send(b"no end of line")
    client.shutdown()  # in the middle of a line
    assert await client.receive() == b""
    await until(lambda: not listener.connections.connections)


async def test_its_own_mistake_is_logged_once_and_resets(served, logged_errors):
    async def broken(connection: Any) -> None:
        await connection.receive()
        raise ValueError("a mistake")

    _, client = await served(broken)
    await client.send(b"x")
    with pytest.raises(ConnectionClosed):
        await client.receive()
    (event,) = logged_errors.flush()
    assert "broken" in event["log_format"] or "broken" in event["service"]


async def test_a_lost_connection_wakes_the_coroutine(served):
    ended: Deferred[BaseException] = Deferred()

    async def waits(connection: Any) -> None:
        try:
            await connection.receive()
        except ConnectionClosed as error:
            ended.callback(error)
            raise

    _, client = await served(waits)
    await turns()
    client.abort()
    assert isinstance(await ended, ConnectionClosed)


async def test_a_host_that_finishes_an_idle_connection_gets_it_closed_at_once(served):
    listener, client = await served(shout)
    await client.send(b"one\n")
    assert await client.receive() == b"ONE\n"
    (connection,) = listener.connections.connections
    connection.finish()
    assert await client.receive() == b""
    await connection.when_closed()


async def test_a_host_that_finishes_a_busy_connection_lets_it_answer_first(served):
    go: Deferred[None] = Deferred()

    async def slow(connection: Any) -> None:
        while line := await connection.receive_until(b"\n"):
            await go
            await connection.send(line)

    listener, client = await served(slow)
    await client.send(b"one\ntwo\n")
    await turns(20)
    (connection,) = listener.connections.connections
    connection.finish()
    await turns()
    assert connection.lost is None
    go.callback(None)
    assert await client.receive_exactly(8) == b"one\ntwo\n"
    assert await client.receive() == b""


async def test_a_coroutine_runs_over_tls(api, connected, server_tls, client_tls):
    factory = ConnectionFactory(CoroutineFactory(shout, api), api=api)
    endpoint = wrapServerTLS(server_tls, TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1"))
    port = await endpoint.listen(factory)
    client = await connected(("127.0.0.1", port.getHost().port))
    client.start_tls(client_tls, server_side=False)
    await client.send(b"secret\n")
    assert await client.receive() == b"SECRET\n"
    await client.close()
    await until(lambda: not factory.connections)
    await port.stopListening()


async def test_the_coroutine_is_given_a_connected_socket(served):
    seen: list[Any] = []

    async def look(connection: Any) -> None:
        seen.append((connection.state, connection.peer_address, connection.local_address))

    _, client = await served(look)
    assert await client.receive() == b""
    assert seen == [(State.CONNECTED, client.local_address, client.peer_address)]
    assert STREAM
