"""The answer ``sql`` of stubs: the workspace's data answer, with all that a stub may add."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from plans import Asking, plan_of
from sessions import FakeSession
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from zope.interface import implementer

from sockservice.answers import Column, Disturbed, Ok, Request, Rows
from sockservice.interfaces import IData
from sockservice.responder.journal import Journal
from sockservice.responder.stubs import Stubs
from sockservice.responder.workspace import Workspace
from sockservice.sqltypes import SqlType

ANSWER = Rows((Column("n", SqlType("INT")),), ((1,),))


@implementer(IData)
@attrs.define
class Recorder:
    """Data that only note what they are asked."""

    asked: list[tuple[str, str, tuple[Any, ...]]] = attrs.field(factory=list)
    ended: list[str] = attrs.field(factory=list)

    def respond(self, request: Request) -> Any:
        self.asked.append((request.command, request.text, request.params))
        return ANSWER

    def reset(self) -> None:
        self.ended.append("reset")

    def close(self) -> None:
        self.ended.append("close")


def workspace(data: Any, *paths: Path, clock: Clock | None = None) -> Workspace:
    clock = clock or Clock()
    return Workspace("", Stubs(paths), (), clock, Journal(clock.seconds), data=data)


def asking(folder: Path, then: str) -> tuple[Asking, Recorder]:
    data, clock = Recorder(), Clock()
    return Asking(plan_of(folder, then), clock, workspace(data, clock=clock)), data


def test_true_lets_the_database_answer_the_request(tmp_path: Path) -> None:
    one, data = asking(tmp_path, "{sql: true}")
    assert one.ask("SELECT n FROM t WHERE id = ?", 7) is ANSWER
    assert data.asked == [("query", "SELECT n FROM t WHERE id = ?", (7,))]


def test_a_statement_of_its_own_is_run_with_bound_values(tmp_path: Path) -> None:
    one, data = asking(tmp_path, "{sql: \"SELECT {{ params[0] }}, '?', {{ text }}, {{ [1, true] }}, {{ now() }}\"}")
    injection = "'; DROP TABLE t; --"
    one.ask("SELECT x", injection)
    ((command, text, values),) = data.asked
    assert (command, text) == ("execute", "SELECT ?, '?', ?, ?, ?")
    assert values[:3] == (injection, "SELECT x", "[1, true]")


def test_a_statement_without_templates_is_a_query(tmp_path: Path) -> None:
    one, data = asking(tmp_path, "{sql: SELECT 2}")
    one.ask("SELECT x", 5)
    assert data.asked == [("query", "SELECT 2", ())]


def test_a_template_without_a_value_is_an_error_of_the_stub(tmp_path: Path) -> None:
    one, data = asking(tmp_path, '{sql: "SELECT {{ params[3] }}"}')
    answer = one.ask("SELECT x")
    assert answer.code == 1105
    assert answer.message.startswith("sockservice: stub 'it': sql: ")
    assert data.asked == []


def test_the_delay_is_on_top(tmp_path: Path) -> None:
    one, _ = asking(tmp_path, "{sql: true, delay: 2}")
    answer = one.ask()
    assert isinstance(answer, Deferred)
    assert not answer.called
    one.clock.advance(2)
    assert answer.result is ANSWER


def test_a_fault_that_replaces_the_answer_leaves_the_data_alone(tmp_path: Path) -> None:
    one, data = asking(tmp_path, "{sql: true, fault: {deadlock: {times: 1}}, set_state: {cart: filled}}")
    assert one.ask("UPDATE t SET n = 2").code == 1213
    assert data.asked == []
    assert one.ask("UPDATE t SET n = 2") is ANSWER
    assert len(data.asked) == 1
    assert one.workspace.states == {"cart": "filled"}


def test_a_fault_of_the_rows_breaks_the_answer_of_the_database(tmp_path: Path) -> None:
    one, data = asking(tmp_path, "{sql: true, fault: {disconnect_after_rows: 1}}")
    assert isinstance(one.ask(), Disturbed)
    assert len(data.asked) == 1


@pytest.mark.parametrize(
    ("then", "text"), [("{sql: true}", "SELECT n FROM t WHERE id = ?"), ('{sql: "SELECT {{ params[0] }}"}', "SELECT ?")]
)
def test_prepare_asks_the_database_for_the_columns(tmp_path: Path, then: str, text: str) -> None:
    stub = "{when: {sql: 'SELECT n FROM t WHERE id = ?'}, then: " + then + "}"
    (tmp_path / "stubs.yaml").write_text(f"{{version: 1, stubs: [{stub}]}}")
    data = Recorder()
    found = workspace(data, tmp_path)
    answer = found.respond(Request("prepare", "SELECT n FROM t WHERE id = ?", FakeSession()))
    assert answer is ANSWER
    assert data.asked == [("prepare", text, ())]


def test_a_workspace_without_data_says_so(tmp_path: Path) -> None:
    one = Asking(plan_of(tmp_path, "{sql: true}"))
    assert one.ask().message == "sockservice: stub 'it': sql: this service has no embedded database"


def test_reset_and_the_end_of_a_workspace_reach_its_data() -> None:
    data = Recorder()
    found = workspace(data)
    session = FakeSession()
    assert found.respond(Request("query", "CALL sockservice.reset('data')", session)) == Ok()
    found.respond(Request("query", "CALL sockservice.reset('journal')", session))
    found.respond(Request("query", "CALL sockservice.reset()", session))
    found.close()
    assert data.ended == ["reset", "reset", "close"]
