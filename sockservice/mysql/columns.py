"""Column definitions: what a client is told of a column before its values (MySQL internals, "Column Definition").

The figures are MySQL's own. A column of a table (one that has an ``original_name``) is described a little
differently from an expression: BINARY is set on the numbers of expressions only, and their texts have no fixed
decimals.
"""

from __future__ import annotations

import struct
from typing import Final

from sockservice.answers import Column
from sockservice.mysql.charsets import BINARY_ID, Charset
from sockservice.mysql.constants import FieldFlag, FieldType
from sockservice.mysql.mariadb import type_information
from sockservice.mysql.wire import length_encoded_string
from sockservice.sqltypes import SqlType

NOT_FIXED: Final = 31
"""``decimals`` of a floating point number, or of a text that is computed."""

_NOT_FIXED_IN_MARIADB: Final = 39
"""``decimals`` of a text that is computed by a MariaDB."""
_FLOAT_KINDS: Final = (FieldType.FLOAT, FieldType.DOUBLE)

_LONGEST: Final = (1 << 32) - 1
_LONGEST_VARCHAR: Final = 65_535
"""Bytes of the longest value of a VARCHAR."""
_WIDEST: Final = 4
"""Bytes of the longest letter."""

_INTEGERS: Final = {
    # name: type, display width signed and unsigned
    "TINYINT": (FieldType.TINY, 4, 3),
    "SMALLINT": (FieldType.SHORT, 6, 5),
    "MEDIUMINT": (FieldType.INT24, 9, 8),
    "INT": (FieldType.LONG, 11, 10),
    "BIGINT": (FieldType.LONGLONG, 20, 20),
}
_FLOATS: Final = {"FLOAT": (FieldType.FLOAT, 12), "DOUBLE": (FieldType.DOUBLE, 22)}
_TIMES: Final = {
    "DATE": (FieldType.DATE, 10),
    "TIME": (FieldType.TIME, 10),
    "DATETIME": (FieldType.DATETIME, 19),
    "TIMESTAMP": (FieldType.TIMESTAMP, 19),
}
_LENGTHS: Final = {
    # characters or bytes where the type says none
    "CHAR": 1,
    "BINARY": 1,
    "VARCHAR": 255,
    "VARBINARY": 255,
    "TINYTEXT": 255,
    "TEXT": 65535,
    "MEDIUMTEXT": (1 << 24) - 1,
    "LONGTEXT": _LONGEST,
    "TINYBLOB": 255,
    "BLOB": 65535,
    "MEDIUMBLOB": (1 << 24) - 1,
    "LONGBLOB": _LONGEST,
}
_WIRE_STRING: Final = {
    "CHAR": FieldType.STRING,
    "BINARY": FieldType.STRING,
    "VARCHAR": FieldType.VAR_STRING,
    "VARBINARY": FieldType.VAR_STRING,
}
_BYTES: Final = frozenset("BINARY VARBINARY TINYBLOB BLOB MEDIUMBLOB LONGBLOB".split())

_JSON_TEXT: Final = SqlType.parse("LONGTEXT")

_Shape = tuple[int, int, int, int, int]
"""Collation id, length in bytes, field type, flags, decimals."""

_KEPT: Final = 512
"""For how many result sets the definitions of their columns are kept."""
_KEPT_BYTES: Final = 16 * 1024
"""The longest definitions that are kept, together."""
_kept: dict[tuple[tuple[Column, ...], str, int, bool, bool], tuple[bytes, ...]] = {}


def column_definitions(
    columns: tuple[Column, ...], charset: Charset, collation_id: int, *, mariadb: bool = False, extended: bool = False
) -> tuple[bytes, ...]:
    """The payloads of the definitions of some columns, which are the same for each answer of one statement.

    Args:
        columns: which.
        charset: as for :func:`column_definition`.
        collation_id: likewise.
        mariadb: likewise.
        extended: likewise.
    """
    key = columns, charset.name, collation_id, mariadb, extended
    known = _kept.get(key)
    if known is None:
        known = tuple(
            column_definition(column, charset, collation_id, mariadb=mariadb, extended=extended) for column in columns
        )
        if sum(map(len, known)) <= _KEPT_BYTES:
            if len(_kept) >= _KEPT:
                _kept.clear()
            _kept[key] = known
    return known


def column_definition(
    column: Column, charset: Charset, collation_id: int, *, mariadb: bool = False, extended: bool = False
) -> bytes:
    """The payload of a column definition.

    Args:
        column: which.
        charset: ``character_set_results``: names and texts are sent in it.
        collation_id: the number that a text column carries.
        mariadb: whether JSON is a LONGTEXT, and a computed text has MariaDB's number of decimals.
        extended: whether to tell more of the type (MariaDB's EXTENDED_METADATA).
    """
    encode = charset.encode
    sql = _JSON_TEXT if mariadb and column.type.name == "JSON" else column.type
    collation, length, kind, flags, decimals = _shape(
        sql, charset, collation_id, bool(column.original_name) and not column.computed
    )
    if mariadb and decimals == NOT_FIXED and kind not in _FLOAT_KINDS:
        decimals = _NOT_FIXED_IN_MARIADB
    if sql is not column.type:
        flags |= FieldFlag.BINARY  # Its collation is utf8mb4_bin, whatever the connection's is.
    flags |= _flags_of(column)
    names = (
        "def",
        column.database,
        column.table,
        column.original_table,
        column.name,
        column.original_name,
    )
    described = b"".join(length_encoded_string(encode(name)) for name in names)
    if extended:
        described += type_information(column.type)
    return described + struct.pack("<BHIBHBxx", 12, collation, min(length, _LONGEST), kind, flags, decimals)


def _flags_of(column: Column) -> int:
    """What is set for a column, whatever its type."""
    flags = 0 if column.nullable else FieldFlag.NOT_NULL
    for name, value in _FLAGS.items():
        if getattr(column, name):
            flags |= value
    return flags


_FLAGS: Final = {
    "primary_key": FieldFlag.PRI_KEY | FieldFlag.PART_KEY,
    "unique_key": FieldFlag.UNIQUE_KEY | FieldFlag.PART_KEY,
    "multiple_key": FieldFlag.MULTIPLE_KEY | FieldFlag.PART_KEY,
    "part_of_key": FieldFlag.PART_KEY,
    "auto_increment": FieldFlag.AUTO_INCREMENT,
    "no_default": FieldFlag.NO_DEFAULT_VALUE,
    "timestamp": FieldFlag.TIMESTAMP,
    "on_update": FieldFlag.ON_UPDATE_NOW,
    "binary": FieldFlag.BINARY,
}


def _shape(sql: SqlType, charset: Charset, collation_id: int, of_table: bool) -> _Shape:
    name = sql.name
    if name in _INTEGERS or name in _FLOATS or name == "DECIMAL":
        kind, length, decimals = _number(sql)
        flags = (FieldFlag.UNSIGNED if sql.unsigned else 0) | (FieldFlag.ZEROFILL if sql.zerofill else 0)
        flags |= 0 if of_table else FieldFlag.BINARY
        return BINARY_ID, length, kind, flags, decimals
    if name in _TIMES:
        kind, length = _TIMES[name]
        fraction = sql.length or 0
        return BINARY_ID, length + (fraction and fraction + 1), kind, FieldFlag.BINARY, fraction
    if name in _LENGTHS:
        return _text(sql, charset, collation_id, of_table)
    if name == "ENUM":
        longest = max(map(len, sql.values), default=0)
        return collation_id, longest * charset.max_length, FieldType.STRING, FieldFlag.ENUM, 0
    if name == "SET":
        longest = sum(map(len, sql.values)) + len(sql.values) - 1
        return collation_id, longest * charset.max_length, FieldType.STRING, FieldFlag.SET, 0
    if name == "BIT":
        return BINARY_ID, sql.length or 1, FieldType.BIT, FieldFlag.UNSIGNED, 0
    if name == "YEAR":
        flags = FieldFlag.UNSIGNED | (FieldFlag.ZEROFILL if of_table else FieldFlag.BINARY)
        return BINARY_ID, 4, FieldType.YEAR, flags, 0
    if name == "NULL":
        return BINARY_ID, 0, FieldType.NULL, FieldFlag.BINARY, 0
    if name == "JSON" and not of_table:
        longest = _LONGEST // charset.max_length * charset.max_length
        return collation_id, longest, FieldType.JSON, FieldFlag.BINARY, NOT_FIXED
    kind = FieldType.JSON if name == "JSON" else FieldType.GEOMETRY
    return BINARY_ID, _LONGEST, kind, FieldFlag.BLOB | FieldFlag.BINARY, 0


def _number(sql: SqlType) -> tuple[int, int, int]:
    """Field type, length, decimals of a number."""
    if sql.name in _INTEGERS:
        kind, signed, unsigned = _INTEGERS[sql.name]
        return kind, sql.length or (unsigned if sql.unsigned else signed), 0
    if sql.name in _FLOATS:
        kind, length = _FLOATS[sql.name]
        return kind, sql.length or length, NOT_FIXED if sql.decimals is None else sql.decimals
    decimals = sql.decimals or 0
    return FieldType.NEWDECIMAL, (sql.length or 10) + (decimals > 0) + (not sql.unsigned), decimals


def _text(sql: SqlType, charset: Charset, collation_id: int, of_table: bool) -> _Shape:
    """Texts and bytes of all lengths."""
    binary = sql.name in _BYTES
    kind = _WIRE_STRING.get(sql.name, FieldType.BLOB)
    length = sql.length if sql.length is not None else _LENGTHS[sql.name]
    width = 1 if binary else charset.max_length
    widest = 1 if binary else _WIDEST
    if kind == FieldType.VAR_STRING and not of_table and length * widest > _LONGEST_VARCHAR:
        # What is reckoned has the type that a value of its greatest length needs, where letters are as long as can be.
        kind = FieldType.MEDIUM_BLOB if length * widest < 1 << 24 else FieldType.LONG_BLOB
        length *= widest
    elif kind == FieldType.VAR_STRING and length > _LONGEST_VARCHAR:
        # No table has it, but a query in FROM or a set operation.
        kind = FieldType.BLOB
    if kind == FieldType.BLOB and sql.length is not None and sql.decimals is None:
        # TEXT(n) and BLOB(n) become the smallest type that holds n.
        length = next(
            size for size in (255, 65535, (1 << 24) - 1, _LONGEST) if sql.length * width <= size or size == _LONGEST
        )
    flags = FieldFlag.BLOB if kind == FieldType.BLOB and sql.decimals is None else 0
    flags |= FieldFlag.UNSIGNED if sql.unsigned else 0
    decimals = 0 if of_table else NOT_FIXED if sql.decimals is None else sql.decimals
    if binary:
        return BINARY_ID, length, kind, flags | FieldFlag.BINARY, decimals
    return collation_id, length * width, kind, flags, decimals
