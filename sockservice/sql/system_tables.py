"""The tables of the server's own databases, as any query can read them.

What tells of databases and tables is told from the catalogue; the others, and the columns of all of them, are known to
who stands beside (:class:`sockservice.sql.responder.Sql`), who is asked for them as a client would ask.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sockservice.answers import Answer, Request, Rows
from sockservice.interfaces import ISession
from sockservice.sql.errors import Refused
from sockservice.sql.information_schema import TABLES, Facts
from sockservice.sql.listing import NAMES, json_rows, rows_text
from sockservice.sql.rendering import backticked
from sockservice.sql.running import Work
from sockservice.sql.schema import SYSTEM, Column, Table
from sockservice.sql.type_reader import TEXTS
from sockservice.sql.typed import text_literal

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Ask = Callable[[Request], Answer | None]
"""Answers a statement of a client's at once, or does not."""

_EXACT = frozenset(
    """table_schema table_name schema_name constraint_schema referenced_table_schema referenced_table_name index_schema
    unique_constraint_schema view_schema view_name trigger_schema event_object_schema event_object_table
    routine_schema""".split()
)
"""Columns whose names are told apart by case."""

_TURN: Final = 0.005
"""Seconds for which rows are told before others have their turn."""
_TRIES: Final = 5
"""How often they are told anew, since the catalogue was changed meanwhile, before they are told at once."""
_ASKED: Final = re.compile(r"system_rows\('(\w+)', '(\w+)'\)")
"""What :meth:`SystemTables.text` writes."""


class SystemTables:
    """The server's own tables.

    Args:
        ask: answers what a client asks of them.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._tables: dict[tuple[str, str], Table] = {}

    def table(self, database: str, name: str, session: ISession) -> Table | None:
        """A table of one of the server's own databases.

        Args:
            database: in lower case.
            name: of the table, whatever its case.
            session: who asks.

        Raises:
            Refused: 1109, where information_schema has none of the name.
        """
        known = self._tables.get((database, name.lower()))
        if known is not None:
            return known
        answer = self._ask(self._whole(database, name, session))
        if not isinstance(answer, Rows):
            if database == "information_schema":
                raise Refused("ER_UNKNOWN_TABLE", name, database)
            return None
        columns = tuple(
            Column(
                column.name,
                column.type,
                collation=("utf8mb3_bin" if column.name.lower() in _EXACT else NAMES)
                if column.type.name in TEXTS
                else "",
            )
            for column in answer.columns
        )
        own = answer.columns[0].original_table or name
        made = Table(database, own, columns, key=f"{database}.{name.lower()}")
        self._tables[database, name.lower()] = made
        return made

    @staticmethod
    def _whole(database: str, name: str, session: ISession) -> Request:
        return Request("query", f"SELECT * FROM {database}.{backticked(name)}", session)

    def text(self, table: Table) -> str:
        """SQLite's text that stands for the rows of a table."""
        source = f"system_rows({text_literal(table.database)}, {text_literal(table.name)})"
        return rows_text([column.name for column in table.columns], source)

    def tell(self, text: str, session: SqlSession, told: dict[tuple[str, str], str]) -> Work[None]:
        """Find out the rows that a text asks for; others have their turns between.

        Args:
            text: of SQLite.
            session: who asks.
            told: the rows that are known, by database and name; the others are added.
        """
        for database, name in _ASKED.findall(text):
            if (database, name) not in told:
                told[database, name] = yield from self._told(database, name, session)

    def _told(self, database: str, name: str, session: SqlSession) -> Work[str]:
        """As :meth:`rows`; begun anew where the catalogue was changed meanwhile."""
        catalog = session.store.catalog
        for _ in range(_TRIES):
            version, ends = catalog.version, time.monotonic() + _TURN
            rows = []
            for row in self._each(database, name, session):
                rows.append(row)
                if time.monotonic() > ends:
                    yield None
                    ends = time.monotonic() + _TURN
                    if catalog.version != version:
                        break
            else:
                return json_rows(rows)
        return self.rows(database, name, session)

    def rows(self, database: str, name: str, session: SqlSession) -> str:
        """The rows of a table, as JSON."""
        return json_rows(self._each(database, name, session))

    def _each(self, database: str, name: str, session: SqlSession) -> Iterator[Sequence[Any]]:
        tell = TABLES.get(name.lower()) if database == "information_schema" else None
        if tell is None:
            answer = self._ask(self._whole(database, name, session.session))
            yield from answer.rows if isinstance(answer, Rows) else ()
            return
        store = session.store
        yield from tell(Facts(store.catalog, store.numbers, store.main))
        if name.lower() == "tables":
            yield from self._own_tables(session.session)

    def _own_tables(self, session: ISession) -> list[tuple[Any, ...]]:
        """The rows of TABLES about the server's own tables."""
        told = []
        for database in SYSTEM:
            answer = self._ask(Request("query", f"SHOW FULL TABLES FROM {database}", session))
            for name, kind in answer.rows if isinstance(answer, Rows) else ():
                told.append(("def", database, name, kind, None, 10, None, 0, *[None] * 12, ""))
        return told
