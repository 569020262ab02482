"""The files that a stub file names: rows and code beside it, each looked at once while the stub file is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from sockservice.responder import python_code
from sockservice.responder.tables.sheet import Sheet


def _unnoted(_path: Path) -> None:
    """Nobody wants to know."""


@attrs.frozen(eq=False)
class FilesBeside:
    """What one stub file names.

    Attributes:
        folder: the stub file's, from which names are seen.
        note: is told each file just before it is looked for, whether it is there or not: when it changes, the stub
            file has to be read again.
    """

    folder: Path
    note: Callable[[Path], None] = _unnoted
    _sheets: dict[Any, Sheet] = attrs.field(factory=dict, init=False, repr=False)

    def sheet(self, name: str, form: Any, read: Callable[[Path], Sheet]) -> Sheet:
        """A file of rows.

        Args:
            name: as the stub file has it.
            form: all that its reading depends on: the same file in the same form is read once.
            read: reads it.
        """
        path = self.folder / name
        if (path, form) not in self._sheets:
            self.note(path)
            self._sheets[path, form] = read(path)
        return self._sheets[path, form]

    def function(self, reference: str) -> Callable[..., Any]:
        """A function of the author's; raises what :func:`sockservice.responder.python_code.load` raises."""
        for path in python_code.files_of(reference, self.folder):
            self.note(path)
        return python_code.load(reference, self.folder)
