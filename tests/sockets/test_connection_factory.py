from __future__ import annotations

import socket
from typing import Any

import pytest
from loopback import Recorder, RecorderFactory, turns, until
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory

from sockservice.errors import ConnectionClosed
from sockservice.interfaces import State
from sockservice.sockets import ConnectionFactory, connection_factory


async def test_every_open_connection_is_known_with_its_beginning_and_end(api, listening, connected):
    opened_ones: list[Any] = []
    closed_ones: list[Any] = []
    factory = ConnectionFactory(RecorderFactory(), api=api, opened=opened_ones.append, closed=closed_ones.append)
    listener = listening(factory)
    assert listener.connections is factory
    assert factory.number == listener.number
    first = await connected(listener.local_address)
    second = await connected(listener.local_address)
    await until(lambda: len(factory.connections) == 2)
    assert set(opened_ones) == factory.connections
    assert {connection.peer for connection in factory.connections} == {first.local_address, second.local_address}
    assert len({connection.number for connection in factory.connections}) == 2
    assert all(0 <= reactor.seconds() - connection.opened < 5 for connection in factory.connections)
    await first.close()
    await until(lambda: len(factory.connections) == 1)
    assert closed_ones == [opened_ones[0]]


async def test_a_refused_client_gets_the_last_word_even_while_it_talks(api, listening, connected):
    asked: list[Any] = []

    def admit(peer: Any) -> bytes | None:
        asked.append(peer)
        return None if len(asked) == 1 else b"Too many connections"

    factory = ConnectionFactory(RecorderFactory(), api=api, admit=admit)
    listener = listening(factory)
    welcome = await connected(listener.local_address)
    refused = await connected(listener.local_address)
    await refused.send(b"let me in " * 1000)
    assert await refused.receive_exactly(20) == b"Too many connections"
    assert await refused.receive() == b""
    assert asked == [welcome.local_address, refused.local_address]
    assert len(factory.connections) == 1
    await refused.close()


async def test_a_refusal_without_a_word_closes(api, listening, connected):
    listener = listening(ConnectionFactory(RecorderFactory(), api=api, admit=lambda _peer: b""))
    refused = await connected(listener.local_address)
    assert await refused.receive() == b""


async def test_a_refused_client_that_stays_is_reset(api, listening, connected, monkeypatch):
    monkeypatch.setattr(connection_factory, "REFUSAL_LINGER", 0.02)
    listener = listening(ConnectionFactory(RecorderFactory(), api=api, admit=lambda _peer: b"no"))
    refused = await connected(listener.local_address)
    assert await refused.receive() == b"no"
    assert await refused.receive() == b""

    def is_reset() -> bool:
        refused.send(b"still here").addErrback(lambda failure: failure.trap(ConnectionClosed))
        return refused.state is State.CLOSED

    await until(is_reset)


async def test_a_factory_that_wants_no_client_closes_it(listening, connected):
    class Nobody(Factory):
        noisy = False

        def buildProtocol(self, addr: Any) -> None:
            return None

    client = await connected(listening(Nobody()).local_address)
    assert await client.receive() == b""


async def test_a_factory_that_fails_is_logged_and_the_next_client_is_served(listening, connected, logged_errors):
    class Moody(RecorderFactory):
        moods = iter([ValueError("bad mood"), None])

        def buildProtocol(self, addr: Any) -> Any:
            mood = next(self.moods)
            if mood:
                raise mood
            return super().buildProtocol(addr)

    factory = Moody()
    listener = listening(factory)
    first = await connected(listener.local_address)
    assert await first.receive() == b""
    (event,) = logged_errors.flush()
    assert "peer" in event
    await connected(listener.local_address)
    await until(lambda: factory.built)


@pytest.mark.parametrize("way", ["socket", "endpoint"])
async def test_pausing_leaves_the_very_next_client_in_the_backlog(api, listening, way):
    class Sequential(Recorder):
        def connectionMade(self) -> None:
            super().connectionMade()
            pause()

    inner = RecorderFactory(Sequential)
    factory = ConnectionFactory(inner, api=api)
    port = None
    if way == "socket":
        listener = listening(factory)
        address = listener.local_address
        pause, resume = listener.pause_accepting, listener.resume_accepting
    else:
        port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
        factory.attach(port)
        address = ("127.0.0.1", port.getHost().port)
        pause, resume = factory.pause_accepting, factory.resume_accepting
    clients = [socket.create_connection(address) for _ in range(10)]
    for served in range(1, 11):
        await until(lambda count=served: len(inner.built) == count)
        await turns(20)
        assert len(inner.built) == served  # the nine others wait, however often the reactor came round
        clients[served - 1].close()
        await until(lambda: not factory.connections)
        resume()
    if port is not None:
        await port.stopListening()


async def test_pausing_for_two_reasons_needs_both_to_go(listening, connected):
    factory = RecorderFactory()
    listener = listening(factory)
    inside = listener.connections.listener
    inside.pause("one")
    inside.pause("another")
    inside.resume("one")
    assert inside.paused
    await connected(listener.local_address)
    await turns(20)
    assert not factory.built
    inside.resume("another")
    await until(lambda: factory.built)
