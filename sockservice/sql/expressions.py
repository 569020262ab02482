"""Expressions of MySQL, compiled to expressions of SQLite with the types that MySQL gives them.

What compiles each kind of node is entered here by :func:`rule`, from this module and those beside it: operators,
conditions, casts, calls …
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlglot import exp

from sockservice.collations import find_charset
from sockservice.sql import comparison as to
from sockservice.sql.common_types import in_type
from sockservice.sql.conversions import scaled
from sockservice.sql.errors import Refused, near, too_deep
from sockservice.sql.introduced import text_of
from sockservice.sql.kinds import BIGINT, BOOLEAN, DOUBLE, UNSIGNED, Kind, bytes_type, decimal_type, text_type, wide
from sockservice.sql.literals import written
from sockservice.sql.moments import SECOND, of_datetime, time_text
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.plans import size
from sockservice.sql.registry import Function
from sockservice.sql.reserved import CALLED_BARE
from sockservice.sql.scope import Scope
from sockservice.sql.shapes import is_aggregate, shape
from sockservice.sql.surroundings import variable
from sockservice.sql.typed import NULL, Typed, made, text_literal
from sockservice.sql.widths import whole_type
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.interfaces import ISession
    from sockservice.sql.session import SqlSession

Compile = Callable[["Expressions", Any], Typed]
Compiler = TypeVar("Compiler", bound=Compile)
_LONG_TEXT: Final = 100_000
"""Characters of SQLite's text of an expression that may be too long for its statement."""
_GROWTH: Final = 100
"""How much longer than its statement such a text may be: some operators name an operand twice, which grows with each
level of them, and SQLite cannot be interrupted while it reads."""
_RULES: Final[dict[type[exp.Expr], Compile]] = {}

SPECIAL: Final[dict[str, Compile]] = {}
"""Functions that are more than a call: aggregates, IFNULL, COUNT …; by name in lower case."""


def rule(*nodes: type[exp.Expr]) -> Callable[[Compiler], Compiler]:
    """A decorator that enters what compiles nodes of these types."""

    def enter(compile_node: Compiler) -> Compiler:
        for node in nodes:
            _RULES[node] = compile_node
        return compile_node

    return enter


def special(*names: str) -> Callable[[Compiler], Compiler]:
    """A decorator that enters what compiles a function of these names."""

    def enter(compile_node: Compiler) -> Compiler:
        for name in names:
            SPECIAL[name] = compile_node
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
        subquery: Callable[[exp.Expr, Scope], tuple[str, list[tuple[str, Typed]]]],
    ) -> None:
        self.scope = scope
        self.builder = builder
        self.session = session
        self.subquery = subquery

    def compile(self, node: exp.Expr) -> Typed:
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
        if within and (not scope.takes_aggregates or _is_of_outer_condition(node, scope)):
            raise Refused("ER_INVALID_GROUP_FUNC_USE")
        scope.within_aggregate += within
        try:
            for kind in type(node).__mro__:
                compile_node = _RULES.get(kind)
                if compile_node is not None:
                    typed = compile_node(self, node)
                    if len(typed.sql) > _LONG_TEXT and len(typed.sql) > _GROWTH * len(self.session.text):
                        raise too_deep()
                    return typed
        finally:
            scope.within_aggregate -= within
        # The reader has made something of it that is no MySQL.
        raise near(written(node.sql(dialect="mysql"), self.builder.literals))

    def condition(self, node: exp.Expr) -> str:
        """Compile an expression that is a condition; gives its text."""
        return to.as_truth(self.compile(node))

    def call(self, function: Function, name: str, nodes: list[exp.Expr]) -> Typed:
        """Compile a call of one of our functions."""
        if len(nodes) < function.least or (function.most is not None and len(nodes) > function.most):
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        return self.called(function, [self.compile(node) for node in nodes])

    def called(self, function: Function, arguments: list[Typed]) -> Typed:
        """A call with compiled arguments."""
        letters = function.letters(len(arguments))
        returns = function.returns if isinstance(function.returns, SqlType) else function.returns(arguments)
        gives_bytes = Typed("", returns).kind is Kind.BINARY
        binary = any(to.is_binary(each) for each, letter in zip(arguments, letters, strict=True) if letter in "sw")
        bytewise = binary and (gives_bytes or function.collated or function.counts_letters)
        converters = {**_CONVERTERS, "s": _as_bytewise} if bytewise else _CONVERTERS
        texts = [converters[letter](argument) for argument, letter in zip(arguments, letters, strict=True)]
        like = self.collation(*(each for each, letter in zip(arguments, letters, strict=True) if letter in "swx"))
        if function.collated:
            texts.append(text_literal("binary" if binary else like.collation))
        nullable = function.nullable or (not function.nulls and any(argument.nullable for argument in arguments))
        text = f"{function.name}({', '.join(texts)})"
        return made(
            f"bytes_of({text})" if bytewise and gives_bytes else text,
            returns,
            *arguments,
            nullable=nullable,
            like=like,
        )

    def internal(self, name: str, returns: SqlType, *arguments: str, nullable: bool = True) -> Typed:
        """A call of what is not a function of MySQL's."""
        return Typed(f"{name}({', '.join(arguments)})", returns, nullable)

    def collation(self, *values: Typed) -> Typed:
        """What says by which collation texts that are made of these are compared."""
        if any(value.kind is Kind.TEXT for value in values):
            return to.collation_of(*values)
        return Typed("NULL", NULL.type, collation=self.variable("collation_connection"), weight=to.LITERAL)

    def variable(self, name: str) -> Any:
        """The value of a system variable that the text depends on from now on."""
        return self.assume(_READERS.setdefault(name, _Reader(name)))

    def assume(self, read: Callable[[ISession], Any]) -> Any:
        """What is to be read in the session, on which the text depends from now on."""
        return self.builder.assume(self.session.session, read)

    @property
    def told(self) -> bool:
        """Whether a client is told what type comes of what is read."""
        return self.builder.told and self.scope.clause == "field list"

    def constant(self, node: exp.Expr) -> Any:
        """The value of a literal, on which the text depends from now on; None of anything else."""
        if isinstance(node, exp.Paren):
            return self.constant(node.this)
        if isinstance(node, exp.Placeholder):
            return self.builder.pin(int(node.name[1:]))
        if isinstance(node, exp.Neg):
            inner = self.constant(node.this)
            return -inner if isinstance(inner, (int, float, Decimal)) else None
        if isinstance(node, exp.Literal):
            return node.this if node.is_string else Decimal(node.this)
        return None


class _Reader:
    """Reads a system variable in a session; one of each name, so that it is told apart from others."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, session: ISession) -> Any:
        return variable(session, self.name)


_READERS: Final[dict[str, _Reader]] = {}


def _is_of_outer_condition(node: exp.Expr, scope: Scope) -> bool:
    """Whether an aggregate function in a query without tables counts rows of the query around it, in its WHERE."""
    outer = scope.outer
    if scope.sources or outer is None or outer.takes_aggregates:
        return False
    return node.find(exp.Column) is not None


def _as_bytewise(value: Typed) -> str:
    """As a text that has a letter for each byte."""
    return f"letters_of({to.as_binary(value)})"


_CONVERTERS: Final[dict[str, Callable[[Typed], str]]] = {
    "s": to.as_text,
    "w": to.as_digits,
    "b": to.as_binary,
    "i": to.as_integer,
    "n": to.as_number,
    "f": to.as_double,
    "d": to.as_decimal,
    "m": to.as_moment,
    "t": to.as_time,
    "j": to.as_json,
    "o": to.as_document,
    "x": lambda value: value.sql,
}


# --- literals ---------------------------------------------------------------------------------


@rule(exp.Placeholder)
def _literal(self: Expressions, node: exp.Placeholder) -> Typed:
    number = int(node.name[1:])
    literal = self.builder.literals[number]
    value = literal.value
    kind = literal.kind if literal.kind != "parameter" else _PARAMETER_KINDS.get(type(value), "string")
    if value is None:
        return NULL._replace(literal=number)
    bind = self.builder.bind
    length, scale = self.builder.measure(number) if self.told or kind == "decimal" else size(literal)
    is_parameter = literal.kind == "parameter"
    constant = partial(self.builder.pin, number) if self.told and not is_parameter else None
    told = Typed("", DOUBLE, is_parameter, literal=number, constant=constant)
    if kind == "int":
        told = told._replace(sql=bind(number, wide), type=whole_type(length, unsigned=value >> 63 > 0))
        return told._replace(type=UNSIGNED if told.type.unsigned else BIGINT) if is_parameter else told
    if kind == "decimal":
        return told._replace(sql=bind(number, _plain), type=decimal_type(length, scale))
    if kind == "double":
        return told._replace(sql=bind(number, float), type=SqlType("DOUBLE", length) if length else DOUBLE)
    if kind in ("binary", "bytes"):
        told = told._replace(sql=bind(number, bytes), type=bytes_type(max(length, 1)))
        if literal.kind == "bytes" or is_parameter:
            return told
        is_hexadecimal = literal.text[:2].lower() in ("0x", "x'")
        kind_of_bits = SqlType("VARBINARY", max(length, 1), 0, unsigned=is_hexadecimal)
        return told._replace(number=bind(number, _bits), type=kind_of_bits)
    if kind in ("DATE", "DATETIME", "TIME"):
        has_fraction = bool(getattr(value, "microsecond", 0) or getattr(value, "microseconds", 0))
        return Typed(
            bind(number, _moment), SqlType(kind, 6 if has_fraction and kind != "DATE" else None), False, literal=number
        )
    text = _text(self, bind(number, _sound), length)
    return text._replace(nullable=is_parameter, literal=number, constant=constant)


_PARAMETER_KINDS: Final = {
    int: "int",
    bool: "int",
    float: "double",
    Decimal: "decimal",
    bytes: "binary",
    datetime.date: "DATE",
    datetime.datetime: "DATETIME",
    datetime.timedelta: "TIME",
}


def _moment(value: Any) -> str:
    """A date or time that a client has bound, in its stored form."""
    if isinstance(value, datetime.timedelta):
        microseconds = value // datetime.timedelta(microseconds=1)
        return time_text(microseconds, 6 if microseconds % SECOND else 0)
    if isinstance(value, datetime.datetime):
        return of_datetime(value).text(6 if value.microsecond else 0)
    return str(value)


def _text(self: Expressions, sql: str, length: int) -> Typed:
    return Typed(sql, text_type(length), False, collation=self.variable("collation_connection"), weight=to.LITERAL)


def _sound(value: Any) -> str:
    """A text that is one in its character set: bytes that are none have come through as surrogates.

    Raises:
        Refused: 1300: it is none.
    """
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        shown = text[problem.start : problem.end].encode("utf-8", "surrogateescape").hex().upper()
        raise Refused("ER_INVALID_CHARACTER_STRING", "utf8mb4", shown) from None
    return text


def _bits(value: bytes) -> Any:
    return wide(int.from_bytes(value[-8:], "big"))


def _plain(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    return scaled(value, max(0, -exponent) if isinstance(exponent, int) else 0)


@rule(exp.Literal)
def _constant(self: Expressions, node: exp.Literal) -> Typed:
    if node.is_string:
        return _text(self, text_literal(node.this), len(node.this))
    if node.this.isdecimal() and int(node.this) < 1 << 64:
        value = wide(int(node.this))
        return Typed(text_literal(value), whole_type(len(node.this), unsigned=isinstance(value, str)), False)
    number = Decimal(node.this)
    if "e" in node.this.lower():
        return Typed(repr(float(number)), SqlType("DOUBLE", len(node.this)), False)
    scale = len(node.this.partition(".")[2])
    return Typed(text_literal(scaled(number, scale)), decimal_type(len(number.as_tuple().digits), scale), False)


@rule(exp.HexString, exp.BitString)
def _bit_literal(self: Expressions, node: exp.Expr) -> Typed:  # noqa: ARG001
    digits = str(node.this)
    if isinstance(node, exp.HexString):
        data = bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    else:
        data = int(digits or "0", 2).to_bytes((len(digits) + 7) // 8, "big")
    number = text_literal(_bits(data))
    return Typed(f"x'{data.hex()}'", bytes_type(max(len(data), 1)), False, number=number)


@rule(exp.Introducer)
def _introduced(self: Expressions, node: exp.Introducer) -> Typed:
    name = str(node.this).lstrip("_").lower()
    charset = find_charset(name)
    if charset is None:
        raise Refused("ER_UNKNOWN_CHARACTER_SET", name)
    data = _bytes_of(self, node.expression)
    if name == "binary":
        return Typed(f"x'{data.hex()}'", bytes_type(len(data)), False)
    text = text_of(data, charset)
    return Typed(text_literal(text), text_type(len(text)), False, charset.default_collation, to.LITERAL)


def _bytes_of(self: Expressions, node: exp.Expr) -> bytes:
    """The bytes of a literal, as the client has sent them."""
    if isinstance(node, (exp.HexString, exp.BitString)):
        return bytes.fromhex(self.compile(node).sql[2:-1])
    value = self.constant(node)
    if isinstance(value, bytes):
        return value
    client = find_charset(str(self.variable("character_set_client")))
    return client.encode(str(value)) if client is not None else str(value).encode()


@rule(exp.National)
def _national(self: Expressions, node: exp.National) -> Typed:
    return _text(self, text_literal(str(node.this)), len(str(node.this)))


@rule(exp.Null)
def _null(self: Expressions, node: exp.Null) -> Typed:  # noqa: ARG001
    return NULL


@rule(exp.Boolean)
def _boolean(self: Expressions, node: exp.Boolean) -> Typed:  # noqa: ARG001
    return Typed(str(int(bool(node.this))), BOOLEAN, False)


# --- names ------------------------------------------------------------------------------------


@rule(exp.Column)
def _column(self: Expressions, node: exp.Column) -> Typed:
    if isinstance(node.this, exp.Star):
        raise near("*")
    try:
        return self.scope.column(node.name, node.table, node.args["db"].name if node.args.get("db") else "")
    except Refused:
        name = node.name.lower()
        bare = SPECIAL.get(name) if name in CALLED_BARE and not node.table else None
        if bare is not None and not node.this.quoted:
            return bare(self, exp.Anonymous(this=name))
        raise


@rule(exp.Var)
def _word(self: Expressions, node: exp.Var) -> Typed:
    return self.scope.column(node.name)


@special("default")
def _default(self: Expressions, node: exp.Anonymous) -> Typed:
    """DEFAULT(column)."""
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Column):
        raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", "default")
    typed = self.compile(node.expressions[0])
    if typed.origin is None or not typed.origin.is_column:
        raise Refused("ER_NO_DEFAULT_FOR_FIELD", node.expressions[0].name)
    column = self.session.table(typed.origin.table, typed.origin.database).column(typed.origin.name)
    if column is None or not column.has_default:
        raise Refused("ER_NO_DEFAULT_FOR_FIELD", typed.origin.name)
    if column.default is None:
        return NULL._replace(type=typed.type)
    from sockservice.sql.parse import parse

    value = self.compile(parse(f"SELECT {column.default}").expressions[0])
    return typed.value(in_type(value, typed.type))


@rule(exp.Paren)
def _paren(self: Expressions, node: exp.Paren) -> Typed:
    inner: exp.Expression = node
    while isinstance(inner, exp.Paren):
        inner = inner.this
    inside = self.compile(inner)
    return inside._replace(sql=f"({inside.sql})")
