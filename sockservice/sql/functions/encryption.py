"""AES_ENCRYPT and AES_DECRYPT (MySQL 8.4 manual, 14.13 "Encryption and Compression Functions")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.registry import function
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed
from sockservice.sql.widths import text_width
from sockservice.sqltypes import SqlType

_BLOCK: Final = 16
_DEFAULT_MODE: Final = "aes-128-ecb"


def _bytes(arguments: Sequence[Typed]) -> SqlType:
    return SqlType("VARBINARY", min(text_width(arguments[0]) * 4 + _BLOCK, 65_535))


def _cipher(key: bytes, start: bytes | None, name: str) -> Any:
    """The cipher that ``block_encryption_mode`` says; ECB and CBC are there.

    Raises:
        Refused: 1582 or 1882: the mode needs an initialization vector, which is missing or too short; 1235 for another
            mode.
    """
    mode_name = str(here().session.variables.get("block_encryption_mode", _DEFAULT_MODE)).lower()
    _, bits, mode = [*mode_name.split("-"), "", "", ""][:3]
    length = int(bits) // 8 if bits.isdecimal() else _BLOCK
    folded = bytearray(length)
    for place, byte in enumerate(key):
        folded[place % length] ^= byte
    # Few statements need it, and importing it takes longer than all the rest.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if mode == "ecb":
        return Cipher(algorithms.AES(bytes(folded)), modes.ECB())  # noqa: S305 - MySQL's default
    if mode != "cbc":
        raise unsupported(f"block_encryption_mode = {mode_name}")
    if start is None:
        raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name)
    if len(start) < _BLOCK:
        raise Refused("ER_AES_INVALID_IV", name)
    return Cipher(algorithms.AES(bytes(folded)), modes.CBC(start[:_BLOCK]))


@function("aes_encrypt", "bb|b", _bytes)
def aes_encrypt(data: bytes, key: bytes, start: bytes | None = None) -> bytes:
    """AES_ENCRYPT."""
    from cryptography.hazmat.primitives.padding import PKCS7

    padder = PKCS7(_BLOCK * 8).padder()
    worker = _cipher(key, start, "aes_encrypt").encryptor()
    return bytes(worker.update(padder.update(data) + padder.finalize()) + worker.finalize())


@function("aes_decrypt", "bb|b", _bytes, nullable=True)
def aes_decrypt(data: bytes, key: bytes, start: bytes | None = None) -> bytes | None:
    """AES_DECRYPT; NULL for what was encrypted otherwise."""
    from cryptography.hazmat.primitives.padding import PKCS7

    worker = _cipher(key, start, "aes_decrypt").decryptor()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    try:
        return bytes(unpadder.update(worker.update(data) + worker.finalize()) + unpadder.finalize())
    except ValueError:
        return None
