"""BIND: bind(2) with errors that say what to do, and the paths of Unix sockets, left over or still in use."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator

import attrs
from twisted.internet.abstract import isIPAddress, isIPv6Address

from sockservice.errors import AddressInUse, ListenError, PermissionMissing
from sockservice.interfaces import Address, Kind
from sockservice.sockets.addresses import family_name, from_socket, show
from sockservice.sockets.holders import find_holder, unix_inodes


@attrs.frozen
class PathIdentity:
    """Which file a Unix socket's path was when we bound it, so that nobody else's is ever removed."""

    path: str
    device: int
    inode: int

    @classmethod
    def of(cls, path: str) -> PathIdentity | None:
        """The identity of what is at ``path`` now, or None where there is nothing (or no path at all)."""
        if not path or path.startswith("\0"):
            return None
        try:
            found = os.lstat(path)
        except OSError:
            return None
        return cls(path, found.st_dev, found.st_ino)

    def still_there(self) -> bool:
        """Whether the path still names the same file."""
        return PathIdentity.of(self.path) == self

    def remove(self) -> None:
        """Remove the path if it is still ours."""
        if self.still_there():
            os.unlink(self.path)


def bind(os_socket: socket.socket, kind: Kind, address: Address) -> Address:
    """Bind ``os_socket``; a Unix path that nobody answers on any more is replaced.

    Returns:
        The address as the kernel has it: with the real port where 0 was asked for.

    Raises:
        AddressInUse, PermissionMissing, ListenError: as they say.
    """
    family = os_socket.family
    _check_form(family, address)
    try:
        try:
            os_socket.bind(address)
        except OSError as error:
            if not (error.errno == errno.EADDRINUSE and isinstance(address, str) and _remove_stale(address)):
                raise
            os_socket.bind(address)
    except (OSError, OverflowError) as error:
        raise translated(error, kind, address) from error
    return from_socket(os_socket.getsockname())


def translated(error: OSError | OverflowError, kind: Kind, address: Address) -> ListenError:
    """What bind(2) or listen(2) said, as one of our errors, with the holder's name or advice."""
    shown = show(address)
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE and isinstance(address, str) and not _is_socket(address):
        return ListenError(f"{shown} is a file, not a socket; it is left alone, choose another path")
    if code == errno.EADDRINUSE:
        holder = find_holder(kind, address)
        by = f"by {holder}" if holder else "by another program"
        return AddressInUse(f"{shown} is in use {by}; end it, or take another address (port 0 is any free one)")
    if code in (errno.EACCES, errno.EPERM):
        advice = (
            "choose a folder that this user may write to"
            if isinstance(address, str)
            else "choose a port from 1024 on, or give the program the capability CAP_NET_BIND_SERVICE"
        )
        return PermissionMissing(f"no permission for {shown}; {advice}")
    if code == errno.EADDRNOTAVAIL:
        return ListenError(f"{shown} is not an address of this machine; 127.0.0.1 is this machine alone")
    if isinstance(address, str) and code in (errno.ENOENT, errno.ENOTDIR):
        return ListenError(f"{shown}: the folder {os.path.dirname(address)!r} does not exist; make it first")
    return ListenError(f"{shown} cannot be bound: {error}")


@contextlib.contextmanager
def path_mode_kept(address: Address) -> Iterator[None]:
    """Keep a Unix path's permissions through ``adoptStreamPort``, which opens it to all users."""
    identity = PathIdentity.of(address) if isinstance(address, str) else None
    mode = stat.S_IMODE(os.lstat(identity.path).st_mode) if identity else 0
    yield
    if identity is not None:
        os.chmod(identity.path, mode)


def _check_form(family: socket.AddressFamily, address: Address) -> None:
    """Refuse what bind(2) would misread, above all names: resolving one would block the reactor."""
    if family == socket.AF_UNIX:
        if not isinstance(address, str) or not address:
            raise ListenError(f"a Unix socket is bound to a path, not {address!r}")
        return
    if isinstance(address, str) or len(address) < 2:
        raise ListenError(f"{family_name(family)} addresses are (host, port), not {address!r}")
    host, port = address[0], address[1]
    if not isinstance(port, int) or not 0 <= port <= 65535:
        raise ListenError(f"{port!r} is not a port; ports are 0 to 65535, and 0 is any free one")
    right, other = (isIPAddress, isIPv6Address) if family == socket.AF_INET else (isIPv6Address, isIPAddress)
    if host == "" or right(host):
        return
    if other(host):
        raise ListenError(f"{host!r} is not an {family_name(family)} address; give the socket the other family")
    raise ListenError(f"BIND takes numbers, not names: write the address of {host!r}, for example '127.0.0.1'")


def _is_socket(path: str) -> bool:
    """Whether a socket is at ``path``, or the path is of the abstract namespace, where nothing else can be."""
    try:
        return path.startswith("\0") or stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False


def _remove_stale(path: str) -> bool:
    """Remove a socket that a dead program left at ``path``.

    A socket that somebody has bound but does not listen on refuses connections too, so the kernel's list decides
    as well.

    Returns:
        Whether the path is free now.
    """
    if path.startswith("\0") or not _is_socket(path):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            if probe.connect_ex(path) != errno.ECONNREFUSED or any(unix_inodes(path)):
                return False
        os.unlink(path)
    except OSError:
        return False
    return True
