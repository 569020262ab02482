"""The stub files of a service, which all workspaces share: read again without ever losing the last good set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from twisted.logger import Logger

from sockservice.errors import counted
from sockservice.responder.stub_set import StubSet


class Stubs:
    """The stubs of the files.

    Args:
        paths: the stub files and folders, as for :meth:`StubSet.load`.

    Attributes:
        paths: the same.
        current: the stubs in use; another object after each reload.
        problems: why the files are not used as they are now, a line each; none where they are.

    Raises:
        ConfigurationError: a file cannot be used.
    """

    _log = Logger()

    def __init__(self, paths: Iterable[Path | str] = ()) -> None:
        self.paths = tuple(Path(path) for path in paths)
        self.current = StubSet.load(self.paths)
        self.problems: tuple[str, ...] = ()

    def reload(self) -> None:
        """Read the files again. All of them are sound and used from now on, or the ones before stay.

        Raises:
            ConfigurationError: a file cannot be used; nothing has changed.
        """
        self.current = StubSet.load(self.paths)
        self._log.info("{stubs} read again", stubs=counted(len(self.current.stubs), "stub"))
