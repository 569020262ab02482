"""The embedded database as a responder: the fallback ``sql``."""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger
from zope.interface import implementer

from sockservice.answers import Answer, Error, Ok, Request, Rows
from sockservice.interfaces import IResponder, ISession
from sockservice.sql.bounds import beyond_bounds
from sockservice.sql.errors import NotUnderstood, Refused, too_deep
from sockservice.sql.kept_plans import rows_at_once
from sockservice.sql.plans import Plans
from sockservice.sql.running import Work, run, run_now
from sockservice.sql.session import SqlSession
from sockservice.sql.statements import Statements
from sockservice.sql.store import Store
from sockservice.sql.system_tables import SystemTables
from sockservice.sql.taken_apart import legible

_STATEMENTS: Final = frozenset(["query", "execute", "prepare"])


Outcome = TypeVar("Outcome")


@implementer(IResponder)
class Sql:
    """Answers statements from a store.

    Args:
        store: makes where the rows are, when the first statement comes.
        beside: answers what is no matter of tables: SET, SHOW VARIABLES and what else drivers say.
        now: a time in seconds since the epoch.
    """

    _log = Logger()

    def __init__(
        self, store: Callable[[], Store], beside: IResponder | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._make_store = store
        self._beside = beside
        self._now = now
        self._plans = Plans()
        self._sessions: dict[ISession, Statements] = {}

    @functools.cached_property
    def store(self) -> Store:
        """Where the rows are."""
        store = self._make_store()
        store.system = SystemTables(self._ask)
        return store

    def _ask(self, request: Request) -> Answer | None:
        """What who stands beside answers at once."""
        answer = self._beside.respond(request) if self._beside is not None else None
        return None if isinstance(answer, Deferred) else answer

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer to a statement, or None where nobody here has one."""
        try:
            rows = rows_at_once(self.session_of(request.session), self._plans, request, self._now())
        except Refused as refused:
            return self._refused(request.session, refused, request.text)
        answer: Answer | Deferred[Any] | None = rows or run(self._answer(request), self.store.clock)
        return answer

    def at_start(self, request: Request) -> Answer | None:
        """As :meth:`respond`, before the reactor runs: the answer is there when this returns."""
        self.session_of(request.session).seeding = True
        answer: Answer | None = run_now(self._answer(request))
        return answer

    def end_at_start(self, session: ISession) -> None:
        """A session that used :meth:`at_start` is over: what it has not committed is undone."""
        known = self._sessions.pop(session, None)
        if known is not None:
            run_now(known.session.close())

    def retire(self) -> None:
        """Another one is asked from now on: no transaction lasts, and the store is closed behind the last statement."""
        busy = []
        for statements in self._sessions.values():
            session = statements.session
            session.unlock_tables()
            session.commit()
            if session.busy is not None:
                waited: Deferred[None] = Deferred()
                session.busy.chainDeferred(waited)
                busy.append(waited)
        self._sessions.clear()
        DeferredList(busy).addCallback(lambda _: self.close())

    def close(self) -> None:
        """Close the store, where there is one."""
        store = self.__dict__.pop("store", None)
        if store is not None:
            store.close()

    def _refused(self, session: ISession, refused: Refused, text: str) -> Error:
        answer = legible(refused.answer, text)
        session.warnings = (("Error", answer.code, answer.message),)
        return answer

    def session_of(self, session: ISession) -> SqlSession:
        """What is known here of a session."""
        return self._statements(session).session

    def _statements(self, session: ISession) -> Statements:
        known = self._sessions.get(session)
        if known is None:
            known = self._sessions[session] = Statements(
                SqlSession(self.store, session, self._beside), self._plans, lambda work: self._by_itself(session, work)
            )
            session.on_end.append(lambda: self._forget(session))
        return known

    def _forget(self, session: ISession) -> None:
        """A session is over: what it has not committed is undone."""
        known = self._sessions.pop(session, None)
        if known is not None:
            run(known.session.close(), self.store.clock)

    def _by_itself(self, session: ISession, work: Callable[[], Work[Answer]]) -> Answer | Deferred[Answer]:
        """What is done behind a statement's own answer, as when a client's file is here."""
        alone: Work[Answer] = self._alone(self._statements(session).session, "", work)
        return run(alone, self.store.clock)

    def _answer(self, request: Request) -> Work[Answer | None]:
        statements = self._statements(request.session)
        return (yield from self._alone(statements.session, request.text, lambda: self._one(request, statements)))

    def _alone(self, session: SqlSession, text: str, work: Callable[[], Work[Outcome]]) -> Work[Outcome | Error]:
        """Do work when the session has nothing else to do; what goes wrong is the answer."""
        while session.busy is not None:
            waited: Deferred[None] = Deferred()
            session.busy.chainDeferred(waited)
            yield waited
        session.busy = Deferred()
        try:
            answer = yield from work()
            if isinstance(answer, Ok):
                session.row_count = answer.affected_rows
            elif isinstance(answer, Rows):
                session.row_count = -1
            return answer
        except Refused as refused:
            session.row_count = -1
            return self._refused(session.session, refused, text)
        except RecursionError:
            session.row_count = -1
            return self._refused(session.session, too_deep(), text)
        except (sqlite3.Error, OverflowError, ValueError) as problem:
            bound = beyond_bounds(str(problem))
            if bound is not None:
                session.row_count = -1
                return self._refused(session.session, bound, text)
            self._log.warn("SQLite does not run {text}: {problem!r}", text=text[:300], problem=problem)
            return Error(1105, "HY000", f"sockservice: {type(problem).__name__}: {problem}")
        finally:
            busy, session.busy = session.busy, None
            busy.callback(None)

    def _one(self, request: Request, statements: Statements) -> Work[Answer | None]:
        session = statements.session
        if request.command in _STATEMENTS:
            word = request.text[:6].lstrip().lower()
            if not word.startswith("show"):
                request.session.warnings = ()
            try:
                return (yield from statements.run(request, self._now()))
            except NotUnderstood as refused:
                return (yield from self._elsewhere(request, session)) or legible(refused.answer, request.text)
        if request.command == "init_db":
            self.store.check_database(request.text)
            return Ok()
        if request.command == "reset_connection":
            yield from session.begin_anew()
            return Ok()
        if request.command == "field_list":
            text = f"SELECT * FROM `{request.text.replace('`', '``')}` LIMIT 0"
            answer = yield from statements.run(Request("prepare", text, request.session), self._now())
            return answer if isinstance(answer, (Rows, Error)) else None
        return (yield from self._elsewhere(request, session))

    def _elsewhere(self, request: Request, session: SqlSession) -> Work[Answer | None]:
        """Ask who stands beside; what that sets may end a transaction."""
        if self._beside is None:
            return None
        committed_by_itself = request.session.autocommit
        given: Answer | Deferred[Answer] | None = self._beside.respond(request)
        answer: Answer | None = (yield given) if isinstance(given, Deferred) else given
        if request.session.autocommit and not committed_by_itself:
            session.commit()
        return answer
