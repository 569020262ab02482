"""A datagram transport and a datagram socket in memory, for the services' tests."""

from __future__ import annotations

from collections import deque

from twisted.internet.address import IPv4Address

from sockservice.errors import ConnectionClosed


class MemoryDatagrams:
    """A transport that keeps what was written to it."""

    def __init__(self, port=40000):
        self.written = []
        self._port = port

    def getHost(self):
        return IPv4Address("UDP", "127.0.0.1", self._port)

    def write(self, datagram, addr):
        self.written.append((datagram, addr))


class MemoryDatagramSocket:
    """A socket that has received ``datagrams`` and closes after the last."""

    def __init__(self, datagrams, port=40000):
        self.local_address = ("127.0.0.1", port)
        self.sent = []
        self._datagrams = deque(datagrams)

    async def receive_from(self):
        if not self._datagrams:
            raise ConnectionClosed("closed")
        return self._datagrams.popleft()

    async def send_to(self, data, address):
        self.sent.append((data, address))


class MemoryConnection:
    """A connection that receives ``pieces`` and then the end of the stream."""

    def __init__(self, *pieces):
        self.sent = b""
        self.received = 0
        self._pieces = deque(pieces)

    async def receive(self, limit=65536):
        piece = self._pieces.popleft() if self._pieces else b""
        self.received += len(piece)
        return piece

    async def send(self, data):
        self.sent += data
