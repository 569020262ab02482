"""Comparisons, logic, IN, LIKE and what chooses by them."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("NULL <=> NULL", 1),
        ("1 <=> NULL", 0),
        ("NULL = NULL", None),
        ("1 = '1.0'", 1),
        ("0 = 'abc'", 1),
        ("'10' < '9'", 1),
        ("'10' < 9", 0),
        ("1.50 = '1.5'", 1),
        ("(1, 2) < (1, 3)", 1),
        ("(1, NULL) = (2, 2)", 0),
        ("(1, NULL) = (1, 2)", None),
        ("(1, NULL) <=> (1, NULL)", 1),
        ("(1, 2) IN ((3, 4), (1, 2))", 1),
        ("NULL IN (1)", None),
        ("1 IN (NULL, 1)", 1),
        ("1 NOT IN (2, NULL)", None),
        ("5 BETWEEN 10 AND 1", 0),
        ("1 XOR NULL", None),
        ("2 IS TRUE", 1),
        ("NULL IS NOT TRUE", 1),
        ("NOT 'a'", 1),
        ("0.4 AND 1", 1),
        ("'abc' LIKE 'A_C'", 1),
        ("'abc' LIKE BINARY 'ABC'", 0),
        ("'a%c' LIKE 'a\\%c'", 1),
        ("'abc' LIKE 'a\\%c'", 0),
        ("'a%c' LIKE 'a|%c' ESCAPE '|'", 1),
        ("'abc' NOT LIKE 'x%'", 1),
        ("'é' LIKE 'e'", 1),
        ("'abc ' LIKE 'abc'", 0),
        ("CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "two"),
        ("CASE NULL WHEN NULL THEN 1 ELSE 2 END", 2),
        ("IF(NULL, 1, 2)", 2),
        ("IFNULL(NULL, 'x')", "x"),
        ("NULLIF('a', 'A')", None),
        ("COALESCE(NULL, NULL, 3)", 3),
        ("GREATEST(2, 10, 3)", 10),
        ("GREATEST('b', 'a')", "b"),
        ("LEAST('abc', 'ABC')", "abc"),
        ("LEAST(1, NULL)", None),
        ("INTERVAL(5, 1, 4, 6)", 2),
        ("STRCMP('a', 'b')", -1),
        ("DATE'2024-01-01' = '2024-1-1'", 1),
        ("DATE'2024-01-01' < TIMESTAMP'2024-01-01 00:00:01'", 1),
        ("TIMESTAMP'2024-01-01 00:00:00.50' = '2024-01-01 00:00:00.5'", 1),
        ("TIME'10:00:00' < '100:00:00'", 1),
        ("TIME'10:00:00' < DATE'2000-01-01'", 0),
    ],
)
def test_values_of_conditions(evaluate: Evaluation, expression: str, value: object) -> None:
    assert evaluate(expression) == (value,)


def test_a_date_is_not_compared_with_what_is_none(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (d DATE)")
    evaluate.client.ok("INSERT INTO t VALUES ('2024-01-01')")
    assert evaluate.client.error("SELECT * FROM t WHERE d = 'nonsense'").message == "Incorrect DATE value: 'nonsense'"


def test_rows_of_different_width_are_refused(evaluate: Evaluation) -> None:
    assert evaluate.code("(1, 2) = (1, 2, 3)") == 1241


def test_a_choice_has_the_type_of_all_results(evaluate: Evaluation) -> None:
    assert evaluate.text("IF(1, 1, 1.50)") == "1.00"
    assert evaluate.types("IF(1, 1, 'x'), IFNULL(1, 2e0), COALESCE(DATE'2024-01-01', NULL)") == [
        "VARCHAR",
        "DOUBLE",
        "DATE",
    ]


def test_a_column_is_compared_so_that_its_index_serves(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (d DATE, dt DATETIME(3), n INT)")
    evaluate.client.ok("INSERT INTO t VALUES ('2024-02-29', '2024-02-29 12:00:00.250', 7)")
    for condition in ("d > '2024-2-1'", "d < '2024-02-29 00:00:01'", "dt = '2024-02-29 12:00:00.25'", "n = '7'"):
        assert evaluate.client.rows(f"SELECT n FROM t WHERE {condition}") == [(7,)]


def test_a_text_of_a_column_that_is_no_date_is_before_all_dates(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (d DATE, s VARCHAR(10))")
    evaluate.client.ok("INSERT INTO t VALUES ('2024-01-01', 'nonsense')")
    assert evaluate.client.rows("SELECT d = s, s < d FROM t") == [(0, 1)]
    assert evaluate.warnings == [1292, 1292]
