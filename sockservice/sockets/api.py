"""The Socket API over a Twisted reactor: where sockets come from, how they are numbered, and who watches them."""

from __future__ import annotations

import errno
import itertools
import os
import socket
from typing import Any

from twisted.logger import Logger
from zope.interface import implementer

from sockservice.errors import CallerError, ListenError
from sockservice.interfaces import DATAGRAM, STREAM, ISocketAPI, ISocketObserver, Kind, SocketCall
from sockservice.sockets.addresses import family_name, from_socket
from sockservice.sockets.datagram import DatagramSocket
from sockservice.sockets.observed_sockets import ObservedDatagramSocket, ObservedStreamSocket
from sockservice.sockets.stream import Stream
from sockservice.sockets.stream_socket import StreamSocket

_TYPES = {STREAM: socket.SOCK_STREAM, DATAGRAM: socket.SOCK_DGRAM}
_FAMILIES = {
    STREAM: (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX),
    DATAGRAM: (socket.AF_INET, socket.AF_INET6),
}


@implementer(ISocketAPI)
class SocketAPI:
    """The eight calls.

    Args:
        reactor: an IReactorSocket, IReactorFDSet, IReactorTime and, for names, IReactorPluggableNameResolver.
        observer: sees every call; with none nothing is paid.
    """

    _log = Logger()

    def __init__(self, reactor: Any, observer: ISocketObserver | None = None) -> None:
        self.reactor = reactor
        self.observer = observer
        self._numbers = itertools.count(1)

    def socket(
        self,
        kind: Kind,
        *,
        family: socket.AddressFamily = socket.AF_INET,
        reuse_address: bool = True,
        reuse_port: bool = False,
        no_delay: bool = True,
        broadcast: bool = False,
    ) -> Any:
        """See ISocketAPI."""
        if kind not in _TYPES or family not in _FAMILIES[kind]:
            raise CallerError(
                f"there is no {getattr(kind, 'value', kind)} socket of family {getattr(family, 'name', family)}; "
                "streams are IPv4, IPv6 or Unix, datagrams IPv4 or IPv6"
            )
        started = self.reactor.seconds()
        os_socket = socket.socket(family, _TYPES[kind])
        os_socket.setblocking(False)
        if kind is STREAM and reuse_address and family != socket.AF_UNIX:
            os_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port and family != socket.AF_UNIX:
            os_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if broadcast and kind is DATAGRAM:
            os_socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        number = self.next_number()
        made = self._made(kind, number, os_socket, no_delay)
        if self.observer is not None:
            self.emit(number, "SOCKET", f"{kind.value} {family_name(family)}", "socket(2)", "ok", started)
        return made

    def adopt(self, descriptor: int) -> Any:
        """See ISocketAPI. The descriptor's open file is shared, and so becomes non-blocking for its maker too."""
        try:
            os_socket = socket.socket(fileno=os.dup(descriptor))
        except OSError as error:
            raise ListenError(f"descriptor {descriptor} is not a socket: {error.strerror}") from error
        try:
            kind = {socket.SOCK_STREAM: STREAM, socket.SOCK_DGRAM: DATAGRAM}.get(os_socket.type)
            if kind is None or os_socket.family not in _FAMILIES[kind]:
                raise ListenError(
                    f"descriptor {descriptor} is a socket of {os_socket.family!r} and {os_socket.type!r}; "
                    "what can be used are streams (IPv4, IPv6, Unix) and datagrams (IPv4, IPv6)"
                )
            address = from_socket(os_socket.getsockname())
            if not address or (not isinstance(address, str) and address[1] == 0):
                raise ListenError(f"descriptor {descriptor} is not bound to an address; bind it before handing it over")
            if _has_peer(os_socket):
                raise ListenError(f"descriptor {descriptor} is connected; hand over a bound or listening socket")
            os_socket.setblocking(False)
            made = self._made(kind, self.next_number(), os_socket, no_delay=True)
            made.adopted(address)
        except BaseException:
            os_socket.close()
            raise
        return made

    def connected_socket(self, stream: Stream) -> StreamSocket:
        """The stream socket of a stream that just got its connection (ACCEPT, a coroutine service)."""
        kind = StreamSocket if self.observer is None else ObservedStreamSocket
        return kind(self, stream.number, stream=stream)

    def next_number(self) -> int:
        """The number of the next socket or connection."""
        return next(self._numbers)

    def emit(
        self,
        number: int,
        call: str,
        arguments: str,
        operation: str,
        outcome: str,
        started: float | None = None,
    ) -> None:
        """Tell the observer of a call that has ended; the arguments are SocketCall's.

        An observer that raises is logged and does no harm to the connection it watched.
        """
        if self.observer is None:
            return
        now = self.reactor.seconds()
        began = now if started is None else started
        try:
            self.observer.socket_call(SocketCall(number, call, arguments, operation, outcome, began, now - began))
        except Exception:
            self._log.failure("the socket observer failed at {call}", call=call)

    def _made(self, kind: Kind, number: int, os_socket: Any, no_delay: bool) -> Any:
        observed = self.observer is not None
        if kind is STREAM:
            stream_type = ObservedStreamSocket if observed else StreamSocket
            return stream_type(self, number, os_socket, no_delay=no_delay)
        datagram_type = ObservedDatagramSocket if observed else DatagramSocket
        return datagram_type(self, number, os_socket)


def _has_peer(os_socket: Any) -> bool:
    try:
        os_socket.getpeername()
    except OSError as error:
        return error.errno != errno.ENOTCONN
    return True
