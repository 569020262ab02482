"""chargen: sends characters without end (RFC 864).

Over a stream by a pull producer: the next lines are made when the last ones have left, so that neither a slow peer
fills our memory nor a quick one keeps the reactor from everybody else. Over datagrams, each one is answered with
one of 0 to 512 characters.
"""

from __future__ import annotations

import random
from typing import Any, Final

from twisted.internet.interfaces import IPullProducer
from twisted.internet.protocol import DatagramProtocol, Factory, Protocol, connectionDone
from twisted.plugin import IPlugin
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.interfaces import IDatagramService, IFinishingProtocol, IHost, IStreamService
from sockservice.plugins._loops import would_loop

CHARACTERS: Final = bytes(range(0x20, 0x7F))
"""The 95 printing ASCII characters, of which the RFC recommends a moving window."""

LINE_LENGTH: Final = 72
"""How many characters stand in a line, its end not counted (RFC 864, "popular pattern")."""

LARGEST_DATAGRAM: Final = 512
"""The most characters in an answer to a datagram (RFC 864, "UDP Based Character Generator Service")."""

PATTERN: Final = b"".join(
    (CHARACTERS + CHARACTERS)[start : start + LINE_LENGTH] + b"\r\n" for start in range(len(CHARACTERS))
)
"""95 lines, after which the pattern repeats: 7,030 bytes."""


@implementer(IPullProducer, IFinishingProtocol)
class ChargenProtocol(Protocol):
    """One stream of characters; what the peer sends is thrown away."""

    transport: Any
    """What carries it: an ITransport that is an IConsumer too."""

    def connectionMade(self) -> None:
        """Be asked for lines each time that the last ones have left."""
        self.transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        """Send the pattern once more."""
        self.transport.write(PATTERN)

    def stopProducing(self) -> None:
        """Nothing to do: whoever calls it asks no more."""

    def finish(self) -> None:
        """A stream without end ends here."""
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """The peer has had enough."""
        self.transport.unregisterProducer()


class ChargenFactory(Factory):
    """Makes a :class:`ChargenProtocol` for each connection."""

    protocol = ChargenProtocol
    noisy = False


class ChargenDatagrams(DatagramProtocol):
    """Answers each datagram with 0 to 512 characters."""

    noisy = False

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:  # noqa: ARG002
        """Send as many characters as chance has it, unless the sender would answer them."""
        assert self.transport is not None
        if not would_loop(addr[1], self.transport.getHost().port):
            length = random.randint(0, LARGEST_DATAGRAM)  # noqa: S311 (nothing is kept secret by it)
            self.transport.write(PATTERN[:length], addr)


@implementer(IPlugin, IStreamService, IDatagramService)
class Chargen:
    """The plugin."""

    name = "chargen"
    summary = "sends characters without end (RFC 864)"
    default_port = 19
    options = None

    def stream_factory(self, host: IHost) -> ChargenFactory:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IStreamService`."""
        return ChargenFactory()

    def datagram_protocol(self, host: IHost) -> ChargenDatagrams:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IDatagramService`."""
        return ChargenDatagrams()


chargen = Chargen()
