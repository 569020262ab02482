"""ANALYZE, CHECK, OPTIMIZE, REPAIR and CHECKSUM TABLE (MySQL 8.4 manual, 15.7.3): tables here need no care."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sockservice.answers import Answer, Rows
from sockservice.sql.errors import Refused
from sockservice.sql.listing import columns_of
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

WORDS: Final = frozenset(["analyze", "check", "optimize", "repair", "checksum"])
"""How these statements begin."""
_COLUMNS: Final = columns_of(
    {"Table": "VARCHAR(128)", "Op": "VARCHAR(10)", "Msg_type": "VARCHAR(10)", "Msg_text": "VARCHAR(393216)"}
)
_SUMS: Final = columns_of({"Table": "VARCHAR(128)", "Checksum": "BIGINT"})
_NOTES: Final = {
    "optimize": "Table does not support optimize, doing recreate + analyze instead",
    "repair": "The storage engine for the table doesn't support repair",
}


def cared_for(session: SqlSession, text: str) -> Answer | None:
    """The answer to a statement; None for one that is not about tables.

    Args:
        session: whose.
        text: the statement, which begins with one of :data:`WORDS`.

    Raises:
        Refused: 1064 or 1046.
    """
    words = Words(text)
    operation = words.take().text.lower()
    words.accept_any("no_write_to_binlog", "local")
    if not words.accept_any("table", "tables"):
        return None
    names = words.tables()
    if operation == "checksum":
        return Rows(_SUMS, [(_label(session, name), None) for name in names])
    return Rows(_COLUMNS, [row for name in names for row in _told(session, name, operation)])


def _label(session: SqlSession, name: Name) -> str:
    database = name.database or session.database
    if not database:
        raise Refused("ER_NO_DB_ERROR")
    return f"{database}.{name.name}"


def _told(session: SqlSession, name: Name, operation: str) -> Iterator[tuple[str, str, str, str]]:
    label = _label(session, name)
    if session.view(name.name, name.database) is None:
        try:
            session.table(name.name, name.database)
        except Refused as refused:
            yield label, operation, "Error", refused.answer.message
            yield label, operation, "status", "Operation failed"
            return
    if operation in _NOTES:
        yield label, operation, "note", _NOTES[operation]
        if operation == "repair":
            return
    yield label, operation, "status", "OK"
