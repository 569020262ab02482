from __future__ import annotations

import re

import pytest
from memory_peers import MemoryConnection, MemoryDatagramSocket

from sockservice.errors import ConnectionClosed
from sockservice.plugins.daytime import daytime, daytime_line

SHAPE = re.compile(rb"[A-Z][a-z]+, [A-Z][a-z]+ \d{1,2}, \d{4} \d\d:\d\d:\d\d-UTC\r\n")


def test_the_line_has_the_layout_of_the_rfc():
    assert daytime_line(0) == b"Thursday, January 1, 1970 00:00:00-UTC\r\n"
    assert daytime_line(1_000_000_000.9) == b"Sunday, September 9, 2001 01:46:40-UTC\r\n"


async def test_a_stream_gets_one_line():
    connection = MemoryConnection()
    await daytime.stream_factory(None)(connection)
    assert SHAPE.fullmatch(connection.sent)


async def test_each_datagram_gets_one_line_but_for_answering_services():
    socket = MemoryDatagramSocket([(b"", ("127.0.0.1", 50000)), (b"", ("127.0.0.1", 13)), (b"x", ("::1", 50001, 0, 0))])
    with pytest.raises(ConnectionClosed):
        await daytime.datagram_protocol(None)(socket)
    assert [address for _, address in socket.sent] == [("127.0.0.1", 50000), ("::1", 50001, 0, 0)]
    assert all(SHAPE.fullmatch(data) for data, _ in socket.sent)
