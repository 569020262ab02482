"""Keys and signatures of passwords."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.mysql.ed25519 import is_signed, public_key


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=64))
def test_a_password_of_32_bytes_is_a_key_of_rfc_8032(password, message):
    private = Ed25519PrivateKey.from_private_bytes(password)
    key = public_key(password)
    assert key == private.public_key().public_bytes_raw()
    assert is_signed(private.sign(message), key, message)
    assert not is_signed(private.sign(message + b"x"), key, message)


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        # What MariaDB 10.11 stores: SELECT ed25519_password('…'), base64 without its padding.
        (b"secret", "ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY"),
        (b"foo", "vubFBzIrapbfHct1/J72dnUryz5VS7lA6XHH8sIx4TI"),
        (b"", "4LH+dBF+G5W2CKTyId8xR3SyDqZoQjUNUVNxx8aWbG4"),
    ],
)
def test_a_password_of_any_length_has_the_key_that_mariadb_stores(password, stored):
    assert public_key(password) == base64.b64decode(stored + "=")


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65), b"\xff" * 64])
def test_what_is_no_signature_proves_nothing(signature):
    assert not is_signed(signature, public_key(b"secret"), b"challenge")
