"""The compressed protocol: packets packed once more, from the end of the login on (MySQL internals, "Compression").

A compressed packet is three bytes of length, one of a sequence id of its own, three of the length before compression,
and the content. That last length is 0 where the content is stored as it is. Packets cross the boundaries of compressed
packets as they like.
"""

from __future__ import annotations

import zlib
from typing import Final, Protocol

import zstandard

from sockservice.errors import ProtocolError
from sockservice.mysql.constants import Capability
from sockservice.mysql.packets import MAX_PAYLOAD, OUT_OF_ORDER, PacketReader

SHORTEST: Final = 50
"""The shortest content that is worth compressing, in bytes; MySQL's own figure."""

ZSTD_LEVELS: Final = range(1, 23)
_HEADER: Final = 7
_DAMAGED: Final = ("Couldn't uncompress communication packet", 1157, "08S01")


class Algorithm(Protocol):
    """How content is compressed.

    Attributes:
        name: as in the status variable Compression_algorithm.
    """

    name: str

    def compress(self, data: bytes) -> bytes:
        """The compressed form of ``data``."""

    def decompress(self, data: bytes, size: int) -> bytes:
        """What was compressed; never makes more than ``size`` bytes, whatever ``data`` says.

        Raises:
            ValueError: it is damaged, or not of exactly ``size`` bytes.
        """


class Zlib:
    """``CLIENT_COMPRESS``."""

    name = "zlib"

    def compress(self, data: bytes) -> bytes:
        """See :class:`Algorithm`."""
        return zlib.compress(data)

    def decompress(self, data: bytes, size: int) -> bytes:
        """See :class:`Algorithm`."""
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(data, size)
            # The end of the stream may only be seen by asking for what does not come.
            more = stream.decompress(stream.unconsumed_tail, 1)
        except zlib.error as problem:
            raise ValueError(str(problem)) from None
        if len(content) != size or more or not stream.eof or stream.unused_data:
            raise ValueError(f"it is not {size} bytes long")
        return content


class Zstd:
    """``CLIENT_ZSTD_COMPRESSION_ALGORITHM``.

    Args:
        level: 1 to 22, as the client asks for.
    """

    name = "zstd"

    def __init__(self, level: int) -> None:
        self._compressor = zstandard.ZstdCompressor(level)
        self._decompressor = zstandard.ZstdDecompressor()

    def compress(self, data: bytes) -> bytes:
        """See :class:`Algorithm`."""
        return self._compressor.compress(data)

    def decompress(self, data: bytes, size: int) -> bytes:
        """See :class:`Algorithm`."""
        try:
            # The frame's own word counts more with the library than our limit does: it is looked at first.
            if zstandard.frame_content_size(data) not in (-1, size):
                raise ValueError(f"it is not {size} bytes long")
            content = self._decompressor.decompress(data, size, allow_extra_data=False)
        except zstandard.ZstdError as problem:
            raise ValueError(str(problem)) from None
        if len(content) != size:
            raise ValueError(f"it is not {size} bytes long")
        return content


def chosen_algorithm(capabilities: int, level: int) -> Algorithm | None:
    """What a connection is compressed with, or None; zlib where the client takes both, as MySQL decides.

    Args:
        capabilities: what both sides can.
        level: the client's byte for zstd.
    """
    if capabilities & Capability.COMPRESS:
        return Zlib()
    if capabilities & Capability.ZSTD_COMPRESSION:
        return Zstd(level)
    return None


class CompressedPackets(PacketReader):
    """A reader of packets that come compressed, and the writer of those that go.

    A compressed packet is opened when its content is asked for, so that no more than one is open at a time.

    Args:
        algorithm: how content is compressed.
        limit: as for :class:`sockservice.mysql.packets.PacketReader`.
        plain: how many of the first entries of :meth:`pack` go as they are: those of the login.
    """

    # The order is told by the compressed packets. Within them MariaDB's clients number all pieces of a long payload 0.
    _ordered = False

    def __init__(self, algorithm: Algorithm, limit: int, plain: int) -> None:
        super().__init__(limit)
        self._algorithm = algorithm
        self._compressed = bytearray()
        self._next_in = self._next_out = 0
        self._plain = plain

    def feed(self, data: bytes) -> int:
        """Take bytes that arrived; returns how many wait to be taken."""
        self._compressed += data
        self.idle = False
        return self.waiting

    @property
    def waiting(self) -> int:
        """How many bytes came and were not taken yet."""
        return len(self._compressed) + super().waiting

    def begin(self) -> None:
        """What goes next belongs to no command of the client's."""
        self._next_out = 0

    def clear(self) -> None:
        """Drop what waits."""
        super().clear()
        self._compressed = bytearray()

    def rest(self) -> bytes:
        """What was fed and not taken yet, which is forgotten here."""
        raise AssertionError("compression never ends")

    def whole_payload(self) -> bytes | None:
        """None: there is no short way here."""
        return None

    def next_payload(self) -> bytes | None:
        """See :meth:`sockservice.mysql.packets.PacketReader.next_payload`.

        Raises:
            ProtocolError: besides the errors there, 1157 for content that cannot be decompressed.
        """
        while (payload := super().next_payload()) is None:
            if not self._open_next():
                return None
        return payload

    def _open_next(self) -> bool:
        """Feed the content of the next compressed packet, if it is here."""
        waiting = self._compressed
        if len(waiting) < _HEADER:
            return False
        size, sequence_id = int.from_bytes(waiting[:3], "little"), waiting[3]
        # A command begins at 0; what belongs to one under way counts on from what came or went last.
        if sequence_id not in (0, self._next_in, self._next_out):
            self._next_out = (sequence_id + 1) & 255
            self.sequence_id = 0
            raise ProtocolError(*OUT_OF_ORDER)
        end = _HEADER + size
        if len(waiting) < end:
            return False
        content, original = bytes(waiting[_HEADER:end]), int.from_bytes(waiting[4:_HEADER], "little")
        del waiting[:end]
        self._next_in = self._next_out = (sequence_id + 1) & 255
        if original:
            try:
                content = self._algorithm.decompress(content, original)
            except ValueError as problem:
                raise ProtocolError(*_DAMAGED) from problem
        super().feed(content)
        return True

    def pack(self, due: list[bytes]) -> bytes:
        """Packets, compressed.

        Args:
            due: any number of packets, or pieces of them.
        """
        plain, self._plain = due[: self._plain], 0
        data = b"".join(due[len(plain) :])
        for start in range(0, len(data), MAX_PAYLOAD):
            plain.append(self._packed(data[start : start + MAX_PAYLOAD]))
        return b"".join(plain)

    def _packed(self, content: bytes) -> bytes:
        packed, original = content, 0
        if len(content) >= SHORTEST:
            compressed = self._algorithm.compress(content)
            if len(compressed) < len(content):
                packed, original = compressed, len(content)
        header = (len(packed) | self._next_out << 24).to_bytes(4, "little") + original.to_bytes(3, "little")
        self._next_out = (self._next_out + 1) & 255
        return header + packed
