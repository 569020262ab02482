"""The database ``sockservice``: procedures that steer a workspace, tables that show it, and ``verify``.

It stands in front of faults and stubs, so that neither a stub for everything nor a fault that strikes everything can
lock a test out. What only looks like it (a table of the application's, a comment) is passed on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import attrs
from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Column, Error, Ok, Request, Rows, Value
from sockservice.error_codes import error
from sockservice.errors import ConfigurationError, SockserviceError, did_you_mean
from sockservice.interfaces import IResponder
from sockservice.responder.chatter.catalogue import CONTROL
from sockservice.responder.chatter.catalogue_query import Scope, read_query
from sockservice.responder.chatter.cells import Refused
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Place
from sockservice.responder.chatter.select_statement import label_of, read_alias
from sockservice.responder.chatter.table_select import Selection, TableSelect
from sockservice.responder.control.listing import listing
from sockservice.responder.control.procedures import PROCEDURES, Procedure
from sockservice.responder.control.tables import rows_of
from sockservice.responder.journal import Source
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import TooManyTokens, tokens
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.responder.workspace import Found, Workspace

MAX_TOKENS: Final = 4096
"""Tokens of the longest statement that is read; a text of stubs is one of them."""
AT_ONCE: Final = 256
"""How many rows of a table are looked at before others have their turn: some milliseconds."""
TOKENS_AT_ONCE: Final = 16_384
"""How often a token of the statement is looked at meanwhile: with a long WHERE, each row takes longer."""

# In lower case, as MySQL tells the names of databases apart.
_NAMED: Final = re.compile(r"\bsockservice`?\s*\.")
_FIRST_WORD: Final = re.compile(r"(?:\s|/\*(?!!).*?\*/)*+(call|select|show|describe|desc)\b", re.IGNORECASE | re.DOTALL)
_RESETS: Final = re.compile(r"\s*call\s+`?sockservice`?\s*\.\s*`?reset\b", re.IGNORECASE)
_STATEMENTS: Final = frozenset(("query", "prepare", "execute"))
_SCOPE: Final = Scope(schemas=(CONTROL,))
_TRUTH: Final = SqlType.parse("BIGINT")
_HOW_TO_READ: Final = (
    "a table of the control is read by SELECT columns | * | COUNT(*) FROM sockservice.table [WHERE …] "
    "[ORDER BY columns] [LIMIT …], and by nothing more"
)

_OTHERWISE: Final = {
    ("PROCEDURE", "verify"): f"; it is a function: SELECT {CONTROL}.verify(…)",
    **{("FUNCTION", name): f"; it is a procedure: CALL {CONTROL}.{name}(…)" for name in PROCEDURES},
}
"""What is there, but used in the other way: by kind and name, the right one."""

CONTROLLED: Final = Source("control")

Answered = Answer | Deferred[Answer] | None


@implementer(IResponder)
class Control:
    """Answers the statements that read or steer a workspace, and passes on all others.

    Args:
        workspace: which.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, request: Request) -> Found | None:
        """The answer to a statement of the control, and what the journal says of it.

        The journal has nothing of a statement that may have emptied it: a test finds it empty then.
        """
        answer = self.respond(request)
        if answer is None:
            return None
        resets = request.command != "prepare" and _RESETS.match(request.text)
        return answer, None if resets else CONTROLLED, None

    def respond(self, request: Request) -> Answered:
        """The answer to a statement of the control; an error says what to do instead."""
        text = request.text
        first = _FIRST_WORD.match(text) if request.command in _STATEMENTS else None
        if first is None:
            return None
        shows = first[1].lower() not in ("call", "select")
        if not (shows or _NAMED.search(text)):
            return None
        try:
            reader = TokenReader(text, tokens(text, limit=MAX_TOKENS))
            if shows:
                return listing(request, reader)
            if reader.accept("call"):
                return self._call(request, reader)
            reader.expect("select")
            if _accept_ours(reader):
                return self._verify(request, reader)
            return self._select(request, reader)
        except (NotUnderstood, TooManyTokens, RecursionError):
            return None
        except Refused as refused:
            return refused.answer

    # --- CALL

    def _call(self, request: Request, reader: TokenReader) -> Answered:
        if not _accept_ours(reader):
            return None
        name = reader.name().lower()
        procedure = PROCEDURES.get(name)
        if procedure is None:
            return _unknown("PROCEDURE", name, PROCEDURES)
        try:
            arguments = _arguments(request, reader) if reader.accept("(") else []
            reader.expect_end()
        except NotUnderstood as problem:
            return _refusal(f"{CONTROL}.{procedure.usage}: {problem}")
        return self._run(request, procedure, arguments)

    def _run(self, request: Request, procedure: Procedure, arguments: Sequence[Value]) -> Answered:
        if not procedure.least <= len(arguments) <= procedure.most:
            return _refusal(f"the arguments are those of {CONTROL}.{procedure.usage}, not {len(arguments)}")
        if request.command == "prepare":
            return Rows(procedure.columns) if procedure.columns else Ok()
        return _tried(lambda: procedure.call(self._workspace, arguments))

    # --- SELECT

    def _select(self, request: Request, reader: TokenReader) -> Answered:
        start = reader.at
        query = read_query(reader, _SCOPE)
        reader.expect_end()
        table = query.sources[0].table if query.sources else None
        if table is None:
            return None
        reader.at = start
        try:
            if len(query.sources) > 1 or query.grouped:
                raise NotUnderstood("more than one table, or groups")
            select = TableSelect(reader, query, lambda source, _: rows_of(source[1], self._workspace), exact=True)
            columns = tuple(query.columns)
            if request.command == "prepare":
                return Rows(columns)
            rows, selection = iter(select.source(request)), select.selection(request)
            at_once = max(1, min(AT_ONCE, TOKENS_AT_ONCE // len(reader.tokens)))
            selection.take(itertools.islice(rows, at_once))
            rest = next(rows, None)
            if rest is None or selection.full:
                return Rows(columns, selection.rows())
            rows = itertools.chain((rest,), rows)
            return Deferred.fromCoroutine(self._select_rest(columns, rows, selection, at_once))
        except (NotUnderstood, ArithmeticError) as problem:
            return _unreadable(problem)

    async def _select_rest(
        self, columns: tuple[Column, ...], rows: Iterator[Sequence[Value]], selection: Selection, at_once: int
    ) -> Answer:
        """Go on with a long table, with turns for others behind so many rows."""
        try:
            while (chunk := tuple(itertools.islice(rows, at_once))) and not selection.full:
                await self._workspace.after(0)
                selection.take(chunk)
            return Rows(columns, selection.rows())
        except (NotUnderstood, ArithmeticError) as problem:
            return _unreadable(problem)
        except Refused as refused:
            return refused.answer

    def _verify(self, request: Request, reader: TokenReader) -> Answered:
        start = reader.at
        name = reader.name().lower()
        if name != "verify":
            reader.at = start
            return _unknown("FUNCTION", name, ("verify",)) if reader.next_is(name, "(") else None
        reader.expect("(")
        arguments = _arguments(request, reader)
        label = read_alias(reader) or label_of(reader, start - 2, reader.at)
        reader.accept("from", "dual")
        reader.expect_end()
        columns = (Column(label, _TRUTH, nullable=False),)
        if request.command == "prepare":
            return Rows(columns)

        def verify() -> Answered:
            # YAML takes long to import, and nobody may ever verify.
            from sockservice.responder.control.verify import verification

            return verification(self._workspace, arguments, request.session.server, Rows(columns, ((1,),)))

        return _tried(verify)


def _accept_ours(reader: TokenReader) -> bool:
    """Take ``sockservice.``, with or without back-ticks."""
    first, dot = reader.peek(), reader.peek(1)
    ours = first is not None and first.value == CONTROL and dot is not None and dot.text == "."
    reader.at += 2 * ours
    return ours


def _arguments(request: Request, reader: TokenReader) -> list[Value]:
    """The values of the arguments behind a ``(``: literals, parameters, variables, functions of them."""
    place = Place(request)
    found = ExpressionReader(reader).arguments()
    if request.command == "prepare":
        return [None] * len(found)
    return [argument.evaluate(place).value for argument in found]


def _tried(act: Callable[[], Answered]) -> Answered:
    """What an act answers, or what is wrong with what it was given."""
    try:
        return act()
    except ConfigurationError as problem:
        return _refusal("; ".join(str(mistake) for mistake in problem.mistakes))
    except (SockserviceError, ValueError) as problem:
        return _refusal(str(problem))


def _refusal(why: str) -> Error:
    return Error(1105, "HY000", f"sockservice: {why}")


def _unreadable(problem: Exception) -> Error:
    return _refusal(f"{_HOW_TO_READ} ({problem})")


def _unknown(kind: str, name: str, known: Iterable[str]) -> Error:
    missing = error("ER_SP_DOES_NOT_EXIST", kind, f"{CONTROL}.{name}")
    hint = _OTHERWISE.get((kind, name)) or did_you_mean(name, known)
    return attrs.evolve(missing, message=missing.message + hint)
