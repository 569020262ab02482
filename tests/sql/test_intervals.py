"""Intervals that are added to dates and times."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("DATE'2024-01-31' + INTERVAL 1 MONTH", "2024-02-29"),
        ("DATE'2024-02-29' + INTERVAL 1 YEAR", "2025-02-28"),
        ("INTERVAL 1 DAY + DATE'2024-12-31'", "2025-01-01"),
        ("DATE'2024-01-01' - INTERVAL 1 QUARTER", "2023-10-01"),
        ("DATE'2024-01-01' + INTERVAL 1 HOUR", "2024-01-01 01:00:00"),
        ("TIMESTAMP'2024-01-01 00:00:00' + INTERVAL 1.5 SECOND", "2024-01-01 00:00:01.5"),
        ("TIMESTAMP'2024-01-01 10:00:00' + INTERVAL '1:30' HOUR_MINUTE", "2024-01-01 11:30:00"),
        ("TIMESTAMP'2024-01-01 10:00:00' + INTERVAL '-1 2' DAY_HOUR", "2023-12-31 08:00:00"),
        ("TIMESTAMP'2024-01-01 00:00:00' + INTERVAL '1' SECOND_MICROSECOND", "2024-01-01 00:00:00.100000"),
        ("'2024-01-01' + INTERVAL 1 DAY", "2024-01-02"),
        ("'2024-01-01' + INTERVAL 1 HOUR", "2024-01-01 01:00:00"),
        ("'2024-01-01 10:00:00' + INTERVAL 1 DAY", "2024-01-02 10:00:00"),
        ("TIME'10:00:00' + INTERVAL 15 HOUR", "25:00:00"),
        ("DATE_SUB(DATE'2024-03-01', INTERVAL 1 DAY)", "2024-02-29"),
        ("ADDDATE(DATE'2024-01-01', 31)", "2024-02-01"),
        ("TIMESTAMPADD(WEEK, -1, DATE'2024-01-08')", "2024-01-01"),
        ("DATE'2024-01-01' + INTERVAL NULL DAY", None),
        ("DATE'2024-01-01' + INTERVAL '1 2:3:4.5' HOUR_MINUTE", None),
        ("'nonsense' + INTERVAL 1 DAY", None),
    ],
)
def test_values_of_intervals(evaluate: Evaluation, expression: str, text: str | None) -> None:
    assert evaluate.text(expression) == text


def test_what_is_beyond_the_calendar_is_null(evaluate: Evaluation) -> None:
    assert evaluate("DATE'9999-12-31' + INTERVAL 1 DAY, DATE'0001-01-01' - INTERVAL 1 YEAR") == (None, None)
    assert evaluate.warnings == [1441, 1441]


def test_an_unknown_unit_is_a_mistake(evaluate: Evaluation) -> None:
    assert evaluate.code("TIMESTAMPADD(LUSTRUM, 1, NOW())") == 1064


def test_a_parameter_may_be_the_amount(evaluate: Evaluation) -> None:
    assert evaluate("DATE'2024-01-01' + INTERVAL ? DAY", 3) == ("2024-01-04",)
