from __future__ import annotations

from typing import Any

import pytest
from loopback import Recorder, RecorderFactory, until
from twisted.internet import reactor
from twisted.internet.protocol import DatagramProtocol
from zope.interface import implementer

from sockservice.errors import ConnectionRefused, WrongState
from sockservice.interfaces import DATAGRAM, STREAM, ISocketObserver, SocketCall
from sockservice.sockets import CoroutineFactory, SocketAPI, Trace
from sockservice.sockets.connection import Connection
from sockservice.sockets.trace import OPERATIONS, show_data


@implementer(ISocketObserver)
class Watching:
    """Keeps every call."""

    def __init__(self) -> None:
        self.calls: list[SocketCall] = []

    def socket_call(self, call: SocketCall) -> None:
        assert call.operation in OPERATIONS[call.call]
        assert call.duration >= 0
        self.calls.append(call)

    def of(self, number: int) -> list[tuple[str, str]]:
        return [(call.call, call.outcome) for call in self.calls if call.number == number]


@pytest.fixture
def watching():
    return Watching()


@pytest.fixture
def api(watching):
    return SocketAPI(reactor, watching)


class Echo(Recorder):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


async def test_a_factory_service_is_seen_call_by_call(watching, listening, connected):
    listener = listening(RecorderFactory(Echo))
    client = await connected(listener.local_address)
    await client.send(b"hello")
    assert await client.receive() == b"hello"
    await client.close()
    await until(lambda: not listener.connections.connections)
    port = listener.local_address[1]
    assert watching.of(listener.number) == [
        ("SOCKET", "ok"),
        ("BIND", f"127.0.0.1:{port}"),
        ("LISTEN", "ok"),
        ("ACCEPT", f"#3 from 127.0.0.1:{client.local_address[1]}"),
    ]
    assert watching.of(3) == [("RECEIVE", "5 bytes 'hello'"), ("SEND", "5 bytes"), ("CLOSE", "ok")]
    assert watching.of(client.number) == [
        ("SOCKET", "ok"),
        ("CONNECT", "ok"),
        ("SEND", "5 bytes"),
        ("RECEIVE", "5 bytes 'hello'"),
        ("CLOSE", "ok"),
    ]
    closed = next(call for call in watching.calls if (call.number, call.call) == (3, "CLOSE"))
    assert (closed.arguments, closed.operation) == ("by the peer", "connectionLost")
    sent = next(call for call in watching.calls if call.call == "SEND")
    assert (sent.arguments, sent.operation) == ("'hello'", "transport.writeSomeData")


async def test_a_coroutine_service_is_seen_once_and_not_twice(api, watching, listening, connected):
    async def shout(connection: Any) -> None:
        while line := await connection.receive_until(b"\n"):
            await connection.send(line.upper())

    listener = listening(CoroutineFactory(shout, api))
    client = await connected(listener.local_address)
    await client.send(b"a\n")
    assert await client.receive() == b"A\n"
    await client.close()
    await until(lambda: ("CLOSE", "ok") in watching.of(3))
    assert watching.of(3) == [
        ("RECEIVE", "2 bytes 'a\\n'"),
        ("SEND", "2 bytes"),
        ("RECEIVE", "end of stream"),
        ("CLOSE", "ok"),
    ]
    assert [call for call, _ in watching.of(listener.number)] == ["SOCKET", "BIND", "LISTEN", "ACCEPT"]
    assert {call.number for call in watching.calls} == {listener.number, client.number, 3}


async def test_accept_shutdown_abort_and_failures_are_seen(api, watching, listening, connected, opened):
    listener = listening()
    client = await connected(listener.local_address)
    server = await listener.accept()
    assert ("ACCEPT", f"#{server.number} from 127.0.0.1:{client.local_address[1]}") in watching.of(listener.number)
    client.shutdown()
    client.abort()
    client.abort()
    assert [call for call, _ in watching.of(client.number)] == ["SOCKET", "CONNECT", "CLOSE", "CLOSE"]
    await server.close()
    await server.close()
    assert [call for call, _ in watching.of(server.number)] == ["CLOSE"]
    stranger = opened(api.socket(STREAM))
    with pytest.raises(WrongState):
        stranger.listen()
    assert watching.of(stranger.number)[-1][1].startswith("WrongState: LISTEN")
    with pytest.raises(ConnectionRefused):
        await stranger.connect(("127.0.0.1", 1))
    assert watching.of(stranger.number)[-1][1].startswith("ConnectionRefused: ")
    waiting = listener.accept()
    waiting.addErrback(lambda _: None)
    waiting.cancel()
    assert watching.of(listener.number)[-1] == ("ACCEPT", "cancelled")
    await listener.close()
    await listener.close()
    closes = [call for call in watching.calls if (call.number, call.call) == (listener.number, "CLOSE")]
    assert [call.operation for call in closes] == ["port.stopListening"]


async def test_datagram_calls_and_served_protocols_are_seen(api, watching, opened):
    class Upper(DatagramProtocol):
        noisy = False

        def datagramReceived(self, datagram: bytes, addr: Any) -> None:
            assert self.transport.getHost().port
            self.transport.write(datagram.upper(), addr)

    server, client = opened(api.socket(DATAGRAM)), opened(api.socket(DATAGRAM))
    server.bind(("127.0.0.1", 0))
    server.serve(Upper())
    await client.connect(server.local_address)
    await client.send(b"hi")
    assert await client.receive() == b"HI"
    await client.close()
    await server.close()
    assert watching.of(server.number)[2:] == [
        ("RECEIVE", f"2 bytes 'hi' from 127.0.0.1:{client.local_address[1]}"),
        ("SEND", "2 bytes"),
        ("CLOSE", "ok"),
    ]
    assert [call for call, _ in watching.of(client.number)] == ["SOCKET", "BIND", "CONNECT", "SEND", "RECEIVE", "CLOSE"]


async def test_an_observer_that_raises_hurts_nobody(listening, connected, logged_errors):
    class Raises:
        def socket_call(self, call: SocketCall) -> None:
            raise ValueError(call)

    api = SocketAPI(reactor, Raises())
    sock = api.socket(STREAM)
    sock.bind(("127.0.0.1", 0))
    assert sock.local_address
    await sock.close()
    assert len(logged_errors.flush()) == 3


async def test_without_an_observer_the_plain_classes_are_used(opened):
    api = SocketAPI(reactor)
    listener = opened(api.socket(STREAM))
    listener.bind(("127.0.0.1", 0))
    factory = RecorderFactory()
    listener.listen(factory=factory)
    client = opened(api.socket(STREAM))
    await client.connect(listener.local_address)
    await until(lambda: factory.built)
    assert type(factory.built[0].transport) is Connection


def test_a_line_shows_the_call_and_what_it_became():
    lines: list[str] = []
    trace = Trace(lines.append)
    trace.socket_call(SocketCall(7, "SEND", "'x'", "transport.write", "1 bytes", 10.0, 0.0125))
    trace.socket_call(SocketCall(12, "RECEIVE", "at most 9", "dataReceived", "end of stream", 10.0, 1.5))
    assert lines[0].split() == ["#7", "SEND", "'x'", "->", "transport.write", "1", "bytes", "12.500", "ms"]
    assert lines[0].index("->") == lines[1].index("->")
    assert len(lines[0]) == len(lines[1])


def test_data_is_shown_as_text_and_cut():
    assert show_data(b"a.\r\n\x00\xff") == r"'a.\r\n··'"
    assert show_data(b"x" * 27) == "'" + "x" * 27 + "'"
    assert show_data(b"x" * 1000) == "'" + "x" * 27 + "'…"
