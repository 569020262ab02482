"""One MySQL session, sans-IO: bytes in, requests out, answers to bytes.

``receive`` what came, take ``next_request`` until there is none, ``answer`` each, send ``data_to_send``, and close the
connection once ``closing`` is true. Commands that need no responder (ping, statistics) are answered here. Commands may
be pipelined: the next request is given out when the one before is answered. Rows that come one by one are sent in
pieces: while ``sending`` is true, there is more ``data_to_send``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final, Literal

from sockservice.answers import Answer, Error, Request
from sockservice.error_codes import error
from sockservice.errors import ProtocolError
from sockservice.mysql.commands import COMMANDS, unknown
from sockservice.mysql.compression import CompressedPackets, chosen_algorithm
from sockservice.mysql.connection_phase import LOGIN_PACKET_LIMIT, ConnectionPhase
from sockservice.mysql.constants import Capability, Command
from sockservice.mysql.disturbed_stream import DisturbedStream
from sockservice.mysql.file_transfer import FileStep
from sockservice.mysql.handshake import HandshakeResponse
from sockservice.mysql.packets import COMMAND_SEQUENCE, packet
from sockservice.mysql.results import error_payload
from sockservice.mysql.session_answers import FIRST_ANSWER, SessionAnswers
from sockservice.mysql.state import State
from sockservice.mysql.statements import Statements
from sockservice.mysql.timeouts import Timeouts

if TYPE_CHECKING:
    from sockservice.mysql.peer import Peer
    from sockservice.mysql.server import Server

_QUERY: Final = bytes((Command.QUERY,))
_MOST_REPLIES: Final = 64
"""How many commands are answered here at a stretch: they are short, but a client may pipeline thousands."""

_QUERY_WITHOUT_ATTRIBUTES: Final = _QUERY + b"\0\1"
"""How a query begins for a client that may send attributes with it, and sends none."""

# Names of this module: an enum's member takes longer to look up than the rest of a step does.
_LOGIN, _READY, _ANSWERING, _RECEIVING, _SENDING, _CLOSING = State


class Session(SessionAnswers):
    """One session; made by :meth:`sockservice.mysql.Server.session`.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        peer: where the client is, as far as that is known at first.

    Attributes:
        certificate: which flaw the certificate of TLS has to have; ``""`` for none.
        more: commands wait that need no responder: send what is due, then call :meth:`next_request` again.
        statements: the prepared statements.
        on_kill: called when another session has ended the request in flight, or this session: who drives it gives up
            what it waits for, and goes on with ``data_to_send``.
        For the others see :class:`sockservice.mysql.session_sending.SessionSending` and what that is made of.
    """

    __slots__ = (
        "_most_buffered",
        "_phase",
        "_query",
        "_query_size",
        "certificate",
        "more",
        "on_kill",
        "statements",
        "timeouts",
    )

    def __init__(self, server: Server, connection_id: int, peer: Peer) -> None:
        super().__init__(server, connection_id, peer)
        self.timeouts = Timeouts(self)
        self.more = False
        self._most_buffered = 2 * server.max_allowed_packet + LOGIN_PACKET_LIMIT
        self.statements = Statements(server.max_prepared_statements, server.max_allowed_packet)
        self.on_kill: Callable[[], None] = lambda: None
        # How a query without attributes begins.
        self._query, self._query_size = _QUERY, len(_QUERY)
        self.certificate: Literal["", "expired", "wrong_host"] = ""
        self._phase: ConnectionPhase | None = ConnectionPhase(self)
        self._phase.connect()

    # --- what the connection calls ------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes that arrived, in any chunks. Never raises for what they are: errors are answered."""
        if self.state is _CLOSING:
            return
        # The pump stops reading while a request is in flight; this holds where it does not.
        if self.packets.feed(data) > self._most_buffered:
            self.break_off(ProtocolError("Got a packet bigger than 'max_allowed_packet' bytes", 1153, "08S01"))
        elif self._phase is not None:
            self._phase.receive()

    def next_request(self) -> Request | None:
        """The next command that a responder must answer, or None while there is none.

        Call it after each :meth:`receive` and :meth:`answer`, until it returns None: commands that need no
        responder are answered on the way.
        """
        replies = 0
        while self.state is _READY:
            if self._further:
                return self._further.popleft()()
            if self.packets.idle:
                break
            payload = self.packets.whole_payload()
            if payload is not None:
                self.sequence_id = FIRST_ANSWER
            else:
                try:
                    payload = self.packets.next_payload()
                except ProtocolError as problem:
                    self.break_off(problem)
                    break
                if payload is None:
                    self.timeouts.heard()
                    break
                self.sequence_id = self.packets.sequence_id
                self.packets.sequence_id = COMMAND_SEQUENCE
            self.server.questions += 1
            if payload.startswith(self._query) and payload[-1] and b";" not in payload:
                return self.ask("query", "Query", self.client_charset.decode(payload[self._query_size :]))
            take = COMMANDS.get(payload[0] if payload else Command.SLEEP, unknown)
            request = take(self, payload[1:])
            if request is not None:
                return request
            replies += 1
            if replies == _MOST_REPLIES:
                self.more = True
                return None
        self.more = False
        return None if self._phase is None else self._phase.request()

    def file_step(self) -> FileStep | None:
        """What to do next with the :attr:`file` that the client sends, or None while nothing of it is here.

        What that gives is to be given to :meth:`answer`, unless it is None.
        """
        file = self.file
        assert file is not None
        try:
            step = file.next_step()
        except ProtocolError as problem:
            self.break_off(problem)
            return None
        if file.ended:
            self.file, self.state = None, _ANSWERING
            self.sequence_id, self.packets.sequence_id = self.packets.sequence_id, COMMAND_SEQUENCE
        else:
            self.timeouts.heard()
        return step

    @property
    def is_logging_in(self) -> bool:
        """Whether the client has to say who it is, or to wait until it is greeted."""
        return self.state is _LOGIN and self._phase is not None and self._phase.asked in (None, "connect")

    def finish(self) -> None:
        """Take no further command; be closing as soon as the request in flight is answered.

        A silence before its answer is over at once; where it has no end, nothing is answered.
        """
        self._finishing = True
        stream = self._stream
        stalls = isinstance(stream, DisturbedStream) and (stream.stalls or self.pause == inf)
        if self._phase is not None or self.state not in (_ANSWERING, _SENDING) or (stalls and self.pause == inf):
            self.close()
        elif stalls:
            self.pause = 0.0

    def kill(self, *, query: bool) -> None:
        """End the request in flight with error 1317, or the session without a word.

        Args:
            query: only the request, of which there may be none.
        """
        if not query:
            self.close()
        elif self.state is _SENDING:
            self.answer(error("ER_QUERY_INTERRUPTED"))
        elif self.file is not None:
            self.file.fail(error("ER_QUERY_INTERRUPTED"))
        elif self.state is not _ANSWERING:
            return
        self.on_kill()

    def connection_lost(self) -> None:
        """The connection is gone: the server forgets the session, and the session what its client made it keep.

        To be called as soon as the client has left; then again, which does nothing, when its connection is closed.
        """
        if self.over:
            return
        self.over = True
        if self._phase is not None:
            self.server.aborted_connects += 1
        elif self.state is not _CLOSING:
            self.server.aborted_clients += 1
        self.server.sessions.pop(self.connection_id, None)
        self.close()
        self.user_variables.clear()
        self._end_use()

    def _end_use(self) -> None:
        """Nobody uses the session any more: tell those who keep something for it."""
        ending, self.on_end = self.on_end, []
        for each in ending:
            each()

    # --- the connection phase -----------------------------------------------------------------

    def start_tls(self) -> bytes:
        """TLS is started, as :attr:`wants_tls` asked for: from now on, what is received came through it.

        Returns:
            What was received since the client asked for it: bytes for TLS to read before all others.
        """
        assert self._phase is not None
        self.wants_tls = False
        return self._phase.start_tls()

    def change_user(self, arguments: bytes) -> None:
        """COM_CHANGE_USER: forget everything, and log in once more."""
        self.reset()
        self._end_use()
        self.user_variables.clear()
        self.server.sessions.pop(self.connection_id, None)
        self.state, self.since = _LOGIN, self.server.clock()
        self._phase = ConnectionPhase(self)
        self.timeouts.on_earlier()
        self._phase.change_user(arguments)

    def begin(self, response: HandshakeResponse) -> None:
        """The user is in: commands may come."""
        self.packets.limit = self.server.max_allowed_packet
        self.packets.sequence_id = COMMAND_SEQUENCE
        self._compress(response)
        attributes = self.capabilities & Capability.QUERY_ATTRIBUTES
        self._query = _QUERY_WITHOUT_ATTRIBUTES if attributes else _QUERY
        self._query_size = len(self._query)
        self.begin_settings()
        self._phase = None
        self.state = _READY
        self.command, self.since = "Sleep", self.server.clock()
        self.server.sessions[self.connection_id] = self

    def _compress(self, response: HandshakeResponse) -> None:
        """Both directions are compressed from here on, where that was agreed; what is due already is not."""
        algorithm = chosen_algorithm(response.capabilities, response.zstd_level)
        if algorithm is not None and self._compression is None:
            self.compression = algorithm.name
            self._compression = CompressedPackets(algorithm, self.packets.limit, len(self.due))
            self._compression.feed(self.packets.rest())
            self.packets = self._compression

    def reset(self) -> None:
        """Forget all that the client has set: variables, transaction, character sets, statements."""
        self.statements.clear()
        self.forget_settings()

    def answer_otherwise(self, answer: Answer | None) -> None:
        """As above; the connection phase may have asked too."""
        if self._phase is not None and self._phase.asked is not None and self.state is not _CLOSING:
            self._phase.answer(answer)
        else:
            super().answer_otherwise(answer)

    def break_off(self, problem: ProtocolError) -> None:
        """Say what the client did wrong, and close."""
        refusal = error_payload(Error(problem.code, problem.sqlstate, str(problem)), self.form.charset)
        self.due.append(packet(refusal, self.packets.sequence_id))
        self.close()
