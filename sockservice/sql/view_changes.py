"""Changes of rows through a view, told as changes of the table below it (MySQL 8.4 manual, 27.5.3 and 27.5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import attrs
from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.parse import parse
from sockservice.sql.schema import Table, View

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Node = TypeVar("Node", bound=exp.Expression)


class ViewCheck(NamedTuple):
    """What a row must be that is written through a view WITH CHECK OPTION.

    Attributes:
        table: the table below the view.
        database: the view's.
        view: its name.
        condition: over the columns of the table.
    """

    table: Table
    database: str
    view: str
    condition: exp.Expression


@attrs.frozen
class Below:
    """The table below a view.

    Attributes:
        table: the table.
        columns: what each column of the view is, by name in lower case.
        condition: which rows are the view's; None for all.
        checks: what rows must be that are written through it.
    """

    table: Table
    columns: Mapping[str, exp.Expression]
    condition: exp.Expression | None = None
    checks: tuple[ViewCheck, ...] = ()


def below(session: SqlSession, view: View) -> Below | None:
    """The table below a view; None where its rows are not those of one table."""
    if not view.updatable:
        return None
    node = parse(view.select)
    source = node.args["from_"].this
    with session.within(view.within):
        database = source.args["db"].name if source.args.get("db") else ""
        under = session.view(source.name, database)
        if under is None:
            table = session.table(source.name, database)
            columns: dict[str, exp.Expression] = {column.name.lower(): _column(column.name) for column in table.columns}
            inner: Below | None = Below(table, columns)
        else:
            inner = below(session, under)
    if inner is None:
        return None
    items: list[tuple[str, exp.Expression]] = []
    for item in node.expressions:
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            items += inner.columns.items()
        else:
            items.append((item.alias_or_name.lower(), told(item.unalias(), inner.columns)))
    by_label = dict(items)
    chosen = [
        items[place][1] if view.named and place < len(items) else by_label.get(column.name.lower())
        for place, column in enumerate(view.columns)
    ]
    columns = {column.name.lower(): each for column, each in zip(view.columns, chosen, strict=True) if each is not None}
    where = node.args.get("where")
    own = None if where is None else told(where.this, inner.columns)
    condition = both(inner.condition, own)
    checks = inner.checks
    checked = condition if view.check_option == "CASCADED" else own
    if view.check_option and checked is not None:
        checks = (*checks, ViewCheck(inner.table, view.database, view.name, checked))
    return Below(inner.table, columns, condition, checks)


def through_views(session: SqlSession, node: Node) -> tuple[Node, tuple[ViewCheck, ...]]:
    """A statement that changes rows, told of tables.

    Args:
        session: whose.
        node: an INSERT, UPDATE or DELETE.

    Returns:
        The statement, which is the same where it names no view, and what the rows must be.

    Raises:
        Refused: 1348 for a column that is none of the table's, 1471 for a view that cannot take new rows.
    """
    target = node.this.this if isinstance(node.this, exp.Schema) else node.this
    if not isinstance(target, exp.Table) or target.args.get("joins") or node.args.get("tables"):
        return node, ()
    view = session.view(target.name, target.args["db"].name if target.args.get("db") else "")
    if view is None:
        return node, ()
    found = below(session, view)
    if isinstance(node, exp.Insert):
        if found is None:
            raise Refused("ER_NON_INSERTABLE_TABLE", target.name, "INSERT")
        _insert(node, view, found)
    elif found is not None:
        _change(node, target.alias or target.name, found)
    return node, () if found is None else found.checks


def _insert(node: exp.Insert, view: View, found: Below) -> None:
    named = node.this.expressions if isinstance(node.this, exp.Schema) else []
    names = [each.name for each in named] or [column.name for column in view.columns]
    columns = []
    for name in names:
        column = found.columns.get(name.lower())
        if column is None:
            raise Refused("ER_BAD_FIELD_ERROR", name, "field list")
        if not isinstance(column, exp.Column):
            raise Refused("ER_NONUPDATEABLE_COLUMN", name)
        columns.append(exp.to_identifier(column.name, quoted=True))
    node.set("this", exp.Schema(this=table_node(found.table), expressions=columns))
    conflict = node.args.get("conflict")
    if conflict is not None:
        node.set("conflict", told(conflict, found.columns))


def _change(node: exp.Expression, alias: str, found: Below) -> None:
    """Tell an UPDATE or DELETE of the table, under the name that the statement knows the view by."""
    for assignment in node.expressions if isinstance(node, exp.Update) else ():
        column = found.columns.get(assignment.this.name.lower())
        if column is not None and not isinstance(column, exp.Column):
            raise Refused("ER_NONUPDATEABLE_COLUMN", assignment.this.name)
    columns = {name: told(each, {}, alias) for name, each in found.columns.items()}
    for word in ("expressions", "where", "order"):
        given = node.args.get(word)
        if isinstance(given, list):
            node.set(word, [told(each, columns) for each in given])
        elif given is not None:
            node.set(word, told(given, columns))
    table = table_node(found.table)
    table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    node.set("this", table)
    if found.condition is not None:
        where = node.args.get("where")
        condition = both(told(found.condition, {}, alias), None if where is None else where.this)
        node.set("where", exp.Where(this=condition))


def told(node: exp.Expression, columns: Mapping[str, exp.Expression], alias: str = "") -> exp.Expression:
    """An expression with other expressions in the place of columns.

    Args:
        node: the expression.
        columns: what is put in, by the columns' names in lower case.
        alias: the table that the columns which stay are of, where that is to be said.
    """

    def replaced(each: exp.Expression) -> exp.Expression:
        if not isinstance(each, exp.Column) or isinstance(each.this, exp.Star):
            return each
        found = columns.get(each.name.lower())
        if found is not None:
            return found.copy()
        return _column(each.name, alias) if alias else each

    return node.copy().transform(replaced)


def _column(name: str, table: str = "") -> exp.Column:
    return exp.column(name, table or None, quoted=True)


def table_node(table: Table) -> exp.Table:
    """What names a table."""
    return exp.table_(table.name, db=table.database, quoted=True)


def both(one: exp.Expression | None, other: exp.Expression | None) -> exp.Expression | None:
    """A condition that says what two say; None for none."""
    if one is None or other is None:
        return one if other is None else other
    return exp.And(this=exp.Paren(this=one.copy()), expression=exp.Paren(this=other.copy()))
