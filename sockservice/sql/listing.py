"""What a SHOW statement lists: rows, of which LIKE or WHERE choose some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sockservice.answers import Column as AnswerColumn
from sockservice.answers import Rows
from sockservice.sql.literals import fold, lexical
from sockservice.sql.parse import parse
from sockservice.sql.patterns import like
from sockservice.sql.plan import Constants
from sockservice.sql.scope import Scope, Source
from sockservice.sql.select import Queries
from sockservice.sql.typed import Typed, quoted
from sockservice.sql.words import Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

NAMES = "utf8mb3_general_ci"
"""The collation of what the catalogue tells."""


def rows_text(names: Sequence[str], source: str) -> str:
    """SQLite's text of a table whose rows are JSON.

    Args:
        names: of its columns.
        source: the text that gives an array of arrays.
    """
    cells = ", ".join(f"json_extract(value, '$[{place}]') AS {quoted(name)}" for place, name in enumerate(names))
    return f"(WITH listed AS MATERIALIZED (SELECT {cells} FROM json_each({source})) SELECT * FROM listed)"


def json_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as :func:`rows_text` reads them."""
    return msgspec.json.encode(list(rows)).decode()


class Filter:
    """LIKE or WHERE of a SHOW statement.

    Args:
        words: the statement, before one of them or at its end.

    Raises:
        Refused: 1064.

    Attributes:
        pattern: of LIKE, or None.
    """

    def __init__(self, words: Words) -> None:
        self.pattern: str | None = None
        self._where = ""
        if words.accept("like"):
            self.pattern = words.string()
        elif words.accept("where"):
            if words.ended:
                raise words.mistake()
            self._where, words.at = words.rest, len(words.text)
        words.expect_end()

    def of(
        self,
        session: SqlSession,
        columns: tuple[AnswerColumn, ...],
        rows: Iterable[Sequence[Any]],
        names: Mapping[str, str] | None = None,
    ) -> Rows:
        """The rows that are chosen.

        Args:
            session: whose.
            columns: of the result.
            rows: all of them.
            names: other names of columns in WHERE, by label.

        Raises:
            Refused: 1054 and what a condition is refused for.
        """
        if self.pattern is not None:
            return Rows(columns, [tuple(row) for row in rows if like(row[0], self.pattern, "\\", NAMES)])
        if self._where:
            return Rows(columns, self._chosen(session, columns, list(rows), names or {}))
        return Rows(columns, [tuple(row) for row in rows])

    def _chosen(
        self,
        session: SqlSession,
        columns: tuple[AnswerColumn, ...],
        rows: list[Sequence[Any]],
        names: Mapping[str, str],
    ) -> list[tuple[Any, ...]]:
        how = lexical(session.sql_mode)
        folded = fold(f"SELECT {self._where}", session.parameters, how)
        node = parse(folded.key, folded.literals, how=how).expressions[0]
        source = Source(
            "listed",
            {
                names.get(column.name, column.name): Typed(quoted(column.name), column.type, True, NAMES)
                for column in columns
            },
        )
        scope = Scope([source], clause="where clause")
        condition = Queries(session, Constants(folded.literals)).expressions(scope).condition(node)
        text = f"SELECT * FROM {rows_text([column.name for column in columns], '?1')} WHERE {condition}"
        session.store.main.session = session
        return session.store.main.rows(text, (json_rows(rows),))
