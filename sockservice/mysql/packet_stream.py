"""Payloads to packets while they come, in pieces of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sockservice.mysql.packets import MAX_PAYLOAD, packet

PIECE: Final = 64 * 1024
"""About how many bytes are made at once: what a transport buffers before it asks to pause."""


class PacketStream:
    """The packets of an answer.

    Args:
        payloads: what is framed; taken one by one.
        sequence_id: of the first packet.

    Attributes:
        sequence_id: of the packet that comes next.
        last: the payload that was taken last.
        ended: whether there are no more.
    """

    def __init__(self, payloads: Iterable[bytes], sequence_id: int) -> None:
        self._payloads = iter(payloads)
        self.sequence_id = sequence_id
        self.last = b""
        self.ended = False

    def read(self, size: int | None = PIECE) -> bytes:
        """The next packets: at least ``size`` bytes of them (all where it is None), or what is left.

        What the payloads raise comes through here; the packets before are lost then.
        """
        pieces, length = [], 0
        for payload in self._payloads:
            piece = packet(payload, self.sequence_id)
            self.sequence_id += len(payload) // MAX_PAYLOAD + 1
            self.last = payload
            pieces.append(piece)
            length += len(piece)
            if size is not None and length >= size:
                break
        else:
            self.ended = True
        return b"".join(pieces)
