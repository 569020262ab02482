"""The compressed protocol: what is packed and opened, in any pieces, and what damaged packets do."""

from __future__ import annotations

import zlib

import pytest
import zstandard
from compressed_client import COMPRESS, ZSTD, CompressedClient, compressed, opened, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import USUAL, Err, WireClient, framed, handshake_response, read_reply, read_result, unframed

from sockservice.answers import Ok, table
from sockservice.errors import ProtocolError
from sockservice.mysql import Server
from sockservice.mysql.compression import CompressedPackets, Zlib, Zstd, chosen_algorithm
from sockservice.mysql.packets import MAX_PAYLOAD

ALGORITHMS = ["zlib", "zstd"]
BIG = table({"text": "LONGTEXT"}, [("x" * 100_000,)])


def reader(algorithm="zlib", limit=1 << 26):
    return CompressedPackets(Zlib() if algorithm == "zlib" else Zstd(3), limit, 0)


@pytest.fixture(params=ALGORITHMS)
def client(request):
    return CompressedClient(Server(), request.param)


def test_the_end_of_the_login_is_not_compressed_and_what_follows_is():
    client = WireClient(Server())
    # An empty password; a ping waits behind it already.
    client.send(framed(handshake_response(capabilities=USUAL | COMPRESS, attributes={}), 1) + stored(framed(b"\x0e")))
    assert client.session.next_request() is None
    data = client.session.data_to_send()
    ((sequence, login),) = unframed(data[: 4 + data[0]])
    assert (sequence, login[0]) == (2, 0)
    ((sequence, original, pong),) = opened(data[4 + data[0] :])
    assert (sequence, original) == (1, 0)
    assert unframed(pong)[0][1][0] == 0


def test_commands_and_answers_are_compressed(client):
    request = client.command(b"\x03SELECT '" + b"a" * 1000 + b"'")
    assert request.text == "SELECT '" + "a" * 1000 + "'"
    client.session.answer(BIG)
    ((sequence, original, content),) = client.unpacked()
    assert (sequence, original) == (1, len(content))
    assert len(read_result(content).rows[0][0]) == 100_000


def test_what_is_short_or_dense_is_stored(client):
    client.command(b"\x0e")
    ((_, original, content),) = client.unpacked()
    assert (original, len(content)) == (0, 11)
    dense = bytes(range(256))
    client.command(b"\x03SELECT 1")
    client.session.answer(table({"b": "BLOB"}, [(dense,)]))
    packed = client.session.data_to_send()
    assert dense in packed or client.algorithm == "zlib"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_packets_cross_the_boundaries_of_compressed_packets(algorithm):
    client = CompressedClient(Server(), algorithm, chunk=1)
    command = framed(b"\x03SELECT '" + b"b" * 500 + b"'")
    client.send(stored(command[:3]) + compressed(command[3:300], 1, algorithm))
    assert client.session.next_request() is None
    client.send(stored(b"", 2) + compressed(command[300:], 3, algorithm))
    assert client.session.next_request().text.count("b") == 500
    client.session.answer(Ok())
    assert [sequence for sequence, _, _ in client.unpacked()] == [4]


def test_answers_over_16_mib_go_in_several_compressed_packets():
    client = CompressedClient(Server())
    client.command(b"\x03SELECT 1")
    client.session.answer(table({"b": "LONGBLOB"}, [(bytes(MAX_PAYLOAD + 1000),)]))
    parts = client.unpacked()
    assert [sequence for sequence, _, _ in parts] == [1, 2]
    assert parts[0][1] == MAX_PAYLOAD
    result = read_result(b"".join(content for _, _, content in parts))
    assert len(result.rows[0][0]) == MAX_PAYLOAD + 1000


def test_a_statement_over_16_mib_comes_in_compressed():
    client = CompressedClient(Server())
    text = b"\x03" + b"s" * (MAX_PAYLOAD + 5)
    whole = framed(text)
    client.send(compressed(whole[:10_000_000]) + compressed(whole[10_000_000:], 1))
    assert len(client.session.next_request().text) == MAX_PAYLOAD + 5


def test_the_sequence_ids_within_compressed_packets_do_not_matter():
    client = CompressedClient(Server())
    long = framed(b"\x03" + b"s" * MAX_PAYLOAD)
    # As MariaDB's library sends it: the second piece has the id 0 again.
    client.send(compressed(long[:9_000_000]) + compressed(long[9_000_000 : MAX_PAYLOAD + 4], 1))
    client.send(compressed(b"\1\0\0\0s", 2))
    assert len(client.session.next_request().text) == MAX_PAYLOAD
    client.session.answer(Ok())
    assert [sequence for sequence, _, _ in client.unpacked()] == [3]


def test_pipelined_commands_in_one_compressed_packet_are_all_answered(client):
    client.send(compressed(framed(b"\x0e") + framed(b"\x03SELECT 1") + framed(b"\x0e"), 0, client.algorithm))
    assert client.session.next_request().text == "SELECT 1"
    client.session.answer(Ok(7))
    assert client.session.next_request() is None
    assert [read_reply(payload).affected_rows for _, payload in client.content()] == [0, 7, 0]


def test_a_compressed_packet_out_of_order_is_refused_and_closes(client):
    client.send(compressed(framed(b"\x0e"), 7, client.algorithm))
    assert client.session.next_request() is None
    ((sequence, _, content),) = client.unpacked()
    assert sequence == 8
    assert read_reply(unframed(content)[0][1]) == Err(1156, "08S01", "Got packets out of order")
    assert client.session.closing


@pytest.mark.parametrize("size", [1, 60, 62, 5000, MAX_PAYLOAD])
def test_a_length_that_is_a_lie_is_refused_and_closes(client, size):
    client.send(compressed(framed(b"\x03SELECT '" + b"c" * 47 + b"'")[:61], 0, client.algorithm, size))
    assert client.session.next_request() is None
    ((_, reply),) = client.content()
    assert read_reply(reply) == Err(1157, "08S01", "Couldn't uncompress communication packet")
    assert client.session.closing


@pytest.mark.parametrize("damage", [b"garbage garbage", zlib.compress(b"x" * 60)[:-3], zlib.compress(b"x" * 60) + b"y"])
def test_damaged_content_is_refused(damage):
    with pytest.raises(ValueError, match=r"."):
        Zlib().decompress(damage, 60)


@pytest.mark.parametrize("content", [b"x" * 60, b""])
def test_a_zstd_frame_that_tells_no_length_is_held_to_the_one_in_the_header(content):
    frame = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 60)
    assert Zstd(1).decompress(frame, 60) == b"x" * 60
    for wrong in (59, 61):
        with pytest.raises(ValueError, match=r"."):
            Zstd(1).decompress(frame, wrong)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_bomb_is_opened_one_compressed_packet_at_a_time(algorithm):
    bomb = compressed(b"\xff\xff\xff" + bytes(MAX_PAYLOAD - 3), 0, algorithm)
    packets = reader(algorithm, limit=1000)
    assert packets.feed(bomb * 50) == len(bomb) * 50
    with pytest.raises(ProtocolError, match="max_allowed_packet"):
        packets.next_payload()
    assert packets.feed(b"") == MAX_PAYLOAD + len(bomb) * 49


@pytest.mark.parametrize("level", [0, 23, 255])
def test_a_level_that_zstd_has_not_is_a_bad_handshake(level):
    client = WireClient(Server())
    client.log_in(capabilities=USUAL | ZSTD, attributes={}, end=bytes([level]))
    assert client.session.closing


def test_zlib_is_taken_where_the_client_offers_both():
    assert isinstance(chosen_algorithm(COMPRESS | ZSTD, 3), Zlib)
    assert isinstance(chosen_algorithm(ZSTD, 3), Zstd)
    assert chosen_algorithm(USUAL, 3) is None


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.binary(max_size=200), max_size=6),
    st.lists(st.integers(1, 90), max_size=30),
    st.sampled_from(ALGORITHMS),
)
def test_whatever_is_packed_is_read_again_in_any_pieces(payloads, cuts, algorithm):
    inner = b"".join(framed(payload) for payload in payloads)
    sent, sequence = b"", 0
    for cut in [*cuts, len(inner) + 1]:
        piece, inner = inner[:cut], inner[cut:]
        if piece:
            sent += compressed(piece, sequence, algorithm) if cut % 2 else stored(piece, sequence)
            sequence += 1
    packets, found = reader(algorithm), []
    for start in range(0, len(sent), 7):
        packets.feed(sent[start : start + 7])
        while (payload := packets.next_payload()) is not None:
            found.append(payload)
            packets.sequence_id = 0
    assert found == payloads


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(ALGORITHMS))
def test_any_bytes_are_a_payload_or_a_protocol_error(data, algorithm):
    packets = reader(algorithm)
    packets.feed(data)
    try:
        while packets.next_payload() is not None:
            packets.sequence_id = 0
    except ProtocolError as problem:
        assert problem.code in (1153, 1156, 1157)  # noqa: PT017 - most bytes raise nothing
