"""Regular files, opened so that nothing else that bears the name can hold up the whole program."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file to be read as bytes; a FIFO without a writer would block, and a device might never end.

    Args:
        path: the file; symbolic links are followed.

    Returns:
        The open file, for the caller to close.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    return open(path, "rb", opener=_open_at_once)


def _open_at_once(name: str, flags: int) -> int:
    try:
        descriptor = os.open(name, flags | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:  # so the kernel refuses sockets
            raise _not_regular(name) from None
        raise
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # open() has an error of its own for folders
        os.close(descriptor)
        raise _not_regular(name)
    return descriptor


def _not_regular(name: str) -> OSError:
    return OSError(errno.EINVAL, "it is a FIFO, a socket or a device; a regular file is wanted", name)
