"""How a session asks a responder, and sends what it answers."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from zope.interface import implementer

from sockservice.answers import Answer, Error, LocalInfile, Request, Value
from sockservice.errors import CallerError
from sockservice.interfaces import ISession
from sockservice.mysql.compression import CompressedPackets
from sockservice.mysql.connection_phase import LOGIN_PACKET_LIMIT
from sockservice.mysql.constants import Capability, Status
from sockservice.mysql.file_transfer import FileTransfer, file_request, refusal
from sockservice.mysql.packet_stream import PacketStream
from sockservice.mysql.packets import COMMAND_SEQUENCE, PacketReader, packet, packets
from sockservice.mysql.results import answer_packets, answer_payloads, error_payload, is_error, is_lazy
from sockservice.mysql.session_identity import SessionIdentity
from sockservice.mysql.state import State
from sockservice.mysql.timeouts import DEFAULTS, Timeouts

if TYPE_CHECKING:
    from sockservice.mysql.peer import Peer
    from sockservice.mysql.server import Server

_KEPT_FORMS: Final = 32
"""For how many forms (status, character set) the bytes of one answer are kept."""
_KEPT_BYTES: Final = 16 * 1024 * 1024
"""The longest bytes of an answer that are kept."""

FIRST_ANSWER: Final = COMMAND_SEQUENCE + 1
"""The sequence id of the answer to a command of one packet: what the bytes kept with an answer begin with."""

# Names of this module: an enum's member takes longer to look up than the rest of a step does.
_LOGIN, _READY, _ANSWERING, _RECEIVING, _SENDING, _CLOSING = State


@implementer(ISession)
class SessionAnswers(SessionIdentity):
    """The part of a session that asks and answers.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        peer: where the client is, as far as that is known at first.

    Attributes:
        state: a :class:`State`.
        closing: close the connection once :meth:`data_to_send` is sent.
        wants_tls: start TLS, then call :meth:`Session.start_tls`: what the client sends next is not for the session.
        sequence_id: with which the answer to the command under way begins.
        packets: what came and was not taken yet.
        file: the one that the client was asked for, while it comes.
        timeouts: when the client has kept the session waiting for too long.
    """

    __slots__ = (
        "_binary",
        "_compression",
        "_due",
        "_encode_answer",
        "_finishing",
        "_further",
        "_key",
        "_stream",
        "closing",
        "command",
        "file",
        "info",
        "packets",
        "sequence_id",
        "since",
        "state",
        "wants_tls",
    )
    timeouts: Timeouts

    def __init__(self, server: Server, connection_id: int, peer: Peer) -> None:
        super().__init__(server, connection_id, peer)
        self.state = _LOGIN
        self.closing = False
        self.wants_tls = False
        self.command = "Connect"
        self.since = server.clock()
        self.info: str | None = None
        self.sequence_id = 0
        self.packets = PacketReader(LOGIN_PACKET_LIMIT)
        self.file: FileTransfer | None = None
        self._compression: CompressedPackets | None = None
        # The key of the kept bytes that would do for the request in flight; None where none do.
        self._key: int | None = None
        # How the answer in flight is encoded where it is not that of a statement; whether its rows are binary.
        self._encode_answer: Callable[[Answer], bytes] | None = None
        self._binary = False
        # The statements of the query under way that are not answered yet.
        self._further: deque[Callable[[], Request]] = deque()
        self._stream: PacketStream | None = None
        self._finishing = False
        self._due: list[bytes] = []

    # --- asking -------------------------------------------------------------------------------

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
        self._binary = False
        self._key = self.text_key if encode is None else None
        return Request(command, text, self)

    def ask_statements(self, statements: list[str], attributes: Mapping[str, Value]) -> Request:
        """Make a request of each statement of a query, one after the other; the first one now.

        Args:
            statements: at least one.
            attributes: the query's.
        """
        return self.ask_each(functools.partial(self._ask_statement, text, attributes) for text in statements)

    def _ask_statement(self, text: str, attributes: Mapping[str, Value]) -> Request:
        request = self.ask("query", "Query", text)
        if self._further:
            self._key = None
        return Request("query", text, self, (), attributes) if attributes else request

    def ask_each(self, requests: Iterable[Callable[[], Request]]) -> Request:
        """Make several requests of one command, one after the other; the first one now."""
        self._further.extend(requests)
        return self._further.popleft()()

    def ask_no_further(self) -> None:
        """The requests of this command that were not made yet are not made."""
        self._further.clear()

    def ask_execute(
        self,
        text: str,
        params: tuple[Value, ...],
        attributes: Mapping[str, Value],
        encode: Callable[[Answer], bytes] | None = None,
    ) -> Request:
        """Make a request of a prepared statement; arguments as for :class:`Request` and :meth:`ask`."""
        self.ask("execute", "Execute", text, encode)
        self._binary = True
        self._key = self.binary_key if encode is None else None
        return Request("execute", text, self, params, attributes)

    # --- answering ----------------------------------------------------------------------------

    def answer(self, answer: Answer) -> None:
        """Answer the request that was given out last; or, while ``sending``, end with an error what is being sent.

        While a :attr:`file` comes, an error says that the rest of it is of no use.

        An answer that comes when the session is closing already is dropped.

        Raises:
            CallerError: no request was given out.
        """
        if self.state is not _ANSWERING:
            self.answer_otherwise(answer)
            return
        encoded = answer.encodings.get(self._key)
        if encoded is None or self.sequence_id != FIRST_ANSWER or self._finishing:
            self._send(answer)
            return
        self._due.append(encoded)
        # As in _answered().
        self.state = _READY
        self.command, self.since, self.info = "Sleep", self.server.clock(), None

    def answer_otherwise(self, answer: Answer) -> None:
        """What :meth:`answer` does where no request is in flight."""
        if self.state is _CLOSING:
            return
        if self.file is not None:
            if isinstance(answer, Error):
                self.file.fail(answer)
            return
        if self._stream is not None and isinstance(answer, Error):
            self._due.append(packet(error_payload(answer, self.form.charset), self._stream.sequence_id))
            self._stream = None
            self._answered(failed=True)
        else:
            raise CallerError("there is no request to answer: take one from next_request() first")

    def reply(self, payload: bytes) -> None:
        """Answer the command under way with one packet."""
        self._due.append(packet(payload, self.sequence_id))

    def reply_with(self, answer: Answer) -> None:
        """Answer the command under way without asking anybody."""
        self._due.append(answer_packets(answer, self.form_of(answer), self.sequence_id))

    def stream(self, payloads: Iterable[bytes]) -> None:
        """Answer the command under way with payloads that are made while they are sent."""
        self._stream = PacketStream(payloads, self.sequence_id)
        self.state = _SENDING

    def say(self, payloads: list[bytes]) -> None:
        """Send packets whose sequence ids go on from the client's last one."""
        self._due.append(packets(payloads, self.packets.sequence_id))
        self.packets.sequence_id = (self.packets.sequence_id + len(payloads)) & 255

    def push(self, problem: Error) -> None:
        """Tell the client something that it did not ask for."""
        if self._compression is not None:
            self._compression.begin()
        self._due.append(packet(error_payload(problem, self.form.charset), COMMAND_SEQUENCE))

    def _send(self, answer: Answer) -> None:
        """Make the bytes of an answer, which are kept with it where it cannot change and is not huge."""
        if self._encode_answer is not None:
            self._due.append(self._encode_answer(answer))
            self._answered()
            return
        if isinstance(answer, LocalInfile):
            if self.server.takes_files and self.capabilities & Capability.LOCAL_FILES and not self._binary:
                self._ask_for(answer)
                return
            answer = refusal(mariadb=self.server.mariadb)
        form = self.form_of(answer, binary=self._binary)
        if self._further:
            form = form.with_status(Status.MORE_RESULTS_EXISTS)
        payloads = answer_payloads(answer, form)
        if is_lazy(answer):
            self.stream(payloads)
            return
        stream = PacketStream(payloads, self.sequence_id)
        encoded = stream.read(None)
        if self.sequence_id == FIRST_ANSWER and not form.state and len(encoded) <= _KEPT_BYTES:
            if len(answer.encodings) >= _KEPT_FORMS:
                answer.encodings.clear()
            answer.encodings[form.key] = encoded
        self._due.append(encoded)
        self.sequence_id = stream.sequence_id & 255
        self._answered(failed=is_error(stream.last))

    def _ask_for(self, answer: LocalInfile) -> None:
        """Ask the client for its file."""
        self._due.append(packet(file_request(answer, self.form.charset.encode), self.sequence_id))
        self.packets.sequence_id = (self.sequence_id + 1) & 255
        self.file, self.state = FileTransfer(answer, self.packets), _RECEIVING
        self.timeouts.heard()

    def _next_piece(self, stream: PacketStream) -> bytes:
        piece = stream.read()
        if stream.ended:
            self._stream = None
            self.sequence_id = stream.sequence_id & 255
            self._answered(failed=is_error(stream.last))
        return piece

    def _answered(self, *, failed: bool = False) -> None:
        """The answer in flight is on its way; where it was an error, what the query says behind it is not done."""
        self.state = _READY
        self.command, self.since, self.info = "Sleep", self.server.clock(), None
        if failed:
            self._further.clear()
        if self._finishing and not self._further:
            self.close()

    # --- sending ------------------------------------------------------------------------------

    def data_to_send(self) -> bytes:
        """Everything that is due, which is forgotten here.

        While ``sending``, a piece of the rows; what making them raises comes through here, and the answer is then to
        be ended with an error.
        """
        due = self._due
        if not due:
            if self._stream is None:
                return b""
            due = [self._next_piece(self._stream)]
        self._due = []
        if self._compression is not None:
            return self._compression.pack(due)
        return due[0] if len(due) == 1 else b"".join(due)

    @property
    def sending(self) -> bool:
        """Call :meth:`data_to_send` again once the client has taken what it gave."""
        return self.state is _SENDING

    def close(self) -> None:
        """Read nothing more; what is due is still sent."""
        self.file = None
        self.state, self.closing, self.wants_tls = _CLOSING, True, False
        self._stream = None
        self._further.clear()
        self.packets.clear()

    def _variable_changed(self, name: str) -> None:
        super()._variable_changed(name)
        if name in DEFAULTS:
            self.timeouts.on_earlier()

    def refresh(self) -> None:
        """The settings have changed, perhaps by the request in flight."""
        super().refresh()
        if self._key is not None:
            self._key = self.binary_key if self._binary else self.text_key
