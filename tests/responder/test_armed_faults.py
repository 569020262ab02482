"""Faults at work: whom they strike, how often, for how long; and what is armed."""

from __future__ import annotations

import pytest
from faulted import Answering, Scene, scene_with
from sessions import FakeSession, workspace_of
from twisted.internet.task import Clock

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.responder.faults.armed_faults import MOST
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.journal import Source


@pytest.fixture
def scene():
    return Scene()


def test_nothing_strikes_while_nothing_is_armed(scene):
    assert not scene.workspace.faults
    assert not scene.struck()


def test_a_fault_strikes_each_statement_until_it_is_disarmed(scene):
    number = scene.arm("deadlock")
    assert [scene.struck() for _ in range(3)] == [True] * 3
    assert scene.workspace.faults.disarm(number) == 1
    assert not scene.workspace.faults
    assert not scene.struck()


def test_all_faults_of_a_name_are_disarmed_together(scene):
    scene.arm("deadlock")
    scene.arm({"deadlock": {"user": "app"}})
    scene.arm("hang")
    assert scene.workspace.faults.disarm("deadlock") == 2
    assert [armed.fault.name for armed in scene.workspace.faults] == ["hang"]
    assert scene.workspace.faults.disarm("deadlock") == 0


def test_the_first_armed_strikes_first_and_the_others_are_not_counted(scene):
    scene.arm({"deadlock": {"times": 1}})
    scene.arm({"lock_wait_timeout": {"times": 1}})
    names = [scene.workspace.faults.strike(scene.request("DELETE FROM t")) for _ in range(3)]
    assert [fault and fault.name for fault in names] == ["deadlock", "lock_wait_timeout", None]


def test_times_ends_it_and_costs_nothing_then(scene):
    scene.arm({"deadlock": {"times": 2}})
    assert [scene.struck() for _ in range(4)] == [True, True, False, False]
    assert not scene.workspace.faults
    (armed,) = scene.workspace.faults
    assert (armed.met, armed.struck, armed.left) == (2, 2, 0)


def test_every_counts_the_requests_that_it_could_strike(scene):
    scene.arm({"deadlock": {"every": 3}})
    pattern = []
    for _ in range(6):
        assert not scene.struck("SET NAMES utf8mb4")
        pattern.append(scene.struck())
    assert pattern == [False, False, True] * 2


def test_probability_with_a_seed_is_the_same_each_time():
    patterns = []
    for _ in range(2):
        scene = Scene()
        scene.arm({"deadlock": {"probability": 0.5, "seed": 7}})
        patterns.append([scene.struck() for _ in range(50)])
    assert patterns[0] == patterns[1]
    assert 10 < sum(patterns[0]) < 40


def test_probability_without_a_seed_is_that_of_the_workspace(scene):
    scene.workspace.random.seed(1)
    scene.arm({"deadlock": {"probability": 0.5}})
    first = [scene.struck() for _ in range(50)]
    scene.workspace.random.seed(1)
    assert [scene.struck() for _ in range(50)] == first


def test_probability_nought_never_strikes(scene):
    scene.arm({"deadlock": {"probability": 0}})
    assert not any(scene.struck() for _ in range(50))


def test_probability_and_times_count_what_has_struck(scene):
    scene.arm({"deadlock": {"probability": 0.3, "times": 5, "seed": 3}})
    assert sum(scene.struck() for _ in range(200)) == 5


def test_a_window_begins_when_the_fault_is_armed(scene):
    scene.clock.advance(100)
    scene.arm({"deadlock": {"for": "10s"}})
    scene.clock.advance(9.9)
    assert scene.struck()
    scene.clock.advance(0.2)
    assert not scene.struck()
    assert not scene.workspace.faults


@pytest.mark.parametrize(
    ("scope", "others"),
    [
        ({"user": "app"}, {"user": "report"}),
        ({"host": "10.0.0.1"}, {"host": "10.0.0.2"}),
        ({"database": "shop"}, {"database": "stock"}),
        ({"connection": 3}, {"connection_id": 4}),
    ],
)
def test_scope_lets_others_pass(scene, scope, others):
    scene.arm({"deadlock": scope})
    own = {"connection_id" if name == "connection" else name: value for name, value in scope.items()}
    assert scene.struck(session=FakeSession(**own))
    assert not scene.struck(session=FakeSession(**others))


def test_scope_sees_user_and_database_without_their_workspace(scene):
    scene.arm({"deadlock": {"user": "app", "database": "shop"}})
    assert scene.struck(session=FakeSession(user="app@w1", database="shop@w1"))
    assert not scene.struck(session=FakeSession(user="w1@app", database="shop"))


def test_scope_names_the_workspace(scene):
    scene.arm({"deadlock": {"workspace": "w1"}})
    assert not scene.struck()
    scene.workspace.name = "w1"
    assert scene.struck()


def test_when_says_which_statements_instead_of_the_fault(scene):
    scene.arm({"deadlock": {"when": {"regex": "set .*"}}})
    assert scene.struck("SET NAMES utf8mb4")
    assert not scene.struck("UPDATE t SET a = 1")


def test_when_matches_as_that_of_a_stub(scene):
    scene.arm({"deadlock": {"when": {"sql": "UPDATE stock SET qty = qty - ? WHERE sku = ?"}}})
    assert scene.struck("update `stock` set qty=qty - 3 where sku='A1' -- x")
    assert scene.struck("UPDATE stock SET qty = qty - 1 WHERE sku = 'B'", command="query")
    assert not scene.struck("UPDATE stock SET qty = qty + 1 WHERE sku = 'B'")


@pytest.mark.parametrize("text", ["PREPARE s FROM 'SELECT 1'", "/* x */ execute s", "DEALLOCATE PREPARE s"])
def test_prepare_and_execute_in_sql_are_not_struck_but_what_they_run_is(scene, text):
    scene.arm({"latency": "1s"})
    scene.arm({"deadlock": {"when": {"regex": ".*"}}})
    assert not scene.struck(text)


def test_what_execute_runs_is_struck_once(scene):
    scene.arm({"deadlock": {"times": 1}})
    assert scene.ask("PREPARE s FROM 'SELECT * FROM t'").code == 1105
    scene.session.prepared["s"] = "SELECT * FROM t"
    assert scene.ask("EXECUTE s").code == 1213
    assert scene.ask("EXECUTE s").code == 1105


def test_each_firing_is_in_the_journal_under_the_faults_name(scene):
    scene.arm({"deadlock": {"times": 1}})
    scene.ask("DELETE FROM t")
    scene.ask("DELETE FROM t")
    assert [(entry.source, entry.error) for entry in scene.workspace.journal] == [
        (Source("fault", "deadlock"), 1213),
        (Source("fallback"), 1105),
    ]


def test_a_fault_that_replaces_the_answer_asks_nobody_for_it():
    responder = Answering(Ok())
    scene = scene_with(responder)
    scene.arm({"deadlock": {"times": 1}})
    assert scene.ask().code == 1213
    assert not responder.asked
    assert scene.ask() == Ok()


def test_clear_disarms_all_and_reset_arms_those_of_the_start(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text("{version: 1, stubs: [], faults: [deadlock: {times: 1}]}")
    workspace = workspace_of(path)
    faults = workspace.faults
    assert [armed.fault.name for armed in faults] == ["deadlock"]
    assert faults.strike(Request("query", "DELETE FROM t", FakeSession()))
    faults.arm(read_fault("hang"))
    workspace.reset()
    assert [(armed.fault.name, armed.struck) for armed in faults] == [("deadlock", 0)]
    faults.clear()
    assert not faults
    assert len(faults) == 0


def test_files_that_change_arm_their_new_faults_and_keep_the_counts_of_the_others(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text("{version: 1, stubs: [], faults: [deadlock: {times: 2}, hang]}")
    workspace = workspace_of(path)
    workspace.faults.arm(read_fault("lost_connection"))
    assert workspace.faults.strike(Request("query", "DELETE FROM t", FakeSession()))
    path.write_text("{version: 1, stubs: [], faults: [latency: 1s, deadlock: {times: 2}]}")
    workspace.files.reload()
    assert workspace.faults
    assert [(armed.fault.name, armed.struck) for armed in workspace.faults] == [
        ("latency", 0),
        ("deadlock", 1),
        ("lost_connection", 0),
    ]


def test_faults_of_files_are_noticed_though_none_was_armed_before(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text("{version: 1, stubs: []}")
    workspace = workspace_of(path)
    assert not workspace.faults
    path.write_text("{version: 1, stubs: [], faults: [deadlock]}")
    workspace.files.reload()
    assert workspace.respond(Request("query", "DELETE FROM t", FakeSession())).code == 1213


def test_what_is_armed_is_bounded_and_the_spent_ones_make_room(scene):
    scene.arm({"deadlock": {"times": 1}})
    assert scene.struck()
    for _ in range(MOST - 1):
        scene.arm({"hang": {"user": "nobody"}})
    scene.arm("hang")
    assert len(scene.workspace.faults) == MOST
    with pytest.raises(ValueError, match="1000 faults are armed; disarm some first"):
        scene.arm("hang")


def test_the_fault_of_a_stub_counts_for_each_workspace_and_needs_no_choice_of_its_own(scene):
    fault = read_fault({"too_many_connections": {"every": 2, "times": 1}})
    request = scene.request("", command="connect")
    assert [fault.strikes(request, scene.workspace) for _ in range(4)] == [False, True, False, False]
    other = workspace_of(clock=Clock())
    assert [fault.strikes(request, other) for _ in range(2)] == [False, True]
    chatter = scene.request("SET NAMES utf8mb4")
    assert read_fault("deadlock").strikes(chatter, scene.workspace)


def test_the_counts_of_stubs_faults_are_bounded(scene):
    faults = [read_fault({"deadlock": {"times": 1}}) for _ in range(MOST + 5)]
    for fault in faults:
        assert fault.strikes(scene.request("x"), scene.workspace)
    assert not faults[-1].strikes(scene.request("x"), scene.workspace)
    assert len(scene.workspace.faults._of_stubs) == MOST


def test_a_disturbed_prepare_in_sql_is_passed_on(scene):
    scene.arm("gone_away")
    answer = scene.ask("PREPARE s FROM 'SELECT 1'")
    assert not isinstance(answer, (Error, Ok, Rows))
