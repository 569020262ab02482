"""The key pair that passwords are encrypted with."""

from __future__ import annotations

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sockservice.mysql.rsa_key import RSAKey


@pytest.fixture(scope="module")
def key():
    return RSAKey()


def test_what_is_encrypted_with_the_public_key_is_read_with_the_private_one(key):
    public = load_pem_public_key(key.public_pem())
    encrypted = public.encrypt(b"secret\0", OAEP(MGF1(SHA1()), SHA1(), None))
    assert (public.key_size, len(encrypted)) == (2048, 256)
    assert key.decrypt(encrypted) == b"secret\0"


@pytest.mark.parametrize("data", [b"", b"\2", b"secret\0", bytes(256), b"\xff" * 256, bytes(257)])
def test_what_is_not_encrypted_so_is_nothing(key, data):
    assert key.decrypt(data) is None


def test_it_is_made_once_whoever_asks_for_it():
    key, made = RSAKey(), []
    threads = [threading.Thread(target=lambda: made.append(key.generate())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {id(each) for each in made} == {id(key.generate())}
    assert len(made) == 4
