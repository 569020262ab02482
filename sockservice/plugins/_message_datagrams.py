"""The protocol of the service ``datagram``: the pump between a socket and what answers its messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger

from sockservice.answers import Answer
from sockservice.disturbances import Ending
from sockservice.interfaces import IResponder
from sockservice.messages.disturbed import Step, steps
from sockservice.messages.framing import CHUNKS
from sockservice.messages.session import MessageServer, MessageSession
from sockservice.plugins._message_request import ask, request_of

CLIENTS: Final = 10_000
"""Senders that are remembered, so that each keeps its session; the one not heard longest goes first."""

_log = Logger()


class MessageDatagrams(DatagramProtocol):
    """Answers each datagram on its own: a slow answer to one holds up no other.

    Args:
        server: what the sessions share.
        responder: what answers.
        clock: the reactor, for pauses.
        clients: how many senders are remembered.
        ended: called when the port has closed.
    """

    noisy = False

    def __init__(
        self,
        server: MessageServer,
        responder: IResponder,
        clock: IReactorTime,
        clients: int = CLIENTS,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._ended = ended
        self._server = server
        self._respond = responder.respond
        self._clock = clock
        self._most = clients
        self._sessions: dict[Any, MessageSession] = {}
        self._waiting: set[Deferred[Any]] = set()
        self._pauses: set[IDelayedCall] = set()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """Ask, and send the answer where the datagram came from."""
        self._server.questions += 1
        answer = ask(self._respond, request_of("message", datagram, self._session(addr)))
        if not isinstance(answer, Deferred):
            self._send(steps(answer, CHUNKS), addr)
            return
        self._waiting.add(answer)

        def answered(known: Answer | None) -> None:
            self._waiting.discard(answer)
            if self.transport is not None:
                self._send(steps(known, CHUNKS), addr)

        answer.addCallback(answered)

    def stopProtocol(self) -> None:
        """The port is closed: give up what is not answered."""
        self.transport = None
        for waiting in tuple(self._waiting):
            waiting.cancel()
        for pause in tuple(self._pauses):
            pause.cancel()
        self._pauses.clear()
        self._ended()

    def _session(self, address: Any) -> MessageSession:
        session = self._sessions.pop(address, None)
        if session is None:
            if len(self._sessions) >= self._most:
                gone = self._sessions.pop(next(iter(self._sessions)))
                del self._server.sessions[gone.connection_id]
            session = self._server.session(address[0], address[1])
            self._server.sessions[session.connection_id] = session
        self._sessions[address] = session
        return session

    def _send(self, due: Iterator[Step], address: Any) -> None:
        """Send a datagram for each piece; there is no connection that an ending could end."""
        try:
            for step in due:
                if isinstance(step, Ending):
                    return
                if isinstance(step, float):
                    self._send_later(step, due, address)
                    return
                if self.transport is not None:
                    self.transport.write(step, address)
        except (ValueError, OSError) as problem:
            _log.error("an answer cannot be sent: {problem}", problem=problem)

    def _send_later(self, seconds: float, due: Iterator[Step], address: Any) -> None:
        def go_on() -> None:
            self._pauses.discard(pause)
            self._send(due, address)

        pause = self._clock.callLater(seconds, go_on)
        self._pauses.add(pause)
