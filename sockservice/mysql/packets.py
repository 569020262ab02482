"""Framing: payloads to packets and back (MySQL internals, "MySQL Packets").

A packet is three bytes of length, one of sequence id, and the payload. A payload of 16 MiB - 1 or more goes in
several; one that is a multiple of it ends with an empty packet. The sequence id starts at 0 with each command,
and both sides count on from there, modulo 256.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sockservice.errors import ProtocolError

MAX_PAYLOAD: Final = (1 << 24) - 1
"""The longest payload of one packet."""

COMMAND_SEQUENCE: Final = 0
"""The sequence id of a command's first packet."""

OUT_OF_ORDER: Final = ("Got packets out of order", 1156, "08S01")
_SIZE: Final = ("Got a packet bigger than 'max_allowed_packet' bytes", 1153, "08S01")


def packet(payload: bytes, sequence_id: int) -> bytes:
    """One payload, framed; in several packets where it is too long for one.

    Args:
        payload: of any length.
        sequence_id: of the first packet; taken modulo 256.
    """
    size = len(payload)
    if size < MAX_PAYLOAD:
        return (size | (sequence_id & 255) << 24).to_bytes(4, "little") + payload
    pieces = []
    for start in range(0, size + 1, MAX_PAYLOAD):
        piece = payload[start : start + MAX_PAYLOAD]
        pieces += [(len(piece) | (sequence_id & 255) << 24).to_bytes(4, "little"), piece]
        sequence_id += 1
    return b"".join(pieces)


def packets(payloads: Iterable[bytes], sequence_id: int) -> bytes:
    """Several payloads, framed, one after the other; arguments as for :func:`packet`."""
    framed = []
    for payload in payloads:
        framed.append(packet(payload, sequence_id))
        sequence_id += len(payload) // MAX_PAYLOAD + 1
    return b"".join(framed)


class PacketReader:
    """Bytes in any chunks to payloads.

    It keeps at most ``limit`` bytes of a payload, plus what was fed behind it: who feeds it stops while
    nobody takes the payloads.

    Args:
        limit: the longest payload that is taken, in bytes; may be set at any time.

    Attributes:
        sequence_id: the one that is expected next.
        idle: whether nothing waits, as :attr:`waiting` tells, but quickly.
    """

    _ordered = True

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.sequence_id = 0
        # What was fed last as it is, while it is all there is, so that a packet that comes whole is not copied.
        self._buffer: bytes | bytearray = b""
        self._payload = bytearray()
        self.idle = True

    def feed(self, data: bytes) -> int:
        """Take bytes that arrived; returns how many wait to be taken."""
        self.idle = False
        if not self._buffer:
            self._buffer = data
        elif isinstance(self._buffer, bytearray):
            self._buffer += data
        else:
            self._buffer = bytearray(self._buffer) + data
        return len(self._buffer) + len(self._payload)

    def clear(self) -> None:
        """Drop what waits: nothing of it will be taken."""
        self._buffer = b""
        self._payload = bytearray()
        self.idle = True

    @property
    def waiting(self) -> int:
        """How many bytes came and were not taken yet."""
        return len(self._buffer) + len(self._payload)

    def rest(self) -> bytes:
        """What was fed and not taken yet, which is forgotten here: it is not in packets of this kind."""
        rest = bytes(self._buffer)
        self.clear()
        return rest

    def whole_payload(self) -> bytes | None:
        """The payload of a command that came in one packet and one chunk with nothing else, else None.

        The short way for nearly every command; :meth:`next_payload` gives the same for it, and sets
        ``sequence_id``, which stays 0 here.
        """
        buffer = self._buffer
        size = len(buffer) - 4
        if (
            self.sequence_id == 0
            and 0 <= size <= self.limit
            and size < MAX_PAYLOAD
            and buffer[:4] == size.to_bytes(4, "little")
        ):
            self._buffer = b""
            self.idle = True
            return bytes(buffer[4:])
        return None

    def next_payload(self) -> bytes | None:
        """The next payload, or None until all of it is here.

        Raises:
            ProtocolError: 1156 for a sequence id that is not the next one, 1153 for a payload over the limit;
                each as soon as the header is here. ``sequence_id`` is then the one to answer with.
        """
        while len(buffer := self._buffer) >= 4:
            size = int.from_bytes(buffer[:3], "little")
            if buffer[3] != self.sequence_id and self._ordered:
                self.sequence_id = (buffer[3] + 1) & 255
                raise ProtocolError(*OUT_OF_ORDER)
            if size + len(self._payload) > self.limit:
                self.sequence_id = (self.sequence_id + 1) & 255
                raise ProtocolError(*_SIZE)
            end = size + 4
            if len(buffer) < end:
                return None
            piece = bytes(buffer[4:end])
            if len(buffer) == end:
                self._buffer = b""
            else:
                if not isinstance(buffer, bytearray):
                    self._buffer = buffer = bytearray(buffer)
                del buffer[:end]
            self.sequence_id = (self.sequence_id + 1) & 255
            if size < MAX_PAYLOAD and not self._payload:
                self.idle = not self.waiting
                return piece
            self._payload += piece
            if size < MAX_PAYLOAD:
                payload = bytes(self._payload)
                self._payload = bytearray()
                self.idle = not self.waiting
                return payload
        return None
