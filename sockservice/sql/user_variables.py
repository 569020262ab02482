"""User variables and system variables in expressions (MySQL 8.4 manual, 11.4 and 7.1.9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.interfaces import ISession
from sockservice.sql import comparison as to
from sockservice.sql.conversions import exactly, scaled
from sockservice.sql.errors import near
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.kinds import BIGINT, DOUBLE, LONGEST, UNSIGNED, Kind, bytes_type, text_type, to_python, wide
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import NULL, Typed, made, text_literal
from sockservice.sqltypes import SqlType

_TEXT: Final = text_type(LONGEST)
_BYTES: Final = bytes_type(LONGEST)


def name_of(node: exp.Expr) -> str:
    """The name of a user variable, in lower case."""
    return str(node.name).lower()


class _TypeOf:
    """Reads the type of a user variable in a session."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, session: ISession) -> SqlType:
        return type_of(session.user_variables.get(self.name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TypeOf) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def type_of(value: Any) -> SqlType:
    """The type of a variable's value."""
    if value is None:
        return NULL.type
    if isinstance(value, int):
        return UNSIGNED if value >> 63 > 0 else BIGINT
    if isinstance(value, float):
        return DOUBLE
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return SqlType("DECIMAL", 65, max(0, -exponent) if isinstance(exponent, int) else 0)
    return _BYTES if isinstance(value, bytes) else _TEXT


@rule(exp.Parameter)
def _variable(self: Expressions, node: exp.Parameter) -> Typed:
    name = name_of(node.this)
    kind = self.builder.assigned.get(name) or self.assume(_TypeOf(name))
    shown = _TEXT if kind == NULL.type else kind
    scale = kind.decimals or 0
    text = f"user_variable({text_literal(name)}, {text_literal(Typed('', shown).kind.value)}, {scale})"
    return Typed(text, shown, True, self.collation().collation)


@rule(exp.PropertyEQ)
def _assignment(self: Expressions, node: exp.PropertyEQ) -> Typed:
    if not isinstance(node.this, exp.Parameter):
        raise near(":=")
    return assigned(self, name_of(node.this.this), self.compile(node.expression))


def assigned(self: Expressions, name: str, value: Typed) -> Typed:
    """A value that a user variable is set to."""
    kind = {
        Kind.INTEGER: UNSIGNED if value.type.unsigned else BIGINT,
        Kind.DECIMAL: SqlType("DECIMAL", 65, value.type.decimals or 0),
        Kind.DOUBLE: DOUBLE,
        Kind.BINARY: _BYTES,
        Kind.NULL: NULL.type,
    }.get(value.kind, _TEXT)
    source = value.sql if value.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE, Kind.BINARY) else to.as_text(value)
    self.builder.assigned[name] = kind
    text = f"set_user_variable({text_literal(name)}, {source}, {text_literal(kind.name)})"
    return made(text, kind, value, nullable=True, like=value if value.kind is Kind.TEXT else self.collation())


@internal("set_user_variable", 3, pure=False)
def set_user_variable(name: str, value: Any, kind: str) -> Any:
    """``@name := value``."""
    here().session.user_variables[name] = to_python(value, SqlType(kind))
    return value


@internal("user_variable", 3, pure=False)
def user_variable(name: str, kind: str, scale: int) -> Any:
    """``@name`` in the stored form of a kind."""
    value = here().session.user_variables.get(name)
    if value is None:
        return None
    if kind == Kind.INTEGER.value:
        return wide(int(value)) if isinstance(value, (int, Decimal, float)) else wide(int(exactly(value)))
    if kind == Kind.DECIMAL.value:
        exact = value if isinstance(value, Decimal) else exactly(value)
        exponent = exact.as_tuple().exponent
        return scaled(exact, max(scale, -exponent if isinstance(exponent, int) else 0))
    if kind == Kind.DOUBLE.value:
        return float(value) if isinstance(value, (int, float, Decimal)) else float(exactly(value))
    if kind == Kind.BINARY.value:
        return value if isinstance(value, bytes) else str(value).encode()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


class _ValueOf:
    """Reads a system variable in a session, through what answers ``SELECT @@name``."""

    def __init__(self, written: str, ask: Any) -> None:
        self.written = written
        self._ask = ask

    def __call__(self, session: ISession) -> tuple[SqlType, Any]:
        found: tuple[SqlType, Any] = self._ask(session, self.written)
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ValueOf) and other.written == self.written

    def __hash__(self) -> int:
        return hash(self.written)


@rule(exp.SessionParameter)
def _system_variable(self: Expressions, node: exp.SessionParameter) -> Typed:
    scope = str(node.args.get("kind") or "")
    written = f"@@{scope + '.' if scope else ''}{node.name}"
    kind, value = self.assume(_ValueOf(written, self.session.system_variable))
    if value is None:
        return NULL
    typed = Typed("", kind)
    if typed.kind is Kind.DECIMAL:
        return Typed(text_literal(str(value)), kind)
    if typed.kind is Kind.INTEGER:
        return Typed(text_literal(wide(int(value))), kind)
    if typed.kind is Kind.DOUBLE:
        return Typed(repr(float(value)), kind)
    return Typed(text_literal(str(value)), kind, True, "utf8mb3_general_ci", 3)
