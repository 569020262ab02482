"""GROUP BY … WITH ROLLUP (MySQL 8.4 manual, 14.19.2 "GROUP BY Modifiers"): the query once for each number of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.kinds import BIGINT
from sockservice.sql.ordering import Ordering, bare_number, collated, limits
from sockservice.sql.scope import Scope
from sockservice.sql.selected import Part, Selected
from sockservice.sql.shapes import shape
from sockservice.sql.typed import Typed

if TYPE_CHECKING:
    from sockservice.sql.select import Queries


def rolled_up(queries: Queries, node: exp.Select, outer: Scope | None) -> Selected:
    """Compile a query with WITH ROLLUP."""
    count = len(node.args["group"].expressions)
    levels = [queries.select(node, outer, Part(kept=kept)) for kept in range(count, -1, -1)]
    columns = levels[0].columns
    names = [f"c{place}" for place in range(1, len(columns) + 1)]
    order = node.args.get("order")
    parts = []
    if order is None:
        parts = [f"{name}{place}" for place in range(1, count + 1) for name in ("rolled", "key")]
    else:
        for place, part in enumerate(order.expressions, 1):
            parts.append(f"sorted{place}" + (" DESC" if part.args.get("desc") else ""))
    text = f"SELECT {', '.join(names)} FROM ({' UNION ALL '.join(level.text for level in levels)})"
    return Selected(f"{text} ORDER BY {', '.join(parts)}{limits(queries.builder, node)}", columns, stored=True)


def roll(node: exp.Select, compiler: Expressions, kept: int) -> None:
    """Enter into a scope what stands for the keys in rows that are grouped by so many of them."""
    scope = compiler.scope
    scope.clause = "group statement"
    found: list[tuple[str, Typed]] = []
    for place, key in enumerate(_keys(node, compiler)):
        typed = compiler.compile(key)._replace(nullable=True)
        found.append((shape(key, compiler.builder, scope), typed if place < kept else typed._replace(sql="NULL")))
    scope.rolled = dict(found)


def hidden(node: exp.Select, queries: Queries, scope: Scope) -> list[str]:
    """The columns by which rows are sorted: the keys, and what ORDER BY says."""
    texts = []
    for place, typed in enumerate(scope.rolled.values(), 1):
        texts.append(f"{int(typed.sql == 'NULL')} AS rolled{place}")
        texts.append(f"{typed.sql}{collated(typed)} AS key{place}")
    order = node.args.get("order")
    scope.clause = "order clause"
    ordering, compiler = Ordering(queries, scope), queries.expressions(scope)
    for place, part in enumerate(order.expressions if order is not None else (), 1):
        item = ordering.place(part.this)
        typed = compiler.compile(part.this) if item is None else scope.items[item - 1].typed
        texts.append(f"{typed.sql}{collated(typed)} AS sorted{place}")
    return texts


def _keys(node: exp.Select, compiler: Expressions) -> list[exp.Expr]:
    """What is grouped by, with items in the place of their numbers and labels."""
    found = []
    for key in node.args["group"].expressions:
        position = bare_number(key, compiler.builder)
        if position is not None and 1 <= position <= len(node.expressions):
            item = node.expressions[position - 1]
            found.append(item.this if isinstance(item, exp.Alias) else item)
            continue
        label = key.name.lower() if isinstance(key, exp.Column) and not key.table else None
        if label is not None and compiler.scope.cell(key.name) is None:
            named = (
                each.this for each in node.expressions if isinstance(each, exp.Alias) and each.alias.lower() == label
            )
            key = next(named, key)
        found.append(key)
    return found


@special("grouping")
def grouping(self: Expressions, node: Any) -> Typed:
    """GROUPING: which of its arguments stand for all values, a bit each."""
    bits = 0
    for number, argument in enumerate(node.expressions, 1):
        typed = self.scope.rolled.get(shape(argument, self.builder, self.scope))
        if typed is None:
            raise Refused("ER_FIELD_IN_GROUPING_NOT_GROUP_BY", number)
        bits = bits * 2 + (typed.sql == "NULL")
    return Typed(str(bits), BIGINT, False)
