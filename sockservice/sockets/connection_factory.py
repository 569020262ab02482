"""The factory that puts a Connection around each protocol of an application's factory.

It works under any Twisted endpoint. What a host may want to decide about clients, it decides here, once a client
and never per byte: refuse one with a last word, look after it while it is open, or hold the next ones back with
:meth:`ConnectionFactory.pause_accepting`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    ITCPTransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.interfaces import Address
from sockservice.sockets.addresses import from_twisted, show
from sockservice.sockets.binding import PathIdentity
from sockservice.sockets.connection import Connection
from sockservice.sockets.listener import Listener
from sockservice.sockets.observed_connection import ObservedConnection
from sockservice.sockets.stream import Stream

if TYPE_CHECKING:
    from sockservice.sockets.api import SocketAPI
    from sockservice.sockets.toxics import Toxics

Admit = Callable[[Address], bytes | None]
"""Asked for each client: None lets it in, bytes refuse it and are its last word (``b""`` for none)."""

REFUSAL_LINGER = 1.0
"""Seconds that a refused client has to read the refusal; closing with its bytes unread would reset it away."""


@implementer(IHalfCloseableProtocol)
class Refusal(Protocol):
    """Sends a last word, ends the stream, and closes when the client has, or soon after."""

    def __init__(self, word: bytes, reactor: Any) -> None:
        self._word = word
        self._reactor = reactor
        self._timer: Any = None

    def connectionMade(self) -> None:
        """Say it and end our direction; what the client still sends is dropped."""
        self._timer = self._reactor.callLater(REFUSAL_LINGER, self._give_up)
        assert self.transport is not None
        if self._word:
            self.transport.write(self._word)
            self.transport.loseWriteConnection()  # type: ignore[attr-defined]
        else:
            self.transport.loseConnection()

    def readConnectionLost(self) -> None:
        """The client has read it all and closed."""
        assert self.transport is not None
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; wait for the client's."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002 - Twisted's signature
        """Over."""
        if self._timer.active():
            self._timer.cancel()

    def _give_up(self) -> None:
        assert self.transport is not None
        self.transport.abortConnection()  # type: ignore[attr-defined]


class Reset(Protocol):
    """Resets its connection before a byte of it: what a client meets where nothing is."""

    def connectionMade(self) -> None:
        """Reset."""
        assert self.transport is not None
        self.transport.abortConnection()  # type: ignore[attr-defined]


@implementer(IProtocolFactory)
class ConnectionFactory:
    """Wraps an application's factory; its protocols get a :class:`Connection` as their transport.

    Attributes:
        api: the SocketAPI that numbers and observes.
        number: the number of the listening socket.
        connections: those open now; refused ones are not among them.
        toxics: what disturbs them on the wire, where this factory is the lowest of a service's port.
    """

    noisy = False
    _log = Logger()

    def __init__(
        self,
        factory: IProtocolFactory,
        *,
        api: SocketAPI,
        number: int | None = None,
        no_delay: bool = True,
        admit: Admit | None = None,
        opened: Callable[[Connection], object] | None = None,
        closed: Callable[[Connection], object] | None = None,
        observe_accept: bool = True,
    ) -> None:
        """Wrap ``factory``.

        Args:
            factory: the application's.
            api: the SocketAPI.
            number: the listening socket's number; a new one by default.
            no_delay: TCP_NODELAY on each TCP connection, so that answers go out at once.
            admit: asked for each client before its protocol is built.
            opened: called with each connection before its protocol sees it.
            closed: called with each connection after its protocol saw its end.
            observe_accept: False where the ACCEPT call reports itself.
        """
        self.api = api
        self.number = api.next_number() if number is None else number
        self.connections: set[Connection] = set()
        self.listener: Listener | None = None
        self.toxics: Toxics | None = None
        self._factory = factory
        self._no_delay = no_delay
        self._admit = admit
        self._opened = opened
        self._closed = closed
        self._observer = api.observer if observe_accept else None

    def attach(self, port: IListeningPort, path: PathIdentity | None = None) -> Listener:
        """Say which port this factory serves, right after an endpoint's ``listen``, so that it can be paused.

        Args:
            port: the port.
            path: as for :class:`Listener`; sockets of the Socket API give theirs.

        Returns:
            The port's Listener.
        """
        self.listener = Listener(self.api.reactor, port, path)
        return self.listener

    def pause_accepting(self) -> None:
        """Leave further clients in the kernel's backlog, from the very next one on. Needs a port: ``attach``."""
        if self.listener is not None:
            self.listener.pause()

    def resume_accepting(self) -> None:
        """Take clients again."""
        if self.listener is not None:
            self.listener.resume()

    def doStart(self) -> None:
        """A port with this factory opens."""
        self._factory.doStart()

    def doStop(self) -> None:
        """A port with this factory has closed."""
        self._factory.doStop()

    def logPrefix(self) -> str:
        """What the application's factory is called in the log."""
        return type(self._factory).__name__

    def buildProtocol(self, addr: IAddress | None) -> IProtocol:
        """ACCEPT: the application's protocol in a Connection, or the refusal of this client.

        A refusal is a protocol too, never None: a TLS layer above could not take None.
        """
        layer = None if self.toxics is None else self.toxics.layer()
        if layer is not None and layer.down:
            return Connection(Reset(), self, self.api.next_number())
        connection = self._connection(addr)
        return connection if layer is None else layer.under(connection)

    def _connection(self, addr: IAddress | None) -> Connection:
        peer = from_twisted(addr if addr is not None else IPv4Address("TCP", "0.0.0.0", 0))  # noqa: S104
        word = self._admit(peer) if self._admit is not None else None
        protocol: Any = None
        if word is None:
            try:
                protocol = self._factory.buildProtocol(addr)  # type: ignore[arg-type]
            except Exception:
                self._log.failure("the service failed to build a protocol for {peer}", peer=show(peer))
        if protocol is None:
            protocol = Refusal(word or b"", self.api.reactor)
        if isinstance(protocol, Stream):
            return Connection(protocol, self, protocol.number)
        kind = Connection if self.api.observer is None else ObservedConnection
        return kind(protocol, self, self.api.next_number())

    def connection_made(self, connection: Connection) -> None:
        """Called by each connection before its protocol sees it."""
        if self._no_delay and ITCPTransport.providedBy(connection.transport):
            connection.setTcpNoDelay(True)
        if self.listener is not None:
            self.listener.accepted(connection.transport)
        if self._observer is not None:
            outcome = f"#{connection.number} from {show(connection.peer)}"
            self.api.emit(self.number, "ACCEPT", "", "factory.buildProtocol", outcome)
        if not isinstance(connection.protocol, (Refusal, Reset)):
            self.connections.add(connection)
            if self._opened is not None:
                self._opened(connection)

    def connection_lost(self, connection: Connection) -> None:
        """Called by each connection after its protocol saw its end."""
        if connection in self.connections:
            self.connections.remove(connection)
            if self._closed is not None:
                self._closed(connection)
        if self.listener is not None:
            self.listener.connection_closed()
