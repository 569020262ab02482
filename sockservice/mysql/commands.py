"""The commands: each answers its client itself, or gives a request for a responder.

A COM_QUERY of one statement without attributes never comes here: the session takes it on its own.
A NUL at the end of a statement's text belongs to the client's string, not to the statement.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from sockservice.answers import NO_ATTRIBUTES, Answer, Error, Ok, Request
from sockservice.error_codes import error, syntax_error
from sockservice.errors import ProtocolError
from sockservice.mysql.constants import Capability, Command
from sockservice.mysql.parameters import WrongParameters, read_parameters
from sockservice.mysql.results import eof_payload, field_list_payloads, sound_error_payload, whole_payloads
from sockservice.mysql.statement_commands import STATEMENT_COMMANDS
from sockservice.mysql.statement_text import split_statements
from sockservice.mysql.wire import PayloadReader

if TYPE_CHECKING:
    from sockservice.mysql.session import Session

TakeCommand = Callable[["Session", bytes], Request | None]
"""Given the session and what follows the command's byte: a request, or None where it is answered already."""


def _quit(session: Session, _: bytes) -> Request | None:
    """The connection is closed, whatever a responder says to it."""

    def leave(_refusal: Error | None = None) -> list[bytes]:
        session.behind = session.close
        return []

    return session.ask_or_do("quit", "Quit", leave, refuse=leave)


def _query(session: Session, arguments: bytes) -> Request | None:
    """A query that has attributes, or a ``;`` somewhere or a NUL at its end, or came in several packets."""
    reader, attributes = PayloadReader(arguments), NO_ATTRIBUTES
    if session.capabilities & Capability.QUERY_ATTRIBUTES:
        try:
            count, _sets = reader.length_encoded(), reader.length_encoded()
            attributes = read_parameters(reader, count, session.client_charset, named=True).attributes(0)
        except (ProtocolError, WrongParameters):
            session.reply_with(error("ER_MALFORMED_PACKET"))
            return None
    text = session.client_charset.decode(reader.rest().removesuffix(b"\0"))
    statements = split_statements(text, escapes=session.escapes)
    if len(statements) == 1:
        return session.ask_statements([text], attributes)
    if not session.multi_statements:
        line = text[: len(statements[0])].count("\n") + 1
        session.reply_with(syntax_error(text[len(statements[0]) + 1 :].lstrip(), line))
        return None
    return session.ask_statements(statements, attributes)


def _init_db(session: Session, name: bytes) -> Request | None:
    database = session.client_charset.decode(name)
    if not session.may_use(database):
        user, _, host = session.current_user.rpartition("@")
        session.reply_with(error("ER_DBACCESS_DENIED_ERROR", user, host, database))
        return None

    def encode(answer: Answer) -> list[bytes]:
        if not isinstance(answer, Error):
            session.database = database
            answer = answer if isinstance(answer, Ok) else Ok()
        return whole_payloads(answer, session.form_of(answer))

    return session.ask("init_db", "Init DB", database, encode)


def _field_list(session: Session, arguments: bytes) -> Request:
    def encode(answer: Answer) -> list[bytes]:
        return field_list_payloads(answer, session.form)

    table = session.client_charset.decode(arguments.partition(b"\0")[0])
    return session.ask("field_list", "Field List", table, encode)


def _process_info(session: Session, _: bytes) -> Request:
    return session.ask("query", "Processlist", "SHOW PROCESSLIST")


def _process_kill(session: Session, connection_id: bytes) -> Request | None:
    number = int.from_bytes(connection_id[:4], "little")

    def kill() -> list[bytes]:
        answer = session.server.kill(number, session, query=False)
        return whole_payloads(answer, session.form_of(answer))

    return session.ask_or_do("kill", "Kill", kill, text=str(number))


def _refresh(session: Session, _: bytes) -> None:
    """FLUSH of what the bits of the argument say: there is nothing to flush."""
    session.reply_with(Ok())


def _statistics(session: Session, _: bytes) -> Request | None:
    return session.ask_or_do("statistics", "Statistics", lambda: [session.server.statistics().encode()])


def _ping(session: Session, _: bytes) -> Request | None:
    return session.ask_or_do("ping", "Ping", lambda: whole_payloads(Ok(), session.form_of(Ok())))


def _debug(session: Session, _: bytes) -> None:
    session.reply(eof_payload(session.form))


def _set_option(session: Session, option: bytes) -> None:
    # 0 and 1 switch several statements in one query on and off; there is no other option.
    if option in (b"\0\0", b"\1\0"):
        session.multi_statements = option == b"\0\0"
        session.reply(eof_payload(session.form))
    else:
        unknown(session, option)


def _reset_connection(session: Session, _: bytes) -> Request:
    """The responder is told, and has no say in it."""
    session.reset()

    def encode(_answer: Answer) -> list[bytes]:
        return whole_payloads(Ok(), session.form_of(Ok()))

    return session.ask("reset_connection", "Reset Connection", "", encode)


def _change_user(session: Session, arguments: bytes) -> Request | None:
    """A new login; where a responder refuses it, the connection ends as it does with a wrong password."""

    def log_in() -> list[bytes]:
        session.behind = functools.partial(session.change_user, arguments)
        return []

    def refuse(problem: Error) -> list[bytes]:
        session.behind = session.close
        return [sound_error_payload(problem, session.form.charset)]

    return session.ask_or_do("change_user", "Change user", log_in, refuse=refuse)


def unknown(session: Session, _: bytes) -> None:
    """Any other command: ERR 1047, and the connection goes on."""
    session.reply_with(error("ER_UNKNOWN_COM_ERROR"))


COMMANDS: Final[Mapping[int, TakeCommand]] = {
    **STATEMENT_COMMANDS,
    Command.QUIT: _quit,
    Command.QUERY: _query,
    Command.INIT_DB: _init_db,
    Command.FIELD_LIST: _field_list,
    Command.REFRESH: _refresh,
    Command.STATISTICS: _statistics,
    Command.PROCESS_INFO: _process_info,
    Command.PROCESS_KILL: _process_kill,
    Command.DEBUG: _debug,
    Command.PING: _ping,
    Command.CHANGE_USER: _change_user,
    Command.SET_OPTION: _set_option,
    Command.RESET_CONNECTION: _reset_connection,
}
"""What takes a command, by its number; one that is not here is :func:`unknown`."""
