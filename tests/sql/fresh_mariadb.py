"""A real MariaDB for the length of a test run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outcomes import Address

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""What must be free in memory to put the data there, in bytes: several times what MariaDB begins with."""


@contextmanager
def fresh_mariadb() -> Iterator[Address]:
    """Start a MariaDB, and end it.

    The corpus makes and drops hundreds of tables, each of which waits for the disk; in memory it is done in a tenth of
    the time.
    """
    # Not at the top: the tests of the clients have the assertions of this module rewritten, so theirs comes first.
    from servers import PATIENCE, mariadb

    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(dir=MEMORY if in_memory else None) as folder, mariadb(Path(folder)) as server:
        yield Address(server.port, patience=PATIENCE)
