"""Framing: packets in and out, their limits and their sequence ids."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import framed, unframed

from sockservice.errors import ProtocolError
from sockservice.mysql.packets import MAX_PAYLOAD, PacketReader, packet, packets

ONE_GIB = 1 << 30


def payloads_of(reader):
    """All that are there, each as a new command."""
    found = []
    while (payload := reader.next_payload()) is not None:
        found.append(payload)
        reader.sequence_id = 0
    return found


@pytest.mark.parametrize("size", [0, 1, MAX_PAYLOAD - 1, MAX_PAYLOAD, MAX_PAYLOAD + 1, 2 * MAX_PAYLOAD])
def test_a_payload_of_any_length_goes_out_and_comes_in_whole(size):
    payload = bytes(size)
    sent = packet(payload, 0)
    assert sent == framed(payload)
    reader = PacketReader(ONE_GIB)
    for start in range(0, len(sent), 5_000_000):
        reader.feed(sent[start : start + 5_000_000])
    assert reader.next_payload() == payload
    assert reader.sequence_id == size // MAX_PAYLOAD + 1
    assert reader.next_payload() is None


def test_a_payload_that_fills_its_packet_is_followed_by_an_empty_one():
    sent = packet(bytes(MAX_PAYLOAD), 255)
    assert sent[:4] == b"\xff\xff\xff\xff"
    assert sent[MAX_PAYLOAD + 4 :] == b"\0\0\0\0"


def test_sequence_ids_wrap_and_count_long_payloads_twice():
    sent = packets([b"a", bytes(MAX_PAYLOAD), b"b"], 254)
    assert [sequence for sequence, _ in unframed(sent)] == [254, 0, 1]


def test_sequence_ids_wrap_on_the_way_in():
    reader = PacketReader(100)
    reader.sequence_id = 255
    reader.feed(framed(b"a", 255) + framed(b"b", 0))
    assert (reader.next_payload(), reader.next_payload()) == (b"a", b"b")


def test_a_wrong_sequence_id_is_refused_before_the_payload_is_here():
    reader = PacketReader(100)
    reader.feed(b"\x05\0\0\x07")
    with pytest.raises(ProtocolError) as caught:
        reader.next_payload()
    assert (caught.value.code, caught.value.sqlstate) == (1156, "08S01")
    assert reader.sequence_id == 8


def test_a_payload_over_the_limit_is_refused_before_it_is_here():
    reader = PacketReader(100)
    reader.feed(framed(bytes(100)))
    assert reader.next_payload() == bytes(100)
    reader.sequence_id = 0
    reader.feed(b"\x65\0\0\0")
    with pytest.raises(ProtocolError) as caught:
        reader.next_payload()
    assert (caught.value.code, caught.value.sqlstate) == (1153, "08S01")
    assert reader.sequence_id == 1


def test_the_limit_holds_for_all_packets_of_a_payload_together():
    reader = PacketReader(MAX_PAYLOAD + 10)
    reader.feed(b"\xff\xff\xff\0" + bytes(MAX_PAYLOAD) + b"\x0b\0\0\1")
    with pytest.raises(ProtocolError, match="bigger than"):
        reader.next_payload()


def test_what_is_cleared_is_not_given_out():
    reader = PacketReader(100)
    reader.feed(framed(b"a"))
    reader.clear()
    assert reader.next_payload() is None


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 50))
def test_any_chunking_gives_the_same_payloads(payloads, chunk):
    data = b"".join(map(framed, payloads))
    whole, pieces, single = PacketReader(100), PacketReader(100), PacketReader(100)
    whole.feed(data)
    assert payloads_of(whole) == payloads
    found = []
    for start in range(0, len(data), chunk):
        pieces.feed(data[start : start + chunk])
        found += payloads_of(pieces)
    assert found == payloads
    found = []
    for at in range(len(data)):
        single.feed(data[at : at + 1])
        found += payloads_of(single)
    assert found == payloads


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.binary(max_size=40).map(framed), st.integers(0, 60))
def test_the_short_way_gives_what_the_long_way_gives(data, limit):
    short, long = PacketReader(limit), PacketReader(limit)
    short.feed(data)
    long.feed(data)
    payload = short.whole_payload()
    if payload is not None:
        assert long.next_payload() == payload
        assert long.sequence_id == 1
        assert short.sequence_id == 0
        assert short.next_payload() is None
        assert long.next_payload() is None


def test_the_short_way_takes_one_whole_packet_and_nothing_else():
    for data, payload in [
        (framed(b"ab"), b"ab"),
        (framed(b""), b""),
        (framed(b"a") * 2, None),
        (framed(b"ab")[:-1], None),
    ]:
        reader = PacketReader(100)
        reader.feed(data)
        assert reader.whole_payload() == payload


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.binary(max_size=70), max_size=8))
def test_garbage_is_refused_or_kept_within_bounds(chunks):
    reader = PacketReader(50)
    for chunk in chunks:
        waiting = reader.feed(chunk)
        try:
            payloads_of(reader)
        except ProtocolError:
            return
        assert waiting <= 50 + 4 + len(chunk)
