"""The client at the other end of a connection: where it is, and who could listen in."""

from __future__ import annotations

from ipaddress import IPv6Address

import attrs


@attrs.frozen
class Encryption:
    """How a connection is encrypted.

    Attributes:
        version: of TLS, for example ``TLSv1.3``.
        cipher: its name, for example ``TLS_AES_256_GCM_SHA384``.
    """

    version: str
    cipher: str


def _shortest(host: str) -> str:
    """An address of IPv6 in its usual form; ``::ffff:10.0.0.7``, as a socket for both families has it, is 10.0.0.7."""
    try:
        address = IPv6Address(host) if ":" in host else None
    except ValueError:
        address = None
    return host if address is None else str(address.ipv4_mapped or address)


@attrs.frozen
class Peer:
    """A client, as its connection knows it.

    Attributes:
        host: its address; ``localhost`` over a Unix socket.
        port: its port; 0 over a Unix socket.
        tls: how the connection is encrypted, or None.
        local: whether it comes over a Unix socket, where nobody can listen in.
    """

    host: str = attrs.field(default="localhost", converter=_shortest)
    port: int = 0
    tls: Encryption | None = None
    local: bool = False

    @property
    def secure(self) -> bool:
        """Whether a password may be sent as it is."""
        return self.local or self.tls is not None
