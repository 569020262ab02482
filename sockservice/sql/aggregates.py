"""Aggregate functions: MySQL's types and rules around SQLite's own and ours (MySQL 8.4 manual, 14.19.1)."""

from __future__ import annotations

from typing import Final

import attrs
from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near, wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.functions.strings import concatenated
from sockservice.sql.kinds import BIGINT, DOUBLE, JSON, UNSIGNED, Kind, bytes_type, decimal_type, text_type
from sockservice.sql.operators import operand
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import NOT_FIXED, digits_of, double_type, text_width
from sockservice.sqltypes import SqlType


def _inner(node: exp.Anonymous) -> tuple[list[exp.Expr], str]:
    """The arguments of an aggregate, and ``DISTINCT `` where it is."""
    first = node.expressions[0] if node.expressions else exp.Distinct()
    if isinstance(first, exp.Distinct) and not first.expressions:
        raise near(")")
    if isinstance(first, exp.Distinct):
        return list(first.expressions), "DISTINCT "
    return list(node.expressions), ""


def _argument(self: Expressions, node: exp.Anonymous) -> tuple[Typed, str]:
    """The argument of an aggregate of one, and ``DISTINCT `` where it is."""
    parts, distinct = _inner(node)
    if len(parts) != 1 or isinstance(parts[0], exp.Star):
        raise wrong_count(str(node.this))
    value = self.compile(parts[0])
    if value.aggregate and not isinstance(node.parent, exp.Window):
        raise Refused("ER_INVALID_GROUP_FUNC_USE")
    if self.scope.clause in ("where clause", "group statement"):
        raise Refused("ER_INVALID_GROUP_FUNC_USE")
    self.scope.grouped = True
    return value, distinct


def _grouped(sql: str, kind: SqlType, *, nullable: bool = True, like: Typed | None = None) -> Typed:
    told = made(sql, kind, nullable=nullable, like=like)
    return told._replace(aggregate=True)


@special("count")
def _count(self: Expressions, node: exp.Anonymous) -> Typed:
    parts, distinct = _inner(node)
    if self.scope.clause in ("where clause", "group statement"):
        raise Refused("ER_INVALID_GROUP_FUNC_USE")
    self.scope.grouped = True
    if isinstance(parts[0], exp.Star):
        if len(parts) > 1:
            raise near(",")
        return _grouped("COUNT(*)", BIGINT, nullable=False)
    values = [self.compile(part) for part in parts]
    if any(value.aggregate for value in values) and not isinstance(node.parent, exp.Window):
        raise Refused("ER_INVALID_GROUP_FUNC_USE")
    if len(values) > 1:
        if not distinct:
            raise near(",")
        keys = ", ".join(_distinct_key(value) for value in values)
        return _grouped(f"COUNT(DISTINCT together({keys}))", BIGINT, nullable=False)
    collation = _collation(values[0]) if distinct else ""
    return _grouped(f"COUNT({distinct}{values[0].sql}{collation})", BIGINT, nullable=False)


def _distinct_key(value: Typed) -> str:
    """What a value is told from others by."""
    if value.kind is Kind.TEXT:
        return f"collation_key({value.sql}, {text_literal(value.collation)})"
    return f"trim_decimal({value.sql})" if value.kind is Kind.DECIMAL else value.sql


def _collation(value: Typed) -> str:
    """The COLLATE clause by which values of a kind are compared."""
    if value.kind is Kind.TEXT:
        return to.collate(value)
    return {Kind.DECIMAL: " COLLATE decimal", Kind.TIME: " COLLATE time"}.get(value.kind, "")


@special("sum")
def _sum(self: Expressions, node: exp.Anonymous) -> Typed:
    value, distinct = _argument(self, node)
    value = operand(value)
    if value.kind in (Kind.INTEGER, Kind.DECIMAL):
        digits, scale = digits_of(value)
        return _grouped(f"decimal_sum({distinct}{value.sql})", decimal_type(digits + 22, scale))
    return _grouped(f"SUM({distinct}{to.as_double(value)})", double_type([value]))


@special("avg")
def _average(self: Expressions, node: exp.Anonymous) -> Typed:
    value, distinct = _argument(self, node)
    value = operand(value)
    if value.kind in (Kind.INTEGER, Kind.DECIMAL):
        digits, scale = digits_of(value)
        more = int(self.variable("div_precision_increment"))
        kind = decimal_type(digits + more, scale + more)
        return _grouped(f"decimal_average_{kind.decimals}({distinct}{value.sql})", kind)
    more = int(self.variable("div_precision_increment"))
    kind = double_type([value], more)
    if kind.decimals is not None:
        kind = attrs.evolve(kind, length=text_width(value) + more)
    return _grouped(f"AVG({distinct}{to.as_double(value)})", kind)


@special("min", "max")
def _extreme(self: Expressions, node: exp.Anonymous) -> Typed:
    value, _ = _argument(self, node)
    word = str(node.this).upper()
    if value.kind is Kind.JSON:
        return value._replace(sql=f"{word}({value.sql})", nullable=True, origin=None, aggregate=True)
    text = f"{word}({value.sql}{_collation(value)})"
    kind = value.type
    if kind.values:
        kind = text_type(text_width(value))
    return value.value(text, type=kind, nullable=True, origin=None, aggregate=True, number="")


_SHORT: Final = 512
"""Bytes up to which GROUP_CONCAT gives a VARCHAR."""
_SPREAD: Final = 16
"""Characters that MySQL tells of for each of its bytes, where it gives more."""
_SPREADS: Final = {
    **dict.fromkeys(["std", "stddev", "stddev_pop"], "deviation_of_all"),
    "stddev_samp": "deviation_of_some",
    **dict.fromkeys(["variance", "var_pop"], "variance_of_all"),
    "var_samp": "variance_of_some",
}


@special(*_SPREADS)
def _spread(self: Expressions, node: exp.Anonymous) -> Typed:
    value, distinct = _argument(self, node)
    name = _SPREADS[str(node.this).lower()]
    return _grouped(f"{name}({distinct}{to.as_double(value)})", DOUBLE)


@special("bit_and", "bit_or", "bit_xor")
def _bits(self: Expressions, node: exp.Anonymous) -> Typed:
    value, _ = _argument(self, node)
    name = str(node.this).lower()
    nothing = "'18446744073709551615'" if name == "bit_and" else "0"
    return _grouped(f"IFNULL(all_{name}({to.as_integer(value)}), {nothing})", UNSIGNED, nullable=False)


@special("json_arrayagg")
def _json_arrayagg(self: Expressions, node: exp.Anonymous) -> Typed:
    value, _ = _argument(self, node)
    return _grouped(f"json_array_of_all({to.as_json(value)})", JSON)


@special("json_objectagg")
def _json_objectagg(self: Expressions, node: exp.Anonymous) -> Typed:
    parts, distinct = _inner(node)
    if len(parts) != 2 or distinct:
        raise wrong_count("json_objectagg")
    self.scope.grouped = True
    name, value = (self.compile(part) for part in parts)
    return _grouped(f"json_object_of_all({to.as_text(name)}, {to.as_json(value)})", JSON)


@rule(exp.GroupConcat)
def _group_concat(self: Expressions, node: exp.GroupConcat) -> Typed:
    inner, limit = node.this, -1
    if isinstance(inner, exp.Limit):
        limit = int(self.constant(inner.expression))
        inner = inner.this
    order: list[exp.Ordered] = []
    if isinstance(inner, exp.Order):
        order, inner = list(inner.expressions), inner.this
    distinct = isinstance(inner, exp.Distinct)
    parts = list(inner.expressions) if isinstance(inner, exp.Distinct) else [inner]
    if not parts or parts[0] is None:
        raise near(")")
    self.scope.grouped = True
    values = [self.compile(part) for part in parts]
    if any(value.aggregate for value in values) and not isinstance(node.parent, exp.Window):
        raise Refused("ER_INVALID_GROUP_FUNC_USE")
    value = values[0] if len(values) == 1 else concatenated(self, values)
    separator = self.compile(node.args["separator"]).sql if node.args.get("separator") is not None else "','"
    like = self.collation(value)
    # How a text is told from others, and how the rows are sorted, by the keys that follow the text.
    rules = [f"distinct {like.collation}" if distinct else "all", str(limit)]
    keys = []
    for part in order:
        key = _sorted_by(self, part.this, values)
        rules.append(f"{'desc' if part.args.get('desc') else 'asc'} {_order_of(key)}")
        keys.append(key.sql)
    longest = int(self.variable("group_concat_max_len"))
    said = text_literal("\n".join(rules))
    binary = to.is_binary(value)
    each = f"letters_of({to.as_binary(value)})" if binary else to.as_text(value)
    text = f"joined_texts({', '.join([each, separator, said, str(longest), *keys])})"
    if binary:
        text = f"bytes_of({text})"
        kind = bytes_type(longest) if longest <= _SHORT else SqlType("BLOB", longest * _SPREAD, NOT_FIXED)
    else:
        kind = text_type(longest) if longest <= _SHORT else SqlType("TEXT", longest * _SPREAD, NOT_FIXED)
    return _grouped(text, kind, like=like)


def _sorted_by(self: Expressions, node: exp.Expr, values: list[Typed]) -> Typed:
    """What GROUP_CONCAT is sorted by; a bare number is the place of an argument."""
    place = self.constant(node) if isinstance(node, exp.Placeholder) else None
    if isinstance(place, int) and 1 <= place <= len(values):
        return values[place - 1]
    return self.compile(node)


def _order_of(value: Typed) -> str:
    if value.kind is Kind.TEXT and not value.type.values:
        return value.collation or "utf8mb4_0900_ai_ci"
    return "decimal" if value.kind is Kind.DECIMAL else "time" if value.kind is Kind.TIME else "plain"
