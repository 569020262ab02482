"""The character sets and collations that MySQL 8.4 knows, by name and by number.

The tables are ``charsets.tsv`` and ``collations.tsv`` beside this module (MySQL 8.4 manual, 12.10 "Supported Character
Sets and Collations"). The last column of the first one is Python's codec. The four sets that Python has none for
(armscii8, geostd8, keybcs2, swe7) count as ASCII, and their other bytes pass as they are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

_FOLDER: Final = Path(__file__).parent
_LONG: Final = 64 * 1024
"""Bytes or characters of a text whose mistakes may be found one by one, at half a microsecond each."""
_QUICK: Final = frozenset(["utf-8", "ascii"])
"""The codecs that find any number of mistakes at once."""
_BEYOND_BMP: Final = re.compile("[\U00010000-\U0010ffff]")


@attrs.frozen(cache_hash=True)
class Charset:
    """A character set.

    Attributes:
        name: for example ``latin1``.
        description: MySQL's own words for it.
        default_collation: the name of the collation that it has where none is given.
        default_collation_id: the number of that one.
        max_length: bytes of its longest character.
        codec: Python's name for it, for example ``cp1252``.
    """

    name: str
    description: str
    default_collation: str
    default_collation_id: int
    max_length: int
    codec: str

    @property
    def is_wide(self) -> bool:
        """Whether an ASCII character takes more than one byte: no client may send statements in such a set."""
        return self.codec.startswith(("utf-16", "utf-32"))

    def decode(self, data: bytes) -> str:
        """Text that a client sent.

        Bytes that are no text in this set (as in ``_binary'...'``) survive as surrogates, which :meth:`encode`
        turns back into the same bytes; the few that cannot become replacement characters. Of a long text with
        such bytes only what is ASCII is read, so that it takes no longer than any other.
        """
        long = len(data) > _LONG and self.codec not in _QUICK
        try:
            return data.decode(self.codec, "strict" if long else "surrogateescape")
        except UnicodeError:
            return data.decode("ascii", "surrogateescape") if long else data.decode(self.codec, "replace")

    def encode(self, text: str) -> bytes:
        """Text for a client. As MySQL does, a character that the set does not have becomes ``?``."""
        if 1 < self.max_length < 4 and self.codec.startswith("utf") and not text.isascii():
            text = _BEYOND_BMP.sub("?", text)
        long = len(text) > _LONG and self.codec not in _QUICK
        try:
            return text.encode(self.codec, "strict" if long else "surrogateescape")
        except UnicodeError:
            return self._encode_long(text) if long else text.encode(self.codec, "replace")

    def _encode_long(self, text: str) -> bytes:
        try:
            return text.encode("ascii", "surrogateescape")  # what decode() made of it
        except UnicodeError:
            without_surrogates = text.encode("utf-8", "replace").decode("utf-8")
            return without_surrogates.encode(self.codec, "replace")


@attrs.frozen
class Collation:
    """A collation.

    Attributes:
        name: for example ``utf8mb4_0900_ai_ci``.
        charset: what it orders.
        collation_id: its number in the protocol.
        is_default: whether it is the default of its character set.
    """

    name: str
    charset: Charset
    collation_id: int
    is_default: bool

    @property
    def pads(self) -> bool:
        """Whether trailing spaces do not count in comparisons (PAD SPACE)."""
        return "_0900_" not in self.name and self.name != "binary"


@functools.cache
def _lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines()]


@functools.cache
def charsets() -> Mapping[str, Charset]:
    """Every character set by name, in the order of SHOW CHARACTER SET."""
    numbers = {name: int(number) for name, _, number, _ in _lines("collations.tsv")}
    return {
        name: Charset(name, words, default, numbers[default], int(size), codec)
        for name, words, default, size, codec in _lines("charsets.tsv")
    }


@functools.cache
def collations() -> Mapping[str, Collation]:
    """Every collation by name, in the order of SHOW COLLATION."""
    return {
        name: Collation(name, charsets()[charset], int(number), default == "Yes")
        for name, charset, number, default in _lines("collations.tsv")
    }


def find_charset(name: str) -> Charset | None:
    """The character set of this name in any case, or None; ``utf8`` is ``utf8mb3`` as MySQL 8.4 has it."""
    folded = name.lower()
    return charsets().get("utf8mb3" if folded == "utf8" else folded)


def find_collation(name: str) -> Collation | None:
    """The collation of this name in any case, or None; ``utf8_…`` is ``utf8mb3_…``."""
    folded = name.lower()
    return collations().get("utf8mb3_" + folded[5:] if folded.startswith("utf8_") else folded)


def find_collation_number(number: int) -> Collation | None:
    """The collation with this number in the protocol, or None."""
    return _by_number().get(number)


@functools.cache
def _by_number() -> Mapping[int, Collation]:
    return {collation.collation_id: collation for collation in collations().values()}
