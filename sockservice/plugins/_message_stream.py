"""The protocol of the service ``stream``: the pump between a connection and what answers its messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IHalfCloseableProtocol, IPushProducer, IReactorTime
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.disturbances import Ending
from sockservice.errors import LimitExceeded
from sockservice.interfaces import IFinishingProtocol, IResponder
from sockservice.messages.disturbed import Step, steps
from sockservice.messages.framing import LIMIT, Framing
from sockservice.messages.session import MessageServer, MessageSession
from sockservice.plugins._message_request import ask, request_of

TURN: Final = 0.005
"""Seconds for which one client's messages are answered before the others have their turn."""

_log = Logger()


@implementer(IHalfCloseableProtocol, IFinishingProtocol, IPushProducer)
class MessageProtocol(Protocol):
    """One client of a stream: takes a message only when the one before is answered and the client takes its answers.

    Args:
        session: the client's session.
        framing: where messages end.
        respond: what answers them.
        clock: the reactor, for pauses and turns.
        limit: bytes of the longest message.
    """

    transport: Any

    def __init__(
        self,
        session: MessageSession,
        framing: Framing,
        respond: Callable[[Request], Answer | Deferred[Answer] | None],
        clock: IReactorTime,
        limit: int = LIMIT,
    ) -> None:
        self._session = session
        self._framing = framing
        self._respond = respond
        self._clock = clock
        self._limit = limit
        self._buffer = bytearray()
        self._steps: Iterator[Step] = iter(())
        # What keeps the next message from being taken: an answer that is waited for, a pause, the client.
        self._waiting: Deferred[Any] | None = None
        self._pause: IDelayedCall | None = None
        self._full = False
        self._stalled = False
        self._ended = False
        self._finishing = False
        self._working = False
        self._closed = False
        self._reading = True

    def connectionMade(self) -> None:
        """The client may be greeted."""
        self._session.server.sessions[self._session.connection_id] = self._session
        self.transport.registerProducer(self, True)
        self._ask(request_of("connect", b"", self._session))
        self._work()

    def dataReceived(self, data: bytes) -> None:
        """Bytes of the client."""
        self._buffer += data
        self._work()

    def _work(self) -> None:
        """Take the steps that are due, and then the next message, as long as nothing holds it up."""
        if self._working or self._closed:
            return
        self._working = True
        turn_ends = time.monotonic() + TURN
        while not self._held:
            step = self._next_step()
            if step is not None:
                self._take(step)
            elif self._finishing or not self._ask_next():
                break
            elif not self._held and time.monotonic() > turn_ends:
                self._wait_for(0)
        self._working = False
        if (self._finishing or self._ended) and not self._held:
            self._close()
        elif not self._closed:
            self._read_or_not()

    @property
    def _held(self) -> bool:
        return self._closed or self._full or self._stalled or self._waiting is not None or self._pause is not None

    def _next_step(self) -> Step | None:
        try:
            return next(self._steps, None)
        except ValueError as problem:
            _log.error("an answer cannot be sent: {problem}", problem=problem)
            return Ending.FIN

    def _take(self, step: Step) -> None:
        if isinstance(step, bytes):
            self.transport.write(step)
        elif isinstance(step, float):
            self._wait_for(step)
        elif step is Ending.STALL:
            self._stalled = True
            if self._finishing:
                self._close()
        elif step is Ending.RST:
            self._closed = True
            self.transport.abortConnection()
        else:
            self._close()

    def _wait_for(self, seconds: float) -> None:
        self._pause = self._clock.callLater(seconds, self._go_on)

    def _go_on(self) -> None:
        self._pause = None
        self._work()

    def _ask_next(self) -> bool:
        """Ask about the next message; returns whether there is one."""
        try:
            message = self._framing.cut(self._buffer, self._limit)
        except LimitExceeded as problem:
            _log.info("{host}: {problem}; closed", host=self._session.host, problem=problem)
            self._close()
            return False
        if message is None:
            return False
        self._session.server.questions += 1
        self._ask(request_of("message", message, self._session))
        return True

    def _ask(self, request: Request) -> None:
        answer = ask(self._respond, request)
        if not isinstance(answer, Deferred):
            self._steps = steps(answer, self._framing)
            return
        self._waiting = answer
        answer.addCallback(self._answered)

    def _answered(self, answer: Answer | None) -> None:
        if self._waiting is None:  # the client is gone
            return
        self._waiting = None
        self._steps = steps(answer, self._framing)
        self._work()

    def _read_or_not(self) -> None:
        """Read no more while much is here that was not taken, or the client does not take its answers."""
        reading = not self._full and len(self._buffer) <= self._limit
        if reading != self._reading:
            self._reading = reading
            (self.transport.resumeProducing if reading else self.transport.pauseProducing)()

    # --- the end and the pace

    def _close(self) -> None:
        self._closed = True
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def pauseProducing(self) -> None:
        """The client is slow to take its answers."""
        self._full = True
        self._read_or_not()

    def resumeProducing(self) -> None:
        """The client has taken what was waiting."""
        self._full = False
        self._work()

    def stopProducing(self) -> None:
        """The connection is gone; :meth:`connectionLost` follows."""

    def finish(self) -> None:
        """Close as soon as the answer in flight is sent; a stalled one never is."""
        self._finishing = True
        if self._stalled:
            self._close()
        self._work()

    def readConnectionLost(self) -> None:
        """The client will send no more: answer what it asked, then close."""
        self._ended = True
        if self._stalled:
            self._close()
        self._work()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; nothing is left to do."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """Forget the client, and give up what it waits for."""
        self._closed = True
        self._session.over = True
        self._session.server.sessions.pop(self._session.connection_id, None)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None


class MessageFactory(ServerFactory):
    """Makes a session and a protocol for each client.

    Args:
        server: what the sessions share.
        framing: where messages end.
        responder: what answers them.
        clock: the reactor.
        limit: bytes of the longest message.
        ended: called when the last port has closed.
    """

    noisy = False

    def __init__(
        self,
        server: MessageServer,
        framing: Framing,
        responder: IResponder,
        clock: IReactorTime,
        limit: int = LIMIT,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._ended = ended
        self._server = server
        self._framing = framing
        self._responder = responder
        self._clock = clock
        self._limit = limit

    def stopFactory(self) -> None:
        """The last port has closed."""
        self._ended()

    def buildProtocol(self, address: IAddress | None) -> MessageProtocol:
        """A protocol with a session of its own."""
        session = self._server.session(getattr(address, "host", "localhost"), getattr(address, "port", 0))
        return MessageProtocol(session, self._framing, self._responder.respond, self._clock, self._limit)
