"""Functions of numbers."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("ROUND(2.5)", "3"),
        ("ROUND(-1.5)", "-2"),
        ("ROUND(2.5e0)", "2.0"),
        ("ROUND(1.005, 2)", "1.01"),
        ("ROUND(2.5, 3)", "2.500"),
        ("ROUND(123.456, -1)", "120"),
        ("ROUND(18446744073709551615)", "18446744073709551615"),
        ("TRUNCATE(-1.999, 1)", "-1.9"),
        ("TRUNCATE(122, -2)", "100"),
        ("FLOOR(-1.2)", "-2"),
        ("CEIL(1.2)", "2"),
        ("CEIL('1.2')", "2.0"),
        ("ABS(-5.5)", "5.5"),
        ("SIGN(-3)", "-1"),
        ("MOD(-10, 3)", "-1"),
        ("POW(2, 10)", "1024.0"),
        ("SQRT(-1)", None),
        ("LOG(2, 8)", "3.0"),
        ("LN(0)", None),
        ("ATAN(1, -1)", "2.356194490192345"),
        ("PI()", "3.141592653589793"),
        ("CRC32('')", "0"),
        ("FORMAT_BYTES(1536)", "1.50 KiB"),
        ("FORMAT_PICO_TIME(3500)", "3.50 ns"),
    ],
)
def test_values(evaluate: Evaluation, expression: str, text: str | None) -> None:
    assert evaluate.text(expression) == text


@pytest.mark.parametrize("expression", ["EXP(1000)", "POW(10, 400)", "POW(0, -1)", "COT(0)"])
def test_what_is_out_of_range(evaluate: Evaluation, expression: str) -> None:
    assert evaluate.code(expression) == 1690


def test_a_seed_gives_the_same_numbers(evaluate: Evaluation) -> None:
    text = "SELECT RAND(5) FROM (SELECT 1 UNION ALL SELECT 2) AS two"
    first = evaluate.client.rows(text)
    assert first == evaluate.client.rows(text)
    assert first[0] != first[1]
    assert evaluate("RAND() BETWEEN 0 AND 1") == (1,)
