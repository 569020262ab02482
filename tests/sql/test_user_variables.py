"""User variables and system variables in expressions, and SET."""

from __future__ import annotations

from decimal import Decimal

from embedded import Client
from evaluation import Evaluation


def test_values_keep_their_types(evaluate: Evaluation) -> None:
    evaluate.client.ok("SET @a = 1, @b = 'text', @c = 1.50, @d = NULL, @e := 2.5e0, @f = x'41'")
    assert evaluate("@a, @B, @`c`, @'d', @e, @f") == (1, "text", Decimal("1.50"), None, 2.5, b"A")
    assert evaluate.types("@a, @b, @c, @e") == ["BIGINT", "VARCHAR", "DECIMAL", "DOUBLE"]


def test_a_statement_may_count(evaluate: Evaluation) -> None:
    evaluate.client.ok("SET @n = 0")
    assert evaluate.client.rows("SELECT @n := @n + 1 FROM (SELECT 1 UNION ALL SELECT 2) AS two") == [(1,), (2,)]
    assert evaluate("@n") == (2,)


def test_a_variable_that_changes_its_type_gets_another_plan(evaluate: Evaluation) -> None:
    for written, value in (("1", 2), ("'1'", 2.0), ("1.5", Decimal("2.5")), ("NULL", None)):
        evaluate.client.ok(f"SET @a = {written}")
        assert evaluate("@a + 1") == (value,)


def test_all_values_are_worked_out_before_the_first_is_set(evaluate: Evaluation) -> None:
    evaluate.client.ok("SET @a = 10")
    evaluate.client.ok("SET @a = 1, @b = @a + 1")
    assert evaluate("@a, @b") == (1, 11)


def test_a_query_may_give_the_value(evaluate: Evaluation) -> None:
    evaluate.client.ok("CREATE TABLE t (n INT)")
    evaluate.client.ok("INSERT INTO t VALUES (3), (4)")
    evaluate.client.ok("SET @sum = (SELECT SUM(n) FROM t)")
    assert evaluate("@sum") == (Decimal(7),)


def test_mistakes_set_nothing(evaluate: Evaluation) -> None:
    assert evaluate.client.code("SET @a = 1, @b = nonsense") == 1054
    assert evaluate("@a") == (None,)


def test_another_session_has_its_own(evaluate: Evaluation) -> None:
    evaluate.client.ok("SET @a = 1")
    other: Client = evaluate.database.client()
    assert other.rows("SELECT @a") == [(None,)]


def test_an_unknown_system_variable_is_refused(evaluate: Evaluation) -> None:
    assert evaluate.code("@@nonsense") == 1193


def test_a_parameter_sets_a_variable(evaluate: Evaluation) -> None:
    evaluate.client.ok("SET @a = ?", "text")
    assert evaluate("@a") == ("text",)
