"""System variables: which there are, what they may hold, and reading and setting them in a session.

The table is ``system_variables.tsv`` beside this module, one variable a line: name, scope (``both``, ``global``,
``session``), ``set`` or ``read`` (only), kind with its limits, default (MySQL 8.4 manual, 7.1.8 "Server System
Variables"). Values are kept as Python has them: a boolean is 1 or 0, a decimal a Decimal.
"""

from __future__ import annotations

import enum
import functools
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import attrs

from sockservice.answers import Value
from sockservice.collations import find_charset, find_collation
from sockservice.error_codes import error
from sockservice.interfaces import ISession
from sockservice.responder.chatter import variable_values
from sockservice.responder.chatter.cells import DOUBLE, Cell, Refused, text
from sockservice.responder.chatter.conditions import conditions
from sockservice.sqltypes import SqlType


class Scope(enum.Enum):
    """Whose value is meant."""

    GLOBAL = "global"
    """The server's, which new sessions begin with."""
    SESSION = "session"
    """This session's."""
    EITHER = "either"
    """No word said which: the session's where there is one, else the global."""


@attrs.frozen
class Variable:
    """A system variable.

    Attributes:
        name: in lower case.
        has_global: whether it has a global value.
        has_session: whether each session has its own.
        read_only: whether SET refuses it.
        kind: what it may hold; see :func:`sockservice.responder.chatter.variable_values.converted`.
        limits: of an ``int``: least and greatest; of an ``enum``: its words.
        default: the value that the server starts with.
    """

    name: str
    has_global: bool
    has_session: bool
    read_only: bool
    kind: str
    limits: tuple[str, ...]
    default: Value

    def shown(self, value: Value) -> str:
        """The value as SHOW VARIABLES has it: ON and OFF for a boolean, empty for NULL."""
        if value is None:
            return ""
        if self.kind == "bool":
            return "ON" if value else "OFF"
        return str(value)

    def cell(self, value: Value) -> Cell:
        """The value as ``SELECT @@name`` has it."""
        if self.kind in ("bool", "int"):
            return Cell(value, _FLAG if self.kind == "bool" else _SIGNED if int(self.limits[0]) < 0 else _WHOLE)
        if self.kind == "decimal":
            return Cell(float(value), DOUBLE)
        return text(value)


_FLAG: Final = SqlType("BIGINT", 1)
_WHOLE: Final = SqlType("BIGINT", 21, unsigned=True)
_SIGNED: Final = SqlType("BIGINT", 21)

ALIASES: Final = {"tx_isolation": "transaction_isolation", "tx_read_only": "transaction_read_only"}
"""Names that older clients use: one value under two names."""

_COUPLED: Final = {
    "character_set_connection": "collation_connection",
    "character_set_server": "collation_server",
    "character_set_database": "collation_database",
}
"""Setting a character set sets its default collation, setting a collation its character set."""


@functools.cache
def variables() -> Mapping[str, Variable]:
    """Every system variable by name, in the order of SHOW VARIABLES."""
    table = {}
    lines = (Path(__file__).parent / "system_variables.tsv").read_text(encoding="utf-8").splitlines()
    for name, scope, access, kind, default in (line.split("\t") for line in lines):
        word, _, limits = kind.partition(" ")
        table[name] = Variable(
            name,
            scope != "session",
            scope != "global",
            access == "read",
            word,
            tuple(limits.replace(",", " ").split()),
            _default(word, default),
        )
    return table


def _default(kind: str, written: str) -> Value:
    if kind == "bool":
        return int(written == "ON")
    if kind == "int":
        return int(written)
    return Decimal(written) if kind == "decimal" else written


def find(name: str) -> Variable:
    """The variable of this name in lower case.

    Raises:
        Refused: MySQL has none (1193).
    """
    variable = variables().get(name)
    if variable is None:
        raise Refused(error("ER_UNKNOWN_SYSTEM_VARIABLE", name))
    return variable


def read(session: ISession, name: str, scope: Scope = Scope.EITHER) -> Cell:
    """The value of ``@@name``.

    Args:
        session: whose.
        name: in lower case.
        scope: whose value; the global one is meant where the variable has no other.

    Raises:
        Refused: there is no such variable (1193), or none of this scope (1238).
    """
    variable = find(name)
    if scope is Scope.GLOBAL and not variable.has_global:
        raise Refused(error("ER_INCORRECT_GLOBAL_LOCAL_VAR", name, "SESSION"))
    if scope is Scope.SESSION and not variable.has_session:
        raise Refused(error("ER_INCORRECT_GLOBAL_LOCAL_VAR", name, "GLOBAL"))
    return variable.cell(value_of(session, variable, scope is not Scope.GLOBAL))


def value_of(session: ISession, variable: Variable, of_session: bool) -> Value:
    """The session's value (where it has one, else the global), or the global value."""
    name = ALIASES.get(variable.name, variable.name)
    if name in _LIVE:
        return _LIVE[name](session)
    if of_session and variable.has_session:
        if name == "autocommit":
            return int(session.autocommit)
        if name in session.variables:
            return session.variables[name]
    return session.server.global_variables.get(name, variable.default)


_LIVE: Final[Mapping[str, Callable[[ISession], Value]]] = {
    "version": lambda session: session.server.version,
    "innodb_version": lambda session: session.server.version.partition("-")[0],
    "pseudo_thread_id": lambda session: session.connection_id,
    "timestamp": lambda session: session.variables.get("timestamp") or Decimal(f"{time.time():.6f}"),
    "warning_count": lambda session: len(conditions(session, errors_only=False)),
    "error_count": lambda session: len(conditions(session, errors_only=True)),
    "identity": lambda session: session.variables.get("last_insert_id", 0),
}


def assign(session: ISession, name: str, scope: Scope, value: Value) -> None:
    """SET a variable to a value as an expression has it.

    Raises:
        Refused: no such variable (1193), of another scope (1228, 1229), read only (1238), or a value that it
            cannot have (1231, 1232, 1115, 1273, 1298).
    """
    variable = writable(name, scope)
    stored = variable_values.converted(
        variable.name, variable.kind, variable.limits, value, _current(session, variable)
    )
    _store(session, variable, scope, stored)
    _couple(session, variable, scope, stored)


def assign_default(session: ISession, name: str, scope: Scope) -> None:
    """SET a variable TO DEFAULT: a session takes the global value, the server the one that it was built with.

    Raises:
        Refused: as :func:`assign`.
    """
    variable = writable(name, scope)
    to_global = scope is Scope.GLOBAL or not variable.has_session
    value = variable.default if to_global or variable.name in _LIVE else value_of(session, variable, of_session=False)
    _store(session, variable, scope, value)
    _couple(session, variable, scope, value)


def writable(name: str, scope: Scope) -> Variable:
    """The variable, if it can be SET with this scope.

    Raises:
        Refused: as :func:`assign`.
    """
    variable = find(name)
    if variable.read_only:
        raise Refused(error("ER_INCORRECT_GLOBAL_LOCAL_VAR", name, "read only"))
    if scope is Scope.GLOBAL and not variable.has_global:
        raise Refused(error("ER_LOCAL_VARIABLE", name))
    if scope is not Scope.GLOBAL and not variable.has_session:
        raise Refused(error("ER_GLOBAL_VARIABLE", name))
    return variable


def _current(session: ISession, variable: Variable) -> Value:
    return value_of(session, variable, of_session=True)


def _store(session: ISession, variable: Variable, scope: Scope, value: Value) -> None:
    name = ALIASES.get(variable.name, variable.name)
    if scope is Scope.GLOBAL:
        _keep_sessions(session, name, variable.default)
        session.server.global_variables[name] = value
    elif name == "autocommit":
        if value and not session.autocommit:
            session.in_transaction = False  # turning it on commits what is under way
        session.autocommit = bool(value)
    else:
        session.variables["last_insert_id" if name == "identity" else name] = value


def _keep_sessions(session: ISession, name: str, default: Value) -> None:
    """A global value is for the sessions to come: those that are there keep what they see now."""
    before = session.server.global_variables.get(name, default)
    for other in session.server.sessions.values():
        if name != "autocommit":
            other.variables.setdefault(name, before)


def _couple(session: ISession, variable: Variable, scope: Scope, value: Value) -> None:
    for charset_name, collation_name in _COUPLED.items():
        if variable.name == charset_name:
            charset = find_charset(value)
            assert charset is not None
            _store(session, find(collation_name), scope, charset.default_collation)
        elif variable.name == collation_name:
            collation = find_collation(value)
            assert collation is not None
            _store(session, find(charset_name), scope, collation.charset.name)


def set_names(session: ISession, charset: str, collation: str | None, *, connection: bool = True) -> None:
    """SET NAMES, or SET CHARACTER SET where the connection's collation is to follow the database's.

    Args:
        session: whose.
        charset: for example ``utf8mb4``, in any case.
        collation: of that character set, or None for its default.
        connection: whether the connection's character set becomes ``charset`` too.

    Raises:
        Refused: unknown character set (1115) or collation (1273), or not of one another (1253); a set that no client
            may use (1231).
    """
    known = variable_values.client_charset_named(charset)
    chosen = known.default_collation
    if known.name == "utf8mb4":
        chosen = value_of(session, find("default_collation_for_utf8mb4"), of_session=True)
    if collation is not None:
        wanted = variable_values.collation_named(collation)
        if wanted.charset is not known:
            raise Refused(error("ER_COLLATION_CHARSET_MISMATCH", wanted.name, known.name))
        chosen = wanted.name
    session.variables["character_set_client"] = session.variables["character_set_results"] = known.name
    if connection:
        session.variables["character_set_connection"] = known.name
        session.variables["collation_connection"] = chosen
    else:
        for name in ("character_set_connection", "collation_connection"):
            of_database = find(name.replace("connection", "database"))
            session.variables[name] = value_of(session, of_database, of_session=True)


def shown(session: ISession, *, of_session: bool) -> Iterator[tuple[str, str]]:
    """Name and text of each variable, as SHOW VARIABLES lists them."""
    for name, variable in variables().items():
        if variable.has_session if of_session and not variable.has_global else variable.has_global:
            yield name, variable.shown(value_of(session, variable, of_session))
