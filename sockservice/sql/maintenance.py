"""ANALYZE, CHECK, CHECKSUM, OPTIMIZE and REPAIR TABLE (MySQL 8.4 manual, 15.7.3), which find all tables well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sockservice.answers import Column, Rows
from sockservice.error_codes import syntax_error
from sockservice.sql.errors import Refused
from sockservice.sql.running import Work
from sockservice.sql.table_copy import rows_of
from sockservice.sql.typed import quoted
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

WORDS: Final = frozenset(["analyze", "check", "checksum", "optimize", "repair"])
"""How these statements begin."""
_NAME: Final = r"(?:`(?:[^`]|``)+`|[^\s`,.();]+)"
_TABLE: Final = re.compile(rf"(?:({_NAME})\s*\.\s*)?({_NAME})")
_STATEMENT: Final = re.compile(
    rf"(?P<word>\w+)\s+(?:(?:no_write_to_binlog|local)\s+)?tables?\s+(?P<tables>{_TABLE.pattern}"
    rf"(?:\s*,\s*{_TABLE.pattern})*)(?P<options>(?:\s+[a-z_ ]+)?)",
    re.IGNORECASE,
)
_COLUMNS: Final = (
    Column("Table", SqlType("VARCHAR", 128)),
    Column("Op", SqlType("VARCHAR", 10)),
    Column("Msg_type", SqlType("VARCHAR", 10)),
    Column("Msg_text", SqlType("VARCHAR", 131_072)),
)
_SUMS: Final = (Column("Table", SqlType("VARCHAR", 128)), Column("Checksum", SqlType("BIGINT")))
_NOTES: Final = {
    "optimize": ("note", "Table does not support optimize, doing recreate + analyze instead"),
    "repair": ("note", "The storage engine for the table doesn't support repair"),
}


def maintained(session: SqlSession, text: str) -> Work[Rows]:
    """The answer to a statement that begins with one of :data:`WORDS`.

    Raises:
        Refused: 1064, or 1046.
    """
    found = _STATEMENT.fullmatch(text)
    if found is None:
        raise Refused(syntax_error(text.partition(" ")[2]))
    word = found["word"].lower()
    rows: list[tuple[Any, ...]] = []
    for database, name in _TABLE.findall(found["tables"]):
        rows += yield from _of_table(session, word, _plain(database) or session.database, _plain(name))
    return Rows(_SUMS if word == "checksum" else _COLUMNS, rows)


def _of_table(session: SqlSession, word: str, database: str, name: str) -> Work[list[tuple[Any, ...]]]:
    label = f"{database}.{name}"
    try:
        table = None if session.view(name, database) is not None else session.table(name, database)
    except Refused as refused:
        if word == "checksum":
            return [(label, None)]
        return [(label, word, "Error", refused.answer.message), (label, word, "status", "Operation failed")]
    if word == "checksum":
        if table is None:
            return [(label, None)]
        cells = " || ',' || ".join(f"quote({quoted(column.name)})" for column in table.columns)
        # The sum does not depend on the order of the rows, nor is it MySQL's, which is one of its own formats.
        ((total,),) = yield from rows_of(
            session, f"SELECT TOTAL(f_crc32(CAST({cells} AS BLOB))) FROM {quoted(table.key)}"
        )
        return [(label, int(total) % (1 << 32))]
    if word == "repair":
        return [(label, word, *_NOTES[word])]
    told = [(label, word, *_NOTES[word])] if word in _NOTES else []
    return [*told, (label, word, "status", "OK")]


def _plain(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name
