"""One MySQL session, sans-IO: bytes in, requests out, answers to bytes.

``receive`` what came, take ``next_request`` until there is none, ``answer`` each, send ``data_to_send``, and close the
connection once ``closing`` is true. Commands that need no responder (ping, statistics, reset) are answered
here. Commands may be pipelined: the next request is given out when the one before is answered.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from zope.interface import implementer

from sockservice.answers import Answer, Error, Request, Rows
from sockservice.errors import CallerError, ProtocolError
from sockservice.interfaces import ISession
from sockservice.mysql.charsets import DEFAULT_COLLATION_ID, UTF8MB4, charset
from sockservice.mysql.commands import COMMANDS, unknown
from sockservice.mysql.constants import Capability, Command, Status
from sockservice.mysql.login import Login, Outcome
from sockservice.mysql.packets import COMMAND_SEQUENCE, PacketReader, packet, packets
from sockservice.mysql.results import Form, answer_packets, error_payload
from sockservice.mysql.session_variables import SessionVariables

if TYPE_CHECKING:
    from sockservice.mysql.server import Server

LOGIN_PACKET_LIMIT: Final = 64 * 1024
"""The longest packet before login, in bytes: connection attributes are the longest part, and MySQL takes 64 KiB."""

_KEPT_FORMS: Final = 32
"""For how many forms (status, character set) the bytes of one answer are kept."""
_KEPT_BYTES: Final = 16 * 1024 * 1024
"""The longest bytes of an answer that are kept."""

_QUERY: Final = bytes((Command.QUERY,))
_FIRST_ANSWER: Final = COMMAND_SEQUENCE + 1
"""The sequence id of the answer to a command of one packet: what the bytes kept with an answer begin with."""


class State(enum.Enum):
    """Where a session is in its life."""

    LOGIN = "login"
    """The greeting is out; the user is not in yet."""
    READY = "ready"
    """The next command may be taken."""
    ANSWERING = "answering"
    """A request was given out; commands that come meanwhile wait."""
    CLOSING = "closing"
    """Nothing is read any more; what is due is sent, then the connection is closed."""


# Names of this module: an enum's member takes longer to look up than the rest of a step does.
_LOGIN, _READY, _ANSWERING, _CLOSING = State


@implementer(ISession)
class Session:
    """One session; made by :meth:`sockservice.mysql.Server.session`.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        host: the client's address, ``localhost`` over a Unix socket.
        port: the client's port, or 0.

    Attributes:
        state: a :class:`State`.
        capabilities: what both sides can, once the client has said so.
        client_charset: ``character_set_client``, in which statements come.
        form: what the bytes of answers depend on.
        sequence_id: with which the answer to the command under way begins.
        port: as given. For the others see :class:`sockservice.interfaces.ISession`.
    """

    def __init__(self, server: Server, connection_id: int, host: str, port: int) -> None:
        self.server = server
        self.connection_id = connection_id
        self.host = host
        self.port = port
        self.state = _LOGIN
        self.capabilities = 0
        self.user = ""
        self.database = ""
        self.client: Mapping[str, str] = {}
        self.user_variables: dict[str, Any] = {}
        self.variables = SessionVariables(self._variable_changed)
        self.command = "Connect"
        self.since = server.clock()
        self.info: str | None = None
        self._autocommit = True
        self._in_transaction = False
        self.client_charset = UTF8MB4
        self._results_collation: int | None = None
        self.form = Form(False, Status.AUTOCOMMIT, UTF8MB4, DEFAULT_COLLATION_ID)
        self._key = self.form.key
        self._login: Login | None = Login(server.accounts, server.version, connection_id, host)
        self._packets = PacketReader(LOGIN_PACKET_LIMIT)
        self._packets.sequence_id = 1
        self._most_buffered = 2 * server.max_allowed_packet + LOGIN_PACKET_LIMIT
        self.sequence_id = 0
        # How the answer in flight is encoded where it is not that of a query.
        self._encode_answer: Callable[[Answer], bytes] | None = None
        self._finishing = False
        self._due = [packet(self._login.greeting, 0)]

    # --- what the connection calls ------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes that arrived, in any chunks. Never raises for what they are: errors are answered."""
        if self.state is _CLOSING:
            return
        # The pump stops reading while a request is in flight; this holds where it does not.
        if self._packets.feed(data) > self._most_buffered:
            self._break_off(ProtocolError("Got a packet bigger than 'max_allowed_packet' bytes", 1153, "08S01"))
        elif self.state is _LOGIN:
            self._log_in()

    def next_request(self) -> Request | None:
        """The next command that a responder must answer, or None while there is none.

        Call it after each :meth:`receive` and :meth:`answer`, until it returns None: commands that need no
        responder are answered on the way.
        """
        while self.state is _READY:
            payload = self._packets.whole_payload()
            if payload is not None:
                self.sequence_id = _FIRST_ANSWER
            else:
                try:
                    payload = self._packets.next_payload()
                except ProtocolError as problem:
                    self._break_off(problem)
                    break
                if payload is None:
                    break
                self.sequence_id = self._packets.sequence_id
                self._packets.sequence_id = COMMAND_SEQUENCE
            self.server.questions += 1
            if payload[:1] == _QUERY:
                return self.ask("query", "Query", self.client_charset.decode(payload[1:]))
            take = COMMANDS.get(payload[0] if payload else Command.SLEEP, unknown)
            request = take(self, payload[1:])
            if request is not None:
                return request
        return None

    def answer(self, answer: Answer) -> None:
        """Answer the request that was given out last.

        An answer that comes when the session is closing already is dropped.

        Raises:
            CallerError: no request was given out.
        """
        if self.state is not _ANSWERING:
            if self.state is _CLOSING:
                return
            raise CallerError("there is no request to answer: take one from next_request() first")
        if self._encode_answer is not None:
            encoded = self._encode_answer(answer)
        elif self.sequence_id != _FIRST_ANSWER:
            encoded = answer_packets(answer, self.form, self.sequence_id)
        else:
            encoded = answer.encodings.get(self._key) or self._encoded(answer)
        self._due.append(encoded)
        self.state = _READY
        self.command, self.since, self.info = "Sleep", self.server.clock(), None
        if self._finishing:
            self.close()

    def data_to_send(self) -> bytes:
        """Everything that is due, which is forgotten here."""
        due = self._due
        if not due:
            return b""
        self._due = []
        return due[0] if len(due) == 1 else b"".join(due)

    @property
    def closing(self) -> bool:
        """Close the connection once :meth:`data_to_send` is sent."""
        return self.state is _CLOSING

    def finish(self) -> None:
        """Take no further command; be closing as soon as the request in flight is answered."""
        self._finishing = True
        if self.state is not _ANSWERING:
            self.close()

    def connection_lost(self) -> None:
        """The connection is gone: the server forgets the session."""
        self.server.sessions.pop(self.connection_id, None)
        self.close()

    # --- what the status bits and the character sets follow ----------------------------------

    @property
    def autocommit(self) -> bool:
        """Status bit AUTOCOMMIT."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, on: bool) -> None:
        self._autocommit = on
        self._refresh()

    @property
    def in_transaction(self) -> bool:
        """Status bit IN_TRANS."""
        return self._in_transaction

    @in_transaction.setter
    def in_transaction(self, on: bool) -> None:
        self._in_transaction = on
        self._refresh()

    def _variable_changed(self, name: str) -> None:
        if name == "character_set_results":
            self._results_collation = None
        if name in ("character_set_client", "character_set_results"):
            self._refresh()

    def _refresh(self) -> None:
        """Work out what the bytes of answers depend on, so that nothing need be looked up per query."""
        status = (Status.AUTOCOMMIT if self._autocommit else 0) | (Status.IN_TRANS if self._in_transaction else 0)
        self.client_charset = charset(self._variable("character_set_client")) or UTF8MB4
        # NULL is no name of a set: texts are sent as the server has them.
        results = charset(self._variable("character_set_results")) or UTF8MB4
        collation_id = self._results_collation or results.default_collation_id
        self.form = Form(bool(self.capabilities & Capability.DEPRECATE_EOF), int(status), results, collation_id)
        self._key = self.form.key

    def _variable(self, name: str) -> Any:
        return self.variables[name] if name in self.variables else self.server.global_variables.get(name, "utf8mb4")

    # --- the connection phase -----------------------------------------------------------------

    def _log_in(self) -> None:
        assert self._login is not None
        while self.state is _LOGIN:
            try:
                payload = self._packets.next_payload()
            except ProtocolError as problem:
                self._break_off(problem)
                return
            if payload is None:
                return
            replies = self._login.receive(payload)
            self._due.append(packets(replies, self._packets.sequence_id))
            self._packets.sequence_id = (self._packets.sequence_id + len(replies)) & 255
            if self._login.outcome is Outcome.REFUSED:
                self.close()
            elif self._login.outcome is Outcome.ACCEPTED:
                self._begin(self._login)

    def _begin(self, login: Login) -> None:
        """The user is in."""
        response = login.response
        assert response is not None
        self.capabilities = response.capabilities
        self.user, self.database, self.client = response.user, response.database, response.attributes
        name = response.collation.charset.name
        self.variables["character_set_client"] = name
        self.variables["character_set_connection"] = name
        self.variables["character_set_results"] = name
        self.variables["collation_connection"] = response.collation.name
        self._results_collation = response.collation.collation_id
        self._refresh()
        self._packets.limit = self.server.max_allowed_packet
        self._packets.sequence_id = COMMAND_SEQUENCE
        self._login = None
        self.state = _READY
        self.command, self.since = "Sleep", self.server.clock()
        self.server.sessions[self.connection_id] = self

    # --- what the commands use ----------------------------------------------------------------

    def ask(self, command: str, shown: str, text: str, encode: Callable[[Answer], bytes] | None = None) -> Request:
        """Make a request, which is now the one in flight.

        Args:
            command: the word of :class:`sockservice.answers.Request`.
            shown: the command as in SHOW PROCESSLIST.
            text: of the request.
            encode: what makes packets of its answer, where that is not done as for a query.
        """
        self.state = _ANSWERING
        self.command, self.since, self.info = shown, self.server.clock(), text
        self._encode_answer = encode
        return Request(command, text, self)

    def reply(self, payload: bytes) -> None:
        """Answer the command under way with one packet."""
        self._due.append(packet(payload, self.sequence_id))

    def reset(self) -> None:
        """Forget all that the client has set: variables, transaction, character sets."""
        self.variables.clear()
        self.user_variables.clear()
        self._autocommit, self._in_transaction = True, False
        self._refresh()

    def close(self) -> None:
        """Read nothing more; what is due is still sent."""
        self.state = _CLOSING
        self._packets.clear()

    # --- bytes --------------------------------------------------------------------------------

    def _encoded(self, answer: Answer) -> bytes:
        """An answer's bytes, which are kept with it where it cannot change and is not huge."""
        encoded = answer_packets(answer, self.form, _FIRST_ANSWER)
        lasting = not isinstance(answer, Rows) or isinstance(answer.rows, (tuple, list))
        if lasting and len(encoded) <= _KEPT_BYTES:
            if len(answer.encodings) >= _KEPT_FORMS:
                answer.encodings.clear()
            answer.encodings[self._key] = encoded
        return encoded

    def _break_off(self, problem: ProtocolError) -> None:
        """Say what the client did wrong, and close."""
        refusal = error_payload(Error(problem.code, problem.sqlstate, str(problem)), self.form.charset)
        self._due.append(packet(refusal, self._packets.sequence_id))
        self.close()
