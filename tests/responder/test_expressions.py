from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import FakeSession, Talk

from sockservice.answers import Error, Rows


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("- - 5", 5),
        ("1.50", Decimal("1.50")),
        ("1e3", 1000.0),
        ("0xFF", b"\xff"),
        ("x'4d59'", b"MY"),
        ("b'101'", b"\x05"),
        ("NULL", None),
        ("TRUE", 1),
        ("'a' 'b'", "ab"),
        ("_utf8mb4'x'", "x"),
        ("'x' COLLATE utf8mb4_bin", "x"),
        ("2 + 3 * 4 - 1", 13),
        ("(2 + 3) * 4", 20),
        ("7 DIV 2", 3),
        ("-7 DIV 2", -3),
        ("7 % 3", 1),
        ("-7 MOD 3", -1),
        ("10 / 4", Decimal("2.5000")),
        ("1 / 3", Decimal("0.3333")),
        ("5 / 2.50", Decimal("2.000000")),
        ("1.5 * 1.25", Decimal("1.875")),
        ("1 / 0", None),
        ("5 % 0", None),
        ("'3abc' + 1", 4.0),
        ("'abc' + 1", 1.0),
        ("1 + NULL", None),
        ("1 = 1", 1),
        ("1 = 1 = 1", 1),
        ("1 <=> NULL", 0),
        ("NULL <=> NULL", 1),
        ("NULL = NULL", None),
        ("'a' = 'A'", 1),
        ("'1.0' = 1", 1),
        ("1 + 1 = 2 AND 3 > 2", 1),
        ("NULL AND 0", 0),
        ("NULL AND 1", None),
        ("NULL OR 1", 1),
        ("1 XOR 1", 0),
        ("NOT NULL", None),
        ("NOT 1 = 2", 1),
        ("!0", 1),
        ("NULL IS NULL", 1),
        ("1 IS NOT NULL", 1),
        ("0 IS FALSE", 1),
        ("NULL IS NOT TRUE", 1),
        ("'abc' LIKE 'A%'", 1),
        ("'abc' LIKE '_b_'", 1),
        ("'abc' NOT LIKE 'b%'", 1),
        (r"'a%c' LIKE 'a\%c'", 1),
        ("'a%c' LIKE 'a|%c' ESCAPE '|'", 1),
        ("'abc' LIKE '%%%c'", 1),
        ("'abc' LIKE 'abc'", 1),
        ("'abc' LIKE 'ab'", 0),
        ("'aba' LIKE 'ab%ba'", 0),
        ("'abcabd' LIKE 'a%c%bd'", 1),
        ("'abcabd' LIKE '%d%c%'", 0),
        (r"'a%%c' LIKE '%\%\%c'", 1),
        (r"'abbc' LIKE '%\%\%c'", 0),
        ("'' LIKE '%'", 1),
        ("2 IN (1, 2)", 1),
        ("3 IN (1, NULL)", None),
        ("3 NOT IN (1, 2)", 1),
        ("5 BETWEEN 1 AND 9", 1),
        ("5 NOT BETWEEN 6 AND 9", 1),
        ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b"),
        ("CASE WHEN 0 THEN 'a' ELSE 'c' END", "c"),
        ("CASE WHEN 0 THEN 'a' END", None),
        ("(SELECT 5)", 5),
        ("BINARY 'x'", "x"),
        ("CAST(1 AS CHAR)", "1"),
        ("CAST('12abc' AS SIGNED INTEGER)", 12),
        ("CAST(-1 AS UNSIGNED)", 18446744073709551615),
        ("CAST('1.555' AS DECIMAL(5,2))", Decimal("1.56")),
        ("CAST('99999' AS DECIMAL(3,1))", Decimal("99.9")),
        ("CAST('abcdef' AS CHAR(3) CHARACTER SET utf8mb4)", "abc"),
        ("CAST('2020-02-29' AS DATE)", datetime.date(2020, 2, 29)),
        ("CAST('2020-02-29 01:02:03' AS TIME)", datetime.timedelta(hours=1, minutes=2, seconds=3)),
        ("CONVERT('5', UNSIGNED)", 5),
        ("CONVERT('x' USING utf8mb4)", "x"),
    ],
)
def test_an_expression_has_mysqls_value(expression: str, value: Any) -> None:
    found = Talk().value(expression)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("CONCAT('a', 1, 1.50)", "a11.50"),
        ("CONCAT('a', NULL)", None),
        ("CONCAT_WS(',', 'a', NULL, 'b')", "a,b"),
        ("IF(0, 1, 'b')", "b"),
        ("IFNULL(NULL, 'x')", "x"),
        ("COALESCE(NULL, NULL, 3)", 3),
        ("NULLIF(1, 1)", None),
        ("ISNULL(NULL)", 1),
        ("UPPER('aé')", "AÉ"),
        ("LCASE('ABC')", "abc"),
        ("LENGTH('é')", 2),
        ("LENGTH('\udcff')", 1),
        ("OCTET_LENGTH('\ud800x')", 2),
        ("HEX('a\udcff')", "61FF"),
        ("CAST('\udcff' AS BINARY)", b"\xff"),
        ("HEX(CAST('\udcff' AS BINARY))", "FF"),
        ("CHAR_LENGTH('é')", 1),
        ("LEFT('hello', 2)", "he"),
        ("SUBSTRING('hello', 2, 3)", "ell"),
        ("SUBSTRING('hello', -3)", "llo"),
        ("SUBSTRING('hello', 0)", ""),
        ("REPLACE('aXbX', 'X', 'y')", "ayby"),
        ("TRIM('  a ')", "a"),
        ("QUOTE('it''s')", "'it\\'s'"),
        ("HEX(255)", "FF"),
        ("HEX('ab')", "6162"),
        ("LEAST(3, 1, 2)", 1),
        ("GREATEST('a', 'b')", "b"),
        ("ABS(-3)", 3),
        ("FLOOR(-1.5)", -2),
        ("ROUND(2.5)", Decimal(3)),
        ("CONVERT_TZ('2001-01-01 01:00:00', 'UTC', 'UTC') IS NOT NULL", 1),
        ("CONVERT_TZ('2001-01-01 01:00:00', '+00:00', '+03:00')", datetime.datetime(2001, 1, 1, 4)),
        ("CONVERT_TZ('2001-01-01 01:00:00', 'Nowhere/Land', 'UTC')", None),
        ("TIMEDIFF('2001-01-01 03:00:00', '2001-01-01 01:30:00')", datetime.timedelta(hours=1, minutes=30)),
        ("TIME_FORMAT(TIMEDIFF('2001-01-01 01:00:00', '2001-01-01 03:30:00'), '%H:%i')", "-02:30"),
        ("TIME_FORMAT('03:04:05', '%T')", "03:04:05"),
        ("UNIX_TIMESTAMP('2001-01-01 00:00:00')", 978307200),
        ("DATE('2001-01-01 05:00:00')", datetime.date(2001, 1, 1)),
        ("SEC_TO_TIME(61)", datetime.timedelta(seconds=61)),
        ("VERSION()", "8.4.3-sockservice"),
        ("DATABASE()", "shop"),
        ("SCHEMA()", "shop"),
        ("USER()", "tester@127.0.0.1"),
        ("CURRENT_USER", "tester@%"),
        ("LAST_INSERT_ID()", 0),
        ("CONNECTION_ID() = @@pseudo_thread_id", 1),
    ],
)
def test_a_function_gives_what_mysqls_gives(expression: str, value: Any) -> None:
    assert Talk().value(expression) == value


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1", "BIGINT"),
        ("'abc'", "VARCHAR"),
        ("1.25", "DECIMAL"),
        ("1e0", "DOUBLE"),
        ("NULL", "NULL"),
        ("1 / 0", "DECIMAL"),
        ("NOW()", "DATETIME"),
        ("CURDATE()", "DATE"),
        ("CURTIME()", "TIME"),
        ("@@autocommit", "BIGINT"),
        ("@@long_query_time", "DOUBLE"),
        ("@@sql_mode", "VARCHAR"),
        ("x'00'", "VARBINARY"),
    ],
)
def test_an_expression_has_mysqls_type(expression: str, kind: str) -> None:
    assert Talk().ask(f"SELECT {expression}").columns[0].type.name == kind


def test_types_are_as_wide_as_their_values() -> None:
    columns = Talk().ask("SELECT 'abc', 12.345, 18446744073709551615, NOW(6)").columns
    assert columns[0].type.length == 3
    assert (columns[1].type.length, columns[1].type.decimals) == (5, 3)
    assert columns[2].type.unsigned
    assert columns[3].type.length in (6, None)  # the microseconds may be zero


def test_no_database_is_null_with_the_type_of_a_name() -> None:
    answer = Talk(session=FakeSession(database="")).ask("SELECT DATABASE()")
    assert answer.rows[0] == (None,)
    assert answer.columns[0].type.name == "VARCHAR"


def test_parameters_are_taken_in_order() -> None:
    talk = Talk()
    assert talk.row("SELECT ?, ? + ?, ?", "a", 1, 2, None) == ("a", 3, None)
    assert talk.row("SELECT ? + ?", 5, Decimal("0.5")) == (Decimal("5.5"),)
    assert talk.row("SELECT ?") == (None,)  # asked for its columns before anything is bound


def test_user_variables_are_set_and_read() -> None:
    talk = Talk()
    assert talk.row("SELECT @x, @x := 5, @x, @`X` + 1") == (None, 5, 5, 6)
    assert talk.session.user_variables == {"x": 5}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("9223372036854775807 + 1", "BIGINT value is out of range in '(9223372036854775807 + 1)'"),
        ("18446744073709551615 + 1", "BIGINT UNSIGNED value is out of range in '(18446744073709551615 + 1)'"),
        ("1e308 * 10", "DOUBLE value is out of range in '(1e+308 * 10.0)'"),
    ],
)
def test_out_of_range_is_mysqls_error(expression: str, message: str) -> None:
    answer = Talk().ask(f"SELECT {expression}")
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (1690, "22003", message)


def test_now_stands_still_where_the_timestamp_is_set() -> None:
    talk = Talk()
    talk.ask("SET timestamp = 978310923.5")
    assert talk.row("SELECT NOW(), NOW(3), CURDATE(), CURTIME(), UNIX_TIMESTAMP()") == (
        datetime.datetime(2001, 1, 1, 1, 2, 3),
        datetime.datetime(2001, 1, 1, 1, 2, 3, 500000),
        datetime.date(2001, 1, 1),
        datetime.timedelta(hours=1, minutes=2, seconds=3),
        978310923,
    )
    talk.ask("SET time_zone = '+03:00'")
    assert talk.row("SELECT NOW(), UTC_TIMESTAMP()") == (
        datetime.datetime(2001, 1, 1, 4, 2, 3),
        datetime.datetime(2001, 1, 1, 1, 2, 3),
    )


def test_a_text_that_would_grow_without_end_becomes_null() -> None:
    talk = Talk()
    talk.ask("SET @a = 'xxxxxxxxxxxxxxxx'")
    for _ in range(30):
        talk.ask("SET @a = CONCAT(@a, @a)")
    assert talk.value("@a") is None


def test_like_with_many_wildcards_is_quick() -> None:
    assert Talk().value("? LIKE ?", "a" * 2000, "%a" * 400 + "b") == 0
    assert Talk().value("? LIKE ?", "a" * 5_000_000 + "users" + "a", "%a" * 400 + "%users%") == 1


VALUES = st.sampled_from(
    [
        *"1 0 -1 2.5 -0.001 1e10 1e300 9223372036854775807 18446744073709551615 NULL TRUE 'a' '' '12' '-5x'".split(),
        "12345678901234567890123456789012345678901234567890",
        "0.000000000000000000000000000001",
        "'2001-02-03 04:05:06'",
        "'10:11:12'",
        "'9999-12-31 23:59:59'",
        "'0001-01-01 00:00:00'",
        *"'+14:00' '-13:59' 'UTC' x'00ff' ? @a @@timestamp @@sql_mode NOW(6) CURDATE() CURTIME() DATABASE()".split(),
    ]
)
OPERATORS = st.sampled_from("+ - * / % DIV MOD = <=> <> < >= AND OR XOR LIKE".split())
ONE = st.sampled_from(
    "- NOT UPPER HEX LENGTH ABS FLOOR ROUND DATE UNIX_TIMESTAMP SEC_TO_TIME ISNULL TRIM QUOTE LAST_INSERT_ID".split()
)
TWO = st.sampled_from("CONCAT IFNULL NULLIF TIMEDIFF TIME_FORMAT LEFT SUBSTRING LEAST GREATEST CONCAT_WS".split())
TYPES = st.sampled_from(
    "CHAR CHAR(2) SIGNED UNSIGNED DECIMAL DECIMAL(65,30) DECIMAL(3,1) DOUBLE DATE DATETIME TIME BINARY".split()
)
EXPRESSIONS = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(ONE, inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(TWO, inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"),
        st.tuples(inner, TYPES).map(lambda parts: f"CAST({parts[0]} AS {parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"CONVERT_TZ({', '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"),
        st.tuples(inner, inner).map(lambda parts: f"CASE {parts[0]} WHEN {parts[1]} THEN 1 END"),
    ),
    max_leaves=5,
)


@given(
    EXPRESSIONS, st.one_of(st.none(), st.integers(), st.floats(), st.decimals(), st.text(max_size=9), st.datetimes())
)
@settings(max_examples=1000, deadline=None)
def test_any_expression_has_a_value_or_an_error_or_is_passed_on(expression: str, param: Any) -> None:
    talk = Talk()
    talk.session.user_variables["a"] = "7x"
    answer = talk.ask(f"SELECT {expression}", param)
    assert answer is None or isinstance(answer, (Rows, Error))
