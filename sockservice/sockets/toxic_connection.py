"""The layer that disturbs a connection: between its transport and its Connection, below TLS and a proxy's header.

Towards the transport it is the protocol, towards the Connection it is the transport. It is there only where a service
has toxics, from the beginning or slipped under an open connection; a connection without one keeps its writes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet import tcp
from twisted.internet.interfaces import (
    IConsumer,
    IFileDescriptorReceiver,
    IHalfCloseableProtocol,
    ILoggingContext,
    IProducer,
    IProtocol,
    IPushProducer,
)
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import alsoProvides, implementer, providedBy

from sockservice.interfaces import STREAM
from sockservice.sockets.connection import Connection
from sockservice.sockets.toxic import DOWNSTREAM, UPSTREAM
from sockservice.sockets.toxic_link import ToxicLink

if TYPE_CHECKING:
    from sockservice.sockets.toxics import Toxics


@implementer(IPushProducer)
class _Valve:
    """The producer that the transport pauses while it has much to send."""

    def __init__(self, layer: ToxicConnection) -> None:
        self._layer = layer

    def pauseProducing(self) -> None:
        self._layer._congested(True)  # noqa: SLF001 - one thing in two classes

    def resumeProducing(self) -> None:
        self._layer._congested(False)  # noqa: SLF001 - one thing in two classes

    def stopProducing(self) -> None:
        """The connection is lost; the layer hears of that itself."""


@implementer(IProtocol, IHalfCloseableProtocol, IConsumer, IPushProducer, ILoggingContext)
class ToxicConnection:
    """The toxics of one connection.

    Attributes:
        connection: the Connection above, whose bytes are disturbed.
        protocol: what is right above: the Connection, or TLS that was started below it.
        transport: what is below.
        number: how many connections its service's toxics had disturbed before this one.
    """

    _log = Logger()
    transport: Any
    connection: Connection
    protocol: Any

    def __init__(self, toxics: Toxics, number: int) -> None:
        """Decide how a connection is disturbed.

        Args:
            toxics: those of the service.
            number: what its chances depend on, besides the seeds.
        """
        self.number = number
        clock = toxics.clock
        self._toxics = toxics
        self._clock = clock
        self.downstream = ToxicLink(
            clock, self._send, close=self._close, reset=self.abortConnection, flow=self._adjust_producer
        )
        self.upstream = ToxicLink(
            clock, self._receive, close=self.loseConnection, reset=self.abortConnection, flow=self._adjust_reading
        )
        self._valve = _Valve(self)
        self._producer: Any = None
        self._streaming = False
        self._paused = False
        self._asking: Any = None
        self._slow = False  # the transport has much to send
        self._may_read = True  # what is above wants to read
        self._peer_ended = False
        self._closing = False
        self._lost = False
        self.apply()

    def under(self, connection: Connection) -> ToxicConnection:
        """This layer, to be below ``connection``."""
        self.connection = self.protocol = connection
        if IFileDescriptorReceiver.providedBy(connection):
            alsoProvides(self, IFileDescriptorReceiver)
        return self

    def __getattr__(self, name: str) -> Any:
        """What else the transport has."""
        if name == "transport":
            raise AttributeError("this layer has no transport yet")
        return getattr(self.transport, name)

    @property
    def down(self) -> bool:
        """Whether there is to be no connection at all."""
        return self.downstream.down or self.upstream.down

    def apply(self) -> None:
        """Have the toxics that the service has now."""
        for link, stream in ((self.downstream, DOWNSTREAM), (self.upstream, UPSTREAM)):
            link.apply(self._toxics.of(STREAM, stream), lambda toxic: self._toxics.roll(toxic, self.number))

    # --- as the transport's protocol

    def makeConnection(self, transport: Any) -> None:
        """The transport is there."""
        self.transport = transport
        alsoProvides(self, *providedBy(transport))
        transport.registerProducer(self._valve, True)
        self._begin()
        self.protocol.makeConnection(self)

    def _begin(self) -> None:
        self._toxics.began(self)
        self.downstream.begin()
        self.upstream.begin()

    def slip_under(self) -> bool:
        """Get between the connection, which is open, and its transport; False where that cannot be."""
        lowest = self.connection.transport
        if not isinstance(lowest, tcp.Connection) or lowest.disconnecting or self.connection.lost is not None:
            return False
        self.connection.change_transport(lambda: self._slip_between(lowest))
        self._begin()
        return True

    def _slip_between(self, lowest: Any) -> None:
        above = lowest.protocol  # the connection, or TLS that was started
        below = above.transport  # without TLS the lowest, else what goes past TLS to it
        producer, streaming, paused = lowest.producer, lowest.streamingProducer, lowest.producerPaused
        if producer is not None:
            below.unregisterProducer()
        self.transport, self.protocol = below, above
        alsoProvides(self, *providedBy(lowest))
        lowest.protocol = self
        above.transport = self
        if above is not self.connection:
            self.connection.transport = above
        below.registerProducer(self._valve, True)
        if producer is not None:
            self.registerProducer(producer, streaming)
            if streaming and paused:
                producer.resumeProducing()

    def dataReceived(self, data: bytes) -> None:
        """Bytes from the client."""
        self.upstream.take(data)

    def readConnectionLost(self) -> None:
        """The client has ended its direction."""
        self._peer_ended = True
        self.upstream.end(self._read_ended)

    def writeConnectionLost(self) -> None:
        """Our direction has ended."""
        if self._half_closeable:
            self.connection.writeConnectionLost()

    @property
    def _half_closeable(self) -> bool:
        """Whether what is right above knows half-closed connections; TLS does not."""
        return self.protocol is self.connection and IHalfCloseableProtocol.providedBy(self.connection)

    def fileDescriptorReceived(self, descriptor: int) -> None:
        """A descriptor came over a Unix socket; only called where the protocol takes them. It is not disturbed."""
        self.protocol.fileDescriptorReceived(descriptor)

    def connectionLost(self, reason: Failure) -> None:
        """Over: what is on its way in either direction is lost."""
        self._lost = True
        self._drop()
        self._toxics.ended(self)
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stopProducing()
        protocol, self.protocol = self.protocol, None
        protocol.connectionLost(reason)

    def logPrefix(self) -> str:
        """What the application's protocol is called in the log."""
        return self.connection.logPrefix()

    def _drop(self) -> None:
        self.downstream.drop()
        self.upstream.drop()
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    # --- upstream: what the connection reads

    def _receive(self, data: bytes) -> None:
        if self._closing or self._lost:
            return
        try:
            self.protocol.dataReceived(data)
        except Exception:
            self._log.failure("{connection} failed at what it received", connection=self.connection)
            self.abortConnection()

    def _read_ended(self) -> None:
        """The client's end has come through; who does not know half-closed connections is closed, as by Twisted."""
        if self._closing or self._lost:
            return
        if self._half_closeable:
            self.connection.readConnectionLost()
            return
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stopProducing()
        self.loseConnection()

    def pauseProducing(self) -> None:
        """Read no more for now."""
        self._may_read = False
        self.upstream.outlet.stop()
        self._adjust_reading()

    def resumeProducing(self) -> None:
        """Read again."""
        self._may_read = True
        self.upstream.outlet.start()
        self._adjust_reading()

    def _adjust_reading(self) -> None:
        if self._peer_ended or self._closing or self._lost:
            return
        if self._may_read and not self.upstream.full:
            self.transport.resumeProducing()
        else:
            self.transport.pauseProducing()

    def stopProducing(self) -> None:
        """Close."""
        self.loseConnection()

    def receive_again(self, data: bytes) -> None:
        """Bytes that came through before TLS was started and are TLS's to read."""
        self.protocol.dataReceived(data)

    # --- downstream: what the connection writes

    def write(self, data: bytes) -> None:
        """Send, through the toxics."""
        if not self._lost and data:
            self.downstream.take(data)

    def writeSequence(self, data: Any) -> None:
        """Send several pieces as one."""
        self.write(b"".join(data))

    def _send(self, data: bytes) -> None:
        self.connection.active = True
        self.transport.write(data)

    def _congested(self, slow: bool) -> None:
        self._slow = slow
        if slow:
            self.downstream.outlet.stop()
        else:
            self.connection.active = True
            self.downstream.outlet.start()
        self._adjust_producer()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Have ``producer`` paused and resumed (streaming), or asked once a turn while there is room."""
        if self._producer is not None:
            raise RuntimeError(f"{self._producer!r} is registered already; unregister it first")
        if self._lost:
            producer.stopProducing()
            return
        self._producer, self._streaming, self._paused = producer, streaming, False
        self._adjust_producer()

    def unregisterProducer(self) -> None:
        """Forget the producer; a close that waited for it goes on."""
        self._producer = None
        if not self._lost:
            self._end_if_all_written()

    def _adjust_producer(self) -> None:
        room = not (self._slow or self.downstream.full)
        if self._producer is None or self._lost:
            return
        if not self._streaming:
            if room and self._asking is None:
                self._asking = self._clock.callLater(0, self._ask)
        elif room is self._paused:
            self._paused = not room
            if room:
                self._producer.resumeProducing()
                self._end_if_all_written()
            else:
                self._producer.pauseProducing()

    def _ask(self) -> None:
        """Have a pull producer give its next piece."""
        self._asking = None
        if self._producer is not None and not (self._slow or self.downstream.full):
            self._producer.resumeProducing()
            self._adjust_producer()

    # --- the end, TLS

    @property
    def disconnecting(self) -> bool:
        """Whether the connection is about to close."""
        return self._closing or bool(self.transport.disconnecting)

    def loseConnection(self) -> None:
        """Close once everything written has gone through the toxics and is sent; nothing is read any more."""
        if self._closing or self._lost:
            return
        if not self._peer_ended:
            self.transport.pauseProducing()
        self._closing = True
        self.upstream.drop()
        self._end_if_all_written()

    def _end_if_all_written(self) -> None:
        """Close behind what was written, unless a producer is in the middle: one to be asked, or one that is paused."""
        if self._closing and (self._producer is None or (self._streaming and not self._paused)):
            self.downstream.end(self._close)

    def _close(self) -> None:
        self._closing = True
        self.upstream.drop()
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def loseWriteConnection(self) -> None:
        """End our direction once everything written has gone through the toxics and is sent."""
        if not self._closing and not self._lost:
            self.downstream.end(self._end_direction)

    def _end_direction(self) -> None:
        self.transport.unregisterProducer()
        self.transport.loseWriteConnection()

    def abortConnection(self) -> None:
        """Reset: nothing is flushed."""
        self._closing = self._slow = True
        self._drop()
        self._adjust_producer()
        self.transport.abortConnection()

    def startTLS(self, contextFactory: Any, normal: bool = True) -> None:
        """Put TLS above this layer, so that what is disturbed is what is on the wire."""
        import twisted.protocols.tls

        untyped: Any = twisted.protocols.tls
        producer, streaming, paused = self._producer, self._streaming, self._paused
        self._producer = None
        factory = untyped.TLSMemoryBIOFactory(contextFactory, not normal, None)
        tls = untyped.TLSMemoryBIOProtocol(factory, self.protocol, False)
        self.protocol.transport = tls
        self.protocol = tls
        tls.makeConnection(self)
        if producer is not None:
            tls.registerProducer(producer, streaming)
            if streaming and paused:
                producer.resumeProducing()
