"""Views whose rows are rows of one table: a change of them is a change of that (MySQL 8.4 manual, 27.5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.parse import parse
from sockservice.sql.schema import View

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


@attrs.frozen
class Underlying:
    """What is under a view.

    Attributes:
        view: the view.
        database, table: the table whose rows it shows.
        columns: for each of its columns, in lower case and in order, the table's; None for what is no column.
        condition: of the rows that it shows, over the columns of the table; None for all.
        checked: whether a row that it does not show is refused.
    """

    view: View
    database: str
    table: str
    columns: dict[str, str | None]
    condition: exp.Expr | None
    checked: bool

    def column(self, name: str) -> str:
        """The table's column that one of the view is.

        Raises:
            Refused: 1054, and 1348 for what is no column.
        """
        if name.lower() not in self.columns:
            raise Refused("ER_BAD_FIELD_ERROR", name, "field list")
        found = self.columns[name.lower()]
        if found is None:
            raise Refused("ER_NONUPDATEABLE_COLUMN", name)
        return found


def underlying(session: SqlSession, node: exp.Expression, statement: str) -> Underlying | None:
    """What is under the view that a statement changes; None where it changes a table.

    Args:
        session: whose.
        node: the table or view in the statement.
        statement: its word, for errors.

    Raises:
        Refused: 1288, or 1471 for INSERT, where its rows are not those of one table.
    """
    view = session.view(node.name, _database(node)) if isinstance(node, exp.Table) else None
    if view is None:
        return None
    if not view.updatable:
        insert = statement == "INSERT"
        raise Refused("ER_NON_INSERTABLE_TABLE" if insert else "ER_NON_UPDATABLE_TABLE", view.name, statement)
    query = parse(view.select)
    source = (query.args.get("from_") or query.args["from"]).this
    with session.within(view.within):
        under = underlying(session, source, statement)
        database = _database(source) or session.database
    names = [column.name.lower() for column in view.columns]
    if any(isinstance(item, exp.Star) or isinstance(item.this, exp.Star) for item in query.expressions):
        every = (
            under.columns
            if under is not None
            else {column.name.lower(): column.name for column in session.table(source.name, database).columns}
        )
        shown: list[str | None] = list(every.values())
    else:
        shown = [_shown(item, under) for item in query.expressions]
    where = query.args.get("where")
    conditions = [] if under is None or under.condition is None else [under.condition]
    if where is not None:
        conditions.append(_renamed(where.this, under))
    return Underlying(
        view,
        under.database if under is not None else database,
        under.table if under is not None else source.name,
        dict(zip(names, shown, strict=False)),
        exp.and_(*conditions) if conditions else None,
        bool(view.check_option) or (under is not None and under.checked),
    )


def over_table(node: exp.Update | exp.Delete, found: Underlying) -> None:
    """Make an UPDATE or DELETE of a view one of its table.

    Args:
        node: the statement; it is changed.
        found: what is under the view.
    """
    alias = node.this.alias or found.view.name
    for column in list(node.find_all(exp.Column)):
        if (
            column.table in ("", alias)
            and column.name.lower() in found.columns
            and not column.find_ancestor(exp.Select)
        ):
            column.set("this", exp.to_identifier(found.column(column.name), quoted=True))
    node.this.replace(
        exp.Table(
            this=exp.to_identifier(found.table, quoted=True),
            db=exp.to_identifier(found.database, quoted=True),
            alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)),
        )
    )
    if found.condition is not None:
        condition = of_alias(found.condition, alias)
        where = node.args.get("where")
        node.set(
            "where",
            exp.Where(
                this=condition if where is None else exp.And(this=exp.Paren(this=where.this), expression=condition)
            ),
        )


def of_alias(condition: exp.Expr, alias: str) -> exp.Expression:
    """A condition over the columns of a table that a statement calls by an alias."""
    copied = condition.copy()
    for column in copied.find_all(exp.Column):
        column.set("table", exp.to_identifier(alias, quoted=True))
    return exp.Paren(this=copied)


def _shown(item: exp.Expression, under: Underlying | None) -> str | None:
    inner = item.this if isinstance(item, exp.Alias) else item
    if not isinstance(inner, exp.Column):
        return None
    return inner.name if under is None else under.columns.get(inner.name.lower())


def _renamed(condition: exp.Expression, under: Underlying | None) -> exp.Expression:
    copied = condition.copy()
    for column in copied.find_all(exp.Column):
        name = column.name if under is None else under.column(column.name)
        column.set("this", exp.to_identifier(name, quoted=True))
    return copied


def _database(node: exp.Expression) -> str:
    return str(node.args["db"].name) if node.args.get("db") else ""
