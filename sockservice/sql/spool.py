"""Rows in flat memory: what is more than a few megabytes lies in a file."""

from __future__ import annotations

import itertools
import marshal
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any, Final

IN_MEMORY: Final = 8 * 1024 * 1024
"""Bytes of rows that are kept in memory."""

Row = tuple[Any, ...]


class Spool:
    """Rows that were put there once, to be read as often as one likes."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as its rows
        weakref.finalize(self, self._file.close)
        self._bounds = [0]
        self.count = 0

    def add(self, rows: list[Row]) -> None:
        """Put rows behind those that are here."""
        self._file.write(marshal.dumps(rows))
        self._bounds.append(self._file.tell())
        self.count += len(rows)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        for place, end in itertools.pairwise(self._bounds):
            self._file.seek(place)
            yield from marshal.loads(self._file.read(end - place))  # noqa: S302 - it was written here
