"""The select list: what a query gives, and how it is labelled (MySQL 8.4 manual, 15.2.13)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.literals import Literal, lexical, text_of, written
from sockservice.sql.scope import Item
from sockservice.sql.shapes import aggregates

if TYPE_CHECKING:
    from sockservice.sql.expressions import Expressions

_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")
_LONGEST: Final = 256
"""How many characters of an item its label has."""


def items_of(node: exp.Select, compiler: Expressions) -> list[Item]:
    """What a SELECT gives.

    Raises:
        Refused: 1096 and 1051 for ``*`` without tables, 1111, and what an expression is refused for.
    """
    scope = compiler.scope
    items: list[Item] = []
    for item in node.expressions:
        if isinstance(item, exp.Star):
            cells = list(scope.cells())
            if not cells:
                raise Refused("ER_NO_TABLES_USED")
            items.extend(Item(cell.label, cell.typed) for cell in cells if cell.label not in cell.source.hidden)
        elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            source = scope.source(item.table, item.args["db"].name if item.args.get("db") else "")
            if source is None:
                raise Refused("ER_BAD_TABLE_ERROR", item.table)
            items.extend(Item(label, typed) for label, typed in source.columns.items() if label not in source.hidden)
        else:
            inner = item.this if isinstance(item, exp.Alias) else item
            refuse_nested_aggregates(inner)
            typed = compiler.compile(inner)
            if isinstance(item, exp.Alias):
                label = item.alias
            elif (
                isinstance(item.unnest(), exp.Column) and typed.origin and typed.origin.database == "information_schema"
            ):
                # These tables give their own spelling of a name, not the statement's.
                label = typed.origin.name
            else:
                label = _label(item, compiler)
            items.append(Item(label, typed, inner))
    return items


def refuse_nested_aggregates(node: exp.Expr) -> None:
    """Refuse SUM(COUNT(*)).

    Raises:
        Refused: 1111.
    """
    for call in aggregates(node):
        if sum(1 for _ in aggregates(call)) > 1:
            raise Refused("ER_INVALID_GROUP_FUNC_USE")


def _label(node: exp.Expr, compiler: Expressions) -> str:
    """The label of an item without alias: a column's name, a text's value, else the item as it was written."""
    inner = node
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Column):
        return str(inner.name)
    literals = compiler.builder.literals
    if isinstance(inner, exp.Null):
        return "NULL"
    if isinstance(inner, exp.Placeholder):
        literal = _literal(compiler, inner)
        if literal.kind == "bytes":
            return str(literal.value.decode("utf-8", "replace"))[:_LONGEST]
        return (_label_of_text(literal, compiler) if literal.kind == "string" else literal.text)[:_LONGEST]
    if isinstance(inner, exp.Literal) and inner.is_string:
        return str(inner.this)[:_LONGEST]
    if isinstance(inner, exp.Introducer) and isinstance(inner.expression, exp.Literal):
        return str(inner.expression.this)[:_LONGEST]
    for placeholder in node.find_all(exp.Placeholder):
        _literal(compiler, placeholder)
    text = node.meta.get("written")
    label = _readable(written(text, literals)) if text is not None else node.sql(dialect="mysql")
    # MySQL keeps names in utf8mb3, which has no letters beyond the first plane.
    return _BEYOND.sub("?", label[:_LONGEST])


def _label_of_text(literal: Literal, compiler: Expressions) -> str:
    """What a text means, or the first of several side by side."""
    return _readable(text_of(literal.text.removeprefix("_binary "), lexical(compiler.session.sql_mode)))


def _readable(label: str) -> str:
    """A label with ``?`` in the place of bytes that are no UTF-8."""
    return label if label.isascii() else label.encode("utf-8", "replace").decode()


def _literal(compiler: Expressions, node: exp.Placeholder) -> Literal:
    """A literal that is shown as it was written; a parameter always is ``?``."""
    number = int(node.name[1:])
    literal = compiler.builder.literals[number]
    if literal.kind != "parameter":
        compiler.builder.pin(number)
    return literal
