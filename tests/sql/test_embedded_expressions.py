"""Literals: texts, bytes, numbers and what clients bind."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("_binary'\udcff\\0a'", b"\xff\0a"),
        ("_binary'5' + 0", 5.0),
        ("x'35' + 0", 53),
        ("_latin1 x'e9'", "é"),
        ("_utf8mb4'a' = 'A'", 1),
        ("N'a'", "a"),
        ("'a' 'b'", "ab"),
        ("b'1000001'", b"A"),
        ("18446744073709551615", (1 << 64) - 1),
        ("18446744073709551616", Decimal("18446744073709551616")),
        ("1.50", Decimal("1.50")),
        ("1e3", 1000.0),
        ("TRUE + TRUE", 2),
        ("NULL", None),
    ],
)
def test_values_of_literals(evaluate: Evaluation, expression: str, value: object) -> None:
    assert evaluate(expression) == (value,)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (3, "3"),
        (1.5, "1.5"),
        (Decimal("1.50"), "1.50"),
        ("text", "text"),
        (b"\x01", "\x01"),
        (None, None),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 12, 0, 0, 500_000), "2024-02-29 12:00:00.500000"),
        (datetime.timedelta(hours=-30), "-30:00:00"),
    ],
)
def test_parameters_are_values_of_their_own_types(evaluate: Evaluation, given: object, text: str | None) -> None:
    assert evaluate("CONCAT(?)", given) in [(text,), (None if text is None else text.encode(),)]


def test_a_moment_that_is_bound_is_reckoned_with(evaluate: Evaluation) -> None:
    assert evaluate("? + INTERVAL 1 DAY, ? < ?", datetime.date(2024, 2, 29), 1, "2") == ("2024-03-01", 1)


def test_bytes_that_are_no_text_are_refused_as_text(evaluate: Evaluation) -> None:
    client = evaluate.client
    client.ok("CREATE TABLE t (s VARCHAR(10), b BLOB, l VARCHAR(10) CHARACTER SET latin1)")
    assert client.error("INSERT INTO t (s) VALUES ('a\udcff')").message.startswith(r"Incorrect string value: '\xFF'")
    assert client.code("INSERT INTO t (l) VALUES ('日')") == 1366
    client.ok("INSERT INTO t (b, l) VALUES (_binary'\udcff\\0', 'é'), ('\udcfe', 'é')")
    assert client.rows("SELECT b, LENGTH(l) FROM t") == [(b"\xff\0", 1), (b"\xfe", 1)]


def test_the_collation_of_the_connection_is_that_of_literals(evaluate: Evaluation) -> None:
    for collation, same in (("utf8mb4_general_ci", 1), ("utf8mb4_bin", 0), ("utf8mb4_0900_ai_ci", 1)):
        evaluate.client.session.variables["collation_connection"] = collation
        assert evaluate("'a' = 'A', COLLATION('x')") == (same, collation)
