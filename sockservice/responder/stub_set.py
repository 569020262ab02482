"""A set of stubs out of stub files, checked as a whole: it is sound, or nothing of it is used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.errors import ConfigurationError
from sockservice.responder.lookup import Lookup
from sockservice.responder.near_miss import NearMisses
from sockservice.responder.stub import Stub, first_states

if TYPE_CHECKING:
    from sockservice.responder.stub_reader import StubReader

SUFFIXES: Final = frozenset([".yaml", ".yml"])
"""What the names of stub files in a folder end with."""


@attrs.frozen
class StubSet:
    """Stubs that were read and checked together.

    Attributes:
        stubs: all of them, in the order of the files and within them.
        databases: the databases that the files name under ``defaults``, each once.
        fallback: what the files want to answer when no stub does; ``""`` where they do not say.
        initial_states: the state that each scenario begins in: the first one that a stub asks for.
        lookup: the tables that find them.
        near_misses: the tables that find what is near to them.
    """

    stubs: tuple[Stub, ...] = ()
    databases: tuple[str, ...] = ()
    fallback: str = ""
    initial_states: Mapping[str, str] = attrs.field(init=False, repr=False, eq=False)
    lookup: Lookup = attrs.field(init=False, repr=False, eq=False)
    near_misses: NearMisses = attrs.field(init=False, repr=False, eq=False)

    @initial_states.default
    def _find_initial_states(self) -> Mapping[str, str]:
        return first_states(self.stubs)

    @lookup.default
    def _make_lookup(self) -> Lookup:
        return Lookup(self.stubs)

    @near_misses.default
    def _make_near_misses(self) -> NearMisses:
        return NearMisses(self.stubs, self.lookup)

    @classmethod
    def load(cls, paths: Iterable[Path | str]) -> StubSet:
        """Read stub files.

        Args:
            paths: files, and folders: of a folder all ``*.yaml`` and ``*.yml`` in it and below, in the order
                of their names, without hidden ones (``.name``). A file that occurs twice is read once.

        Raises:
            ConfigurationError: at least one file cannot be used; ``mistakes`` holds all that is wrong in all.
        """
        stubs: list[Stub] = []
        databases: dict[str, None] = {}
        fallback = ""
        mistakes: list[ConfigurationError] = []
        read: set[str] = set()
        for path in map(Path, paths):
            try:
                files = list(_files(path))
            except ConfigurationError as error:
                mistakes.append(error)
                continue
            for file in files:
                same = os.path.realpath(file)
                if same in read:
                    continue
                read.add(same)
                try:
                    reader = _reader(file)
                    stubs.extend(reader.stubs(len(stubs)))
                except ConfigurationError as error:
                    mistakes.extend(error.mistakes)
                else:
                    databases.update(dict.fromkeys(reader.databases))
                    try:
                        fallback = reader.fallback(fallback)
                    except ConfigurationError as error:
                        mistakes.append(error)
        if mistakes:
            raise ConfigurationError.together(mistakes)
        return cls(tuple(stubs), tuple(databases), fallback)


def _reader(file: Path) -> StubReader:
    # Without stub files nothing of YAML is imported: a tenth of the time to start.
    from sockservice.responder.stub_reader import StubReader

    return StubReader.of(file)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, subfolders, names in os.walk(path, onerror=_refuse_folder):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        raise ConfigurationError(f"{path}: this folder holds no stub files (*.yaml, *.yml)")


def _refuse_folder(error: OSError) -> None:
    raise ConfigurationError(f"{error.filename}: this folder cannot be read: {error.strerror}") from error
