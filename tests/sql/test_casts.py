"""CAST, CONVERT, COLLATE and literals of dates and times."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("CAST('12.7' AS SIGNED)", "12"),
        ("CAST(12.7 AS SIGNED)", "13"),
        ("CAST(-12.5 AS SIGNED)", "-13"),
        ("CAST(-1 AS UNSIGNED)", "18446744073709551615"),
        ("CAST(18446744073709551615 AS SIGNED)", "-1"),
        ("CAST('1.567' AS DECIMAL(5,2))", "1.57"),
        ("CAST(12345 AS DECIMAL(3,1))", "99.9"),
        ("CAST(123 AS CHAR(2))", "12"),
        ("CAST(1e20 AS CHAR)", "1e20"),
        ("CAST('abc' AS BINARY(5))", "b'abc\\x00\\x00'"),
        ("CAST('2024-02-29 12:34:56' AS DATE)", "2024-02-29"),
        ("CAST('2024-02-30' AS DATE)", None),
        ("CAST('0000-00-00' AS DATE)", None),
        ("CAST(20240229 AS DATE)", "2024-02-29"),
        ("CAST(12 AS DATE)", None),
        ("CAST('2024-01-01 10:00:00.999999' AS DATETIME)", "2024-01-01 10:00:01"),
        ("CAST('2024-01-01 10:00:00.123456' AS DATETIME(3))", "2024-01-01 10:00:00.123"),
        ("CAST('12:34' AS TIME)", "12:34:00"),
        ("CAST(TIME'10:20:30' AS SIGNED)", "102030"),
        ("CAST('24' AS YEAR)", "2024"),
        ('CAST(\'{"b":1,"a":2}\' AS JSON)', '{"a": 2, "b": 1}'),
        ("CONVERT('12', SIGNED)", "12"),
        ("LENGTH(CONVERT('é' USING latin1))", "1"),
        ("LENGTH(_latin1'abc')", "3"),
        ("DATE'2024-02-29'", "2024-02-29"),
        ("TIMESTAMP'2024-02-29 10:00:00.50'", "2024-02-29 10:00:00.50"),
        ("TIME'-25:00:01'", "-25:00:01"),
    ],
)
def test_values_of_casts(evaluate: Evaluation, expression: str, text: str | None) -> None:
    assert evaluate.text(expression) == text


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("DATE'2024-02-30'", 1525),
        ("TIME'nonsense'", 1525),
        ("CAST(1 AS DECIMAL(70))", 1426),
        ("CAST(1 AS DECIMAL(5,6))", 1427),
        ("CAST('nonsense' AS JSON)", 3141),
        ("'a' COLLATE nonsense", 1273),
        ("'a' COLLATE latin1_bin", 1253),
        ("'a' COLLATE utf8mb4_bin = 'a' COLLATE utf8mb4_general_ci", 1267),
    ],
)
def test_what_cannot_be_cast(evaluate: Evaluation, expression: str, code: int) -> None:
    assert evaluate.code(expression) == code


def test_what_is_cut_warns(evaluate: Evaluation) -> None:
    evaluate("CAST('12abc' AS SIGNED), CAST('abc' AS CHAR(2)), CAST(12345 AS DECIMAL(3,1))")
    assert evaluate.warnings == [1292, 1292, 1264]


def test_collate_says_how_texts_are_compared(evaluate: Evaluation) -> None:
    assert evaluate("'a' = 'A' COLLATE utf8mb4_bin, 'a' = 'A', BINARY 'a' = 'A'") == (0, 1, 0)
    assert evaluate("COLLATION('a' COLLATE utf8mb4_bin), CHARSET(1), COERCIBILITY('a')") == ("utf8mb4_bin", "binary", 4)
