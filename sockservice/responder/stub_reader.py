"""One stub file, made into stubs; every mistake in it is found together with its place."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
from msgspec import UNSET

from sockservice.answers import Answer, Ok
from sockservice.documents import Document, position, survey_document
from sockservice.errors import ConfigurationError
from sockservice.responder.answer_reader import AnswerReader, Mistakes
from sockservice.responder.condition import REGEX, SQL, SQL_EXACT, Condition
from sockservice.responder.journal import Source
from sockservice.responder.plan import constant
from sockservice.responder.shapes import NO_SHAPE, shape_of
from sockservice.responder.stub import Rank, Stub
from sockservice.responder.stub_file import OkThen, StubEntry, StubFile, Then, When
from sockservice.responder.stub_values import shown
from sockservice.responder.tokens import tokens

_ANY_WHEN: Final = When(regex=".*")
_ANY_THEN: Final = Then(ok=OkThen())
"""What stands in for parts that have not their shape: they are told already, and the others are still checked."""


@attrs.frozen
class StubReader:
    """Makes stubs out of one file.

    Attributes:
        document: a StubFile, or what has mistakes against it.
    """

    document: Document[Any]

    @classmethod
    def of(cls, file: Path) -> StubReader:
        """Read a file.

        Raises:
            ConfigurationError: it cannot be read, or is not YAML.
        """
        return cls(survey_document(file, StubFile))

    @property
    def databases(self) -> tuple[str, ...]:
        """The database that a sound file names under ``defaults``, if it does."""
        database = self.document.value.defaults.database
        return () if database is UNSET else (database,)

    def stubs(self, first: int) -> list[Stub]:
        """All stubs of the file; the first one has the number ``first`` among all files' stubs.

        Raises:
            ConfigurationError: at least one is wrong; ``mistakes`` holds all that is.
        """
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
                stub = self._stub(entry, index, answer, Rank(entry.priority, 1, first + index))
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

    def _stub(self, entry: StubEntry, index: int, answer: Answer | None, rank: Rank) -> Stub:
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
        return Stub(
            name,
            Condition(matcher, text, shape, pattern),
            constant(answer or Ok(), Source("stub", name)),
            rank,
            self.document.place("stubs", index),
        )


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
