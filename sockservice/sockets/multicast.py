"""Multicast membership by setsockopt(2), for IPv4 and IPv6 (Twisted's adopted UDP ports have none)."""

from __future__ import annotations

import errno
import os
import socket
import struct
from pathlib import Path

from twisted.internet.abstract import isIPAddress, isIPv6Address

from sockservice.errors import CallerError, ListenError


def change_membership(os_socket: socket.socket, group: str, interface: str, join: bool) -> None:
    """Join or leave a group.

    Args:
        os_socket: a bound UDP socket.
        group: the group's address, for example ``239.1.2.3`` or ``ff02::123``.
        interface: the address of one of this machine's interfaces, or ``""`` for the kernel's choice.
        join: False leaves.

    Raises:
        CallerError: not an address of this family.
        ListenError: no such interface, no such group, or not a member.
    """
    try:
        if os_socket.family == socket.AF_INET:
            if not isIPAddress(group) or (interface and not isIPAddress(interface)):
                raise CallerError(f"an IPv4 group and interface are addresses, not {group!r} and {interface!r}")
            request = socket.inet_aton(group) + socket.inet_aton(interface or "0.0.0.0")  # noqa: S104 - any interface
            option = socket.IP_ADD_MEMBERSHIP if join else socket.IP_DROP_MEMBERSHIP
            os_socket.setsockopt(socket.IPPROTO_IP, option, request)
        else:
            if not isIPv6Address(group):
                raise CallerError(f"an IPv6 group is an address, not {group!r}")
            request = socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", _index(interface))
            option = socket.IPV6_JOIN_GROUP if join else socket.IPV6_LEAVE_GROUP
            os_socket.setsockopt(socket.IPPROTO_IPV6, option, request)
    except OSError as error:
        verb = "joined" if join else "left"
        reason = os.strerror(error.errno or errno.EIO)
        raise ListenError(f"group {group} cannot be {verb} on interface {interface or 'any'}: {reason}") from error


def _index(interface: str) -> int:
    """The number of the interface that has an IPv6 address (``/proc/net/if_inet6``); 0 for the kernel's choice."""
    if not interface:
        return 0
    if not isIPv6Address(interface):
        raise CallerError(f"an IPv6 interface is named by one of its addresses, not {interface!r}")
    wanted = socket.inet_pton(socket.AF_INET6, interface.partition("%")[0]).hex()
    for line in Path("/proc/net/if_inet6").read_text("ascii").splitlines():
        fields = line.split()
        if fields[0] == wanted:
            return int(fields[1], 16)
    raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
