"""The commands of prepared statements (MySQL internals, "Prepared Statements").

PREPARE asks the responder for the columns that the statement will have; EXECUTE asks it for its answer, with the
parameters as values. SEND_LONG_DATA and CLOSE have no reply, not even an error.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, cast

import attrs

from sockservice.answers import (
    NO_ATTRIBUTES,
    Answer,
    Column,
    Error,
    LocalInfile,
    Login,
    Message,
    Ok,
    Request,
    Rows,
)
from sockservice.error_codes import error, syntax_error
from sockservice.errors import ProtocolError
from sockservice.mysql.bulk_execution import BulkAnswer, read_rows
from sockservice.mysql.constants import Capability, Command, CursorFlag, Status
from sockservice.mysql.disturbance_set import NOTHING_WRONG
from sockservice.mysql.disturbed_payloads import RowStep, disturbed_rows
from sockservice.mysql.parameters import MOST_PARAMETERS, Bound, WrongParameters, read_parameters
from sockservice.mysql.results import (
    columns_payloads,
    definition_payloads,
    eof_payload,
    error_payload,
    is_error,
    no_answer_to_a_statement,
    row_payloads,
    sound_error_payload,
    whole_payloads,
)
from sockservice.mysql.statement_text import parameter_count, split_statements
from sockservice.mysql.statements import Cursor, PreparedStatement, Refusal
from sockservice.mysql.wire import PayloadReader
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.mysql.session import Session

PARAMETER: Final = Column("?", SqlType("VARBINARY", 0), original_name="")
"""What each parameter is described as: nothing is known of it, and clients look at the number of them only."""

Take = Callable[["Session", PayloadReader], Request | None]


def _or_refuse(take: Take) -> Callable[[Session, bytes], Request | None]:
    """A command whose mistakes are answered by an error."""

    @functools.wraps(take)
    def guarded(session: Session, arguments: bytes) -> Request | None:
        try:
            return take(session, PayloadReader(arguments))
        except Refusal as refusal:
            session.reply_with(refusal.error)
        except (ProtocolError, WrongParameters):
            session.reply_with(error("ER_MALFORMED_PACKET"))
        return None

    return guarded


def _without_reply(take: Take) -> Callable[[Session, bytes], None]:
    """A command that nothing is said to, whatever it is."""

    @functools.wraps(take)
    def silent(session: Session, arguments: bytes) -> None:
        try:
            take(session, PayloadReader(arguments))
        except ProtocolError:
            return  # Too short to say which statement is meant.

    return silent


@_or_refuse
def _prepare(session: Session, reader: PayloadReader) -> Request:
    text = session.client_charset.decode(reader.rest().removesuffix(b"\0"))
    first, *others = split_statements(text, escapes=session.escapes)
    if not text.strip():
        raise Refusal(error("ER_EMPTY_QUERY"))
    if others:
        raise Refusal(syntax_error(text[len(first) + 1 :].lstrip(), first.count("\n") + 1))
    count = parameter_count(text, escapes=session.escapes)
    if count > MOST_PARAMETERS:
        raise Refusal(error("ER_PS_MANY_PARAM"))
    session.statements.check_room()

    def encode(answer: Answer) -> list[bytes]:
        if isinstance(answer, LocalInfile):
            answer = error("ER_UNSUPPORTED_PS")
        if isinstance(answer, (Message, Login)):
            answer = Error(1105, "HY000", no_answer_to_a_statement(answer))
        if isinstance(answer, Error):
            return [sound_error_payload(answer, session.form.charset)]
        columns = answer.columns if isinstance(answer, Rows) else ()
        try:
            # Described before the statement is kept: a column that cannot be described refuses it.
            columns_told = list(definition_payloads(columns, session.form))
        except ValueError as problem:
            return [error_payload(Error(1105, "HY000", str(problem)), session.form.charset)]
        statement = session.statements.add(text, count, columns)
        told = struct.pack("<BIHHxH", 0, statement.statement_id, len(columns), count, 0)
        if session.form.metadata is not None:
            told += bytes((session.form.metadata,))
        parameters_told = list(definition_payloads((PARAMETER,) * count, session.form))
        return [told, *parameters_told, *columns_told]

    return session.ask("prepare", "Prepare", text, encode)


@_or_refuse
def _execute(session: Session, reader: PayloadReader) -> Request:
    statement = session.statements.find(reader.number(4), "mysqld_stmt_execute")
    flags = reader.number(1)
    reader.take(4)  # The number of iterations, which has always been 1.
    if statement.problem is not None:
        problem = statement.problem
        session.statements.forget_long_data(statement)
        raise Refusal(problem)
    try:
        bound = _bound(session, statement, reader, flags)
    finally:
        session.statements.forget_long_data(statement)
    statement.cursor = None
    count = statement.parameter_count
    encode = None
    if flags & (CursorFlag.READ_ONLY | CursorFlag.FOR_UPDATE | CursorFlag.SCROLLABLE):
        encode = functools.partial(_open_cursor, session, statement)
    attributes = bound.attributes(count) or NO_ATTRIBUTES
    return session.ask_execute(statement.text, bound.params(count), attributes, encode)


def _bound(session: Session, statement: PreparedStatement, reader: PayloadReader, flags: int) -> Bound:
    """The values of an EXECUTE, those of query attributes behind the parameters'."""
    count = statement.parameter_count
    named = bool(session.capabilities & Capability.QUERY_ATTRIBUTES)
    if not count and not (named and flags & CursorFlag.PARAMETER_COUNT_AVAILABLE):
        return Bound()
    if named:
        # Told with or without the flag, as the connectors of MySQL 8 do.
        told = reader.length_encoded()
        if told < count:
            raise Refusal(error("ER_WRONG_ARGUMENTS", "mysqld_stmt_execute"))
        count = told
    try:
        bound = read_parameters(
            reader,
            count,
            session.client_charset,
            named=named,
            types=statement.types,
            long_data={number: bytes(data) for number, data in statement.long_data.items()},
        )
    except WrongParameters as problem:
        raise Refusal(error("ER_WRONG_ARGUMENTS", "mysqld_stmt_execute")) from problem
    statement.types = bound.types
    return bound


@_or_refuse
def _bulk_execute(session: Session, reader: PayloadReader) -> Request:
    if not session.capabilities & Capability.STMT_BULK_OPERATIONS:
        raise Refusal(error("ER_UNKNOWN_COM_ERROR"))
    statement = session.statements.find(reader.number(4), "mysqld_stmt_bulk_execute")
    try:
        statement.types, rows = read_rows(reader, statement.parameter_count, session.client_charset, statement.types)
    except WrongParameters as problem:
        raise Refusal(error("ER_WRONG_ARGUMENTS", "mysqld_stmt_bulk_execute")) from problem
    whole = BulkAnswer(len(rows))

    def encode(answer: Answer) -> list[bytes]:
        known = whole.add(answer)
        if known is None:
            return []
        session.ask_no_further()
        return whole_payloads(known, session.form_of(known))

    ask = functools.partial(session.ask_execute, statement.text, attributes=NO_ATTRIBUTES, encode=encode)
    return session.ask_each(functools.partial(ask, params) for params in rows)


def _open_cursor(session: Session, statement: PreparedStatement, answer: Answer) -> list[bytes]:
    """Answer with the columns only; FETCH asks for the rows, and what disturbs these waits for it."""
    form = attrs.evolve(session.form_of(answer), binary=True)
    if not isinstance(answer, Rows) or not answer.columns:
        return whole_payloads(answer, form)
    try:
        described = list(columns_payloads(answer, attrs.evolve(form, deprecate_eof=True)))
    except ValueError as problem:
        return [error_payload(Error(1105, "HY000", str(problem)), form.charset)]
    rows = map(bytes, row_payloads(answer.columns, answer.rows, form))
    wrong = session.disturbances.of_rows()
    if wrong == NOTHING_WRONG:
        statement.cursor = Cursor(rows, answer.warnings)
    else:
        steps = disturbed_rows(rows, wrong, form, len(answer.columns))
        statement.cursor = Cursor(steps, answer.warnings, disturbed=True)
        session.disturbances = session.disturbances.but_for_rows()
    # What ends the columns tells of the cursor, so there is one even where columns have no end otherwise.
    described.append(eof_payload(form.with_status(Status.CURSOR_EXISTS), answer.warnings))
    return described


@_or_refuse
def _fetch(session: Session, reader: PayloadReader) -> None:
    statement = session.statements.find(reader.number(4), "mysqld_stmt_fetch")
    count = reader.number(4)
    if statement.cursor is None:
        raise Refusal(error("ER_STMT_HAS_NO_OPEN_CURSOR", statement.statement_id))
    steps = _fetched(session, statement.cursor, count)
    if statement.cursor.disturbed:
        session.stream_disturbed(steps, NOTHING_WRONG, session.sequence_id)
    else:
        session.stream(cast("Iterator[bytes]", steps))


def _fetched(session: Session, cursor: Cursor, count: int) -> Iterator[RowStep]:
    try:
        for step in cursor.fetch(count):
            yield step
            if isinstance(step, bytes) and is_error(step):
                return
        status = Status.LAST_ROW_SENT if cursor.at_end else Status.CURSOR_EXISTS
    except ValueError as problem:
        yield error_payload(Error(1105, "HY000", str(problem)), session.form.charset)
    else:
        yield eof_payload(session.form.with_status(status), cursor.warnings)


@_without_reply
def _send_long_data(session: Session, reader: PayloadReader) -> None:
    session.statements.add_long_data(reader.number(4), reader.number(2), reader.rest())


@_without_reply
def _close(session: Session, reader: PayloadReader) -> None:
    session.statements.close(reader.number(4))


@_or_refuse
def _reset(session: Session, reader: PayloadReader) -> None:
    statement = session.statements.find(reader.number(4), "mysqld_stmt_reset")
    session.statements.forget_long_data(statement)
    statement.cursor = None
    session.reply_with(Ok())


STATEMENT_COMMANDS: Final[Mapping[int, Callable[[Session, bytes], Request | None]]] = {
    Command.STMT_PREPARE: _prepare,
    Command.STMT_EXECUTE: _execute,
    Command.STMT_SEND_LONG_DATA: _send_long_data,
    Command.STMT_CLOSE: _close,
    Command.STMT_RESET: _reset,
    Command.STMT_FETCH: _fetch,
    Command.STMT_BULK_EXECUTE: _bulk_execute,
}
"""What takes a command, by its number."""
