"""Packs and unpacks the compressed protocol; shares no code with the server on purpose."""

from __future__ import annotations

import zlib

import zstandard
from wire_client import USUAL, WireClient, framed, unframed

COMPRESS, ZSTD = 1 << 5, 1 << 26


def compressed(data, sequence=0, algorithm="zlib", size=None):
    """A compressed packet; ``size`` is what it claims of its content."""
    pack = zlib.compress if algorithm == "zlib" else zstandard.ZstdCompressor().compress
    packed = pack(data)
    size = len(data) if size is None else size
    return len(packed).to_bytes(3, "little") + bytes([sequence]) + size.to_bytes(3, "little") + packed


def stored(data, sequence=0):
    """A compressed packet that is not compressed."""
    return len(data).to_bytes(3, "little") + bytes([sequence]) + bytes(3) + data


def opened(data, algorithm="zlib"):
    """``(sequence id, length before compression, content)`` of each compressed packet."""
    found = []
    while data:
        size, sequence, original = int.from_bytes(data[:3], "little"), data[3], int.from_bytes(data[4:7], "little")
        packed, data = data[7 : 7 + size], data[7 + size :]
        assert len(packed) == size, "the last compressed packet is cut short"
        content = packed
        if original:
            unpack = zlib.decompress if algorithm == "zlib" else zstandard.ZstdDecompressor().decompress
            content = unpack(packed)
            assert len(content) == original
        found.append((sequence, original, content))
    return found


class CompressedClient(WireClient):
    """A client that is logged in and speaks the compressed protocol from there on."""

    def __init__(self, server, algorithm="zlib", chunk=None, **fields):
        super().__init__(server, chunk)
        self.algorithm = algorithm
        bit, end = (COMPRESS, b"") if algorithm == "zlib" else (ZSTD, b"\x03")
        fields.setdefault("attributes", {})
        fields["capabilities"] = fields.get("capabilities", USUAL) | bit
        packets = self.log_in(end=end, **fields)
        assert packets[-1][1][0] == 0, packets

    def command(self, payload):
        """Send a command; returns the request that came of it, or None."""
        self.send(compressed(framed(payload), 0, self.algorithm))
        return self.session.next_request()

    def unpacked(self):
        """What the server sent since the last call, opened."""
        return opened(self.session.data_to_send(), self.algorithm)

    def content(self):
        """The packets that the server sent since the last call."""
        return unframed(b"".join(content for _, _, content in self.unpacked()))
