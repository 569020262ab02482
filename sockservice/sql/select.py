"""Queries: SELECT, UNION and what they are made of, compiled to SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sockservice.answers import Column as AnswerColumn
from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.expressions import Expressions, common_type, in_type
from sockservice.sql.kinds import Kind
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.scope import Scope, Source
from sockservice.sql.typed import Origin, Typed, quoted

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Columns = list[tuple[str, Typed]]
"""The labels of a query's columns, and what each is: its text names the column from outside."""


class Queries:
    """Compiles queries.

    Args:
        session: whose names, variables and snapshot.
        builder: what is noted on the way.
    """

    def __init__(self, session: SqlSession, builder: PlanBuilder) -> None:
        self.session = session
        self.builder = builder
        self._common: list[dict[str, Source]] = []

    def expressions(self, scope: Scope) -> Expressions:
        """What compiles the expressions of a scope."""
        return Expressions(scope, self.builder, self.session, lambda node, outer: self.query(node, outer))

    def query(self, node: exp.Expression, outer: Scope | None = None) -> tuple[str, Columns]:
        """Compile a query of any form.

        Args:
            node: a SELECT, UNION, INTERSECT, EXCEPT, VALUES or one of these in brackets.
            outer: what the expressions around it can see.

        Returns:
            The text, and the columns.
        """
        common = node.args.get("with_") or node.args.get("with")
        prefix = ""
        if common is not None:
            self._common.append({})
            prefix = self._with(common, outer)
        try:
            if isinstance(node, exp.Subquery):
                text, columns = self.query(node.this, outer)
                text += self._tail(node, Scope(outer=outer, aliases=dict(_lowered(columns)), clause="order clause"))
            elif isinstance(node, exp.SetOperation):
                text, columns = self._set_operation(node, outer)
            elif isinstance(node, exp.Select):
                text, columns = self._select(node, outer)
            else:
                raise unsupported(f"{type(node).__name__} as a query")
        finally:
            if common is not None:
                self._common.pop()
        return prefix + text, columns

    def _with(self, node: exp.With, outer: Scope | None) -> str:
        parts = []
        for table in node.expressions:
            names = [column.name for column in table.args["alias"].args.get("columns") or ()]
            query = table.this
            if node.args.get("recursive") and isinstance(query, exp.SetOperation):
                # The first part says what the columns are; the others may name the table itself.
                _, columns = self.query(query.left, outer)
                columns = _widened(columns)
                self._common[-1][table.alias] = _source_of(table.alias, columns, names)
            text, columns = self.query(query, outer)
            source = _source_of(table.alias, columns, names)
            self._common[-1].setdefault(table.alias, source)
            labels = ", ".join(quoted(label) for label in source.columns)
            parts.append(f"{quoted(table.alias)}({labels}) AS ({text})")
        return f"WITH {'RECURSIVE ' if node.args.get('recursive') else ''}{', '.join(parts)} "

    def _set_operation(self, node: exp.SetOperation, outer: Scope | None) -> tuple[str, Columns]:
        left, left_columns = self.query(node.left, outer)
        right, right_columns = self.query(node.right, outer)
        if len(left_columns) != len(right_columns):
            raise Refused("ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT")
        word = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}[type(node)]
        if not node.args.get("distinct", True):
            word += " ALL"
        columns: Columns = []
        for (label, one), (_, other) in zip(left_columns, right_columns, strict=True):
            kind = common_type([one, other])
            columns.append((label, Typed(quoted(label), kind, one.nullable or other.nullable, one.collation)))
        if any(one.type != column.type for (_, one), (_, column) in zip(left_columns, columns, strict=True)):
            left = _retyped(left, left_columns, columns)
        if any(one.type != column.type for (_, one), (_, column) in zip(right_columns, columns, strict=True)):
            right = _retyped(right, right_columns, columns)
        text = f"SELECT * FROM ({left}) {word} SELECT * FROM ({right})"
        tail = self._tail(node, Scope(outer=outer, aliases=dict(_lowered(columns)), clause="order clause"))
        return text + tail, columns

    def _select(self, node: exp.Select, outer: Scope | None) -> tuple[str, Columns]:
        scope = Scope(outer=outer)
        source = self._from(node, scope)
        compiler = self.expressions(scope)
        scope.clause = "where clause"
        where = node.args.get("where")
        condition = compiler.condition(where.this) if where is not None else ""
        scope.clause = "field list"
        items = self._items(node, compiler)
        scope.aliases = {label.lower(): typed for label, typed in items}
        group = self._group(node, compiler, items)
        having = node.args.get("having")
        scope.clause = "having clause"
        having_text = compiler.condition(having.this) if having is not None else ""
        distinct = "DISTINCT " if node.args.get("distinct") else ""
        labels = _unique(label for label, _ in items)
        listed = ", ".join(f"{typed.sql} AS {quoted(label)}" for label, (_, typed) in zip(labels, items, strict=True))
        text = f"SELECT {distinct}{listed}"
        text += f" FROM {source}" if source else ""
        text += f" WHERE {condition}" if condition else ""
        text += group
        if having_text:
            text += f" HAVING {having_text}" if group else f" GROUP BY NULL HAVING {having_text}"
        scope.clause = "order clause"
        text += self._tail(node, scope, compiler)
        columns = [
            (label, typed._replace(sql=quoted(inner), literal=None))
            for inner, (label, typed) in zip(labels, items, strict=True)
        ]
        return text, columns

    def _items(self, node: exp.Select, compiler: Expressions) -> Columns:
        items: Columns = []
        for item in node.expressions:
            if isinstance(item, exp.Star):
                items.extend(compiler.scope.all_columns())
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                source = compiler.scope.source(item.table)
                if source is None:
                    raise Refused("ER_BAD_TABLE_ERROR", item.table)
                items.extend(source.columns.items())
            else:
                inner = item.this if isinstance(item, exp.Alias) else item
                label = item.alias if isinstance(item, exp.Alias) else self._label(inner)
                items.append((label, compiler.compile(inner)))
        if not items:
            raise Refused("ER_NO_TABLES_USED")
        return items

    def _label(self, node: exp.Expression) -> str:
        """The label of an item without alias: a column's name, else the item as it was written."""
        if isinstance(node, exp.Column):
            return node.name
        label = self.session.written(node, self.builder)
        return label[:256]

    def _group(self, node: exp.Select, compiler: Expressions, items: Columns) -> str:
        group = node.args.get("group")
        if group is None:
            return ""
        scope = compiler.scope
        scope.clause = "group statement"
        texts = []
        for item in group.expressions:
            typed = self._by_position(item, items)
            typed = compiler.compile(item) if typed is None else typed
            texts.append(typed.sql + (to.collate(typed) if typed.kind is Kind.TEXT else ""))
        if group.args.get("rollup"):
            raise unsupported("WITH ROLLUP")
        return f" GROUP BY {', '.join(texts)}"

    def _by_position(self, node: exp.Expression, items: Columns) -> Typed | None:
        """The item that a bare number in GROUP BY or ORDER BY means."""
        if not isinstance(node, exp.Placeholder) or self.builder.literals[int(node.name[1:])].kind != "int":
            return None
        position = self.builder.pin(int(node.name[1:]))
        if not 1 <= position <= len(items):
            raise Refused("ER_BAD_FIELD_ERROR", position, "order clause")
        return items[position - 1][1]

    def _tail(self, node: exp.Expression, scope: Scope, compiler: Expressions | None = None) -> str:
        """ORDER BY and LIMIT."""
        compiler = compiler or self.expressions(scope)
        text = ""
        order = node.args.get("order")
        if order is not None:
            items = list(scope.aliases.items())
            texts = []
            for part in order.expressions:
                typed = self._by_position(part.this, items)
                typed = compiler.compile(part.this) if typed is None else typed
                word = " DESC" if part.args.get("desc") else ""
                texts.append(_sorted(typed) + word)
            text += f" ORDER BY {', '.join(texts)}"
        limit, offset = node.args.get("limit"), node.args.get("offset")
        if limit is not None:
            text += f" LIMIT {self._count(limit.expression)}"
            if offset is not None:
                text += f" OFFSET {self._count(offset.expression)}"
        return text

    def _count(self, node: exp.Expression) -> str:
        if isinstance(node, exp.Placeholder):
            return self.builder.bind(int(node.name[1:]), _row_count)
        return str(_row_count(int(node.name)))

    # --- FROM

    def _from(self, node: exp.Select, scope: Scope) -> str:
        """The text of FROM; the sources are entered into the scope."""
        first = node.args.get("from_") or node.args.get("from")
        if first is None:
            return ""
        if isinstance(first.this, exp.Table) and first.this.name.lower() == "dual" and not first.this.args.get("db"):
            return ""
        scope.clause = "on clause"
        text = self.source(first.this, scope)
        for join in node.args.get("joins") or ():
            text += self._join(join, scope)
        return text

    def _join(self, join: exp.Join, scope: Scope) -> str:
        side, kind, method = (str(join.args.get(word) or "").upper() for word in ("side", "kind", "method"))
        before = len(scope.sources)
        table = self.source(join.this, scope)
        word = f" {side} JOIN " if side in ("LEFT", "RIGHT") else " JOIN "
        if side == "LEFT":
            _make_nullable(scope.sources[before:])
        elif side == "RIGHT":
            _make_nullable(scope.sources[:before])
        using = [column.name for column in join.args.get("using") or ()]
        if method == "NATURAL":
            using = [
                name
                for source in scope.sources[:before]
                for name in source.columns
                if any(new.find(name) for new in scope.sources[before:])
            ]
        if using:
            condition = " AND ".join(self._used(name, scope, before, side) for name in using)
            return f"{word}{table} ON {condition}"
        on = join.args.get("on")
        if on is not None:
            return f"{word}{table} ON {self.expressions(scope).condition(on)}"
        if side:
            raise Refused("ER_PARSE_ERROR", side)
        del kind
        return f" CROSS JOIN {table}" if not using else ""

    def _used(self, name: str, scope: Scope, before: int, side: str) -> str:
        """The condition of one column of USING."""
        left = scope.joined.get(name.lower()) or next(
            (found for source in scope.sources[:before] if (found := source.find(name))), None
        )
        right = next((found for source in scope.sources[before:] if (found := source.find(name))), None)
        if left is None or right is None:
            raise Refused("ER_BAD_FIELD_ERROR", name, "from clause")
        scope.joined[name.lower()] = right if side == "RIGHT" else left
        a, b = to.compared(left, right)
        return f"{a} = {b}"

    def source(self, node: exp.Expression, scope: Scope) -> str:
        """The text of one table of FROM, which is entered into the scope with what is joined inside of it."""
        if isinstance(node, exp.Paren):
            return f"({self.source(node.this, scope)})"
        if isinstance(node, exp.Subquery):
            if isinstance(node.this, (exp.Table, exp.Join)):
                text = self.source(node.this, scope)
                return f"({text})"
            text, columns = self.query(node.this, scope.outer)
            if not node.alias:
                raise Refused("ER_DERIVED_MUST_HAVE_ALIAS")
            names = [column.name for column in node.args["alias"].args.get("columns") or ()]
            found = _source_of(node.alias, columns, names)
            self._enter(found, scope)
            inner = ", ".join(quoted(label) for label in found.columns)
            return f"(WITH q({inner}) AS ({text}) SELECT * FROM q) AS {quoted(node.alias)}"
        if not isinstance(node, exp.Table):
            raise unsupported(f"{type(node).__name__} in FROM")
        text = self._table(node, scope)
        for join in node.args.get("joins") or ():
            text += self._join(join, scope)
        return text

    def _table(self, node: exp.Table, scope: Scope) -> str:
        name, alias = node.name, node.alias or node.name
        database = node.args["db"].name if node.args.get("db") else ""
        if not database:
            for common in reversed(self._common):
                if name in common:
                    known = common[name]
                    columns = {
                        label: typed._replace(sql=f"{quoted(alias)}.{quoted(label)}")
                        for label, typed in known.columns.items()
                    }
                    self._enter(Source(alias, columns), scope)
                    return f"{quoted(name)} AS {quoted(alias)}"
        view = self.session.view(name, database)
        if view is not None:
            text, columns = self.query(view)
            found = _source_of(alias, columns, [])
            self._enter(found, scope)
            return f"({text}) AS {quoted(alias)}"
        table = self.session.table(name, database)
        self.builder.tables.add(table.key)
        self._enter(source_of_table(table, alias), scope)
        return f"{self.session.rows_of(table)} AS {quoted(alias)}"

    def _enter(self, source: Source, scope: Scope) -> None:
        if any(known.alias == source.alias and known.database == source.database for known in scope.sources):
            raise Refused("ER_NONUNIQ_TABLE", source.alias)
        scope.sources.append(source)


def source_of_table(table: Any, alias: str) -> Source:
    """A table as a source.

    Args:
        table: its :class:`sockservice.sql.schema.Table`.
        alias: what the statement calls it.
    """
    primary = {part.column.lower() for part in table.primary_key.parts} if table.primary_key else set()
    unique = {
        index.parts[0].column.lower()
        for index in table.indexes
        if index.unique and len(index.parts) == 1 and index.name != "PRIMARY"
    }
    columns = {}
    for column in table.columns:
        name = column.name.lower()
        origin = Origin(
            table.database, table.name, alias, column.name, name in primary, name in unique, column.auto_increment
        )
        text = f"{quoted(alias)}.{quoted(column.name)}"
        columns[column.name] = Typed(text, column.type, column.nullable, column.collation, origin=origin)
    return Source(alias, columns, table.database, table.key)


def answer_columns(columns: Columns) -> tuple[AnswerColumn, ...]:
    """The columns of a query as answers have them."""
    told = []
    for label, typed in columns:
        origin = typed.origin
        if origin is None:
            told.append(AnswerColumn(label, typed.type, nullable=typed.nullable))
        else:
            told.append(
                AnswerColumn(
                    label,
                    typed.type,
                    origin.alias,
                    origin.table,
                    origin.name,
                    origin.database,
                    nullable=typed.nullable,
                    primary_key=origin.primary_key,
                    unique_key=origin.unique_key,
                    auto_increment=origin.auto_increment,
                )
            )
    return tuple(told)


def _source_of(alias: str, columns: Columns, names: list[str]) -> Source:
    """A derived table as a source."""
    if names and len(names) != len(columns):
        raise Refused("ER_VIEW_WRONG_LIST")
    labels = names or [label for label, _ in columns]
    for label in labels:
        if labels.count(label) > 1:
            raise Refused("ER_DUP_FIELDNAME", label)
    told = {}
    for label, (_, typed) in zip(labels, columns, strict=True):
        text = f"{quoted(alias)}.{quoted(label)}"
        told[label] = Typed(text, typed.type, typed.nullable, typed.collation, origin=typed.origin)
    return Source(alias, told)


def _make_nullable(sources: list[Source]) -> None:
    for source in sources:
        source.columns = {label: typed._replace(nullable=True) for label, typed in source.columns.items()}


def _widened(columns: Columns) -> Columns:
    """The columns of a recursive table's first part; its rows may be longer further on, where MySQL cuts them."""
    return columns


def _retyped(text: str, columns: Columns, wanted: Columns) -> str:
    """A query whose columns are brought to other types."""
    listed = ", ".join(
        f"{in_type(typed, target.type)} AS {quoted(label)}"
        for (_, typed), (label, target) in zip(columns, wanted, strict=True)
    )
    return f"SELECT {listed} FROM ({text})"


def _sorted(typed: Typed) -> str:
    if typed.kind is Kind.TEXT and not typed.type.values:
        return typed.sql + to.collate(typed)
    if typed.kind is Kind.DECIMAL:
        return f"{typed.sql} COLLATE decimal"
    if typed.kind is Kind.TIME:
        return f"{typed.sql} COLLATE time"
    return typed.sql


def _unique(labels: Any) -> list[str]:
    """Labels that differ for SQLite: a derived table with two of one name would lose one."""
    seen: dict[str, int] = {}
    told = []
    for label in labels:
        count = seen[label.lower()] = seen.get(label.lower(), 0) + 1
        told.append(label if count == 1 else f"{label}\x01{count}")
    return told


def _lowered(columns: Columns) -> Columns:
    return [(label.lower(), typed) for label, typed in columns]


def _row_count(value: Any) -> int:
    return min(int(value), (1 << 63) - 1)
