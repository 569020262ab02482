"""Requests put to faults, without stubs and protocol."""

from __future__ import annotations

from typing import Any

import attrs
from sessions import FakeServer, FakeSession, workspace_of
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.interfaces import IResponder
from sockservice.responder.faults.fault import Fault
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.journal import Journal
from sockservice.responder.stubs import Stubs
from sockservice.responder.workspace import FALLBACK, Workspace

MARIADB = "10.11.6-MariaDB-sockservice"


@attrs.define
class Scene:
    """One session in a workspace in which faults are armed.

    Attributes:
        clock: the workspace's.
        workspace: with the chatter behind its stubs, of which there are none.
        session: who asks.
    """

    clock: Clock = attrs.field(factory=Clock)
    workspace: Workspace = attrs.field()
    session: FakeSession = attrs.field(factory=FakeSession)

    @workspace.default
    def _make_workspace(self) -> Workspace:
        return workspace_of(clock=self.clock)

    def arm(self, value: Any) -> int:
        return self.workspace.faults.arm(read_fault(value))

    def request(self, text: str, command: str = "query", session: FakeSession | None = None) -> Request:
        return Request(command, text, session or self.session)

    def struck(self, text: str = "SELECT * FROM t", command: str = "query", session: FakeSession | None = None) -> bool:
        """Whether a fault strikes this request."""
        return self.workspace.faults.strike(self.request(text, command, session)) is not None

    def ask(self, text: str = "SELECT * FROM t", command: str = "query") -> Answer | None:
        """The workspace's answer, which is there at once."""
        answer = self.workspace.respond(self.request(text, command))
        if isinstance(answer, Deferred):
            assert answer.called, "the answer has to be waited for"
            return answer.result
        return answer

    def wait(self, text: str = "SELECT * FROM t", command: str = "query") -> list[Answer]:
        """A list that the answer comes into."""
        came: list[Answer] = []
        answer = self.workspace.respond(self.request(text, command))
        assert isinstance(answer, Deferred)
        answer.addCallback(came.append)
        return came

    def apply(
        self, value: Any, text: str = "SELECT * FROM t", *, answer: Answer | None = None, command: str = "query"
    ) -> Answer | Deferred[Answer]:
        """What a fault makes of an answer."""
        return fault(value).apply(answer, self.request(text, command), self.workspace)


@implementer(IResponder)
@attrs.define
class Answering:
    """Answers all requests alike, and remembers them.

    Attributes:
        answer: with what.
        asked: the requests.
    """

    answer: Any
    asked: list[Request] = attrs.field(factory=list)

    def respond(self, request: Request) -> Any:
        self.asked.append(request)
        return self.answer


def scene_with(responder: Answering) -> Scene:
    """A scene in which nothing but that answers."""
    clock = Clock()
    workspace = Workspace("", Stubs(), ((FALLBACK, responder),), clock, Journal(clock.seconds))
    return Scene(clock, workspace)


def fault(value: Any) -> Fault:
    return read_fault(value)


def on_mariadb() -> Scene:
    """A scene whose server is taken for a MariaDB."""
    return Scene(session=FakeSession(server=FakeServer(version=MARIADB)))
