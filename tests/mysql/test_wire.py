"""Length-encoded integers and strings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.errors import ProtocolError
from sockservice.mysql.wire import PayloadReader, length_encoded, length_encoded_string


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "00"),
        (250, "fa"),
        (251, "fcfb00"),
        (65535, "fcffff"),
        (65536, "fd000001"),
        (16777215, "fdffffff"),
        (16777216, "fe0000000100000000"),
        (2**64 - 1, "feffffffffffffffff"),
    ],
)
def test_an_integer_takes_the_shortest_form(number, encoded):
    assert length_encoded(number).hex() == encoded
    assert PayloadReader(bytes.fromhex(encoded)).length_encoded() == number


@pytest.mark.parametrize("number", [-1, 2**64])
def test_an_integer_that_does_not_fit_is_refused(number):
    with pytest.raises(ValueError, match="does not fit"):
        length_encoded(number)


@pytest.mark.parametrize("payload", [b"", b"\xfb", b"\xff", b"\xfc\x01", b"\xfe1234567"])
def test_what_is_no_length_encoded_integer_is_the_peers_error(payload):
    with pytest.raises(ProtocolError):
        PayloadReader(payload).length_encoded()


def test_a_string_without_its_nul_goes_to_the_end():
    reader = PayloadReader(b"one\0two")
    assert (reader.until_nul(), reader.until_nul(), reader.at_end) == (b"one", b"two", True)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5), st.binary(max_size=20))
def test_strings_are_read_back_as_written(strings, rest):
    reader = PayloadReader(b"".join(map(length_encoded_string, strings)) + rest)
    assert [reader.length_encoded_string() for _ in strings] == strings
    assert reader.rest() == rest
    assert reader.at_end


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60), st.lists(st.sampled_from(["length_encoded_string", "until_nul", "rest"]), max_size=9))
def test_any_payload_is_read_or_is_the_peers_error(payload, calls):
    reader = PayloadReader(payload)
    for call in calls:
        try:
            assert getattr(reader, call)() in payload
        except ProtocolError:
            break
