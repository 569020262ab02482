"""Ed25519 with a password in place of a key, as MariaDB's plugin ``ed25519`` has it.

The private key is SHA-512 of the password, whatever its length; from there on it is RFC 8032. ``cryptography`` checks
the signatures, but it makes public keys of 32-byte seeds only: so :func:`public_key` multiplies the base point here,
once for each password. It is not constant in time, and need not be: it runs when the server starts.
"""

from __future__ import annotations

from hashlib import sha512
from typing import Final

_PRIME: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
_BASE_Y: Final = 4 * pow(5, -1, _PRIME) % _PRIME
_BASE_X: Final = 15112221349535400772501151409588531511454012693041857206046113283949847762202

_Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z and x·y = T/Z (RFC 8032, 5.1.4)."""

_BASE: Final[_Point] = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _PRIME)
_NEUTRAL: Final[_Point] = (0, 1, 1, 0)


def public_key(password: bytes) -> bytes:
    """The 32 bytes that signatures made with a password are checked with (RFC 8032, 5.1.5)."""
    scalar = int.from_bytes(sha512(password).digest()[:32], "little")
    scalar = scalar & ~7 & ~(1 << 255) | 1 << 254
    point, doubled = _NEUTRAL, _BASE
    while scalar:
        if scalar & 1:
            point = _add(point, doubled)
        doubled = _add(doubled, doubled)
        scalar >>= 1
    x, y, z, _ = point
    inverse = pow(z, -1, _PRIME)
    return (y * inverse % _PRIME | (x * inverse % _PRIME & 1) << 255).to_bytes(32, "little")


def is_signed(signature: bytes, key: bytes, message: bytes) -> bool:
    """Whether a signature of a message was made with the password behind a public key.

    Args:
        signature: 64 bytes; any other number is no signature.
        key: from :func:`public_key`.
        message: the challenge.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _add(left: _Point, right: _Point) -> _Point:
    """The sum of two points, or the double of one (RFC 8032, 5.1.4)."""
    a = (left[1] - left[0]) * (right[1] - right[0])
    b = (left[1] + left[0]) * (right[1] + right[0])
    c = 2 * left[3] * right[3] * _D
    d = 2 * left[2] * right[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME
