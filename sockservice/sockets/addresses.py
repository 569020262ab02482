"""Addresses: from Twisted's objects to the standard library's tuples and paths, and to text."""

from __future__ import annotations

import socket

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from sockservice.interfaces import Address


def from_twisted(address: object) -> Address:
    """The standard library's form of an IAddress.

    Args:
        address: an IPv4Address, IPv6Address or UNIXAddress; anything else becomes its text.
    """
    if isinstance(address, IPv4Address):
        return address.host, address.port
    if isinstance(address, IPv6Address):
        return address.host, address.port, address.flowInfo, int(address.scopeID)
    if isinstance(address, UNIXAddress):
        return path_text(address.name)
    return str(address)


def from_socket(name: object) -> Address:
    """What ``getsockname`` returned, as an Address."""
    if isinstance(name, tuple):
        return name
    return path_text(name)


def path_text(name: object) -> str:
    r"""A Unix socket's name as text: ``""`` where it has none, ``"\0name"`` in the abstract namespace."""
    if isinstance(name, bytes):
        return name.decode("utf-8", "surrogateescape")
    return name if isinstance(name, str) else ""


def show(address: Address | None) -> str:
    """An address as people write it: ``127.0.0.1:3306``, ``[::1]:3306``, a path, or ``-`` for none."""
    if address is None:
        return "-"
    if isinstance(address, str):
        return address.replace("\0", "@", 1) or "(unnamed)"
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host or '*'}:{port}"


def family_name(family: socket.AddressFamily) -> str:
    """IPv4, IPv6 or Unix."""
    return {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6", socket.AF_UNIX: "Unix"}.get(family, family.name)
