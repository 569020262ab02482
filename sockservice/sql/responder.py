"""The embedded database as a responder: the fallback ``sql``."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from typing import Any

import attrs
from sqlglot import exp
from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Error, Ok, Request, Rows
from sockservice.interfaces import IResponder, ISession
from sockservice.sql import ddl, dml
from sockservice.sql.assignments import assign
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.kinds import to_python
from sockservice.sql.literals import Folded, fold
from sockservice.sql.parse import parse
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.select import Queries, answer_columns
from sockservice.sql.session import SqlSession
from sockservice.sql.store import Store
from sockservice.sql.surroundings import Surroundings, enter, variable


@implementer(IResponder)
class Sql:
    """Answers statements from a store.

    Args:
        store: makes where the rows are, when the first statement comes.
        beside: answers what is no matter of tables: SET, SHOW VARIABLES and what else drivers say.
    """

    def __init__(self, store: Callable[[], Store], beside: IResponder | None = None) -> None:
        self._make_store = store
        self._beside = beside
        self._plans: dict[Any, tuple[int, Plan]] = {}

    @functools.cached_property
    def store(self) -> Store:
        """Where the rows are."""
        return self._make_store()

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer to a statement, or None where nobody here has one."""
        if request.command not in ("query", "execute"):
            return self._elsewhere(request)
        try:
            return self._run(request)
        except Refused as refused:
            if refused.answer.code in _PERHAPS_ELSEWHERE:
                return self._elsewhere(request) or refused.answer
            return refused.answer
        except sqlite3.Error as problem:
            return Error(1105, "HY000", f"sockservice: {problem}")

    def _elsewhere(self, request: Request) -> Answer | Deferred[Answer] | None:
        answer: Answer | Deferred[Answer] | None = self._beside.respond(request) if self._beside is not None else None
        return answer

    def _run(self, request: Request) -> Answer:
        folded = fold(request.text, request.params)
        session = SqlSession(self.store, request.session, self._beside)
        diagnostics = Diagnostics(strict=False)
        enter(Surroundings(request.session, diagnostics))
        try:
            answer = self._answer(folded, session, diagnostics)
        except Refused as refused:
            if refused.answer.code not in _PERHAPS_ELSEWHERE:
                diagnostics.warn(refused.answer, "Error")
                request.session.warnings = diagnostics.warnings
            raise
        request.session.warnings = diagnostics.warnings
        return attrs.evolve(answer, warnings=diagnostics.count) if diagnostics.count else answer

    def _answer(self, folded: Folded, session: SqlSession, diagnostics: Diagnostics) -> Any:
        key = (folded.key, tuple(map(_shape, folded.literals)), session.database)
        known = self._plans.get(key)
        if known is not None and known[0] == self.store.catalog.version and not known[1].pinned and known[1].suits(session.session):
            return self._rows(known[1], folded)
        node = parse(folded.key)
        builder = PlanBuilder(folded.literals)
        if isinstance(node, exp.Query):
            text, columns = Queries(session, builder).query(node)
            plan = Plan(
                text,
                tuple(builder.binds),
                answer_columns(columns),
                frozenset(builder.pinned),
                frozenset(builder.tables),
                tuple(builder.assumptions.items()),
            )
            self._plans[key] = (self.store.catalog.version, plan)
            return self._rows(plan, folded)
        if isinstance(node, exp.Create):
            return ddl.create(session, node)
        if isinstance(node, exp.Set):
            return assign(session, node, builder)
        diagnostics.strict = "STRICT_" in str(variable(session.session, "sql_mode"))
        if isinstance(node, exp.Insert):
            return self._change(dml.insert(session, node, builder), folded)
        if isinstance(node, exp.Update):
            return self._change(dml.update(session, node, builder), folded)
        if isinstance(node, exp.Delete):
            return self._change(dml.delete(session, node, builder), folded)
        raise unsupported(f"this statement ({type(node).__name__})")

    def _rows(self, plan: Plan, folded: Folded) -> Rows:
        cursor = self.store.main.execute(plan.sql, plan.parameters(folded.literals))
        types = [column.type for column in plan.columns]
        return Rows(
            plan.columns,
            [tuple(map(to_python, row, types)) for row in cursor.fetchall()],
        )

    def _change(self, change: dml.Change, folded: Folded) -> Ok:
        cursor = self.store.main.execute(change.plan.sql, change.plan.parameters(folded.literals))
        return Ok(affected_rows=max(cursor.rowcount, 0), last_insert_id=0)


_PERHAPS_ELSEWHERE = frozenset((1046, 1064, 1065, 1235, 1305))
"""Errors of statements that are not understood here."""


def _shape(literal: Any) -> Any:
    if literal.kind == "parameter":
        return type(literal.value)
    return literal.kind


def session_of(store: Store, session: ISession) -> SqlSession:
    """The store's view of a session."""
    return SqlSession(store, session)
