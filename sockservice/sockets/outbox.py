"""What was sent and is not with the transport yet: SEND in pieces, and the calls that wait for a slow peer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import attrs
from twisted.internet.defer import Deferred, succeed

from sockservice.errors import TimedOut

PIECE = 65536
"""How many bytes of a large SEND go to the transport at a time."""


@attrs.define(eq=False)
class _Sender:
    """One SEND that waits, and its timer."""

    deferred: Deferred[None]
    timer: Any = None

    def stop_timer(self) -> None:
        if self.timer is not None and self.timer.active():
            self.timer.cancel()


class Outbox:
    """Hands data to a transport, one transport buffer ahead of the peer.

    Attributes:
        transport: the Connection; set once it is there.
    """

    transport: Any

    def __init__(self, reactor: Any, emptied: Callable[[], object]) -> None:
        """Start empty.

        Args:
            reactor: for timeouts.
            emptied: called each time that the transport has taken and sent everything after a wait.
        """
        self._reactor = reactor
        self._emptied = emptied
        self._queue: deque[memoryview] = deque()
        self._senders: list[_Sender] = []
        self._paused = False
        self._drains = 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits here, nor for the transport's buffer."""
        return not self._queue and not self._paused

    def send(self, data: bytes, timeout: float | None) -> Deferred[None]:
        """Send ``data`` behind what is here; see IStreamSocket."""
        if not self._queue and not self._paused and len(data) <= PIECE:
            self.transport.write(data)
        else:
            self._queue.append(memoryview(bytes(data)))
            self._hand_over()
        if not self._queue and not self._paused:
            return succeed(None)
        sender = _Sender(Deferred(self._cancelled))
        self._senders.append(sender)
        if timeout is not None:
            sender.timer = self._reactor.callLater(timeout, self._timed_out, sender, timeout, self._drains)
        return sender.deferred

    def pause(self) -> None:
        """The transport's buffer is full: the peer is slow."""
        self._paused = True

    def resume(self) -> None:
        """The transport's buffer has drained."""
        self._paused = False
        self._drains += 1
        self._hand_over()
        if not self.idle:
            return
        senders, self._senders = self._senders, []
        for sender in senders:
            sender.stop_timer()
            sender.deferred.callback(None)
        self._emptied()

    def give_up(self, why: Callable[[], Exception]) -> None:
        """The connection is lost: drop what is here and fail those who wait, each with an error of its own."""
        self._paused = False
        self._queue.clear()
        senders, self._senders = self._senders, []
        for sender in senders:
            sender.stop_timer()
            sender.deferred.errback(why())

    def _hand_over(self) -> None:
        while self._queue and not self._paused:
            whole = self._queue[0]
            piece, rest = whole[:PIECE], whole[PIECE:]
            if len(rest):
                self._queue[0] = rest
            else:
                self._queue.popleft()
            self.transport.write(bytes(piece))

    def _cancelled(self, deferred: Deferred[None]) -> None:
        """Nobody waits any more; the sending goes on."""
        for sender in [sender for sender in self._senders if sender.deferred is deferred]:
            self._senders.remove(sender)
            sender.stop_timer()

    def _timed_out(self, sender: _Sender, timeout: float, drains: int) -> None:
        if drains != self._drains:  # the peer took something: it is slow, not stuck
            sender.timer = self._reactor.callLater(timeout, self._timed_out, sender, timeout, self._drains)
            return
        self._senders.remove(sender)
        sender.deferred.errback(
            TimedOut(f"SEND: the peer took nothing for {timeout:g} s; the data is on its way still")
        )
