"""Changes through views that are joined to other tables, told as changes of the tables below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.view_changes import Below, ViewCheck, below, both, table_node, told

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


@attrs.frozen
class _Joined:
    """A view in a join.

    Attributes:
        alias: what the statement calls it.
        below: the table below it.
        columns: what each of its columns is, by name in lower case.
        join: what joins it; None for the first table.
    """

    alias: str
    below: Below
    columns: Mapping[str, exp.Expression]
    join: exp.Join | None


def through_joined_views(session: SqlSession, node: Any) -> tuple[ViewCheck, ...]:
    """Tell an UPDATE or DELETE of several tables of tables where it names views; gives what the rows must be.

    Args:
        session: whose.
        node: the statement, which is changed.

    Raises:
        Refused: 1348 for a column that is none of the table's.
    """
    sources = list(_sources(node))
    # Which rows of a view are joined would have to be said inside of a RIGHT JOIN or NATURAL JOIN.
    if any(join is not None and _is_odd(join) for _, join in sources):
        return ()
    views = [found for table, join in sources if (found := _joined(session, table, join)) is not None]
    if not views:
        return ()
    by_alias = {view.alias: view for view in views}
    for column in list(node.find_all(exp.Column)):
        if isinstance(column.this, exp.Star) or _is_of_inner_query(column):
            continue
        view = by_alias.get(column.table) if column.table else _owner(session, column.name, sources, by_alias)
        meant = view.columns.get(column.name.lower()) if view is not None else None
        if meant is None:
            continue
        if not isinstance(meant, exp.Column) and _is_assigned(column):
            raise Refused("ER_NONUPDATEABLE_COLUMN", column.name)
        column.replace(meant.copy())
    for table, join in sources:
        joined = by_alias.get(table.alias or table.name)
        if joined is None:
            continue
        table.set("this", table_node(joined.below.table).this)
        table.set("db", exp.to_identifier(joined.below.table.database, quoted=True))
        table.set("alias", exp.TableAlias(this=exp.to_identifier(joined.alias, quoted=True)))
        if joined.below.condition is not None:
            condition = told(joined.below.condition, {}, joined.alias)
            if join is not None and join.args.get("side"):
                join.set("on", both(condition, join.args.get("on")))
            else:
                where = node.args.get("where")
                node.set("where", exp.Where(this=both(condition, None if where is None else where.this)))
    return tuple(check for view in views for check in view.below.checks)


def _sources(node: exp.Expression) -> Iterator[tuple[exp.Table, exp.Join | None]]:
    """The tables that a statement joins, and what joins each."""
    for first in node.args.get("using") or [node.this]:
        if isinstance(first, exp.Table):
            yield first, None
        for join in first.args.get("joins") or ():
            if isinstance(join.this, exp.Table):
                yield join.this, join


def _is_odd(join: exp.Join) -> bool:
    words = (str(join.args.get(word) or "").upper() for word in ("side", "method"))
    return bool({"RIGHT", "NATURAL"} & set(words)) or bool(join.this.args.get("joins"))


def _joined(session: SqlSession, table: exp.Table, join: exp.Join | None) -> _Joined | None:
    """A table that is a view with a table below it; None for any other."""
    if not isinstance(table.this, exp.Identifier):
        return None
    view = session.view(table.name, table.args["db"].name if table.args.get("db") else "")
    found = below(session, view) if view is not None else None
    if found is None:
        return None
    alias = table.alias or table.name
    columns = {name: told(each, {}, alias) for name, each in found.columns.items()}
    for name in (join.args.get("using") or ()) if join is not None else ():
        column = columns.get(name.name.lower())
        if not isinstance(column, exp.Column) or column.name.lower() != name.name.lower():
            return None
    return _Joined(alias, found, columns, join)


def _owner(
    session: SqlSession, name: str, sources: list[tuple[exp.Table, exp.Join | None]], views: Mapping[str, _Joined]
) -> _Joined | None:
    """The one view that has a column of a name, where no table has one."""
    owners = [view for view in views.values() if name.lower() in view.columns]
    for table, _ in sources:
        if (table.alias or table.name) in views or not isinstance(table.this, exp.Identifier):
            continue
        known = session.table(table.name, table.args["db"].name if table.args.get("db") else "")
        if known.column(name) is not None:
            return None
    return owners[0] if len(owners) == 1 else None


def _is_of_inner_query(column: exp.Column) -> bool:
    """Whether a column is one of a query in the statement, as far as that can be seen without its tables."""
    query = column.find_ancestor(exp.Select)
    while query is not None:
        aliases = [table.alias or table.name for table in query.find_all(exp.Table, exp.Subquery)]
        if not column.table or column.table in aliases:
            return True
        query = query.find_ancestor(exp.Select)
    return False


def _is_assigned(column: exp.Column) -> bool:
    """Whether a column is what an assignment sets."""
    parent = column.parent
    return isinstance(parent, exp.EQ) and isinstance(parent.parent, exp.Update) and parent.this is column
