"""A bound stream socket of ours as a Twisted endpoint, so that TLS and PROXY can be put around it."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from zope.interface import implementer

from sockservice.sockets import ConnectionFactory, SocketAPI
from sockservice.sockets.toxics import Toxics


@implementer(IListeningPort)
class ListeningSocket:
    """A listening stream socket of ours as a Twisted port."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    def startListening(self) -> None:
        """Nothing to do: it listens."""

    def stopListening(self) -> Deferred[None]:
        """CLOSE."""
        closed: Deferred[None] = self.socket.close()
        return closed

    def getHost(self) -> Any:
        """The socket's address, as the standard library has it."""
        return self.socket.local_address


@implementer(IStreamServerEndpoint)
class SocketEndpoint:
    """A bound stream socket of ours as a Twisted endpoint, so that TLS and PROXY can be put around it."""

    def __init__(self, reactor: Any, socket: Any, backlog: int, toxics: Toxics | None = None) -> None:
        """Listen on ``socket``.

        Args:
            reactor: the reactor.
            socket: bound, or adopted.
            backlog: how many clients may wait.
            toxics: what disturbs the connections.
        """
        self._reactor = reactor
        self._socket = socket
        self._backlog = backlog
        self._toxics = toxics

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """LISTEN. Around a layer of TLS or PROXY goes a Connection too, for writes at once, but it is not traced."""
        factory = lowest_factory(protocolFactory, self._reactor, self._toxics, self._socket.number)
        self._socket.listen(factory=factory, backlog=self._backlog)
        return succeed(ListeningSocket(self._socket))


def lowest_factory(
    factory: IProtocolFactory, reactor: Any, toxics: Toxics | None, number: int | None = None
) -> ConnectionFactory:
    """The factory that is right above the transports of a port: where its connections can be disturbed.

    Args:
        factory: what the port was given; one of ours already, or a layer of TLS or PROXY around one.
        reactor: the reactor.
        toxics: what disturbs the connections.
        number: of the listening socket, where it is one of ours.
    """
    lowest = factory
    if not isinstance(lowest, ConnectionFactory):
        lowest = ConnectionFactory(factory, api=SocketAPI(reactor), number=number)
    if toxics is not None:
        toxics.watch(lowest)
    return lowest
