"""Queries: SELECT, UNION and what they are made of, compiled to SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql import json_value, subqueries, windows  # noqa: F401 - they enter their rules themselves
from sockservice.sql.bounds import MOST_QUERIES
from sockservice.sql.common_tables import CommonTables
from sockservice.sql.dependence import equalities
from sockservice.sql.errors import Refused, near, unsupported
from sockservice.sql.expressions import Expressions, in_type
from sockservice.sql.from_clause import FromClause
from sockservice.sql.grouping import Grouping
from sockservice.sql.kinds import Kind
from sockservice.sql.literals import written
from sockservice.sql.ordering import Ordering, limits
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.rollup import hidden, roll, rolled_up
from sockservice.sql.row_comparison import row_of
from sockservice.sql.scope import Item, Scope, Source
from sockservice.sql.select_list import items_of
from sockservice.sql.selected import WHOLE, Columns, Part, Selected, answer_columns, outside
from sockservice.sql.set_operations import set_operation
from sockservice.sql.sources import source_of_table
from sockservice.sql.windows import defined_windows, refuse_windows
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

__all__ = ["Columns", "Queries", "answer_columns", "source_of_table"]


class Queries:
    """Compiles the queries of one statement.

    Args:
        session: whose names, variables and snapshot.
        builder: what is noted on the way.

    Attributes:
        common: the common table expressions that can be named.
    """

    def __init__(self, session: SqlSession, builder: PlanBuilder) -> None:
        self.session = session
        self.builder = builder
        self.common = CommonTables(self)
        self._names: dict[str, int] = {}
        self._depth = 0

    def expressions(self, scope: Scope) -> Expressions:
        """What compiles the expressions of a scope."""
        return Expressions(scope, self.builder, self.session, lambda node, outer: self.query(node, outer))

    def query(self, node: exp.Expr, outer: Scope | None = None) -> tuple[str, Columns]:
        """Compile a query of any form.

        Args:
            node: a SELECT, UNION, INTERSECT, EXCEPT, VALUES or one of these in brackets.
            outer: what the expressions around it can see.

        Returns:
            The text, and the columns.
        """
        selected = self.selected(node, outer)
        return selected.text, selected.columns

    def selected(self, node: exp.Expr, outer: Scope | None = None, part: Part = WHOLE) -> Selected:
        """Compile a query of any form.

        Args:
            node: as for :meth:`query`.
            outer: likewise.
            part: what is asked of a SELECT.
        """
        common = node.args.get("with_")
        if common is not None:
            with self.common.entered(common, outer) as text:
                inner = self._without_common(node, outer, part)
            return inner._replace(text=text + inner.text, plain=False)
        return self._without_common(node, outer, part)

    def source(self, node: exp.Expr, scope: Scope) -> str:
        """The text of one table of FROM, which is entered into the scope with what is joined inside of it."""
        return FromClause(self, scope).source(node)

    def new_name(self, alias: str) -> str:
        """A name for a source that SQLite's text does not have yet: the alias, where that is free."""
        lowered = alias.lower()
        count = self._names[lowered] = self._names.get(lowered, 0) + 1
        return alias if count == 1 else f"{alias}~{count}"

    def _without_common(self, node: exp.Expr, outer: Scope | None, part: Part) -> Selected:
        if isinstance(node, exp.Subquery):
            inner = self.selected(node.this, outer, part)
            if not any(node.args.get(word) for word in ("order", "limit", "offset")):
                return inner
            return self._ended(node, inner, outer)
        if isinstance(node, exp.SetOperation):
            return self._ended(node, set_operation(self, node, outer), outer)
        if isinstance(node, exp.Values):
            return self._ended(node, self._values(node, outer), outer)
        if isinstance(node, exp.Select):
            group = node.args.get("group")
            rollup = group is not None and bool(group.args.get("rollup"))
            return rolled_up(self, node, outer) if rollup else self.select(node, outer, part)
        raise near(written(node.sql(dialect="mysql"), self.builder.literals))

    def _ended(self, node: exp.Expr, inner: Selected, outer: Scope | None) -> Selected:
        """A query with ORDER BY and LIMIT behind it, which name its columns by their labels."""
        limit = limits(self.builder, node)
        order = node.args.get("order")
        if order is None and not limit:
            return inner
        scope = Scope(outer=outer, clause="order clause", items=[Item(*column) for column in inner.columns])
        ordering = Ordering(self, scope)
        text = ordering.text(order) if order is not None else ""
        if inner.plain and not ordering.expressions:
            return inner._replace(text=inner.text + text + limit, plain=False)
        return inner._replace(text=f"SELECT * FROM ({inner.text}){text}{limit}", plain=False, compound=False)

    def _values(self, node: exp.Values, outer: Scope | None) -> Selected:
        """VALUES ROW(…), ROW(…): a query of so many SELECTs."""
        query: exp.Expr | None = None
        items: list[exp.Expr] = []
        for number, row in enumerate(node.expressions, 1):
            cells = row_of(row.expressions[0]) if len(row.expressions) == 1 else None
            if cells is None:
                raise near(written(row.sql(dialect="mysql"), self.builder.literals))
            if query is not None and len(cells) != len(items):
                raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", number)
            items = [exp.alias_(cell.copy(), f"column_{place}", quoted=True) for place, cell in enumerate(cells)]
            select = exp.Select(expressions=items)
            query = select if query is None else exp.Union(this=query, expression=select, distinct=False)
        if query is None:
            raise unsupported("VALUES without rows")
        return self.selected(query, outer)

    def select(self, node: exp.Select, outer: Scope | None, part: Part = WHOLE) -> Selected:
        """Compile a SELECT without WITH.

        Args:
            node: the query.
            outer: what the expressions around it can see.
            part: what is asked of it.

        Raises:
            Refused: 1473 where queries are nested too deep.
        """
        self._depth += 1
        if self._depth > MOST_QUERIES + 1:
            raise Refused("ER_TOO_HIGH_LEVEL_OF_NESTING_FOR_SELECT")
        try:
            return self._select(node, outer, part)
        finally:
            self._depth -= 1

    def _select(self, node: exp.Select, outer: Scope | None, part: Part) -> Selected:
        scope = Scope(outer=outer)
        from_clause = FromClause(self, scope)
        source = from_clause.compile(node)
        scope.windows = defined_windows(node)
        compiler = self.expressions(scope)
        where = node.args.get("where")
        scope.clause = "where clause"
        condition = self.where(where.this, compiler) if where is not None else ""
        equal = [*from_clause.equal, *(equalities(where.this) if where is not None else ())]
        if part.kept is not None:
            roll(node, compiler, part.kept)
        scope.clause, scope.takes_aggregates = "field list", True
        items = items_of(node, compiler)
        scope.items = items
        grouping = Grouping(self, scope, node, items, equal, part.kept)
        having = grouping.having()
        ordering = Ordering(self, scope, grouping, distinct=bool(node.args.get("distinct")))
        scope.clause = "order clause"
        order = node.args.get("order") if part.kept is None else None
        order_text = ordering.text(order) if order is not None else ""
        more = part.more if part.kept is None else hidden(node, self, scope)
        if part.kept in (None, len(scope.rolled)):
            grouping.check()
        text = f"SELECT {_listed(items, part.types, more, distinct=bool(node.args.get('distinct')))}"
        text += f" FROM {source}" if source else ""
        if having and not grouping.grouped:
            condition, having = f"({condition}) AND ({having})" if condition else having, ""
        text += f" WHERE {condition}" if condition else ""
        text += grouping.text
        text += f" HAVING {having}" if having else ""
        limit = limits(self.builder, node) if part.kept is None else ""
        columns = outside((item.label, item.typed) for item in items)
        return Selected(
            text + order_text + limit,
            columns,
            not order_text and not limit,
            _unique(node, scope.sources, grouping, items),
        )

    def where(self, node: exp.Expr, compiler: Expressions) -> str:
        """The text of WHERE.

        Raises:
            Refused: 3593 where it has a window.
        """
        refuse_windows(node)
        return compiler.condition(node)


def _listed(items: Sequence[Item], wanted: Sequence[SqlType] | None, more: Iterable[str], *, distinct: bool) -> str:
    """The text of a select list."""
    parts = []
    for place, item in enumerate(items, 1):
        text = item.typed.sql if wanted is None else in_type(item.typed, wanted[place - 1])
        if distinct and item.typed.kind is Kind.TEXT:
            text += to.collate(item.typed)
        parts.append(f"{text} AS c{place}")
    return ("DISTINCT " if distinct else "") + ", ".join([*parts, *more])


def _unique(
    node: exp.Select, sources: Sequence[Source], grouping: Grouping, items: Sequence[Item]
) -> tuple[frozenset[str], ...]:
    """Sets of columns of a query of which no two rows have the same values."""
    places = {item.typed.sql: f"c{place}" for place, item in enumerate(items, 1)}
    if node.args.get("distinct"):
        return (frozenset(places.values()),)
    if grouping.grouped:
        wanted = [grouping.keys]
    elif len(sources) == 1:
        source = sources[0]
        wanted = [
            frozenset(found.sql for name in key if (found := source.find(name)) is not None) for key in source.unique
        ]
    else:
        return ()
    return tuple(frozenset(places[text] for text in key) for key in wanted if key <= places.keys())
