"""Arithmetic and bits: values, types and what is out of range."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("1 + 2", "3"),
        ("7 / 2", "3.5000"),
        ("22 / 7 * 7", "22.0000"),
        ("1.10 * 2.20", "2.4200"),
        ("1.5 - 1.50", "0.00"),
        ("0.1 + 0.2", "0.3"),
        ("0.1e0 + 0.2e0", "0.30000000000000004"),
        ("-7 DIV 2", "-3"),
        ("-7 % 2", "-1"),
        ("5.5 % -2", "1.5"),
        ("'1.5' + '1.5'", "3.0"),
        ("18446744073709551614 + 1", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("DATE'2024-01-31' + 1", "20240132"),
        ("TIMESTAMP'2024-01-01 10:00:00.5' + 0", "20240101100000.5"),
        ("~0", "18446744073709551615"),
        ("1 << 63", "9223372036854775808"),
        ("1 << 64", "0"),
        ("-1 >> 60", "15"),
        ("5 & '3'", "1"),
        ("0x41 + 0", "65"),
        ("x'41' | 0", "65"),
        ("NULL + 1", None),
        ("1 / 0", None),
    ],
)
def test_values_of_arithmetic(evaluate: Evaluation, expression: str, text: str | None) -> None:
    assert evaluate.text(expression) == text


@pytest.mark.parametrize(
    "expression",
    [
        "9223372036854775807 + 1",
        "-9223372036854775808 - 1",
        "18446744073709551615 + 1",
        "CAST(1 AS UNSIGNED) - 2",
        "1e308 * 10",
        "-(-9223372036854775808)",
        "ABS(-9223372036854775808)",
    ],
)
def test_what_does_not_fit_is_out_of_range(evaluate: Evaluation, expression: str) -> None:
    assert evaluate.code(expression) == 1690


def test_types_follow_the_operands(evaluate: Evaluation) -> None:
    assert evaluate.types("1 + 1, 1 + 1.0, 1 + 1e0, 1 / 2, 1 DIV 2, '1' + 1, 1 = 1") == [
        "BIGINT",
        "DECIMAL",
        "DOUBLE",
        "DECIMAL",
        "BIGINT",
        "DOUBLE",
        "BIGINT",
    ]


def test_a_division_by_zero_warns(evaluate: Evaluation) -> None:
    evaluate("1 / 0, 1 DIV 0, 5 % 0, 1e0 / 0")
    assert evaluate.warnings == [1365] * 4


def test_a_division_by_zero_is_an_error_where_it_is_stored(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (n INT)")
    assert evaluate.client.code("INSERT INTO t VALUES (1 / 0)") == 1365


def test_a_text_that_is_no_number_warns(evaluate: Evaluation) -> None:
    assert evaluate("'1abc' + 1, 'x' * 2, ' 5 ' + 0") == (2.0, 0.0, 5.0)
    assert evaluate.warnings == [1292, 1292]


def test_members_and_bits_are_numbers(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (e ENUM('a', 'b'), s SET('x', 'y', 'z'), b BIT(64), u BIGINT UNSIGNED)")
    evaluate.client.ok("INSERT INTO t VALUES ('b', 'x,z', 18446744073709551615, 18446744073709551615)")
    assert evaluate.client.rows("SELECT e + 0, s + 0, b + 0, u - 1, u > 5, e = 2 FROM t") == [
        (2, 5, (1 << 64) - 1, (1 << 64) - 2, 1, 1)
    ]


def test_a_plan_serves_other_literals(evaluate: Evaluation) -> None:
    assert [evaluate(f"{number} * 2")[0] for number in (3, 4, 1 << 40)] == [6, 8, 1 << 41]


def test_bits_are_bytes_to_functions_of_texts(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (b BIT(10), y YEAR)")
    evaluate.client.ok("INSERT INTO t VALUES (b'100000101', 2024)")
    assert evaluate.client.rows("SELECT LENGTH(b), HEX(b), ASCII(b), b + 0 FROM t") == [(2, "105", 1, 261)]
    evaluate.client.ok("UPDATE t SET b = b'11111111'")
    assert evaluate.client.rows("SELECT BIN(b), CONV(b, 10, 16), LENGTH(CONCAT(b)) > 0 FROM t") == [
        ("11111111", "FF", 1)
    ]
    assert evaluate.client.code("SELECT y * -1 FROM t") == 1690
