"""A server and sessions as responders see them, without a protocol behind them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import attrs
from twisted.internet.task import Clock
from zope.interface import implementer

from sockservice.answers import Answer, Ok, Request
from sockservice.error_codes import error
from sockservice.interfaces import IServer
from sockservice.plain_session import PlainSession
from sockservice.responder.chatter import Chatter
from sockservice.responder.journal import Journal
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.subject import Subject
from sockservice.responder.stub import Stub
from sockservice.responder.stubs import Stubs
from sockservice.responder.unmatched import Unmatched
from sockservice.responder.workspace import CHATTER, FALLBACK, Workspace

_numbers = itertools.count(7)


@implementer(IServer)
@attrs.define(eq=False)
class FakeServer:
    version: str = "8.4.3-sockservice"
    started: float = 0.0
    questions: int = 3
    aborted_clients: int = 0
    aborted_connects: int = 0
    sessions: dict[int, Any] = attrs.field(factory=dict)
    global_variables: dict[str, Any] = attrs.field(factory=dict)
    killed: list[tuple[int, bool]] = attrs.field(factory=list)

    def kill(self, connection_id: int, by: Any, *, query: bool) -> Answer:
        if connection_id not in self.sessions:
            return error("ER_NO_SUCH_THREAD", connection_id)
        self.killed.append((connection_id, query))
        return Ok()


@attrs.define(eq=False)
class FakeSession(PlainSession):
    server: FakeServer = attrs.field(factory=FakeServer)
    connection_id: int = attrs.field(factory=lambda: next(_numbers))
    user: str = "tester"
    host: str = "127.0.0.1"
    database: str = "shop"
    current_user: str = "tester@%"
    command: str = "Query"
    allowed: tuple[str, ...] | None = None

    def may_use(self, database: str) -> bool:
        return self.allowed is None or database in self.allowed

    def __attrs_post_init__(self) -> None:
        self.server.sessions[self.connection_id] = self


@attrs.define
class Talk:
    """One session that talks to one chatter."""

    chatter: Chatter = attrs.field(factory=Chatter)
    session: FakeSession = attrs.field(factory=FakeSession)

    def ask(self, text: str, *params: Any) -> Answer | None:
        return self.chatter.respond(Request("query", text, self.session, params))

    def rows(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.ask(text, *params).rows]

    def row(self, text: str, *params: Any) -> tuple[Any, ...]:
        (row,) = self.rows(text, *params)
        return row

    def value(self, expression: str, *params: Any) -> Any:
        (value,) = self.row(f"SELECT {expression}", *params)
        return value

    def labels(self, text: str) -> list[str]:
        return [column.name for column in self.ask(text).columns]

    def code(self, text: str) -> int:
        return self.ask(text).code


def subject_of(text: str, *params: Any, command: str = "query", session: Any = None, **more: Any) -> Subject:
    """A request as stubs see it."""
    return Subject(Request(command, text, session or FakeSession(), params), **more)


def found_in(lookup: Lookup, text: str, *params: Any, **more: Any) -> Stub | None:
    """The first stub that a request finds."""
    return next(iter(lookup.candidates(subject_of(text, *params, limits=lookup.limits, **more))), None)


def workspace_of(*paths: Path, clock: Clock | None = None, behind: bool = True) -> Workspace:
    """A workspace over stub files, with the chatter and the error of the unmatched behind its stubs, or without."""
    files, clock = Stubs(paths), clock or Clock()
    others = ((CHATTER, Chatter()), (FALLBACK, Unmatched(files))) if behind else ()
    return Workspace("", files, others, clock, Journal(clock.seconds))
