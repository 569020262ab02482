"""Faults that keep the client waiting."""

from __future__ import annotations

import pytest
from faulted import Scene, fault
from twisted.internet.defer import Deferred

from sockservice.answers import Disturbed, Login, Ok, table
from sockservice.disturbances import Stall

ROWS = table({"id": "INT"}, [(1,)])


@pytest.mark.parametrize(
    ("place", "commands"),
    [
        ("connect", {"connect"}),
        ("greeting", {"connect"}),
        ("auth", {"auth"}),
        ("query", {"query", "execute"}),
        ("fetch", {"execute"}),
        ("close", {"quit"}),
    ],
)
def test_hang_strikes_in_its_place(place, commands):
    scene = Scene()
    scene.arm({"hang": {"place": place}})
    every = "connect auth query execute prepare ping quit init_db".split()
    assert {command for command in every if scene.struck("SELECT 1", command)} == commands


def test_hang_lets_the_chatter_of_drivers_pass():
    scene = Scene()
    scene.arm("hang")
    assert not scene.struck("SET AUTOCOMMIT = 0")
    assert scene.struck("COMMIT")


def test_hang_for_ever_sends_nothing_and_asks_nobody():
    assert Scene().apply("hang") == Disturbed(None, (Stall(),))
    assert fault("hang").replaces


def test_hang_for_a_while_sends_the_answer_then():
    scene = Scene()
    value = {"hang": "5s"}
    assert not fault(value).replaces
    answer = scene.apply(value, answer=ROWS)
    assert isinstance(answer, Deferred)
    scene.clock.advance(4.9)
    assert not answer.called
    scene.clock.advance(0.2)
    assert answer.result is ROWS


@pytest.mark.parametrize(("place", "own"), [("greeting", Login()), ("auth", Ok()), ("close", Ok())])
def test_hang_for_a_while_where_the_server_itself_answers(place, own):
    scene = Scene()
    scene.arm({"hang": {"place": place, "wait": "1s"}})
    command = {"greeting": "connect", "auth": "auth", "close": "quit"}[place]
    answer = scene.workspace.faults.strike(scene.request("", command)).apply(
        None, scene.request("", command), scene.workspace
    )
    scene.clock.advance(1)
    assert answer.result == own


@pytest.mark.parametrize(("wait", "seconds"), [({}, None), ({"wait": "5s"}, 5.0)])
def test_hang_at_fetch_is_late_with_the_rows_of_a_cursor(wait, seconds):
    value = {"hang": {"place": "fetch", **wait}}
    assert not fault(value).replaces
    assert Scene().apply(value, answer=ROWS, command="execute") == Disturbed(ROWS, (Stall(seconds, at_fetch=True),))


def test_latency_is_late_with_every_answer():
    scene = Scene()
    scene.arm({"latency": "50ms"})
    for command, text in (("query", "SET NAMES utf8mb4"), ("query", "SELECT 1"), ("init_db", "shop")):
        came = scene.wait(text, command)
        scene.clock.advance(0.04)
        assert not came
        scene.clock.advance(0.02)
        assert came
    assert not scene.struck("", "connect")


def test_latency_may_be_random_and_is_the_same_for_a_seed_of_the_workspace():
    found = []
    for _ in range(2):
        scene = Scene()
        scene.workspace.random.seed(4)
        scene.arm({"latency": {"delay": {"lognormal": {"median": "80ms", "sigma": 0.4, "max": "2s"}}}})
        for _ in range(20):
            scene.wait("SELECT 1")
        found.append(sorted(call.getTime() for call in scene.clock.getDelayedCalls()))
    assert found[0] == found[1]
    assert len(set(found[0])) == 20


def test_no_latency_is_no_wait():
    assert Scene().apply({"latency": 0}, answer=ROWS) is ROWS
