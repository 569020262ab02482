"""Functions that tell of the session, and of what texts are (MySQL 8.4 manual, 14.15 and 14.14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from sockservice.interfaces import ISession
from sockservice.sql import comparison as to
from sockservice.sql.errors import wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import UNSIGNED, Kind, text_type
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sqltypes import SqlType

_SYSTEM: Final = 3
"""The weight of the collation of what the system says."""
_NAME: Final = text_type(64)


def _telling(
    names: str, tell: Callable[[ISession], Any], kind: SqlType, *nodes: type[exp.Expr], nullable: bool = False
) -> None:
    """A function without arguments that tells something of the session."""
    first = names.split()[0]

    @special(*names.split())
    def compile_call(self: Expressions, node: exp.Expr) -> Typed:  # noqa: ARG001
        if isinstance(node, exp.Anonymous) and node.expressions:
            raise wrong_count(first)
        is_text = kind.name == "VARCHAR"
        collation = "utf8mb3_general_ci" if is_text else ""
        return Typed(f"{first}_of_session()", kind, nullable, collation, _SYSTEM)

    if nodes:
        rule(*nodes)(compile_call)

    @internal(f"{first}_of_session", 0, pure=False)
    def call() -> Any:
        return tell(here().session)


_telling("database schema", lambda session: session.database.partition("@")[0] or None, _NAME, nullable=True)
_telling(
    "user session_user system_user",
    lambda session: f"{session.user}@{session.host}",
    text_type(288),
    exp.SessionUser,
)
_telling("current_user", lambda session: session.current_user, text_type(288), exp.CurrentUser)
_telling("version", lambda session: session.server.version, text_type(60))
_telling("connection_id", lambda session: session.connection_id, UNSIGNED)
_telling("ps_current_thread_id", lambda session: session.connection_id, UNSIGNED)
_telling("icu_version", lambda session: "76.1", text_type(60))  # noqa: ARG005
_telling("current_role", lambda session: "NONE", text_type(64), exp.CurrentRole)  # noqa: ARG005


def _one(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count(str(node.this))
    return self.compile(node.expressions[0])


def _collation_name(value: Typed) -> str:
    return value.collation if value.kind is Kind.TEXT else "binary"


def _told(text: str, value: Typed) -> Typed:
    like = Typed("", _NAME, collation="utf8mb3_general_ci", weight=_SYSTEM)
    return made(text_literal(text), _NAME, value, nullable=False, like=like)


@special("collation")
def _collation(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    return _told(_collation_name(value), value)


@special("charset")
def _charset(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    return _told(_collation_name(value).partition("_")[0], value)


@special("coercibility")
def _coercibility(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    weight = 5 if value.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE) else value.weight
    if value.kind is Kind.NULL:
        weight = 6
    return made(str(weight), SqlType("BIGINT", 10), value, nullable=False)


@special("benchmark")
def _benchmark(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("benchmark")
    count, value = (self.compile(part) for part in node.expressions)
    # What is measured elsewhere is not worth doing often here.
    return made(f"(({value.sql}) IS NULL) * 0 * {to.as_integer(count)}", SqlType("BIGINT", 1), count)


@special("any_value")
def _any_value(self: Expressions, node: exp.Anonymous) -> Typed:
    value = _one(self, node)
    return value.value(value.sql, origin=None, aggregate=True)


@special("name_const")
def _name_const(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("name_const")
    return self.compile(node.expressions[1])
