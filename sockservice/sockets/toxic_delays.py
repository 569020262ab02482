"""The toxics of streams that lose no byte: they only take time."""

from __future__ import annotations

from typing import Final

from sockservice.sockets.toxic_stage import End, HoldingStage, Item, size_of

LATENCY_ROOM: Final = 1024 * 1024
"""Bytes that latency holds before the sender is paused, so that it delays and does not throttle: at 100 ms 10 MB/s."""

PIECE: Final = 0.1
"""Seconds that a slow line takes for one piece; Toxiproxy's too."""


class DelayingStage(HoldingStage):
    """Passes each item on at a time that is known when it comes, but never before those that came before it."""

    def _pass_after(self, delay: float, item: Item) -> None:
        """Pass an item on after ``delay`` seconds, or later, behind those that are here."""
        self._hold(item, self._link.clock.seconds() + delay)
        if self._timer is None:
            self._let_go_of_due()

    def _disturb(self, data: bytes) -> None:
        self._pass_after(0.0, data)

    def _disturb_end(self, how: End) -> None:
        self._pass_after(0.0, how)

    def _let_go_of_due(self) -> None:
        now = self._link.clock.seconds()
        while self._queue and self._queue[0][0] <= now:
            self._let_go()
        if self._queue and self._timer is None:
            self._timer = self._link.clock.callLater(self._queue[0][0] - now, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._let_go_of_due()
        self._link.measure()


class Latency(DelayingStage):
    """``latency``: all bytes come ``latency`` ± ``jitter`` later; the end comes right behind them."""

    room = LATENCY_ROOM

    def _disturb(self, data: bytes) -> None:
        jitter = self._seconds("jitter")
        self._pass_after(max(0.0, self._seconds("latency") + self._random.uniform(-jitter, jitter)), data)


class SlowOpen(DelayingStage):
    """``slow_open``: the first bytes of a connection wait for ``delay``, and what comes behind waits with them."""

    _opened = False

    def follow(self, before: SlowOpen) -> None:
        """A connection opens only once."""
        self._opened = before._opened

    def _disturb(self, data: bytes) -> None:
        self._pass_after(0.0 if self._opened else self._seconds("delay"), data)
        self._opened = True


class SlowClose(DelayingStage):
    """``slow_close``: the end comes ``delay`` later."""

    def _disturb_end(self, how: End) -> None:
        self._pass_after(self._seconds("delay"), how)


class PacedStage(HoldingStage):
    """Passes everything on in pieces, each in a turn of the reactor of its own, so that each is sent by itself.

    Pieces are cut off when their time has come: a large write in tiny pieces takes no more memory than itself.
    """

    _free_at = 0.0
    """When the next piece may begin."""

    def _piece(self) -> int:
        """How many bytes the next piece may have, at least 1."""
        raise NotImplementedError

    def _due(self, size: int, begins: float) -> float:
        """When a piece that begins then goes on, in seconds of the clock; sets when the next one may begin.

        Args:
            size: its bytes.
            begins: in seconds of the clock.
        """
        raise NotImplementedError

    def _disturb(self, data: bytes) -> None:
        self._hold(memoryview(data))
        self._begin_at_once()

    def _disturb_end(self, how: End) -> None:
        self._hold(how)
        self._begin_at_once()

    def _begin_at_once(self) -> None:
        self._go_on(max(self._link.clock.seconds(), self._free_at))

    def _go_on(self, begins: float) -> None:
        while self._timer is None and self._queue:
            size = min(size_of(self._queue[0][1]), self._piece())
            if size:
                wait = self._due(size, begins) - self._link.clock.seconds()
                self._timer = self._link.clock.callLater(max(0.0, wait), self._pass_piece, size)
            else:
                self._let_go()

    def _pass_piece(self, size: int) -> None:
        self._timer = None
        whole = self._queue[0][1]
        assert isinstance(whole, memoryview)
        if size < len(whole):
            self._queue[0] = (0.0, whole[size:])
            self.held -= size
            self.next.take(bytes(whole[:size]))
        else:
            self._let_go()
        self._go_on(self._free_at)  # not from now: what clocks ring too late does not add up
        self._link.measure()


class Bandwidth(PacedStage):
    """``bandwidth``: a line that takes its time for each byte, ``rate`` thousands of them a second."""

    def _piece(self) -> int:
        return max(1, int(self._bytes_per_second * PIECE))

    def _due(self, size: int, begins: float) -> float:
        self._free_at = begins + size / self._bytes_per_second
        return self._free_at

    @property
    def _bytes_per_second(self) -> float:
        return self.toxic.attributes["rate"] * 1000


class Slicer(PacedStage):
    """``slicer``: pieces of ``average_size`` ± ``size_variation`` bytes, ``delay`` microseconds apart."""

    def _piece(self) -> int:
        variation = int(self.toxic.attributes["size_variation"])
        return int(self.toxic.attributes["average_size"]) + self._random.randint(-variation, variation)

    def _due(self, size: int, begins: float) -> float:  # noqa: ARG002 - the sizes do not matter
        self._free_at = begins + self.toxic.attributes["delay"] / 1_000_000
        return begins
