"""The ready file: where the services listen, for programs that wait for it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sockservice.errors import ConfigurationError
from sockservice.host.ports import Port
from sockservice.regular_file import open_regular

LIMIT = 1024 * 1024
"""Bytes that a ready file may have: room for 10,000 ports."""


def ready_line(port: Port) -> str:
    """One port as a line of JSON: service, kind, host and port (or path), pid."""
    assert port.address is not None
    entry: dict[str, object] = {"service": port.service.name, "kind": port.kind.value}
    if isinstance(port.address, str):
        entry["path"] = port.address
    else:
        entry["host"], entry["port"] = port.address[0], port.address[1]
    entry["pid"] = os.getpid()
    return json.dumps(entry) + "\n"


def check_ready_file(path: Path) -> None:
    """Find out whether a ready file can be written there, without doing so.

    Raises:
        ConfigurationError: the folder does not take it, or there is something else already that would be lost.
    """
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigurationError(f"cannot write the ready file: {folder} is not a folder that this user may write to")
    _writers(path)


def write_ready_file(path: Path, ports: Iterable[Port]) -> None:
    """Write a line for each port; a reader sees no file or the whole of it.

    Raises:
        ConfigurationError: as :func:`check_ready_file`.
        OSError: the folder does not take it.
    """
    check_ready_file(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(ready_line(port) for port in ports)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def remove_old_ready_file(path: Path) -> None:
    """Remove the one that an earlier run left when it was killed: it says what is no longer so."""
    with suppress(OSError, ConfigurationError):
        if _writers(path):
            path.unlink()


def remove_own_ready_file(path: Path) -> None:
    """Remove the one that this process wrote; another one that has taken its place stays."""
    with suppress(OSError, ConfigurationError):
        if _writers(path) == {os.getpid()}:
            path.unlink()


def _writers(path: Path) -> set[int]:
    """The pids in a ready file; none where there is no file, or an empty one that waits to be filled.

    Raises:
        ConfigurationError: it cannot be read, or is something else.
    """
    try:
        with open_regular(path) as file:
            lines = file.read(LIMIT).splitlines()
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise ConfigurationError(f"the ready file {path} cannot be read: {error.strerror}") from error
    try:
        entries = [json.loads(line) for line in lines]
        if all("service" in entry for entry in entries):
            return {int(entry["pid"]) for entry in entries}
    except (ValueError, TypeError, LookupError, RecursionError):
        pass
    raise ConfigurationError(f"{path} is there already and is no ready file: name another --ready-file, or remove it")
