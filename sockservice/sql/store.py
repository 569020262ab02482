"""Where the rows are: SQLite in a file, its catalog, and who runs statements on it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sockservice.sql.catalog import Catalog
from sockservice.sql.connection import Connection
from sockservice.sql.schema import Database


class Store:
    """One set of databases.

    Args:
        folder: where the file is kept; None for a folder that is gone with the store.

    Attributes:
        main: the connection that statements run on.
        catalog: what there is.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._temporary = Path(tempfile.mkdtemp(prefix="sockservice-")) if folder is None else None
        path = (folder or self._temporary or Path()) / "sockservice.sqlite"
        self.main = Connection(path, {})
        self.catalog = Catalog(self.main)

    def create_database(self, name: str) -> None:
        """Make a database, where there is none of the name."""
        if name not in self.catalog.databases:
            self.catalog.put(Database(name))

    def close(self) -> None:
        """Close it; what is temporary is removed."""
        self.main.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
