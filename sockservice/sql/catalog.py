"""All databases, tables and views, kept in SQLite beside the rows."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import msgspec

from sockservice.sql.connection import Connection
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Database, ForeignKey, Table, View
from sockservice.sql.typed import quoted

Thing = Database | Table | View

TEMPORARY: str = "temporary_"
"""How the keys of temporary tables begin."""


class Catalog:
    """What there is.

    Args:
        connection: where it is kept.

    Attributes:
        version: is another one after each change.
        databases: by name.
    """

    def __init__(self, connection: Connection) -> None:
        self.version = 0
        self.databases: dict[str, Database] = {}
        self._tables: dict[tuple[str, str], Table] = {}
        self._views: dict[tuple[str, str], View] = {}
        self._temporary: dict[tuple[int, str, str], Table] = {}
        self._connection = connection
        self._numbers = itertools.count(1)
        connection.execute("CREATE TABLE IF NOT EXISTS catalog (kind TEXT, database TEXT, name TEXT, definition BLOB)")
        connection.execute("CREATE INDEX IF NOT EXISTS catalog_places ON catalog (kind, database, name)")
        for kind, definition in connection.execute("SELECT kind, definition FROM catalog").fetchall():
            self._enter(msgspec.json.decode(definition, type=_KINDS[kind]))
        for (left_over,) in connection.execute(
            f"SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '{TEMPORARY}*'"
        ).fetchall():
            connection.execute(f"DROP TABLE {quoted(left_over)}")

    # --- changes ------------------------------------------------------------------------------

    def _enter(self, thing: Thing) -> None:
        if isinstance(thing, Database):
            self.databases[thing.name] = thing
        elif isinstance(thing, Table):
            self._tables[thing.database, thing.name] = thing
        else:
            self._views[thing.database, thing.name] = thing

    def put(self, thing: Thing) -> None:
        """Enter a definition, in place of one of the same name."""
        self.version += 1
        if isinstance(thing, Table) and thing.temporary:
            self._temporary[thing.temporary, thing.database, thing.name] = thing
            return
        self._strike_out(thing)
        self._connection.execute(
            "INSERT INTO catalog VALUES (?, ?, ?, ?)", (*_place(thing), msgspec.json.encode(thing))
        )
        self._enter(thing)

    def remove(self, thing: Thing) -> None:
        """Forget a definition."""
        self.version += 1
        if isinstance(thing, Table) and thing.temporary:
            del self._temporary[thing.temporary, thing.database, thing.name]
            return
        self._strike_out(thing)
        if isinstance(thing, Database):
            del self.databases[thing.name]
        elif isinstance(thing, Table):
            del self._tables[thing.database, thing.name]
        else:
            del self._views[thing.database, thing.name]

    def _strike_out(self, thing: Thing) -> None:
        self._connection.execute("DELETE FROM catalog WHERE kind = ? AND database = ? AND name = ?", _place(thing))

    def new_key(self, *, temporary: bool = False) -> str:
        """A name for the SQLite table of a new table."""
        return f"{TEMPORARY if temporary else 't'}{next(self._numbers)}_{time.time_ns():x}"

    # --- looking ------------------------------------------------------------------------------

    def table(self, database: str, name: str) -> Table | None:
        """The table of a name, of those that are everybody's."""
        return self._tables.get((database, name))

    def temporary(self, connection: int, database: str, name: str) -> Table | None:
        """The temporary table of a name that a connection has made."""
        return self._temporary.get((connection, database, name)) if self._temporary else None

    def temporaries(self, connection: int) -> list[Table]:
        """The temporary tables of a connection."""
        if not self._temporary:
            return []
        return [table for table in self._temporary.values() if table.temporary == connection]

    def view(self, database: str, name: str) -> View | None:
        """The view of a name."""
        return self._views.get((database, name))

    def every_table(self) -> Iterator[Table]:
        """The tables of all databases, temporary ones too."""
        return itertools.chain(self._tables.values(), self._temporary.values())

    def tables(self, database: str) -> Iterator[Table]:
        """The tables of a database, by name."""
        return iter(sorted((t for (d, _), t in self._tables.items() if d == database), key=lambda t: t.name))

    def views(self, database: str) -> Iterator[View]:
        """The views of a database, by name."""
        return iter(sorted((v for (d, _), v in self._views.items() if d == database), key=lambda v: v.name))

    def database(self, name: str) -> Database:
        """The database of a name.

        Raises:
            Refused: 1049.
        """
        found = self.databases.get(name)
        if found is None:
            raise Refused("ER_BAD_DB_ERROR", name)
        return found

    def referring(self, database: str, name: str) -> list[tuple[Table, ForeignKey]]:
        """The foreign keys that refer to a table, each with the table that has it."""
        return [
            (table, key)
            for table in self._tables.values()
            for key in table.foreign_keys
            if (key.database, key.table) == (database, name)
        ]


def _place(thing: Thing) -> tuple[str, str, str]:
    database = thing.name if isinstance(thing, Database) else thing.database
    return type(thing).__name__, database, thing.name


_KINDS = {"Database": Database, "Table": Table, "View": View}
