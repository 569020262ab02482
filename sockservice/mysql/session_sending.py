"""How a session sends what is due: packets, answers that are made while they are sent, and their pauses and ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from math import inf
from typing import TYPE_CHECKING

from sockservice.answers import Error, Request
from sockservice.disturbances import Ending
from sockservice.mysql.compression import CompressedPackets
from sockservice.mysql.connection_phase import LOGIN_PACKET_LIMIT
from sockservice.mysql.disturbance_set import DisturbanceSet
from sockservice.mysql.disturbed_payloads import Step
from sockservice.mysql.disturbed_stream import DisturbedStream
from sockservice.mysql.file_transfer import FileTransfer
from sockservice.mysql.long_payload import Payload
from sockservice.mysql.packet_stream import PacketStream
from sockservice.mysql.packets import COMMAND_SEQUENCE, PacketReader, packet, packets
from sockservice.mysql.results import error_payload
from sockservice.mysql.session_identity import SessionIdentity
from sockservice.mysql.state import State
from sockservice.mysql.timeouts import DEFAULTS, Timeouts

if TYPE_CHECKING:
    from sockservice.mysql.peer import Peer
    from sockservice.mysql.server import Server

# Names of this module: an enum's member takes longer to look up than the rest of a step does.
_LOGIN, _READY, _ANSWERING, _RECEIVING, _SENDING, _CLOSING = State


class SessionSending(SessionIdentity):
    """The part of a session that sends.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        peer: where the client is, as far as that is known at first.

    Attributes:
        state: a :class:`State`.
        closing: close the connection once :meth:`data_to_send` is sent.
        resets: whether the connection is to be reset where it is to be closed.
        wants_tls: start TLS, then call :meth:`Session.start_tls`: what the client sends next is not for the session.
        sequence_id: with which the answer to the command under way begins.
        packets: what came and was not taken yet.
        due: the packets that wait for :meth:`data_to_send`; empty while there are none.
        file: the one that the client was asked for, while it comes.
        pause: seconds to wait before more is sent; infinite for ever, 0 for no pause. To be set to 0 when it is over:
            until then :meth:`data_to_send` gives nothing of the answer.
        behind: what is done behind the answer under way, in place of taking the next command.
        timeouts: when the client has kept the session waiting for too long.
    """

    __slots__ = (
        "_compression",
        "_finishing",
        "_further",
        "_stream",
        "behind",
        "closing",
        "command",
        "due",
        "file",
        "info",
        "packets",
        "pause",
        "resets",
        "sequence_id",
        "since",
        "state",
        "wants_tls",
    )
    timeouts: Timeouts

    def __init__(self, server: Server, connection_id: int, peer: Peer) -> None:
        super().__init__(server, connection_id, peer)
        self.state = _LOGIN
        self.closing = self.resets = False
        self.wants_tls = False
        self.command = "Connect"
        self.since = server.clock()
        self.info: str | None = None
        self.sequence_id = 0
        self.packets = PacketReader(LOGIN_PACKET_LIMIT)
        self.file: FileTransfer | None = None
        self.pause = 0.0
        self.behind: Callable[[], None] | None = None
        self._compression: CompressedPackets | None = None
        # The statements of the query under way that are not answered yet.
        self._further: deque[Callable[[], Request]] = deque()
        self._stream: PacketStream | DisturbedStream | None = None
        self._finishing = False
        self.due: list[bytes] = []

    # --- what is to be sent -------------------------------------------------------------------

    def reply(self, payload: bytes) -> None:
        """Answer the command under way with one packet."""
        self.due.append(packet(payload, self.sequence_id))

    def stream(self, steps: Iterable[Payload]) -> None:
        """Answer the command under way with payloads that are made while they are sent."""
        self._stream = PacketStream(steps, self.sequence_id)
        self.state = _SENDING

    def stream_disturbed(
        self, steps: Iterable[Step], wrong: DisturbanceSet, sequence_id: int, *, lazy: bool = False
    ) -> None:
        """Answer with steps that are taken while they are sent.

        Args:
            steps: of the answer.
            wrong: what is wrong with it.
            sequence_id: of the first packet.
            lazy: whether it is of any length.
        """
        self._stream = DisturbedStream(steps, wrong, sequence_id, lazy=lazy)
        self.state = _SENDING

    def say(self, payloads: list[bytes]) -> None:
        """Send packets whose sequence ids go on from the client's last one."""
        self.due.append(packets(payloads, self.packets.sequence_id))
        self.packets.sequence_id = (self.packets.sequence_id + len(payloads)) & 255

    def push(self, problem: Error) -> None:
        """Tell the client something that it did not ask for."""
        if self._compression is not None:
            self._compression.begin()
        self.due.append(packet(error_payload(problem, self.form.charset), COMMAND_SEQUENCE))

    # --- sending it ---------------------------------------------------------------------------

    def data_to_send(self) -> bytes:
        """Everything that is due, which is forgotten here.

        While ``sending``, a piece of the answer, which may be nothing, and nothing during a :attr:`pause`. What making
        rows raises comes through here, and the answer is then to be ended with an error.
        """
        due = self.due
        if not due:
            if self._stream is None or self.pause:
                return b""
            compression = self._compression
            piece = self._next_piece(self._stream)
            if compression is not None:
                piece = compression.pack([piece])
            return piece + self.data_to_send() if self.due else piece
        self.due = []
        if self._compression is not None:
            return self._compression.pack(due)
        return due[0] if len(due) == 1 else b"".join(due)

    @property
    def sending(self) -> bool:
        """Call :meth:`data_to_send` again once the client has taken what it gave, and the :attr:`pause` is over."""
        return self.state is _SENDING

    def close(self) -> None:
        """Read nothing more; what is due is still sent."""
        self.file = None
        self.state, self.closing, self.wants_tls = _CLOSING, True, False
        self._stream, self.pause, self.behind = None, 0.0, None
        self._further.clear()
        self.packets.clear()

    def _variable_changed(self, name: str) -> None:
        super()._variable_changed(name)
        if name in DEFAULTS:
            self.timeouts.on_earlier()

    # --- behind an answer ---------------------------------------------------------------------

    def _next_piece(self, stream: PacketStream | DisturbedStream) -> bytes:
        piece = stream.read()
        if stream.ended:
            self._stream = None
            self.sequence_id = stream.sequence_id & 255
            self._go_on(failed=stream.failed)
            if isinstance(stream, DisturbedStream) and stream.idle_end is not None:
                self.timeouts.end_when_idle(stream.idle_end)
        elif isinstance(stream, DisturbedStream):
            self._obey(stream)
        return piece

    def _obey(self, stream: DisturbedStream) -> None:
        """Make the pause or the end that an answer says; who is finishing waits for no silence."""
        self.pause = inf if stream.ending is Ending.STALL else stream.pause
        if stream.ending in (Ending.FIN, Ending.RST) or (self._finishing and self.pause == inf):
            self.resets = stream.ending is Ending.RST
            self.close()
        elif self._finishing and stream.stalls:
            self.pause = 0.0

    def _go_on(self, *, failed: bool = False) -> None:
        """The answer in flight is on its way: do what is to be done behind it."""
        behind, self.behind = self.behind, None
        if behind is None:
            self._answered(failed=failed)
        else:
            behind()

    def _answered(self, *, failed: bool = False) -> None:
        """The answer in flight is on its way; where it was an error, what the query says behind it is not done."""
        self.state = _READY
        self.command, self.since, self.info = "Sleep", self.server.clock(), None
        if failed:
            self._further.clear()
        if self._finishing and not self._further:
            self.close()
