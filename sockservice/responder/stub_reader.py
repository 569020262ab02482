"""One stub file, made into stubs; every mistake in it is found together with its place."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
from msgspec import UNSET

from sockservice.documents import Document, position, survey_document
from sockservice.errors import ConfigurationError, Place
from sockservice.responder.answering.plan_reader import PlanReader
from sockservice.responder.answering.then_words import OkThen, Then
from sockservice.responder.faults.fault import Fault
from sockservice.responder.faults.fault_reader import FaultReader
from sockservice.responder.faults.named_faults import FAULT_ENTRY
from sockservice.responder.files_beside import NO_FILES, FilesBeside
from sockservice.responder.matching.condition_reader import ConditionReader
from sockservice.responder.matching.when_words import When
from sockservice.responder.message_words import MessageEntry, MessageFile, MessageThen, MessageWhen
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.stub import FROM_FILES, Rank, Stub
from sockservice.responder.stub_file import StubEntry, StubFile


@attrs.frozen
class Format:
    """The types of one sort of stub files.

    Attributes:
        file: the whole file.
        when: of a stub.
        then: of a stub, a list of them apart.
        any_stub: stands in for the parts of a stub that have not their shape: they are told already, and the others are
            still checked.
    """

    file: Any
    when: Any
    then: Any
    any_stub: StubEntry | MessageEntry


MYSQL: Final = Format(StubFile, When, Then, StubEntry(When(regex=".*"), Then(ok=OkThen())))
"""The stub files of the service ``mysql``."""
MESSAGES: Final = Format(
    MessageFile, MessageWhen, MessageThen, MessageEntry(MessageWhen(regex=".*"), MessageThen(silence=True))
)
"""Those of the services ``stream`` and ``datagram``."""


@attrs.frozen
class StubReader:
    """Makes stubs out of one file.

    Attributes:
        document: a StubFile, or what has mistakes against it.
        beside: the files that its stubs name.
        format: what types it has.
    """

    document: Document[Any]
    beside: FilesBeside = NO_FILES
    format: Format = MYSQL

    @classmethod
    def of(cls, file: Path, note: Callable[[Path], None] = lambda _: None, format: Format = MYSQL) -> StubReader:  # noqa: A002
        """Read a file.

        Args:
            file: it.
            note: see :class:`FilesBeside`.
            format: what types it has.

        Raises:
            ConfigurationError: it cannot be read, or is not YAML.
        """
        return cls(survey_document(file, format.file), FilesBeside(file.parent, note=note), format)

    @property
    def databases(self) -> tuple[str, ...]:
        """The database that a sound file names under ``defaults``, if it does."""
        database = getattr(self.document.value.defaults, "database", UNSET)
        return () if database is UNSET else (database,)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that a sound file arms."""
        return self._faults[0]

    def fallback(self, before: str) -> str:
        """The fallback that a sound file names under ``defaults``, if it does, else the one of the files before it.

        Args:
            before: that one; ``""`` for none.

        Raises:
            ConfigurationError: the files before it name another one.
        """
        fallback = getattr(self.document.value.defaults, "fallback", UNSET)
        if fallback is UNSET:
            return before
        if before and fallback != before:
            problem = (
                f"another stub file has {before!r} for 'fallback', and a server has one; --fallback decides instead"
            )
            raise self.document.mistake(problem, "defaults", "fallback")
        return str(fallback)

    @property
    def framing(self) -> tuple[str, Place] | None:
        """The framing that a sound file names under ``defaults``, and where; None where it names none."""
        framing = getattr(self.document.value.defaults, "framing", UNSET)
        return None if framing is UNSET else (framing, self.document.place("defaults", "framing"))

    def stubs(self, first: int) -> list[Stub]:
        """All stubs of the file; the first one has the number ``first`` among all files' stubs.

        Raises:
            ConfigurationError: at least one is wrong; ``mistakes`` holds all that is.
        """
        stubs: list[Stub] = []
        found = [*self.document.mistakes, *self._faults[1]]
        conditions, plans = (
            ConditionReader(self.document, self.beside),
            PlanReader(self.document, self.beside, self._seed),
        )
        for index, entry in enumerate(self._sound_entries() if found else self.document.value.stubs):
            keys = ("stubs", index)
            name = f"stub {index + 1} of {self.document.path.name}" if entry.name is UNSET else entry.name
            condition, plan = None, None
            try:
                condition = conditions.condition(entry.when, (*keys, "when"))
            except Mistakes as mistakes:
                found.extend(mistakes.found)
            try:
                plan = plans.plan(entry, name, (*keys, "then"))
            except Mistakes as mistakes:
                found.extend(mistakes.found)
            if condition is not None and plan is not None:
                condition.belongs_to(f"the stub {name!r}")
                rank = Rank(entry.priority, FROM_FILES, first + index)
                stubs.append(Stub(name, condition, plan, rank, functools.partial(self.document.place, *keys)))
        if found:
            raise ConfigurationError.together(sorted(found, key=position))
        return stubs

    @functools.cached_property
    def _faults(self) -> tuple[tuple[Fault, ...], tuple[ConfigurationError, ...]]:
        """The faults of the file as far as they are sound, and what is wrong with the others."""
        faults: list[Fault] = []
        found: list[ConfigurationError] = []
        reader = FaultReader(self.document, self.beside)
        for index, entry in self._sound_faults():
            try:
                faults.append(reader.fault(entry, ("faults", index)))
            except Mistakes as mistakes:
                found.extend(mistakes.found)
        return tuple(faults), tuple(found)

    def _sound_faults(self) -> Iterator[tuple[int, Any]]:
        """The entries under ``faults`` that have their shape, with their numbers from 0."""
        if not self.document.mistakes:
            yield from enumerate(getattr(self.document.value, "faults", ()))
            return
        for index in range(len(self.document.part(list[Any], "faults") or ())):
            entry = self.document.part(FAULT_ENTRY, "faults", index)
            if entry is not None:
                yield index, entry

    @property
    def _seed(self) -> int | None:
        """The seed that a sound file names under ``defaults``, if it does."""
        seed = UNSET if self.document.mistakes else self.document.value.defaults.seed
        return None if seed is UNSET else seed

    def _sound_entries(self) -> Iterator[Any]:
        """The stubs of a file that lacks its shape, as far as they have theirs."""
        kinds = self.format
        spare: Any = kinds.any_stub
        thens: Any = kinds.then | list[kinds.then]  # type: ignore[name-defined]
        for index in range(len(self.document.part(list[Any], "stubs") or ())):
            when = self.document.part(kinds.when, "stubs", index, "when")
            then = self.document.part(thens, "stubs", index, "then")
            yield type(spare)(spare.when if when is None else when, then or spare.then)
