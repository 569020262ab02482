"""All databases, tables and views, kept in SQLite beside the rows."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from sockservice.sql.connection import Connection
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Database, Table, View


class Catalog:
    """What there is.

    Args:
        connection: where it is kept.
    """

    def __init__(self, connection: Connection) -> None:
        self.version = 0
        self.databases: dict[str, Database] = {}
        self._tables: dict[tuple[str, str], Table] = {}
        self._views: dict[tuple[str, str], View] = {}
        self._connection = connection
        connection.execute("CREATE TABLE IF NOT EXISTS catalog (kind TEXT, database TEXT, name TEXT, definition BLOB)")
        for kind, definition in connection.execute("SELECT kind, definition FROM catalog").fetchall():
            self._enter(msgspec.json.decode(definition, type=_KINDS[kind]))

    def _enter(self, thing: Database | Table | View) -> None:
        if isinstance(thing, Database):
            self.databases[thing.name] = thing
        elif isinstance(thing, Table):
            self._tables[thing.database, thing.name] = thing
        else:
            self._views[thing.database, thing.name] = thing

    def put(self, thing: Database | Table | View) -> None:
        """Enter a definition, in place of one of the same name."""
        kind = type(thing).__name__
        database = thing.name if isinstance(thing, Database) else thing.database
        self._connection.execute(
            "DELETE FROM catalog WHERE kind = ? AND database = ? AND name = ?", (kind, database, thing.name)
        )
        self._connection.execute(
            "INSERT INTO catalog VALUES (?, ?, ?, ?)", (kind, database, thing.name, msgspec.json.encode(thing))
        )
        self._enter(thing)
        self.version += 1

    def remove(self, thing: Database | Table | View) -> None:
        """Forget a definition."""
        kind = type(thing).__name__
        database = thing.name if isinstance(thing, Database) else thing.database
        self._connection.execute(
            "DELETE FROM catalog WHERE kind = ? AND database = ? AND name = ?", (kind, database, thing.name)
        )
        if isinstance(thing, Database):
            del self.databases[thing.name]
        elif isinstance(thing, Table):
            del self._tables[thing.database, thing.name]
        else:
            del self._views[thing.database, thing.name]
        self.version += 1

    def table(self, database: str, name: str) -> Table | None:
        """The table of a name."""
        return self._tables.get((database, name))

    def view(self, database: str, name: str) -> View | None:
        """The view of a name."""
        return self._views.get((database, name))

    def every_table(self) -> Iterator[Table]:
        """The tables of all databases."""
        return iter(self._tables.values())

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

    def new_key(self) -> str:
        """A name for the SQLite table of a new table."""
        number = self._connection.execute("SELECT IFNULL(MAX(rowid), 0) + 1 FROM catalog").fetchone()[0]
        return f"t{number}_{time.monotonic_ns():x}"


_KINDS = {"Database": Database, "Table": Table, "View": View}
