"""Length-encoded integers and strings, and a cursor that reads a payload (MySQL internals, "Basic Types")."""

from __future__ import annotations

from typing import Final

from sockservice.errors import ProtocolError

NULL: Final = b"\xfb"
"""A NULL in a text row: the one first byte that no length-encoded integer has."""

_SHORT: Final = tuple(bytes((number,)) for number in range(251))


def length_encoded(number: int) -> bytes:
    """An integer in 1, 3, 4 or 9 bytes.

    Raises:
        ValueError: negative, or more than 64 bits.
    """
    if 0 <= number < 251:
        return _SHORT[number]
    if 0 <= number < 1 << 16:
        return b"\xfc" + number.to_bytes(2, "little")
    if 0 <= number < 1 << 24:
        return b"\xfd" + number.to_bytes(3, "little")
    if 0 <= number < 1 << 64:
        return b"\xfe" + number.to_bytes(8, "little")
    raise ValueError(f"{number} does not fit into an unsigned 64-bit integer")


def length_encoded_string(text: bytes) -> bytes:
    """Bytes with their length before them."""
    size = len(text)
    return (_SHORT[size] if size < 251 else length_encoded(size)) + text


class PayloadReader:
    """Reads the fields of one packet, in order.

    Args:
        payload: the packet without its header.
    """

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Nothing is left."""
        return self._at >= len(self._payload)

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes.

        Raises:
            ProtocolError: the packet is too short.
        """
        end = self._at + size
        if end > len(self._payload):
            raise ProtocolError("Malformed communication packet.")
        taken = self._payload[self._at : end]
        self._at = end
        return taken

    def number(self, size: int) -> int:
        """A little-endian integer of ``size`` bytes; errors as :meth:`take`."""
        return int.from_bytes(self.take(size), "little")

    def length_encoded(self) -> int:
        """A length-encoded integer.

        Raises:
            ProtocolError: too short, or 0xFB or 0xFF, which are no numbers.
        """
        first = self.number(1)
        if first < 251:
            return first
        size = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first)
        if size is None:
            raise ProtocolError("Malformed communication packet.")
        return self.number(size)

    def length_encoded_string(self) -> bytes:
        """Bytes with their length before them; errors as :meth:`length_encoded`."""
        return self.take(self.length_encoded())

    def until_nul(self) -> bytes:
        """Up to the next NUL, which is passed over, or to the end where there is none.

        Several clients leave the last NUL of a packet out.
        """
        end = self._payload.find(b"\0", self._at)
        if end < 0:
            return self.rest()
        taken = self._payload[self._at : end]
        self._at = end + 1
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        taken = self._payload[self._at :]
        self._at = len(self._payload)
        return taken
