"""A set of stubs out of stub files, checked as a whole: it is sound, or nothing of it is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from sockservice.errors import ConfigurationError, Place
from sockservice.file_stamps import stamp_of
from sockservice.interfaces import Stamp
from sockservice.responder.faults.fault import Fault
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.near_miss import NearMisses
from sockservice.responder.stub import Stub, first_states
from sockservice.responder.stub_paths import stub_paths

if TYPE_CHECKING:
    from sockservice.responder.stub_reader import StubReader


@attrs.frozen
class StubSet:
    """Stubs that were read and checked together.

    Attributes:
        stubs: all of them, in the order of the files and within them.
        databases: the databases that the files name under ``defaults``, each once.
        fallback: what the files want to answer when no stub does; ``""`` where they do not say.
        faults: the faults that the files arm, in their order.
        files: the files that were read for them.
        framing: how the first file that says so has messages of a stream framed, and where; None where none does.
        initial_states: the state that each scenario begins in: the first one that a stub asks for.
        lookup: the tables that find them.
        near_misses: the tables that find what is near to them.
    """

    stubs: tuple[Stub, ...] = ()
    databases: tuple[str, ...] = ()
    fallback: str = ""
    faults: tuple[Fault, ...] = ()
    files: tuple[Path, ...] = ()
    framing: tuple[str, Place] | None = None
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
    def load(
        cls, paths: Iterable[Path | str], seen: dict[str, Stamp] | None = None, *, messages: bool = False
    ) -> StubSet:
        """Read stub files.

        Args:
            paths: files, and folders, of which all stub files are read that :func:`stub_paths` finds. A file that
                occurs twice is read once.
            seen: is filled with the files, each with its stamp from just before it was read, on failure too.
            messages: whether they are those of the services ``stream`` and ``datagram``.

        Raises:
            ConfigurationError: at least one file cannot be used; ``mistakes`` holds all that is wrong in all.
        """
        seen = {} if seen is None else seen
        stubs: list[Stub] = []
        databases: dict[str, None] = {}
        fallback = ""
        faults: list[Fault] = []
        framing: tuple[str, Place] | None = None
        mistakes: list[ConfigurationError] = []
        read: set[str] = set()

        def note(file: Path) -> None:
            seen.setdefault(str(file), stamp_of(file))

        for name in (name for path in paths for name in stub_paths(os.fspath(path), mistakes)):
            seen.setdefault(name, stamp_of(name))
            same = os.path.realpath(name)
            if same in read:
                continue
            read.add(same)
            try:
                reader = _reader(Path(name), note, messages=messages)
                stubs.extend(reader.stubs(len(stubs)))
                fallback = reader.fallback(fallback)
            except ConfigurationError as error:
                mistakes.extend(error.mistakes)
            else:
                databases.update(dict.fromkeys(reader.databases))
                faults.extend(reader.faults)
                framing = framing or reader.framing
        if mistakes:
            raise ConfigurationError.together(mistakes)
        return cls(tuple(stubs), tuple(databases), fallback, tuple(faults), tuple(map(Path, seen)), framing)


def _reader(file: Path, note: Callable[[Path], None], *, messages: bool) -> StubReader:
    # Without stub files nothing of YAML is imported: a tenth of the time to start.
    from sockservice.responder.stub_reader import MESSAGES, MYSQL, StubReader

    return StubReader.of(file, note, MESSAGES if messages else MYSQL)
