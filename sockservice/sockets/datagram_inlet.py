"""What the reactor's UDP port talks to, for a datagram socket: no more at a stretch than others can wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.protocol import DatagramProtocol

BURST = 64
"""After this many datagrams in one turn of the reactor the others have theirs: the reactor's own bound, 256 KiB a turn,
is a third of a second of tiny datagrams, and no bound for empty ones."""


class Inlet(DatagramProtocol):
    """Hands on what a UDP port tells: to the socket's queue, or to a protocol that was put in its place.

    Args:
        received: called with each datagram and its sender.
        refused: called when the peer's machine says that nobody receives there.
        stopped: called when the port has closed.
    """

    noisy = False

    def __init__(
        self,
        received: Callable[[bytes, Any], object],
        refused: Callable[[], object],
        stopped: Callable[[], object],
    ) -> None:
        self.received = received
        self.refused = refused
        self.stopped = stopped
        self._left = BURST

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """A datagram from the port."""
        self._left -= 1
        if not self._left:
            self._left = BURST
            self._end_turn()
        self.received(datagram, addr)

    def _end_turn(self) -> None:
        """Have the port read no more until the reactor has come round."""
        port: Any = self.transport
        usual = port.maxThroughput
        port.maxThroughput = 0
        port.reactor.callLater(0, setattr, port, "maxThroughput", usual)

    def connectionRefused(self) -> None:
        """A datagram that was sent has been refused."""
        self.refused()

    def stopProtocol(self) -> None:
        """The port has closed."""
        self.stopped()
