"""The stub files that all workspaces share: reloading that never loses the last good set."""

from __future__ import annotations

import pytest
from sessions import FakeSession, workspace_of
from twisted.logger import formatEvent, globalLogPublisher

from sockservice.answers import Request
from sockservice.errors import ConfigurationError
from sockservice.responder.stubs import Stubs

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
def path(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def workspace(path):
    return workspace_of(path, behind=False)


def test_reload_takes_the_new_stubs(path, workspace):
    stubs = workspace.files
    assert workspace.respond(query("SELECT 1")).rows == ((1,),)
    assert workspace.respond(query("SELECT 3")) is None
    path.write_text('{version: 1, stubs: [{when: {sql: "SELECT 3"}, then: {rows: [{"3": 3}]}}]}')
    stubs.reload()
    assert workspace.respond(query("SELECT 1")) is None
    assert workspace.respond(query("SELECT 3")).rows == ((3,),)


@pytest.mark.parametrize(("count", "said"), [(1, "1 stub read again"), (3, "3 stubs read again")])
def test_a_reload_is_logged_with_the_number_of_stubs(path, count, said):
    stubs = Stubs([path])
    path.write_text("version: 1\nstubs:\n" + "- {when: {sql: a}, then: {ok: {}}}\n" * count)
    events = []
    globalLogPublisher.addObserver(events.append)
    try:
        stubs.reload()
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert [formatEvent(event) for event in events] == [said]


def test_a_reload_that_fails_keeps_the_last_good_stubs(path, workspace):
    stubs = workspace.files
    answer = workspace.respond(query("SELECT 1"))
    before = stubs.current
    path.write_text(FILE + "- {when: {sql")
    with pytest.raises(ConfigurationError):
        stubs.reload()
    assert stubs.current is before
    assert workspace.respond(query("SELECT 1")) is answer
    path.unlink()
    with pytest.raises(ConfigurationError, match="no such file"):
        stubs.reload()
    assert workspace.respond(query("SELECT 1")) is answer


def test_files_that_cannot_be_used_are_refused_at_the_start(path, workspace):
    path.write_text("version: 3")
    with pytest.raises(ConfigurationError, match="'version' must be 1"):
        Stubs([path])


def test_without_files_everything_is_passed_on():
    assert workspace_of(behind=False).respond(query("SELECT 1")) is None
