from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.errors import ConnectionClosed, IncompleteRead, LimitExceeded
from sockservice.sockets.receive_buffer import ReceiveBuffer


def filled(*chunks: bytes, ended: bool = False) -> ReceiveBuffer:
    buffer = ReceiveBuffer()
    for chunk in chunks:
        buffer.append(chunk)
    if ended:
        buffer.end()
    return buffer


def test_takes_at_most_the_limit_and_keeps_the_rest():
    buffer = filled(b"hello")
    assert buffer.take(2) == b"he"
    assert len(buffer) == 3
    assert buffer.take(99) == b"llo"


def test_nothing_yet_is_none_and_the_end_is_empty():
    buffer = filled()
    assert buffer.take(1) is None
    buffer.end()
    assert buffer.take(1) == b""
    assert buffer.take(1) == b""


def test_takes_exactly():
    buffer = filled(b"abc")
    assert buffer.take_exactly(4) is None
    buffer.append(b"de")
    assert buffer.take_exactly(4) == b"abcd"
    assert buffer.take_exactly(0) == b""


def test_an_end_in_the_middle_carries_the_part_that_came():
    buffer = filled(b"abc", ended=True)
    with pytest.raises(IncompleteRead) as caught:
        buffer.take_exactly(4)
    assert caught.value.partial == b"abc"
    assert buffer.take_exactly(4) == b""
    buffer = filled(b"abc", ended=True)
    with pytest.raises(IncompleteRead) as caught:
        buffer.take_until(b"\n", 99)
    assert caught.value.partial == b"abc"


def test_a_broken_stream_gives_out_what_came_and_then_raises():
    buffer = filled(b"abc")
    buffer.end(ConnectionClosed("reset"))
    with pytest.raises(ConnectionClosed):
        buffer.take_exactly(4)
    assert buffer.take(2) == b"ab"
    assert buffer.take(2) == b"c"
    with pytest.raises(ConnectionClosed):
        buffer.take(2)


def test_takes_until_a_delimiter_that_arrives_in_two_pieces():
    buffer = filled(b"line\r")
    assert buffer.take_until(b"\r\n", 99) is None
    buffer.append(b"\nnext")
    assert buffer.take_until(b"\r\n", 99) == b"line\r\n"
    assert buffer.take(99) == b"next"


def test_the_limit_counts_the_delimiter_and_the_bytes_stay():
    assert filled(b"abc\n").take_until(b"\n", 4) == b"abc\n"
    buffer = filled(b"abcd\n")
    with pytest.raises(LimitExceeded, match="4 bytes"):
        buffer.take_until(b"\n", 4)
    assert buffer.take(99) == b"abcd\n"


def test_a_delimiter_is_searched_in_new_bytes_only():
    buffer = ReceiveBuffer()
    for _ in range(1000):
        buffer.append(b"x")
        assert buffer.take_until(b"\r\n", 5000) is None
        assert buffer._searched >= len(buffer) - 1


def test_another_delimiter_is_searched_from_the_start():
    buffer = filled(b"a;b")
    assert buffer.take_until(b"\n", 99) is None
    assert buffer.take_until(b";", 99) == b"a;"


@settings(max_examples=1000, deadline=None)
@given(
    data=st.binary(max_size=60).map(lambda data: bytes(b"ab\r\n"[byte % 4] for byte in data)),
    cuts=st.lists(st.integers(0, 60), max_size=20),
    delimiter=st.sampled_from([b"\n", b"\r\n", b"ab", b"aab"]),
    limit=st.integers(3, 40),
)
def test_any_chunking_gives_the_same_lines_as_the_whole(data: bytes, cuts: list[int], delimiter: bytes, limit: int):
    def lines(chunks: list[bytes]) -> list[object]:
        buffer, out = ReceiveBuffer(), []

        def drain() -> bool:
            while True:
                try:
                    line = buffer.take_until(delimiter, limit)
                except LimitExceeded:
                    out.append("too long")
                    return False
                except IncompleteRead as error:
                    out.append(error.partial)
                    return False
                if not line:
                    return True
                out.append(line)

        for chunk in chunks:
            buffer.append(chunk)
            if not drain():
                return out
        buffer.end()
        drain()
        return out

    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    whole = lines([data])
    assert lines(pieces) == whole
    assert lines([data[index : index + 1] for index in range(len(data))]) == whole
    assert (
        b"".join(line for line in whole if isinstance(line, bytes))
        == data[: sum(map(len, (x for x in whole if x != "too long")))]
    )
