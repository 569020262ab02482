"""The plugins by which a password is proven, as numbers and digests: salts, scrambles and their verification.

A client proves a password without sending it by a *scramble*: a digest of the password and of the *salt* that the
greeting (or the switch request) carried. Whoever verifies it knows a digest of the password, not the password (MySQL
internals, "Authentication Methods"). The talk that each plugin has is in :mod:`sockservice.mysql.proofs`.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha1, sha256
from typing import Final

CACHING_SHA2: Final = "caching_sha2_password"
NATIVE: Final = "mysql_native_password"
SHA256: Final = "sha256_password"
CLEAR: Final = "mysql_clear_password"
ED25519: Final = "client_ed25519"
PLUGINS: Final = (CACHING_SHA2, NATIVE, SHA256, CLEAR, ED25519)
"""Every plugin that an account may have, by the name that goes on the wire."""

SALT_SIZE: Final = 20
_SALT_BYTES: Final = bytes(number for number in range(1, 128) if number != ord("$"))
_SCRAMBLE_SIZE: Final = {CACHING_SHA2: 32, NATIVE: 20}


def new_salt() -> bytes:
    """20 random bytes without NUL, which would end them, and ``$``, which parts the fields of a stored digest."""
    return bytes(secrets.choice(_SALT_BYTES) for _ in range(SALT_SIZE))


def is_scramble(plugin: str, response: bytes) -> bool:
    """Whether a response has the form of a plugin's scramble, or is nothing, for an empty password."""
    return plugin in _SCRAMBLE_SIZE and len(response) in (0, _SCRAMBLE_SIZE[plugin])


def stored_digest(plugin: str, password: bytes) -> bytes:
    """What verifies the scrambles of a password: its digest, twice over. Nothing for an empty password."""
    if not password:
        return b""
    if plugin == CACHING_SHA2:
        return sha256(sha256(password).digest()).digest()
    return sha1(sha1(password).digest()).digest()  # noqa: S324 - the protocol's own choice


def is_proven(plugin: str, response: bytes, salt: bytes, stored: bytes) -> bool:
    """Whether a scramble was made with the password behind a digest; False for a response of the wrong form, too.

    Args:
        plugin: ``caching_sha2_password`` or ``mysql_native_password``.
        response: the scramble, or nothing for an empty password.
        salt: the one that the client was given.
        stored: from :func:`stored_digest`.
    """
    if not is_scramble(plugin, response) or bool(response) != bool(stored):
        return False
    if not response:
        return True
    # The scramble hides one digest of the password; undo it, and digest once more to what is known.
    if plugin == CACHING_SHA2:
        once = repeating_xor(response, sha256(stored + salt).digest())
        return hmac.compare_digest(sha256(once).digest(), stored)
    once = repeating_xor(response, sha1(salt + stored).digest())  # noqa: S324
    return hmac.compare_digest(sha1(once).digest(), stored)  # noqa: S324


def repeating_xor(data: bytes, mask: bytes) -> bytes:
    """Each byte of ``data`` with one of ``mask``, which is repeated as often as it takes."""
    return bytes(byte ^ mask[at % len(mask)] for at, byte in enumerate(data))
