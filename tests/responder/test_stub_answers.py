"""The stubs of one workspace: verdicts that are remembered, in bounded memory."""

from __future__ import annotations

import pytest
from sessions import FakeSession, workspace_of
from zope.interface.verify import verifyObject

from sockservice.answers import Ok, Request, Rows
from sockservice.interfaces import IResponder
from sockservice.responder.stub_answers import StubAnswers

FILE = """
version: 1
stubs:
- {when: {sql: "SELECT 1"}, then: {rows: [{"1": 1}]}}
- {when: {sql: "SELECT name FROM users WHERE id = 42"}, then: {rows: [{name: Ada}]}}
- {when: {sql: "DELETE FROM users"}, then: {ok: {affected_rows: 3}}}
"""


def query(text: str, *params: object) -> Request:
    return Request("query", text, FakeSession(), params)


@pytest.fixture
def workspace(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    return workspace_of(path, behind=False)


def make_small(workspace):
    """Have 10,000 characters of statements remembered in a generation."""
    workspace.stubs = StubAnswers(workspace, workspace.files, characters=10_000)
    workspace._find_stub = workspace.stubs.find


def test_it_is_a_responder(workspace):
    assert verifyObject(IResponder, workspace)


def test_a_stub_answers_with_the_same_object_each_time(workspace):
    first = workspace.respond(query("SELECT 1"))
    assert isinstance(first, Rows)
    assert first.rows == ((1,),)
    assert workspace.respond(query("SELECT 1")) is first
    assert workspace.respond(query("select 1;")) is first
    assert workspace.respond(query("DELETE FROM users")) == Ok(affected_rows=3)


def test_what_no_stub_matches_is_passed_on_each_time(workspace):
    assert workspace.respond(query("SELECT 2")) is None
    assert workspace.respond(query("SELECT 2")) is None


def test_other_commands_than_queries_are_passed_on(workspace):
    assert workspace.respond(query("SELECT 1")) is not None
    assert workspace.respond(Request("init_db", "SELECT 1", FakeSession())) is None


def test_bound_values_decide_beside_the_text(workspace):
    text = "SELECT name FROM users WHERE id = ?"
    assert workspace.respond(query(text)) is None
    assert workspace.respond(query(text, 42)).rows == (("Ada",),)
    assert workspace.respond(query(text, 43)) is None
    assert workspace.respond(query(text)) is None


def test_a_remembered_verdict_costs_no_search(workspace, monkeypatch):
    answer = workspace.respond(query("SELECT 1"))
    monkeypatch.setattr(workspace.files.current.lookup, "candidates", None)
    assert workspace.respond(query("SELECT 1")) is answer


def test_verdicts_are_bounded(workspace):
    make_small(workspace)
    for number in range(1_000):
        workspace.respond(query(f"SELECT {number}"))
        assert len(workspace.stubs._verdicts) * 150 <= 2 * 10_000


def test_a_verdict_outlives_a_full_generation_and_moves_into_the_next(workspace, monkeypatch):
    make_small(workspace)
    answer = workspace.respond(query("SELECT 1"))
    while "SELECT 1" in workspace.stubs._verdicts.young:
        workspace.respond(query(f"SELECT 1{len(workspace.stubs._verdicts.young)}"))
    monkeypatch.setattr(workspace.files.current.lookup, "candidates", None)
    assert workspace.respond(query("SELECT 1")) is answer
    assert "SELECT 1" in workspace.stubs._verdicts.young


def test_a_long_statement_is_answered_and_not_remembered(workspace):
    make_small(workspace)
    text = "SELECT 1 -- " + "x" * 1_000
    assert workspace.respond(query(text)) is not None
    assert not len(workspace.stubs._verdicts)
