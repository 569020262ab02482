from __future__ import annotations

import pytest
from memory_peers import MemoryConnection, MemoryDatagramSocket
from twisted.internet.defer import ensureDeferred

from sockservice.errors import ConnectionClosed
from sockservice.plugins.discard import discard


async def test_a_stream_is_read_to_its_end_and_not_answered():
    connection = MemoryConnection(b"one", b"two")
    await discard.stream_factory(None)(connection)
    assert connection.received == 6
    assert connection.sent == b""


async def test_datagrams_are_received_until_the_socket_closes():
    socket = MemoryDatagramSocket([(b"one", ("127.0.0.1", 5)), (b"two", ("127.0.0.1", 5))])
    with pytest.raises(ConnectionClosed):
        await ensureDeferred(discard.datagram_protocol(None)(socket))
    assert socket.sent == []
