"""INSERT … VALUES of literals is taken apart without the reader of SQL, and nothing else is."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from sockservice.sql.errors import Refused
from sockservice.sql.literals import fold
from sockservice.sql.value_rows import DEFAULT, take_apart


def test_rows_and_what_is_around_them() -> None:
    found = take_apart(fold("INSERT INTO `values (` (a, b) VALUES (1, -2.5), (NULL, 'x'), (default, TRUE)"))
    assert found is not None
    assert found.rest.key == "INSERT INTO `values (` ( a , b ) VALUES ( )"
    assert list(found.rows()) == [[1, Decimal("-2.5")], [None, "x"], [DEFAULT, 1]]
    assert found.number == 3


def test_the_literals_behind_the_rows_are_counted_anew() -> None:
    found = take_apart(fold("INSERT INTO t VALUES (1, 2), (3, 4) ON DUPLICATE KEY UPDATE a = 5, b = a + 6"))
    assert found is not None
    assert found.rest.key.endswith("VALUES ( ) ON DUPLICATE KEY UPDATE a = :p0 , b = a + :p1")
    assert [literal.value for literal in found.rest.literals] == [5, 6]


def test_one_plan_serves_any_number_of_rows() -> None:
    one, two = (take_apart(fold(text)) for text in ("INSERT t VALUES (1)", "INSERT t VALUES (2), (NULL)"))
    assert one is not None
    assert two is not None
    assert one.rest == two.rest


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t VALUES (1 + 1)",
        "INSERT INTO t VALUES (NOW())",
        "INSERT INTO t SELECT 1",
        "INSERT INTO t (a) SELECT * FROM (VALUES ROW(1)) AS x",
        "INSERT INTO t VALUES (1), (a)",
        "UPDATE t SET a = 1",
    ],
)
def test_other_statements_are_left_alone(text: str) -> None:
    assert take_apart(fold(text)) is None


def test_parameters_are_values_as_columns_take_them() -> None:
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 600)
    params = (moment, moment.date(), datetime.timedelta(hours=-1), True, b"x")
    found = take_apart(fold("INSERT INTO t VALUES (?, ?, ?, ?, ?)", params))
    assert found is not None
    assert list(found.rows()) == [["2024-01-02 03:04:05.000600", "2024-01-02", "-01:00:00", 1, b"x"]]


def test_rows_without_values() -> None:
    for text, expected in (("INSERT t VALUES ()", [[]]), ("INSERT t () VALUES (), ()", [[], []])):
        found = take_apart(fold(text))
        assert found is not None
        assert list(found.rows()) == expected
        found.check(0)


def test_a_row_of_another_width_is_named() -> None:
    found = take_apart(fold("INSERT INTO t VALUES (1, 2), (3)"))
    assert found is not None
    with pytest.raises(Refused, match="row 2"):
        found.check(2)
