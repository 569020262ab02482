"""The file of the journal: appended to in a thread, so that a slow disk holds nobody up."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from sockservice.errors import ConfigurationError

_MODE: Final = 0o640


class JournalFile:
    """A file that lines are appended to. It is opened when the first ones come, and again after :meth:`reopen`.

    Args:
        path: the file.
        in_thread: what does work in another thread; see :meth:`sockservice.interfaces.IHost.in_thread`.

    Raises:
        ConfigurationError: it cannot be written, as far as that can be told without doing so.
    """

    _log = Logger()

    def __init__(self, path: Path, in_thread: Callable[[Callable[[], Any]], Deferred[Any]]) -> None:
        if path.is_dir() or not path.parent.is_dir():
            what = "a folder" if path.is_dir() else "in a folder that does not exist"
            raise ConfigurationError(f"--journal-file {path}: is {what}; name a file in a folder that does")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise ConfigurationError(f"--journal-file {path}: may not be written")
        self._path = path
        self._in_thread = in_thread
        self._lock = Lock()
        self._moved = False
        self._descriptor: int | None = None
        self._problem: str | None = None

    def write(self, data: bytes) -> Deferred[None]:
        """Append lines in a thread; fires when that is done or has failed, which the log tells once."""
        return self._in_thread(functools.partial(self._append, data)).addCallback(self._tell)

    def write_now(self, data: bytes) -> None:
        """Append lines before this returns."""
        self._tell(self._append(data))

    def reopen(self) -> None:
        """The file may have been moved away: the next lines open it anew."""
        self._moved = True

    def _append(self, data: bytes) -> str | None:
        """Append; returns what went wrong."""
        with self._lock:
            if self._moved:
                self._moved = False
                self._close()
            try:
                if self._descriptor is None:
                    # A FIFO that nobody reads must not block.
                    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
                    self._descriptor = os.open(self._path, flags, _MODE)
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError as error:
                self._close()
                return error.strerror or str(error)
        return None

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _tell(self, problem: str | None) -> None:
        """Say what went wrong, and that it goes on; each once."""
        if problem is not None and self._problem is None:
            self._log.error("the journal is not written to {path}: {problem}", path=self._path, problem=problem)
        elif problem is None and self._problem is not None:
            self._log.info("the journal is written to {path} again", path=self._path)
        self._problem = problem
