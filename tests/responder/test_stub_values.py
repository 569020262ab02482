"""Values of stub files by column type: what MySQL would refuse or change is refused when the file is loaded."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice import yaml
from sockservice.responder.answering.stub_values import inferred, value_of
from sockservice.sqltypes import NAMES, SqlType


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("INT", 42, 42),
        ("INT", "42", 42),
        ("INT", True, 1),
        ("TINYINT", -128, -128),
        ("TINYINT UNSIGNED", 255, 255),
        ("BIGINT UNSIGNED", 2**64 - 1, 2**64 - 1),
        ("BIGINT", -(2**63), -(2**63)),
        ("DECIMAL(10,2)", "12.5", Decimal("12.50")),
        ("DECIMAL(10,2)", 12.5, Decimal("12.50")),
        ("DECIMAL(10,2)", 12, Decimal("12.00")),
        ("DECIMAL(10,2)", "-0", Decimal("0.00")),
        ("DECIMAL", 42, Decimal(42)),
        ("DECIMAL(65,30)", "1." + "3" * 30, Decimal("1." + "3" * 30)),
        ("DOUBLE", 1, 1.0),
        ("DOUBLE", "1e3", 1000.0),
        ("FLOAT", 0.1, 0.1),
        ("BIT(4)", 15, 15),
        ("YEAR", 2024, 2024),
        ("YEAR", "1999", 1999),
        ("YEAR", 0, 0),
        ("DATE", "2024-02-29", date(2024, 2, 29)),
        ("DATE", "0000-00-00", "0000-00-00"),
        ("DATETIME", "2024-02-29 12:30:00", datetime(2024, 2, 29, 12, 30)),
        ("DATETIME", "2024-02-29", datetime(2024, 2, 29)),
        ("DATETIME(3)", "2024-02-29T12:30:00.25", datetime(2024, 2, 29, 12, 30, 0, 250000)),
        ("TIMESTAMP(6)", "2024-02-29 12:30:00.000001", datetime(2024, 2, 29, 12, 30, 0, 1)),
        ("TIME", "12:30:00", timedelta(hours=12, minutes=30)),
        ("TIME", "-838:59:59", -timedelta(hours=838, minutes=59, seconds=59)),
        ("TIME(1)", "00:00:01.5", timedelta(seconds=1.5)),
        ("CHAR(3)", "abc", "abc"),
        ("VARCHAR(3)", "😀é❄", "😀é❄"),
        ("VARCHAR(3)", 42, "42"),
        ("VARCHAR(3)", "", ""),
        ("TEXT", "a" * 300, "a" * 300),
        ("BLOB", b"\x00\xff", b"\x00\xff"),
        ("BLOB", "é", "é".encode()),
        ("VARBINARY(4)", "hex:DEADBEEF", b"\xde\xad\xbe\xef"),
        ("ENUM('new','paid')", "PAID", "paid"),
        ("ENUM('1','2')", 2, "2"),
        ("SET('a','b','c')", "c,A", "a,c"),
        ("SET('a','b')", "", ""),
        ("JSON", {"a": [1, None]}, {"a": [1, None]}),
        ("JSON", '{"a": 1}', '{"a": 1}'),
        ("JSON", 1.5, "1.5"),
        ("JSON", True, "true"),
        ("GEOMETRY", b"\x01", b"\x01"),
    ],
)
def test_a_value_becomes_what_the_column_holds(kind, written, value):
    found = value_of(written, SqlType.parse(kind))
    assert found == value
    assert str(found) == str(value)
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "written", "part"),
    [
        ("INT", 2**31, "outside of -2147483648 to 2147483647"),
        ("INT UNSIGNED", -1, "outside of 0"),
        ("INT", 1.5, "1.5 is not a whole number"),
        ("INT", "4x", "'4x' is not a whole number"),
        ("INT", "", "'' is not a whole number"),
        ("INT", [1], "a list is not a whole number"),
        ("DECIMAL(4,2)", "123.4", "more than 2 digits before the point"),
        ("DECIMAL(4,2)", "1.234", "more than 2 digits behind the point"),
        ("DECIMAL(4,2)", "x", "'x' is not a number"),
        ("DECIMAL(4,2) UNSIGNED", "-1", "UNSIGNED"),
        ("DECIMAL(65,30)", 0.1 + 0.2, "may have lost digits; put it in quotes"),
        ("DECIMAL", "1e999", "digits before the point"),
        ("DECIMAL", math.nan, "no such number"),
        ("DOUBLE", math.inf, "no such number"),
        ("DOUBLE", "1e999", "no such number"),
        ("DOUBLE UNSIGNED", -1.0, "UNSIGNED"),
        ("BIT(4)", 16, "not a whole number of 4 bits"),
        ("BIT(4)", -1, "not a whole number of 4 bits"),
        ("YEAR", 1900, "1901 to 2155"),
        ("DATE", "2024-02-30", "'2024-02-30' does not exist: day is out of range"),
        ("DATE", "29.2.2024", "not a date such as 2024-02-29"),
        ("DATE", 20240229, "not a date"),
        ("DATE", "２０２４-01-01", "not a date"),
        ("DATETIME", "2024-02-29 25:00:00", "does not exist: hour"),
        ("DATETIME", "2024-02-29 12:00:00+01:00", "not a date and time"),
        ("DATETIME", "2024-02-29 12:00:00.5", "DATETIME(1) holds it"),
        ("DATETIME", 5, "not a date and time"),
        ("TIME", "839:00:00", "beyond 838:59:59"),
        ("TIME", "12:60:00", "not a time such as"),
        ("TIME(2)", "12:00:00.123", "TIME(3) holds it"),
        ("TIME", 45000, "not a time such as"),
        ("CHAR", "ab", "longer than 1 character"),
        ("VARCHAR(3)", "abcd", "longer than 3 characters"),
        ("VARCHAR(9)", 1.10, "1.1 is not text; put it in quotes"),
        ("VARCHAR(9)", True, "true is not text; put it in quotes"),
        ("VARCHAR(9)", b"a", "!!binary data of 1 bytes is not text"),
        ("VARCHAR(9)", {}, "a map is not text"),
        ("TINYTEXT", "é" * 200, "longer than a TINYTEXT can be"),
        ("VARBINARY(1)", "é", "longer than 1 byte"),
        ("BINARY", b"ab", "longer than 1 byte"),
        ("TINYBLOB", b"a" * 256, "longer than 255 bytes"),
        ("BLOB", "hex:0", "pairs of hexadecimal digits"),
        ("BLOB", 1.5, "put it in quotes"),
        ("ENUM('new','paid')", "piad", "'piad' is not a member; did you mean 'paid'?"),
        ("SET('a','b')", "a,d", "'d' is not a member; known: a, b"),
        ("JSON", "{a}", "is not JSON text"),
        ("JSON", math.nan, "is not JSON"),
        ("JSON", {"a": b"x"}, "is not JSON"),
        ("NULL", 1, "1 is not null"),
    ],
)
def test_what_a_column_cannot_hold_is_refused_with_the_reason(kind, written, part):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the text is looked at below
        value_of(written, SqlType.parse(kind))
    assert part in str(caught.value)


def test_null_goes_into_every_column():
    assert all(value_of(None, SqlType(name)) is None for name in NAMES)


def test_a_text_column_keeps_the_spelling_of_an_integer():
    assert value_of(yaml.compose("007"), SqlType("VARCHAR", 5)) == "007"
    number = value_of(yaml.compose("007"), SqlType("INT"))
    assert number == 7
    assert type(number) is int


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ([1, None, 2], SqlType("BIGINT")),
        ([1, 2**63], SqlType("BIGINT", unsigned=True)),
        ([yaml.compose("007")], SqlType("BIGINT")),
        ([True, False], SqlType("TINYINT", 1)),
        ([True, 2], SqlType("BIGINT")),
        ([1, 1.5], SqlType("DOUBLE")),
        (["a", "äöü", None], SqlType("VARCHAR", 3)),
        (["1.50"], SqlType("VARCHAR", 4)),
        ([""], SqlType("VARCHAR", 1)),
        (["a" * 16_384], SqlType("LONGTEXT")),
        ([b"a"], SqlType("BLOB")),
        ([b"a" * 70_000], SqlType("LONGBLOB")),
        ([{"a": 1}, [2]], SqlType("JSON")),
        ([None], SqlType("NULL")),
        ([], SqlType("NULL")),
    ],
)
def test_the_type_of_an_undeclared_column_comes_from_its_values(column, kind):
    assert inferred(column) == kind


def test_values_of_different_kinds_need_a_declared_type():
    with pytest.raises(ValueError, match="mixes numbers and text; say its type under 'columns'"):
        inferred([1, "a"])


WRITTEN = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.from_regex(
        r"-?[0-9]{1,4}[-:.][0-9]{2}[-:.][0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)?", fullmatch=True
    )
    | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=1000, deadline=None)
@given(WRITTEN, st.sampled_from(sorted(NAMES)), st.integers(0, 6), st.booleans())
def test_any_value_fits_or_is_a_value_error(written, name, length, unsigned):
    members = ("a", "b") if name in ("ENUM", "SET") else ()
    assert len(refusal(written, SqlType(name, length, None, unsigned, members))) < 300


def refusal(written, kind: SqlType) -> str:
    try:
        value_of(written, kind)
    except ValueError as error:
        return str(error)
    return ""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | WRITTEN, max_size=4))
def test_values_fit_the_type_that_was_inferred_from_them(column):
    try:
        kind = inferred(column)
    except ValueError:
        return
    for written in column:
        if isinstance(written, float) and not math.isfinite(written):
            continue
        if isinstance(written, int) and not -(2**63) <= written < 2**64:
            continue
        if kind.unsigned and isinstance(written, int) and written < 0:
            continue
        value_of(written, kind)
