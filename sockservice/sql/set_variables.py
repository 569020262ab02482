"""SET with user variables: all values are worked out before the first variable is set (MySQL 8.4 manual, 15.7.6.1)."""

from __future__ import annotations

from typing import Any, Final

from sqlglot import exp

from sockservice.answers import Error, Ok, Request
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.execution import Execution
from sockservice.sql.kinds import to_python
from sockservice.sql.literals import Literal
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.running import Work
from sockservice.sql.scope import Scope
from sockservice.sql.select import Queries
from sockservice.sql.session import SqlSession
from sockservice.sql.transaction import Transaction
from sockservice.sql.typed import Typed
from sockservice.sql.user_variables import name_of

_SCOPES: Final = frozenset(["", "SESSION", "LOCAL", "GLOBAL"])


def set_variables(session: SqlSession, node: exp.Set, literals: tuple[Literal, ...]) -> Work[Ok]:
    """Run a SET.

    Raises:
        Refused: a value or a variable is refused; 1235 for what the chatter reads: NAMES, and what sets nothing but
            system variables to simple values.
    """
    pairs = [_pair(item) for item in node.expressions]
    if not any(isinstance(target, exp.Parameter) or value.find(exp.Query) for target, value, _ in pairs):
        raise unsupported("this SET")
    builder = PlanBuilder(literals)
    queries = Queries(session, builder)
    compiler = queries.expressions(Scope())
    for target, value, _ in pairs:
        if isinstance(target, exp.Parameter) and isinstance(value, exp.Var):
            raise Refused("ER_BAD_FIELD_ERROR", value.name, "field list")
    compiled = [None if _is_word(target, value) else compiler.compile(value) for target, value, _ in pairs]
    values = yield from _values(session, builder, [typed for typed in compiled if typed is not None])
    found = [None if typed is None else values.pop(0) for typed in compiled]
    for (target, written, scope), result in zip(pairs, found, strict=True):
        if not isinstance(target, exp.Parameter):
            text = written.sql(dialect="mysql") if _is_word(target, written) else _literal(result)
            _set_system_variable(session, f"SET {_name(target, scope)} = {text}")
    for (target, _, _), result in zip(pairs, found, strict=True):
        if isinstance(target, exp.Parameter):
            session.session.user_variables[name_of(target.this)] = result
    return Ok()


def _pair(item: exp.Expr) -> tuple[exp.Expr, exp.Expr, str]:
    """What is set, to what, and the word before it."""
    scope = str(item.args.get("kind") or "").upper()
    inner = item.this
    if not isinstance(inner, exp.EQ) or scope not in _SCOPES:
        raise unsupported("this SET")
    return inner.this, inner.expression, scope


def _is_word(target: exp.Expr, value: exp.Expr) -> bool:
    """Whether a system variable is set to a bare word: ``ON``, ``utf8mb4``, DEFAULT."""
    bare = isinstance(value, exp.Var) or (isinstance(value, exp.Column) and not value.table)
    return bare and not isinstance(target, exp.Parameter)


def _name(target: exp.Expr, scope: str) -> str:
    if isinstance(target, exp.SessionParameter):
        kind = str(target.args.get("kind") or "")
        return f"@@{kind + '.' if kind else ''}{target.name}"
    return f"{scope} {target.name}".strip()


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return str(value)


def _values(session: SqlSession, builder: PlanBuilder, compiled: list[Typed]) -> Work[list[Any]]:
    if not compiled:
        return []
    plan = Plan(f"SELECT {', '.join(typed.sql for typed in compiled)}", tuple(builder.binds))
    diagnostics = session.diagnostics()
    diagnostics.strict = False
    execution = Execution(session, Transaction(), diagnostics, versions=False)
    rows = yield from execution.read(plan.sql, plan.parameters(builder.literals))
    session.session.warnings = tuple(diagnostics.warnings)
    row = next(iter(rows))
    return [to_python(value, typed.type) for value, typed in zip(row, compiled, strict=True)]


def _set_system_variable(session: SqlSession, text: str) -> None:
    answer = session.beside.respond(Request("query", text, session.session)) if session.beside else None
    if isinstance(answer, Error):
        raise Refused(answer)
    if answer is None:
        raise unsupported(text)
