"""The stream socket: SOCKET, BIND, LISTEN, ACCEPT, CONNECT, SEND, RECEIVE and CLOSE for bytes in order.

This class holds the life of the socket; the bytes of a connected one are :class:`~sockservice.sockets.stream.Stream`'s.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.interfaces import IProtocolFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.errors import ConnectFailed, ConnectionClosed, TimedOut, WrongState
from sockservice.interfaces import STREAM, Address, IStreamSocket, State
from sockservice.sockets.accept_queue import AcceptQueue
from sockservice.sockets.addresses import show
from sockservice.sockets.binding import PathIdentity, bind, path_mode_kept, translated
from sockservice.sockets.connecting import Connecting, resolve
from sockservice.sockets.connection_factory import ConnectionFactory
from sockservice.sockets.states import check
from sockservice.sockets.stream import Stream

if TYPE_CHECKING:
    from sockservice.sockets.api import SocketAPI


@implementer(IStreamSocket)
class StreamSocket:
    """A stream socket; made by :meth:`SocketAPI.socket`, ACCEPT or a coroutine service."""

    def __init__(
        self,
        api: SocketAPI,
        number: int,
        os_socket: socket.socket | None = None,
        *,
        no_delay: bool = True,
        stream: Stream | None = None,
    ) -> None:
        """Take an unbound OS socket, or a connected stream."""
        self.number = number
        self.local_address: Address | None = None
        self.peer_address: Address | None = None
        self.connections: ConnectionFactory | None = None
        self._api = api
        self._os_socket = os_socket
        self._no_delay = no_delay
        self._path: PathIdentity | None = None
        self._queue: AcceptQueue | None = None
        self._connecting: Deferred[Any] | None = None
        self._stopping: Deferred[None] | None = None
        self._own_state = State.UNBOUND
        self._stream: Stream | None = None
        if stream is not None:
            self._attach(stream)

    @property
    def state(self) -> State:
        """Where in its life the socket is."""
        return self._own_state if self._stream is None else self._stream.state

    def _attach(self, stream: Stream) -> None:
        self._stream = stream
        self.local_address = stream.transport.local
        self.peer_address = stream.transport.peer

    # --- BIND, LISTEN, ACCEPT

    def bind(self, address: Address) -> None:
        """See ISocket."""
        check(STREAM, "BIND", self.state)
        assert self._os_socket is not None
        self.local_address = bind(self._os_socket, STREAM, address)
        if isinstance(self.local_address, str):
            self._path = PathIdentity.of(self.local_address)
        self._own_state = State.BOUND

    def adopted(self, address: Address) -> None:
        """The OS socket came bound from elsewhere; a Unix path is its maker's to remove."""
        self.local_address = address
        self._own_state = State.BOUND

    def listen(self, *, factory: IProtocolFactory | None = None, backlog: int = 511) -> None:
        """See IStreamSocket."""
        check(STREAM, "LISTEN", self.state)
        assert self._os_socket is not None
        assert self.local_address is not None
        queue = None
        if isinstance(factory, ConnectionFactory):
            connections = factory
            connections.number = self.number
        else:
            queue = AcceptQueue(self._api) if factory is None else None
            connections = ConnectionFactory(
                queue if factory is None else factory,  # type: ignore[arg-type]
                api=self._api,
                number=self.number,
                no_delay=self._no_delay,
                observe_accept=queue is None,
            )
        family = self._os_socket.family
        try:
            self._os_socket.listen(backlog)
            with path_mode_kept(self.local_address):
                port = self._api.reactor.adoptStreamPort(self._os_socket.fileno(), family, connections)
            if family == socket.AF_UNIX:  # Twisted's Unix port has called listen(2) again, with its own backlog
                self._os_socket.listen(backlog)
        except OSError as error:
            raise translated(error, STREAM, self.local_address) from error
        self._os_socket.close()
        self._os_socket = None
        listener = connections.attach(port, self._path)
        if queue is not None:
            queue.start(listener)
        self.connections, self._queue = connections, queue
        self._own_state = State.LISTENING

    def accept(self, *, timeout: float | None = None) -> Deferred[Any]:
        """See IStreamSocket."""
        try:
            check(STREAM, "ACCEPT", self.state)
            if self._queue is None:
                raise WrongState("ACCEPT on a socket whose LISTEN was given a factory: the factory accepts")
        except WrongState as error:
            return fail(error)
        return self._queue.accept(timeout)

    def pause_accepting(self) -> None:
        """Leave further clients in the kernel's backlog, from the very next one on.

        Raises:
            WrongState: not LISTENING.
        """
        check(STREAM, "ACCEPT", self.state)
        assert self.connections is not None
        self.connections.pause_accepting()

    def resume_accepting(self) -> None:
        """Take clients again.

        Raises:
            WrongState: not LISTENING.
        """
        check(STREAM, "ACCEPT", self.state)
        assert self.connections is not None
        self.connections.resume_accepting()

    # --- CONNECT

    def connect(self, address: Address, *, timeout: float | None = 30.0) -> Deferred[None]:
        """See IStreamSocket."""
        try:
            check(STREAM, "CONNECT", self.state)
        except WrongState as error:
            return fail(error)
        assert self._os_socket is not None
        reactor = self._api.reactor
        self._own_state = State.CONNECTING
        self.peer_address = address
        done = resolve(reactor, address, self._os_socket.family, "TCP")
        done.addCallback(lambda found: Connecting(reactor, self._open_socket(), found).done)
        self._connecting = done
        timed_out = False
        timer = None

        def time_out() -> None:
            nonlocal timed_out
            timed_out = True
            done.cancel()

        if timeout is not None:
            timer = reactor.callLater(timeout, time_out)

        def ended(result: Any) -> Any:
            if timer is not None and timer.active():
                timer.cancel()
            self._connecting = None
            return result

        def failed(failure: Failure) -> Any:
            self._close_os_socket()
            if timed_out:
                raise TimedOut(f"CONNECT: {show(address)} did not answer within {timeout:g} s")
            if isinstance(failure.value, CancelledError) and self._stopping is not None:
                raise ConnectionClosed(f"CONNECT to {show(address)}: we closed the socket while this waited")
            return failure

        return done.addBoth(ended).addCallback(self._connected).addErrback(failed)

    def _open_socket(self) -> socket.socket:
        assert self._os_socket is not None
        return self._os_socket

    def _connected(self, _address: Address) -> None:
        """The OS socket is connected: hand it to the reactor."""
        os_socket = self._open_socket()
        stream = Stream(self._api.reactor, self.number, self._attach)
        factory = ConnectionFactory(
            _Only(stream), api=self._api, number=self.number, no_delay=self._no_delay, observe_accept=False
        )
        try:
            self._api.reactor.adoptStreamConnection(os_socket.fileno(), os_socket.family, factory)
        except OSError as error:
            raise ConnectFailed(f"the connection to {show(self.peer_address)} broke at once: {error}") from error
        os_socket.close()
        self._os_socket = None
        if self._path is not None:
            stream.transport.when_closed().addCallback(lambda _: self._remove_path())

    def _remove_path(self) -> None:
        if self._path is not None:
            self._path.remove()

    def _close_os_socket(self) -> None:
        self._own_state = State.CLOSED
        if self._os_socket is not None:
            self._os_socket.close()
            self._os_socket = None
        self._remove_path()

    # --- SEND, RECEIVE

    def send(self, data: bytes, *, timeout: float | None = None) -> Deferred[None]:
        """See IStreamSocket."""
        if self._stream is None:
            return self._not_connected("SEND")
        return self._stream.send(data, timeout=timeout)

    def receive(self, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if self._stream is None:
            return self._not_connected("RECEIVE")
        return self._stream.receive(limit, timeout=timeout)

    def receive_exactly(self, size: int, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if self._stream is None:
            return self._not_connected("RECEIVE")
        return self._stream.receive_exactly(size, timeout=timeout)

    def receive_until(self, delimiter: bytes, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """See IStreamSocket."""
        if self._stream is None:
            return self._not_connected("RECEIVE")
        return self._stream.receive_until(delimiter, limit, timeout=timeout)

    def _not_connected(self, call: str) -> Deferred[Any]:
        try:
            check(STREAM, call, self.state)
        except WrongState as error:
            return fail(error)
        raise AssertionError("a connected socket has a stream")

    def shutdown(self) -> None:
        """See IStreamSocket."""
        if self._stream is None:
            check(STREAM, "SHUTDOWN", self.state)
        else:
            self._stream.shutdown()

    def start_tls(self, context: Any, *, server_side: bool = True) -> None:
        """See IStreamSocket."""
        check(STREAM, "START_TLS", self.state)
        assert self._stream is not None
        self._stream.start_tls(context, server_side)

    # --- CLOSE

    def close(self, *, timeout: float | None = 30.0) -> Deferred[None]:
        """See ISocket."""
        if self._stream is not None:
            return self._stream.close(timeout)
        if self._own_state is State.LISTENING:
            return self._stop_listening()
        if self._stopping is not None:
            return self._when_stopped()
        self._stopping = succeed(None)
        if self._connecting is not None:
            self._connecting.cancel()
        else:
            self._close_os_socket()
        return succeed(None)

    def abort(self) -> None:
        """See IStreamSocket."""
        if self._stream is not None:
            self._stream.abort()
        else:
            self.close()

    def _stop_listening(self) -> Deferred[None]:
        assert self.connections is not None
        assert self.connections.listener is not None
        self._own_state = State.CLOSED
        if self._queue is not None:
            self._queue.fail_waiting(ConnectionClosed("ACCEPT: we closed the listening socket while this waited"))
        self._stopping = self.connections.listener.stop()
        return self._when_stopped()

    def _when_stopped(self) -> Deferred[None]:
        """A Deferred of its own for each caller, so that cancelling one harms nobody."""
        assert self._stopping is not None
        mine: Deferred[None] = Deferred()

        def pass_on(result: Any) -> Any:
            if not mine.called:
                mine.callback(result)
            return None

        self._stopping.addBoth(pass_on)
        return mine

    def __repr__(self) -> str:
        return f"<stream socket #{self.number} {self.state.value} {show(self.local_address)}>"


@implementer(IProtocolFactory)
class _Only:
    """The factory of one protocol: adopting a connection takes a factory."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def doStart(self) -> None:
        """Not called for an adopted connection."""

    def doStop(self) -> None:
        """Not called for an adopted connection."""

    def buildProtocol(self, addr: object) -> Stream:  # noqa: ARG002 - Twisted's signature
        """The one."""
        return self._stream
