"""Who holds an address: from the kernel's socket lists to the pid and name of a program (Linux, ``proc(5)``)."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import attrs

from sockservice.interfaces import DATAGRAM, Address, Kind

_LISTEN = "0A"
"""The state LISTEN in ``/proc/net/tcp``; established connections of the same port hold nothing."""

MAX_DESCRIPTORS = 200_000
"""How many descriptors are looked at before giving up: an error message must not hang on a huge machine."""


@attrs.frozen
class Holder:
    """A program that has a socket open."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def find_holder(kind: Kind, address: Address, proc: Path = Path("/proc")) -> Holder | None:
    """The program that has ``address``, or None where the system does not tell (another user's, no /proc).

    Args:
        kind: STREAM looks among listening sockets, DATAGRAM among all bound ones.
        address: as given to BIND.
        proc: where procfs is mounted.
    """
    inodes = set(unix_inodes(address, proc)) if isinstance(address, str) else set(_inet_inodes(kind, address, proc))
    inodes.discard(0)
    return _owner(inodes, proc) if inodes else None


def unix_inodes(path: str, proc: Path = Path("/proc")) -> Iterator[int]:
    """The inodes of the open sockets that are bound to a Unix path."""
    wanted = path.replace("\0", "@", 1)
    for line in _lines(proc / "net" / "unix"):
        # Num RefCount Protocol Flags Type St Inode Path
        fields = line.split(maxsplit=7)
        if len(fields) == 8 and fields[7] == wanted and fields[6].isdigit():
            yield int(fields[6])


def parse_endpoint(text: str) -> tuple[str, int] | None:
    """One ``local_address`` of ``/proc/net/tcp`` or ``tcp6``: hexadecimal words in the machine's byte order.

    Returns:
        Host and port, or None where the text is something else.
    """
    words, separator, port = text.partition(":")
    if not separator or len(words) not in (8, 32):
        return None
    try:
        values = [int(words[start : start + 8], 16) for start in range(0, len(words), 8)]
        packed = struct.pack(f"={len(values)}I", *values)
        family = socket.AF_INET if len(values) == 1 else socket.AF_INET6
        return socket.inet_ntop(family, packed), int(port, 16)
    except (ValueError, struct.error):
        return None


def _inet_inodes(kind: Kind, address: Address, proc: Path) -> Iterator[int]:
    host, port = address[0], address[1]
    name = "udp" if kind is DATAGRAM else "tcp"
    for table in (name, name + "6"):
        for line in _lines(proc / "net" / table):
            # sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
            fields = line.split()
            if len(fields) < 10 or not fields[9].isdigit() or (kind is not DATAGRAM and fields[3] != _LISTEN):
                continue
            endpoint = parse_endpoint(fields[1])
            if endpoint is not None and endpoint[1] == port and _overlap(endpoint[0], str(host)):
                yield int(fields[9])


def _overlap(held: str, wanted: str) -> bool:
    """Whether two hosts cannot both be bound: equal, or one of them stands for all addresses."""
    anything = ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return held == wanted or held in anything or wanted in anything or held == f"::ffff:{wanted}"


def _owner(inodes: set[int], proc: Path) -> Holder | None:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    seen = 0
    for pid in sorted((int(name) for name in _names(proc) if name.isdigit()), reverse=True):
        descriptors = proc / str(pid) / "fd"
        for name in _names(descriptors):
            seen += 1
            if seen > MAX_DESCRIPTORS:
                return None
            try:
                target = os.readlink(descriptors / name)
            except OSError:  # closed since, or not ours to see
                continue
            if target in wanted:
                comm = "".join(_lines(proc / str(pid) / "comm")).strip()
                return Holder(pid, comm or "?")
    return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
