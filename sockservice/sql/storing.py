"""What a column makes of a value that is stored in it: converted, checked, refused or cut (MySQL 8.4 manual, 13)."""

from __future__ import annotations

import functools
from typing import Any

from sockservice.sql.conversions import to_decimal, to_integer, to_number, to_text
from sockservice.sql.errors import Refused
from sockservice.sql.moments import to_date, to_moment, to_time
from sockservice.sql.registry import internal
from sockservice.sqltypes import SqlType

_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}


@internal("store", 3)
def store(value: Any, kind: str, column: str) -> Any:
    """A value as it is stored.

    Args:
        value: in any form.
        kind: the column's type as SQL has it.
        column: its name, for errors.

    Raises:
        Refused: 1264, 1406, 1366, 1292.
    """
    return None if value is None else _stored(value, _type(kind), column)


@functools.lru_cache(maxsize=1024)
def _type(kind: str) -> SqlType:
    return SqlType.parse(kind)


def _stored(value: Any, kind: SqlType, column: str) -> Any:
    name = kind.name
    if name in _BITS:
        number = to_integer(value)
        bits = _BITS[name]
        low, high = (0, (1 << bits) - 1) if kind.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
        if number is None or not low <= number <= high:
            raise Refused("ER_WARN_DATA_OUT_OF_RANGE", column, 1)
        return number
    if name == "DECIMAL":
        return to_decimal(value, kind.decimals or 0)
    if name in ("FLOAT", "DOUBLE"):
        return to_number(value)
    if name == "DATE":
        return _moment(to_date(value), value, "date", column)
    if name in ("DATETIME", "TIMESTAMP"):
        return _moment(to_moment(value), value, "datetime", column)
    if name == "TIME":
        return _moment(to_time(value), value, "time", column)
    if name in ("CHAR", "VARCHAR"):
        text = to_text(value) or ""
        if len(text) > (1 if kind.length is None else kind.length):
            raise Refused("ER_DATA_TOO_LONG", column, 1)
        return text.rstrip(" ") if name == "CHAR" else text
    if name.endswith("BLOB") or name.endswith("BINARY"):
        return value if isinstance(value, bytes) else str(to_text(value)).encode()
    return to_text(value) if name.endswith("TEXT") or name in ("ENUM", "SET", "JSON") else to_integer(value)


def _moment(moment: str | None, value: Any, what: str, column: str) -> str:
    if moment is None:
        raise Refused("ER_TRUNCATED_WRONG_VALUE", what, value)
    return moment


def type_text(kind: SqlType) -> str:
    """A type as SQL has it, so that it can be read again."""
    text = kind.name
    if kind.values:
        text += "(" + ",".join("'" + value.replace("'", "''") + "'" for value in kind.values) + ")"
    elif kind.length is not None:
        text += f"({kind.length}" + (f",{kind.decimals})" if kind.decimals is not None else ")")
    return text + (" UNSIGNED" if kind.unsigned else "")
