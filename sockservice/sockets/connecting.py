"""CONNECT: resolve, connect without blocking, and tell how it went."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Sequence
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IHostResolution, IReadWriteDescriptor, IResolutionReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from sockservice.errors import ConnectFailed, ConnectionRefused, SockserviceError
from sockservice.interfaces import Address
from sockservice.sockets.addresses import family_name, from_twisted, show

UNIX_RETRY = 0.02
"""Seconds between two tries while a Unix socket's backlog is full: the kernel says EAGAIN and cannot be waited on."""


@implementer(IResolutionReceiver)
class _Names:
    """Collects the addresses of a name, and fires when they are all there."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.done: Deferred[list[Address]] = Deferred()

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        """Nothing is known yet."""

    def addressResolved(self, address: Any) -> None:
        """One more."""
        self.found.append(from_twisted(address))

    def resolutionComplete(self) -> None:
        """That is all."""
        if not self.done.called:
            self.done.callback(self.found)


def resolve(reactor: Any, address: Address, family: socket.AddressFamily, kind_text: str) -> Deferred[list[Address]]:
    """The numeric addresses of ``address`` in this family, best first; numbers and paths are their own.

    Args:
        reactor: asked for names.
        address: where to connect to.
        family: AF_INET, AF_INET6 or AF_UNIX.
        kind_text: ``TCP`` or ``UDP``.

    Returns:
        A Deferred of at least one address; fails with ConnectFailed for an unknown name or a wrong form.
    """
    if family == socket.AF_UNIX:
        if isinstance(address, str):
            return succeed([address])
        return fail(ConnectFailed(f"a Unix socket is connected to a path, not to {address!r}"))
    if isinstance(address, str) or len(address) < 2:
        return fail(ConnectFailed(f"{family_name(family)} addresses are (host, port), not {address!r}"))
    host, port = str(address[0]), int(address[1])
    right, other = (isIPAddress, isIPv6Address) if family == socket.AF_INET else (isIPv6Address, isIPAddress)
    if right(host):
        return succeed([address])
    if other(host):
        return fail(ConnectFailed(f"{host} is not an {family_name(family)} address; give the socket the other family"))
    names = _Names()
    kinds = [IPv4Address if family == socket.AF_INET else IPv6Address]
    reactor.nameResolver.resolveHostName(names, host, port, kinds, kind_text)

    def some(found: list[Address]) -> list[Address]:
        if not found:
            raise ConnectFailed(f"{host!r} has no {family_name(family)} address; check the name")
        return found

    return names.done.addCallback(some)


@implementer(IReadWriteDescriptor)
class Connecting:
    """One CONNECT under way, through all the addresses of a name.

    Attributes:
        done: fires with the address that answered, or fails with a PeerError; may be cancelled.
    """

    def __init__(self, reactor: Any, os_socket: socket.socket, addresses: Sequence[Address]) -> None:
        self.done: Deferred[Address] = Deferred(lambda _deferred: self._stop())
        self._reactor = reactor
        self._socket = os_socket
        # A bound socket has one try: another socket could not have its address before this one is gone.
        self._left = list(addresses[:1] if _is_bound(os_socket) else addresses)
        self._tries = 0
        self._address: Address = ""
        self._error: SockserviceError | None = None
        self._writing = False
        self._retry: Any = None
        self._next()

    def _next(self) -> None:
        if not self._left:
            self.done.errback(self._error or ConnectFailed("there is no address to connect to"))
            return
        self._address = self._left.pop(0)
        self._tries += 1
        if self._tries > 1:
            _renew(self._socket)
        self._try()

    def _try(self) -> None:
        self._retry = None
        try:
            code = self._socket.connect_ex(self._address)
        except (OSError, OverflowError) as error:  # a path too long, a port out of range
            self._error = ConnectFailed(f"{show(self._address)}: {error}")
            self._next()
            return
        if code == errno.EAGAIN and self._socket.family == socket.AF_UNIX:
            self._retry = self._reactor.callLater(UNIX_RETRY, self._try)
        elif code in (errno.EINPROGRESS, errno.EALREADY, errno.EAGAIN):
            self._writing = True
            self._reactor.addWriter(self)
        else:
            self._result(code)

    def _result(self, code: int) -> None:
        self._stop()
        if code in (0, errno.EISCONN):
            self.done.callback(self._address)
            return
        shown = show(self._address)
        if code == errno.ECONNREFUSED:
            self._error = ConnectionRefused(f"nobody listens at {shown}; start the server, or check the port")
        elif code == errno.ENOENT:
            self._error = ConnectionRefused(f"there is no socket at {shown}; start the server, or check the path")
        else:
            self._error = ConnectFailed(f"no connection to {shown}: {os.strerror(code)}")
        self._next()

    def _stop(self) -> None:
        if self._writing:
            self._writing = False
            self._reactor.removeWriter(self)
        if self._retry is not None and self._retry.active():
            self._retry.cancel()

    # --- as a descriptor of the reactor

    def fileno(self) -> int:
        """The OS socket's."""
        return self._socket.fileno()

    def logPrefix(self) -> str:
        """For the log."""
        return "CONNECT"

    def doRead(self) -> None:
        """Never asked for."""

    def doWrite(self) -> None:
        """Writable: it is decided."""
        self._result(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def connectionLost(self, reason: Failure) -> None:  # noqa: ARG002 - Twisted's signature
        """The poller reports an error in place of writability: the same question answers why."""
        if not self.done.called:
            self._result(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or errno.ECONNABORTED)


def _is_bound(os_socket: socket.socket) -> bool:
    name = os_socket.getsockname()
    return bool(name[1] if isinstance(name, tuple) else name)


def _renew(os_socket: socket.socket) -> None:
    """Put a fresh socket behind the same descriptor: one that was refused cannot connect again (connect(2))."""
    with socket.socket(os_socket.family, os_socket.type) as fresh:
        fresh.setblocking(False)
        os.dup2(fresh.fileno(), os_socket.fileno(), inheritable=False)
