"""The character sets and collations that MySQL 8.4 knows, by name.

Names and numbers only: what bytes they mean is the business of the protocol. The tables are ``charsets.tsv``
and ``collations.tsv`` beside this module (MySQL 8.4 manual, 12.10 "Supported Character Sets and Collations").
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

_FOLDER: Final = Path(__file__).parent


@attrs.frozen
class Charset:
    """A character set.

    Attributes:
        name: for example ``utf8mb4``.
        description: MySQL's own words for it.
        default_collation: the name of the collation that it has where none is given.
        max_length: bytes of its longest character.
    """

    name: str
    description: str
    default_collation: str
    max_length: int


@attrs.frozen
class Collation:
    """A collation.

    Attributes:
        name: for example ``utf8mb4_0900_ai_ci``.
        charset: the name of the character set that it belongs to.
        number: its number in the protocol.
        is_default: whether it is the default of its character set.
    """

    name: str
    charset: str
    number: int
    is_default: bool

    @property
    def pads(self) -> bool:
        """Whether trailing spaces do not count in comparisons (PAD SPACE)."""
        return "_0900_" not in self.name and self.name != "binary"


def _lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines()]


@functools.cache
def charsets() -> Mapping[str, Charset]:
    """Every character set by name, in the order of SHOW CHARACTER SET."""
    return {name: Charset(name, words, default, int(size)) for name, words, default, size in _lines("charsets.tsv")}


@functools.cache
def collations() -> Mapping[str, Collation]:
    """Every collation by name, in the order of SHOW COLLATION."""
    return {
        name: Collation(name, charset, int(number), default == "Yes")
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
    return {collation.number: collation for collation in collations().values()}
