"""What a column makes of a value that is stored in it: converted, checked, refused or cut (MySQL 8.4 manual, 13)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sockservice.error_codes import error
from sockservice.sql import storing_numbers as numbers
from sockservice.sql import storing_texts as texts
from sockservice.sql import storing_times as times
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column, Table
from sockservice.sqltypes import SqlType

Store = Callable[[Any, SqlType, str, Diagnostics], Any]
"""Makes the stored form of a value, for a column of a type and name."""

STORES: Final[dict[str, Store]] = {
    **dict.fromkeys(numbers.BITS, numbers.store_integer),
    "BIT": numbers.store_bits,
    "YEAR": numbers.store_year,
    "DECIMAL": numbers.store_decimal,
    **dict.fromkeys(["FLOAT", "DOUBLE"], numbers.store_double),
    "DATE": times.store_date,
    **dict.fromkeys(["DATETIME", "TIMESTAMP"], times.store_moment),
    "TIME": times.store_time,
    **dict.fromkeys(["CHAR", "VARCHAR"], texts.store_characters),
    **dict.fromkeys(["TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT"], texts.store_text),
    **dict.fromkeys(["BINARY", "VARBINARY"], texts.store_bytes),
    **dict.fromkeys(["TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "GEOMETRY"], texts.store_blob),
    "ENUM": texts.store_enum,
    "SET": texts.store_set,
    "JSON": texts.store_json,
}
"""By the name of the type."""


def store(value: Any, column: Column, diagnostics: Diagnostics) -> Any:
    """A value as a column stores it.

    Args:
        value: what an expression gave, in a stored form, or what a client has bound; not NULL.
        column: where it goes.
        diagnostics: is told what is wrong with it.

    Raises:
        Refused: 1264, 1265, 1292, 1366, 1406 or 3140, in the strict mode.
    """
    stored = STORES[column.type.name](value, column.type, column.name, diagnostics)
    if isinstance(stored, str) and column.collation and not stored.isascii():
        return texts.in_charset(stored, column, diagnostics)
    return stored


def store_null(column: Column, diagnostics: Diagnostics, *, implicit: bool) -> Any:
    """What stands for NULL in a column that does not take it.

    Args:
        column: one that is NOT NULL.
        diagnostics: is told.
        implicit: whether outside the strict mode the implicit default takes its place: in statements of several rows,
            and in UPDATE.

    Raises:
        Refused: 1048.
    """
    problem = error("ER_BAD_NULL_ERROR", column.name)
    if diagnostics.ignore or (implicit and not diagnostics.strict):
        diagnostics.warn(problem)
        return implicit_default(column)
    raise Refused(problem)


def implicit_default(column: Column) -> Any:
    """The value of a column that has no default and takes no NULL (MySQL 8.4 manual, 13.6)."""
    name = column.type.name
    if name == "ENUM":
        return column.type.values[0]
    if name == "DECIMAL":
        return numbers.store_decimal(Decimal(0), column.type, column.name, Diagnostics())
    if name in times.ZEROS:
        return times.zero(column.type)
    if name == "BINARY":
        return bytes(column.type.length or 1)
    if name in ("FLOAT", "DOUBLE"):
        return 0.0
    if STORES[name] in (texts.store_blob, texts.store_bytes):
        return b""
    if name == "JSON":
        return "null"
    return 0 if name in numbers.BITS or name in ("BIT", "YEAR") else ""


def storable_columns(table: Table) -> tuple[Column, ...]:
    """The columns that a statement may write: not those that are generated."""
    return tuple(column for column in table.columns if not column.generated)
