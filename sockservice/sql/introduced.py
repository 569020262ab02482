"""Literals with a character set in front, ``_latin1'text'`` and ``_utf8mb4 x'c3a9'`` (MySQL 8.4 manual, 12.3.8)."""

from __future__ import annotations

from typing import Final

from sockservice.collations import Charset
from sockservice.sql.errors import Refused

_SHOWN: Final = 3
"""How many of the bytes that are no text an error shows."""


def text_of(data: bytes, charset: Charset) -> str:
    """The text that bytes are in a character set.

    Args:
        data: the bytes.
        charset: the character set. Of one whose characters all have several bytes, zeros may be missing in front.

    Raises:
        Refused: 1300: they are none.
    """
    if charset.is_wide:
        unit = 4 if charset.codec.startswith("utf-32") else 2
        data = bytes(-len(data) % unit) + data
    if charset.max_length == 1:
        return charset.decode(data).encode("utf-8", "replace").decode()
    try:
        text = data.decode(charset.codec)
    except UnicodeDecodeError as problem:
        raise _refusal(data, problem.start, charset) from None
    if charset.max_length < 4 and charset.codec.startswith("utf"):
        beyond = next((place for place, letter in enumerate(text) if ord(letter) > 0xFFFF), None)
        if beyond is not None:
            raise _refusal(data, len(text[:beyond].encode(charset.codec)), charset)
    return text


def _refusal(data: bytes, start: int, charset: Charset) -> Refused:
    return Refused("ER_INVALID_CHARACTER_STRING", charset.name, data[start : start + _SHOWN].hex().upper())
