"""How many rows a statement's own query gives, by what the session and the statement say beside LIMIT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.interfaces import ISession
from sockservice.sql.select import Queries

if TYPE_CHECKING:
    from sockservice.sql.plan import PlanBuilder
    from sockservice.sql.session import SqlSession

_MOST: Final = (1 << 63) - 1


def _select_limit(session: ISession) -> Any:
    """The variable ``sql_select_limit``."""
    return session.variables.get("sql_select_limit", session.server.global_variables.get("sql_select_limit"))


def limited(session: SqlSession, builder: PlanBuilder, node: exp.Expr) -> str:
    """The LIMIT that ``sql_select_limit`` gives a query without one (MySQL 8.4 manual, 7.1.8); ``""`` for none."""
    limit = builder.assume(session.session, _select_limit)
    if node.args.get("limit") is not None or limit is None or not str(limit).isdecimal() or int(limit) >= _MOST:
        return ""
    return f" LIMIT {int(limit)}"


def counting(session: SqlSession, builder: PlanBuilder, node: exp.Expr) -> str | None:
    """The text that counts the rows which a query with SQL_CALC_FOUND_ROWS has without LIMIT; None for others."""
    modifiers = node.args.get("operation_modifiers") or ()
    if node.args.get("limit") is None or "SQL_CALC_FOUND_ROWS" not in {each.name.upper() for each in modifiers}:
        return None
    whole = node.copy()
    whole.set("limit", None)
    whole.set("offset", None)
    whole.set("order", None)
    text, _ = Queries(session, builder).query(whole)
    return f"SELECT COUNT(*) FROM ({text})"
