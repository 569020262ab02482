"""Durations and delays of stub files."""

from __future__ import annotations

import contextlib
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.responder.answering.durations import LONGEST, Fixed, Lognormal, Uniform, read_delay, read_duration


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (2, 2.0),
        (0.25, 0.25),
        (0, 0.0),
        ("2ms", 0.002),
        ("1.5s", 1.5),
        ("3m", 180.0),
        ("1h", 3600.0),
        ("2d", 172_800.0),
        (" .5 s ", 0.5),
        ("250us", 0.00025),
        ("250µs", 0.00025),
    ],
)
def test_a_duration_is_seconds_or_has_a_unit(value, seconds):
    assert read_duration(value) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2", "'2' lacks its unit: us, ms, s, m, h or d"),
        ("2 sec", "'sec' is not a unit of time"),
        ("soon", "'soon' is not a duration such as 2ms, 1.5s or 3m"),
        ("-1s", "'-1s' is not a duration"),
        (-1, "-1 is not from 0 to 366 days"),
        (10**400, "is not from 0 to 366 days"),
        (float("nan"), "nan is not from 0 to 366 days"),
        ("400d", "'400d' is not from 0 to 366 days"),
        (True, "true is not a duration"),
        (None, "null is not a duration"),
        ([1], "a list is not a duration"),
        ("9" * 100, "is not a duration"),
    ],
)
def test_what_is_no_duration_is_told_so(value, message):
    with pytest.raises(ValueError, match="^.*" + message.replace(".", r"\.")):
        read_duration(value)


def test_delays_are_fixed_uniform_or_lognormal():
    assert read_delay("2ms") == read_delay({"fixed": 0.002}) == Fixed(0.002)
    assert read_delay({"uniform": ["10ms", 0.05]}) == Uniform(0.01, 0.05)
    assert read_delay({"lognormal": {"median": "80ms", "sigma": 0.4, "max": "2s"}}) == Lognormal(0.08, 0.4, 2.0)
    assert read_delay({"lognormal": {"median": 1, "sigma": 0}}) == Lognormal(1.0, 0.0, LONGEST)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "one of fixed, uniform and lognormal"),
        ({"fixed": 1, "uniform": [1, 2]}, "one of fixed, uniform and lognormal"),
        ({"unifrom": [1, 2]}, "did you mean 'uniform'"),
        ({"uniform": [1]}, "the shortest and the longest"),
        ({"uniform": [2, 1]}, "the shortest time first"),
        ({"uniform": 1}, "the shortest and the longest"),
        ({"lognormal": {"median": 1}}, "takes median and sigma"),
        ({"lognormal": 1}, "takes median and sigma"),
        ({"lognormal": {"median": 1, "sigma": 1, "maxx": 1}}, "did you mean 'max'"),
        ({"lognormal": {"median": 1, "sigma": "x"}}, "sigma is a number from 0 to 10"),
        ({"lognormal": {"median": 1, "sigma": 11}}, "sigma is a number from 0 to 10"),
        ({"lognormal": {"median": "x", "sigma": 1}}, "'x' is not a duration"),
    ],
)
def test_what_is_no_delay_is_told_so(value, message):
    with pytest.raises(ValueError, match=message):
        read_delay(value)


def test_random_delays_keep_to_their_distribution_and_repeat_with_their_seed():
    uniform, lognormal = Uniform(1.0, 2.0), Lognormal(0.08, 0.4, 0.2)
    random = Random(1)
    times = [uniform.seconds(random) for _ in range(500)]
    assert 1.0 <= min(times) < 1.1 < 1.9 < max(times) <= 2.0
    times = [lognormal.seconds(random) for _ in range(2000)]
    assert median(times) == pytest.approx(0.08, rel=0.1)
    assert max(times) == 0.2
    assert lognormal.seconds(Random(7)) == lognormal.seconds(Random(7))
    assert Fixed(3.0).seconds(random) == 3.0


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_anything_is_a_duration_or_refused(value):
    with contextlib.suppress(ValueError):
        assert 0 <= read_duration(value) <= LONGEST
    with contextlib.suppress(ValueError):
        assert 0 <= read_delay(value).seconds(Random(1)) <= LONGEST
