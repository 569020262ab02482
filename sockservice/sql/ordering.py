"""ORDER BY and LIMIT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused
from sockservice.sql.kinds import Kind
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.select_list import refuse_nested_aggregates
from sockservice.sql.shapes import aggregates, shape
from sockservice.sql.typed import Typed, text_literal

if TYPE_CHECKING:
    from sockservice.sql.grouping import Grouping
    from sockservice.sql.scope import Scope
    from sockservice.sql.select import Queries

_MOST: Final = (1 << 63) - 1


class Ordering:
    """Compiles ORDER BY.

    Args:
        queries: what compiles the queries in it.
        scope: what it can name.
        grouping: of the query, or None.
        distinct: whether the query has DISTINCT.

    Attributes:
        expressions: whether it has expressions that are no columns of the query.
    """

    def __init__(
        self, queries: Queries, scope: Scope, grouping: Grouping | None = None, *, distinct: bool = False
    ) -> None:
        self._queries = queries
        self._scope = scope
        self._grouping = grouping
        self._distinct = distinct
        self._compiler = queries.expressions(scope)
        self.expressions = False

    def text(self, node: exp.Order) -> str:
        """The text of an ORDER BY, with a blank in front; ``""`` where all of it is constant."""
        parts = []
        for number, part in enumerate(node.expressions, 1):
            text = self._part(part.this, number)
            if text:
                parts.append(text + (" DESC" if part.args.get("desc") else ""))
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def _part(self, node: exp.Expr, number: int) -> str:
        place = self.place(node)
        if place is not None:
            typed = self._scope.items[place - 1].typed
            sorted_ = ranked(typed)
            return sorted_ if sorted_ is not None else f"{place}{collated(typed)}"
        refuse_nested_aggregates(node)
        if self._grouping is None and any(aggregates(node)):
            raise Refused("ER_AGGREGATE_ORDER_FOR_UNION", number)
        typed = self._compiler.compile(node)
        if self._grouping is not None:
            self._grouping.also(node, number)
        for place, item in enumerate(self._scope.items, 1):
            if item.typed.sql == typed.sql:
                sorted_ = ranked(typed)
                return sorted_ if sorted_ is not None else f"{place}{collated(typed)}"
        if self._distinct and self._grouping is not None and not any(aggregates(node)):
            self._grouping.refuse_not_selected(node, number)
        if typed.sql.lstrip("-").isdecimal() or typed.kind is Kind.NULL:
            return ""
        self.expressions = True
        return ranked(typed) or typed.sql + collated(typed)

    def place(self, node: exp.Expr) -> int | None:
        """The number of the item that a bare number or a label means; of an expression, that which is the same.

        Raises:
            Refused: 1054, or 1052 where a label means several items.
        """
        items = self._scope.items
        position = bare_number(node, self._queries.builder)
        if position is not None:
            if not 1 <= position <= len(items):
                raise Refused("ER_BAD_FIELD_ERROR", position, self._scope.clause)
            return position
        if isinstance(node, exp.Column) and not node.table:
            found = self._scope.labelled(node.name)
            if found is None:
                return None
            return next(place for place, item in enumerate(items, 1) if item.label.lower() == node.name.lower())
        if isinstance(node, (exp.Column, exp.Placeholder)) or not (
            self._distinct or (self._grouping is not None and self._grouping.grouped)
        ):
            return None
        wanted = shape(node, self._queries.builder, self._scope)
        for place, item in enumerate(items, 1):
            if type(item.node) is not type(node) or item.node is None:
                continue
            if shape(item.node, self._queries.builder, self._scope) == wanted:
                return place
        return None


def bare_number(node: exp.Expr, builder: PlanBuilder) -> int | None:
    """The whole number that an item of GROUP BY or ORDER BY is, which means a column by its place."""
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdecimal():
        return int(node.this)
    if isinstance(node, exp.Placeholder) and builder.literals[int(node.name[1:])].kind == "int":
        return int(builder.pin(int(node.name[1:])))
    return None


def collated(typed: Typed) -> str:
    """The COLLATE clause by which values are sorted and grouped."""
    if typed.kind is Kind.TEXT:
        return to.collate(typed)
    return {Kind.DECIMAL: " COLLATE decimal", Kind.TIME: " COLLATE time"}.get(typed.kind, "")


def ranked(typed: Typed) -> str | None:
    """The text by which an ENUM is sorted, in the order of its values; None for other types."""
    if typed.type.name != "ENUM" or not typed.type.values:
        return None
    places = " ".join(f"WHEN {text_literal(value)} THEN {place}" for place, value in enumerate(typed.type.values, 1))
    return f"CASE {typed.sql} {places} END"


def limits(builder: PlanBuilder, node: exp.Expr) -> str:
    """The text of LIMIT and OFFSET, with a blank in front."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is None:
        return ""
    text = f" LIMIT {_count(builder, limit.expression)}"
    return text + (f" OFFSET {_count(builder, offset.expression)}" if offset is not None else "")


def _count(builder: PlanBuilder, node: exp.Expr) -> str:
    if isinstance(node, exp.Placeholder):
        return builder.bind(int(node.name[1:]), row_count)
    return str(row_count(node.name))


def row_count(value: Any) -> int:
    """The value of LIMIT or OFFSET as SQLite has it.

    Raises:
        Refused: 1210 where it is no whole number.
    """
    try:
        number = int(value or 0)
    except (TypeError, ValueError):
        raise Refused("ER_WRONG_ARGUMENTS", "LIMIT") from None
    if number < 0:
        raise Refused("ER_WRONG_ARGUMENTS", "LIMIT")
    return min(number, _MOST)
