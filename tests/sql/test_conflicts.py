"""Transactions in conflict end as they do in InnoDB; the scenarios are true of a real MariaDB, and of our server."""

from __future__ import annotations

import time

import attrs
import pytest
from conflict_scenarios import SCENARIOS
from conflict_steps import Answered, GoesOn, Leaves, OneFails, Scenario, Waits, a, b
from conflicts import run
from outcomes import Failure, Outcome

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@each_scenario
def test_mariadb_solves_a_conflict(scenario, reference):
    assert run(scenario, reference) == []


@each_scenario
def test_our_server_solves_a_conflict(scenario, ours):
    assert run(scenario, ours) == []


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            [a("SELECT v FROM t WHERE id = 1", rows=[(11,)])],
            "step 1, a: SELECT v FROM t WHERE id = 1: expected [(11,)]",
        ),
        ([b("UPDATE t SET v = 0", affected=1)], "step 1, b: UPDATE t SET v = 0: expected 1 affected rows"),
        ([a("BEGIN"), a("SELECT nothing")], "step 2, a: SELECT nothing: expected no error, got error 1054"),
        ([a("SELECT 1", error=1213)], "step 1, a: SELECT 1: expected error 1213"),
        ([Waits("a", "SELECT 1")], "step 1, a: SELECT 1: it does not wait"),
        ([Waits("a", "SELECT SLEEP(90)"), GoesOn("a", seconds=0.1)], "step 2, a: it still waits"),
        ([Waits("a", "SELECT SLEEP(1)"), GoesOn("a", Answered(rows=[(1,)]))], "step 2, a: expected [(1,)]"),
        (
            [Waits("a", "SELECT SLEEP(1)"), OneFails("b", "SELECT 1", "a", 1213)],
            "step 2, b: SELECT 1: expected one error 1213, got [0, 0]",
        ),
    ],
)
def test_what_is_not_as_it_should_be_is_told_with_its_step(steps, told, reference):
    begun = time.monotonic()
    (mistake,) = run(Scenario("mistaken", tuple(steps)), reference)
    assert mistake.startswith(told)
    assert time.monotonic() - begun < 60


def test_a_connection_that_left_is_a_new_one_when_it_speaks_again(reference):
    steps = (a("SET @x = 1"), Leaves("a"), a("SELECT @x", rows=[(None,)]))
    assert run(Scenario("left", steps), reference) == []


def test_nobody_at_the_port_is_told(reference):
    (mistake,) = run(SCENARIOS[0], attrs.evolve(reference, port=1))
    assert mistake.startswith("no connection: ")


def test_an_error_that_mariadb_has_another_code_for():
    answered, outcome = Answered(error=3572, mariadb_error=1205), Outcome(Failure(1205, "HY000", ""))
    assert answered.mistake(outcome, mysql=False) == ""
    assert answered.mistake(outcome, mysql=True).startswith("expected error 3572, got error 1205")


def test_the_names_of_the_scenarios_are_their_own():
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
