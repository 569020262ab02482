"""A connection: the thin layer between a Twisted transport and the application's protocol.

Towards the transport it is the protocol, towards the protocol it is the transport, whatever that is (TCP, Unix, TLS,
a HAProxy wrapper). For one Python call per chunk it adds: writes go out at once, and the host can see, finish and
abort every connection, and tell the idle ones.

**Writes at once.** Twisted's ``transport.write`` buffers and sends when the reactor comes round again: one more
turn of the loop and three more system calls for each answer. While nothing is buffered, :class:`Connection` calls
the public ``transport.writeSomeData`` itself and hands only what the kernel did not take to ``transport.write``.
It knows that the buffer is empty again because it registers a *pull* producer there, which the transport calls each
time its buffer has drained. Only a plain ``twisted.internet.tcp.Connection`` is written to this way: wrappers
delegate unknown attributes, and below TLS the same call would send plaintext. A burst is limited: see :data:`BURST`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet import tcp
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IConsumer,
    IFileDescriptorReceiver,
    IHalfCloseableProtocol,
    IHandshakeListener,
    ILoggingContext,
    IProducer,
    IProtocol,
    IPushProducer,
    ISSLTransport,
    ISystemHandle,
    ITCPTransport,
    ITLSTransport,
)
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import alsoProvides, implementer

from sockservice.interfaces import Address, IFinishingProtocol
from sockservice.sockets.addresses import from_twisted

if TYPE_CHECKING:
    from sockservice.sockets.connection_factory import ConnectionFactory

HIGH_WATER = 65536
"""Above this many unsent bytes a push producer is paused, as by Twisted's own transports."""

BURST = 262144
"""After this many bytes sent at once without a turn of the reactor, writes are buffered until the next one: else a
producer with a fast reader would never be paused, and never let another client have its turn."""

WRITE_COST = 512
"""What each write counts for in a burst besides its bytes: a call takes as long as sending some hundred bytes."""

_OPTIONAL = (IHalfCloseableProtocol, IHandshakeListener, IFileDescriptorReceiver)
"""What a protocol may provide and a transport looks for: shown to the transport only where the protocol has it."""


class _Drained:
    """The pull producer that tells a connection when the transport's buffer has drained."""

    __slots__ = ("_connection", "_registered")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._registered = False

    def resumeProducing(self) -> None:
        """The buffer is empty, except at the first call: registering a pull producer calls this at once."""
        if self._registered:
            self._connection._drained()  # noqa: SLF001 - one thing in two classes
        self._registered = True

    def stopProducing(self) -> None:
        """The connection is lost; it hears of that itself."""


@implementer(IProtocol, ITCPTransport, ITLSTransport, ISystemHandle, IConsumer, IPushProducer, ILoggingContext)
class Connection:
    """One connection between a transport and the application's protocol.

    Attributes:
        number: counted from 1 in each SocketAPI, as for sockets.
        protocol: the application's protocol; None once the connection is over.
        transport: the real transport below.
        opened: when it began, in seconds of the reactor's clock.
        active: set at every chunk received, written or drained; a host that looks for idle connections reads and
            clears it.
        lost: why it ended, or None while it is open.
    """

    _log = Logger()

    def __init__(self, protocol: IProtocol, factory: ConnectionFactory, number: int) -> None:
        self.number = number
        self.protocol: Any = protocol
        self.active = True
        self.lost: Failure | None = None
        self._factory = factory
        self._send: Any = None  # transport.writeSomeData while nothing is buffered and the transport is plain TCP
        self._plain = False
        self._burst = 0  # bytes sent at once since the reactor last came round
        self._buffered = 0  # bytes given to the transport since its buffer was last empty
        self._producer: Any = None
        self._streaming = False
        self._paused = False
        self._ending = False
        self._waiting: list[Deferred[None]] = []
        for interface in _OPTIONAL:
            if interface.providedBy(protocol):
                alsoProvides(self, interface)

    def __getattr__(self, name: str) -> Any:
        """What else the transport has (``getPeerCertificate``, ``disconnecting`` …)."""
        if name == "transport":
            raise AttributeError("this connection has no transport yet")
        return getattr(self.transport, name)

    # --- as the transport's protocol

    def makeConnection(self, transport: Any) -> None:
        """The transport is there: pass it on to the protocol. A protocol that fails here is logged and aborted."""
        self.transport = transport
        self._host = transport.getHost()
        self.opened: float = self._factory.api.reactor.seconds()
        if isinstance(transport, tcp.Connection) and not transport.TLS:
            self._plain = True
            self._send = transport.writeSomeData
        elif ISSLTransport.providedBy(transport):
            alsoProvides(self, ISSLTransport)
        self._factory.connection_made(self)
        try:
            self.protocol.makeConnection(self)
        except Exception:
            self._log.failure("{connection} failed at its start", connection=self)
            self.abort()

    def dataReceived(self, data: bytes) -> None:
        """Bytes from the peer."""
        self.active = True
        self._burst = 0
        self.protocol.dataReceived(data)

    def readConnectionLost(self) -> None:
        """The peer ended its direction; only called where the protocol is an IHalfCloseableProtocol."""
        self.protocol.readConnectionLost()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; only called where the protocol is an IHalfCloseableProtocol."""
        self.protocol.writeConnectionLost()

    def handshakeCompleted(self) -> None:
        """TLS is up; only called where the protocol is an IHandshakeListener."""
        self.protocol.handshakeCompleted()

    def fileDescriptorReceived(self, descriptor: int) -> None:
        """A descriptor came over a Unix socket; only called where the protocol is an IFileDescriptorReceiver."""
        self.protocol.fileDescriptorReceived(descriptor)

    def connectionLost(self, reason: Failure) -> None:
        """It is over: stop the producer, tell the protocol, then everybody who waits."""
        self.lost = reason
        self._send = None
        producer, self._producer = self._producer, None
        try:
            if producer is not None and self._plain and self._streaming:
                producer.stopProducing()
            self.protocol.connectionLost(reason)
        finally:
            self._factory.connection_lost(self)
            self.protocol = None  # the two refer to each other; free both now
            waiting, self._waiting = self._waiting, []
            for deferred in waiting:
                deferred.callback(None)

    def logPrefix(self) -> str:
        """What the application's protocol is called in the log."""
        protocol = self.protocol
        return str(protocol.logPrefix()) if ILoggingContext.providedBy(protocol) else type(protocol).__name__

    # --- as the protocol's transport: writing

    @property
    def immediate(self) -> bool:
        """Whether the next write goes to the kernel at once."""
        return self._send is not None

    def write(self, data: bytes) -> None:
        """Send, at once where nothing is buffered. Bytes for a connection that is over are dropped, as in Twisted."""
        self.active = True
        send = self._send
        if send is None:
            self._write_later(data)
            return
        sent = send(data)
        if sent != len(data):
            self._write_rest(data, sent)
            return
        self._burst += sent + WRITE_COST
        if self._burst > BURST:
            self._send = None
            self._watch_drain()

    def writeSequence(self, data: Any) -> None:
        """Send several pieces as one."""
        self.write(b"".join(data))

    def _write_rest(self, data: bytes, sent: Any) -> None:
        """The kernel took a part, or none: the transport buffers the rest and sends it when there is room."""
        self._send = None
        if not isinstance(sent, int):  # the connection is lost; the reactor finds that out when it tries
            self.transport.write(data)
            return
        self._watch_drain()
        self._write_later(data[sent:])

    def _write_later(self, data: bytes) -> None:
        self.transport.write(data)
        if self._buffered and self.lost is None:
            self._buffered += len(data)
            if self._buffered > HIGH_WATER and self._streaming and not self._paused and self._producer is not None:
                self._paused = True
                self._producer.pauseProducing()

    def _watch_drain(self) -> None:
        """Hear when the buffer has drained, or after the next write where it is empty now."""
        self._buffered = 1
        self.transport.registerProducer(_Drained(self), False)

    def _drained(self) -> None:
        self.active = True
        self._burst = 0
        self._stop_watching()
        if self._ending:
            self.transport.loseWriteConnection()
            return
        self._send = self.transport.writeSomeData
        if self._paused:
            self._paused = False
            if self._producer is not None:
                self._producer.resumeProducing()

    def _stop_watching(self) -> None:
        if self._buffered:
            self._buffered = 0
            self.transport.unregisterProducer()

    # --- as the protocol's transport: producers

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Have ``producer`` paused and resumed (streaming), or asked for each piece, by the room in the buffer."""
        if self._producer is not None:
            raise RuntimeError(f"{self._producer!r} is registered already; unregister it first")
        if self.lost is not None:
            producer.stopProducing()
            return
        self._producer, self._streaming, self._paused = producer, streaming, False
        if not self._plain:
            self.transport.registerProducer(producer, streaming)
        elif not streaming:
            # The transport asks a pull producer whenever its buffer has drained: so let all writes go through it.
            self._stop_watching()
            self._send = None
            self.transport.registerProducer(producer, False)

    def unregisterProducer(self) -> None:
        """Forget the producer."""
        producer, self._producer = self._producer, None
        if producer is None or self.lost is not None:
            return
        if not self._plain:
            self.transport.unregisterProducer()
        elif not self._streaming:
            self.transport.unregisterProducer()
            self._watch_drain()  # what it wrote may be buffered still; the next write finds out

    # --- as the protocol's transport: reading, ending, TLS

    def pauseProducing(self) -> None:
        """Read no more for now."""
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """Read again."""
        self.transport.resumeProducing()

    def stopProducing(self) -> None:
        """Close."""
        self.loseConnection()

    def loseConnection(self) -> None:
        """Close once everything written is sent.

        A push producer does not hold that up, even a paused one: plain TCP never sees it, and TLS forgets it here.
        """
        if self._producer is not None and self._streaming and not self._plain:
            self.unregisterProducer()
        self.transport.loseConnection()

    def loseWriteConnection(self) -> None:
        """End our direction once everything written is sent. TLS has no half-close here: it ends both directions."""
        self._send = None
        if self._buffered:
            self._ending = True
            self.transport.startWriting()  # it may be that nothing is buffered after all
        elif ISSLTransport.providedBy(self):
            self.loseConnection()
        else:
            self.transport.loseWriteConnection()

    def abortConnection(self) -> None:
        """Reset: nothing is flushed."""
        self._send = None
        self.transport.abortConnection()

    def startTLS(self, contextFactory: Any, normal: bool = True) -> None:
        """Encrypt from now on; see ITLSTransport. Writes go through the TLS layer only from here."""
        self.change_transport(lambda: self.transport.startTLS(contextFactory, normal))
        alsoProvides(self, ISSLTransport)

    def change_transport(self, change: Callable[[], object]) -> None:
        """Go on over another transport, or over one that has become another: no write is at once any more.

        Args:
            change: makes the change; brings along the producer that the transport knows.
        """
        ending = self._ending and self._buffered
        self._stop_watching()
        self._send = None
        pushing = self._producer if self._plain and self._streaming else None
        self._plain = False
        change()
        if ending:
            self.transport.loseWriteConnection()
        if pushing is not None:
            self.transport.registerProducer(pushing, True)
            if self._paused:
                self._paused = False
                pushing.resumeProducing()

    def receive_again(self, data: bytes) -> None:
        """Have bytes that the protocol was given too early read by TLS, right after :meth:`startTLS`."""
        if data:
            # Between two connections, as around a proxy's header, the lower one is where TLS is.
            below = getattr(self.transport, "receive_again", None)
            (below or self.transport.protocol.dataReceived)(data)

    def getPeer(self) -> Any:
        """The peer's IAddress."""
        return self.transport.getPeer()

    def getHost(self) -> Any:
        """Our IAddress; also after the end, where the transport has forgotten it."""
        if self.lost is None:
            self._host = self.transport.getHost()
        return self._host

    @property
    def peer(self) -> Address:
        """Who is at the other end: asked each time, since a proxy's header may tell it later."""
        return from_twisted(self.transport.getPeer())

    @property
    def local(self) -> Address:
        """Our end; kept after the end of the connection."""
        return from_twisted(self.getHost())

    def getHandle(self) -> Any:
        """The OS socket, or the TLS connection."""
        return self.transport.getHandle()

    def setTcpNoDelay(self, enabled: bool) -> None:
        """TCP_NODELAY: on by default."""
        self.transport.setTcpNoDelay(enabled)

    def getTcpNoDelay(self) -> bool:
        """Whether TCP_NODELAY is on."""
        return bool(self.transport.getTcpNoDelay())

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """SO_KEEPALIVE."""
        self.transport.setTcpKeepAlive(enabled)

    def getTcpKeepAlive(self) -> bool:
        """Whether SO_KEEPALIVE is on."""
        return bool(self.transport.getTcpKeepAlive())

    # --- for the host

    def finish(self) -> None:
        """End without cutting an answer short: as the protocol knows how, else by closing."""
        if self.lost is None:
            if IFinishingProtocol.providedBy(self.protocol):
                self.protocol.finish()
            else:
                self.loseConnection()

    def abort(self) -> None:
        """Reset the connection. No error in any state."""
        if self.lost is None:
            self.abortConnection()

    def when_closed(self) -> Deferred[None]:
        """A Deferred of the end; several may wait, and cancelling one harms nobody."""
        deferred: Deferred[None] = Deferred(self._forget)
        if self.lost is not None:
            deferred.callback(None)
        else:
            self._waiting.append(deferred)
        return deferred

    def _forget(self, deferred: Deferred[None]) -> None:
        if deferred in self._waiting:
            self._waiting.remove(deferred)

    def __repr__(self) -> str:
        return f"<connection #{self.number} of {self.logPrefix()}>"
