"""The tables that a name stands for: itself, or those that a view reads."""

from __future__ import annotations

from sqlglot import exp

from sockservice.sql.plan import PlanBuilder
from sockservice.sql.select import Queries
from sockservice.sql.session import SqlSession


def keys_under(session: SqlSession, name: str, database: str = "") -> set[str]:
    """The keys of these tables.

    Args:
        session: whose.
        name: of a table or view.
        database: where it is; ``""`` for the current one.

    Raises:
        Refused: 1146, 1046, 1049 or 1356.
    """
    if session.view(name, database) is None:
        return {session.table(name, database).key}
    builder = PlanBuilder(())
    table = exp.Table(this=exp.to_identifier(name), db=exp.to_identifier(database) if database else None)
    Queries(session, builder).query(exp.Select(expressions=[exp.Star()]).from_(table))
    return builder.tables
