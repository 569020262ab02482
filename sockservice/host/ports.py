"""The ports of a service: bound first, all of them, then listened on, so that a taken one leaves nothing half-open."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from sockservice.errors import AddressInUse, ListenError, PeerError
from sockservice.host.disturbed_reactor import DisturbedReactor
from sockservice.host.endpoints import (
    BACKLOG,
    Endpoint,
    Foreign,
    Inherited,
    Proxied,
    StreamEndpoint,
    Tcp,
    Tls,
    Udp,
    Unix,
    family_of,
)
from sockservice.host.prepared_service import PreparedService
from sockservice.host.socket_endpoint import SocketEndpoint
from sockservice.interfaces import DATAGRAM, STREAM, Address
from sockservice.sockets import ConnectionFactory, CoroutineFactory
from sockservice.sockets.addresses import show

if TYPE_CHECKING:
    from sockservice.host.clients import Clients

SAME_PORT_ATTEMPTS = 50
"""How many free TCP ports are tried for one that is free for UDP too."""

RESTART_DELAY = 1.0
"""Seconds after which a datagram coroutine that failed is started again."""


def bottom(endpoint: Endpoint) -> Endpoint:
    """What is left of an endpoint without its TLS and PROXY layers."""
    while isinstance(endpoint, (Proxied, Tls)):
        endpoint = endpoint.below
    return endpoint


class StreamPort:
    """One stream endpoint of a service.

    Attributes:
        address: where it listens, once it is bound; for endpoints of Twisted's, once it listens.
    """

    kind = STREAM

    def __init__(self, service: PreparedService, endpoint: StreamEndpoint) -> None:
        self.service = service
        self.address: Address | None = None
        self._endpoint = endpoint
        self._socket: Any = None
        self._factory: ConnectionFactory | None = None
        self._port: IListeningPort | None = None
        self._stopped = False

    def __str__(self) -> str:
        return show(self.address)

    @property
    def binds_late(self) -> bool:
        """Whether Twisted opens it, so that its address is taken no sooner than it listens."""
        return isinstance(bottom(self._endpoint), Foreign)

    def bind(self) -> None:
        """Take the address; nobody is answered yet.

        Raises:
            ListenError: it cannot be had.
        """
        sockets = self.service.host.sockets
        below = bottom(self._endpoint)
        if isinstance(below, Tcp):
            self._socket = sockets.socket(STREAM, family=family_of(below.interface))
            self._socket.bind((below.interface, below.port))
        elif isinstance(below, Unix):
            import socket

            self._socket = sockets.socket(STREAM, family=socket.AF_UNIX)
            self._socket.bind(str(below.path))
            os.chmod(below.path, below.mode)
        elif isinstance(below, Inherited):
            self._socket = sockets.adopt(_endpoint_of_twisted(self.service.host.reactor, below.description).fileno)
        else:
            return
        self.address = self._socket.local_address

    def listen(self, clients: Clients) -> None:
        """Take connections from now on.

        Raises:
            ListenError: it cannot be.
        """
        stream: Any = self.service.stream
        sockets: Any = self.service.host.sockets
        factory = stream if IProtocolFactory.providedBy(stream) else CoroutineFactory(stream, sockets)
        self._factory = ConnectionFactory(
            factory,
            api=sockets,
            number=None if self._socket is None else self._socket.number,
            admit=clients.admit,
            opened=clients.opened,
            closed=clients.closed,
        )
        self._port = _opened_now(self._layers(self._endpoint).listen(self._factory), self._endpoint)
        if self._socket is None:
            self._factory.attach(self._port)
            self.address = _address_of(self._port)

    def _layers(self, endpoint: Endpoint) -> IStreamServerEndpoint:
        reactor = self.service.host.reactor
        if isinstance(endpoint, Tls):
            from twisted.internet.endpoints import wrapServerTLS

            return wrapServerTLS(self.service.certificates[endpoint], self._layers(endpoint.below), reactor)
        if isinstance(endpoint, Proxied):
            from twisted.protocols.haproxy import proxyEndpoint

            return proxyEndpoint(self._layers(endpoint.below))
        if isinstance(endpoint, Foreign):
            disturbed = DisturbedReactor(reactor, self.service.toxics)
            layer: IStreamServerEndpoint = _endpoint_of_twisted(disturbed, endpoint.description)
            return layer
        backlog = endpoint.backlog if isinstance(endpoint, Tcp) else BACKLOG
        return SocketEndpoint(reactor, self._socket, backlog, self.service.toxics)

    def pause(self) -> None:
        """Leave further clients in the kernel's backlog."""
        if self._stopped:
            return
        if self._socket is not None:
            self._socket.pause_accepting()
        elif self._factory is not None:
            self._factory.pause_accepting()

    def resume(self) -> None:
        """Take clients again, unless the port has been stopped."""
        if self._stopped:
            return
        if self._socket is not None:
            self._socket.resume_accepting()
        elif self._factory is not None:
            self._factory.resume_accepting()

    def stop(self) -> Deferred[Any]:
        """Give the address back; connections live on."""
        self._stopped = True
        if self._port is not None:
            return maybeDeferred(self._port.stopListening)
        return succeed(None) if self._socket is None else self._socket.close()


class DatagramPort:
    """One datagram endpoint of a service.

    Attributes:
        address: where it is bound, once it is.
    """

    kind = DATAGRAM
    binds_late = False
    _log = Logger()

    def __init__(self, service: PreparedService, endpoint: Udp) -> None:
        self.service = service
        self.address: Address | None = None
        self._endpoint = endpoint
        self._socket: Any = None
        self._running: Deferred[None] | None = None
        self._restart: Any = None
        self._stopped = False

    def __str__(self) -> str:
        return f"{show(self.address)} (datagrams)"

    def bind(self, port: int | None = None) -> None:
        """Take the address; nobody is answered yet.

        Args:
            port: the port, where it is not the endpoint's.

        Raises:
            ListenError: it cannot be had.
        """
        interface = self._endpoint.interface
        self._socket = self.service.host.sockets.socket(DATAGRAM, family=family_of(interface))
        self._socket.bind((interface, self._endpoint.port if port is None else port))
        self.address = self._socket.local_address

    def listen(self) -> None:
        """Answer from now on."""
        self.service.toxics.watch_datagrams(self._socket)
        if isinstance(self.service.datagrams[self._endpoint], DatagramProtocol):
            self._socket.serve(self.service.datagrams[self._endpoint])
        else:
            self._run()

    def _run(self) -> None:
        self._restart = None
        coroutine = self.service.datagrams[self._endpoint](self._socket)
        self._running = Deferred.fromCoroutine(coroutine).addErrback(self._failed)

    def _failed(self, failure: Failure) -> None:
        """One bad datagram must not end a service: log it and go on, a little later."""
        if self._stopped:
            return
        if not isinstance(failure.value, PeerError):
            self._log.failure(
                "{name} failed at a datagram and goes on in {delay} s",
                failure,
                name=self.service.name,
                delay=RESTART_DELAY,
            )
        self._restart = self.service.host.reactor.callLater(RESTART_DELAY, self._run)

    def stop(self) -> Deferred[Any]:
        """Give the address back."""
        self._stopped = True
        if self._restart is not None:
            self._restart.cancel()
        if self._socket is None:
            return succeed(None)
        closed: Deferred[Any] = self._socket.close()
        return closed


Port = StreamPort | DatagramPort


def bind_all(services: Sequence[PreparedService]) -> list[Port]:
    """Take every address of every service, or none.

    Returns:
        The bound ports, in the order of the services and their endpoints.

    Raises:
        ListenError: one cannot be had; the others have been given back.
    """
    ports: list[Port] = []
    try:
        for service in services:
            if service.settings.same_port:
                ports.extend(_bind_same_port(service))
                continue
            for endpoint in service.settings.endpoints:
                port = _port(service, endpoint)
                ports.append(port)
                port.bind()
    except BaseException:
        for port in ports:
            port.stop()
        raise
    return ports


def _port(service: PreparedService, endpoint: Endpoint) -> Port:
    return DatagramPort(service, endpoint) if isinstance(endpoint, Udp) else StreamPort(service, endpoint)


def _bind_same_port(service: PreparedService) -> tuple[StreamPort, DatagramPort]:
    """A stream and a datagram port of one number; where any free one will do, one that is free for both."""
    tcp, udp = service.settings.endpoints
    assert isinstance(tcp, Tcp)
    assert isinstance(udp, Udp)
    attempt = 0
    while True:
        attempt += 1
        stream, datagram = StreamPort(service, tcp), DatagramPort(service, udp)
        try:
            stream.bind()
            assert stream.address is not None
            datagram.bind(int(stream.address[1]))
        except BaseException as error:
            stream.stop()
            datagram.stop()
            if not isinstance(error, AddressInUse) or tcp.port or attempt == SAME_PORT_ATTEMPTS:
                raise
        else:
            return stream, datagram


def _endpoint_of_twisted(reactor: Any, description: str) -> Any:
    # Imports OpenSSL and more: a tenth of a second that plain ports need not wait.
    from twisted.internet.endpoints import serverFromString

    return serverFromString(reactor, description)  # type: ignore[no-untyped-call]


def _opened_now(listening: Deferred[IListeningPort], endpoint: Endpoint) -> IListeningPort:
    """The port of an endpoint, which all of Twisted's have at once.

    Raises:
        ListenError: it failed, or has not opened yet.
    """
    results: list[Any] = []
    listening.addBoth(results.append)
    description = getattr(endpoint, "description", endpoint)
    if not results:
        listening.cancel()
        raise ListenError(f"{description!r} does not open at once, which a service needs")
    if isinstance(results[0], Failure):
        if not isinstance(results[0].value, CannotListenError):
            results[0].raiseException()
        raise ListenError(f"cannot listen on {description!r}: {results[0].getErrorMessage()}")
    port: IListeningPort = results[0]
    return port


def _address_of(port: IListeningPort) -> Address:
    """The address of a Twisted port, in the standard library's form."""
    host: Any = port.getHost()
    if hasattr(host, "port"):
        return (host.host, host.port)
    name = getattr(host, "name", None)
    return os.fsdecode(name) if name is not None else str(host)
