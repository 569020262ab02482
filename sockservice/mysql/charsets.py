"""Which character set a connection speaks: from the number in a handshake or a name to a character set.

A handshake names a collation by a number, ``SET NAMES`` names a character set, and a column definition carries
a collation's number again; texts are encoded and decoded in between (:mod:`sockservice.collations`).
"""

from __future__ import annotations

from typing import Final

from sockservice.collations import Charset, Collation, find_charset, find_collation_number

__all__ = [
    "BINARY_ID",
    "DEFAULT_COLLATION_ID",
    "UTF8MB4",
    "Charset",
    "Collation",
    "charset",
    "client_collation",
    "collation",
]

DEFAULT_COLLATION_ID: Final = 255
"""``utf8mb4_0900_ai_ci``, the default of MySQL 8."""
BINARY_ID: Final = 63
"""The collation of what is no text: numbers, dates, BLOBs."""


def charset(name: object) -> Charset | None:
    """The character set of this name, whatever its case; None where MySQL has none."""
    return find_charset(str(name))


def collation(collation_id: int) -> Collation:
    """The collation of this number; MySQL's default one for a number that stands for none, as MySQL does."""
    known = find_collation_number(collation_id) or find_collation_number(DEFAULT_COLLATION_ID)
    assert known is not None
    return known


def client_collation(collation_id: int, default_id: int = DEFAULT_COLLATION_ID) -> Collation:
    """The collation that a handshake names, or the default one where it may not: statements are not in UTF-16.

    Args:
        collation_id: two bytes, of which most clients use one.
        default_id: the server's default; it stands for MySQL's where that is not the server's.
    """
    known = find_collation_number(collation_id) or collation(collation_id & 255)
    return collation(default_id) if known.charset.is_wide or known.collation_id == DEFAULT_COLLATION_ID else known


UTF8MB4: Final = collation(DEFAULT_COLLATION_ID).charset
