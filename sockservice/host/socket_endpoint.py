"""A bound stream socket of ours as a Twisted endpoint, so that TLS and PROXY can be put around it."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from zope.interface import implementer

from sockservice.sockets import ConnectionFactory, SocketAPI


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

    def __init__(self, reactor: Any, socket: Any, backlog: int) -> None:
        self._reactor = reactor
        self._socket = socket
        self._backlog = backlog

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """LISTEN. Around a layer of TLS or PROXY goes a Connection too, for writes at once, but it is not traced."""
        factory = protocolFactory
        if not isinstance(factory, ConnectionFactory):
            untraced = SocketAPI(self._reactor)
            factory = ConnectionFactory(factory, api=untraced, number=self._socket.number)
        self._socket.listen(factory=factory, backlog=self._backlog)
        return succeed(ListeningSocket(self._socket))
