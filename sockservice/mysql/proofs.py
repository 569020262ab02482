"""How a client proves a password, plugin by plugin: the talk between the switch request and the verdict.

Each plugin is a generator: it gives what to send, is sent what the client answers, and returns the verdict. The first
thing it gives is the challenge, which stands in the greeting or in the switch request. (MySQL internals,
"Authentication Methods"; for ``client_ed25519`` the MariaDB knowledge base.)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Final

import attrs

from sockservice.mysql.accounts import Account
from sockservice.mysql.authentication import (
    CACHING_SHA2,
    CLEAR,
    ED25519,
    NATIVE,
    SHA256,
    is_scramble,
    new_salt,
    repeating_xor,
)
from sockservice.mysql.rsa_key import RSAKey

MORE_DATA: Final = b"\x01"
"""The first byte of a packet in the middle of a proof."""
FAST_PATH: Final = MORE_DATA + b"\x03"
"""``caching_sha2_password``: the scramble is right, an OK packet follows."""
FULL_AUTHENTICATION: Final = MORE_DATA + b"\x04"
"""``caching_sha2_password``: the scramble does not do; the password itself is asked for."""

Verdict = list[bytes] | None
"""What is said before the OK packet, or None: not proven."""
Proof = Generator[bytes, bytes, Verdict]

_ED25519_CHALLENGE: Final = 32
_LONGEST_PASSWORD: Final = 256
"""What MySQL's server takes."""


@attrs.frozen
class Claim:
    """Who says to be whom, and what that is judged by.

    Attributes:
        account: whose password is to be proven.
        salt: 20 bytes that this client was given.
        secure: whether a password may be sent as it is.
        key: what it is encrypted with where it may not.
        proven: the accounts whose passwords were proven in full; this proof may join them.
        in_full: whether ``caching_sha2_password`` asks for the password itself in any case.
    """

    account: Account
    salt: bytes
    secure: bool
    key: RSAKey
    proven: set[Account]
    in_full: bool = False


def proof(plugin: str, claim: Claim) -> tuple[Proof, bytes]:
    """Begin a proof: the talk, ready for the client's first answer, and the challenge to send for it.

    Args:
        plugin: one of :data:`sockservice.mysql.authentication.PLUGINS`; with any other nothing can be proven.
        claim: what is to be proven.
    """
    talk = _TALKS.get(plugin, _unknown)(claim)
    return talk, next(talk)


def is_first_answer(plugin: str, response: bytes, secure: bool) -> bool:
    """Whether a handshake response may be taken as the answer to the greeting's salt, or a switch must ask again."""
    if plugin in (CACHING_SHA2, NATIVE):
        return is_scramble(plugin, without_nul(response))
    return plugin == SHA256 or (plugin == CLEAR and secure)


def without_nul(response: bytes) -> bytes:
    """An empty password is sent as nothing or as a single NUL."""
    return b"" if response == b"\0" else response


def _native(claim: Claim) -> Proof:
    response = without_nul((yield claim.salt + b"\0"))
    return [] if claim.account.verifies(NATIVE, response, claim.salt) else None


def _caching_sha2(claim: Claim) -> Proof:
    account = claim.account
    response = without_nul((yield claim.salt + b"\0"))
    right = account.verifies(CACHING_SHA2, response, claim.salt)
    if right and not response:
        return []
    if right and not claim.in_full and (not account.full_authentication or account in claim.proven):
        return [FAST_PATH]
    in_full = claim.in_full or account.full_authentication
    if not in_full or not is_scramble(CACHING_SHA2, response) or not response:
        return None
    answer = yield FULL_AUTHENTICATION
    password = yield from _told(claim, answer, key_request=b"\x02")
    if password is None or not account.has_password(password):
        return None
    claim.proven.add(account)
    return []


def _sha256(claim: Claim) -> Proof:
    answer = yield claim.salt + b"\0"
    password = yield from _told(claim, answer, key_request=b"\x01")
    return [] if password is not None and claim.account.has_password(password) else None


def _clear(claim: Claim) -> Proof:
    answer = yield claim.salt + b"\0"
    password = yield from _told(claim, answer, key_request=None)
    return [] if password is not None and claim.account.has_password(password) else None


def _ed25519(claim: Claim) -> Proof:
    challenge = (new_salt() + new_salt())[:_ED25519_CHALLENGE]
    response = yield challenge
    return [] if claim.account.verifies(ED25519, response, challenge) else None


def _unknown(claim: Claim) -> Proof:
    """A plugin that nobody has: a client that answers it all the same has proven nothing."""
    yield claim.salt + b"\0"
    return None


def _told(claim: Claim, answer: bytes, key_request: bytes | None) -> Generator[bytes, bytes, bytes | None]:
    """The password that a client tells: as it is where nobody can listen in, else encrypted with our key.

    Args:
        claim: what is to be proven.
        answer: the client's: the password, or its request for the key.
        key_request: what that request is; None where the plugin has no encryption.

    Returns:
        The password, or None where the answer is none that this connection may carry.
    """
    if not answer.rstrip(b"\0"):
        return b""
    encrypted = not claim.secure
    if encrypted and key_request is None:
        return None
    if answer == key_request:  # some ask for it where they need not
        encrypted = True
        answer = yield MORE_DATA + claim.key.public_pem()
    if encrypted:
        decrypted = claim.key.decrypt(answer)
        if decrypted is None:
            return None
        answer = repeating_xor(decrypted, claim.salt)
    password = answer.removesuffix(b"\0")
    return password if len(password) <= _LONGEST_PASSWORD else None


_TALKS: Final[Mapping[str, Callable[[Claim], Proof]]] = {
    CACHING_SHA2: _caching_sha2,
    NATIVE: _native,
    SHA256: _sha256,
    CLEAR: _clear,
    ED25519: _ed25519,
}
