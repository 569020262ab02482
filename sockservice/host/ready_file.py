"""The ready file: where the services listen, for programs that wait for it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sockservice.host.ports import Port


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


def write_ready_file(path: Path, ports: Iterable[Port]) -> None:
    """Write a line for each port; a reader sees no file or the whole of it.

    Raises:
        OSError: the folder does not take it.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(ready_line(port) for port in ports)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def remove_ready_file(path: Path) -> None:
    """Remove it, at the end, or where an earlier run was killed and left one that says what is no longer so."""
    with suppress(OSError):
        path.unlink()
