"""Expressions compared by what they say, however that is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlglot import exp

from sockservice.sql.plan import PlanBuilder
from sockservice.sql.scope import Scope

AGGREGATES: Final = frozenset(
    """
    avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max min std stddev stddev_pop stddev_samp
    sum var_pop var_samp variance
    """.split()
)
"""The aggregate functions (MySQL 8.4 manual, 14.19.1)."""


def call_name(node: exp.Expr) -> str:
    """The name of the function that an expression calls, in lower case; ``""`` where it calls none."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    return "group_concat" if isinstance(node, exp.GroupConcat) else ""


def is_aggregate(node: exp.Expr) -> bool:
    """Whether an expression is a call of an aggregate function that groups rows: none with OVER."""
    return call_name(node) in AGGREGATES and not isinstance(node.parent, exp.Window)


def aggregates(node: exp.Expr) -> Iterator[exp.Expr]:
    """The calls of aggregate functions in an expression, not in its sub-queries; each before its arguments."""
    yield from (each for each in outside_queries(node) if is_aggregate(each))


def outside_queries(node: exp.Expr) -> Iterator[exp.Expr]:
    """An expression and what it is made of, without its sub-queries, however deep."""
    open_nodes: list[Any] = [node]
    while open_nodes:
        each = open_nodes.pop()
        if not isinstance(each, exp.Query):
            yield each
            open_nodes.extend(reversed(list(each.iter_expressions())))


def shape(node: exp.Expr, builder: PlanBuilder, scope: Scope) -> str:
    """A text that is the same for expressions which are; the plan depends on the literals in them from now on.

    Args:
        node: the expression.
        builder: whose literals.
        scope: whose columns.
    """
    if isinstance(node, exp.Paren):
        return shape(node.this, builder, scope)
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        cell = scope.cell(node.name, node.table, node.args["db"].name if node.args.get("db") else "")
        if cell is not None:
            return cell.typed.sql
    if isinstance(node, exp.Placeholder):
        return repr(builder.pin(int(node.name[1:])))
    if isinstance(node, exp.Identifier):
        return str(node.this).lower()
    parts = []
    for name, value in sorted(node.args.items()):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, exp.Expr):
                parts.append(f"{name}={shape(each, builder, scope)}")
            elif each:
                parts.append(f"{name}={str(each).lower()}")
    return f"{type(node).__name__}({','.join(parts)})"
