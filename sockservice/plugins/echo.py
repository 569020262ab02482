"""echo: sends back what it is sent (RFC 862). Streams by a Twisted factory, datagrams by a DatagramProtocol."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import DatagramProtocol, Factory, Protocol, connectionDone
from twisted.plugin import IPlugin
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.interfaces import IDatagramService, IHost, IStreamService
from sockservice.plugins._loops import would_loop


@implementer(IHalfCloseableProtocol)
class EchoProtocol(Protocol):
    """One stream of echoes. It reads no faster than the peer takes its echo."""

    transport: Any
    """What carries it: an ITransport that is an IConsumer too."""

    def connectionMade(self) -> None:
        """Let the transport pause its own reading while what it has to write waits."""
        self.transport.registerProducer(self.transport, True)

    def dataReceived(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)

    def readConnectionLost(self) -> None:
        """The peer has said all: send the rest of its echo, then close."""
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Nothing to do: we never end our direction alone."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """Stop reading for a peer that is gone."""
        self.transport.unregisterProducer()


class EchoFactory(Factory):
    """Makes an :class:`EchoProtocol` for each connection."""

    protocol = EchoProtocol
    noisy = False


class EchoDatagrams(DatagramProtocol):
    """Answers each datagram with itself."""

    noisy = False

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """Send it back, unless its sender would do the same."""
        assert self.transport is not None
        if not would_loop(addr[1], self.transport.getHost().port):
            self.transport.write(datagram, addr)


@implementer(IPlugin, IStreamService, IDatagramService)
class Echo:
    """The plugin."""

    name = "echo"
    summary = "sends back what it is sent (RFC 862)"
    default_port = 7
    options = None

    def stream_factory(self, host: IHost) -> EchoFactory:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IStreamService`."""
        return EchoFactory()

    def datagram_protocol(self, host: IHost) -> EchoDatagrams:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IDatagramService`."""
        return EchoDatagrams()


echo = Echo()
