"""Made values, fitted to their columns as MySQL converts them."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.responder.answering.made_values import inferred_made, made_value, text_of
from sockservice.sqltypes import SqlType

MOMENT = datetime(2024, 2, 29, 12, 30, 5, 123456)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "INT", None),
        (True, "INT", 1),
        (2.5, "INT", 3),
        (-2.5, "INT", -3),
        (Decimal("41.7"), "BIGINT", 42),
        ("42", "INT", 42),
        (1.239, "DECIMAL(10,2)", Decimal("1.24")),
        (Decimal("1.235"), "DECIMAL(10,2)", Decimal("1.24")),
        (0.1 + 0.2, "DECIMAL(10,2)", Decimal("0.30")),
        (True, "DECIMAL(3,1)", Decimal("1.0")),
        (Decimal("1.5"), "DOUBLE", 1.5),
        (1.5, "VARCHAR(9)", "1.5"),
        (True, "VARCHAR(9)", "1"),
        (Decimal("1E+3"), "VARCHAR(9)", "1000"),
        (MOMENT, "VARCHAR(30)", "2024-02-29 12:30:05.123456"),
        (UUID(int=5), "CHAR(36)", "00000000-0000-0000-0000-000000000005"),
        (b"caf\xc3\xa9", "VARCHAR(9)", "café"),
        (bytearray(b"\0\1"), "BLOB", b"\0\1"),
        (5, "VARBINARY(9)", b"5"),
        (MOMENT, "DATETIME", MOMENT.replace(microsecond=0)),
        (MOMENT, "DATETIME(3)", MOMENT.replace(microsecond=123000)),
        (MOMENT, "DATETIME(6)", MOMENT),
        (MOMENT.replace(tzinfo=UTC), "TIMESTAMP", MOMENT.replace(microsecond=0)),
        (date(2024, 2, 29), "DATETIME", datetime(2024, 2, 29)),
        (MOMENT, "DATE", date(2024, 2, 29)),
        (date(3, 2, 1), "DATE", date(3, 2, 1)),
        (MOMENT, "TIME(2)", timedelta(hours=12, minutes=30, seconds=5, microseconds=120000)),
        (time(1, 2, 3), "TIME", timedelta(hours=1, minutes=2, seconds=3)),
        (timedelta(hours=-30), "TIME", timedelta(hours=-30)),
        ({"a": Decimal("1.5")}, "JSON", {"a": "1.5"}),
        ((1, 2), "JSON", [1, 2]),
        (MOMENT, "JSON", '"2024-02-29 12:30:05.123456"'),
        ("PAID", "ENUM('new','paid')", "paid"),
        (5, "BIT(4)", 5),
        (2024, "YEAR", 2024),
    ],
)
def test_a_made_value_is_converted_as_mysql_would(value, kind, expected):
    made = made_value(value, SqlType.parse(kind))
    assert made == expected
    assert type(made) is type(expected)


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("x", "INT", "'x' is not a whole number"),
        (300, "TINYINT", "300 is outside of -128 to 127"),
        (float("nan"), "INT", "MySQL has no such number"),
        (float("inf"), "DECIMAL(5,2)", "MySQL has no such number"),
        (10.0**300, "DECIMAL(5,2)", "too many digits"),
        (12345, "DECIMAL(5,2)", "more than 3 digits"),
        ("longer", "VARCHAR(3)", "longer than 3 characters"),
        (object(), "VARCHAR(3)", "a object is no value of a column"),
        ([object()], "JSON", "a object is no value of a column"),
        ({(1, 2): 3}, "JSON", "it is not JSON"),
        ("2024-02-30", "DATE", "does not exist"),
        (5, "DATE", "is not a date"),
        (timedelta(days=50), "TIME", "is not a time"),
        ("gone", "ENUM('new','paid')", "is not a member"),
    ],
)
def test_what_a_column_cannot_hold_is_refused(value, kind, message):
    with pytest.raises(ValueError, match=message):
        made_value(value, SqlType.parse(kind))


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ([None, None], "NULL"),
        ([1, None, True], "BIGINT"),
        ([Colour.RED], "BIGINT"),
        ([1.5, 2], "DOUBLE"),
        ([Decimal("1.50"), 20], "DECIMAL(4,2)"),
        ([Decimal("1.50"), 2.5], "DOUBLE"),
        (["a", "abc"], "VARCHAR(3)"),
        ([UUID(int=1)], "VARCHAR(36)"),
        ([b"a", bytearray(b"b")], "BLOB"),
        ([MOMENT, None], "DATETIME(6)"),
        ([MOMENT.replace(microsecond=0), date(2024, 1, 1)], "DATETIME"),
        ([date(2024, 1, 1)], "DATE"),
        ([timedelta(1), time(1)], "TIME"),
        ([time(1, 2, 3, 4)], "TIME(6)"),
        ([{"a": 1}, (1,), []], "JSON"),
    ],
)
def test_the_type_of_made_values_is_told_from_them(column, kind):
    assert inferred_made(column) == SqlType.parse(kind)
    assert [made_value(value, inferred_made(column)) for value in column]


@pytest.mark.parametrize(
    ("column", "message"),
    [([1, "a"], "mixes numbers and text"), ([object()], "has a object"), ([Decimal("NaN")], "no such number")],
)
def test_values_without_a_type_are_refused(column, message):
    with pytest.raises(ValueError, match=message):
        inferred_made(column)


ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=9)
    | st.binary(max_size=9)
) | (st.dates() | st.datetimes() | st.times() | st.timedeltas() | st.uuids() | st.lists(st.integers(), max_size=3))


@given(ANY, st.sampled_from("INT DECIMAL(10,2) DOUBLE VARCHAR(9) BLOB DATE DATETIME(3) TIME JSON BIT(8) YEAR".split()))
def test_any_value_fits_a_column_or_is_refused(value, kind):
    try:
        made_value(value, SqlType.parse(kind))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - whether it is refused is up to the example


@given(ANY)
def test_any_value_has_a_text(value):
    assert isinstance(text_of(value), str)
