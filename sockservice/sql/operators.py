"""Operators that reckon: arithmetic and bits (MySQL 8.4 manual, 14.6.1 and 14.12)."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.intervals import shifted
from sockservice.sql.kinds import DOUBLE, TEMPORAL, UNSIGNED, Kind, decimal_type
from sockservice.sql.typed import Typed, made
from sockservice.sql.widths import NOT_FIXED, decimals_of, digits_of, display_width, double_type, text_width, whole_type
from sockservice.sqltypes import SqlType

_NAMES: Final = {exp.Add: "add", exp.Sub: "subtract", exp.Mul: "multiply"}
_MOST_WHOLE: Final = 21
"""Digits of what DIV gives."""
_GROUP: Final = 9
"""Digits of a DECIMAL that MySQL keeps together."""
_WHOLE: Final = frozenset([Kind.INTEGER, Kind.NULL])
_EXACT: Final = frozenset([Kind.INTEGER, Kind.DECIMAL, Kind.NULL])


def operand(value: Typed) -> Typed:
    """A value as arithmetic takes it: a whole number, a DECIMAL or a DOUBLE."""
    if value.kind is Kind.NULL:
        return made("NULL", double_type([value]), value)
    if value.type.name in ("BIT", "YEAR"):
        return made(value.sql, whole_type(digits_of(value)[0], unsigned=True), value)
    if value.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        return value
    if value.kind in TEMPORAL:
        digits, scale = digits_of(value)
        if scale:
            return made(to.as_decimal(value), decimal_type(digits, scale), value)
        return made(f"moment_number({value.sql})", whole_type(digits), value)
    if value.number:
        return made(value.number, UNSIGNED, value)
    text = to.as_double(value)
    return made(f"CAST({text} AS REAL)" if value.type.values else text, DOUBLE, value)


@rule(exp.Add, exp.Sub, exp.Mul)
def _arithmetic(self: Expressions, node: exp.Binary) -> Typed:
    moved = _with_interval(self, node)
    if moved is not None:
        return moved
    left, right = _factor(self, node.this), _factor(self, node.expression)
    kinds = {left.kind, right.kind}
    if kinds <= _WHOLE:
        return _whole(node, left, right)
    if kinds <= _EXACT:
        (digits, scale), (other_digits, other_scale) = digits_of(left), digits_of(right)
        if isinstance(node, exp.Mul):
            kind = decimal_type(digits + other_digits, scale + other_scale)
        else:
            most = max(scale, other_scale)
            kind = decimal_type(max(digits - scale, other_digits - other_scale) + most + 1, most)
        return made(f"decimal_{_NAMES[type(node)]}({left.sql}, {right.sql}, {kind.decimals})", kind, left, right)
    text = f"double_{_NAMES[type(node)]}({to.as_double(left)}, {to.as_double(right)})"
    return made(text, double_type([left, right]), left, right)


def _with_interval(self: Expressions, node: exp.Binary) -> Typed | None:
    """``date + INTERVAL 1 DAY`` and its like."""
    if isinstance(node.expression, exp.Interval) and node.expression.unit is not None:
        if isinstance(node, exp.Mul):
            return None
        return shifted(self, self.compile(node.this), node.expression, backwards=isinstance(node, exp.Sub))
    if isinstance(node.this, exp.Interval) and node.this.unit is not None and isinstance(node, exp.Add):
        return shifted(self, self.compile(node.expression), node.this)
    return None


def _whole(node: exp.Binary, left: Typed, right: Typed) -> Typed:
    unsigned = left.type.unsigned or right.type.unsigned
    (digits, _), (other, _) = digits_of(left), digits_of(right)
    kind = whole_type(digits + other if isinstance(node, exp.Mul) else max(digits, other) + 1, unsigned=unsigned)
    return made(f"whole_{_NAMES[type(node)]}({left.sql}, {right.sql}, {int(unsigned)})", kind, left, right)


def _factor(self: Expressions, node: exp.Expr) -> Typed:
    """A part of an arithmetic expression; a quotient in it keeps more digits than it shows."""
    inner = node
    while isinstance(inner, exp.Paren):
        inner = inner.this
    return _quotient(self, inner, within=True) if isinstance(inner, exp.Div) else operand(self.compile(node))


@rule(exp.Div)
def _divide(self: Expressions, node: exp.Div) -> Typed:
    return _quotient(self, node, within=False)


def _quotient(self: Expressions, node: exp.Div, *, within: bool) -> Typed:
    left, right = _factor(self, node.this), _factor(self, node.expression)
    if {left.kind, right.kind} <= _EXACT:
        more = int(self.variable("div_precision_increment"))
        (digits, scale), (_, other) = digits_of(left), digits_of(right)
        kind = decimal_type(digits + other + more, scale + more)
        kept = kind.decimals or 0
        if within:
            kept = min(-(-kept // _GROUP) * _GROUP, 30)
        text = f"decimal_divide({left.sql}, {right.sql}, {kept})"
        return made(text, kind, left, right, nullable=True)
    kind = double_type([left, right], int(self.variable("div_precision_increment")))
    if kind.decimals is not None:
        length = (0 if left.sql == "NULL" else text_width(left) - decimals_of(left)) + kind.decimals
        kind = SqlType("DOUBLE", min(length, kind.length or length), kind.decimals)
    return made(f"divide({to.as_double(left)}, {to.as_double(right)})", kind, left, right, nullable=True)


@rule(exp.IntDiv)
def _integer_division(self: Expressions, node: exp.IntDiv) -> Typed:
    given = self.compile(node.this), self.compile(node.expression)
    (digits, scale), (other, more) = map(digits_of, given)
    whole = digits - scale + (more if decimals_of(given[1]) < NOT_FIXED else other)
    left, right = map(operand, given)
    unsigned = left.type.unsigned or right.type.unsigned
    text = f"integer_divide({left.sql}, {right.sql}, {int(unsigned)})"
    return made(text, whole_type(min(whole, _MOST_WHOLE), unsigned=unsigned), left, right, nullable=True)


@rule(exp.Mod)
def _modulo(self: Expressions, node: exp.Mod) -> Typed:
    return remainder(self.compile(node.this), self.compile(node.expression))


def remainder(left: Typed, right: Typed) -> Typed:
    """``left % right``."""
    left, right = operand(left), operand(right)
    kinds = {left.kind, right.kind}
    if kinds <= _WHOLE:
        # MySQL counts a sign here, also of what has none.
        width = max(digits_of(left)[0], digits_of(right)[0]) + 1
        kind = SqlType("BIGINT", width, unsigned=left.type.unsigned)
        return made(f"modulo({left.sql}, {right.sql})", kind, left, right, nullable=True)
    if kinds <= _EXACT:
        scale = max(digits_of(left)[1], digits_of(right)[1])
        kind = decimal_type(max(digits_of(left)[0], digits_of(right)[0]), scale)
        return made(f"decimal_modulo({left.sql}, {right.sql}, {scale})", kind, left, right, nullable=True)
    text = f"modulo({to.as_double(left)} * 1.0, {to.as_double(right)})"
    return made(text, double_type([left, right]), left, right, nullable=True)


@rule(exp.Neg)
def _negative(self: Expressions, node: exp.Neg) -> Typed:
    if isinstance(node.this, exp.Placeholder):
        number = int(node.this.name[1:])
        literal = self.builder.literals[number]
        if literal.kind == "int" and literal.value == 1 << 63:
            # The least BIGINT can be written only so.
            return Typed(self.builder.bind(number, _least), SqlType("BIGINT", 20), False)
    value = operand(self.compile(node.this))
    if value.kind is Kind.DECIMAL:
        return made(f"decimal_subtract('0', {value.sql}, {value.type.decimals or 0})", value.type, value)
    if value.kind is Kind.INTEGER:
        width = max(display_width(value.type) + value.type.unsigned, 2)
        told = made(f"whole_negative({value.sql})", SqlType("BIGINT", width), value)
        constant = value.constant
        return told if constant is None else told._replace(constant=lambda: -constant())
    return made(f"(-{to.as_double(value)})", double_type([value]), value)


def _least(value: int) -> int:
    return -value


_BITS: Final[dict[type[exp.Expr], str]] = {
    exp.BitwiseAnd: "bit_and",
    exp.BitwiseOr: "bit_or",
    exp.BitwiseXor: "bit_xor",
    exp.BitwiseLeftShift: "bit_left",
    exp.BitwiseRightShift: "bit_right",
}


@rule(*_BITS)
def _bits(self: Expressions, node: exp.Binary) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    return made(f"{_BITS[type(node)]}({to.as_integer(left)}, {to.as_integer(right)})", UNSIGNED, left, right)


@rule(exp.BitwiseNot)
def _complement(self: Expressions, node: exp.BitwiseNot) -> Typed:
    value = self.compile(node.this)
    return made(f"bit_not({to.as_integer(value)})", UNSIGNED, value)
