"""Accounts, and the two ways of proving a password that need no encryption.

A client proves a password by a *scramble*: a digest of the password and of the *salt* that the greeting (or the switch
request) carried. An account keeps what verifies a scramble, not the password (MySQL internals, "Authentication
Methods").
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha1, sha256
from typing import Final

import attrs

from sockservice.mysql.charsets import UTF8MB4

CACHING_SHA2: Final = "caching_sha2_password"
NATIVE: Final = "mysql_native_password"

FAST_PATH: Final = b"\x01\x03"
"""``caching_sha2_password``: the scramble is right, an OK packet follows."""

SALT_SIZE: Final = 20
_SALT_BYTES: Final = bytes(number for number in range(1, 128) if number != ord("$"))
_SCRAMBLE_SIZE: Final = {CACHING_SHA2: 32, NATIVE: 20}


def new_salt() -> bytes:
    """20 random bytes without NUL, which would end them, and ``$``, which parts the fields of a stored digest."""
    return bytes(secrets.choice(_SALT_BYTES) for _ in range(SALT_SIZE))


def is_usable(plugin: str, response: bytes) -> bool:
    """Whether a response has the form that its plugin wants: a scramble, or nothing for an empty password."""
    return plugin in _SCRAMBLE_SIZE and len(response) in (0, _SCRAMBLE_SIZE[plugin])


@attrs.frozen(init=False)
class Account:
    """A user who may log in.

    Args:
        user: the name.
        password: in plain text; it is not kept.
        plugin: what the account is proven with: ``caching_sha2_password`` or ``mysql_native_password``.

    Raises:
        ValueError: another plugin.

    Attributes:
        user: the name.
        plugin: as given.
    """

    user: str
    plugin: str
    _sha2: bytes = attrs.field(repr=False)
    _native: bytes = attrs.field(repr=False)

    def __init__(self, user: str, password: str = "", plugin: str = CACHING_SHA2) -> None:
        if plugin not in _SCRAMBLE_SIZE:
            raise ValueError(f"{plugin!r} is no plugin of ours; known: {', '.join(_SCRAMBLE_SIZE)}")
        plain = UTF8MB4.encode(password)
        sha2 = sha256(sha256(plain).digest()).digest() if plain else b""
        native = sha1(sha1(plain).digest()).digest() if plain else b""  # noqa: S324 - the protocol's own choice
        self.__attrs_init__(user, plugin, sha2, native)

    def verifies(self, plugin: str, response: bytes, salt: bytes) -> bool:
        """Whether a response proves the password; False for a response of the wrong form, too.

        Args:
            plugin: what the client made the response with.
            response: the scramble, or nothing for an empty password.
            salt: the one that the client was given.
        """
        if not is_usable(plugin, response) or bool(response) != bool(self._sha2):
            return False
        if not response:
            return True
        # The scramble hides one digest of the password; undo it, and digest once more to what is known.
        if plugin == CACHING_SHA2:
            once = _xor(response, sha256(self._sha2 + salt).digest())
            return hmac.compare_digest(sha256(once).digest(), self._sha2)
        once = _xor(response, sha1(salt + self._native).digest())  # noqa: S324
        return hmac.compare_digest(sha1(once).digest(), self._native)  # noqa: S324


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
