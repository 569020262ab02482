"""Stamps of files: two that are equal mean that what a name leads to was not changed in between."""

from __future__ import annotations

import os

from sockservice.interfaces import Stamp


def stamp_of(name: str | os.PathLike[str]) -> Stamp:
    """The stamp of what a name leads to now; symbolic links are followed.

    The inode tells a file that was put in another's place, the time of the change (ctime) an edit that keeps size and
    time of modification, as ``cp -p`` and ``rsync`` do.

    Args:
        name: the path of a file.

    Returns:
        Inode, bytes, and the times of modification and change in nanoseconds; None where there is nothing to read.
    """
    try:
        status = os.stat(name)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
