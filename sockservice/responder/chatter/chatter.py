"""Chatter: what drivers and tools say on their own, answered as MySQL 8.4 would, below the stubs.

A statement is read once and kept by its text; what is kept is a function from a request to its answer, so that
a repeated ``SELECT 1`` is one look-up. What is not chatter (a user's table, an INSERT) is passed on with None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from zope.interface import implementer

from sockservice.answers import Answer, Request, Rows
from sockservice.error_codes import error, syntax_error
from sockservice.interfaces import IResponder
from sockservice.responder.chatter.catalogue_select import read_catalogue_select
from sockservice.responder.chatter.cells import Refused
from sockservice.responder.chatter.select_statement import Statement, read_select
from sockservice.responder.chatter.set_statement import OK, read_set
from sockservice.responder.chatter.show_statement import DESCRIBE, ShowReader, read_describe
from sockservice.responder.chatter.transaction_statement import READERS
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind, Token, TooManyTokens, tokens

MAX_LENGTH: Final = 256 * 1024
"""Characters of the longest statement that is looked at: taking it apart never stops the others for long."""
MAX_TOKENS: Final = 4096
"""Tokens, comments and stretches of white space of the longest statement that is read: drivers' own have hundreds."""
MAX_KEPT: Final = 1024
"""How many statements of each sort (chatter, passed on) are kept by their text; the oldest goes first."""
MAX_KEPT_LENGTH: Final = 8192
"""Characters of the longest text that is kept: with MAX_KEPT, 16 million characters at most."""
MAX_KEPT_TOKENS: Final = 200
"""Tokens of the longest statement that is kept as it was read: each takes some 300 bytes."""

_FIRST_WORD: Final = re.compile(r"[\x00-\x20]*+([A-Za-z]++)")
_NO_COLUMNS: Final = Rows(())
_EMPTY_QUERY: Final = error("ER_EMPTY_QUERY")
_DOLLARS: Final = syntax_error("$$")


@implementer(IResponder)
class Chatter:
    """Answers chatter; see the module.

    Args:
        databases: the names that SHOW DATABASES lists beside the server's own, or what gives them: it is asked
            at each use, so that it may change.
    """

    def __init__(self, databases: Sequence[str] | Callable[[], Sequence[str]] = ("test",)) -> None:
        self._databases: Callable[[], Sequence[str]] = databases if callable(databases) else lambda: databases
        self._kept: dict[str, Statement] = {}
        # Apart from the chatter, which a flood of an application's own statements must not push out.
        self._passed_on: dict[str, Statement] = {}
        show = ShowReader(self._databases)
        self._readers: dict[str, Callable[[TokenReader], Statement]] = {
            **READERS,
            "select": self._select,
            "(": self._bracketed_select,
            ";": _semicolons,
            "set": lambda reader: read_set(reader, self._read_rest),
            "show": show.read,
            **dict.fromkeys(DESCRIBE, read_describe),
        }

    def respond(self, request: Request) -> Answer | None:
        """The answer to a piece of chatter, or None for anything else."""
        text = request.text
        if request.command not in _STATEMENTS:
            return _COMMANDS.get(request.command)
        statement = self._kept.get(text) or self._passed_on.get(text)
        if statement is not None:
            return _answer(statement, request)
        first = _FIRST_WORD.match(text)
        if len(text) > MAX_LENGTH or (first is not None and first[1].lower() not in self._readers):
            return None
        found: list[Token] = []
        try:
            found = tokens(text, limit=MAX_TOKENS)
            statement = self._read_rest(TokenReader(text, found)) if found else _nothing(text)
        except (NotUnderstood, TooManyTokens, RecursionError):
            statement = _pass_on
        except Refused as refused:
            return refused.answer
        answer = _answer(statement, request)
        if statement is _pass_on or len(found) <= MAX_KEPT_TOKENS:
            _keep(self._kept if answer is not None else self._passed_on, text, statement)
        return answer

    def _read_rest(self, reader: TokenReader) -> Statement:
        first = reader.take()
        read = self._readers.get(first.value) if first.kind in (Kind.WORD, Kind.SYMBOL) else None
        if read is None:
            raise NotUnderstood("no chatter begins so")
        return read(reader)

    def _select(self, reader: TokenReader) -> Statement:
        if reader.next_is("$$"):
            return lambda _request: _DOLLARS
        start = reader.at
        try:
            return read_select(reader)
        except NotUnderstood:
            reader.at = start
            return read_catalogue_select(reader, self._databases)

    def _bracketed_select(self, reader: TokenReader) -> Statement:
        """A SELECT in brackets, as some tools build their unions."""
        reader.expect("select")
        depth, stop = 1, reader.at
        while depth:
            token = reader.take()
            depth += (token.text == "(") - (token.text == ")")
            stop = reader.at - 1
        reader.expect_end()
        inside = TokenReader(reader.text, reader.tokens[:stop])
        inside.at = 2
        return self._select(inside)


_STATEMENTS: Final = frozenset(("query", "prepare", "execute"))
_COMMANDS: Final[dict[str, Answer]] = {"init_db": OK, "field_list": _NO_COLUMNS, "reset_connection": OK}
"""The commands beside statements: every database may be used, and no table has columns to list."""
_ONLY_READ: Final = frozenset(("select", "(", "show", *DESCRIBE))
"""How the statements begin that have columns, and that may be tried to learn which."""


def _pass_on(_request: Request) -> None:
    """What is not chatter, whoever asks."""


def _answer(statement: Statement, request: Request) -> Answer | None:
    if request.command == "prepare":
        return _columns(statement, request)
    try:
        return statement(request)
    except (NotUnderstood, RecursionError, ArithmeticError):  # the last: numbers and dates that Python does not hold
        return None
    except Refused as refused:
        return refused.answer


def _columns(statement: Statement, request: Request) -> Answer | None:
    """What a statement would answer, with NULL for its parameters, and nothing done: it may set a variable."""
    if statement is _pass_on:
        return None
    found = tokens(request.text, limit=MAX_TOKENS)
    if not found or found[0].value not in _ONLY_READ:
        return OK
    variables = request.session.user_variables
    before = dict(variables)
    try:
        return _answer(statement, Request("execute", request.text, request.session))
    finally:
        variables.clear()
        variables.update(before)


def _keep(kept: dict[str, Statement], text: str, statement: Statement) -> None:
    if len(text) <= MAX_KEPT_LENGTH:
        if len(kept) >= MAX_KEPT:
            del kept[next(iter(kept))]
        kept[text] = statement


def _semicolons(reader: TokenReader) -> Statement:
    reader.expect_end()
    return lambda _request: _EMPTY_QUERY


def _nothing(text: str) -> Statement:
    """A text without code: nothing at all is an error, a comment (a dump file has many) is not."""
    answer: Answer = _EMPTY_QUERY if not text.strip("\0 \t\r\n\f\v") else OK
    return lambda _request: answer
