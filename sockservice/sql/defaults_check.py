"""Whether a default is one that its column can have (MySQL 8.4 manual, 13.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.sql.column_reader import NOW
from sockservice.sql.defaults import Unknown, constant
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column
from sockservice.sql.storing import store

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_WITHOUT: Final = frozenset("TINYTEXT TEXT MEDIUMTEXT LONGTEXT TINYBLOB BLOB MEDIUMBLOB LONGBLOB JSON GEOMETRY".split())
"""Types whose default can only be an expression."""


def is_now(default: str) -> bool:
    """Whether a default is the time at which the statement began."""
    return default.partition("(")[0].lower() in NOW


def check_default(session: SqlSession, column: Column) -> None:
    """See that a column can have its default.

    Args:
        session: whose ``sql_mode`` counts.
        column: the column.

    Raises:
        Refused: 1067 or 1101.
    """
    default = column.default
    if default is None or default.startswith("("):
        return
    if column.type.name in _WITHOUT:
        raise Refused("ER_BLOB_CANT_HAVE_DEFAULT", column.name)
    if is_now(default):
        digits = default.partition("(")[2].rstrip(")")
        if column.type.name not in ("DATETIME", "TIMESTAMP") or int(digits or 0) != (column.type.length or 0):
            raise Refused("ER_INVALID_DEFAULT", column.name)
        return
    value = constant(default)
    if isinstance(value, Unknown) or value is None:
        return
    diagnostics = session.diagnostics()
    diagnostics.strict = True
    try:
        store(value, column, diagnostics)
    except Refused:
        raise Refused("ER_INVALID_DEFAULT", column.name) from None
