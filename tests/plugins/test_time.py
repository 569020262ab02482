from __future__ import annotations

import time as clock

import pytest
from memory_peers import MemoryConnection, MemoryDatagrams

from sockservice.plugins.time import time, time_bytes


@pytest.mark.parametrize(
    ("seconds", "value"),
    # The RFC's own examples, and the wrap of 32 bits.
    [
        (0, 2_208_988_800),
        (86400 * 365 * 6 + 86400, 2_398_291_200),
        (-1_297_728_000, 911_260_800),
        (2**32 - 2_208_988_800, 0),
    ],
)
def test_the_value_counts_from_1900_in_32_bits(seconds, value):
    assert time_bytes(seconds) == value.to_bytes(4, "big")


async def test_a_stream_gets_four_bytes_close_to_now():
    connection = MemoryConnection()
    await time.stream_factory(None)(connection)
    assert abs(int.from_bytes(connection.sent, "big") - 2_208_988_800 - clock.time()) < 5


def test_an_empty_datagram_gets_four_bytes_but_not_from_an_answering_service():
    protocol, transport = time.datagram_protocol(None), MemoryDatagrams()
    protocol.makeConnection(transport)
    protocol.datagramReceived(b"", ("127.0.0.1", 37))
    protocol.datagramReceived(b"", ("127.0.0.1", 50000))
    [(data, address)] = transport.written
    assert len(data) == 4
    assert address == ("127.0.0.1", 50000)
