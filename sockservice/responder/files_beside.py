"""The files that a stub file names: rows and code beside it, each looked at once while the stub file is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs

from sockservice.responder import python_code
from sockservice.responder.answering.tables.sheet import Sheet


def _unnoted(_path: Path) -> None:
    """Nobody wants to know."""


@attrs.frozen(eq=False)
class FilesBeside:
    """What one stub file names.

    Attributes:
        folder: the stub file's, from which names are seen.
        allowed: whether the stubs may name any: not where they come from a client, whom the server's files are no
            business of.
        note: is told each file just before it is looked for, whether it is there or not: when it changes, the stub
            file has to be read again.
    """

    folder: Path
    allowed: bool = True
    note: Callable[[Path], None] = _unnoted
    _sheets: dict[Any, Sheet] = attrs.field(factory=dict, init=False, repr=False)

    def sheet(self, name: str, form: Any, read: Callable[[Path], Sheet]) -> Sheet:
        """A file of rows.

        Args:
            name: as the stub file has it.
            form: all that its reading depends on: the same file in the same form is read once.
            read: reads it.

        Raises:
            ValueError: the stubs may name none. What ``read`` raises comes through.
        """
        self._check()
        path = self.folder / name
        if (path, form) not in self._sheets:
            self.note(path)
            self._sheets[path, form] = read(path)
        return self._sheets[path, form]

    def function(self, reference: str) -> Callable[..., Any]:
        """A function of the author's.

        Args:
            reference: as for :func:`sockservice.responder.python_code.load`.

        Raises:
            ValueError: as there, or the stubs may name none.
        """
        self._check()
        for path in python_code.files_of(reference, self.folder):
            self.note(path)
        return python_code.load(reference, self.folder)

    def _check(self) -> None:
        if not self.allowed:
            raise ValueError("only stubs in files may name files and code of the server")


NO_FILES: Final = FilesBeside(Path(), allowed=False)
"""For stubs that come from a client."""
