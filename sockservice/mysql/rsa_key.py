"""The key pair that a password is encrypted with where the connection is not (MySQL manual, "Caching SHA-2").

It takes a tenth of a second to make and most servers never need it, so it is made when it is first asked for, or
before that in a thread: :meth:`RSAKey.generate`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

BITS: Final = 2048
"""As MySQL makes them; a client's encrypted password then has 256 bytes."""
_EXPONENT: Final = 65537


class RSAKey:
    """A key pair that lives as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: RSAPrivateKey | None = None

    def generate(self) -> RSAPrivateKey:
        """Make the key pair, or wait for the thread that makes it. From the second call on it costs nothing."""
        with self._lock:
            if self._key is None:
                from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

                self._key = generate_private_key(_EXPONENT, BITS)
            return self._key

    def public_pem(self) -> bytes:
        """The public key as clients are sent it: PEM."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def decrypt(self, encrypted: bytes) -> bytes | None:
        """What a client encrypted with the public key (RSA with OAEP and SHA-1), or None where it did not."""
        from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
        from cryptography.hazmat.primitives.hashes import SHA1

        # SHA-1 is the protocol's choice; OAEP does not rest on its collision resistance.
        padding = OAEP(MGF1(SHA1()), SHA1(), None)  # noqa: S303
        try:
            return self.generate().decrypt(encrypted, padding)
        except ValueError:
            return None
