"""The embedded database as a responder: the fallback ``sql``."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlglot import exp
from zope.interface import implementer

from sockservice.answers import Answer, Error, Ok, Request, Rows
from sockservice.interfaces import IResponder, ISession
from sockservice.sql import ddl, dml
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.kinds import to_python
from sockservice.sql.literals import Folded, fold
from sockservice.sql.parse import parse
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.select import Queries, answer_columns
from sockservice.sql.session import SqlSession
from sockservice.sql.store import Store


@implementer(IResponder)
class Sql:
    """Answers statements from a store.

    Args:
        store: where the rows are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._plans: dict[Any, tuple[int, Plan]] = {}

    def respond(self, request: Request) -> Answer | None:
        """The answer to a statement."""
        if request.command not in ("query", "execute"):
            return None
        try:
            return self._run(request)
        except Refused as refused:
            return refused.answer
        except sqlite3.Error as problem:
            return Error(1105, "HY000", f"sockservice: {problem}")

    def _run(self, request: Request) -> Answer:
        folded = fold(request.text, request.params)
        session = SqlSession(self.store, request.session)
        key = (folded.key, tuple(map(_shape, folded.literals)), session.database)
        known = self._plans.get(key)
        if known is not None and known[0] == self.store.catalog.version and not known[1].pinned:
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
            )
            self._plans[key] = (self.store.catalog.version, plan)
            return self._rows(plan, folded)
        if isinstance(node, exp.Create):
            return ddl.create(session, node)
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


def _shape(literal: Any) -> Any:
    if literal.kind == "parameter":
        return type(literal.value)
    return literal.kind


def session_of(store: Store, session: ISession) -> SqlSession:
    """The store's view of a session."""
    return SqlSession(store, session)
