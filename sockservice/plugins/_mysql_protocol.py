"""The MySQL service's protocol: the pump between a connection, its session and what answers.

The way of a query, downwards: bytes arrive in :meth:`MySQLProtocol.dataReceived`; the session
(:mod:`sockservice.mysql.session`) turns them into requests; the responder chain
(:mod:`sockservice.responder`) answers each; the session turns the answer into bytes; they are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IOpenSSLServerConnectionCreator,
    IPushProducer,
    IReactorTime,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.answers import Answer, Error, Request
from sockservice.error_codes import error
from sockservice.interfaces import IFinishingProtocol, IResponder
from sockservice.mysql import Server, Session
from sockservice.mysql.state import State
from sockservice.plugins._mysql_peer import peer_of

if TYPE_CHECKING:
    from sockservice.certificates import Flaw

TURN: Final = 0.005
"""Seconds for which one client's pipelined requests are answered before the others have their turn."""

PIECE: Final = 65536
"""Bytes that are given to the connection at a time, so that it shows whether the client takes them."""

_SENDING: Final = State.SENDING

_log = Logger()


@implementer(IHalfCloseableProtocol, IFinishingProtocol, IPushProducer)
class MySQLProtocol(Protocol):
    """One client: feeds what arrives to the session, and sends what the session says.

    It takes the next request only when the one before is answered, the client takes its answers and the other
    clients had their turn, and reads only then: neither a client that sends without reading nor a slow
    answer can fill the memory or hold up anybody else. While an answer is waited for or makes a pause, it reads on, at
    most :data:`PIECE` and what comes at once: a client that leaves then is seen, and its answer given up. To end its
    direction is to leave, as for MySQL.

    Args:
        session: the MySQL session of this connection.
        respond: what answers its requests.
        clock: the reactor, for turns and timeouts.
        tls: what makes TLS connections, where it is offered.
    """

    transport: Any

    def __init__(
        self,
        session: Session,
        respond: Callable[[Request], Answer | Deferred[Answer] | None],
        clock: IReactorTime,
        tls: IOpenSSLServerConnectionCreator | None = None,
    ) -> None:
        self.session = session
        self.respond = respond
        self._clock = clock
        self._tls = tls
        # What keeps the next request from being taken: an answer that is waited for, the client, others' turn, a pause.
        self._waiting: Deferred[Any] | None = None
        self._full = False
        self._unsent = memoryview(b"")
        self._turn: IDelayedCall | None = None
        self._alarm: IDelayedCall | None = None
        self._working = False
        self._ended = False

    def connectionMade(self) -> None:
        """Send the greeting, or have the responder asked about it."""
        self.session.peer = lambda: peer_of(self.transport)
        self.session.on_kill = self._killed
        self.session.timeouts.on_earlier = self._set_alarm
        self.transport.registerProducer(self, True)
        self._set_alarm()
        self._work()

    def dataReceived(self, data: bytes) -> None:
        """Bytes of the client: the hot path."""
        self.session.receive(data)
        if not self._full and self._waiting is None and self._turn is None:
            self._work()
        else:
            self._hold_back()

    # --- requests and answers -----------------------------------------------------------------

    def _work(self) -> None:
        """Answer the requests that are due, for as long as the client takes the answers and its turn lasts."""
        session = self.session
        self._working = True
        taken, turn_ends = 0, 0.0
        while True:
            request = session.next_request()
            if request is None:
                if session.file is None or not self._take_file():
                    break
                continue
            try:
                answer = self.respond(request)
            except Exception:
                answer = _failed(Failure())  # type: ignore[no-untyped-call]
            if isinstance(answer, Answer):  # asked first, since asking for a Deferred is slow
                session.answer(answer)
            elif isinstance(answer, Deferred):
                self._wait(answer)
                if self._waiting is not None:
                    break
            else:
                session.answer(None)
            self._send()
            taken += 1
            if self._full:
                break
            if taken == 2:  # the clock is looked at for pipelined requests only
                turn_ends = monotonic() + TURN
            elif taken > 2 and monotonic() > turn_ends:
                break
        self._working = False
        # Asked before the last piece is sent: behind it, requests may have waited.
        sending = session.state is _SENDING
        more = sending or session.more or request is not None
        if (sending or session.due) and not (self._full and sending):
            self._send()
        if session.closing or (self._ended and not more and self._waiting is None):
            if not self._unsent:
                self._close()
        elif self._ended and self._waiting is not None:
            self._leave()
        elif session.wants_tls:
            self._start_tls()
        elif more and self._waiting is None:
            self._let_others_on()

    def _wait(self, answer: Deferred[Any]) -> None:
        """Take nothing more from the client until the answer is there, which may be at once."""
        self._waiting = answer
        self._hold_back()
        answer.addErrback(_failed).addCallback(self._answered)

    def _answered(self, answer: Answer | None) -> None:
        if self._waiting is None:  # the client is gone
            return
        self._waiting = None
        if answer is not None or self.session.file is None:
            self.session.answer(answer)
        self._read_on()
        if not self._working and not self._full:
            self._work()

    def _take_file(self) -> bool:
        """Hand on what came of the client's file; returns whether requests may follow, since it is over."""
        session = self.session
        while session.file is not None:
            step = session.file_step()
            if step is None:
                return False
            try:
                outcome = step()
            except Exception:
                outcome = _failed(Failure())  # type: ignore[no-untyped-call]
            if isinstance(outcome, Deferred):
                self._wait(outcome)
                if self._waiting is not None:
                    return False
            elif outcome is not None or session.file is None:
                session.answer(outcome)
        return True

    def _send(self) -> None:
        """Send what is due; of rows that come one by one, a piece."""
        try:
            data = self.session.data_to_send()
        except Exception:  # the rows are a responder's, and their failure is its client's answer
            self.session.answer(_failed(Failure()))  # type: ignore[no-untyped-call]
            data = self.session.data_to_send()
        if len(data) <= PIECE and not self._unsent:
            if data:
                self.transport.write(data)
        else:
            self._unsent = memoryview(bytes(self._unsent) + data)
            self._send_pieces()

    def _send_pieces(self) -> None:
        """Send what is long, as far as the client takes it."""
        while self._unsent and not self._full:
            piece, self._unsent = self._unsent[:PIECE], self._unsent[PIECE:]
            self.transport.write(bytes(piece))

    # --- turns --------------------------------------------------------------------------------

    def _let_others_on(self) -> None:
        """There is more to do: in the next turn, behind a pause, or when the client has taken what was sent."""
        if self._full or self._turn is not None:
            return
        pause = self.session.pause
        if not pause:
            self.transport.pauseProducing()
            self._turn = self._clock.callLater(0, self._take_turn)
        elif self._ended:
            self._leave()
        else:
            self._read_on()
            if pause != inf:
                self._turn = self._clock.callLater(pause, self._take_turn)

    def _hold_back(self) -> None:
        """What waits must not fill the memory."""
        if self.session.packets.waiting > PIECE:
            self.transport.pauseProducing()

    def _take_turn(self) -> None:
        self._turn = None
        self.session.pause = 0.0
        if not self._full:
            self._work()
            self._read_on()

    def _leave(self) -> None:
        """The client has left before its answer was there, or all of it: nobody waits for the rest."""
        self.session.connection_lost()
        self._give_up()
        self._go_on()

    def _give_up(self) -> None:
        """Nobody is there for the answer that is waited for: who makes it stops."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()

    def _go_on(self) -> None:
        """What the answer made a pause for is over."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        self._work()
        self._read_on()

    def _read_on(self) -> None:
        """Read, for commands that can be taken; while none can, only a little, so that we see the client leave."""
        if self._full or self._ended or self.session.closing:
            return
        if self._waiting is None and not self.session.pause:
            if self._turn is None:
                self.transport.resumeProducing()
        elif self.session.packets.waiting <= PIECE:
            self.transport.resumeProducing()
        else:
            self.transport.pauseProducing()

    def pauseProducing(self) -> None:
        """The client is slow to take its answers: take no further request."""
        self._full = True
        self.session.timeouts.stall()
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """The client has taken what was waiting: go on."""
        self._full = False
        self.session.timeouts.flow()
        self._send_pieces()
        if self._full:
            return
        self._read_on()
        if self._waiting is None and self._turn is None and not self._working:
            self._work()

    def stopProducing(self) -> None:
        """The connection is gone; :meth:`connectionLost` follows."""

    # --- timeouts and TLS ---------------------------------------------------------------------

    def _set_alarm(self) -> None:
        """Look at the session's deadline when it is due, and again then; most that happens meanwhile moves it away."""
        left = max(0.0, self.session.timeouts.deadline - self.session.server.clock())
        due = self._clock.seconds() + left
        if self._alarm is not None:
            if self._alarm.getTime() <= due:
                return
            self._alarm.cancel()
        self._alarm = self._clock.callLater(left, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.session.timeouts.expire()
        if self.session.timeouts.aborted:
            self.transport.abortConnection()
        elif self.session.closing:
            self._work()
        else:
            self._set_alarm()

    def _start_tls(self) -> None:
        # What came with the request is TLS already, and for nobody else to read.
        early = self.session.start_tls()
        flaw = self.session.certificate
        self.transport.startTLS(self._flawed(flaw) if flaw else self._tls)
        self.transport.receive_again(early)

    def _flawed(self, flaw: Flaw) -> IOpenSSLServerConnectionCreator:
        """What makes TLS connections with a certificate that has a flaw."""
        from sockservice.certificates import flawed_certificate

        return flawed_certificate(flaw, self._tls)

    # --- the end ------------------------------------------------------------------------------

    def _killed(self) -> None:
        """Another session has ended the request in flight, or the session."""
        if self._waiting is not None:
            self._waiting.cancel()
        elif not self._full:
            self._go_on()
        if self.session.closing and self._full:
            self.transport.abortConnection()

    def finish(self) -> None:
        """Close as soon as the answer in flight is sent; silence before it is over."""
        self.session.finish()
        if self._waiting is None and not self._full and not self.session.pause:
            self._go_on()

    def _close(self) -> None:
        self.session.connection_lost()
        self.transport.unregisterProducer()
        if self.session.resets:
            self._reset_soon()
        else:
            self.transport.loseConnection()
        # What is due is sent first, if the client ever takes it.
        self.session.timeouts.stall()

    def _reset_soon(self) -> None:
        """Reset the connection in the turn after the next: in the next one, TLS gives out what was sent."""
        self.transport.pauseProducing()
        if self._turn is None:
            reset = self.transport.abortConnection
            self._turn = self._clock.callLater(0, self._reset_after, reset)

    def _reset_after(self, reset: Callable[[], None]) -> None:
        self._turn = self._clock.callLater(0, reset)

    def readConnectionLost(self) -> None:
        """The client will send no more: answer what it asked as far as that is at once, then close."""
        self._ended = True
        if self._waiting is not None or self.session.pause:
            self._leave()
        elif self._turn is None and not self._full:
            self._work()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; nothing is left to do."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """Forget the session and give up the answer it waits for."""
        self.session.connection_lost()
        self._give_up()
        for call in (self._turn, self._alarm):
            if call is not None and call.active():
                call.cancel()
        self._turn = self._alarm = None


def _failed(failure: Failure) -> Answer:
    """An answer for a responder that failed: the client gets an error, the log the traceback.

    One that was cancelled has not failed: it was killed, or nobody is there for its answer.
    """
    if isinstance(failure.value, CancelledError):
        return error("ER_QUERY_INTERRUPTED")
    _log.failure("a responder failed", failure)
    return Error(1105, "HY000", f"sockservice: a responder failed: {failure.getErrorMessage()}")


class MySQLFactory(ServerFactory):
    """Makes a session and a protocol for each client.

    Args:
        server: what the sessions share.
        responder: what answers them.
        reactor: for what takes its time, and what takes turns.
        tls: what makes TLS connections; the server offers TLS where there is one.
        endings: called when the last port has closed; connections may still have answers to come.
        beginnings: called when the first port opens; what they raise keeps it closed.
    """

    noisy = False

    def __init__(
        self,
        server: Server,
        responder: IResponder,
        reactor: Any,
        tls: IOpenSSLServerConnectionCreator | None = None,
        endings: Iterable[Callable[[], None]] = (),
        beginnings: Iterable[Callable[[], None]] = (),
    ) -> None:
        self.server = server
        self.responder = responder
        self._endings = tuple(endings)
        self._beginnings = tuple(beginnings)
        self._reactor = reactor
        self._tls = tls

    def startFactory(self) -> None:
        """The first port opens: tell what clients need to know, and make what they may need."""
        for begin in self._beginnings:
            begin()
        fingerprint = getattr(self._tls, "fingerprint", None)
        if fingerprint is not None:
            _log.info("TLS by a self-signed certificate, SHA-256 {fingerprint}", fingerprint=fingerprint)
        if self.server.needs_rsa_key:
            self._reactor.callInThread(self.server.rsa_key.generate)

    def stopFactory(self) -> None:
        """The last port has closed."""
        for end in self._endings:
            end()

    def buildProtocol(self, address: IAddress | None) -> MySQLProtocol:
        """A protocol with a session of its own."""
        host = getattr(address, "host", "localhost")  # a Unix socket's address has none
        session = self.server.session(host, getattr(address, "port", 0))
        return MySQLProtocol(session, self.responder.respond, self._reactor, self._tls)
