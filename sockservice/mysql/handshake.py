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
from sockservice.mysql import mariadb
from sockservice.mysql.authentication import NATIVE, SALT_SIZE
from sockservice.mysql.charsets import DEFAULT_COLLATION_ID, Collation, client_collation
from sockservice.mysql.compression import ZSTD_LEVELS
from sockservice.mysql.constants import Capability
from sockservice.mysql.wire import PayloadReader

OFFERED: Final = (
    Capability.LONG_PASSWORD
    | Capability.FOUND_ROWS
    | Capability.LONG_FLAG
    | Capability.CONNECT_WITH_DB
    | Capability.COMPRESS
    | Capability.LOCAL_FILES
    | Capability.ODBC
    | Capability.IGNORE_SPACE
    | Capability.PROTOCOL_41
    | Capability.INTERACTIVE
    | Capability.IGNORE_SIGPIPE
    | Capability.TRANSACTIONS
    | Capability.RESERVED
    | Capability.SECURE_CONNECTION
    | Capability.MULTI_STATEMENTS
    | Capability.MULTI_RESULTS
    | Capability.PS_MULTI_RESULTS
    | Capability.PLUGIN_AUTH
    | Capability.CONNECT_ATTRS
    | Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA
    | Capability.SESSION_TRACK
    | Capability.DEPRECATE_EOF
    | Capability.OPTIONAL_RESULTSET_METADATA
    | Capability.QUERY_ATTRIBUTES
    | Capability.ZSTD_COMPRESSION
)

_PROTOCOL_VERSION: Final = 10
_FIXED_PART: Final = 32
DEFAULT_ZSTD_LEVEL: Final = 3
_BAD_HANDSHAKE: Final = ("Bad handshake", 1043, "08S01")


@attrs.frozen
class HandshakeResponse:
    """What a client says of itself.

    Attributes:
        capabilities: those that the client has and we offered; MariaDB's from bit 32 on.
        collation: of the texts it sends and wants.
        user: the name.
        auth_response: a scramble or what else the plugin has; for an empty password nothing or a NUL.
        database: the one to begin with, or ``""``.
        plugin: what the scramble was made with; ``""`` where the client does not say.
        attributes: the connection attributes.
        zstd_level: how hard the client wants zstd to try, 1 to 22.
    """

    capabilities: int
    collation: Collation
    user: str
    auth_response: bytes
    database: str
    plugin: str
    attributes: Mapping[str, str]
    zstd_level: int = DEFAULT_ZSTD_LEVEL


def greeting_payload(version: str, connection_id: int, salt: bytes, status: int, offered: int, plugin: str) -> bytes:
    """The server's first packet.

    Args:
        version: the server's version, as text.
        connection_id: at most 32 bits of it are sent.
        salt: 20 bytes.
        status: the status bits.
        offered: the capabilities.
        plugin: the one that a client is expected to prove its password with.
    """
    return (
        bytes((_PROTOCOL_VERSION,))
        + version.encode()
        + b"\0"
        + struct.pack("<I", connection_id & 0xFFFFFFFF)
        + salt[:8]
        + b"\0"
        + struct.pack(
            "<HBHHB", offered & 0xFFFF, _default_collation_id(offered), status, offered >> 16 & 0xFFFF, SALT_SIZE + 1
        )
        + struct.pack("<6xI", offered >> 32)
        + salt[8:]
        + b"\0"
        + plugin.encode()
        + b"\0"
    )


def _default_collation_id(offered: int) -> int:
    return DEFAULT_COLLATION_ID if offered & Capability.LONG_PASSWORD else mariadb.COLLATION_ID


def switch_payload(plugin: str, challenge: bytes) -> bytes:
    """The request to prove the password again, with another plugin or another challenge."""
    return b"\xfe" + plugin.encode() + b"\0" + challenge


def asks_for_tls(payload: bytes, offered: int) -> bool:
    """Whether a client's first packet asks for TLS: a response that ends before the user's name."""
    claimed = int.from_bytes(payload[:4], "little")
    return len(payload) == _FIXED_PART and bool(claimed & offered & Capability.SSL)


def speaks_41(payload: bytes) -> bool:
    """Whether the client of a handshake response understands an SQLSTATE."""
    return len(payload) < 2 or bool(int.from_bytes(payload[:2], "little") & Capability.PROTOCOL_41)


def read_response(payload: bytes, offered: int) -> HandshakeResponse:
    """Read what the client says of itself.

    Args:
        payload: the packet's.
        offered: the capabilities of the greeting.

    Raises:
        ProtocolError: it is too short, older than protocol 4.1, or a request for TLS, which was not offered.
    """
    try:
        return _read_response(payload, offered)
    except ProtocolError as problem:
        raise ProtocolError(*_BAD_HANDSHAKE) from problem


def _read_response(payload: bytes, offered: int) -> HandshakeResponse:
    reader = PayloadReader(payload)
    claimed = reader.number(4)
    if not claimed & Capability.PROTOCOL_41:
        raise ProtocolError("The response is of a protocol older than 4.1.")
    reader.take(4)  # The client's own packet limit; 0 means nothing.
    number = reader.number(2)
    reader.take(_FIXED_PART - 14)
    further = reader.number(4)
    if not claimed & Capability.LONG_PASSWORD:
        claimed |= further << 32
    # What the client can is of no use beyond what was offered: its bits would change the framing unasked.
    capabilities = claimed & offered
    chosen = client_collation(number, _default_collation_id(offered))
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
    level = reader.number(1) if capabilities & Capability.ZSTD_COMPRESSION and not reader.at_end else DEFAULT_ZSTD_LEVEL
    if level not in ZSTD_LEVELS:
        raise ProtocolError(f"{level} is no level of zstd.")
    return HandshakeResponse(capabilities, chosen, user, auth_response, database, plugin, attributes, level)


def read_change_user(arguments: bytes, capabilities: int) -> HandshakeResponse:
    """Read what follows the first byte of a COM_CHANGE_USER.

    Args:
        arguments: all of it.
        capabilities: of the connection.

    Raises:
        ProtocolError: it is too short.
    """
    reader = PayloadReader(arguments)
    user = reader.until_nul()
    secret = reader.take(reader.number(1)) if capabilities & Capability.SECURE_CONNECTION else reader.until_nul()
    database = reader.until_nul()
    chosen = client_collation(DEFAULT_COLLATION_ID if reader.at_end else reader.number(2))
    plugin = reader.until_nul().decode("ascii", "replace") if capabilities & Capability.PLUGIN_AUTH else NATIVE
    attributes: dict[str, str] = {}
    if capabilities & Capability.CONNECT_ATTRS and not reader.at_end:
        attributes = _read_attributes(reader.length_encoded_string(), chosen)
    decode = chosen.charset.decode
    return HandshakeResponse(capabilities, chosen, decode(user), secret, decode(database), plugin, attributes)


def _read_attributes(block: bytes, chosen: Collation) -> dict[str, str]:
    reader, attributes = PayloadReader(block), {}
    while not reader.at_end:
        name = chosen.charset.decode(reader.length_encoded_string())
        attributes[name] = chosen.charset.decode(reader.length_encoded_string())
    return attributes
