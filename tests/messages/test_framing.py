"""Framings: whole and byte by byte, what is sent is read back; limits hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.errors import LimitExceeded
from sockservice.messages.framing import CHUNKS, LINES, Delimited, Fixed, LengthPrefixed, read_framing

FRAMINGS = [
    LINES,
    Delimited(b"\0"),
    Delimited(b"--end--"),
    LengthPrefixed(1),
    LengthPrefixed(2, "little"),
    LengthPrefixed(4, whole=True),
    LengthPrefixed(8, "little", whole=True),
]


def messages_of(framing, data, chunk=None, limit=1000):
    """All messages in ``data``, fed whole or in chunks."""
    buffer, found = bytearray(), []
    for start in range(0, len(data), chunk or max(len(data), 1)):
        buffer += data[start : start + (chunk or len(data))]
        while (message := framing.cut(buffer, limit)) is not None:
            found.append(message)
    return found, bytes(buffer)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FRAMINGS), st.lists(st.binary(max_size=60)), st.sampled_from([None, 1, 3]))
def test_what_is_framed_is_cut_into_the_same_messages(framing, messages, chunk):
    if isinstance(framing, Delimited):
        messages = [message.replace(framing.delimiter[:1], b"").replace(b"\n", b"") for message in messages]
    data = b"".join(map(framing.frame, messages))
    assert messages_of(framing, data, chunk) == (messages, b"")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*FRAMINGS, Fixed(3), CHUNKS]), st.binary(max_size=300))
def test_any_bytes_are_messages_or_wait_or_are_refused(framing, data):
    try:
        whole, rest = messages_of(framing, data, limit=100)
    except LimitExceeded:
        return
    assert len(b"".join(whole)) + len(rest) <= len(data)
    if framing is not CHUNKS:
        assert messages_of(framing, data, 1, limit=100) == (whole, rest)


def test_lines_end_with_lf_alone_too():
    assert messages_of(LINES, b"one\ntwo\r\nthree") == ([b"one", b"two"], b"three")
    assert LINES.frame(b"one") == b"one\r\n"


@pytest.mark.parametrize(
    ("framing", "data"),
    [
        (LINES, b"x" * 12),
        (LINES, b"x" * 11 + b"\r\n"),
        (LengthPrefixed(4), b"\0\0\0\x0b"),
        (LengthPrefixed(8), b"\xff" * 8),
        (LengthPrefixed(4, whole=True), b"\0\0\0\3"),
    ],
)
def test_a_message_over_the_limit_is_refused_before_it_is_here(framing, data):
    with pytest.raises(LimitExceeded):
        framing.cut(bytearray(data), 9)


def test_fixed_messages_are_filled_up():
    assert Fixed(4).frame(b"ab") == b"ab\0\0"
    assert messages_of(Fixed(2), b"abcde") == ([b"ab", b"cd"], b"e")
    with pytest.raises(ValueError, match="5 bytes does not fit into 4"):
        Fixed(4).frame(b"abcde")


def test_a_length_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="300 bytes does not fit a length of 1 bytes"):
        LengthPrefixed(1).frame(bytes(300))


@pytest.mark.parametrize(
    ("text", "framing"),
    [
        ("line", LINES),
        ("lf", Delimited(b"\n")),
        ("nul", Delimited(b"\0")),
        ("none", CHUNKS),
        (r"delimiter:\r\n\x00end\\", Delimited(b"\r\n\0end\\")),
        ("delimiter:::", Delimited(b"::")),
        ("length:4", LengthPrefixed(4)),
        ("length:2,little", LengthPrefixed(2, "little")),
        ("length:2,whole,little", LengthPrefixed(2, "little", whole=True)),
        ("fixed:16", Fixed(16)),
    ],
)
def test_a_framing_is_read(text, framing):
    assert read_framing(text) == framing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lines", "did you mean 'line'"),
        ("length", "is not understood"),
        ("length:9", "is not understood"),
        ("length:4,middle", "is not understood"),
        ("fixed:0", "is not understood"),
        ("fixed:99999999999", "is not understood"),
        ("delimiter:", "is not understood"),
        (r"delimiter:\q", "is no escape"),
        ("", "is no framing"),
    ],
)
def test_a_mistake_in_a_framing_says_what_is_right(text, said):
    with pytest.raises(ValueError, match=said):
        read_framing(text)


@given(st.text(max_size=20))
def test_any_text_is_a_framing_or_a_clear_mistake(text):
    try:
        framing = read_framing(text)
    except ValueError:
        return
    assert framing.frame(b"") is not None
