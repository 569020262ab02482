"""A listening port whose accepting can be paused for real, and which pauses by itself when descriptors run out.

Twisted accepts in batches: ``port.pauseProducing()`` takes effect at the next wake-up, and by then up to
``port.numberAccepts`` more clients (100 at first) have been taken out of the backlog. Here one wake-up accepts one
client, so that a pause leaves the very next one to the kernel, where it waits its turn.
"""

from __future__ import annotations

import os
import resource
import socket
from typing import Any

from twisted.internet import tcp
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IListeningPort
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from sockservice.sockets.addresses import from_twisted, show
from sockservice.sockets.binding import PathIdentity

RETRY = 1.0
"""Seconds between two looks for a free descriptor while accepting is paused for want of one."""

EPISODE = 60.0
"""Seconds without a shortage after which the next one is news for the log."""


def descriptor_ceiling() -> int:
    """The descriptor number from which on no more clients are accepted.

    What lies between it and the limit (an eighth, at most 64) stays free for files, databases and logs.
    """
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return 2**31
    return soft - min(64, max(4, soft // 8))


class Listener:
    """A listening port, and the reasons for which it does not accept at the moment.

    Attributes:
        port: the Twisted port.
    """

    _log = Logger()

    def __init__(self, reactor: Any, port: IListeningPort, path: PathIdentity | None = None) -> None:
        """Take over a port that was just opened, before the reactor has accepted from it.

        Args:
            reactor: the reactor.
            port: what ``listenTCP``, ``adoptStreamPort`` or an endpoint's ``listen`` gave.
            path: the Unix path that is ours to remove at the end; None where there is none, or it is another's.
        """
        self.port = port
        self._reactor = reactor
        self._path = path
        self._tcp: Any = port if isinstance(port, tcp.Port) else None
        self._reasons: set[str] = set()
        self._ceiling = descriptor_ceiling()
        self._retry: Any = None
        self._stopped = False
        self._last_short: float | None = None  # when descriptors last were short
        if self._tcp is not None:
            self._tcp.numberAccepts = 1

    @property
    def paused(self) -> bool:
        """Whether clients wait in the backlog."""
        return bool(self._reasons)

    def pause(self, reason: str = "asked") -> None:
        """Accept nobody from now on; who connects waits in the kernel's backlog.

        Args:
            reason: a word; several reasons may hold at once, and accepting resumes when the last is gone.
        """
        if not self._reasons and self._tcp is not None:
            self._tcp.pauseProducing()
        self._reasons.add(reason)

    def resume(self, reason: str = "asked") -> None:
        """Drop one reason; without any left, accept again."""
        self._reasons.discard(reason)
        if not self._reasons and self._tcp is not None and not self._stopped and self._tcp.connected:
            self._tcp.resumeProducing()

    def accepted(self, transport: Any) -> None:
        """Called for each connection of this port, when it is made."""
        if self._tcp is None:
            return
        # Twisted sets it to the number just accepted, at least 1, when the wake-up is over; equal, it adds 20.
        self._tcp.numberAccepts = 0
        fileno = getattr(transport, "fileno", None)  # layers above the OS socket pass it on; what has none is no socket
        descriptor = -1 if fileno is None else fileno()
        if descriptor >= self._ceiling and self._retry is None:
            self._tell_once()
            self.pause("descriptors")
            self._retry = self._reactor.callLater(RETRY, self._look_again)

    def connection_closed(self) -> None:
        """Called when a connection of this port has ended: its descriptor may be what the next client needs."""
        if self._retry is not None and self._descriptor_free():
            self._retry.cancel()
            self._recover()

    def stop(self) -> Deferred[None]:
        """Stop listening and close; connections live on. Our own Unix path goes, nobody else's does."""
        self._stopped = True
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        ours = self._path is not None and self._path.still_there()
        if ours or self._tcp is None or self._tcp.addressFamily != socket.AF_UNIX:
            stopped: Deferred[Any] = maybeDeferred(self.port.stopListening)
            return stopped
        # The Unix port would remove whatever is at the path now, or stay open where there is nothing.
        self._tcp.disconnecting = True
        self._tcp.stopReading()
        done = Failure(ConnectionDone())  # type: ignore[no-untyped-call, unused-ignore]
        return deferLater(self._reactor, 0, tcp.Port.connectionLost, self._tcp, done)

    def _tell_once(self) -> None:
        """One line for each time of shortage, however often it pauses and recovers in it."""
        now = self._reactor.seconds()
        last, self._last_short = self._last_short, now
        if last is None or now - last > EPISODE:
            self._log.warn(
                "{address} is out of file descriptors (limit {limit}, see `ulimit -n`): clients wait until one is free",
                address=show(from_twisted(self.port.getHost())),
                limit=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
            )

    def _look_again(self) -> None:
        if self._descriptor_free():
            self._recover()
        else:
            self._retry = self._reactor.callLater(RETRY, self._look_again)

    def _recover(self) -> None:
        self._retry = None
        self.resume("descriptors")

    def _descriptor_free(self) -> bool:
        """Whether the next descriptor, which is always the lowest free one, is below the ceiling."""
        try:
            descriptor = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        os.close(descriptor)
        return descriptor < self._ceiling
