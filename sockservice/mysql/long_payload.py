"""A row that is long by a filler: its packets are made while they are sent, so that no memory is taken for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import attrs

from sockservice.mysql.packets import MAX_PAYLOAD, packet

CHUNK: Final = 32 * 1024
"""Bytes of a packet that are made at once."""


@attrs.frozen(eq=False)
class LongPayload:
    """A payload with the same bytes again and again in the middle.

    Attributes:
        before: what stands before them.
        unit: the bytes that are repeated.
        count: how often.
        after: what stands behind them.
    """

    before: bytes
    unit: bytes
    count: int
    after: bytes

    def __len__(self) -> int:
        return len(self.before) + len(self.unit) * self.count + len(self.after)

    def __bytes__(self) -> bytes:
        return b"".join((self.before, self.unit * self.count, self.after))

    def packets(self, sequence_id: int) -> Iterator[bytes]:
        """Its packets in chunks of at most :data:`CHUNK` bytes; the last one is empty where its length is a multiple.

        Args:
            sequence_id: of the first packet.
        """
        size = len(self)
        filled = self.unit * (CHUNK // len(self.unit) + 2)
        for start in range(0, size + 1, MAX_PAYLOAD):
            length = min(MAX_PAYLOAD, size - start)
            yield length.to_bytes(3, "little") + packet(b"", sequence_id)[3:]
            sequence_id += 1
            for at in range(start, start + length, CHUNK):
                yield self._part(at, min(at + CHUNK, start + length), filled)

    def _part(self, start: int, stop: int, filled: bytes) -> bytes:
        """The bytes from one place up to (without) another, at most a chunk; ``filled`` has one and a unit."""
        begin, end = len(self.before), len(self) - len(self.after)
        middle = max(0, min(stop, end) - max(start, begin))
        shift = (max(start, begin) - begin) % len(self.unit)
        return b"".join(
            (
                self.before[start:stop],
                filled[shift : shift + middle],
                self.after[max(0, start - end) : max(0, stop - end)],
            )
        )


Payload: TypeAlias = bytes | LongPayload
"""What is framed."""
