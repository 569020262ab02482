"""The stub that almost answered a request, and why it did not. Looked for only when nothing answered.

A stub whose text matched and that failed otherwise (another user, another state, all its answers used up) is the
nearest. Else the words of all stubs are in an inverted index: the rarest words of the statement choose a few
candidates, and the one that has most in common with it is named. What is looked at is bounded everywhere, so that
neither ten thousand stubs nor a statement of a megabyte take long.
"""

from __future__ import annotations

import difflib
import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs
import msgspec

from sockservice.responder.matching.condition import MESSAGES, STATEMENTS
from sockservice.responder.matching.differences import LOOKED_AT, loose
from sockservice.responder.matching.failure import Failure, Judge
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.message_criteria import MessageText
from sockservice.responder.matching.near_words import Likeness, likeness_of
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.text_criteria import Sql, SqlExact
from sockservice.responder.shapes import BOUND, NO_SHAPE, Shape, words_of
from sockservice.responder.stub import Stub

POSTINGS: Final = 2000
"""Entries of the index that one search visits."""
CANDIDATES: Final = 12
"""How many of them are compared with the statement in full."""
SIBLINGS: Final = 500
"""How many stubs that differ in literals only are looked at."""
JUDGED: Final = 50
"""How many stubs of each sort are judged criterion by criterion."""
NEAR: Final = 0.35
"""The share of parts in common (0 to 1) from which on a stub counts as near."""
COMPARED_WHOLE: Final = 8192
"""Characters of the longest statement that is compared as a whole; of a longer one it is the beginning."""

_SAME_SHAPE: Final = 0.5
_A_CRITERION: Final = 0.01
MESSAGES_LOOKED_AT: Final = 200
"""How many stubs for messages are compared with a message: their words are in no index."""
_LETTERS: Final = 200
_ABOUT_STATEMENTS: Final = STATEMENTS | {"prepare"}


@attrs.frozen
class NearMiss:
    """The stub that almost matched.

    Attributes:
        stub: it.
        reason: the criterion that failed, for example ``sql: value 1: expected 42, got 43``.
        score: how near it is; more is nearer.
        fixed: whether the same request has the same near miss for as long as the stubs are the same.
    """

    stub: Stub
    reason: str
    score: float
    fixed: bool


class _Form:
    """All stubs that are like the same statements: their values apart, they say the same."""

    def __init__(self, likeness: Likeness) -> None:
        self.likeness = likeness
        self.stubs: list[Stub] = []
        # Those that fix literals, by what is left of these where their difference is one of the classic mistakes.
        self._alike: dict[tuple[tuple[int, ...], tuple[str, ...]], Stub] = {}

    def add(self, stub: Stub) -> None:
        """Take a stub; of several that are equally near, the first is named."""
        self.stubs.append(stub)
        literals = _shape(stub).literals
        if literals:
            mask = tuple(hole for hole, literal in enumerate(literals) if literal != BOUND)
            self._alike.setdefault((mask, tuple(loose(literals[hole]) for hole in mask)), stub)

    def nearest(self, shape: Shape) -> Iterable[Stub]:
        """The stubs whose values are nearest to those of a statement."""
        if self.likeness.parts != shape.parts or not shape.literals:
            return self.stubs[:JUDGED]
        found: dict[Stub, None] = {}
        for mask in dict.fromkeys(mask for mask, _ in itertools.islice(self._alike, SIBLINGS)):
            stub = self._alike.get((mask, tuple(loose(shape.literals[hole]) for hole in mask)))
            if stub is not None:
                found[stub] = None
        siblings = heapq.nsmallest(JUDGED, self.stubs[:SIBLINGS], key=lambda stub: _unequal(_shape(stub), shape))
        return found | dict.fromkeys(siblings)


class NearMisses:
    """Finds near misses among a set of stubs.

    Args:
        stubs: all stubs.
        lookup: the tables that find them.
    """

    def __init__(self, stubs: Sequence[Stub], lookup: Lookup) -> None:
        self._lookup = lookup
        forms: dict[Likeness, _Form] = {}
        for stub in stubs:
            likeness = likeness_of(stub.when) if stub.when.commands & STATEMENTS else None
            if likeness is not None:
                form = forms.get(likeness)
                if form is None:
                    form = forms[likeness] = _Form(likeness)
                form.add(stub)
        self._messages = [stub for stub in stubs if stub.when.commands & MESSAGES][:MESSAGES_LOOKED_AT]
        self._forms = list(forms.values())
        self._postings: dict[str, list[int]] = {}
        for number, form in enumerate(self._forms):
            for word in words_of(form.likeness.parts):
                self._postings.setdefault(word, []).append(number)

    def nearest(self, subject: Subject, judge: Judge) -> NearMiss | None:
        """The nearest stub to a request that none answers, or None where none is near.

        Args:
            subject: the request.
            judge: says why a stub does not answer it.
        """
        subject = _comparable(subject)
        best: NearMiss | None = None
        for likeness, stubs in self._compared(subject):
            for stub in itertools.islice(stubs, JUDGED):
                failure = judge(stub, subject)
                score = 0.0 if failure is None else _score(likeness, failure)
                if failure is not None and score >= NEAR and (best is None or score > best.score):
                    best = NearMiss(stub, failure.reason, score, failure.fixed)
        return best

    def _compared(self, subject: Subject) -> Iterator[tuple[float, Iterable[Stub]]]:
        """Stubs to compare with a request, and how like it they are by their words."""
        command = subject.request.command
        if command in MESSAGES:
            yield from self._like_messages(subject.text)
            return
        if command not in _ABOUT_STATEMENTS:
            yield 1.0, self._lookup.commands.get(command, ())
            return
        yield 0.0, self._lookup.reached(subject)
        parts = subject.shape.parts
        counts = Counter(parts)
        for number in self._candidates(parts):
            form = self._forms[number]
            same = form.likeness.parts == parts
            yield form.likeness.shared(counts, len(parts)) + same * _SAME_SHAPE, form.nearest(subject.shape)

    def _like_messages(self, text: str) -> Iterator[tuple[float, Iterable[Stub]]]:
        """Stubs for messages, and how like a message each is: by its letters, where it says the whole message."""
        matcher = difflib.SequenceMatcher(b=text[:_LETTERS].casefold(), autojunk=False)
        for stub in self._messages:
            key = stub.when.key
            if isinstance(key, MessageText):
                matcher.set_seq1(key.text[:_LETTERS].casefold())
                yield matcher.quick_ratio(), (stub,)
            else:
                yield NEAR, (stub,)

    def _candidates(self, parts: tuple[str, ...]) -> Iterable[int]:
        """The numbers of the forms that share the rarest words with a statement."""
        if len(self._forms) <= CANDIDATES:
            return range(len(self._forms))
        found = sorted((self._postings[word] for word in words_of(parts) & self._postings.keys()), key=len)
        scores: dict[int, float] = {}
        left = POSTINGS
        for posting in found:
            weight = 1 / len(posting)
            for number in itertools.islice(posting, left):
                scores[number] = scores.get(number, 0) + weight
            left -= len(posting)
            if left <= 0:
                break
        return heapq.nlargest(CANDIDATES, scores, key=lambda number: (scores[number], -number))


def _score(likeness: float, failure: Failure) -> float:
    return max(likeness, failure.weight) - _A_CRITERION * min(failure.count - 1, 9)


def _shape(stub: Stub) -> Shape:
    key = stub.when.key
    return key.shape if isinstance(key, (Sql, SqlExact)) else NO_SHAPE


def _unequal(expected: Shape, got: Shape) -> int:
    """In how many literals two statements of one shape differ."""
    pairs = zip(expected.literals, got.literals, strict=False)
    return sum(left not in (right, BOUND) for left, right in pairs)


def _comparable(subject: Subject) -> Subject:
    """The request, or one with the beginning of its statement where that is too long."""
    text = subject.text
    if len(text) <= COMPARED_WHOLE and subject.outline is not None:
        return subject
    request = msgspec.structs.replace(subject.request, text=text[:LOOKED_AT])
    return Subject(request, subject.workspace)
