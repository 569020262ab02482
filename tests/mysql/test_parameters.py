"""Parameters and query attributes in the binary protocol."""

from __future__ import annotations

import datetime
import struct
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import lenenc

from sockservice.mysql.charsets import UTF8MB4, charset
from sockservice.mysql.parameters import Bound, ParameterType, WrongParameters, read_parameters
from sockservice.mysql.wire import PayloadReader


def read(payload, count, **options):
    return read_parameters(PayloadReader(payload), count, options.pop("charset", UTF8MB4), **options)


def one(kind, data, flags=0, **options):
    (value,) = read(b"\0\1" + bytes([kind, flags]) + data, 1, **options).values
    return value


@pytest.mark.parametrize(
    ("kind", "flags", "data", "value"),
    [
        (1, 0, b"\xff", -1),
        (1, 0x80, b"\xff", 255),
        (2, 0, b"\xfe\xff", -2),
        (13, 0x80, b"\xe8\x07", 2024),
        (3, 0, b"\xff\xff\xff\xff", -1),
        (9, 0x80, b"\xff\xff\xff\xff", 2**32 - 1),
        (8, 0, b"\0" * 7 + b"\x80", -(2**63)),
        (8, 0x80, b"\xff" * 8, 2**64 - 1),
        (4, 0, struct.pack("<f", 1.5), 1.5),
        (5, 0, struct.pack("<d", -0.1), -0.1),
        (0, 0, b"\x041.50", Decimal("1.50")),
        (246, 0, b"\x03-.5", Decimal("-0.5")),
        (253, 0, b"\x02\xc3\xa9", "é"),
        (254, 0, b"\0", ""),
        (15, 0, b"\1x", "x"),
        (245, 0, b"\2{}", "{}"),
        (254, 0, b"\2\xff\0", "\udcff\0"),
        (252, 0, b"\2\xff\0", b"\xff\0"),
        (249, 0, b"\0", b""),
        (250, 0, b"\1x", b"x"),
        (251, 0, b"\1x", b"x"),
        (255, 0, b"\1x", b"x"),
        (10, 0, b"\4\xe8\7\2\x1d", datetime.date(2024, 2, 29)),
        (10, 0, b"\0", "0000-00-00"),
        (10, 0, b"\4\xe8\7\0\0", "2024-00-00"),
        (10, 0, b"\7\xe8\7\2\x1d\1\2\3", datetime.date(2024, 2, 29)),
        (12, 0, b"\4\xe8\7\2\x1d", datetime.datetime(2024, 2, 29)),
        (12, 0, b"\7\xe8\7\2\x1d\x0c\x22\x38", datetime.datetime(2024, 2, 29, 12, 34, 56)),
        (7, 0, b"\x0b\xe8\7\2\x1d\x0c\x22\x38\1\0\0\0", datetime.datetime(2024, 2, 29, 12, 34, 56, 1)),
        (12, 0, b"\0", "0000-00-00 00:00:00"),
        (12, 0, b"\x0b\0\0\0\0\1\2\3\5\0\0\0", "0000-00-00 01:02:03.000005"),
        (11, 0, b"\0", datetime.timedelta(0)),
        (11, 0, b"\x08\0\0\0\0\0\1\2\3", datetime.timedelta(hours=1, minutes=2, seconds=3)),
        (11, 0, b"\x08\1\x22\0\0\0\x16\x3b\x3b", -datetime.timedelta(hours=838, minutes=59, seconds=59)),
        (11, 0, b"\x0c\1\1\0\0\0\1\0\0\x20\xa1\7\0", -datetime.timedelta(hours=25, milliseconds=500)),
        (11, 0, b"\x08\0\xff\xff\xff\xff\0\0\0", datetime.timedelta(hours=838, minutes=59, seconds=59)),
        (6, 0, b"", None),
    ],
)
def test_each_type_becomes_its_value(kind, flags, data, value):
    found = one(kind, data, flags)
    assert (found, type(found)) == (value, type(value))


def test_texts_are_in_the_clients_character_set():
    assert one(253, b"\1\xe9", charset=charset("latin1")) == "é"


def test_nulls_have_no_value_and_the_others_follow():
    types = bytes([1, 0]) * 9
    bound = read(b"\x05\x01\1" + types + bytes(range(1, 7)), 9)
    assert bound.values == (None, 1, None, 2, 3, 4, 5, 6, None)


def test_types_that_are_not_told_are_those_of_the_last_time():
    types = (ParameterType(1, True), ParameterType(253))
    bound = read(b"\0\0\xff\1x", 2, types=types)
    assert (bound.types, bound.values) == (types, (255, "x"))


def test_types_that_were_never_told_are_refused():
    with pytest.raises(WrongParameters):
        read(b"\0\0\xff", 1)


def test_long_data_has_no_value_in_the_packet_and_the_type_tells_what_it_is():
    payload = b"\0\1" + bytes([252, 0, 253, 0, 1, 0]) + b"\7"
    assert read(payload, 3, long_data={0: b"\xff", 1: "é".encode()}).values == (b"\xff", "é", 7)
    # A parameter that has come as long data is no NULL, whatever the bitmap says.
    assert read(b"\1\1" + bytes([252, 0]), 1, long_data={0: b""}).values == (b"",)


def test_attributes_have_names_and_come_behind_the_parameters():
    payload = b"\0\1" + b"\1\0" + lenenc(b"") + b"\xfd\0" + lenenc("näme".encode()) + b"\5" + lenenc(b"v")
    bound = read(payload, 2, named=True)
    assert (bound.params(1), bound.attributes(1)) == ((5,), {"näme": "v"})


def test_no_parameters_are_nothing():
    assert read(b"", 0) == Bound()


@pytest.mark.parametrize(
    "payload",
    [b"", b"\0", b"\0\1", b"\0\1\1", b"\0\1\1\0", b"\0\1\xfd\0\5x", b"\0\1\x0c\0\5\0\0\0\0\0", b"\0\1\x0b\0\1\0",
     b"\0\1\x20\0\1", b"\0\1\xf6\0\1x", b"\0\1\x0c\0\4\xe8\7\x0d\1", b"\0\1\xf6\0\1\xff"],
)  # fmt: skip
def test_what_is_cut_short_or_no_value_is_refused(payload):
    with pytest.raises(WrongParameters):
        read(payload, 1)


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 9), st.booleans())
def test_no_bytes_raise_anything_else(payload, count, named):
    try:
        bound = read(payload, count, named=named)
    except WrongParameters:
        return
    assert len(bound.values) == len(bound.types) == count


SENT = st.one_of(
    st.none().map(lambda _: (6, b"", None)),
    st.integers(-(2**63), 2**63 - 1).map(lambda value: (8, struct.pack("<q", value), value)),
    st.floats(allow_nan=False).map(lambda value: (5, struct.pack("<d", value), value)),
    st.text(st.characters(codec="utf-8"), max_size=300).map(lambda value: (253, lenenc(value.encode()), value)),
    st.binary(max_size=300).map(lambda value: (252, lenenc(value), value)),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: (246, lenenc(str(value).encode()), value)),
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(SENT, max_size=20))
def test_what_is_sent_is_what_is_read(sent):
    count = len(sent)
    nulls = sum(1 << index for index, (_, _, value) in enumerate(sent) if value is None)
    payload = nulls.to_bytes((count + 7) // 8, "little") + b"\1" + b"".join(bytes([kind, 0]) for kind, _, _ in sent)
    payload += b"".join(data for _, data, _ in sent)
    assert read(payload, count).values == tuple(value for _, _, value in sent)
