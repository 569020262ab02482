"""Faults of result sets and packets: how an answer is disturbed, and which answers are."""

from __future__ import annotations

import pytest
from faulted import Answering, Scene, fault, scene_with
from twisted.internet.defer import Deferred

from sockservice.answers import Disturbed, Error, Ok, Results, Rows, table
from sockservice.disturbances import (
    Break,
    Dribble,
    Ending,
    Malformed,
    MissingEnd,
    Pace,
    Truncated,
    WrongSequence,
)
from sockservice.error_codes import error

ROWS = table({"id": "INT"}, [(1,), (2,)])


@pytest.mark.parametrize(
    ("value", "disturbance"),
    [
        ({"disconnect_after_rows": 1200}, Break(after_rows=1200)),
        ({"disconnect_after_rows": {"n": 0, "how": "rst"}}, Break(after_rows=0, ending=Ending.RST)),
        ({"disconnect_after_bytes": 7}, Break(after_bytes=7)),
        ({"error_after_rows": 3}, Break(after_rows=3, error=error("ER_QUERY_INTERRUPTED"))),
        ({"error_after_rows": {"n": 3, "error": 1213}}, Break(after_rows=3, error=error(1213))),
        ("truncated_packet", Truncated(0, Ending.FIN)),
        ({"truncated_packet": {"keep": 9, "then": "hang"}}, Truncated(9, Ending.STALL)),
        ("wrong_sequence", WrongSequence(1)),
        ({"wrong_sequence": -2}, WrongSequence(-2)),
        ({"malformed_packet": {"seed": 5}}, Malformed("garbage", 5)),
        ({"malformed_packet": {"kind": "length", "seed": 0}}, Malformed("length", 0)),
        ("missing_eof", MissingEnd()),
        ({"missing_eof": True}, MissingEnd(other_form=True)),
    ],
    ids=str,
)
def test_the_answer_is_disturbed(value, disturbance):
    scene = Scene()
    assert scene.apply(value, answer=ROWS) == Disturbed(ROWS, (disturbance,))
    kept = Disturbed(ROWS, (Dribble(2, 1.0), disturbance))
    assert scene.apply(value, answer=Disturbed(ROWS, (Dribble(2, 1.0),))) == kept
    assert not fault(value).replaces


def test_garbage_without_a_seed_is_that_of_the_workspace():
    scene = Scene()
    scene.workspace.random.seed(3)
    first = scene.apply("malformed_packet", answer=ROWS)
    assert first != scene.apply("malformed_packet", answer=ROWS)
    scene.workspace.random.seed(3)
    assert scene.apply("malformed_packet", answer=ROWS) == first


@pytest.mark.parametrize(
    ("value", "rows_only"),
    [
        ({"disconnect_after_rows": 1}, True),
        ({"error_after_rows": 1}, True),
        ("slow_rows", True),
        ("missing_eof", True),
        ({"malformed_packet": "length"}, True),
        ("malformed_packet", False),
        ({"disconnect_after_bytes": 1}, False),
        ("truncated_packet", False),
        ("wrong_sequence", False),
        ({"warnings": ["x"]}, False),
    ],
    ids=str,
)
def test_what_is_about_rows_strikes_only_what_gives_rows(value, rows_only):
    scene = Scene()
    scene.arm(value)
    assert scene.struck("SELECT * FROM t")
    assert scene.struck("UPDATE t SET a = 1") is not rows_only
    assert not scene.struck("SET NAMES utf8mb4")
    assert not scene.struck("SELECT * FROM t", command="prepare")


def pauses(value, count=200):
    answer = Scene().apply(value, answer=ROWS)
    (pace,) = answer.disturbances
    assert isinstance(pace, Pace)
    return pace.first_row(), [pace.row() for _ in range(count)]


def test_slow_rows_pause_before_each_row():
    assert pauses({"slow_rows": "20ms"}, 3) == (0.02, [0.02] * 3)
    assert pauses({"slow_rows": {"delay": "20ms", "first_row": "1s"}}, 1) == (1.0, [0.02])


def test_slow_rows_jitter_about_their_delay_and_never_below_nought():
    _, found = pauses({"slow_rows": {"delay": "20ms", "jitter": "5ms"}})
    assert 0.015 <= min(found) < 0.017
    assert 0.023 < max(found) <= 0.025
    _, found = pauses({"slow_rows": {"delay": "1ms", "jitter": "5ms"}})
    assert min(found) == 0.0


def test_slow_rows_take_random_delays():
    _, found = pauses({"slow_rows": {"delay": {"uniform": ["1ms", "2ms"]}}})
    assert len(set(found)) > 100
    assert all(0.001 <= pause <= 0.002 for pause in found)


WARNINGS = {"warnings": ["careful", {"message": "Data truncated", "code": 1265}, {"message": "x", "level": "Note"}]}
TOLD = (("Warning", 1105, "careful"), ("Warning", 1265, "Data truncated"), ("Note", 1105, "x"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Ok(affected_rows=2), Ok(affected_rows=2, warnings=3)),
        (ROWS, Rows(ROWS.columns, ROWS.rows, warnings=3)),
        (Results((ROWS, Ok())), Results((ROWS, Ok(warnings=3)))),
        (Disturbed(Ok(), (Break(),)), Disturbed(Ok(warnings=3), (Break(),))),
        (error(1213), error(1213)),
    ],
    ids=str,
)
def test_warnings_are_counted_in_the_answer_and_told_by_show_warnings(answer, told):
    scene = Scene()
    assert scene.apply(WARNINGS, answer=answer) == told
    assert scene.session.warnings == TOLD
    assert [tuple(row) for row in scene.ask("SHOW WARNINGS").rows] == list(TOLD)


def test_an_answer_that_takes_time_is_disturbed_when_it_comes():
    late = Deferred()
    scene = scene_with(Answering(late))
    scene.arm({"disconnect_after_rows": 1})
    came = scene.wait()
    assert not came
    late.callback(ROWS)
    assert came == [Disturbed(ROWS, (Break(after_rows=1),))]


def test_where_nobody_answers_that_is_what_is_disturbed():
    answer = Scene().apply("wrong_sequence")
    assert answer == Disturbed(Error(1105, "HY000", "sockservice: nothing answers this request"), (WrongSequence(1),))
