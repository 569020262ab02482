"""The tables that an UPDATE or DELETE changes, among those that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near
from sockservice.sql.expressions import Expressions
from sockservice.sql.kinds import Kind
from sockservice.sql.literals import written
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.predicates import Predicate
from sockservice.sql.schema import Table
from sockservice.sql.scope import Scope, Source
from sockservice.sql.select import Queries
from sockservice.sql.storing import storable_columns
from sockservice.sql.table_texts import row_number
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


@attrs.frozen
class Target:
    """A table that is changed.

    Attributes:
        source: it in the scope of the statement.
        table: its definition.
        row: SQLite's text for the number of its row.
    """

    source: Source
    table: Table
    row: str

    @property
    def selected(self) -> list[str]:
        """What a query gives of it: the number of the row, and its values."""
        alias = quoted(self.source.name or self.source.alias)
        return [self.row, *(f"{alias}.{quoted(column.name)}" for column in storable_columns(self.table))]

    @property
    def width(self) -> int:
        """How many values that are."""
        return 1 + len(storable_columns(self.table))


class Targets:
    """The FROM part of an UPDATE or DELETE.

    Args:
        session: whose.
        builder: what is noted on the way.
        node: the table, with its joins.
        common: the WITH in front of the statement, or None.

    Attributes:
        queries: what compiles its queries.
        scope: what its expressions can name.
        text: SQLite's text of it.
        head: SQLite's text of WITH.
    """

    def __init__(
        self, session: SqlSession, builder: PlanBuilder, node: exp.Expression, common: exp.With | None = None
    ) -> None:
        self._session = session
        self._builder = builder
        self.queries = Queries(session, builder)
        self.scope = Scope()
        self.head = self.queries.common.enter(common) if common is not None else ""
        self._tables = {
            (each.alias or each.name): each
            for each in node.find_all(exp.Table)
            if each.find_ancestor(exp.Subquery) is None
        }
        keys = {table.key for each in self._tables.values() if (table := self._table(each)) is not None}
        session.contested = session.store.versions.contested(session.asking) & keys
        try:
            self.text = self.queries.source(node, self.scope)
        finally:
            self.contested, session.contested = session.contested, frozenset()

    def _table(self, node: exp.Table) -> Table | None:
        try:
            return self._session.table(node.name, node.args["db"].name if node.args.get("db") else "")
        except Refused:
            return None

    def of(self, source: Source, statement: str) -> Target:
        """A source as a target.

        Raises:
            Refused: 1288 where it is a view or a sub-query.
        """
        node = self._tables.get(source.alias)
        table = None if node is None else self._table(node)
        if table is None or table.key != source.key:
            raise Refused("ER_NON_UPDATABLE_TABLE", source.alias, statement)
        row = '"~row"' if table.key in self.contested else row_number(table)
        return Target(source, table, f"{quoted(source.name or source.alias)}.{row}")

    def named(self, alias: str, statement: str, database: str = "") -> Target:
        """The target that a statement names.

        Raises:
            Refused: 1109, or 1288.
        """
        found = self.scope.source(alias, database)
        if found is None:
            by_name = [each for each in self.scope.sources if each.alias.lower() == alias.lower()]
            if not by_name:
                raise Refused("ER_UNKNOWN_TABLE", alias, "MULTI DELETE")
            found = by_name[0]
        return self.of(found, statement)

    def with_column(self, name: str, alias: str, statement: str) -> Target:
        """The target that has a column.

        Raises:
            Refused: 1054, 1052 or 1288.
        """
        self.scope.column(name, alias)
        source = next(
            each for each in self.scope.sources if (not alias or each.alias == alias) and each.find(name) is not None
        )
        return self.of(source, statement)

    def predicate(self, node: exp.Expression, compiler: Expressions) -> Predicate | None:
        """What a statement searches for, where it reads one table alone."""
        if len(self.scope.sources) != 1:
            return None
        target = self.of(self.scope.sources[0], "UPDATE")
        where = node.args.get("where")
        self.scope.clause = "where clause"
        condition = f" AND {compiler.condition(where.this)}" if where is not None else ""
        key, alias = quoted(target.table.key), quoted(target.source.name or target.source.alias)
        text = f"{self.head}SELECT 1 FROM {key} AS {alias} WHERE {alias}.{row_number(target.table)} = :row{condition}"
        return Predicate(target.table.key, text, self._builder, _is_exact(target.table, where))

    def ending(self, node: exp.Expression, compiler: Expressions) -> str:
        """WHERE, ORDER BY and LIMIT."""
        text = ""
        where = node.args.get("where")
        if where is not None:
            self.scope.clause = "where clause"
            text += f" WHERE {compiler.condition(where.this)}"
        order = node.args.get("order")
        if order is not None:
            self.scope.clause = "order clause"
            parts = []
            for part in order.expressions:
                typed = compiler.compile(part.this)
                collation = to.collate(typed) if typed.kind is Kind.TEXT and not typed.type.values else ""
                collation = {Kind.DECIMAL: " COLLATE decimal", Kind.TIME: " COLLATE time"}.get(typed.kind, collation)
                parts.append(typed.sql + collation + (" DESC" if part.args.get("desc") else ""))
            text += f" ORDER BY {', '.join(parts)}"
        limit = node.args.get("limit")
        if limit is not None:
            if limit.args.get("offset") is not None:
                raise near(written(f", {limit.expression.sql()}", self._builder.literals))
            text += f" LIMIT {compiler.compile(limit.expression).sql}"
        return text


def _is_exact(table: Table, where: exp.Expression | None) -> bool:
    """Whether a condition is one value of the primary key."""
    key = table.primary_key
    if where is None or key is None or len(key.parts) != 1 or not isinstance(where.this, exp.EQ):
        return False
    column, value = where.this.this, where.this.expression
    named = isinstance(column, exp.Column) and column.name.lower() == key.parts[0].column.lower()
    return named and isinstance(value, exp.Placeholder)


def refuse_reading(node: exp.Expression, names: set[str]) -> None:
    """Refuse sub-queries that read the table which the statement changes (MySQL 8.4 manual, 15.2.15.12).

    Args:
        node: the statement.
        names: the tables that it changes.

    Raises:
        Refused: 1093.
    """
    for query in node.find_all(exp.Select):
        within: Any = query.find_ancestor(exp.Subquery, exp.CTE)
        if isinstance(within, exp.CTE) or (within is not None and isinstance(within.parent, (exp.From, exp.Join))):
            continue
        from_ = query.args.get("from_") or query.args.get("from")
        sources = [from_.this if from_ is not None else None, *(join.this for join in query.args.get("joins") or ())]
        for source in sources:
            if isinstance(source, exp.Table) and source.name in names:
                raise Refused("ER_UPDATE_TABLE_USED", source.name)
