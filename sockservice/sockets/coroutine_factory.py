"""A service written as a coroutine, run over any transport: one call of it for each connection."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.errors import PeerError
from sockservice.sockets.stream import Stream

if TYPE_CHECKING:
    from sockservice.sockets.api import SocketAPI
    from sockservice.sockets.stream_socket import StreamSocket


@implementer(IProtocolFactory)
class CoroutineFactory:
    """A Twisted factory out of ``async def serve(connection)``.

    The connection is closed when the coroutine ends. What the peer does wrong (a PeerError) ends it quietly; any
    other exception is the service's own, is logged once and resets the connection. A lost connection wakes the
    coroutine at the call that waits for it.

    Args:
        serve: given each connected StreamSocket.
        api: the SocketAPI.
    """

    noisy = False
    _log = Logger()

    def __init__(self, serve: Callable[[Any], Coroutine[Any, Any, Any]], api: SocketAPI) -> None:
        self._serve = serve
        self._api = api

    def doStart(self) -> None:
        """A port with this factory opens."""

    def doStop(self) -> None:
        """A port with this factory has closed."""

    def buildProtocol(self, addr: object) -> Stream:  # noqa: ARG002 - Twisted's signature
        """A stream, whose coroutine starts once it is connected."""
        return Stream(self._api.reactor, self._api.next_number(), self._connected)

    def _connected(self, stream: Stream) -> None:
        connection = self._api.connected_socket(stream)
        running = Deferred.fromCoroutine(self._serve(connection))
        running.addCallbacks(lambda _: connection.close(), self._failed, errbackArgs=(connection,))
        running.addErrback(lambda failure: self._log.failure("closing {connection}", failure, connection=connection))

    def _failed(self, failure: Failure, connection: StreamSocket) -> Deferred[None] | None:
        if isinstance(failure.value, PeerError):
            self._log.debug("{connection}: {error}", connection=connection, error=failure.getErrorMessage())
            return connection.close()
        name = getattr(self._serve, "__qualname__", repr(self._serve))
        self._log.failure("{service} failed on {connection}", failure, service=name, connection=connection)
        connection.abort()
        return None
