"""A link: one direction of one connection, from its sender through the toxics to its receiver."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

import attrs
from twisted.internet.interfaces import IReactorTime

from sockservice.sockets.toxic import Toxic
from sockservice.sockets.toxic_breaks import Corrupt, Down, LimitData, ResetPeer, Timeout
from sockservice.sockets.toxic_delays import Bandwidth, Latency, Slicer, SlowClose, SlowOpen
from sockservice.sockets.toxic_stage import ITEMS, ROOM, End, Receiver, Stage

STAGES: Final[dict[str, type[Stage]]] = {
    "latency": Latency,
    "bandwidth": Bandwidth,
    "slow_open": SlowOpen,
    "slow_close": SlowClose,
    "timeout": Timeout,
    "reset_peer": ResetPeer,
    "slicer": Slicer,
    "limit_data": LimitData,
    "corrupt": Corrupt,
    "down": Down,
}
"""What each type of toxic is on a link."""

Roll = Callable[[Toxic], Random | None]
"""Decides by its toxicity whether a toxic disturbs a connection: its chances there, or None."""


@attrs.define
class _Part:
    """A toxic and, where it disturbs this connection, its stage."""

    toxic: Toxic
    stage: Stage | None


class Outlet:
    """The way out of a link: holds what comes while the receiver is not ready, and lets nothing in between a delivery.

    Attributes:
        held: bytes that wait here.
        open: whether the receiver is ready.
    """

    def __init__(self, clock: IReactorTime, deliver: Callable[[bytes], object], emptied: Callable[[], object]) -> None:
        """Begin open.

        Args:
            clock: gives the receiver a turn of its own after it has become ready.
            deliver: the receiver.
            emptied: called when something has gone out.
        """
        self.held = 0
        self.open = True
        self._clock = clock
        self._deliver = deliver
        self._emptied = emptied
        self._queue: deque[bytes | End] = deque()
        self._busy = False
        self._timer: Any = None

    def take(self, data: bytes) -> None:
        """See Receiver."""
        self._queue.append(data)
        self.held += len(data)
        self._pass()

    def end(self, how: End) -> None:
        """See Receiver."""
        self._queue.append(how)
        self._pass()

    def crowded(self, share: float) -> bool:
        """Whether more waits here than this share of the room."""
        return self.held > ROOM * share or len(self._queue) > ITEMS * share

    def _pass(self) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            while self.open and self._queue:
                item = self._queue.popleft()
                if callable(item):
                    item()
                else:
                    self.held -= len(item)
                    self._deliver(item)
        finally:
            self._busy = False

    def stop(self) -> None:
        """The receiver is not ready."""
        self.open = False

    def start(self) -> None:
        """The receiver is ready; it gets what waits in the reactor's next turn, never inside of this call."""
        self.open = True
        if self._queue and self._timer is None:
            self._timer = self._clock.callLater(0, self._pass_later)

    def _pass_later(self) -> None:
        self._timer = None
        self._pass()
        self._emptied()

    def drop(self) -> None:
        """The connection is over: forget what waits."""
        self._queue.clear()
        self.held = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class ToxicLink:
    """The toxics of one direction, as a chain of stages.

    Attributes:
        clock: the reactor's.
        outlet: the way out.
        full: whether the sender is to pause: more waits than there is room for, until half of that is gone.
    """

    def __init__(
        self,
        clock: IReactorTime,
        deliver: Callable[[bytes], object],
        *,
        close: End,
        reset: Callable[[], object],
        flow: Callable[[], object],
    ) -> None:
        """Begin without a toxic.

        Args:
            clock: the reactor's.
            deliver: gets the bytes that come through.
            close: closes the connection, as the end of this direction does.
            reset: resets it.
            flow: called when ``full`` has changed.
        """
        self.clock = clock
        self.outlet = Outlet(clock, deliver, self.measure)
        self.full = False
        self._close = close
        self._reset = reset
        self._flow = flow
        self._parts: dict[str, _Part] = {}
        self._first: Receiver = self.outlet
        self._begun = False
        self._ended = False
        self._cut = False
        self._dropped = False
        self._swallowed = 0
        self._turn: Any = None

    # --- from the sender

    def begin(self) -> None:
        """The connection is there."""
        self._begun = True
        for stage in self._stages():
            stage.begin()

    def take(self, data: bytes) -> None:
        """Bytes; behind an end there are none."""
        if self._ended:
            self.swallow(len(data))
        else:
            self._first.take(data)
        self.measure()

    def end(self, how: End) -> None:
        """The end; ``how`` is called where it arrives."""
        self._ended = True
        if not self._dropped:
            self._first.end(how)

    # --- for the stages

    def close(self) -> None:
        """Close the connection now; what the stages hold is lost, and the sender is paused for good."""
        self._ended = self._cut = True
        self._close()
        self.measure()

    def reset(self) -> None:
        """Reset the connection."""
        self._ended = self._cut = True
        self._reset()
        self.measure()

    def swallow(self, size: int) -> None:
        """Bytes that go nowhere: a sender that never stops is paused for a turn of the reactor now and then."""
        self._swallowed += size
        if self._swallowed > ROOM and self._turn is None and not self._dropped:
            self._turn = self.clock.callLater(0, self._next_turn)

    def _next_turn(self) -> None:
        self._turn, self._swallowed = None, 0
        self.measure()

    def measure(self) -> None:
        """Find out whether the sender is to pause or to go on, and tell if that has changed."""
        share = 0.5 if self.full else 1.0
        full = self._cut or self._turn is not None or self.outlet.crowded(share)
        full = full or any(stage.crowded(share) for stage in self._stages())
        if full is not self.full:
            self.full = full
            self._flow()

    # --- the toxics

    @property
    def down(self) -> bool:
        """Whether there is to be no connection at all."""
        return any(isinstance(stage, Down) for stage in self._stages())

    def _stages(self) -> list[Stage]:
        return [part.stage for part in self._parts.values() if part.stage is not None]

    def apply(self, toxics: Sequence[Toxic], roll: Roll) -> None:
        """Have these toxics from now on; those that are here already and the same go on undisturbed.

        What a toxic holds that is gone or has changed goes on at once, behind what is before it.

        Args:
            toxics: of this direction, in order.
            roll: decides which of the new ones disturb this connection.
        """
        before = self._parts
        stay = [toxic.name for toxic in toxics if toxic.name in before and before[toxic.name].toxic == toxic]
        if stay != [name for name in before if name in stay]:
            stay = []  # bytes of one must not overtake those of another
        self._parts = {
            toxic.name: before[toxic.name] if toxic.name in stay else self._part(toxic, roll) for toxic in toxics
        }
        for name, part in reversed(before.items()):
            if name not in stay and part.stage is not None:
                now = self._parts[name].stage if name in self._parts else None
                if type(now) is type(part.stage):
                    now.follow(part.stage)
                part.stage.remove()
        receiver: Receiver = self.outlet
        for stage in reversed(self._stages()):
            stage.next = receiver
            receiver = stage
        self._first = receiver
        for name, part in list(self._parts.items()):
            if self._begun and name not in stay and part.stage is not None:
                part.stage.begin()
        self.measure()

    def _part(self, toxic: Toxic, roll: Roll) -> _Part:
        random = roll(toxic)
        return _Part(toxic, None if random is None else STAGES[toxic.type](toxic, self, random))

    def drop(self) -> None:
        """The connection is over: forget everything, and stop all clocks."""
        self._ended = self._dropped = True
        for stage in self._stages():
            stage.drop()
        self._parts = {}
        self._first = self.outlet
        self.outlet.drop()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
