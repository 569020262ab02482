"""Values in text form."""

from __future__ import annotations

import datetime
import math
import struct
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.mysql.charsets import charset
from sockservice.mysql.values import floating_text, text_encoder
from sockservice.sqltypes import NAMES, SqlType

DAY, MOMENT = datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5)
LONGEST = datetime.timedelta(hours=838, minutes=59, seconds=59)
HALF = datetime.timedelta(hours=1, microseconds=500000)


def encoded(sql, value, name="utf8mb4"):
    return text_encoder(SqlType.parse(sql), charset(name))(value)


@pytest.mark.parametrize(
    ("sql", "value", "text"),
    [
        ("INT", 7, b"7"),
        ("INT", "7", b"7"),
        ("INT", b"7", b"7"),
        ("TINYINT(1)", True, b"1"),
        ("BIGINT UNSIGNED", 2**64 - 1, b"18446744073709551615"),
        ("INT", 2.5, b"3"),
        ("INT", Decimal("-2.5"), b"-3"),
        ("DECIMAL(10,2)", Decimal("12.5"), b"12.50"),
        ("DECIMAL(10,2)", 12.345, b"12.35"),
        ("DECIMAL(10,2)", 3, b"3.00"),
        ("DECIMAL(8)", Decimal("77.5"), b"78"),
        ("DECIMAL", Decimal("1E+3"), b"1000"),
        ("DECIMAL(40,2)", Decimal("9" * 38), b"9" * 38 + b".00"),
        ("DOUBLE(8,2)", 3.5, b"3.50"),
        ("DOUBLE", 3, b"3"),
        ("FLOAT", Decimal("1.25"), b"1.25"),
        ("DATE", DAY, b"2024-01-02"),
        ("DATE", MOMENT, b"2024-01-02"),
        ("DATE", "0000-00-00", b"0000-00-00"),
        ("DATE", datetime.date(33, 1, 2), b"0033-01-02"),
        ("DATETIME", DAY, b"2024-01-02 00:00:00"),
        ("DATETIME(3)", DAY, b"2024-01-02 00:00:00.000"),
        ("DATETIME", MOMENT, b"2024-01-02 03:04:05"),
        ("DATETIME(6)", MOMENT.replace(microsecond=123456), b"2024-01-02 03:04:05.123456"),
        ("DATETIME(2)", MOMENT.replace(microsecond=995000), b"2024-01-02 03:04:06.00"),
        ("TIMESTAMP", MOMENT.replace(microsecond=499999), b"2024-01-02 03:04:05"),
        ("TIMESTAMP", MOMENT.replace(tzinfo=datetime.UTC), b"2024-01-02 03:04:05"),
        ("TIME", datetime.timedelta(hours=-838, minutes=-59, seconds=-59), b"-838:59:59"),
        ("TIME", datetime.timedelta(days=2, seconds=1), b"48:00:01"),
        ("TIME(3)", HALF, b"01:00:00.500"),
        ("TIME(1)", -HALF, b"-01:00:00.5"),
        ("TIME", HALF, b"01:00:01"),
        ("TIME(6)", datetime.time(1, 2, 3, 4), b"01:02:03.000004"),
        ("TIME", MOMENT, b"03:04:05"),
        ("YEAR", 2024, b"2024"),
        ("YEAR", 0, b"0000"),
        ("YEAR", DAY, b"2024"),
        ("BIT(10)", 0b1010101010, b"\x02\xaa"),
        ("BIT", True, b"\x01"),
        ("BIT(8)", b"\xff", b"\xff"),
        ("CHAR(5)", "é", "é".encode()),
        ("VARCHAR(20)", 7, b"7"),
        ("VARCHAR(20)", 0.1, b"0.1"),
        ("VARCHAR(20)", Decimal("1.50"), b"1.50"),
        ("TEXT", MOMENT, b"2024-01-02 03:04:05"),
        ("TEXT", HALF, b"01:00:00.500000"),
        ("TEXT", {"a": 1}, b'{"a": 1}'),
        ("ENUM('new','paid')", "paid", b"paid"),
        ("SET('a','b')", ["b", "a"], b"b,a"),
        ("SET('a','b')", {"b", "a"}, b"a,b"),
        ("BINARY(4)", b"\x01\x02", b"\x01\x02\0\0"),
        ("VARBINARY(4)", b"\x01", b"\x01"),
        ("BLOB", "é", "é".encode()),
        ("BLOB", bytearray(b"\xff\0"), b"\xff\0"),
        (
            "JSON",
            {"bb": [1, True, None, 1.5, Decimal("2.50")], "a": "é"},
            '{"a": "é", "bb": [1, true, null, 1.5, 2.5]}'.encode(),
        ),
        ("JSON", '{"as":"is"}', b'{"as":"is"}'),
        ("JSON", True, b"true"),
        ("JSON", {"at": DAY}, b'{"at": "2024-01-02"}'),
        ("GEOMETRY", b"\0\1", b"\0\1"),
    ],
)
def test_a_value_has_the_text_that_mysql_sends(sql, value, text):
    assert encoded(sql, value) == text


def test_texts_are_sent_in_the_clients_character_set_and_bytes_are_not():
    assert encoded("VARCHAR(9)", "é", "latin1") == b"\xe9"
    assert encoded("BLOB", "é", "latin1") == "é".encode()
    assert encoded("JSON", ["é"], "latin1") == b'["\xe9"]'


@pytest.mark.parametrize(
    ("sql", "value", "why"),
    [
        ("INT", MOMENT, "datetime"),
        ("INT", float("nan"), "nan"),
        ("DOUBLE", float("inf"), "inf"),
        ("DOUBLE", 10**400, "is not a number"),
        ("DECIMAL(5,2)", [], "list"),
        ("DATE", 7, "is not a date"),
        ("DATETIME", 1.5, "is not a date and time"),
        ("DATETIME", datetime.datetime.max, "is not a date and time that MySQL has"),
        ("TIME", datetime.timedelta(hours=839), "838:59:59"),
        ("TIME(6)", LONGEST + datetime.timedelta(microseconds=1), "838:59:59"),
        ("TIME", datetime.timedelta.min, "838:59:59"),
        ("TIME", datetime.timedelta.max, "838:59:59"),
        ("TIME", 7, "is not a time"),
        ("YEAR", 1.5, "is not a year"),
        ("BIT(4)", 16, "4 bit"),
        ("BIT(4)", -1, "4 bit"),
        ("JSON", float("nan"), "not JSON"),
        ("JSON", object(), "not JSON"),
        ("JSON", {1: 2}, "a key is not a string"),
        ("JSON", Decimal("Infinity"), "not JSON"),
        ("VARCHAR(9)", object(), "is not a value"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_reason(sql, value, why):
    with pytest.raises(ValueError, match=why):
        encoded(sql, value)


def test_a_document_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(ValueError, match="not JSON"):
        encoded("JSON", loop)


@pytest.mark.parametrize(
    ("number", "text"),
    # Source: MariaDB 10.11, SELECT of each.
    [
        (1e15, "1e15"),
        (1e14, "100000000000000"),
        (999999999999999.0, "999999999999999"),
        (123456789012345678e0, "1.2345678901234568e17"),
        (1e-15, "0.000000000000001"),
        (1e-16, "1e-16"),
        (1.5e-14, "0.000000000000015"),
        (-1e16, "-1e16"),
        (1.5e300, "1.5e300"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1 / 3, "0.3333333333333333"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (123456.789, "123456.789"),
        (-1.2345678901234567e-4, "-0.00012345678901234567"),
        (1e-10, "0.0000000001"),
        (0.0, "0"),
        (100.0, "100"),
    ],
)
def test_a_double_is_printed_as_mysql_prints_it(number, text):
    assert floating_text(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    # Source: MariaDB 10.11, a FLOAT column.
    [
        (3.14159265, b"3.14159"),
        (123456789, b"123457000"),
        (1e10, b"10000000000"),
        (3.4e38, b"3.4e38"),
        (1234567, b"1234570"),
        (1e15, b"1e15"),
        (99999.99, b"100000"),
        (0.000123456789, b"0.000123457"),
    ],
)
def test_a_float_has_six_digits(number, text):
    assert encoded("FLOAT", number) == text


@settings(max_examples=1000, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_read_back_as_the_same_number(number):
    text = floating_text(number)
    assert struct.pack("d", float(text)) == struct.pack("d", number)
    assert ("e" in text) == (number != 0 and not 1e-15 <= abs(number) < 1e15)


@settings(max_examples=200, deadline=None)
@given(st.timedeltas(-LONGEST, LONGEST), st.integers(0, 6))
def test_a_time_is_read_back_within_its_precision(value, fraction):
    text = encoded(f"TIME({fraction})", value).decode()
    hours, minutes, seconds = text.lstrip("-").split(":")
    assert len(seconds.partition(".")[2]) == fraction
    size = Decimal(hours) * 3600 + Decimal(minutes) * 60 + Decimal(seconds)
    exact = Decimal(abs(value) // datetime.timedelta(microseconds=1)) / 1000000
    assert abs(size - exact) <= Decimal(1).scaleb(-fraction) / 2


VALUES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=9),
    st.binary(max_size=9),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.times(),
    st.recursive(
        st.none() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=5
    ),
    st.dictionaries(st.text(max_size=3) | st.integers(), st.decimals(), max_size=3),
    st.just(object()),
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(NAMES)), st.none() | st.integers(0, 6), VALUES, st.sampled_from(["utf8mb4", "latin1", "gbk"])
)
def test_any_value_in_any_column_is_bytes_or_a_reason(name, length, value, set_name):
    encode = text_encoder(SqlType(name, length), charset(set_name))
    try:
        found = encode(value)
    except ValueError as problem:
        found = str(problem)
    if isinstance(value, (str, bytes)):
        assert isinstance(found, bytes)
    elif isinstance(value, float) and not math.isfinite(value):
        assert isinstance(found, str)
    assert found != ""


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_encoded_in_the_short_way_as_in_the_long_one(number):
    assert encoded("DOUBLE", number) == floating_text(number).encode()


@pytest.mark.parametrize("number", [1e15, 999999999999999.9, 1e14, 1e-4, 1e-5, -0.0, 5e-324])
def test_a_double_at_the_edges_of_the_short_way(number):
    assert encoded("DOUBLE", number) == floating_text(number).encode()


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_double_that_mysql_has_not_is_refused(number):
    with pytest.raises(ValueError, match="is not a number that MySQL has"):
        encoded("DOUBLE", number)


@given(st.text(st.characters(codec=None)))
def test_any_text_is_encoded_in_the_short_way_as_in_the_long_one(text):
    assert encoded("VARCHAR(9)", text) == charset("utf8mb4").encode(text)


def test_numbers_for_a_client_of_wide_characters_are_wide():
    assert encoded("INT", 7, "utf16") == "7".encode("utf-16-be")
    assert encoded("DOUBLE", 1.0, "utf16") == "1".encode("utf-16-be")
