"""The commands besides COM_QUERY: each answers its client itself, or gives a request for a responder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from sockservice.answers import Answer, Error, Ok, Request
from sockservice.error_codes import error
from sockservice.mysql.constants import Command
from sockservice.mysql.results import answer_packets, eof_payload, error_payload, field_list_packets, ok_payload

if TYPE_CHECKING:
    from sockservice.mysql.session import Session

TakeCommand = Callable[["Session", bytes], Request | None]
"""Given the session and what follows the command's byte: a request, or None where it is answered already."""


def _quit(session: Session, _: bytes) -> None:
    session.close()


def _init_db(session: Session, name: bytes) -> Request:
    database = session.client_charset.decode(name)

    def encode(answer: Answer) -> bytes:
        if not isinstance(answer, Error):
            session.database = database
            answer = answer if isinstance(answer, Ok) else Ok()
        return answer_packets(answer, session.form, session.sequence_id)

    return session.ask("init_db", "Init DB", database, encode)


def _field_list(session: Session, arguments: bytes) -> Request:
    def encode(answer: Answer) -> bytes:
        return field_list_packets(answer, session.form, session.sequence_id)

    table = session.client_charset.decode(arguments.partition(b"\0")[0])
    return session.ask("field_list", "Field List", table, encode)


def _process_info(session: Session, _: bytes) -> Request:
    return session.ask("query", "Processlist", "SHOW PROCESSLIST")


def _statistics(session: Session, _: bytes) -> None:
    session.reply(session.server.statistics().encode())


def _ping(session: Session, _: bytes) -> None:
    session.reply(ok_payload(Ok(), session.form))


def _debug(session: Session, _: bytes) -> None:
    session.reply(eof_payload(session.form))


def _set_option(session: Session, option: bytes) -> None:
    # 0 and 1 switch several statements in one query on and off; there is no other option.
    if option in (b"\0\0", b"\1\0"):
        session.reply(eof_payload(session.form))
    else:
        unknown(session, option)


def _reset_connection(session: Session, _: bytes) -> None:
    session.reset()
    session.reply(ok_payload(Ok(), session.form))


def _without_reply(session: Session, _: bytes) -> None:
    """A command that no client expects a reply to, not even an error."""


def unknown(session: Session, _: bytes) -> None:
    """Any other command: ERR 1047, and the connection goes on."""
    session.reply(error_payload(error("ER_UNKNOWN_COM_ERROR"), session.form.charset))


COMMANDS: Final[Mapping[int, TakeCommand]] = {
    Command.QUIT: _quit,
    Command.INIT_DB: _init_db,
    Command.FIELD_LIST: _field_list,
    Command.STATISTICS: _statistics,
    Command.PROCESS_INFO: _process_info,
    Command.DEBUG: _debug,
    Command.PING: _ping,
    Command.STMT_SEND_LONG_DATA: _without_reply,
    Command.STMT_CLOSE: _without_reply,
    Command.SET_OPTION: _set_option,
    Command.RESET_CONNECTION: _reset_connection,
}
"""What takes a command, by its number; one that is not here is :func:`unknown`."""
