"""Prepared statements in SQL: PREPARE, EXECUTE and DEALLOCATE PREPARE (MySQL 8.4 manual, 15.5).

What EXECUTE runs is asked as any statement that was prepared by the protocol, so that stubs match it by its own text
and its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Disturbed, Error, Ok, Request, Value
from sockservice.error_codes import error, syntax_error
from sockservice.interfaces import IResponder
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind, tokens

MOST: Final = 16382
"""How many statements a session may have (MySQL's default of ``max_prepared_stmt_count``)."""

_MAX_TOKENS: Final = 70_000
"""Tokens of an EXECUTE with as many parameters as a statement may have."""
_BEGINNING: Final = re.compile(r"(?:\s|/\*(?!!).*?\*/)*+(?:prepare|execute|deallocate|drop\s++prepare)\b", re.I | re.S)
_PREPARED: Final = Ok(info="Statement prepared")
_DONE: Final = Ok()

Asked = Answer | Deferred[Answer] | None


def is_sql_prepare(text: str) -> bool:
    """Whether a statement begins as one of the three does."""
    return _BEGINNING.match(text) is not None


@implementer(IResponder)
class SqlPrepare:
    """Answers the three statements, and passes on all others.

    Args:
        responder: what answers the statements that are prepared.
    """

    def __init__(self, responder: IResponder) -> None:
        self._ask: Callable[[Request], Asked] = responder.respond

    def respond(self, request: Request) -> Asked:
        """The answer to PREPARE and DEALLOCATE; to EXECUTE, that of the statement which it names."""
        text = request.text
        if not is_sql_prepare(text) or request.command not in ("query", "prepare", "execute"):
            return None
        if request.command != "query":
            return error("ER_UNSUPPORTED_PS")
        reader = TokenReader(text, tokens(text, limit=_MAX_TOKENS))
        try:
            if reader.accept("prepare"):
                return self._prepare(request, reader)
            if reader.accept("execute"):
                return self._execute(request, reader)
            return _deallocate(request, reader)
        except NotUnderstood:
            at = reader.peek()
            return syntax_error(text[at.start :] if at else "")

    def _prepare(self, request: Request, reader: TokenReader) -> Asked:
        name = reader.name().lower()
        reader.expect("from")
        text = _source(request, reader)
        reader.expect_end()
        prepared = request.session.prepared
        prepared.pop(name, None)
        if len(prepared) >= MOST:
            return error("ER_MAX_PREPARED_STMT_COUNT_REACHED", MOST)

        def keep(answer: Answer) -> Answer:
            if isinstance(answer, Error | Disturbed):
                return answer
            prepared[name] = text
            return _PREPARED

        found = tokens(text, limit=_MAX_TOKENS)
        end = next((token for token in found if token.text == ";"), None)
        if end is not None and any(token.text != ";" for token in found if token.start > end.start):
            return syntax_error(text[end.end :].lstrip())
        answer = self._ask(Request("prepare", text, request.session))
        if isinstance(answer, Deferred):
            return answer.addCallback(keep)
        return None if answer is None else keep(answer)

    def _execute(self, request: Request, reader: TokenReader) -> Asked:
        name = reader.name()
        params: list[Value] = []
        if reader.accept("using"):
            params.append(_variable(request, reader))
            while reader.accept(","):
                params.append(_variable(request, reader))
        reader.expect_end()
        text = request.session.prepared.get(name.lower())
        if text is None:
            return error("ER_UNKNOWN_STMT_HANDLER", name, "EXECUTE")
        if len(params) != sum(token.kind is Kind.PARAMETER for token in tokens(text)):
            return error("ER_WRONG_ARGUMENTS", "EXECUTE")
        return self._ask(Request("execute", text, request.session, tuple(params), request.attributes))


def _deallocate(request: Request, reader: TokenReader) -> Answer:
    if reader.accept_any("deallocate", "drop") is None:
        raise NotUnderstood("none of the three")
    reader.expect("prepare")
    name = reader.name()
    reader.expect_end()
    if request.session.prepared.pop(name.lower(), None) is None:
        return error("ER_UNKNOWN_STMT_HANDLER", name, "DEALLOCATE PREPARE")
    return _DONE


def _source(request: Request, reader: TokenReader) -> str:
    """The statement to prepare: a string, or a variable that holds one."""
    token = reader.peek()
    if token is not None and token.kind is Kind.STRING:
        return reader.take().value
    value = _variable(request, reader)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "NULL" if value is None else str(value)


def _variable(request: Request, reader: TokenReader) -> Value:
    token = reader.peek()
    if token is None or token.kind is not Kind.USER_VARIABLE:
        raise NotUnderstood("expected a variable")
    return request.session.user_variables.get(reader.take().value[1:])
