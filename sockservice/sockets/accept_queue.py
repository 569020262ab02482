"""ACCEPT without a factory: clients stay in the kernel's backlog until somebody accepts them, one at a time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IProtocolFactory
from zope.interface import implementer

from sockservice.errors import AlreadyWaiting, TimedOut
from sockservice.sockets.listener import Listener
from sockservice.sockets.stream import Stream

if TYPE_CHECKING:
    from sockservice.sockets.api import SocketAPI
    from sockservice.sockets.stream_socket import StreamSocket

_NOBODY = "no accept waits"


@implementer(IProtocolFactory)
class AcceptQueue:
    """The factory behind LISTEN where none was given, and the call that waits.

    Attributes:
        listener: paused while no accept waits; set right after the port is open.
    """

    listener: Listener

    def __init__(self, api: SocketAPI) -> None:
        self._api = api
        self._ready: deque[StreamSocket] = deque()
        self._waiting: Deferred[Any] | None = None
        self._timer: Any = None

    def start(self, listener: Listener) -> None:
        """The port is open; leave clients in the backlog until the first accept."""
        self.listener = listener
        listener.pause(_NOBODY)

    def accept(self, timeout: float | None) -> Deferred[Any]:
        """The next client; see IStreamSocket."""
        if self._waiting is not None:
            return fail(AlreadyWaiting("ACCEPT: another accept is waiting on this socket; await it first"))
        if self._ready:
            return succeed(self._ready.popleft())
        waiting: Deferred[Any] = Deferred(self._cancelled)
        self._waiting = waiting
        if timeout is not None:
            self._timer = self._api.reactor.callLater(timeout, self._timed_out, timeout)
        self.listener.resume(_NOBODY)
        return waiting

    def fail_waiting(self, error: Exception) -> None:
        """End the accept that waits, and reset the clients that nobody accepted."""
        waiting = self._end_wait()
        if waiting is not None:
            waiting.errback(error)
        while self._ready:
            self._ready.popleft().abort()

    def _end_wait(self) -> Deferred[Any] | None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self.listener.pause(_NOBODY)
        waiting, self._waiting = self._waiting, None
        return waiting

    def _cancelled(self, _deferred: Deferred[Any]) -> None:
        self._end_wait()

    def _timed_out(self, timeout: float) -> None:
        waiting = self._end_wait()
        assert waiting is not None
        waiting.errback(TimedOut(f"ACCEPT: nobody connected within {timeout:g} s; the socket listens on"))

    def _connected(self, stream: Stream) -> None:
        accepted = self._api.connected_socket(stream)
        waiting = self._end_wait()
        if waiting is not None:
            waiting.callback(accepted)
        else:
            self._ready.append(accepted)

    # --- as a Twisted factory

    def doStart(self) -> None:
        """The port opens."""

    def doStop(self) -> None:
        """The port has closed."""

    def buildProtocol(self, addr: object) -> Stream:  # noqa: ARG002 - Twisted's signature
        """A stream for the next client."""
        return Stream(self._api.reactor, self._api.next_number(), self._connected)
