"""Faults as one word of a command line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.python.usage import UsageError

from sockservice.plugins.mysql import MySQLOptions
from sockservice.responder.faults.fault_option import read_fault_option
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.faults.named_faults import FAULTS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hang", "hang"),
        ("hang:5s", {"hang": "5s"}),
        ("hang: wait = 5, place = auth", {"hang": {"wait": 5, "place": "auth"}}),
        ("deadlock:times=2,probability=0.5,seed=7", {"deadlock": {"times": 2, "probability": 0.5, "seed": 7}}),
        ("deadlock:for=10s,user=123", {"deadlock": {"for": "10s", "user": "123"}}),
        ("disconnect_after_rows:1200,how=rst", {"disconnect_after_rows": {"n": 1200, "how": "rst"}}),
        ("gone_away:polite=true", {"gone_away": {"polite": True}}),
        ("latency:0.08", {"latency": 0.08}),
        ("error:1213", {"error": 1213}),
        ("error:ER_DUP_ENTRY", {"error": "ER_DUP_ENTRY"}),
        ("warnings:careful", {"warnings": ["careful"]}),
        ("table_missing:users", {"table_missing": "users"}),
        ("duplicate:42", {"duplicate": 42}),
    ],
)
def test_a_text_says_the_same_as_a_stub_file(text, value):
    main = {FAULTS[name].main: bare for name, bare in value.items()} if isinstance(value, dict) else {}
    if isinstance(value, dict) and not isinstance(next(iter(value.values())), dict):
        value = {next(iter(value)): main}
    assert read_fault_option(text) == read_fault(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dedlock:times=2", "'dedlock' is no fault; did you mean 'deadlock'?"),
        ("deadlock:tims=2", "'tims' is not known here; did you mean 'times'?"),
        ("deadlock:times=x", "'times' must be a whole number at least 1, not 'x'"),
        ("deadlock:2", "'deadlock' takes parameters such as times=2, not '2'"),
        ("deadlock:times=2,times=3", "'deadlock' has 'times' twice"),
        ("hang:5s,wait=6s", "'hang' has 'wait' twice"),
        ("disconnect_after_rows", "'disconnect_after_rows' needs its 'n'"),
        ("deadlock:when=x", "'when' must be a map"),
        ("", "'' is no fault"),
    ],
)
def test_a_mistake_is_told(text, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the message is compared below
        read_fault_option(text)
    assert message in str(raised.value)


@given(st.sampled_from([*FAULTS, "x"]), st.text(max_size=20) | st.from_regex(r"[a-z_]{1,9}=[0-9a-z.,=]{0,9}"))
def test_no_text_is_more_than_a_value_error(name, rest):
    with contextlib.suppress(ValueError):
        read_fault_option(f"{name}:{rest}")


def test_the_option_may_be_given_several_times():
    options = MySQLOptions()
    options.parseOptions(["--fault", "deadlock:times=2", "--fault", "hang"])
    assert [fault.name for fault in options["faults"]] == ["deadlock", "hang"]


def test_the_option_tells_its_mistake():
    with pytest.raises(UsageError, match="--fault dedlock: 'dedlock' is no fault; did you mean 'deadlock'"):
        MySQLOptions().parseOptions(["--fault", "dedlock"])
