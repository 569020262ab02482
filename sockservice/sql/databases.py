"""What the embedded databases of all workspaces share: how they begin, where they are kept, when they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

from twisted.internet.defer import maybeDeferred
from twisted.internet.interfaces import IReactorTime

from sockservice.interfaces import IResponder, IServer
from sockservice.sql.data import Data
from sockservice.sql.data_folder import DataFolder

if TYPE_CHECKING:
    from sockservice.sql.running import RunInThread
    from sockservice.sql.seeds import Seeds
    from sockservice.sql.store import Store


class Databases:
    """Makes the data of each workspace.

    Args:
        names: the databases that are there from the start, the first one for seeds; asked at each use.
        beside: answers what is no matter of tables: SET, SHOW VARIABLES and what else drivers say.
        clock: the reactor, for turns and for the time that a lock is waited for.
        run_in_thread: runs what takes its time.
        folder: where the data are kept; None for temporary folders, which are gone at the end.

    Attributes:
        names, beside, clock, run_in_thread, folder: as given.
        imported: whether the reader of SQL is here.
    """

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        beside: IResponder,
        clock: IReactorTime,
        run_in_thread: RunInThread = maybeDeferred,
        folder: DataFolder | None = None,
    ) -> None:
        self.names = names
        self.beside = beside
        self.clock = clock
        self.folder = folder
        self.run_in_thread = run_in_thread
        self.imported = False
        self._seeds: Seeds | None = None
        self._made: WeakSet[Data] = WeakSet()

    def seed(self, paths: Sequence[Path], server: IServer) -> None:
        """Run files of SQL: what they make is there at the start of each workspace.

        Args:
            paths: the files, in their order.
            server: what the session that runs them belongs to.

        Raises:
            ConfigurationError: one cannot be read, or a statement fails; the message has the line.
        """
        if not paths:
            return
        from sockservice.sql.seeds import Seeds

        self._seeds = Seeds(paths, self.names(), self.beside, server)
        self._seeds.run()
        self.imported = True

    def of(self, workspace: str) -> Data:
        """The data of a workspace, which are made when somebody needs them.

        Args:
            workspace: its name; ``""`` for the default one.
        """
        data = Data(self, workspace)
        self._made.add(data)
        return data

    def store(self, workspace: str, clock: IReactorTime) -> Store:
        """Open the store of a workspace; a new one holds what the seeds have made."""
        from sockservice.sql.store import Store

        template = None if self._seeds is None else self._seeds.file
        place = None if self.folder is None else self.folder.place(workspace)
        store = Store(place, clock, self.run_in_thread, template)
        for name in self.names():
            store.create_database(name)
        return store

    def open(self) -> None:
        """The server starts.

        Raises:
            ConfigurationError: another server has the folder.
        """
        if self.folder is not None:
            self.folder.open()

    def close(self) -> None:
        """The server is gone: close all that is open, and remove what is temporary."""
        for data in list(self._made):
            data.end()
        if self._seeds is not None:
            self._seeds.close()
        if self.folder is not None:
            self.folder.close()
