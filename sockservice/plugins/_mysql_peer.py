"""Where a MySQL client is, as its connection tells."""

from __future__ import annotations

from socket import AF_UNIX
from typing import Any

from twisted.internet.interfaces import ISSLTransport

from sockservice.mysql import Encryption, Peer


def peer_of(transport: Any) -> Peer:
    """Where the client is by now; a proxy's header and TLS come after the greeting.

    Args:
        transport: of its connection.
    """
    address, handle = transport.getPeer(), transport.getHandle()
    host, port = getattr(address, "host", "localhost"), getattr(address, "port", 0)
    if ISSLTransport.providedBy(transport):
        return Peer(host, port, Encryption(handle.get_protocol_version_name(), handle.get_cipher_name() or ""))
    return Peer(host, port, local=handle.family is AF_UNIX)
