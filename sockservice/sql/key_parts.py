"""The columns of an index: which there may be, and how long the key may get (MySQL 8.4 manual, 10.3.5 and 17.22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sockservice.collations import charsets, collations
from sockservice.sql.drafts import IndexDraft
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column, IndexPart

_LONGEST_KEY: Final = 3072
"""Bytes of the longest key of InnoDB's (``innodb_page_size`` of 16 KB, DYNAMIC rows)."""
_LONG: Final = frozenset("TINYTEXT TEXT MEDIUMTEXT LONGTEXT TINYBLOB BLOB MEDIUMBLOB LONGBLOB".split())
"""Types that only a prefix of can be in an index."""
_BYTES: Final = frozenset(["BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB"])
_MOST_PARTS: Final = 16


def checked_parts(draft: IndexDraft, find: Callable[[str], Column | None]) -> list[IndexPart]:
    """The columns of an index, with their own names.

    Args:
        draft: the index.
        find: the column of a name, whatever its case.

    Raises:
        Refused: 1070, 1060, 1071, 1072, 1089, 1170 or 3152.
    """
    if len(draft.parts) > _MOST_PARTS:
        raise Refused("ER_TOO_MANY_KEY_PARTS", _MOST_PARTS)
    whole = draft.kind in ("FULLTEXT", "SPATIAL")
    parts, bytes_so_far, seen = [], 0, set()
    for part in draft.parts:
        if part.expression:
            parts.append(part)
            continue
        column = find(part.column)
        if column is None:
            raise Refused("ER_KEY_COLUMN_DOES_NOT_EXITS", part.column)
        if part.column.lower() in seen:
            raise Refused("ER_DUP_FIELDNAME", part.column)
        seen.add(part.column.lower())
        length = 0 if whole else _prefix(column, part.length)
        if not whole:
            bytes_so_far += _key_bytes(column, length)
        parts.append(IndexPart(column.name, length, part.descending))
    if bytes_so_far > _LONGEST_KEY:
        raise Refused("ER_TOO_LONG_KEY", _LONGEST_KEY)
    return parts


def _prefix(column: Column, length: int) -> int:
    """The length of the prefix of a column in an index.

    Raises:
        Refused: 1089, 1170 or 3152.
    """
    kind = column.type
    if kind.name == "JSON":
        raise Refused("ER_JSON_USED_AS_KEY", column.name)
    if kind.name in _LONG:
        if not length:
            raise Refused("ER_BLOB_KEY_WITHOUT_LENGTH", column.name)
        return length
    if not length:
        return 0
    if kind.name not in ("CHAR", "VARCHAR", "BINARY", "VARBINARY") or length > (kind.length or 0):
        raise Refused("ER_WRONG_SUB_KEY")
    return 0 if length == kind.length else length


_FIXED: Final = {
    "TINYINT": 1,
    "SMALLINT": 2,
    "MEDIUMINT": 3,
    "INT": 4,
    "BIGINT": 8,
    "FLOAT": 4,
    "DOUBLE": 8,
    "DATE": 3,
    "TIME": 6,
    "DATETIME": 8,
    "TIMESTAMP": 7,
    "YEAR": 1,
    "ENUM": 2,
    "SET": 8,
    "BIT": 8,
    "DECIMAL": 30,
    "GEOMETRY": 0,
}


def _key_bytes(column: Column, prefix: int) -> int:
    """How many bytes a column takes in a key at most."""
    kind = column.type
    if kind.name in _FIXED:
        return _FIXED[kind.name]
    length = prefix or kind.length or 0
    return (
        length if kind.name in _BYTES else length * charsets()[collations()[column.collation].charset.name].max_length
    )
