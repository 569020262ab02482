"""The connection phase's packets: the greeting, the client's response, the request to switch plugins.

MySQL internals, "Connection Phase Packets". What is offered is what is done: a capability joins
:data:`OFFERED` together with the code that serves it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

import attrs

from sockservice.errors import ProtocolError
from sockservice.mysql.authentication import CACHING_SHA2, NATIVE, SALT_SIZE
from sockservice.mysql.charsets import DEFAULT_COLLATION_ID, Collation, client_collation
from sockservice.mysql.constants import Capability
from sockservice.mysql.wire import PayloadReader

OFFERED: Final = (
    Capability.LONG_PASSWORD
    | Capability.FOUND_ROWS
    | Capability.LONG_FLAG
    | Capability.CONNECT_WITH_DB
    | Capability.ODBC
    | Capability.IGNORE_SPACE
    | Capability.PROTOCOL_41
    | Capability.INTERACTIVE
    | Capability.IGNORE_SIGPIPE
    | Capability.TRANSACTIONS
    | Capability.RESERVED
    | Capability.SECURE_CONNECTION
    | Capability.PLUGIN_AUTH
    | Capability.CONNECT_ATTRS
    | Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA
    | Capability.DEPRECATE_EOF
)

_PROTOCOL_VERSION: Final = 10
_FIXED_PART: Final = 32
_BAD_HANDSHAKE: Final = ("Bad handshake", 1043, "08S01")


@attrs.frozen
class HandshakeResponse:
    """What a client says of itself.

    Attributes:
        capabilities: those that the client has and we offered.
        collation: of the texts it sends and wants.
        user: the name.
        auth_response: a scramble; ``b""`` for an empty password.
        database: the one to begin with, or ``""``.
        plugin: what the scramble was made with; ``""`` where the client does not say.
        attributes: the connection attributes.
    """

    capabilities: int
    collation: Collation
    user: str
    auth_response: bytes
    database: str
    plugin: str
    attributes: Mapping[str, str]


def greeting_payload(version: str, connection_id: int, salt: bytes, status: int) -> bytes:
    """The server's first packet.

    Args:
        version: the server's version, as text.
        connection_id: at most 32 bits of it are sent.
        salt: 20 bytes.
        status: the status bits.
    """
    return (
        bytes((_PROTOCOL_VERSION,))
        + version.encode()
        + b"\0"
        + struct.pack("<I", connection_id & 0xFFFFFFFF)
        + salt[:8]
        + b"\0"
        + struct.pack("<HBHHB10x", OFFERED & 0xFFFF, DEFAULT_COLLATION_ID, status, OFFERED >> 16, SALT_SIZE + 1)
        + salt[8:]
        + b"\0"
        + CACHING_SHA2.encode()
        + b"\0"
    )


def switch_payload(plugin: str, salt: bytes) -> bytes:
    """The request to prove the password again, with another plugin or a fresh salt."""
    return b"\xfe" + plugin.encode() + b"\0" + salt + b"\0"


def speaks_41(payload: bytes) -> bool:
    """Whether the client of a handshake response understands an SQLSTATE."""
    return len(payload) < 2 or bool(int.from_bytes(payload[:2], "little") & Capability.PROTOCOL_41)


def read_response(payload: bytes) -> HandshakeResponse:
    """Read the client's first packet.

    Raises:
        ProtocolError: it is too short, older than protocol 4.1, or a request for TLS, which was not offered.
    """
    try:
        return _read_response(payload)
    except ProtocolError as problem:
        raise ProtocolError(*_BAD_HANDSHAKE) from problem


def _read_response(payload: bytes) -> HandshakeResponse:
    reader = PayloadReader(payload)
    claimed = reader.number(4)
    if not claimed & Capability.PROTOCOL_41:
        raise ProtocolError("The response is of a protocol older than 4.1.")
    # What the client can is of no use beyond what was offered: its bits would change the framing unasked.
    capabilities = claimed & OFFERED
    reader.take(4)  # The client's own packet limit; 0 means nothing.
    chosen = client_collation(reader.number(1))
    reader.take(_FIXED_PART - 9)
    if reader.at_end:
        raise ProtocolError("The client asks for TLS, which was not offered.")
    decode = chosen.charset.decode
    user = decode(reader.until_nul())
    if capabilities & Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA:
        auth_response = reader.length_encoded_string()
    elif capabilities & Capability.SECURE_CONNECTION:
        auth_response = reader.take(reader.number(1))
    else:
        auth_response = reader.until_nul()
    database = decode(reader.until_nul()) if capabilities & Capability.CONNECT_WITH_DB else ""
    plugin = NATIVE
    if capabilities & Capability.PLUGIN_AUTH:
        plugin = reader.until_nul().decode("ascii", "replace")
    attributes: dict[str, str] = {}
    if capabilities & Capability.CONNECT_ATTRS and not reader.at_end:
        attributes = _read_attributes(reader.length_encoded_string(), chosen)
    return HandshakeResponse(capabilities, chosen, user, without_nul(auth_response), database, plugin, attributes)


def without_nul(auth_response: bytes) -> bytes:
    """An empty password is sent as nothing or as a single NUL."""
    return b"" if auth_response == b"\0" else auth_response


def _read_attributes(block: bytes, chosen: Collation) -> dict[str, str]:
    reader, attributes = PayloadReader(block), {}
    while not reader.at_end:
        name = chosen.charset.decode(reader.length_encoded_string())
        attributes[name] = chosen.charset.decode(reader.length_encoded_string())
    return attributes
