"""Which files the paths of ``--stubs`` mean: a file itself, and of a folder the stub files in it and below."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from sockservice.errors import ConfigurationError

SUFFIXES: Final = frozenset([".yaml", ".yml"])
"""What the names of stub files in a folder end with."""


def stub_paths(path: str, mistakes: list[ConfigurationError]) -> Iterator[str]:
    """The files that a path means.

    Args:
        path: a file, which need not be there, or a folder: of that all ``*.yaml`` and ``*.yml`` in it and below, in
            the order of their names, without hidden ones (``.name``).
        mistakes: gets the folders that cannot be read, or hold nothing.
    """

    def refuse(error: OSError) -> None:
        mistakes.append(ConfigurationError(f"{error.filename}: this folder cannot be read: {error.strerror}"))

    if not os.path.isdir(path):
        yield path
        return
    before, found = len(mistakes), False
    for folder, subfolders, names in os.walk(path, onerror=refuse):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in SUFFIXES and not name.startswith("."):
                found = True
                yield os.path.join(folder, name)
    if not found and len(mistakes) == before:
        mistakes.append(ConfigurationError(f"{path}: this folder holds no stub files (*.yaml, *.yml)"))
