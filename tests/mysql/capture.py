"""What passed between a client and a server as a file that packet analysers read (the pcap format of libpcap)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

SERVER = (b"\x7f\0\0\x01", 3306)
RAW_IP = 101
"""The link type whose frames begin with the IP header."""
LARGEST_SEGMENT = 60_000
SYN, PSH, ACK = 2, 8, 16


class Capture:
    """Records one connection.

    Args:
        port: the client's.
    """

    def __init__(self, port: int = 51234) -> None:
        self.frames: list[bytes] = []
        self._client = (b"\x7f\0\0\x02", port)
        self._next_byte = {self._client: 1000, SERVER: 2000}
        self._segment(self._client, SERVER, b"", SYN)
        self._segment(SERVER, self._client, b"", SYN | ACK)
        self._segment(self._client, SERVER, b"", ACK)

    def client(self, data: bytes) -> None:
        """The client sent this."""
        self._stream(self._client, SERVER, data)

    def server(self, data: bytes) -> None:
        """The server sent this."""
        self._stream(SERVER, self._client, data)

    def _stream(self, source: tuple[bytes, int], target: tuple[bytes, int], data: bytes) -> None:
        for start in range(0, len(data), LARGEST_SEGMENT):
            self._segment(source, target, data[start : start + LARGEST_SEGMENT], PSH | ACK)

    def _segment(self, source: tuple[bytes, int], target: tuple[bytes, int], data: bytes, flags: int) -> None:
        sent, seen = self._next_byte[source], self._next_byte[target] if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", source[1], target[1], sent, seen, 5 << 4, flags, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(data), len(self.frames), 0, 64, 6, 0) + source[0] + target[0]
        self.frames.append(ip + tcp + data)
        self._next_byte[source] += len(data) + bool(flags & SYN)


def write(path: Path, captures: Iterable[Capture]) -> None:
    """Write connections, one after the other, their frames a millisecond apart."""
    content = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 16, RAW_IP)]
    for number, frame in enumerate(frame for capture in captures for frame in capture.frames):
        seconds, rest = divmod(number, 1000)
        content += [struct.pack("<IIII", 1_700_000_000 + seconds, rest * 1000, len(frame), len(frame)), frame]
    path.write_bytes(b"".join(content))
