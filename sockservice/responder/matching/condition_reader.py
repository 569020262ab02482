"""The ``when`` of a stub as a condition, made once when the file is loaded."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Any, Final, Protocol, TypeVar

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.files_beside import NO_FILES, FilesBeside
from sockservice.responder.matching.call_criterion import CallCriterion
from sockservice.responder.matching.combinations import AnyOf, Group, Not
from sockservice.responder.matching.condition import MESSAGES, STATEMENTS, Condition
from sockservice.responder.matching.criterion import Criterion
from sockservice.responder.matching.message_reader import message_criteria
from sockservice.responder.matching.parameters import Params
from sockservice.responder.matching.session_criteria import ByCode, InState, OfCommand
from sockservice.responder.matching.session_reader import session_criteria
from sockservice.responder.matching.structure_reader import structure_criteria
from sockservice.responder.matching.text_criteria import Sql, SqlExact
from sockservice.responder.matching.text_reader import read_contains, read_fingerprint, read_regex, read_sql
from sockservice.responder.matching.value_matchers import ValueMatcher
from sockservice.responder.matching.value_reader import value_matcher
from sockservice.responder.matching.when_words import CommandWord, SessionWhen, ValueWords, When
from sockservice.responder.message_words import MessageCommand, MessageWhen
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.stub_words import CallWhen

T = TypeVar("T")

_COMMANDS: Final = {"reset": "reset_connection"}
"""The commands that a request has another word for."""
_ONLY_AT_THE_TOP: Final = ("command", "call")
_POSITION: Final = re.compile(r"[0-9]{1,6}")

NOTHING_ASKED: Final = "'when' asks for nothing: give a matcher, such as sql, statement, text, regex or command"


@attrs.frozen
class ConditionReader:
    """Makes conditions out of the ``when`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
        beside: the files that it may name.
    """

    document: Document[Any]
    beside: FilesBeside = NO_FILES

    def condition(self, when: When | MessageWhen, keys: Keys) -> Condition:
        """The condition that a ``when`` describes.

        Args:
            when: as it was read.
            keys: the way to it in the document.

        Raises:
            Mistakes: it describes none.
        """
        reading = _Reading(self.document, self.beside)
        criteria = reading.criteria(when, keys)
        commands = MESSAGES if isinstance(when, MessageWhen) else STATEMENTS
        if when.command is not UNSET:
            commands = reading.commands(when.command, (*keys, "command"))
            of_command = OfCommand(commands)
            criteria += () if of_command.fixed else (of_command,)
        call = None if when.call is UNSET else reading.call(when.call, (*keys, "call"))
        if when == type(when)():
            reading.found.append(self.document.mistake(NOTHING_ASKED, *keys))
        if reading.found:
            raise Mistakes(reading.found)
        return Condition(criteria, commands, call)


class Attempt(Protocol):
    """Reads a value; gives None, and notes the mistake, where that cannot be done."""

    def __call__(self, read: Callable[..., T], *arguments: Any, at: Keys) -> T | None:
        """What ``read`` makes of the arguments; what stands at ``at`` is wrong where it raises a ValueError."""


@attrs.frozen
class _Reading:
    """One ``when`` that is being read, and the mistakes that were found in it."""

    document: Document[Any]
    beside: FilesBeside
    found: list[ConfigurationError] = attrs.field(factory=list)

    def attempt(self, read: Callable[..., T], *arguments: Any, at: Keys) -> T | None:
        """What ``read`` gives, or None where it refuses what stands at ``at``."""
        try:
            return read(*arguments)
        except ValueError as reason:
            self.found.append(self.document.mistake(str(reason), *at))
            return None

    def criteria(self, when: When | MessageWhen, keys: Keys, around: Sql | None = None) -> tuple[Criterion, ...]:
        """What a ``when`` asks for, ``command`` and ``call`` apart, in the order in which it is told.

        Args:
            when: it, or one inside of another.
            keys: the way to it.
            around: the ``sql`` of the one around it, whose ``?`` its ``params`` mean.
        """
        criteria: list[Criterion | None] = []
        beside = around
        if isinstance(when, MessageWhen):
            criteria += message_criteria(when, keys, self.attempt)
        else:
            sql = None if when.sql is UNSET else self.attempt(read_sql, when.sql, at=(*keys, "sql"))
            criteria.append(sql)
            criteria += self._texts(when, keys)
            criteria += structure_criteria(when, keys, self.attempt)
            beside = sql or _sql_among(when) or around
            if when.params is not UNSET:
                criteria.append(self._params(when.params, beside, (*keys, "params")))
        if when.session is not UNSET:
            who = when.session if isinstance(when.session, SessionWhen) else SessionWhen(host=when.session.host)
            criteria += session_criteria(who, (*keys, "session"), self.attempt)
        if when.state is not UNSET:
            self._expect_some(when.state, (*keys, "state"))
            criteria += [InState(scenario, state) for scenario, state in when.state.items()]
        if when.all is not UNSET:
            self._expect_some(when.all, (*keys, "all"))
            every: Sequence[When | MessageWhen] = when.all
            for index, inner in enumerate(every):
                criteria += self._inside(inner, (*keys, "all", index), beside)
        if when.any is not UNSET:
            self._expect_some(when.any, (*keys, "any"))
            some: Sequence[When | MessageWhen] = when.any
            inside = [self._inside(inner, (*keys, "any", index), beside) for index, inner in enumerate(some)]
            criteria.append(AnyOf(tuple(map(Group, inside))))
        if when.not_ is not UNSET:
            criteria.append(Not(Group(self._inside(when.not_, (*keys, "not"), beside))))
        if when.python is not UNSET:
            criteria.append(self.attempt(self._by_code, when.python, beside, at=(*keys, "python")))
        return tuple(criterion for criterion in criteria if criterion is not None)

    def commands(
        self, words: CommandWord | list[CommandWord] | MessageCommand | list[MessageCommand], keys: Keys
    ) -> frozenset[str]:
        """The commands, as a request has them."""
        self._expect_some(words, keys)
        return frozenset(_COMMANDS.get(word, word) for word in (words if isinstance(words, list) else [words]))

    def call(self, words: int | CallWhen, keys: Keys) -> CallCriterion | None:
        """What ``call`` asks for."""
        if isinstance(words, int):
            return CallCriterion(nth=words)
        given = {field.name for field in msgspec.structs.fields(words) if getattr(words, field.name) is not UNSET}
        if not given - {"per"}:
            problem = "'call' needs a number, first, nth, from, until or every"
            self.found.append(self.document.mistake(problem, *keys))
        if {"first", "nth"} <= given:
            self.found.append(self.document.mistake("'first' and 'nth' are two ways to say the same", *keys))
        return CallCriterion(
            1 if words.first is not UNSET else _or_none(words.nth),
            _or_none(words.from_),
            _or_none(words.until),
            _or_none(words.every),
            words.per is not UNSET,
        )

    def _inside(self, when: When | MessageWhen, keys: Keys, around: Sql | None) -> tuple[Criterion, ...]:
        """The criteria of a ``when`` inside of another."""
        for word in _ONLY_AT_THE_TOP:
            if getattr(when, word) is not UNSET:
                problem = f"{word!r} stands at the top of 'when', not inside of all, any or not"
                self.found.append(self.document.mistake(problem, *keys, word, key=True))
        if when == type(when)():
            self.found.append(self.document.mistake(NOTHING_ASKED, *keys))
        return self.criteria(when, keys, around)

    def _texts(self, when: When, keys: Keys) -> Iterator[Criterion | None]:
        if when.sql_exact is not UNSET:
            yield SqlExact(when.sql_exact)
        if when.fingerprint is not UNSET:
            yield self.attempt(read_fingerprint, when.fingerprint, at=(*keys, "fingerprint"))
        if when.regex is not UNSET:
            yield self.attempt(read_regex, when.regex, at=(*keys, "regex"))
        if when.contains is not UNSET:
            self._expect_some(when.contains, (*keys, "contains"))
            for text in [when.contains] if isinstance(when.contains, str) else when.contains:
                yield self.attempt(read_contains, text, at=(*keys, "contains"))

    def _params(self, words: list[ValueWords] | dict[str, ValueWords], sql: Sql | None, keys: Keys) -> Params:
        self._expect_some(words, keys)
        holes = None if sql is None else sql.open_holes
        wanted = []
        for key, value in words.items() if isinstance(words, dict) else enumerate(words):
            position = self.attempt(_position, key, at=(*keys, key))
            matcher: ValueMatcher | None = self.attempt(value_matcher, value, at=(*keys, key))
            if position is None or matcher is None:
                continue
            if holes is not None and position >= len(holes):
                problem = f"params[{position}]: 'sql' has {len(holes) or 'no'} '?'"
                self.found.append(self.document.mistake(problem, *keys, key))
            wanted.append((position, matcher))
        return Params(tuple(wanted), holes)

    def _by_code(self, reference: str, sql: Sql | None) -> ByCode:
        function = self.beside.function(reference)
        if inspect.iscoroutinefunction(function):
            raise ValueError(f"{reference} is a coroutine function; a matcher must give true or false at once")
        return ByCode(reference, function, None if sql is None else sql.open_holes)

    def _expect_some(self, words: Sized, keys: Keys) -> None:
        if not words:
            self.found.append(self.document.mistake("at least one is wanted here", *keys))


def _sql_among(when: When) -> Sql | None:
    """The ``sql`` in the ``all`` of a ``when``; what is wrong with it is told where it is read."""
    for inner in () if when.all is UNSET else when.all:
        if inner.sql is not UNSET:
            try:
                return read_sql(inner.sql)
            except ValueError:
                return None
        found = _sql_among(inner)
        if found is not None:
            return found
    return None


def _position(key: str | int) -> int:
    if isinstance(key, str) and not _POSITION.fullmatch(key):
        raise ValueError(f"{key!r} is no position: they are counted from 0")
    return int(key)


def _or_none(value: int | UnsetType) -> int | None:
    return None if value is UNSET else value
