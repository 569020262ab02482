from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from memory_peers import MemoryDatagrams
from twisted.internet.testing import StringTransport

from sockservice.plugins.echo import EchoDatagrams, EchoFactory, EchoProtocol, echo


def connected():
    transport = StringTransport()
    protocol = EchoFactory().buildProtocol(None)
    protocol.makeConnection(transport)
    return protocol, transport


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=50)))
def test_every_chunking_comes_back_as_the_same_bytes(chunks):
    protocol, transport = connected()
    for chunk in chunks:
        protocol.dataReceived(chunk)
    assert transport.value() == b"".join(chunks)


def test_reading_pauses_while_the_echo_waits_to_be_written():
    _, transport = connected()
    assert transport.producer is transport
    assert transport.streaming


def test_the_peers_end_of_stream_closes_after_the_echo():
    protocol, transport = connected()
    protocol.dataReceived(b"last words")
    protocol.readConnectionLost()
    assert transport.value() == b"last words"
    assert transport.disconnecting
    assert transport.producer is None


def test_datagrams_come_back_to_their_sender():
    protocol, transport = EchoDatagrams(), MemoryDatagrams()
    protocol.makeConnection(transport)
    protocol.datagramReceived(b"hello", ("127.0.0.1", 50000))
    protocol.datagramReceived(b"", ("127.0.0.1", 50001))
    assert transport.written == [(b"hello", ("127.0.0.1", 50000)), (b"", ("127.0.0.1", 50001))]


def test_a_datagram_from_another_answering_service_stays_unanswered():
    protocol, transport = EchoDatagrams(), MemoryDatagrams(port=7007)
    protocol.makeConnection(transport)
    for port in (19, 7007):
        protocol.datagramReceived(b"forged", ("10.0.0.1", port))
    assert transport.written == []


def test_the_plugin_makes_both_kinds():
    assert isinstance(echo.stream_factory(None).buildProtocol(None), EchoProtocol)
    assert isinstance(echo.datagram_protocol(None), EchoDatagrams)
    assert echo.default_port == 7
