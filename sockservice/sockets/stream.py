"""The connected half of a stream socket: RECEIVE, SEND and the end of either direction, as a Twisted protocol.

Back-pressure works both ways. What arrives is kept up to a high-water mark, then reading pauses until half of it is
received. What is sent goes to the transport in pieces, one transport buffer ahead of the peer, so that a SEND of any
size costs no more memory than its own bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet import tcp, unix
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol, IProtocol, IPushProducer, ISSLTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.errors import AlreadyWaiting, CallerError, ConnectionClosed, TimedOut, WrongState
from sockservice.interfaces import STREAM, IFinishingProtocol, State
from sockservice.sockets.outbox import Outbox
from sockservice.sockets.receive_buffer import ReceiveBuffer
from sockservice.sockets.states import check, wrong

HIGH_WATER = 65536
"""Above this many bytes that nobody has received, the transport reads no more."""


@implementer(IProtocol, IHalfCloseableProtocol, IPushProducer, IFinishingProtocol)
class Stream:
    """A connected byte stream.

    Attributes:
        number: the socket's number.
        state: CONNECTED, HALF_CLOSED or CLOSED.
        transport: the Connection below.
        closing: whether close or abort was called.
    """

    transport: Any

    def __init__(
        self,
        reactor: Any,
        number: int,
        connected: Callable[[Stream], object],
        *,
        high_water: int = HIGH_WATER,
    ) -> None:
        """Wait for a transport.

        Args:
            reactor: the reactor, for timeouts.
            number: the socket's number.
            connected: called once the transport is there.
            high_water: how many bytes may wait to be received before reading pauses.
        """
        self.number = number
        self.state = State.CONNECTED
        self._reactor = reactor
        self._connected = connected
        self._high_water = high_water
        self._buffer = ReceiveBuffer()
        self._receiver: Deferred[bytes] | None = None
        self._take: Callable[[], bytes | None] = _nothing
        self._direct = 0  # what arrives goes to the waiting receive as it is, up to this many bytes
        self._wanted = 0
        self._timer: Any = None
        self._reading = True
        self._outbox = Outbox(reactor, self._flushed)
        self._our_end = False  # shutdown was called
        self._peer_end = False
        self.closing = False
        self._finishing = False

    # --- RECEIVE

    def receive(self, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if limit < 1:
            return fail(CallerError(f"RECEIVE with limit {limit}: ask for at least 1 byte"))
        quiet = self._receiver is None and not self._buffer.ended and not self._finishing and not self.closing
        if timeout is None and quiet and self._reading and not len(self._buffer):
            # The usual case, without the machinery of the others: wait for the next chunk and take it as it is.
            receiver: Deferred[bytes] = Deferred(self._receive_cancelled)
            self._receiver, self._direct, self._take = receiver, limit, self._take_direct
            return receiver
        return self._receive(partial(self._buffer.take, limit), 1, timeout)

    def _take_direct(self) -> bytes | None:
        return self._buffer.take(self._direct)

    def receive_exactly(self, size: int, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if size < 0:
            return fail(CallerError(f"RECEIVE of exactly {size} bytes: ask for 0 or more"))
        return self._receive(partial(self._buffer.take_exactly, size), size, timeout)

    def receive_until(self, delimiter: bytes, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if not delimiter or limit < len(delimiter):
            return fail(CallerError(f"RECEIVE until {delimiter!r} within {limit} bytes can never succeed"))
        return self._receive(partial(self._buffer.take_until, delimiter, limit), limit, timeout)

    def _receive(self, take: Callable[[], bytes | None], wanted: int, timeout: float | None) -> Deferred[bytes]:
        if self._receiver is not None:
            return fail(AlreadyWaiting(f"RECEIVE on socket #{self.number}: another receive is waiting; await it first"))
        if self.closing:
            return fail(wrong(STREAM, "RECEIVE", State.CLOSED))
        try:
            ready = take()
        except Exception as error:
            return fail(error)
        if ready is not None:
            if not self._reading:
                self._adjust_reading()
            return succeed(ready)
        if self._finishing and not len(self._buffer):
            return succeed(b"")
        receiver: Deferred[bytes] = Deferred(self._receive_cancelled)
        self._receiver = receiver
        self._take, self._wanted = take, wanted
        if timeout is not None:
            self._timer = self._reactor.callLater(timeout, self._receive_timed_out, timeout)
        if not self._reading:
            self._adjust_reading()
        return receiver

    def _receive_cancelled(self, _deferred: Deferred[bytes]) -> None:
        self._end_receive()
        self._adjust_reading()

    def _receive_timed_out(self, timeout: float) -> None:
        self._settle_receiver(TimedOut(f"RECEIVE: nothing sufficient came within {timeout:g} s; nothing is lost"))
        self._adjust_reading()

    def _end_receive(self) -> Deferred[bytes] | None:
        """No receive waits any more; the one that did, or None."""
        receiver, self._receiver = self._receiver, None
        self._wanted = self._direct = 0
        if self._timer is not None:
            if self._timer.active():
                self._timer.cancel()
            self._timer = None
        return receiver

    def _settle_receiver(self, result: bytes | Exception) -> None:
        receiver = self._end_receive()
        if receiver is None:
            return
        if isinstance(result, Exception):
            receiver.errback(result)
        else:
            receiver.callback(result)

    def _serve_receiver(self) -> None:
        """Give the waiting receive what it waits for, if it is here now."""
        if self._receiver is not None:
            try:
                result: bytes | Exception | None = self._take()
            except Exception as error:
                result = error
            if result is not None:
                self._settle_receiver(result)

    def _adjust_reading(self) -> None:
        """Pause above the high-water mark, resume at half; a receive that waits for more moves the mark up."""
        if self._buffer.ended or self.closing:
            return
        mark = max(self._high_water, self._wanted)
        waiting = len(self._buffer)
        if self._reading and waiting > mark:
            self._reading = False
            self.transport.pauseProducing()
        elif not self._reading and (waiting <= mark // 2 or waiting < self._wanted):
            self._reading = True
            self.transport.resumeProducing()

    # --- SEND

    def send(self, data: bytes, *, timeout: float | None = None) -> Deferred[None]:
        """See IStreamSocket."""
        if self.state is State.CLOSED or self._our_end:
            return fail(self._sending_ended("SEND"))
        return self._outbox.send(data, timeout)

    def pauseProducing(self) -> None:
        """The transport's buffer is full: the peer is slow."""
        self._outbox.pause()

    def resumeProducing(self) -> None:
        """The transport's buffer has drained."""
        self._outbox.resume()

    def stopProducing(self) -> None:
        """The connection is lost; ``connectionLost`` tells why."""

    def _sending_ended(self, call: str) -> Exception:
        """Why nothing more can be sent: the peer's doing, or ours."""
        if self.closing:
            return wrong(STREAM, call, State.CLOSED)
        if self.state is State.CLOSED:
            return ConnectionClosed(f"{call} on socket #{self.number}: the connection is gone; {self._why()}")
        return WrongState(f"{call} on a stream socket in state HALF_CLOSED: our direction was ended by shutdown")

    # --- the end

    def shutdown(self) -> None:
        """See IStreamSocket."""
        if self.state is State.CLOSED or self._our_end:
            raise self._sending_ended("SHUTDOWN")
        if ISSLTransport.providedBy(self.transport):
            raise WrongState("SHUTDOWN on a TLS stream: TLS here has no half-close; close ends both directions")
        self._our_end = True
        self.state = State.HALF_CLOSED
        self._flushed()

    def close(self, timeout: float | None) -> Deferred[None]:
        """Flush and close; see ISocket."""
        if self.closing or self.transport.lost is not None:
            self.closing = True
            self._buffer.clear()
            return self._when_closed()
        self.closing = True
        self.state = State.CLOSED
        if timeout is not None:
            timer = self._reactor.callLater(timeout, self.transport.abort)
            self.transport.when_closed().addCallback(lambda _: timer.cancel() if timer.active() else None)
        self._settle_receiver(ConnectionClosed(f"RECEIVE on socket #{self.number}: we closed it while this waited"))
        self._buffer.clear()
        self._flushed()
        return self._when_closed()

    def _when_closed(self) -> Deferred[None]:
        closed: Deferred[None] = self.transport.when_closed()
        return closed

    def abort(self) -> None:
        """Reset the connection."""
        self.closing = True
        self.state = State.CLOSED
        self.transport.abort()

    def finish(self) -> None:
        """Take no further request: from now on a receive that would have to wait gets the end of the stream."""
        self._finishing = True
        if self._receiver is not None and not len(self._buffer):
            self._settle_receiver(b"")

    def _flushed(self) -> None:
        """Once everything is with the transport, end what is to end: our direction, or both."""
        if not self._outbox.idle:
            return
        if self.closing:
            self.transport.unregisterProducer()
            self.transport.loseConnection()
        elif self._our_end and self._peer_end:
            self.transport.loseConnection()
        elif self._our_end:
            self.transport.loseWriteConnection()

    def start_tls(self, context: Any, server_side: bool) -> None:
        """See IStreamSocket."""
        check(STREAM, "START_TLS", self.state)
        if ISSLTransport.providedBy(self.transport):
            raise wrong(STREAM, "START_TLS", self.state)
        if not self._outbox.idle:
            raise WrongState("START_TLS while a SEND is under way: await it first")
        self._buffer.clear()
        self._adjust_reading()
        outgoing = isinstance(self.transport.transport, tcp.Client | unix.Client)
        self.transport.startTLS(context, normal=server_side is not outgoing)

    # --- as a Twisted protocol

    def makeConnection(self, transport: Any) -> None:
        """The transport is there."""
        self.transport = self._outbox.transport = transport
        transport.registerProducer(self, True)
        self.connectionMade()

    def connectionMade(self) -> None:
        """Connected: whoever waits for this stream gets it."""
        self._connected(self)

    def dataReceived(self, data: bytes) -> None:
        """Keep what arrived, or hand it to the receive that waits for it."""
        if len(data) <= self._direct:  # a receive waits, so nothing is buffered before this
            receiver = self._end_receive()
            assert receiver is not None
            receiver.callback(data)
            return
        if self.closing:
            return
        self._buffer.append(data)
        self._serve_receiver()
        if len(self._buffer) > self._high_water:
            self._adjust_reading()

    def readConnectionLost(self) -> None:
        """The peer ended its stream in good order; ours goes on."""
        self._peer_end = True
        if not self.closing:
            self.state = State.HALF_CLOSED
        self._buffer.end()
        self._serve_receiver()
        if self._our_end:
            self._flushed()

    def writeConnectionLost(self) -> None:
        """Our end of stream is sent; if the peer's came before, nothing is left to do here."""
        if self._peer_end:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure) -> None:
        """Over. What arrived can still be received."""
        self.state = State.CLOSED
        clean = isinstance(reason.value, ConnectionDone)
        broken = None if clean else ConnectionClosed(f"the connection of socket #{self.number} broke: {self._why()}")
        self._buffer.end(broken)
        self._serve_receiver()
        self._settle_receiver(broken or b"")
        self._outbox.give_up(
            lambda: ConnectionClosed(f"SEND on socket #{self.number}: not all was sent; {self._why()}")
        )

    def _why(self) -> str:
        """The reason of the loss, as text."""
        reason: Failure | None = self.transport.lost
        return "it is open" if reason is None else reason.getErrorMessage().rstrip(".")


def _nothing() -> None:
    """What a stream takes for nobody."""
