"""How values of MySQL's types are stored in SQLite, and what they are to expressions."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any, Final

from sockservice.sqltypes import SqlType


class Kind(enum.Enum):
    """What a value is to operators and functions; each kind has one form in SQLite."""

    NULL = "null"
    """NULL and nothing else."""
    INTEGER = "integer"
    """INTEGER; also TRUE and FALSE, YEAR and BIT. From 2 to the 63rd on, which SQLite's cannot hold: TEXT of 20 digits,
    which sorts behind all of those."""
    DECIMAL = "decimal"
    """TEXT with as many digits behind the point as its type says, compared by the collation ``decimal``."""
    DOUBLE = "double"
    """REAL."""
    TEXT = "text"
    """TEXT."""
    BINARY = "binary"
    """BLOB."""
    DATE = "date"
    """TEXT: ``2024-02-29``."""
    DATETIME = "datetime"
    """TEXT: ``2024-02-29 12:30:00`` with as many digits of a second as the type says."""
    TIME = "time"
    """TEXT: ``-838:59:59``, compared by the collation ``time``."""
    JSON = "json"
    """TEXT as MySQL prints it."""


KINDS: Final[dict[str, Kind]] = {
    "NULL": Kind.NULL,
    **dict.fromkeys("TINYINT SMALLINT MEDIUMINT INT BIGINT YEAR BIT".split(), Kind.INTEGER),
    "DECIMAL": Kind.DECIMAL,
    **dict.fromkeys(["FLOAT", "DOUBLE"], Kind.DOUBLE),
    **dict.fromkeys("CHAR VARCHAR TINYTEXT TEXT MEDIUMTEXT LONGTEXT ENUM SET".split(), Kind.TEXT),
    **dict.fromkeys("BINARY VARBINARY TINYBLOB BLOB MEDIUMBLOB LONGBLOB GEOMETRY".split(), Kind.BINARY),
    "DATE": Kind.DATE,
    **dict.fromkeys(["DATETIME", "TIMESTAMP"], Kind.DATETIME),
    "TIME": Kind.TIME,
    "JSON": Kind.JSON,
}

AFFINITY: Final[dict[Kind, str]] = {
    Kind.INTEGER: "INTEGER",
    Kind.DECIMAL: "TEXT COLLATE decimal",
    Kind.DOUBLE: "REAL",
    Kind.BINARY: "BLOB",
    Kind.TIME: "TEXT COLLATE time",
}
"""The declaration of a column by its kind; TEXT for the others."""

TEMPORAL: Final = frozenset([Kind.DATE, Kind.DATETIME, Kind.TIME])
NUMERIC: Final = frozenset([Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE])

BIGINT: Final = SqlType("BIGINT", 21)
"""A whole number that is reckoned, with room for a sign."""
UNSIGNED: Final = SqlType("BIGINT", 21, unsigned=True)
BOOLEAN: Final = SqlType("BIGINT", 1, 0)
"""Of conditions; no other whole number says that it has 0 decimals."""
DOUBLE: Final = SqlType("DOUBLE", 23)
"""A DOUBLE that is reckoned; one of a column has a character less."""
NULL: Final = SqlType("NULL")
DATE: Final = SqlType("DATE")
JSON: Final = SqlType("JSON")
LONGEST: Final = 2**32 - 1
"""Characters or bytes of the longest value."""


def kind_of(kind: SqlType) -> Kind:
    """The kind of a type."""
    return KINDS[kind.name]


def decimal_type(digits: int, scale: int) -> SqlType:
    """A DECIMAL, within the bounds that MySQL has."""
    scale = min(scale, 30)
    return SqlType("DECIMAL", max(1, min(digits, 65), scale), scale)


def text_type(length: int) -> SqlType:
    """The type of a text expression of at most so many characters."""
    return SqlType("VARCHAR", min(length, LONGEST))


def bytes_type(length: int) -> SqlType:
    """The type of an expression of at most so many bytes."""
    return SqlType("VARBINARY", min(length, LONGEST))


def to_python(value: Any, kind: SqlType) -> Any:
    """A stored value as answers have it."""
    if value is None:
        return None
    if kind.name == "DECIMAL":
        return Decimal(str(value))
    return int(value) if kind.name in ("BIGINT", "BIT") and isinstance(value, str) else value


def wide(number: int) -> int | str:
    """A whole number in the form of :attr:`Kind.INTEGER`."""
    return number if number < 1 << 63 else f"{number:020}"


def fraction_of(kind: SqlType) -> int:
    """How many digits of a second a type has."""
    return (kind.length or 0) if kind.name in ("DATETIME", "TIMESTAMP", "TIME") else 0


def moment_type(name: str, digits: int = 0) -> SqlType:
    """A DATETIME or TIME with so many digits of a second."""
    return SqlType(name, min(digits, 6) or None)
