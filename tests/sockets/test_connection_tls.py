"""A Connection under TLS: nothing may go past the encryption, and nothing may keep it from closing."""

from __future__ import annotations

import socket
from typing import Any

from loopback import BIG, Pushing, Recorder, RecorderFactory, until
from twisted.internet import reactor, tcp
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import (
    ISSLTransport,
)
from twisted.internet.threads import deferToThread

from sockservice.sockets import ConnectionFactory


class Greeting(Pushing):
    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.write(b"plain greeting")

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        if data == b"tls please":
            self.transport.startTLS(self.factory.context)
            assert ISSLTransport.providedBy(self.transport)
            assert not self.transport.immediate
            self.transport.write(b"secret answer")


def spy_on(address: Any, exchange: Any) -> Deferred[Any]:
    """Run ``exchange(socket)`` in a thread with blocking calls."""

    def run() -> Any:
        with socket.create_connection(address, timeout=60) as sock:
            return exchange(sock)

    return deferToThread(run)


async def test_after_start_tls_only_tls_records_go_out(listening, server_tls):
    factory = RecorderFactory(Greeting)
    factory.context = server_tls
    listener = listening(factory)

    def exchange(sock: socket.socket) -> tuple[bytes, bytes]:
        import ssl

        greeting = sock.recv(100)
        sock.sendall(b"tls please")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing)
        raw = b""
        while True:
            try:
                tls.do_handshake()
                text = tls.read(100)
                break
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                data = sock.recv(65536)
                raw += data
                incoming.write(data)
        assert text == b"secret answer"
        return greeting, raw

    greeting, raw = await spy_on(listener.local_address, exchange)
    assert greeting == b"plain greeting"
    assert raw[0] == 22  # the content type of a TLS handshake record
    assert b"secret" not in raw
    await until(lambda: not listener.connections.connections)


async def test_under_a_tls_endpoint_nothing_is_written_past_tls(api, server_tls, client_tls, connected):
    from twisted.internet.endpoints import wrapServerTLS

    class Hello(Recorder):
        def connectionMade(self) -> None:
            assert not isinstance(self.transport.transport, tcp.Connection)
            assert ISSLTransport.providedBy(self.transport)
            assert not self.transport.immediate
            self.transport.write(b"over tls")
            self.transport.loseConnection()

    factory = ConnectionFactory(RecorderFactory(Hello), api=api)
    port = await wrapServerTLS(server_tls, TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")).listen(factory)
    factory.attach(port)
    client = await connected(("127.0.0.1", port.getHost().port))
    client.start_tls(client_tls, server_side=False)
    assert await client.receive_exactly(8) == b"over tls"
    assert await client.receive() == b""
    await until(lambda: not factory.connections)
    await port.stopListening()


async def test_a_paused_push_producer_does_not_keep_tls_open(api, server_tls, client_tls, connected):
    from twisted.internet.endpoints import wrapServerTLS

    factory = ConnectionFactory(RecorderFactory(Pushing), api=api)
    port = await wrapServerTLS(server_tls, TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")).listen(factory)
    client = await connected(("127.0.0.1", port.getHost().port))
    client.start_tls(client_tls, server_side=False)
    await client.send(b"x")
    await until(lambda: factory.connections)
    (connection,) = factory.connections
    await until(lambda: connection.protocol.received == b"x")
    connection.write(BIG)
    await until(lambda: "pause" in connection.protocol.events)
    connection.loseConnection()
    size = 0
    while data := await client.receive():
        size += len(data)
    assert size == len(BIG)
    await until(lambda: not factory.connections)
    await port.stopListening()
