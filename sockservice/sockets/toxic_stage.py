"""A stage: what one toxic is on one direction of one connection.

A link (:mod:`sockservice.sockets.toxic_link`) is a chain of stages. Each takes bytes from the one before it and gives
them, later or otherwise changed, to the one behind it. The end of the stream travels the same way, behind the bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any, Final, Protocol, TypeAlias

from twisted.internet.interfaces import IReactorTime

from sockservice.sockets.toxic import Toxic

End: TypeAlias = Callable[[], object]
"""The end of a stream on its way; called where it arrives."""

Item: TypeAlias = bytes | memoryview | End
"""What travels: bytes, or the end."""

ROOM: Final = 65536
"""Bytes that a stage holds before the sender is paused, as in Twisted's own transports."""


ITEMS: Final = 4096
"""Pieces that a stage holds before the sender is paused: tiny ones take far more memory than their bytes."""


def size_of(item: Item) -> int:
    """How many bytes an item has."""
    return 0 if callable(item) else len(item)


class Receiver(Protocol):
    """What stands behind a stage: another one, or the way out."""

    def take(self, data: bytes) -> None:
        """Bytes, in order."""

    def end(self, how: End) -> None:
        """The end, behind the bytes."""


class Surroundings(Protocol):
    """What a stage may ask of its link."""

    clock: IReactorTime
    """The reactor's clock."""

    def measure(self) -> None:
        """What the stage holds has changed."""

    def swallow(self, size: int) -> None:
        """So many bytes go nowhere."""

    def close(self) -> None:
        """Close the connection as the end of this direction does."""

    def reset(self) -> None:
        """Reset the connection."""


class Stage:
    """One toxic on one link; by itself it passes everything on.

    Attributes:
        toxic: which.
        held: bytes that wait here.
        room: bytes that may wait here before the sender is paused.
        next: where everything goes on to.
    """

    room = ROOM
    next: Receiver

    def __init__(self, toxic: Toxic, link: Surroundings, random: Random) -> None:
        """Wait for bytes.

        Args:
            toxic: how to disturb.
            link: what this is a part of.
            random: the chances of this toxic on this connection.
        """
        self.toxic = toxic
        self.held = 0
        self._link = link
        self._random = random
        self._timer: Any = None
        self._removed = False

    def _seconds(self, name: str) -> float:
        """An attribute that is in milliseconds, in seconds."""
        return self.toxic.attributes[name] / 1000

    def crowded(self, share: float) -> bool:
        """Whether more waits here than this share of the room."""
        return self.held > self.room * share

    def begin(self) -> None:
        """The connection is there, or was when the toxic was added."""

    def follow(self, before: Any) -> None:
        """Take over from an earlier form of the same toxic, which is removed next."""

    def take(self, data: bytes) -> None:
        """See Receiver."""
        if self._removed:
            self.next.take(data)
        else:
            self._disturb(data)

    def end(self, how: End) -> None:
        """See Receiver."""
        if self._removed:
            self.next.end(how)
        else:
            self._disturb_end(how)

    def remove(self) -> None:
        """The toxic is gone, the connection goes on: disturb no more."""
        self.drop()

    def drop(self) -> None:
        """The connection is over: forget everything, and stop the clock."""
        self._removed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _disturb(self, data: bytes) -> None:
        self.next.take(data)

    def _disturb_end(self, how: End) -> None:
        self.next.end(how)


class HoldingStage(Stage):
    """A stage that holds what came, in order, and lets go of it later."""

    def __init__(self, toxic: Toxic, link: Surroundings, random: Random) -> None:
        super().__init__(toxic, link, random)
        self._queue: deque[tuple[float, Item]] = deque()

    def crowded(self, share: float) -> bool:
        """See Stage."""
        return super().crowded(share) or len(self._queue) > ITEMS * share

    def _hold(self, item: Item, due: float = 0.0) -> None:
        """Put an item behind those that are here, with the time that it is due at."""
        self._queue.append((due, item))
        self.held += size_of(item)

    def _let_go(self) -> None:
        """Pass the first item on."""
        item = self._queue.popleft()[1]
        self.held -= size_of(item)
        self._pass(item)

    def _pass(self, item: Item) -> None:
        if callable(item):
            self.next.end(item)
        else:
            self.next.take(bytes(item))

    def remove(self) -> None:
        """What is held goes on at once: no byte is lost."""
        queue, self._queue = self._queue, deque()
        self.drop()
        for _, item in queue:
            self._pass(item)

    def drop(self) -> None:
        """Forget what is held."""
        super().drop()
        self._queue.clear()
        self.held = 0
