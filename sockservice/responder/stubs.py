"""The stub files of a service, which all workspaces share: read again without ever losing the last good set."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs
from twisted.logger import Logger
from zope.interface import implementer

from sockservice.errors import ConfigurationError, counted
from sockservice.file_stamps import stamp_of
from sockservice.interfaces import IWatchedFiles, Stamp
from sockservice.responder.stub_paths import stub_paths
from sockservice.responder.stub_set import StubSet

PROBLEMS: Final = 100
"""How many mistakes are kept to be shown: nobody mends more before looking again."""


@attrs.frozen
class Reading:
    """What was found when the files were read.

    Attributes:
        outcome: the stubs, or all that is wrong.
        seen: the files that were read or missed, each with its stamp from just before.
    """

    outcome: StubSet | ConfigurationError
    seen: Mapping[str, Stamp]


@implementer(IWatchedFiles)
class Stubs:
    """The stubs of the files.

    Reading has two steps, so that a slow disk or a large set holds up nobody: :meth:`read`, which may run in another
    thread, and :meth:`use`.

    Args:
        paths: the stub files and folders, as for :meth:`StubSet.load`.
        messages: as for :meth:`StubSet.load`.

    Attributes:
        paths: the same.
        current: the stubs in use; another object after each reload.
        problems: the first mistakes that keep the files from being used, a line each; none while they are in use.
        seen: see :class:`IWatchedFiles`.

    Raises:
        ConfigurationError: a file cannot be used.
    """

    _log = Logger()

    def __init__(self, paths: Iterable[Path | str] = (), *, messages: bool = False) -> None:
        self._messages = messages
        self.paths = tuple(Path(path) for path in paths)
        self.current = StubSet()
        self.problems: tuple[str, ...] = ()
        self.seen: Mapping[str, Stamp] = {}
        self._take(self.read())

    def read(self) -> Reading:
        """Read the files; changes nothing here."""
        seen: dict[str, Stamp] = {}
        try:
            return Reading(StubSet.load(self.paths, seen, messages=self._messages), seen)
        except ConfigurationError as error:
            return Reading(error, seen)

    def use(self, reading: Reading) -> None:
        """Use what was read from now on, if all of it is sound; else the stubs before stay.

        Raises:
            ConfigurationError: it is not; ``problems`` has the mistakes.
        """
        self._take(reading)
        self._log.info("{stubs} read again", stubs=counted(len(self.current.stubs), "stub"))

    def reload(self) -> None:
        """Read the files again and use them, at once.

        Raises:
            ConfigurationError: as for :meth:`use`.
        """
        self.use(self.read())

    def look(self) -> dict[str, Stamp]:
        """See :meth:`sockservice.interfaces.IWatchedFiles.look`."""
        unread: list[ConfigurationError] = []
        found = {name: stamp_of(name) for path in self.paths for name in stub_paths(os.fspath(path), unread)}
        # Files that stub files name, and those that are gone.
        found.update((name, stamp_of(name)) for name in self.seen if name not in found)
        return found

    def _take(self, reading: Reading) -> None:
        self.seen = reading.seen
        if isinstance(reading.outcome, ConfigurationError):
            self.problems = tuple(str(mistake) for mistake in reading.outcome.mistakes[:PROBLEMS])
            raise reading.outcome
        self.current, self.problems = reading.outcome, ()
