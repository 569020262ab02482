"""Transactions, locks, USE and KILL: statements that have no rows and of which the session keeps the outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sockservice.answers import Answer, Request
from sockservice.error_codes import error
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Place
from sockservice.responder.chatter.select_statement import Statement
from sockservice.responder.chatter.set_statement import OK
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind


def _becomes(in_transaction: bool | None) -> Statement:
    """Answers OK; the session is then in a transaction, or not, or (None) as before."""

    def answer(request: Request) -> Answer:
        if in_transaction is not None:
            request.session.in_transaction = in_transaction
        return OK

    return answer


def _begin(reader: TokenReader) -> Statement:
    reader.accept("work")
    reader.expect_end()
    return _becomes(True)


def _start(reader: TokenReader) -> Statement:
    """START TRANSACTION [WITH CONSISTENT SNAPSHOT | READ WRITE | READ ONLY], …; START REPLICA."""
    if reader.accept_any("replica", "slave", "group_replication"):
        return _anything(reader)
    reader.expect("transaction")
    while not reader.ended and not reader.next_is(";"):
        if not (
            reader.accept("with", "consistent", "snapshot")
            or reader.accept("read", "only")
            or reader.accept("read", "write")
        ):
            raise NotUnderstood("no such characteristic")
        reader.accept(",")
    reader.expect_end()
    return _becomes(True)


def _commit(reader: TokenReader) -> Statement:
    return _becomes(_ending(reader))


def _rollback(reader: TokenReader) -> Statement:
    reader.accept("work")
    if reader.accept("to"):
        reader.accept("savepoint")
        reader.name()
        reader.expect_end()
        return _becomes(None)
    return _becomes(_ending(reader))


def _ending(reader: TokenReader) -> bool:
    """Take ``[WORK] [AND [NO] CHAIN] [[NO] RELEASE]``: whether the next transaction begins at once."""
    reader.accept("work")
    chain = reader.accept("and", "chain")
    if not chain:
        reader.accept("and", "no", "chain")
    reader.accept("no")
    reader.accept("release")
    reader.expect_end()
    return chain


def _savepoint(reader: TokenReader) -> Statement:
    reader.name()
    reader.expect_end()
    return _becomes(None)


def _release(reader: TokenReader) -> Statement:
    reader.expect("savepoint")
    return _savepoint(reader)


def _lock(reader: TokenReader) -> Statement:
    """LOCK TABLES commits first (MySQL 8.4 manual, 15.3.3 "Statements That Cause an Implicit Commit")."""
    if reader.accept("instance"):
        return _anything(reader)
    if reader.accept_any("tables", "table") is None:
        raise NotUnderstood("LOCK what?")
    return _anything(reader, _becomes(False))


def _unlock(reader: TokenReader) -> Statement:
    if reader.accept_any("tables", "table", "instance") is None:
        raise NotUnderstood("UNLOCK what?")
    reader.expect_end()
    return _becomes(None)


def _flush(reader: TokenReader) -> Statement:
    return _anything(reader, _becomes(False))


def _anything(reader: TokenReader, statement: Statement | None = None) -> Statement:
    """The rest of the statement does not matter, as long as it is one statement."""
    while not reader.ended:
        if reader.accept(";"):
            reader.expect_end()
        else:
            reader.take()
    return statement or _becomes(None)


def _use(reader: TokenReader) -> Statement:
    """USE takes any name: stubs may be about a database that nobody made."""
    name = reader.name()
    reader.expect_end()

    def answer(request: Request) -> Answer:
        if not request.session.may_use(name):
            user, _, host = request.session.current_user.rpartition("@")
            return error("ER_DBACCESS_DENIED_ERROR", user, host, name)
        request.session.database = name
        return OK

    return answer


def _kill(reader: TokenReader) -> Statement:
    only_query = reader.accept("query")
    if not only_query:
        reader.accept("connection")
    number = ExpressionReader(reader).read()
    reader.expect_end()

    def answer(request: Request) -> Answer:
        value = number.evaluate(Place(request)).value
        if not isinstance(value, int):
            return error("ER_NO_SUCH_THREAD", value)
        answer: Answer = request.session.server.kill(value, request.session, query=only_query)
        return answer

    return answer


def _do(reader: TokenReader) -> Statement:
    expressions = ExpressionReader(reader)
    every = [expressions.read()]
    while reader.accept(","):
        every.append(expressions.read())
    reader.expect_end()

    def answer(request: Request) -> Answer:
        for expression in every:
            expression.evaluate(Place(request))
        return OK

    return answer


def _reset(reader: TokenReader) -> Statement:
    token = reader.peek()
    if token is None or token.kind is not Kind.WORD:
        raise NotUnderstood("RESET what?")
    return _anything(reader)


READERS: Final[dict[str, Callable[[TokenReader], Statement]]] = {
    "begin": _begin,
    "start": _start,
    "commit": _commit,
    "rollback": _rollback,
    "savepoint": _savepoint,
    "release": _release,
    "lock": _lock,
    "unlock": _unlock,
    "flush": _flush,
    "use": _use,
    "kill": _kill,
    "do": _do,
    "reset": _reset,
}
"""What reads the rest of a statement, by its first word."""
