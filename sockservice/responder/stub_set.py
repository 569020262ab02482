"""A set of stubs out of stub files, checked as a whole: it is sound, or nothing of it is used."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
from msgspec import UNSET

from sockservice.answers import Answer, Ok
from sockservice.documents import Document, position, survey_document
from sockservice.errors import ConfigurationError
from sockservice.responder.lookup import REGEX, SQL, SQL_EXACT, Lookup, Stub
from sockservice.responder.near_miss import NearMisses
from sockservice.responder.shapes import NO_SHAPE, shape_of
from sockservice.responder.stub_answers import AnswerReader, Mistakes
from sockservice.responder.stub_file import OkThen, StubEntry, StubFile, Then, When
from sockservice.responder.stub_values import shown
from sockservice.responder.tokens import tokens

SUFFIXES: Final = frozenset([".yaml", ".yml"])
"""What the names of stub files in a folder end with."""


@attrs.frozen
class StubSet:
    """Stubs that were read and checked together.

    Attributes:
        stubs: all of them, in the order of the files and within them.
        databases: the databases that the files name under ``defaults``, each once.
        lookup: the tables that find them.
        near_misses: the tables that find what is near to them.
    """

    stubs: tuple[Stub, ...] = ()
    databases: tuple[str, ...] = ()
    lookup: Lookup = attrs.field(init=False, repr=False, eq=False)
    near_misses: NearMisses = attrs.field(init=False, repr=False, eq=False)

    @lookup.default
    def _make_lookup(self) -> Lookup:
        return Lookup(self.stubs)

    @near_misses.default
    def _make_near_misses(self) -> NearMisses:
        return NearMisses(self.stubs)

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
                    document = survey_document(file, StubFile)
                    stubs.extend(_FileReader(document).stubs(len(stubs)))
                except ConfigurationError as error:
                    mistakes.extend(error.mistakes)
                else:
                    if document.value.defaults.database is not UNSET:
                        databases[document.value.defaults.database] = None
        if mistakes:
            raise ConfigurationError.together(mistakes)
        return cls(tuple(stubs), tuple(databases))


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


_ANY_WHEN: Final = When(regex=".*")
_ANY_THEN: Final = Then(ok=OkThen())
"""What stands in for parts that have not their shape: they are told already, and the others are still checked."""


@attrs.frozen
class _FileReader:
    """Makes stubs out of one file, a StubFile or what has mistakes against it."""

    document: Document[Any]

    def stubs(self, first: int) -> list[Stub]:
        """All stubs of the file; the first one has the number ``first`` among all files' stubs."""
        stubs: list[Stub] = []
        found = list(self.document.mistakes)
        answers = AnswerReader(self.document)
        for index, entry in enumerate(self._sound_entries() if found else self.document.value.stubs):
            answer: Answer | None = None
            try:
                answer = answers.answer(entry.then, ("stubs", index, "then"))
            except Mistakes as mistakes:
                found.extend(mistakes.found)
            try:
                stub = self._stub(entry, index, answer, (entry.priority, first + index))
            except Mistakes as mistakes:
                found.extend(mistakes.found)
            else:
                stubs.append(stub)
        if found:
            raise ConfigurationError.together(sorted(found, key=position))
        return stubs

    def _sound_entries(self) -> Iterator[StubEntry]:
        """The stubs of a file that lacks its shape, as far as they have theirs."""
        for index in range(len(self.document.part(list[Any], "stubs") or ())):
            when = self.document.part(When, "stubs", index, "when")
            then = self.document.part(Then, "stubs", index, "then")
            yield StubEntry(when or _ANY_WHEN, then or _ANY_THEN)

    def _stub(self, entry: StubEntry, index: int, answer: Answer | None, rank: tuple[int, int]) -> Stub:
        keys = ("stubs", index, "when")
        given = [name for name in (SQL, SQL_EXACT, REGEX) if getattr(entry.when, name) is not UNSET]
        found: list[ConfigurationError] = []
        if len(given) != 1:
            said = " and ".join(given) or "none"
            wrong = f"'when' takes one of sql, sql_exact and regex, not {said}"
            found.append(self.document.mistake(wrong, *keys))
        pattern = None
        try:
            if entry.when.regex is not UNSET:
                pattern = _pattern(entry.when.regex)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, REGEX))
        try:
            if entry.when.sql is not UNSET:
                _check_statement(entry.when.sql)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, SQL))
        if found:
            raise Mistakes(found)
        matcher = given[0]
        text: str = getattr(entry.when, matcher)
        name = f"stub {index + 1} of {self.document.path.name}" if entry.name is UNSET else entry.name
        shape = NO_SHAPE if matcher == REGEX else shape_of(text)
        # Without an answer the file is refused anyway; the stub is made to find its other mistakes.
        return Stub(name, matcher, text, answer or Ok(), rank, pattern, shape)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            # A doubtful pattern is the author's business, and no reason to print to the log of the service.
            warnings.simplefilter("ignore")
            return re.compile(text, re.IGNORECASE | re.DOTALL)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the regular expression cannot be used: {error}") from None


def _check_statement(text: str) -> None:
    found = tokens(text)
    if all(token.text == ";" for token in found):
        raise ValueError("'sql' holds no statement, only comments or space")
    last = found[-1].text
    if last.startswith("/*"):
        raise ValueError("'sql' ends inside of a comment")
    if last[0] in "'\"`" and (len(last) < 2 or last[-1] != last[0]):
        raise ValueError(f"'sql' ends inside of quotes that begin at {shown(last)}")
