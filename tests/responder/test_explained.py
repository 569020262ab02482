"""Errors of the embedded SQL name the stub that almost answered."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from sessions import FakeSession
from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from sockservice.answers import Answer, Error, Ok, Request
from sockservice.interfaces import IResponder
from sockservice.responder.explained import Explained
from sockservice.responder.stubs import Stubs
from sockservice.responder.unmatched import Unmatched

MISSING = Error(1146, "42S02", "Table 'test.users' doesn't exist")
STUBS = "{version: 1, stubs: [{name: user by id, when: {sql: SELECT id FROM users WHERE id = 42}, then: {ok: {}}}]}"
NEAR = "'user by id' (sql: value 1: expected 42, got 43)"


@implementer(IResponder)
@attrs.frozen
class Fixed:
    answer: Answer | Deferred[Answer] | None

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        return self.answer


def explained(folder: Path, answer: Answer | Deferred[Answer] | None, stubs: str = STUBS) -> Answer | None:
    (folder / "stubs.yaml").write_text(stubs)
    responder = Explained(Fixed(answer), Unmatched(Stubs([folder])))
    found = responder.respond(Request("query", "SELECT id FROM users WHERE id = 43", FakeSession()))
    return found.result if isinstance(found, Deferred) else found


def test_a_table_that_is_not_there_names_the_nearest_stub(tmp_path: Path) -> None:
    found = explained(tmp_path, MISSING)
    assert (found.code, found.sqlstate) == (1146, "42S02")
    assert found.message == f"Table 'test.users' doesn't exist; nearest stub: {NEAR}"
    assert found.near == NEAR


def test_an_error_that_comes_later_is_explained_too(tmp_path: Path) -> None:
    assert explained(tmp_path, succeed(MISSING)).near == NEAR


@pytest.mark.parametrize("answer", [Ok(), None, Error(1062, "23000", "Duplicate entry '1' for key 't.PRIMARY'")])
def test_other_answers_stay_as_they_are(tmp_path: Path, answer: Answer | None) -> None:
    assert explained(tmp_path, answer) is answer


def test_without_stubs_nothing_is_said_of_them(tmp_path: Path) -> None:
    assert explained(tmp_path, MISSING, "{version: 1, stubs: []}") is MISSING


def test_a_long_message_leaves_room_for_the_near_miss(tmp_path: Path) -> None:
    message = explained(tmp_path, Error(1064, "42000", "ä" * 500)).message
    assert len(message.encode()) <= 512
    assert message.endswith(f"…; nearest stub: {NEAR}")
