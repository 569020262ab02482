"""Faults as they are written: names, parameters, bare values; every mistake is one clear line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.errors import ConfigurationError
from sockservice.responder.faults.fault import Parameters
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.faults.named_faults import FAULT_ENTRY, FAULTS
from sockservice.responder.stub_set import StubSet


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_is_read_by_its_name(name):
    main = {"error": 1213, "warnings": ["careful"]}.get(name, 3)
    needs = name in ("error", "warnings", "disconnect_after_rows", "disconnect_after_bytes", "error_after_rows")
    fault = read_fault({name: main} if needs else name)
    assert fault.name == name
    assert read_fault({name: {FAULTS[name].main: main} if needs else {}}) == fault


@pytest.mark.parametrize("fault", FAULTS.values(), ids=str)
def test_every_fault_and_parameter_is_described(fault):
    assert fault.__doc__
    for field in msgspec.inspect.type_info(fault).fields:
        described = field.type
        if isinstance(described, msgspec.inspect.UnionType):
            assert any(isinstance(part, msgspec.inspect.Metadata) for part in described.types), field
        else:
            assert isinstance(described, msgspec.inspect.Metadata), field


def test_a_bare_value_is_the_main_parameter():
    assert read_fault({"disconnect_after_rows": 1200}) == read_fault({"disconnect_after_rows": {"n": 1200}})
    assert read_fault({"hang": "5s"}).parameters.wait == "5s"
    assert read_fault({"killed": "connection"}).parameters.what == "connection"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("dedlock", "'dedlock' is no fault; did you mean 'deadlock'?"),
        ({"dedlock": {}}, "'dedlock' is not known here; did you mean 'deadlock'?"),
        ({"deadlock": {"tims": 2}}, "'tims' is not known here; did you mean 'times'?"),
        ({"deadlock": {"times": 0}}, "'times' must be a whole number at least 1, not the number 0"),
        ({"deadlock": {"probability": 1.5}}, "'probability' must be a number from 0 to 1"),
        ({"deadlock": 5}, "'deadlock' must be a map, not the number 5"),
        ({"deadlock": {"for": "soon"}}, "'for': 'soon' is not a duration"),
        ({"hang": {"wait": "5 parsec"}}, "'wait': 'parsec' is not a unit of time"),
        ({"hang": {"place": "gret"}}, "'place' must be"),
        ({"latency": "x"}, "'delay': 'x' is not a duration such as 2ms"),
        ({"slow_rows": {"first_row": {"uniform": ["2s", "1s"]}}}, "'first_row': uniform takes the shortest time first"),
        ("disconnect_after_rows", "'disconnect_after_rows' needs its 'n', as in {disconnect_after_rows: …}"),
        ({"disconnect_after_rows": -1}, "'disconnect_after_rows' must be"),
        ({"error": "ER_LOCK_DEDLOCK"}, "no error named 'ER_LOCK_DEDLOCK'; did you mean 'ER_LOCK_DEADLOCK'?"),
        ({"error": 2006}, "a server never sends them"),
        ({"error_after_rows": {"n": 1, "error": 2013}}, "a server never sends them"),
        ({"too_many_connections": {"user": "app"}}, "strikes before the login, where 'user' is not known"),
        ({"hang": {"place": "greeting", "workspace": "w"}}, "strikes before the login, where 'workspace' is not known"),
        ({"deadlock": {"when": {"regex": "("}}}, "the regular expression cannot be used"),
        ({"hang": {}, "deadlock": {}}, "a fault is one name with its parameters, not deadlock and hang"),
        ({}, "a fault is one name with its parameters, not none"),
        (None, "a fault is a name, or a map"),
        (["hang"], "a fault is a name, or a map"),
    ],
)
def test_a_mistake_is_told(value, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the message is compared below
        read_fault(value)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_mistakes_of_a_value_are_told_together():
    with pytest.raises(ValueError, match=r"'times' must be .*; 'x' is not known here"):
        read_fault({"deadlock": {"times": 0, "x": 1}})


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*FAULTS, "times", "for", "when", "sql", "delay", "wait", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(plain | st.dictionaries(st.sampled_from(list(FAULTS)), plain, max_size=2))
def test_nothing_that_yaml_can_hold_is_more_than_a_value_error(value):
    with contextlib.suppress(ValueError):
        read_fault(value)


FILE = """\
version: 1
stubs: []
faults:
- hang
- dedlock
- deadlock: {times: 2, user: app, when: {regex: "("}}
- disconnect_after_rows
- lock_wait_timeout: 5 parsec
- {hang: {place: auth}, deadlock: {}}
"""


def mistakes(tmp_path, text):
    path = tmp_path / "shop.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        StubSet.load([path])
    return [str(mistake).removeprefix(f"{path}:") for mistake in raised.value.mistakes]


def test_all_mistakes_of_a_file_are_told_with_their_places(tmp_path):
    found = mistakes(tmp_path, FILE)
    assert [line.split(": ")[0] for line in found] == ["5:3", "6:49", "7:3", "8:22", "9:3"]
    assert found[0] == "5:3: 'dedlock' is no fault; did you mean 'deadlock'?"


def test_a_mistake_of_shape_hides_no_other(tmp_path):
    found = mistakes(tmp_path, FILE + "- deadlock: {tims: 2}\n- 7\n")
    assert [line.split(": ")[0] for line in found] == ["5:3", "6:49", "7:3", "8:22", "9:3", "10:14", "11:3"]


def test_the_faults_of_all_files_are_armed_in_their_order(tmp_path):
    for name, fault in {"a": "hang", "b": "disconnect_after_rows: 1200"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\nstubs: []\nfaults:\n- {fault}\n")
    assert [fault.name for fault in StubSet.load([tmp_path]).faults] == ["hang", "disconnect_after_rows"]


def test_the_schema_of_a_fault_names_every_fault():
    schema = msgspec.json.schema(FAULT_ENTRY)
    assert set(schema["$defs"]["FaultWords"]["properties"]) == set(FAULTS)


def test_the_reference_has_every_fault_with_all_its_parameters():
    page = (Path(__file__).parents[2] / "docs/reference/faults.md").read_text()
    common = {field.encode_name for field in msgspec.structs.fields(Parameters)}
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `")}
    assert set(FAULTS) <= set(rows)
    for name in common:
        assert any(f"`{name}`" in row.split("|")[1] for row in rows.values()), name
    for name, fault in FAULTS.items():
        own = {field.encode_name for field in msgspec.structs.fields(fault)} - common - {"after_delay"}
        assert all(f"`{parameter}`" in rows[name] for parameter in own), name
        assert not own or fault.main, name
        assert not fault.main or rows[name].split("|")[2].strip().startswith(f"`{fault.main}`"), name
