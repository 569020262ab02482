"""Rows that are long by a filler: the same packets as of one that is written out, made a little at a time."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_client import READ_ONLY, execute, prepared
from wire_client import WireClient, read_result, unframed

from sockservice.answers import Column, Disturbed, Ok, Padded, Results, Rows, table
from sockservice.disturbances import WrongSequence
from sockservice.mysql import Server, long_payload, packets
from sockservice.mysql.long_payload import CHUNK, LongPayload
from sockservice.mysql.packet_stream import PacketStream
from sockservice.sqltypes import SqlType

MEGABYTE = 1 << 20
COLUMNS = table({"n": "INT", "big": "LONGTEXT", "last": "VARCHAR(5)"}).columns


@settings(max_examples=50)
@given(
    st.binary(min_size=1, max_size=70),
    st.binary(min_size=1, max_size=4),
    st.integers(0, 200),
    st.binary(max_size=70),
    st.integers(0, 300),
)
def test_its_packets_are_those_of_its_bytes(before, unit, count, after, sequence_id):
    with pytest.MonkeyPatch.context() as patch:
        for module in (packets, long_payload):
            patch.setattr(module, "MAX_PAYLOAD", 100)
        patch.setattr(long_payload, "CHUNK", 16)
        payload = LongPayload(before, unit, count, after)
        chunks = list(payload.packets(sequence_id))
        assert b"".join(chunks) == packets.packet(bytes(payload), sequence_id)
        assert len(payload) == len(bytes(payload))
        assert max(map(len, chunks)) <= 16


def test_a_stream_gives_it_in_pieces_with_what_stands_around_it():
    payloads = [b"first", LongPayload(b"<", b"ab", 8_500_000, b">"), b"last"]
    stream = PacketStream(iter(payloads), 3)
    found = bytearray()
    tracemalloc.start()
    while not stream.ended:
        piece = stream.read()
        assert len(piece) <= 2 * CHUNK + 300
        found += piece
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(found) * 1.3
    told = unframed(bytes(found))
    assert [payload for _, payload in told] == [b"first", b"<" + b"ab" * 8_500_000 + b">", b"last"]
    assert stream.sequence_id == told[-1][0] + 1


@pytest.fixture(params=["text", "binary", "utf16", "disturbed", "several", "cursor"])
def way(request):
    """How an answer is asked for."""
    return request.param


def sent(way, row):
    """The bytes of an answer with one long row, and how many there were at a time at most."""
    client = WireClient(Server())
    client.log_in(attributes={})
    answer = Rows(COLUMNS, iter([(1, "short", "a"), row, (2, None, "b")]))
    if way == "several":
        answer = Results((answer, Ok()))
    if way == "disturbed":
        answer = Disturbed(answer, (WrongSequence(1),))
    if way == "utf16":
        client.session.variables["character_set_results"] = "utf16"
    if way in ("binary", "cursor"):
        number, *_ = prepared(client, "SELECT big", answer)
        client.request(execute(number, flags=READ_ONLY if way == "cursor" else 0))
        client.session.answer(answer)
        if way == "cursor":
            client.taken()
            client.request(b"\x1c" + number.to_bytes(4, "little") + (9).to_bytes(4, "little"))
    else:
        client.request(b"\x03SELECT big")
        client.session.answer(answer)
    pieces = list(iter(client.taken, b""))
    return b"".join(pieces), max(map(len, pieces))


def test_a_padded_value_is_sent_as_if_it_were_written_out(way):
    padded, most = sent(way, (7, Padded("ä", MEGABYTE), None))
    assert padded == sent(way, (7, "ä" + "x" * MEGABYTE, None))[0]
    if way not in ("disturbed", "cursor"):
        assert most <= 2 * CHUNK + 300


def test_bytes_are_padded_too():
    client = WireClient(Server())
    client.log_in(attributes={})
    client.request(b"\x03SELECT big")
    client.session.answer(Rows((Column("b", SqlType("LONGBLOB")),), iter([(Padded(b"\xff", MEGABYTE),)])))
    data = b"".join(iter(client.taken, b""))
    assert read_result(data).rows == [(b"\xff" + b"x" * MEGABYTE,)]


def test_a_kill_in_the_middle_of_it_closes_the_connection():
    client = WireClient(Server())
    client.log_in(attributes={})
    client.request(b"\x03SELECT big")
    client.session.answer(Rows(COLUMNS, iter([(7, Padded("", 40 * MEGABYTE), None)])))
    client.taken()
    client.session.kill(query=True)
    assert client.session.closing
    assert client.taken() == b""
