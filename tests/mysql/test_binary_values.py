"""Values of binary rows: the same as in text rows, whatever the column."""

from __future__ import annotations

import datetime
import struct
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_client import binary_value, moment, span
from wire_client import Definition, Reader, read_definition

from sockservice.answers import Column
from sockservice.mysql.binary_values import binary_encoder
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.columns import column_definition
from sockservice.mysql.values import text_encoder
from sockservice.sqltypes import SqlType


def encoded(text, value):
    return binary_encoder(SqlType.parse(text), UTF8MB4)(value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        # Bytes as MariaDB 10.11 sends them.
        ("TINYINT", -128, "80"),
        ("TINYINT UNSIGNED", 255, "ff"),
        ("SMALLINT", -2, "feff"),
        ("MEDIUMINT", -2, "feffffff"),
        ("INT UNSIGNED", 4294967295, "ffffffff"),
        ("BIGINT", -1, "ffffffffffffffff"),
        ("BIGINT UNSIGNED", 18446744073709551615, "ffffffffffffffff"),
        ("YEAR", 2024, "e807"),
        ("INT", "42", "2a000000"),
        ("INT", True, "01000000"),
        ("INT", Decimal("2.5"), "03000000"),
        ("FLOAT", 1.5, "0000c03f"),
        ("DOUBLE", "0.1", "9a9999999999b93f"),
        ("DOUBLE(10,2)", 1.254, struct.pack("<d", 1.25).hex()),
        ("DECIMAL(10,2)", Decimal("12.5"), "0531322e3530"),
        ("DATE", datetime.date(2024, 2, 29), "04e807021d"),
        ("DATE", "0000-00-00", "00"),
        ("DATE", "2024-00-00", "04e8070000"),
        ("DATETIME", datetime.datetime(2024, 2, 29), "04e807021d"),
        ("DATETIME", "2024-02-29 12:34:56", "07e807021d0c2238"),
        ("DATETIME(6)", datetime.datetime(2024, 2, 29, 12, 34, 56, 1), "0be807021d0c223801000000"),
        ("DATETIME", "0000-00-00 00:00:00", "00"),
        ("TIME", datetime.timedelta(0), "00"),
        ("TIME", datetime.timedelta(hours=-838, minutes=-59, seconds=-59), "080122000000163b3b"),
        ("TIME(3)", "-25:00:00.500", "0c0101000000010000" + "20a10700"),
        ("BIT(10)", 5, "020005"),
        ("JSON", {"a": 1}, "087b2261223a20317d"),
        ("VARCHAR(9)", "é", "02c3a9"),
        ("BLOB", b"\0\xff", "0200ff"),
        ("ENUM('a','b')", "b", "0162"),
    ],
)
def test_values_are_packed(text, value, expected):
    assert encoded(text, value).hex() == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TINYINT", 128),
        ("TINYINT UNSIGNED", -1),
        ("INT", "abc"),
        ("BIGINT", 2**63),
        ("FLOAT", "x"),
        ("FLOAT", 1e39),
        ("DATE", "soon"),
        ("DATETIME", "24:00"),
        ("TIME", "noon"),
        ("TIME", datetime.timedelta(hours=900)),
        ("INT", "é"),
        ("YEAR", "-1"),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_refused(text, value):
    with pytest.raises(ValueError, match=r"\w"):
        encoded(text, value)


VALUES = st.one_of(
    st.tuples(st.sampled_from(["TINYINT", "SMALLINT", "INT", "BIGINT", "YEAR"]), st.integers(0, 127)),
    st.tuples(st.just("BIGINT"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("BIGINT UNSIGNED"), st.integers(0, 2**64 - 1)),
    st.tuples(st.just("DATE"), st.dates()),
    st.tuples(
        st.sampled_from(["DATETIME(6)", "TIMESTAMP(6)", "DATETIME(3)"]),
        st.datetimes(max_value=datetime.datetime(9999, 12, 30)),
    ),
    st.tuples(
        st.sampled_from(["TIME", "TIME(6)"]),
        st.timedeltas(datetime.timedelta(hours=-838), datetime.timedelta(hours=838)),
    ),
    st.tuples(st.sampled_from(["TEXT", "VARCHAR(99)", "CHAR(9)"]), st.text()),
    st.tuples(st.sampled_from(["BLOB", "VARBINARY(99)"]), st.binary()),
    st.tuples(st.just("DECIMAL(30,6)"), st.decimals(-(10**20), 10**20, places=6)),
    st.tuples(st.just("DOUBLE"), st.floats(allow_nan=False, allow_infinity=False)),
)


def shortest(text):
    """Moments without what both protocols may leave out."""
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.removesuffix(" 00:00:00")


@settings(max_examples=1000, deadline=None)
@given(VALUES)
def test_a_column_shows_the_same_in_binary_and_in_text(case):
    name, value = case
    sql = SqlType.parse(name)
    column, _ = read_definition(column_definition(Column("c", sql), UTF8MB4, 255))
    assert isinstance(column, Definition)
    reader = Reader(binary_encoder(sql, UTF8MB4)(value))
    given_value = binary_value(reader, column)
    assert reader.data == b""
    text = text_encoder(sql, UTF8MB4)(value)
    if isinstance(given_value, int):
        assert given_value == int(text)
    elif isinstance(given_value, float):
        assert given_value == float(text)
    elif isinstance(given_value, str):
        ours, theirs = shortest(given_value), shortest(text.decode())
        assert ours == theirs or {ours, theirs} == {"00:00:00", "-00:00:00"}
    else:
        assert given_value == text


def test_the_readers_of_this_test_know_zero():
    assert (moment(b""), span(b"")) == ("0000-00-00", "00:00:00")
