"""SET in all its forms (MySQL 8.4 manual, 15.7.6.1 "SET Syntax for Variable Assignment" and its neighbours)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sockservice.answers import Answer, Ok, Request
from sockservice.error_codes import error
from sockservice.interfaces import ISession
from sockservice.responder.chatter import variables
from sockservice.responder.chatter.cells import Refused, text
from sockservice.responder.chatter.expressions import ExpressionReader, scope_and_name
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.chatter.select_statement import Statement
from sockservice.responder.chatter.variables import Scope
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind

OK: Final = Ok()
"""The one answer to every SET, COMMIT, USE …: its encoding is kept with it."""

Assignment = Callable[[Place], None]

_SCOPES: Final = {
    "global": Scope.GLOBAL,
    "persist": Scope.GLOBAL,
    "session": Scope.SESSION,
    "local": Scope.SESSION,
}
_LEVELS: Final = {
    ("read", "uncommitted"): "READ-UNCOMMITTED",
    ("read", "committed"): "READ-COMMITTED",
    ("repeatable", "read"): "REPEATABLE-READ",
    ("serializable",): "SERIALIZABLE",
}


def read_set(reader: TokenReader, read_statement: Callable[[TokenReader], Statement]) -> Statement:
    """Read what stands behind SET, up to the end of the statement.

    Args:
        reader: the statement.
        read_statement: reads the statement behind ``SET STATEMENT … FOR``.

    Raises:
        NotUnderstood: no form of SET that MySQL has.
    """
    if reader.accept("statement"):
        return _for_one_statement(reader, read_statement)
    if reader.accept_any("role", "password", "resource") or reader.accept("default", "role"):
        return lambda _request: OK
    scope = _transaction_scope(reader)
    if scope is not None:
        return _statement([_transaction(reader, scope)], reader)
    expressions = ExpressionReader(reader)
    assignments = [_assignment(reader, expressions)]
    while reader.accept(","):
        assignments.append(_assignment(reader, expressions))
    return _statement(assignments, reader)


def _statement(assignments: list[Assignment], reader: TokenReader) -> Statement:
    reader.expect_end()

    def answer(request: Request) -> Answer:
        place = Place(request)
        if len(assignments) > 1:
            _all_or_none(assignments, place)
        else:
            assignments[0](place)
        return OK

    return answer


def _all_or_none(assignments: list[Assignment], place: Place) -> None:
    """Where one assignment of several fails, none has happened."""
    session = place.session
    kept = (session.variables, session.user_variables, session.server.global_variables)
    before = [dict(values) for values in kept]
    bits = session.autocommit, session.in_transaction
    try:
        for assign in assignments:
            assign(place)
    except (NotUnderstood, Refused):
        for values, old in zip(kept, before, strict=True):
            values.clear()
            values.update(old)
        session.autocommit, session.in_transaction = bits
        raise


def _for_one_statement(reader: TokenReader, read_statement: Callable[[TokenReader], Statement]) -> Statement:
    """MariaDB's ``SET STATEMENT x=1 FOR SELECT …``: what it sets matters to nothing here, the SELECT answers."""
    while not reader.accept("for"):
        reader.take()
    return read_statement(reader)


def _transaction_scope(reader: TokenReader) -> Scope | None:
    for word, scope in _SCOPES.items():
        if reader.accept(word, "transaction"):
            return scope
    return Scope.EITHER if reader.accept("transaction") else None


def _transaction(reader: TokenReader, scope: Scope) -> Assignment:
    """SET [GLOBAL | SESSION] TRANSACTION ISOLATION LEVEL …, READ ONLY | READ WRITE."""
    settings: list[tuple[str, str | int]] = []
    while True:
        if reader.accept("isolation", "level"):
            level = next((level for words, level in _LEVELS.items() if reader.accept(*words)), None)
            if level is None:
                raise NotUnderstood("no such isolation level")
            settings.append(("transaction_isolation", level))
        elif reader.accept("read", "only"):
            settings.append(("transaction_read_only", 1))
        elif reader.accept("read", "write"):
            settings.append(("transaction_read_only", 0))
        else:
            raise NotUnderstood("no such characteristic")
        if not reader.accept(","):
            break

    def assign(place: Place) -> None:
        if scope is Scope.EITHER:
            # Without a scope it is for the next transaction only: nothing that a client can ask for later.
            if place.session.in_transaction:
                raise Refused(error("ER_CANT_CHANGE_TX_CHARACTERISTICS"))
            return
        for name, value in settings:
            variables.assign(place.session, name, scope, value)

    return assign


def _assignment(reader: TokenReader, expressions: ExpressionReader) -> Assignment:
    if reader.accept("names"):
        return _names(reader)
    if reader.accept("character", "set") or reader.accept("charset"):
        return _character_set(reader)
    token = reader.peek()
    if token is not None and token.kind is Kind.USER_VARIABLE:
        return _user_variable(reader, expressions)
    if token is not None and token.kind is Kind.SYSTEM_VARIABLE:
        scope, name = scope_and_name(reader.take())
        return _system_variable(reader, expressions, scope, name)
    word = reader.accept_any("global", "session", "local", "persist", "persist_only")
    scope = _SCOPES.get(word or "", Scope.EITHER if word is None else Scope.GLOBAL)
    name = reader.name().lower()
    return _system_variable(reader, expressions, scope, name)


def _names(reader: TokenReader) -> Assignment:
    if reader.accept("default"):
        return lambda place: variables.set_names(place.session, _client_default(place.session), None)
    charset = reader.word_or_string()
    collation = reader.word_or_string() if reader.accept("collate") else None
    return lambda place: variables.set_names(place.session, charset, collation)


def _character_set(reader: TokenReader) -> Assignment:
    charset = None if reader.accept("default") else reader.word_or_string()
    return lambda place: variables.set_names(
        place.session, charset or _client_default(place.session), None, connection=False
    )


def _client_default(session: ISession) -> str:
    return str(variables.read(session, "character_set_client", Scope.GLOBAL).value)


def _user_variable(reader: TokenReader, expressions: ExpressionReader) -> Assignment:
    name = reader.take().value[1:]
    _equals(reader)
    expression = expressions.read()

    def assign(place: Place) -> None:
        place.session.user_variables[name] = expression.evaluate(place).value

    return assign


def _system_variable(reader: TokenReader, expressions: ExpressionReader, scope: Scope, name: str) -> Assignment:
    _equals(reader)
    if reader.accept("default"):
        return lambda place: variables.assign_default(place.session, name, scope)
    expression = _value(reader, expressions)

    def assign(place: Place) -> None:
        variables.writable(name, scope)
        variables.assign(place.session, name, scope, expression.evaluate(place).value)

    return assign


def _value(reader: TokenReader, expressions: ExpressionReader) -> Expression:
    """The right side: an expression, or a bare word such as ``ON``, ``utf8mb4``, ``STRICT_TRANS_TABLES``."""
    token, following = reader.peek(), reader.peek(1)
    ends = following is None or following.value in (",", ";")
    bare = token is not None and ends and token.kind in (Kind.WORD, Kind.QUOTED)
    if bare and token is not None and token.value not in ("null", "true", "false", "current_timestamp"):
        word = text(reader.name())
        return Expression(lambda _place: word, constant=True)
    return expressions.read()


def _equals(reader: TokenReader) -> None:
    if reader.accept_any("=", ":=") is None:
        raise NotUnderstood("SET without =")
