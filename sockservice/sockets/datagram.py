"""The datagram socket: single messages over UDP, unicast, broadcast and multicast."""

from __future__ import annotations

import errno
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.error import InvalidAddressError, MessageLengthError
from twisted.internet.protocol import DatagramProtocol
from zope.interface import implementer

from sockservice.errors import (
    AlreadyWaiting,
    CallerError,
    ConnectFailed,
    ConnectionClosed,
    ConnectionRefused,
    LimitExceeded,
    PermissionMissing,
    TimedOut,
    WrongState,
)
from sockservice.interfaces import DATAGRAM, Address, IDatagramSocket, State
from sockservice.sockets.addresses import show
from sockservice.sockets.binding import bind
from sockservice.sockets.connecting import resolve
from sockservice.sockets.datagram_inlet import Inlet
from sockservice.sockets.multicast import change_membership
from sockservice.sockets.states import check, wrong
from sockservice.sockets.toxic_datagrams import DisturbedPort

if TYPE_CHECKING:
    from sockservice.sockets.api import SocketAPI
    from sockservice.sockets.toxic_datagrams import ToxicDatagrams

MAX_QUEUE = 1024
"""How many datagrams wait to be received; older ones are dropped, as the kernel drops newer ones."""

MAX_DATAGRAM = 65536
"""The room for one arriving datagram; IPv4 and IPv6 carry less than this."""

_LOST_ON_THE_WAY = frozenset({errno.EAGAIN, errno.ENOBUFS})
"""The kernel had no room: the datagram is lost here, as it may be anywhere on its way."""


@implementer(IDatagramSocket)
class DatagramSocket:
    """A datagram socket; made by :meth:`SocketAPI.socket`.

    Attributes:
        deliver: gets each datagram that has arrived: the queue, or the protocol that is served.
    """

    def __init__(self, api: SocketAPI, number: int, os_socket: socket.socket, *, max_queue: int = MAX_QUEUE) -> None:
        """Take an unbound OS socket.

        Args:
            api: the SocketAPI.
            number: the socket's number.
            os_socket: non-blocking.
            max_queue: how many datagrams may wait to be received.
        """
        self.number = number
        self.state = State.UNBOUND
        self.local_address: Address | None = None
        self.peer_address: Address | None = None
        self.dropped = 0
        self._api = api
        self._family = os_socket.family
        self._os_socket: socket.socket | None = os_socket
        self._port: Any = None
        self._outlet: Any = None  # the port, or what disturbs what is written to it
        self._toxics: ToxicDatagrams | None = None
        self.deliver: Callable[[bytes, Any], object] = self._datagram_received
        self._inlet = Inlet(self._datagram_received, self._refused, self._port_lost)
        self._queue: deque[tuple[bytes, Address]] = deque()
        self._max_queue = max_queue
        self._waiting: Deferred[tuple[bytes, Address]] | None = None
        self._timer: Any = None
        self._error: ConnectionRefused | None = None
        self._served: Any = None
        self._stopping: Deferred[None] | None = None

    # --- BIND, CONNECT

    def bind(self, address: Address) -> None:
        """See ISocket."""
        check(DATAGRAM, "BIND", self.state)
        assert self._os_socket is not None
        self.adopted(bind(self._os_socket, DATAGRAM, address))

    def adopted(self, address: Address) -> None:
        """The OS socket is bound: give it to the reactor."""
        assert self._os_socket is not None
        self.local_address = address
        self._adopt(self._os_socket)
        self._os_socket.close()
        self._os_socket = None
        self.state = State.BOUND

    def _adopt(self, os_socket: socket.socket) -> None:
        adopt = self._api.reactor.adoptDatagramPort
        self._port = adopt(os_socket.fileno(), self._family, self._inlet, maxPacketSize=MAX_DATAGRAM)
        self._outlet = self._port if self._toxics is None else DisturbedPort(self._port, self._toxics)

    def listen(self, **_arguments: Any) -> None:
        """Refused: datagram sockets take no connections."""
        raise wrong(DATAGRAM, "LISTEN", self.state)

    def accept(self, **_arguments: Any) -> Deferred[Any]:
        """Refused: datagram sockets take no connections."""
        return fail(wrong(DATAGRAM, "ACCEPT", self.state))

    def connect(self, address: Address) -> Deferred[None]:
        """See IDatagramSocket."""
        try:
            check(DATAGRAM, "CONNECT", self.state)
        except WrongState as error:
            return fail(error)
        return resolve(self._api.reactor, address, self._family, "UDP").addCallback(self._connect)

    def _connect(self, found: list[Address]) -> None:
        check(DATAGRAM, "CONNECT", self.state)  # resolving may have taken a while
        peer = found[0]
        if self.state is State.UNBOUND:
            self._bind_anywhere()
        try:
            self._port.connect(peer[0], peer[1])
        except OSError as error:
            raise _not_sent(error, peer) from error
        # Kept for when the reactor closes the port; see _port_lost.
        self._os_socket = socket.socket(fileno=os.dup(self._port.fileno()))
        self.peer_address = peer
        self.state = State.CONNECTED
        self._queue = deque(entry for entry in self._queue if entry[1][:2] == peer[:2])
        # The kernel has chosen the source address by now, where it was bound to all of them.
        host = self._port.getHost()
        self.local_address = (host.host, host.port)

    def _bind_anywhere(self) -> None:
        self.bind(("0.0.0.0" if self._family == socket.AF_INET else "::", 0))  # noqa: S104 - as the kernel would

    # --- SEND

    def send(self, data: bytes) -> Deferred[None]:
        """See IDatagramSocket."""
        try:
            check(DATAGRAM, "SEND", self.state)
            assert self.peer_address is not None
            self._write(data, None, self.peer_address)
        except Exception as error:
            return fail(error)
        return succeed(None)

    def send_to(self, data: bytes, address: Address) -> Deferred[None]:
        """See IDatagramSocket."""
        try:
            check(DATAGRAM, "SEND_TO", self.state)
            if isinstance(address, str) or len(address) < 2:
                raise CallerError(f"datagrams are sent to (host, port), not to {address!r}")
            host = str(address[0])
            if not (isIPAddress(host) or isIPv6Address(host) or host == "<broadcast>"):
                raise CallerError(f"send_to takes numbers, not names: resolve {host!r} first, or use connect")
            if self.state is State.UNBOUND:
                self._bind_anywhere()
            self._write(data, address, address)
        except Exception as error:
            return fail(error)
        return succeed(None)

    def _write(self, data: bytes, address: Address | None, shown: Address) -> None:
        try:
            self._outlet.write(data, address)
        except MessageLengthError as error:
            raise LimitExceeded(f"{len(data)} bytes are more than one datagram to {show(shown)} can be") from error
        except InvalidAddressError as error:
            raise CallerError(f"{show(shown)} is not of this socket's family; make a socket of the other") from error
        except OSError as error:
            if error.errno not in _LOST_ON_THE_WAY:
                raise _not_sent(error, shown) from error

    # --- RECEIVE

    def receive(self, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IDatagramSocket."""
        return self.receive_from(timeout=timeout).addCallback(lambda entry: entry[0])

    def receive_from(self, *, timeout: float | None = None) -> Deferred[tuple[bytes, Address]]:
        """See IDatagramSocket."""
        try:
            check(DATAGRAM, "RECEIVE", self.state)
            if self._served is not None:
                raise WrongState("RECEIVE on a socket that serves a protocol: the protocol gets the datagrams")
            if self._waiting is not None:
                raise AlreadyWaiting(f"RECEIVE on socket #{self.number}: another receive is waiting; await it first")
        except CallerError as error:
            return fail(error)
        if self._queue:
            return succeed(self._queue.popleft())
        if self._error is not None:
            refused, self._error = self._error, None
            return fail(refused)
        waiting: Deferred[tuple[bytes, Address]] = Deferred(self._cancelled)
        self._waiting = waiting
        if timeout is not None:
            self._timer = self._api.reactor.callLater(timeout, self._timed_out, timeout)
        return waiting

    def _end_wait(self) -> Deferred[tuple[bytes, Address]] | None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        waiting, self._waiting = self._waiting, None
        return waiting

    def _cancelled(self, _deferred: Deferred[Any]) -> None:
        self._end_wait()

    def _timed_out(self, timeout: float) -> None:
        waiting = self._end_wait()
        assert waiting is not None
        waiting.errback(TimedOut(f"RECEIVE: no datagram came within {timeout:g} s"))

    def _datagram_received(self, data: bytes, address: Address) -> None:
        waiting = self._end_wait()
        if waiting is not None:
            waiting.callback((data, address))
            return
        if len(self._queue) >= self._max_queue:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append((data, address))

    def _port_lost(self) -> None:
        """The port has closed: because of us, or because the peer's machine refused a datagram.

        Twisted's pollers take the error that the kernel then reports on a connected socket for a disconnection and
        close the port. The socket itself is well: give it back to the reactor, and tell of the refusal.
        """
        if self.state is State.CLOSED:
            if self._served is not None:
                self._served.doStop()
            return
        assert self._os_socket is not None
        assert self.peer_address is not None
        self._os_socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # reading it clears it
        self._adopt(self._os_socket)
        self._port.connect(self.peer_address[0], self.peer_address[1])
        if self._served is not None:
            self._served.transport = self._transport()
        self._inlet.refused()

    def _refused(self) -> None:
        error = ConnectionRefused(f"nobody receives at {show(self.peer_address)}, its machine says")
        waiting = self._end_wait()
        if waiting is not None:
            waiting.errback(error)
        else:
            self._error = error

    # --- groups, protocols

    def join_group(self, group: str, interface: str = "") -> Deferred[None]:
        """See IDatagramSocket."""
        return maybeDeferred(self._membership, group, interface, True)

    def leave_group(self, group: str, interface: str = "") -> Deferred[None]:
        """See IDatagramSocket."""
        return maybeDeferred(self._membership, group, interface, False)

    def _membership(self, group: str, interface: str, join: bool) -> None:
        check(DATAGRAM, "JOIN_GROUP", self.state)
        change_membership(self._port.getHandle(), group, interface, join)

    def serve(self, protocol: DatagramProtocol) -> None:
        """Let a Twisted DatagramProtocol have this bound socket: its transport is the reactor's UDP port.

        Datagrams that wait already are the first it gets; CLOSE stops it.

        Raises:
            WrongState: not BOUND or CONNECTED, or a protocol or a receive has the socket.
        """
        check(DATAGRAM, "SERVE", self.state)
        if self._served is not None or self._waiting is not None:
            raise WrongState("SERVE on a socket that is in use; give each protocol a socket of its own")
        self._served = protocol
        self.deliver = self._serving(protocol)
        if self._toxics is None:
            self._inlet.received = self.deliver
        self._inlet.refused = protocol.connectionRefused
        protocol.makeConnection(self._transport())
        while self._queue:
            self.deliver(*self._queue.popleft())

    def _serving(self, protocol: DatagramProtocol) -> Callable[[bytes, Any], object]:
        """What is called for each datagram of a served protocol; an observed socket reports it first."""
        return protocol.datagramReceived

    def _transport(self) -> Any:
        """The transport of a served protocol; an observed socket reports its writes."""
        return self._outlet

    # --- toxics

    def disturb(self, toxics: ToxicDatagrams) -> None:
        """Have ``toxics`` between this bound socket and its port, from now on."""
        self._toxics = toxics
        self._outlet = DisturbedPort(self._port, toxics)
        self._inlet.received = toxics.received
        if self._served is not None:
            self._served.transport = self._transport()

    def transmit(self, data: bytes, address: Any) -> None:
        """Send a datagram that is through with the toxics.

        Raises:
            Exception: as the reactor's UDP port does.
        """
        self._port.write(data, address)

    # --- CLOSE

    def close(self, *, timeout: float | None = 30.0) -> Deferred[None]:  # noqa: ARG002 - nothing waits here
        """See ISocket."""
        self.state = State.CLOSED
        toxics, self._toxics = self._toxics, None
        if toxics is not None:
            toxics.drop()
        waiting = self._end_wait()
        if waiting is not None:
            waiting.errback(ConnectionClosed(f"RECEIVE on socket #{self.number}: we closed it while this waited"))
        self._queue.clear()
        if self._os_socket is not None:
            self._os_socket.close()
            self._os_socket = None
        if self._port is not None and self._stopping is None:
            self._stopping = maybeDeferred(self._port.stopListening)
        mine: Deferred[None] = Deferred()

        def pass_on(result: Any) -> None:
            if not mine.called:
                mine.callback(result)

        (self._stopping or succeed(None)).addBoth(pass_on)
        return mine

    def __repr__(self) -> str:
        return f"<datagram socket #{self.number} {self.state.value} {show(self.local_address)}>"


def _not_sent(error: OSError, address: Address) -> Exception:
    """What sendto(2) or connect(2) said, as one of our errors."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionMissing(f"no permission to send to {show(address)}; to broadcast, make it with broadcast=True")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ConnectFailed(f"nothing can be sent to {show(address)}: {reason}")
