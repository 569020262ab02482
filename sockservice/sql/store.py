"""Where the rows are: SQLite in a file, its catalog, and who runs statements on it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from twisted.internet.defer import maybeDeferred
from twisted.internet.interfaces import IReactorTime

from sockservice.sql.catalog import Catalog
from sockservice.sql.connection import Connection
from sockservice.sql.data_folder import FILE
from sockservice.sql.locks import Locks
from sockservice.sql.named_locks import NamedLocks
from sockservice.sql.numbers import Numbers
from sockservice.sql.predicates import Predicates
from sockservice.sql.readers import Readers
from sockservice.sql.running import RunInThread
from sockservice.sql.schema import SYSTEM, Database, ForeignKey, Table
from sockservice.sql.system_tables import SystemTables
from sockservice.sql.table_texts import row_number
from sockservice.sql.tidying import Tidying
from sockservice.sql.transaction import Transaction
from sockservice.sql.versions import Versions


class Store:
    """One set of databases.

    Args:
        folder: where the file is kept; None for a folder that is gone with the store.
        clock: the reactor, for turns and for the time that a lock is waited for.
        run_in_thread: runs what takes its time; without it, that is run at once.
        template: a file of another store's, to begin with a copy of; a file that is there stays.

    Attributes:
        main: the connection that statements run on.
        catalog: what there is.
        numbers: of AUTO_INCREMENT.
        tidying: removes what is left over.
        versions: of rows that are being changed.
        locks: of rows and tables.
        predicates: what transactions have searched for and locked.
        named_locks: those of GET_LOCK.
        readers: for queries that take their time.
        clock, run_in_thread: as given.
        using: the transactions under way that last for more than a statement.
        system: the tables of the server's own databases.
    """

    def __init__(
        self,
        folder: Path | None = None,
        clock: IReactorTime | None = None,
        run_in_thread: RunInThread = maybeDeferred,
        template: Path | None = None,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="sockservice-") if folder is None else None
        path = Path(self._temporary.name if self._temporary else str(folder)) / FILE
        if template is not None and not path.exists():
            shutil.copyfile(template, path)
        self.run_in_thread = run_in_thread
        self.clock: IReactorTime = clock  # type: ignore[assignment]
        self.main = Connection(path, {})
        self.catalog = Catalog(self.main)
        self.numbers = Numbers(self.main)
        self.tidying = Tidying(self.main, clock)
        self.versions = Versions(self.main, self.tidying, None if folder is None else self.catalog.every_table())
        self.locks = Locks()
        self.predicates = Predicates(self.main)
        self.named_locks = NamedLocks()
        self.readers = Readers(path, run_in_thread)
        self.system = SystemTables(lambda _request: None)
        self.using: set[Transaction] = set()
        self._referring: tuple[int, dict[tuple[str, str], list[tuple[Table, ForeignKey]]]] = (-1, {})

    def create_database(self, name: str) -> None:
        """Make a database, where there is none of the name."""
        if name not in self.catalog.databases:
            self.catalog.put(Database(name))

    def check_database(self, name: str) -> None:
        """See that a database is there; what stands behind its last ``@`` is the workspace.

        Raises:
            Refused: 1049.
        """
        name = name.rpartition("@")[0] or name
        if name.lower() not in SYSTEM:
            self.catalog.database(name)

    def referring(self, table: Table) -> list[tuple[Table, ForeignKey]]:
        """The foreign keys that refer to a table, each with the table that has it."""
        version, found = self._referring
        if version != self.catalog.version:
            found = {}
            for name in self.catalog.databases:
                for child in self.catalog.tables(name):
                    for key in child.foreign_keys:
                        found.setdefault((key.database or child.database, key.table), []).append((child, key))
            self._referring = (self.catalog.version, found)
        return found.get((table.database, table.name), [])

    def drop_rows(self, table: Table) -> None:
        """Drop the rows of a table, with their versions and its numbers."""
        self.versions.forget(table.key)
        self.numbers.forget(table)
        for transaction in self.versions.writers.values():
            transaction.written.pop(table.key, None)
        self.tidying.drop(table.key, row_number(table))

    def user_of(self, key: str) -> Transaction | None:
        """A transaction under way that has read or changed a table."""
        self.using = {each for each in self.using if not each.ended}
        return next((each for each in self.using if key in each.used or key in each.written), None)

    def close(self) -> None:
        """Close it; what is temporary is removed."""
        self.readers.close()
        self.tidying.close()
        if self._temporary is None:
            self.numbers.keep()
        self.main.close()
        if self._temporary is not None:
            self._temporary.cleanup()
