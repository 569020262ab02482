from __future__ import annotations

from memory_peers import MemoryDatagrams
from twisted.internet.testing import StringTransport

from sockservice.plugins.chargen import PATTERN, ChargenDatagrams, ChargenFactory


def connected():
    transport = StringTransport()
    protocol = ChargenFactory().buildProtocol(None)
    protocol.makeConnection(transport)
    return protocol, transport


def test_lines_have_72_printing_characters_and_each_starts_one_later():
    lines = PATTERN.split(b"\r\n")[:-1]
    assert len(lines) == 95
    assert {len(line) for line in lines} == {72}
    assert lines[0][1:] == lines[1][:-1]
    assert lines[94][1:] == lines[0][:-1]
    assert all(0x20 <= byte < 0x7F for line in lines for byte in line)


def test_nothing_is_sent_before_the_transport_asks():
    _, transport = connected()
    assert transport.value() == b""
    assert not transport.streaming


def test_each_time_the_transport_asks_it_gets_the_pattern_once():
    _, transport = connected()
    transport.producer.resumeProducing()
    transport.producer.resumeProducing()
    assert transport.value() == PATTERN * 2


def test_what_the_peer_sends_is_thrown_away():
    protocol, transport = connected()
    protocol.dataReceived(b"stop it")
    assert transport.value() == b""


def test_finish_ends_a_stream_that_has_no_end():
    protocol, transport = connected()
    protocol.finish()
    assert transport.producer is None
    assert transport.disconnecting


def test_datagrams_are_answered_with_0_to_512_characters():
    protocol, transport = ChargenDatagrams(), MemoryDatagrams()
    protocol.makeConnection(transport)
    for _ in range(2000):
        protocol.datagramReceived(b"?", ("127.0.0.1", 50000))
    lengths = {len(datagram) for datagram, _ in transport.written}
    assert len(transport.written) == 2000
    assert max(lengths) <= 512
    assert len(lengths) > 100


def test_a_datagram_from_an_echo_service_stays_unanswered():
    protocol, transport = ChargenDatagrams(), MemoryDatagrams()
    protocol.makeConnection(transport)
    protocol.datagramReceived(b"?", ("127.0.0.1", 7))
    assert transport.written == []
