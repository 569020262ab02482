"""The toxics of streams that break something: bytes are missing or wrong, or the connection ends."""

from __future__ import annotations

from math import log, log1p
from typing import Final

from sockservice.sockets.toxic_stage import End, Stage

NEVER: Final = 10**18
"""More bytes than any connection carries."""


class Timeout(Stage):
    """``timeout``: no byte gets through, and the connection is closed after ``timeout``, or never where that is 0.

    The time runs from the toxic's first moment on the connection. When the toxic is removed the connection is closed
    too, since bytes are missing from it.
    """

    def begin(self) -> None:
        """The time runs from here."""
        if self._seconds("timeout"):
            self._timer = self._link.clock.callLater(self._seconds("timeout"), self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self._link.close()

    def _disturb(self, data: bytes) -> None:
        self._link.swallow(len(data))

    def follow(self, before: Timeout) -> None:
        """The new time takes the place of the one that runs; nothing is closed."""
        before.drop()

    def remove(self) -> None:
        """Close."""
        if not self._removed:
            self.drop()
            self._link.close()


class ResetPeer(Stage):
    """``reset_peer``: the connection is reset ``timeout`` after its first byte or end; none of them gets through."""

    def _disturb(self, data: bytes) -> None:
        self._link.swallow(len(data))
        self._reset_later()

    def _disturb_end(self, how: End) -> None:  # noqa: ARG002 - there is no other end than the reset
        self._reset_later()

    def _reset_later(self) -> None:
        if self._timer is None:
            self._timer = self._link.clock.callLater(self._seconds("timeout"), self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self._link.reset()

    def follow(self, before: ResetPeer) -> None:
        """Where the time runs already, the new one runs in its place."""
        if before._timer is not None:
            before.drop()
            self._reset_later()

    def remove(self) -> None:
        """Where bytes are missing already, reset at once."""
        missing = self._timer is not None
        self.drop()
        if missing:
            self._link.reset()


class LimitData(Stage):
    """``limit_data``: the connection is closed behind the byte with the number ``bytes``."""

    _passed = 0
    _over = False

    def follow(self, before: LimitData) -> None:
        """What has passed still counts."""
        self._passed, self._over = before._passed, before._over

    def _disturb(self, data: bytes) -> None:
        left = max(0, int(self.toxic.attributes["bytes"]) - self._passed)
        fits = data[:left]
        if fits and not self._over:
            self._passed += len(fits)
            self.next.take(fits)
        self._link.swallow(len(data) - len(fits))
        if left <= len(data) and not self._over:
            self._over = True
            self.next.end(self._link.close)


class Corrupt(Stage):
    """``corrupt``: each byte becomes another one with the probability ``rate``.

    Which ones those are depends on the seed and on how many bytes came before, not on the chunks that they came in.
    """

    _whole: int | None = None
    """How many bytes stay whole before the next that does not; drawn once for all of them."""

    def _disturb(self, data: bytes) -> None:
        at = self._gap() if self._whole is None else self._whole
        changed = bytearray(data)
        while at < len(data):
            changed[at] ^= self._random.randint(1, 255)
            at += 1 + self._gap()
        self._whole = at - len(data)
        self.next.take(bytes(changed))

    def _gap(self) -> int:
        rate = self.toxic.attributes["rate"]
        if rate <= 0:
            return NEVER
        if rate >= 1:
            return 0
        return min(NEVER, int(log(1.0 - self._random.random()) / log1p(-rate)))


class Down(Stage):
    """``down``: as if nothing were there; an open connection is reset."""

    def begin(self) -> None:
        """Reset."""
        self._link.reset()
