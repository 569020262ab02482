"""Criteria about the text of a statement: ``sql``, ``sql_exact``, ``fingerprint``, ``regex`` and ``contains``."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from sockservice.responder.matching.criterion import STATEMENT
from sockservice.responder.matching.differences import joined, parts_difference, value_difference
from sockservice.responder.matching.fingerprints import Fingerprint
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.timed_pattern import TOO_SLOW, TimedPattern
from sockservice.responder.shapes import BOUND, HOLE, Literal, Shape, shape_of, spelled, words_of

TOO_LONG: Final = "the statement is too long to be compared"


@attrs.frozen(eq=False)
class Sql:
    """``sql``: the statement says the same; ``?`` is any literal or bound value.

    Attributes:
        text: as in the file.
        shape: what it says.
    """

    text: str
    shape: Shape
    fixed = True
    weight = STATEMENT

    @property
    def open_holes(self) -> tuple[int, ...]:
        """The holes that a ``?`` stands for, in order."""
        return tuple(hole for hole, literal in enumerate(self.shape.literals) if literal == BOUND)

    def holds(self, subject: Subject) -> bool:
        """Whether the statement has the same shape, and the literals that are not ``?``."""
        return self.shape.parts == subject.shape.parts and self._wrong(subject) is None

    def why_not(self, subject: Subject) -> str:
        """Where the statements differ first."""
        if subject.outline is None:
            return f"sql: {TOO_LONG}"
        if self.shape.parts != subject.shape.parts:
            return f"sql: {parts_difference(self.shape.parts, subject.shape.parts)}"
        hole = self._wrong(subject) or 0
        return f"sql: value {hole + 1}: {value_difference(self.shape.literals[hole], subject.literals[hole])}"

    def _wrong(self, subject: Subject) -> int | None:
        """The first hole with another literal."""
        open_ended = subject.awaits_values
        for hole, (expected, got) in enumerate(zip(self.shape.literals, subject.literals, strict=True)):
            if expected not in (got, BOUND) and not (open_ended and got == BOUND):
                return hole
        return None


@attrs.frozen(eq=False)
class SqlExact:
    """``sql_exact``: the same text, character by character.

    Attributes:
        text: it.
    """

    text: str
    fixed = True
    weight = STATEMENT

    @functools.cached_property
    def shape(self) -> Shape:
        """What it says, for who wants to know how near it is to something."""
        return shape_of(self.text)

    def holds(self, subject: Subject) -> bool:
        """Whether it is the very text."""
        return subject.text == self.text

    def why_not(self, subject: Subject) -> str:
        """Where the statements differ first, or that they differ in layout only."""
        if self.shape.parts != subject.shape.parts:
            return f"sql_exact: {parts_difference(self.shape.parts, subject.shape.parts)}"
        for hole, (expected, got) in enumerate(zip(self.shape.literals, subject.literals, strict=True)):
            if expected != got:
                return f"sql_exact: value {hole + 1}: {value_difference(expected, got)}"
        return "sql_exact: differs in layout, comments, back-ticks or the case of words"


@attrs.frozen(eq=False)
class ByFingerprint:
    """``fingerprint``: the statement says the same, whatever its literals and however many are in its lists.

    Attributes:
        parts: the fingerprint.
    """

    parts: Fingerprint
    fixed = True
    weight = STATEMENT

    def holds(self, subject: Subject) -> bool:
        """Whether the statement has the fingerprint."""
        return subject.fingerprint == self.parts

    def why_not(self, subject: Subject) -> str:
        """Where the fingerprints differ first."""
        if subject.outline is None:
            return f"fingerprint: {TOO_LONG}"
        return f"fingerprint: {parts_difference(self.parts, subject.fingerprint)}"


@attrs.frozen(eq=False)
class Regex:
    """``regex``: the whole statement, without space and ``;`` at its ends.

    Attributes:
        pattern: it.
    """

    pattern: TimedPattern
    fixed = True
    weight = STATEMENT

    def holds(self, subject: Subject) -> bool:
        """Whether it matches."""
        return self.pattern.fullmatch(subject.bare) is not None

    def groups(self, subject: Subject) -> Mapping[str, str]:
        """Its named groups in a statement that it matches; those that took no part are missing."""
        match = self.pattern.fullmatch(subject.bare)
        return {name: text for name, text in match.groupdict().items() if text is not None} if match else {}

    def why_not(self, subject: Subject) -> str:
        """Whether it matches a part, at least, or takes too long."""
        if self.pattern.is_too_slow_for(subject.bare):
            return f"regex: {TOO_SLOW}"
        part = self.pattern.search(subject.bare[:LOOKED_THROUGH])
        return f"regex: matches {'only a part' if part else 'no part'} of the statement"


LOOKED_THROUGH: Final = 2048
"""Characters of a statement that are searched for a part that a pattern matches."""


@attrs.frozen(eq=False)
class Contains:
    """``contains``: the statement has these words, numbers and symbols one behind the other somewhere.

    Attributes:
        shape: of the text to be found; a ``?`` in it is any literal.
    """

    shape: Shape
    fixed = True
    weight = STATEMENT

    @property
    def words(self) -> set[str]:
        """The words of it, by any of which it can be looked up."""
        return words_of(self.shape.parts)

    def holds(self, subject: Subject) -> bool:
        """Whether it is there."""
        wanted, parts = self.shape.parts, subject.shape.parts
        at = -1
        try:
            while True:
                at = parts.index(wanted[0], at + 1)
                if parts[at : at + len(wanted)] == wanted and self._literals_hold(subject, parts[:at].count(HOLE)):
                    return True
        except ValueError:
            return False

    def why_not(self, subject: Subject) -> str:
        """That it is not there."""
        if subject.outline is None:
            return f"contains: {TOO_LONG}"
        literals = iter(self.shape.literals)
        return f"contains: {joined(tuple(_shown(part, literals) for part in self.shape.parts))} is missing"

    def _literals_hold(self, subject: Subject, first: int) -> bool:
        found = subject.literals[first : first + len(self.shape.literals)]
        return all(
            wanted in (got, BOUND) or (got == BOUND and subject.awaits_values)
            for wanted, got in zip(self.shape.literals, found, strict=True)
        )


def _shown(part: str, literals: Iterator[Literal]) -> str:
    return spelled(next(literals)) if part == HOLE else part
