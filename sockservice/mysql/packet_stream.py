"""Payloads to packets while they come, in pieces of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import Final

from sockservice.mysql.long_payload import LongPayload, Payload
from sockservice.mysql.packets import MAX_PAYLOAD, packet
from sockservice.mysql.results import is_error

PIECE: Final = 64 * 1024
"""About how many bytes are made at once: what a transport buffers before it asks to pause."""

COST: Final = 256
"""What each packet counts for in a piece besides its bytes: a row may be made by a template or by code, which takes
longer than sending it, and others wait for their turn."""


class PacketStream:
    """The packets of an answer.

    Args:
        payloads: what is framed; taken one by one.
        sequence_id: of the first packet.

    Attributes:
        sequence_id: of the packet that comes next.
        ended: whether there are no more.
    """

    def __init__(self, payloads: Iterable[Payload], sequence_id: int) -> None:
        self._payloads = iter(payloads)
        self._failure: Exception | None = None
        self._last: Payload = b""
        # What is left of the packets of a payload that is too long to be made at once.
        self._long: Iterator[bytes] = iter(())
        self._within = False
        self.sequence_id = sequence_id
        self.ended = False

    @property
    def failed(self) -> bool:
        """Whether the payload that was taken last is an error."""
        return is_error(self._last)

    @property
    def rest(self) -> bytes | None:
        """What is left of the payload that was begun last: nothing, or None where it is too long to be given out."""
        return None if self._within else b""

    def read(self, size: int | None = PIECE) -> bytes:
        """The next packets: about ``size`` bytes with their :data:`COST` (all where it is None), or what is left.

        What the payloads raise comes through here, behind the packets before.
        """
        if self._failure is not None:
            raise self._failure
        pieces: list[bytes] = []
        left = inf if size is None else size
        sequence_id, payload = self.sequence_id, self._last
        try:
            if self._within:
                left -= self._take_long(pieces, left)
                if left <= 0:
                    return b"".join(pieces)
            for payload in self._payloads:
                length = len(payload)
                if length < PIECE:  # as packet() does, without the call
                    pieces += ((length | (sequence_id & 255) << 24).to_bytes(4, "little"), payload)  # type: ignore[arg-type]
                    sequence_id += 1
                elif isinstance(payload, LongPayload):
                    self._long, self._within = payload.packets(sequence_id), True
                    sequence_id += length // MAX_PAYLOAD + 1
                    length = self._take_long(pieces, left)
                else:
                    pieces.append(packet(payload, sequence_id))
                    sequence_id += length // MAX_PAYLOAD + 1
                left -= length + COST
                if left <= 0:
                    break
            else:
                self.ended = True
        except Exception as failure:
            if not pieces:
                raise
            self._failure = failure
        finally:
            self.sequence_id, self._last = sequence_id, payload
        return b"".join(pieces)

    def _take_long(self, pieces: list[bytes], size: float) -> int:
        """Take about ``size`` bytes of the long payload under way; returns how many there were."""
        taken = 0
        for piece in self._long:
            pieces.append(piece)
            taken += len(piece)
            if taken >= size:
                return taken
        self._within = False
        return taken
