"""How a session asks a responder, and sends what it answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import attrs
from zope.interface import implementer

from sockservice.answers import Answer, Disturbed, Error, LocalInfile, Request, Value
from sockservice.errors import CallerError
from sockservice.interfaces import ISession
from sockservice.mysql.answer_parts import Part, reply_parts, result_parts
from sockservice.mysql.constants import Capability, Status
from sockservice.mysql.diagnostics import keeps_warnings
from sockservice.mysql.disturbance_set import NOTHING_WRONG, undisturbed
from sockservice.mysql.disturbed_payloads import disturbed
from sockservice.mysql.file_transfer import FileTransfer, disturbed_behind, file_request, refusal
from sockservice.mysql.own_reply import NOBODY, Encode, OwnReply
from sockservice.mysql.packet_stream import PacketStream
from sockservice.mysql.packets import COMMAND_SEQUENCE, packet, packets
from sockservice.mysql.results import (
    Form,
    answer_packets,
    answer_payloads,
    is_lazy,
    sound_error_payload,
)
from sockservice.mysql.session_sending import SessionSending
from sockservice.mysql.small_results import small_result
from sockservice.mysql.state import State

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
class SessionAnswers(SessionSending):
    """The part of a session that asks and answers.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        peer: where the client is, as far as that is known at first.

    Attributes:
        disturbances: what is wrong with the answer that is being encoded.
        For the others see :class:`sockservice.mysql.session_sending.SessionSending`.
    """

    __slots__ = ("_binary", "_encode_answer", "_key", "disturbances")

    def __init__(self, server: Server, connection_id: int, peer: Peer) -> None:
        super().__init__(server, connection_id, peer)
        self.disturbances = NOTHING_WRONG
        # The key of the kept bytes that would do for the request in flight; None where none do.
        self._key: int | None = None
        # How the answer in flight is encoded where it is not that of a statement; whether its rows are binary.
        self._encode_answer: Encode | OwnReply | None = None
        self._binary = False

    # --- asking -------------------------------------------------------------------------------

    def ask(self, command: str, shown: str, text: str, encode: Encode | OwnReply | None = None) -> Request:
        """Make a request, which is now the one in flight.

        Args:
            command: the word of :class:`sockservice.answers.Request`.
            shown: the command as in SHOW PROCESSLIST.
            text: of the request.
            encode: what makes payloads of its answer, where that is not done as for a query.
        """
        if self.warnings and not keeps_warnings(command, text):
            self.warnings = ()
        self.state = _ANSWERING
        self.command, self.since, self.info = shown, self.server.clock(), text
        self._encode_answer = encode
        self._binary = False
        self._key = self.text_key if encode is None else None
        return Request(command, text, self)

    def ask_or_do(
        self,
        command: str,
        shown: str,
        own: Callable[[], list[bytes]],
        *,
        text: str = "",
        refuse: Callable[[Error], list[bytes]] | None = None,
    ) -> Request | None:
        """Make a request of a command that the server can answer itself; or do that, where nobody is to be asked.

        Args:
            command: the word of :class:`sockservice.answers.Request`.
            shown: the command as in SHOW PROCESSLIST.
            own: does what the command says, and gives the payloads of the answer.
            text: of the request.
            refuse: the same for an error of the responder; by default the error is the answer.
        """
        if command not in self.server.asks:
            self.state = _ANSWERING
            self._say_and_go_on(own())
            return None
        warnings = self.warnings
        request = self.ask(command, shown, text, OwnReply(own, refuse or self._refusal))
        self.warnings = warnings
        return request

    def _refusal(self, problem: Error) -> list[bytes]:
        return [sound_error_payload(problem, self.form.charset)]

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
        encode: Encode | None = None,
    ) -> Request:
        """Make a request of a prepared statement; arguments as for :class:`Request` and :meth:`ask`."""
        self.ask("execute", "Execute", text, encode)
        self._binary = True
        self._key = self.binary_key if encode is None else None
        return Request("execute", text, self, params, attributes)

    # --- answering ----------------------------------------------------------------------------

    def answer(self, answer: Answer | None) -> None:
        """Answer the request that was given out last; or, while ``sending``, end with an error what is being sent.

        While a :attr:`file` comes, an error says that the rest of it is of no use.

        An answer that comes when the session is closing already is dropped.

        Args:
            answer: what to answer; None where nobody has an answer: the server's own then, or error 1105.

        Raises:
            CallerError: no request was given out.
        """
        if self.state is not _ANSWERING:
            self.answer_otherwise(answer)
            return
        if answer is None:
            self._send(None if isinstance(self._encode_answer, OwnReply) else NOBODY)
            return
        encoded = answer.encodings.get(self._key)
        if encoded is None or self.sequence_id != FIRST_ANSWER or self._finishing:
            self._send(answer)
            return
        self.due.append(encoded)
        # As in _answered().
        self.state = _READY
        self.command, self.since, self.info = "Sleep", self.server.clock(), None

    def answer_otherwise(self, answer: Answer | None) -> None:
        """What :meth:`answer` does where no request is in flight."""
        if self.state is _CLOSING:
            return
        if self.file is not None:
            if isinstance(answer, Error):
                self.file.fail(answer)
            return
        stream = self._stream
        if stream is None or not isinstance(answer, Error):
            raise CallerError("there is no request to answer: take one from next_request() first")
        rest = stream.rest
        if rest is None:
            self.close()
            return
        self.due.append(rest + packet(sound_error_payload(answer, self.form.charset), stream.sequence_id))
        self._stream, self.pause, self.behind = None, 0.0, None
        self._answered(failed=True)

    def reply_with(self, answer: Answer) -> None:
        """Answer the command under way without asking anybody."""
        self.due.append(answer_packets(answer, self.form_of(answer), self.sequence_id))

    def _say_and_go_on(self, payloads: list[bytes]) -> None:
        """Answer the command under way with all of its payloads."""
        if payloads:
            self.due.append(packets(payloads, self.sequence_id))
        self._go_on()

    def _send(self, answer: Answer | None) -> None:
        """Make the bytes of an answer, which are kept with it where it cannot change and is not huge."""
        if isinstance(answer, Disturbed):
            self._send_disturbed(answer)
            return
        if self._encode_answer is not None:
            self._say_and_go_on(self._encode_answer(answer))  # type: ignore[arg-type] # None is for an OwnReply only
            return
        assert answer is not None
        if isinstance(answer, LocalInfile):
            if self._takes_files:
                self._ask_for(answer)
                return
            answer = refusal(mariadb=self.server.mariadb)
        form, failed = self._form(answer), False
        is_usual = self.sequence_id == FIRST_ANSWER and not form.state
        encoded = small_result(answer, form) if is_usual and not self._further else None
        if encoded is None:
            payloads = answer_payloads(answer, form)
            if is_lazy(answer):
                self.stream(payloads)
                return
            stream = PacketStream(payloads, self.sequence_id)
            encoded, failed = stream.read(None), stream.failed
            self.sequence_id = stream.sequence_id & 255
        if is_usual and len(encoded) <= _KEPT_BYTES:
            if len(answer.encodings) >= _KEPT_FORMS:
                answer.encodings.clear()
            answer.encodings[form.key] = encoded
        self.due.append(encoded)
        self._answered(failed=failed)

    def _form(self, answer: Answer) -> Form:
        """The form of an answer to a statement."""
        form = self.form_of(answer, binary=self._binary)
        return form.with_status(Status.MORE_RESULTS_EXISTS) if self._further else form

    @property
    def _takes_files(self) -> bool:
        return bool(self.server.takes_files and self.capabilities & Capability.LOCAL_FILES and not self._binary)

    def _send_disturbed(self, answer: Disturbed) -> None:
        """Begin with an answer that something is wrong with; of one around a file, the end is disturbed."""
        inner, self.disturbances = undisturbed(answer)
        if isinstance(inner, LocalInfile) and self._encode_answer is None:
            if self._takes_files:
                self._ask_for(disturbed_behind(inner, answer))
                return
            inner = refusal(mariadb=self.server.mariadb)
        form, parts = self._parts(inner)
        wrong, self.disturbances = self.disturbances, NOTHING_WRONG
        lazy = inner is not None and is_lazy(inner)
        self.stream_disturbed(disturbed(parts, wrong, form), wrong, self.sequence_id, lazy=lazy)

    def _parts(self, answer: Answer | None) -> tuple[Form, Iterable[Part]]:
        """The parts of an answer that is disturbed, and the form that they are made in."""
        encode = self._encode_answer
        if isinstance(encode, OwnReply):
            silent = answer is None and self.disturbances.silences
            return self.form, () if silent else reply_parts(encode(answer))
        if answer is None:
            return self.form, ()
        if encode is None:
            form = self._form(answer)
            payloads = answer_payloads(answer, form)
            return form, result_parts(map(bytes, payloads), form)
        if self._binary:
            # What opens a cursor: behind its columns stands what ends them, always.
            form = attrs.evolve(self.form, binary=True, deprecate_eof=True)
            return form, result_parts(encode(answer), form)
        return self.form, reply_parts(encode(answer))

    def _ask_for(self, answer: LocalInfile) -> None:
        """Ask the client for its file."""
        self.due.append(packet(file_request(answer, self.form.charset.encode), self.sequence_id))
        self.packets.sequence_id = (self.sequence_id + 1) & 255
        self.file, self.state = FileTransfer(answer, self.packets), _RECEIVING
        self.timeouts.heard()

    def refresh(self) -> None:
        """The settings have changed, perhaps by the request in flight."""
        super().refresh()
        if self._key is not None:
            self._key = self.binary_key if self._binary else self.text_key
