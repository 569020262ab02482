"""What columns make of values: stored, refused in the strict mode, cut with a warning outside of it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column
from sockservice.sql.storing import STORES, implicit_default, store
from sockservice.sql.storing_numbers import Bits
from sockservice.sqltypes import NAMES, SqlType

STRICT = frozenset(["STRICT_TRANS_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE"])


def column(kind: str) -> Column:
    return Column("c", SqlType.parse(kind))


def stored(kind: str, value: Any) -> Any:
    diagnostics = Diagnostics(strict=True, modes=STRICT)
    return store(value, column(kind), diagnostics)


def refused(kind: str, value: Any) -> int:
    with pytest.raises(Refused) as caught:
        stored(kind, value)
    return caught.value.answer.code


def cut(kind: str, value: Any) -> tuple[Any, list[int]]:
    diagnostics = Diagnostics(strict=False)
    return store(value, column(kind), diagnostics), [code for _, code, _ in diagnostics.warnings]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("INT", " 7 ", 7),
        ("INT", Decimal("12.5"), 13),
        ("INT", -12.5, -13),
        ("INT", "1e2", 100),
        ("INT", Bits(b"\x10"), 16),
        ("BIGINT UNSIGNED", 2**63 - 1, 2**63 - 1),
        ("BIGINT UNSIGNED", 2**64 - 1, "18446744073709551615"),
        ("BIGINT UNSIGNED", 2**63, "09223372036854775808"),
        ("DECIMAL(5,2)", "1.005", "1.01"),
        ("DECIMAL(5,2)", -999.99, "-999.99"),
        ("DECIMAL(5,2)", Decimal("-0.001"), "0.00"),
        ("DECIMAL(65,30)", Decimal("1" * 35), "1" * 35 + "." + "0" * 30),
        ("FLOAT", 3.14159, 3.141590118408203),
        ("DOUBLE", "1.5e2", 150.0),
        ("BIT(8)", "a", 97),
        ("YEAR", 99, 1999),
        ("YEAR", "69", 2069),
        ("YEAR", "0", 2000),
        ("YEAR", 0, 0),
        ("CHAR(3)", "a  ", "a"),
        ("VARCHAR(5)", "abc  ", "abc  "),
        ("VARCHAR(5)", 1.0, "1"),
        ("VARCHAR(5)", b"x", "x"),
        ("BINARY(4)", "ab", b"ab\0\0"),
        ("VARBINARY(4)", b"\0\xff", b"\0\xff"),
        ("ENUM('a','b')", "B ", "b"),
        ("ENUM('a','b')", 2, "b"),
        ("SET('a','b','c')", "c,a,a", "a,c"),
        ("SET('a','b','c')", 3, "a,b"),
        ("SET('a')", "", ""),
        ("JSON", '{"bb": 1.0, "a" :[true,null]}', '{"a": [true, null], "bb": 1.0}'),
        ("DATE", "24-1-5", "2024-01-05"),
        ("DATE", "2024/01/05", "2024-01-05"),
        ("DATE", 20240115, "2024-01-15"),
        ("DATETIME", "20240115123456", "2024-01-15 12:34:56"),
        ("DATETIME", "2024-01-15T12:34:56Z"[:19], "2024-01-15 12:34:56"),
        ("DATETIME", datetime.datetime(2024, 1, 15, 12, 34, 56), "2024-01-15 12:34:56"),
        ("DATETIME", "2024-12-31 23:59:59.5", "2025-01-01 00:00:00"),
        ("DATETIME(3)", "2024-01-01 10:00:00.1236", "2024-01-01 10:00:00.124"),
        ("DATETIME(3)", "2024-01-01", "2024-01-01 00:00:00.000"),
        ("TIMESTAMP", "1970-01-01 00:00:01", "1970-01-01 00:00:01"),
        ("TIME", "1:2", "01:02:00"),
        ("TIME", "12", "00:00:12"),
        ("TIME", 123456, "12:34:56"),
        ("TIME", "1 2:03:04", "26:03:04"),
        ("TIME", "-838:59:59", "-838:59:59"),
        ("TIME(2)", "10:00:00.126", "10:00:00.13"),
        ("TIME", datetime.timedelta(hours=-30, seconds=5), "-29:59:55"),
        ("TIME", "2024-01-01 10:11:12", "10:11:12"),
    ],
)  # fmt: skip
def test_values_that_fit(kind: str, value: Any, expected: Any) -> None:
    assert stored(kind, value) == expected
    assert type(stored(kind, value)) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "code", "left", "warned"),
    [
        ("TINYINT", 128, 1264, 127, 1264),
        ("TINYINT UNSIGNED", -1, 1264, 0, 1264),
        ("BIGINT UNSIGNED", 2**64, 1264, "18446744073709551615", 1264),
        ("INT", "abc", 1366, 0, 1366),
        ("INT", "12abc", 1265, 12, 1265),
        ("DECIMAL(5,2)", 1000, 1264, "999.99", 1264),
        ("DECIMAL(5,2) UNSIGNED", -1, 1264, "0.00", 1264),
        ("DECIMAL(5,2)", "x", 1366, "0.00", 1366),
        ("FLOAT", 1e39, 1264, 3.4028234663852886e38, 1264),
        ("DOUBLE", "x", 1265, 0.0, 1265),
        ("BIT(1)", 2, 1406, 1, 1406),
        ("YEAR", 1900, 1264, 0, 1264),
        ("CHAR(3)", "abcd", 1406, "abc", 1265),
        ("TINYTEXT", "é" * 128, 1406, "é" * 127, 1265),
        ("VARBINARY(2)", b"abc", 1406, b"ab", 1265),
        ("VARCHAR(5)", b"a\xff", 1366, "a", 1366),
        ("ENUM('a','b')", "x", 1265, "", 1265),
        ("ENUM('a','b')", 3, 1265, "", 1265),
        ("SET('a','b')", "a,x", 1265, "a", 1265),
        ("DATE", "2023-02-29", 1292, "0000-00-00", 1265),
        ("DATE", "tomorrow", 1292, "0000-00-00", 1265),
        ("DATETIME", "2024-01-01 25:00:00", 1292, "0000-00-00 00:00:00", 1265),
        ("TIMESTAMP", "1969-12-31 23:59:59", 1292, "0000-00-00 00:00:00", 1264),
        ("TIME", "839:00:00", 1292, "838:59:59", 1264),
        ("TIME", "12:60:00", 1292, "00:00:00", 1265),
    ],
)
def test_values_that_do_not(kind: str, value: Any, code: int, left: Any, warned: int) -> None:
    assert refused(kind, value) == code
    assert cut(kind, value) == (left, [warned])


def test_zero_dates_are_a_matter_of_the_mode() -> None:
    assert [refused("DATE", "0000-00-00"), refused("DATE", "2024-00-10")] == [1292, 1292]
    assert cut("DATE", "0000-00-00") == ("0000-00-00", [])
    assert cut("DATE", "2024-00-10") == ("2024-00-10", [])


@pytest.mark.parametrize("value", ["{", "[1,]", "NaN", "[" * 200 + "]" * 200, "'a'"])
def test_what_is_not_json_is_refused_in_any_mode(value: str) -> None:
    assert refused("JSON", value) == 3140
    with pytest.raises(Refused):
        cut("JSON", value)


def test_messages_name_the_column_and_the_row() -> None:
    diagnostics = Diagnostics(strict=True, place=3)
    with pytest.raises(Refused, match="Out of range value for column 'c' at row 3"):
        store(1000, column("TINYINT"), diagnostics)
    with pytest.raises(Refused, match="Incorrect date value: 'x' for column 'c' at row 3"):
        store("x", column("DATE"), diagnostics)


BRACKETS = {"VARCHAR": "(5)", "VARBINARY": "(5)", "DECIMAL": "(10,2)", "ENUM": "('a','b')", "SET": "('a','b')"}
KINDS = [name + BRACKETS.get(name, "") for name in sorted(NAMES - {"NULL"})]


@given(
    kind=st.sampled_from(KINDS),
    value=st.one_of(
        st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20), st.binary(max_size=20),
        st.decimals(allow_nan=False, allow_infinity=False), st.datetimes(), st.dates(), st.timedeltas(),
    )
)  # fmt: skip
def test_any_value_is_stored_or_refused_and_what_was_stored_is_stored_again_as_it_is(kind: str, value: Any) -> None:
    diagnostics = Diagnostics(strict=False)
    try:
        first = store(value, column(kind), diagnostics)
    except Refused:
        return
    assert isinstance(first, (int, float, str, bytes))
    if kind != "BIT":
        assert store(first, column(kind), Diagnostics(strict=False)) == first


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_has_an_implicit_default_that_it_takes(kind: str) -> None:
    default = implicit_default(column(kind))
    assert store(default, column(kind), Diagnostics(strict=False)) == default


def test_each_type_is_stored_somehow() -> None:
    assert set(STORES) == NAMES - {"NULL"}
