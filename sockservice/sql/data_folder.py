"""The folder that keeps the data when the server is gone."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sockservice.errors import ConfigurationError

FILE: Final = "sockservice.sqlite"
"""What a store is called in its folder."""
_LOCK: Final = "sockservice.lock"
_WORKSPACES: Final = "workspaces"
_LONGEST_NAME: Final = 200
"""Characters of a folder's name, which file systems cut or refuse beyond 255."""


class DataFolder:
    """The folder, which one server has at a time.

    Args:
        path: of it; it is made where it is not there, in a folder that is.

    Raises:
        ConfigurationError: it cannot be used, as far as that can be told without making it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None
        if path.exists() and not path.is_dir():
            raise ConfigurationError(f"--data {path}: is no folder; name one, or a place for a new one")
        if not path.exists() and not path.parent.is_dir():
            raise ConfigurationError(f"--data {path}: is in a folder that does not exist; make that first")
        if not os.access(path if path.exists() else path.parent, os.W_OK | os.X_OK):
            raise ConfigurationError(f"--data {path}: may not be written")

    def open(self) -> None:
        """Take it for this server; what is taken already stays so.

        Raises:
            ConfigurationError: another server has it, or it cannot be made.
        """
        if self._lock is not None:
            return
        try:
            self.path.mkdir(exist_ok=True)
            lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as problem:
            raise ConfigurationError(f"--data {self.path}: {problem.strerror}") from problem
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            holder = os.read(lock, 20).decode("ascii", "replace").strip()
            os.close(lock)
            who = f" (process {holder})" if holder.isdecimal() else ""
            raise ConfigurationError(
                f"--data {self.path}: another server{who} has this folder; end that one, or name another folder"
            ) from problem
        os.ftruncate(lock, 0)
        os.write(lock, b"%d\n" % os.getpid())
        self._lock = lock

    def place(self, workspace: str) -> Path:
        """The folder of a workspace's store, which is made where it is not there.

        Args:
            workspace: its name; ``""`` for the default one.
        """
        place = self.path / _WORKSPACES / folder_name(workspace) if workspace else self.path
        place.mkdir(parents=True, exist_ok=True)
        return place

    def close(self) -> None:
        """Let others have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def folder_name(workspace: str) -> str:
    """What the folder of a workspace is called: no two have the same, and no name leads elsewhere."""
    name = quote(workspace, safe="", errors="surrogatepass").replace(".", "%2E")
    if len(name) <= _LONGEST_NAME:
        return name
    # No name without a hash has a bare percent sign at its end.
    digest = hashlib.sha256(workspace.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[:100]}-{digest}%"


def remove_store(place: Path) -> None:
    """Remove the store in a folder, with what SQLite has put beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (place / f"{FILE}{suffix}").unlink(missing_ok=True)
