"""What has arrived and was not received yet: bytes in order, taken out in three ways. No reactor, no waiting."""

from __future__ import annotations

from sockservice.errors import IncompleteRead, LimitExceeded


class ReceiveBuffer:
    """Bytes that arrived, and whether more can come.

    Each ``take`` returns the bytes, or None where more must arrive first. Searching for a delimiter remembers how
    far it got, so that bytes which arrive one at a time are looked at once.

    Attributes:
        ended: no more bytes will come.
        broken: why, where the stream did not end in good order: raised once the buffer is empty.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        self._searched = 0
        self._delimiter = b""
        self.ended = False
        self.broken: Exception | None = None

    def __len__(self) -> int:
        return len(self._data)

    def append(self, data: bytes) -> None:
        """Add what arrived."""
        self._data += data

    def end(self, broken: Exception | None = None) -> None:
        """No more will come.

        Args:
            broken: the error to raise behind the last byte, or None where the stream ended in good order.
        """
        if not self.ended:
            self.ended, self.broken = True, broken

    def clear(self) -> None:
        """Drop what is here."""
        self._data.clear()
        self._searched = 0

    def take(self, limit: int) -> bytes | None:
        """1 to ``limit`` bytes; ``b""`` at the end; None for not yet."""
        if self._data:
            return self._cut(min(limit, len(self._data)))
        return self._nothing()

    def take_exactly(self, size: int) -> bytes | None:
        """``size`` bytes; ``b""`` at the end; None for not yet.

        Raises:
            IncompleteRead: the stream ended in the middle; the rest is taken out with it.
        """
        if len(self._data) >= size:
            return self._cut(size)
        return self._short(f"the stream ended after {len(self._data)} of {size} bytes")

    def take_until(self, delimiter: bytes, limit: int) -> bytes | None:
        """Bytes up to and with ``delimiter``; ``b""`` at the end; None for not yet.

        Raises:
            LimitExceeded: ``limit`` bytes are here without it; they stay.
            IncompleteRead: the stream ended before it; the rest is taken out with it.
        """
        if delimiter != self._delimiter:
            self._delimiter, self._searched = delimiter, 0
        found = self._data.find(delimiter, self._searched, limit)
        if found >= 0:
            return self._cut(found + len(delimiter))
        if len(self._data) >= limit:
            raise LimitExceeded(f"{limit} bytes came without {delimiter!r}; give a larger limit, or close")
        self._searched = max(0, len(self._data) - len(delimiter) + 1)
        return self._short(f"the stream ended after {len(self._data)} bytes without {delimiter!r}")

    def _cut(self, size: int) -> bytes:
        with memoryview(self._data) as view:
            taken = bytes(view[:size])
        del self._data[:size]
        self._searched = 0
        return taken

    def _short(self, message: str) -> bytes | None:
        """Too little is here: not yet, or never."""
        if self.ended and self._data and self.broken is None:
            raise IncompleteRead(message, self._cut(len(self._data)))
        return self._nothing()

    def _nothing(self) -> bytes | None:
        if self.broken is not None:
            raise self.broken
        return b"" if self.ended else None
