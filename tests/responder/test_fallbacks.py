"""What answers when no stub does: an error, or nothing with a warning; the option and the files say which."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import FakeSession
from twisted.internet.task import Clock

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.errors import ConfigurationError
from sockservice.responder import FALLBACK, Journal, Stubs, Unmatched, Workspace
from sockservice.responder.stub_set import StubSet


def workspace_with(folder: Path, *, option: str = "", file: str = "") -> tuple[Workspace, FakeSession]:
    defaults = f"defaults: {{fallback: {file}}}\n" if file else ""
    stub = "- {name: user, when: {sql: SELECT id FROM users WHERE id = 5}, then: {ok: {}}}\n"
    (folder / "stubs.yaml").write_text(f"version: 1\n{defaults}stubs:\n{stub}")
    stubs = Stubs([folder])
    clock = Clock()
    workspace = Workspace("", stubs, [(FALLBACK, Unmatched(stubs, fallback=option))], clock, Journal(clock.seconds))
    return workspace, FakeSession(workspace=workspace)


@pytest.mark.parametrize(
    ("option", "file", "kind"),
    [("", "", Error), ("", "error", Error), ("", "empty", Rows), ("error", "empty", Error), ("empty", "error", Rows)],
)
def test_the_option_decides_then_the_file(tmp_path, option, file, kind):
    workspace, session = workspace_with(tmp_path, option=option, file=file)
    assert isinstance(workspace.respond(Request("query", "SELECT id FROM users WHERE id = 6", session)), kind)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("SELECT id, name AS n, COUNT(*), 5 FROM users", ["id", "n", "?", "?"]),
        ("SELECT * FROM users", ["*"]),
        ("SELECT FROM", ["?"]),
        ("SHOW EVERYTHING", ["?"]),
        ("WITH c AS (SELECT 1) SELECT x FROM c", ["x"]),
    ],
)
def test_empty_gives_no_rows_to_what_asks_for_some(tmp_path, text, labels):
    workspace, session = workspace_with(tmp_path, option="empty")
    for command in ("prepare", "query"):
        answer = workspace.respond(Request(command, text, session))
        assert isinstance(answer, Rows)
        assert [column.name for column in answer.columns] == labels
        assert (answer.rows, answer.warnings) == ((), 1)


def test_empty_gives_success_to_the_rest(tmp_path):
    workspace, session = workspace_with(tmp_path, option="empty")
    answer = workspace.respond(Request("query", "DELETE FROM users", session))
    assert isinstance(answer, Ok)
    assert answer.warnings == 1


def test_the_warning_and_the_journal_name_the_nearest_stub(tmp_path):
    workspace, session = workspace_with(tmp_path, option="empty")
    workspace.respond(Request("query", "SELECT id FROM users WHERE id = 6", session))
    ((level, code, message),) = session.warnings
    assert (level, code) == ("Warning", 1105)
    assert message.endswith("nearest: 'user' (sql: value 1: expected 5, got 6)")
    workspace.respond(Request("query", "DELETE FROM user", session))
    assert [entry.near for entry in workspace.journal] == ["'user' (sql: value 1: expected 5, got 6)", ""]


def test_a_miss_that_a_state_decides_is_told_anew_each_time(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "version: 1\nstubs: [{when: {sql: SELECT 1, state: {door: open}}, then: {ok: {}}}]"
    )
    stubs = Stubs([tmp_path])
    clock = Clock()
    workspace = Workspace("", stubs, [(FALLBACK, Unmatched(stubs))], clock, Journal(clock.seconds))
    session = FakeSession(workspace=workspace)
    for state in ("shut", "ajar"):
        workspace.states["door"] = state
        answer = workspace.respond(Request("query", "SELECT 1", session))
        assert isinstance(answer, Error)
        assert f"state door: expected open, is {state}" in answer.message


@pytest.mark.parametrize("command", ["ping", "connect", "auth", "quit", "statistics", "kill", "change_user"])
def test_what_the_server_answers_itself_is_left_to_it(tmp_path, command):
    workspace, session = workspace_with(tmp_path)
    assert workspace.respond(Request(command, "", session)) is None


def test_two_files_that_want_different_fallbacks_are_a_mistake(tmp_path):
    for number, fallback in enumerate(["empty", "empty", "error"]):
        (tmp_path / f"{number}.yaml").write_text(f"version: 1\ndefaults: {{fallback: {fallback}}}\nstubs: []\n")
    with pytest.raises(ConfigurationError, match=r"2\.yaml:2:22: another stub file has 'empty' for 'fallback'"):
        StubSet.load([tmp_path])
