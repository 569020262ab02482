"""The plans that are kept: bounded by count and by weight, and found again."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest
from embedded import Client, Embedded

from sockservice.sql.literals import Literal, fold
from sockservice.sql.plans import MOST, Pin, Plans

NOTHING: frozenset[Pin] = frozenset()
ONE = (Literal("int", 1, "1"),)
TWO = (Literal("int", 2, "2"),)


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT PRIMARY KEY, n INT)")
    found.ok("INSERT INTO t VALUES (1, 2)")
    yield found
    database.close()


def test_a_plan_is_found_until_the_catalogue_changes() -> None:
    plans = Plans()
    plans.add("SELECT", 1, "plan", 10, NOTHING, ONE)
    assert plans.find("SELECT", 1, TWO) == "plan"
    assert plans.find("SELECT", 2, TWO) is None


def test_a_plan_that_depends_on_a_literal_is_found_for_that_one() -> None:
    plans = Plans()
    plans.add("SELECT", 1, "one", 10, frozenset([Pin(0)]), ONE)
    plans.add("SELECT", 1, "two", 10, frozenset([Pin(0)]), TWO)
    assert plans.find("SELECT", 1, ONE) == "one"
    assert plans.find("SELECT", 1, TWO) == "two"
    assert plans.weight == 24


def test_the_plan_that_was_used_least_goes_first() -> None:
    plans = Plans()
    for number in range(MOST):
        plans.add(number, 1, number, 1, NOTHING, ())
    plans.find(0, 1, ())
    plans.add("another", 1, "plan", 1, NOTHING, ())
    assert plans.find(0, 1, ()) == 0
    assert plans.find(1, 1, ()) is None
    assert (len(plans), plans.weight) == (MOST, MOST)


def test_plans_go_when_they_weigh_too_much() -> None:
    plans = Plans(size=100)
    for number in range(5):
        plans.add(number, 1, number, 40, NOTHING, ())
    assert [plans.find(number, 1, ()) for number in range(5)] == [None, None, None, 3, 4]
    plans.add("huge", 1, "plan", 101, NOTHING, ())
    assert (len(plans), plans.weight) == (0, 0)


def test_the_weight_is_that_of_what_is_there() -> None:
    plans = Plans()
    for version in range(3):
        for number in range(250):
            plans.add("SELECT", version, number, 7, frozenset([Pin(0)]), (Literal("int", number, ""),))
    assert plans.weight == 50 * 7


def test_statements_that_are_all_different_take_no_more_memory(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sockservice.sql.plans.MOST", 100)

    def run(begin: int, count: int) -> int:
        for number in range(begin, begin + count):
            client.rows(f"SELECT n AS c{number} FROM t WHERE id = {number}")
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        for number in range(2000):  # what is kept of texts is at its bound from here on
            fold(f"SELECT {number} AS text{number}")
        before = run(0, 200)
        after = run(200, 200)
    finally:
        tracemalloc.stop()
    assert after - before < 150_000


def test_a_statement_that_was_taken_apart_before_has_its_own_parameters() -> None:
    text = "SELECT ? + 1, ?"
    assert [literal.value for literal in fold(text, (5, "a")).literals] == [5, 1, "a"]
    assert [literal.value for literal in fold(text, (6,)).literals] == [6, 1, None]
    assert [literal.value for literal in fold(text).literals] == [None, 1, None]
