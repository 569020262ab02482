"""Expressions of MySQL, compiled to expressions of SQLite with the types that MySQL gives them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.conversions import scaled
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.kinds import BIGINT, BOOLEAN, DOUBLE, UNSIGNED, Kind, decimal_type, text_type
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.registry import FUNCTIONS, Function
from sockservice.sql.scope import Scope
from sockservice.sql.shapes import is_aggregate, shape
from sockservice.sql.typed import NULL, Typed, text_literal
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Compile = Callable[["Expressions", Any], Typed]
_RULES: Final[dict[type[exp.Expression], Compile]] = {}


def rule(*nodes: type[exp.Expression]) -> Callable[[Compile], Compile]:
    """A decorator that enters what compiles nodes of these types."""

    def enter(compile_node: Compile) -> Compile:
        for node in nodes:
            _RULES[node] = compile_node
        return compile_node

    return enter


class Expressions:
    """Compiles the expressions of one query.

    Args:
        scope: the names that they can see.
        builder: what is noted on the way.
        session: whose variables and database.
        subquery: compiles a query inside an expression: gives its text and its columns.
    """

    def __init__(
        self,
        scope: Scope,
        builder: PlanBuilder,
        session: SqlSession,
        subquery: Callable[[exp.Expression, Scope], tuple[str, list[tuple[str, Typed]]]],
    ) -> None:
        self.scope = scope
        self.builder = builder
        self.session = session
        self.subquery = subquery

    def compile(self, node: exp.Expression) -> Typed:
        """Compile one expression.

        Raises:
            Refused: MySQL refuses it, or it is not supported here (1235).
        """
        scope = self.scope
        if scope.rolled and not scope.within_aggregate:
            rolled = scope.rolled.get(shape(node, self.builder, scope))
            if rolled is not None:
                return rolled
        quantified = node.args.get("expression")
        if isinstance(quantified, (exp.Any, exp.All)):
            node = quantified
        within = is_aggregate(node)
        if within and not scope.takes_aggregates:
            raise Refused("ER_INVALID_GROUP_FUNC_USE")
        scope.within_aggregate += within
        try:
            for kind in type(node).__mro__:
                compile_node = _RULES.get(kind)
                if compile_node is not None:
                    return compile_node(self, node)
        finally:
            scope.within_aggregate -= within
        raise unsupported(f"{node.sql(dialect='mysql')[:60]!r}")

    def condition(self, node: exp.Expression) -> str:
        """Compile an expression that is a condition; gives its text."""
        return to.as_truth(self.compile(node))

    def call(self, function: Function, name: str, nodes: list[exp.Expression]) -> Typed:
        """Compile a call of one of our functions."""
        if len(nodes) < function.least or (function.most is not None and len(nodes) > function.most):
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        arguments = [self.compile(node) for node in nodes]
        return self.called(function, arguments)

    def called(self, function: Function, arguments: list[Typed]) -> Typed:
        """A call with compiled arguments."""
        letters = function.letters(len(arguments))
        texts = [_converted(argument, letter) for argument, letter in zip(arguments, letters, strict=True)]
        returns = function.returns if isinstance(function.returns, SqlType) else function.returns(arguments)
        nullable = function.nullable or (not function.nulls and any(argument.nullable for argument in arguments))
        grouped = any(argument.aggregate for argument in arguments)
        return Typed(f"{function.name}({', '.join(texts)})", returns, nullable, aggregate=grouped)

    def internal(self, name: str, returns: SqlType, *arguments: str, nullable: bool = True) -> Typed:
        """A call of what is not a function of MySQL's."""
        return Typed(f"{name}({', '.join(arguments)})", returns, nullable)


_CONVERTERS: Final[dict[str, Callable[[Typed], str]]] = {
    "s": to.as_text,
    "b": to.as_binary,
    "i": to.as_integer,
    "n": to.as_number,
    "f": to.as_double,
    "d": to.as_decimal,
    "m": to.as_moment,
    "t": to.as_time,
    "j": to.as_json,
    "x": lambda value: value.sql,
}


def _converted(argument: Typed, letter: str) -> str:
    return _CONVERTERS[letter](argument)


# --- literals and names -----------------------------------------------------------------------


@rule(exp.Placeholder)
def _literal(self: Expressions, node: exp.Placeholder) -> Typed:
    number = int(node.name[1:])
    literal = self.builder.literals[number]
    value = literal.value
    kind = literal.kind if literal.kind != "parameter" else _PARAMETER_KINDS.get(type(value), "string")
    if value is None:
        return NULL._replace(literal=number)
    if kind == "int":
        width = len(str(abs(value)))
        return Typed(
            self.builder.bind(number, int), SqlType("BIGINT", width, unsigned=value >> 63 > 0), False, literal=number
        )
    if kind == "decimal":
        exponent = value.as_tuple().exponent
        scale = max(0, -exponent) if isinstance(exponent, int) else 0
        digits = max(len(value.as_tuple().digits), scale + 1)
        return Typed(self.builder.bind(number, _plain), decimal_type(digits, scale), False, literal=number)
    if kind == "double":
        return Typed(self.builder.bind(number, float), DOUBLE, False, literal=number)
    if kind == "binary":
        return Typed(self.builder.bind(number, bytes), SqlType("VARBINARY", max(len(value), 1)), False, literal=number)
    text = str(value)
    return Typed(self.builder.bind(number, str), text_type(len(text)), False, literal=number)


_PARAMETER_KINDS: Final = {int: "int", bool: "int", float: "double", Decimal: "decimal", bytes: "binary"}


def _plain(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    return scaled(value, max(0, -exponent) if isinstance(exponent, int) else 0)


@rule(exp.Literal)
def _constant(self: Expressions, node: exp.Literal) -> Typed:  # noqa: ARG001
    if node.is_string:
        return Typed(text_literal(node.this), text_type(len(node.this)), False)
    if node.this.isdecimal():
        return Typed(node.this, SqlType("BIGINT", len(node.this)), False)
    number = Decimal(node.this)
    scale = len(node.this.partition(".")[2])
    return Typed(text_literal(scaled(number, scale)), decimal_type(len(number.as_tuple().digits), scale), False)


@rule(exp.Null)
def _null(self: Expressions, node: exp.Null) -> Typed:  # noqa: ARG001
    return NULL


@rule(exp.Boolean)
def _boolean(self: Expressions, node: exp.Boolean) -> Typed:  # noqa: ARG001
    return Typed(str(int(bool(node.this))), BOOLEAN, False)


@rule(exp.Column)
def _column(self: Expressions, node: exp.Column) -> Typed:
    if isinstance(node.this, exp.Star):
        raise Refused("ER_PARSE_ERROR", "*")
    return self.scope.column(node.name, node.table, node.args["db"].name if node.args.get("db") else "")


@rule(exp.Paren)
def _paren(self: Expressions, node: exp.Paren) -> Typed:
    inside = self.compile(node.this)
    return inside._replace(sql=f"({inside.sql})")


# --- operators --------------------------------------------------------------------------------

_EXACT_OPERATIONS: Final = {exp.Add: "decimal_add", exp.Sub: "decimal_subtract", exp.Mul: "decimal_multiply"}
_SIGNS: Final = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


@rule(exp.Add, exp.Sub, exp.Mul)
def _arithmetic(self: Expressions, node: exp.Binary) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    nullable = left.nullable or right.nullable
    grouped = left.aggregate or right.aggregate
    sign = _SIGNS[type(node)]
    kinds = {left.kind, right.kind} - {Kind.NULL}
    if kinds <= {Kind.INTEGER}:
        unsigned = left.type.unsigned or right.type.unsigned
        return Typed(
            f"whole({left.sql} {sign} {right.sql})", UNSIGNED if unsigned else BIGINT, nullable, aggregate=grouped
        )
    if kinds <= {Kind.INTEGER, Kind.DECIMAL}:
        a, b = _digits(left), _digits(right)
        scale = a[1] + b[1] if isinstance(node, exp.Mul) else max(a[1], b[1])
        digits = a[0] + b[0] if isinstance(node, exp.Mul) else max(a[0] - a[1], b[0] - b[1]) + scale + 1
        kind = decimal_type(digits, scale)
        name = _EXACT_OPERATIONS[type(node)]
        return Typed(f"{name}({left.sql}, {right.sql}, {kind.decimals})", kind, nullable, aggregate=grouped)
    return Typed(f"({to.as_double(left)} {sign} {to.as_double(right)})", DOUBLE, nullable, aggregate=grouped)


def _digits(value: Typed) -> tuple[int, int]:
    """Precision and scale of a whole number or DECIMAL."""
    if value.kind is Kind.DECIMAL:
        return value.type.length or 10, value.type.decimals or 0
    widths = {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 8, "INT": 10, "BIGINT": 20}
    return value.type.length or widths.get(value.type.name, 20), 0


@rule(exp.Div)
def _divide(self: Expressions, node: exp.Div) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    grouped = left.aggregate or right.aggregate
    if {left.kind, right.kind} <= {Kind.INTEGER, Kind.DECIMAL, Kind.NULL}:
        (digits, scale), (_, other) = _digits(left), _digits(right)
        kind = decimal_type(digits + other + 4, min(scale + 4, 30))
        return Typed(f"decimal_divide({left.sql}, {right.sql}, {kind.decimals})", kind, True, aggregate=grouped)
    return Typed(f"({to.as_double(left)} / NULLIF({to.as_double(right)}, 0))", DOUBLE, True, aggregate=grouped)


@rule(exp.IntDiv)
def _integer_division(self: Expressions, node: exp.IntDiv) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    return self.internal("integer_divide", BIGINT, to.as_number(left), to.as_number(right))


@rule(exp.Mod)
def _modulo(self: Expressions, node: exp.Mod) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    kinds = {left.kind, right.kind}
    if kinds <= {Kind.INTEGER, Kind.NULL}:
        return self.internal("modulo", BIGINT, left.sql, right.sql)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL, Kind.NULL}:
        scale = max(_digits(left)[1], _digits(right)[1])
        kind = decimal_type(max(_digits(left)[0], _digits(right)[0]), scale)
        return self.internal("decimal_modulo", kind, left.sql, right.sql, str(scale))
    return self.internal("modulo", DOUBLE, to.as_double(left), to.as_double(right))


@rule(exp.Neg)
def _negative(self: Expressions, node: exp.Neg) -> Typed:
    value = self.compile(node.this)
    if value.kind is Kind.DECIMAL:
        return value._replace(
            sql=f"decimal_subtract(0, {value.sql}, {value.type.decimals or 0})", origin=None, literal=None
        )
    if value.kind is Kind.INTEGER:
        return Typed(f"whole(-{value.sql})", BIGINT, value.nullable, aggregate=value.aggregate)
    return Typed(f"(-{to.as_double(value)})", DOUBLE, value.nullable, aggregate=value.aggregate)


_COMPARISONS: Final[dict[type[exp.Expression], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS",
}


@rule(*_COMPARISONS)
def _comparison(self: Expressions, node: exp.Binary) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    a, b = to.compared(left, right)
    nullable = not isinstance(node, exp.NullSafeEQ) and (left.nullable or right.nullable)
    return Typed(
        f"({a} {_COMPARISONS[type(node)]} {b})", BOOLEAN, nullable, aggregate=left.aggregate or right.aggregate
    )


@rule(exp.And, exp.Or)
def _connective(self: Expressions, node: exp.Connector) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    word = "AND" if isinstance(node, exp.And) else "OR"
    return Typed(
        f"({to.as_truth(left)} {word} {to.as_truth(right)})",
        BOOLEAN,
        left.nullable or right.nullable,
        aggregate=left.aggregate or right.aggregate,
    )


@rule(exp.Not)
def _not(self: Expressions, node: exp.Not) -> Typed:
    value = self.compile(node.this)
    return Typed(f"(NOT {to.as_truth(value)})", BOOLEAN, value.nullable, aggregate=value.aggregate)


@rule(exp.Is)
def _is(self: Expressions, node: exp.Is) -> Typed:
    value = self.compile(node.this)
    if isinstance(node.expression, exp.Null):
        return Typed(f"({value.sql} IS NULL)", BOOLEAN, False, aggregate=value.aggregate)
    wanted = node.expression
    if isinstance(wanted, exp.Boolean):
        truth = to.as_truth(value)
        test = f"(IFNULL({truth} {'<>' if wanted.this else '='} 0, 0))"
        return Typed(test, BOOLEAN, False, aggregate=value.aggregate)
    return Typed(f"({value.sql} IS NULL)", BOOLEAN, False, aggregate=value.aggregate)


@rule(exp.Between)
def _between(self: Expressions, node: exp.Between) -> Typed:
    value, low, high = (self.compile(part) for part in (node.this, node.args["low"], node.args["high"]))
    a, b = to.compared(value, low)
    c, d = to.compared(value, high)
    return Typed(f"({a} >= {b} AND {c} <= {d})", BOOLEAN, True, aggregate=value.aggregate)


@rule(exp.In)
def _in(self: Expressions, node: exp.In) -> Typed:
    value = self.compile(node.this)
    query = node.args.get("query")
    if query is not None:
        text, columns = self.subquery(query.this if isinstance(query, exp.Subquery) else query, self.scope)
        if len(columns) != 1:
            raise Refused("ER_OPERAND_COLUMNS", 1)
        left, _ = to.compared(value, columns[0][1])
        return Typed(f"({left} IN ({text}))", BOOLEAN, True, aggregate=value.aggregate)
    items = [self.compile(item) for item in node.expressions]
    pairs = [to.compared(value, item) for item in items]
    if len({left for left, _ in pairs}) == 1:
        text = f"({pairs[0][0]} IN ({', '.join(right for _, right in pairs)}))"
    else:
        text = "(" + " OR ".join(f"{left} = {right}" for left, right in pairs) + ")"
    return Typed(text, BOOLEAN, True, aggregate=value.aggregate)


@rule(exp.Like)
def _like(self: Expressions, node: exp.Like, escape: str = "\\") -> Typed:
    value, pattern = self.compile(node.this), self.compile(node.expression)
    collation = to.collate(value, pattern).removeprefix(" COLLATE ")
    sensitive = int(collation.endswith(("_bin", "_cs")) or Kind.BINARY in (value.kind, pattern.kind))
    text = f"mysql_like({to.as_text(value)}, {to.as_text(pattern)}, {text_literal(escape)}, {sensitive})"
    return Typed(text, BOOLEAN, value.nullable or pattern.nullable, aggregate=value.aggregate)


@rule(exp.Escape)
def _escape(self: Expressions, node: exp.Escape) -> Typed:
    sign = node.expression
    escape = self.builder.pin(int(sign.name[1:])) if isinstance(sign, exp.Placeholder) else sign.name
    return _like(self, node.this, str(escape))


@rule(exp.Case)
def _case(self: Expressions, node: exp.Case) -> Typed:
    subject = self.compile(node.this) if node.this is not None else None
    parts, results = [], []
    for branch in node.args["ifs"]:
        when = self.compile(branch.this)
        if subject is None:
            condition = to.as_truth(when)
        else:
            condition = " = ".join(to.compared(subject, when))
        results.append(self.compile(branch.args["true"]))
        parts.append((condition, results[-1]))
    default = self.compile(node.args["default"]) if node.args.get("default") is not None else NULL
    results.append(default)
    kind = common_type(results)
    text = " ".join(f"WHEN {condition} THEN {in_type(result, kind)}" for condition, result in parts)
    grouped = any(result.aggregate for result in results)
    return Typed(
        f"CASE {text} ELSE {in_type(default, kind)} END",
        kind,
        any(result.nullable for result in results),
        aggregate=grouped,
    )


@rule(exp.If)
def _if(self: Expressions, node: exp.If) -> Typed:
    condition = self.condition(node.this)
    yes = self.compile(node.args["true"])
    no = self.compile(node.args["false"]) if node.args.get("false") is not None else NULL
    kind = common_type([yes, no])
    return Typed(
        f"CASE WHEN {condition} THEN {in_type(yes, kind)} ELSE {in_type(no, kind)} END",
        kind,
        yes.nullable or no.nullable,
        aggregate=yes.aggregate or no.aggregate,
    )


def common_type(values: list[Typed]) -> SqlType:
    """The type that holds all of several values (MySQL 8.4 manual, 14.5 "Flow Control Functions")."""
    known = [value for value in values if value.kind is not Kind.NULL]
    if not known:
        return NULL.type
    kinds = {value.kind for value in known}
    if len({value.type for value in known}) == 1:
        return known[0].type
    if kinds == {Kind.INTEGER}:
        return UNSIGNED if all(value.type.unsigned for value in known) else BIGINT
    if kinds <= {Kind.INTEGER, Kind.DECIMAL}:
        scale = max(_digits(value)[1] for value in known)
        whole = max(_digits(value)[0] - _digits(value)[1] for value in known)
        return decimal_type(whole + scale, scale)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE}:
        return DOUBLE
    if kinds <= {Kind.DATE, Kind.DATETIME}:
        return SqlType(
            "DATETIME", max(value.type.length or 0 for value in known if value.kind is Kind.DATETIME) or None
        )
    if Kind.BINARY in kinds:
        return SqlType("VARBINARY", max(value.type.length or 255 for value in known))
    return text_type(max(text_width(value) for value in known))


def text_width(value: Typed) -> int:
    """How many characters the text of a value has at most."""
    kind, name = value.kind, value.type.name
    if kind is Kind.TEXT:
        long = {"TINYTEXT": 255, "TEXT": 65_535, "MEDIUMTEXT": 2**24 - 1, "LONGTEXT": 2**32 - 1}
        if value.type.values:
            return max(map(len, value.type.values))
        return long.get(name, value.type.length if value.type.length is not None else 1)
    if kind is Kind.DECIMAL:
        return (value.type.length or 10) + 2
    widths = {Kind.INTEGER: 20, Kind.DOUBLE: 23, Kind.DATE: 10, Kind.DATETIME: 26, Kind.TIME: 17, Kind.NULL: 0}
    return widths.get(kind, value.type.length or 2**24)


def in_type(value: Typed, kind: SqlType) -> str:
    """The text of a value in the form of a type that :func:`common_type` has found."""
    wanted = Typed("", kind).kind
    if value.kind in (wanted, Kind.NULL):
        if wanted is Kind.DECIMAL and value.type.decimals != kind.decimals:
            return f"to_decimal({value.sql}, {kind.decimals})"
        return value.sql
    return {
        Kind.TEXT: to.as_text,
        Kind.BINARY: to.as_binary,
        Kind.DOUBLE: to.as_double,
        Kind.DATETIME: to.as_moment,
        Kind.DECIMAL: lambda each: f"to_decimal({to.as_number(each)}, {kind.decimals or 0})",
        Kind.JSON: to.as_json,
    }.get(wanted, to.as_integer)(value)


# --- calls ------------------------------------------------------------------------------------


@rule(exp.Anonymous)
def _call(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    special = SPECIAL.get(name)
    if special is not None:
        return special(self, node)
    function = FUNCTIONS.get(name)
    if function is None:
        raise Refused("ER_SP_DOES_NOT_EXIST", "FUNCTION", f"{self.session.database}.{node.this}")
    return self.call(function, name, node.expressions)


SPECIAL: Final[dict[str, Compile]] = {}
"""Functions that are more than a call: aggregates, IFNULL, COUNT …; by name in lower case."""


def special(*names: str) -> Callable[[Compile], Compile]:
    """A decorator that enters what compiles a function of these names."""

    def enter(compile_node: Compile) -> Compile:
        for name in names:
            SPECIAL[name] = compile_node
        return compile_node

    return enter
