"""Which stubs may answer a request: found by hash, so that ten thousand stubs cost what ten do.

Stubs with ``sql_exact`` are found by their text, those with ``sql`` by their shape and values, those with
``fingerprint`` by it, those that ask for what a parser finds by kind and table, those with ``contains`` by a word,
those for other commands than statements by the command. The rest (``regex``, ``session`` alone, ``any`` …) come in
order, and only those that would still win.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from sockservice.responder.matching.condition import WITH_TEXT
from sockservice.responder.matching.fingerprints import Fingerprint
from sockservice.responder.matching.message_criteria import MessageText
from sockservice.responder.matching.shape_table import ShapeTable
from sockservice.responder.matching.structure_table import StructureTable, is_structural
from sockservice.responder.matching.subject import Limits, Subject
from sockservice.responder.matching.text_criteria import ByFingerprint, Contains, Sql, SqlExact
from sockservice.responder.stub import Rank, Stub

_PREPARED: Final = 256
"""How many stubs are looked at for what a statement whose values are not known yet may answer."""


class Lookup:
    """The tables over a set of stubs.

    Args:
        stubs: all stubs, in any order.

    Attributes:
        limits: how long a statement is taken apart, for the longest of the stubs.
        commands: the stubs by command, for all but statements.
    """

    def __init__(self, stubs: Iterable[Stub]) -> None:
        self.commands: dict[str, list[Stub]] = {}
        self._exact: dict[str, list[Stub]] = {}
        self._shapes = ShapeTable()
        self._fingerprints: dict[Fingerprint, list[Stub]] = {}
        self._structures = StructureTable()
        self._words: dict[str, list[Stub]] = {}
        self._rest: list[Stub] = []
        longest = parts = 0
        for stub in sorted(stubs, key=_rank):
            for command in stub.when.commands - WITH_TEXT:
                self.commands.setdefault(command, []).append(stub)
            if stub.when.commands & WITH_TEXT:
                self._add(stub)
            if isinstance(stub.when.key, Sql):
                longest = max(longest, len(stub.when.key.text))
                parts = max(parts, len(stub.when.key.shape.parts))
        # A literal of one part may be written as two tokens (a sign or a character set, and itself), and before each
        # there may be white space, a comment and white space again. An escape writes one character as two, and quotes
        # and N add three.
        usual = Limits()
        self.limits = Limits(
            max(usual.length, 2 * longest), max(usual.tokens, 8 * parts), max(usual.token, 2 * longest + 3)
        )

    def _add(self, stub: Stub) -> None:
        key = stub.when.key
        if isinstance(key, (SqlExact, MessageText)):
            self._exact.setdefault(key.text, []).append(stub)
        elif isinstance(key, Sql):
            self._shapes.add(stub, key)
        elif isinstance(key, ByFingerprint):
            self._fingerprints.setdefault(key.parts, []).append(stub)
        elif is_structural(stub.when):
            self._structures.add(stub)
        else:
            words = {word for one in stub.when.criteria if isinstance(one, Contains) for word in one.words}
            # By the one that fewest of the others are found by; of a word that all have, nobody would be found quickly.
            word = min(sorted(words), key=lambda word: len(self._words.get(word, ())), default="")
            (self._words.setdefault(word, []) if word else self._rest).append(stub)

    def candidates(self, subject: Subject) -> tuple[Stub, ...]:
        """The stubs that a request meets as far as its text and parameters say, in the order of their ranks.

        Behind one that always answers, no others are named.

        Args:
            subject: the request.
        """
        command = subject.request.command
        if command not in WITH_TEXT:
            named = self.commands.get(command, ())
            return tuple(stub for stub in named if _has_key(stub, subject) and stub.when.fits(subject))
        found: list[Stub] = []
        for stub in _in_order(self._found(subject)):
            if stub.when.fits(subject):
                found.append(stub)
                if stub.when.fixed and not stub.then.may_pass:
                    break
        return tuple(found)

    def possible(self, subject: Subject) -> Iterator[Stub]:
        """The stubs that may answer a statement once the values of its ``?`` are known, the likeliest first.

        Args:
            subject: the request to prepare it.
        """
        tables: Iterator[Stub] = itertools.chain(
            self._exact.get(subject.text, ()),
            self._shapes.possible(subject.shape) if self._shapes else (),
            self._structures.possible(subject) if self._structures else (),
            *self._by_parts(subject),
            self._rest,
        )
        may = (stub for stub in tables if "execute" in stub.when.commands and stub.when.fits(subject))
        yield from sorted(itertools.islice(may, _PREPARED), key=_rank)

    def reached(self, subject: Subject) -> Iterator[Stub]:
        """The stubs that the tables find for a statement, whatever else they ask for, in the order of their ranks."""
        return _in_order(group for group in self._found(subject) if group is not self._rest)

    def _found(self, subject: Subject) -> list[list[Stub]]:
        found = []
        exact = self._exact.get(subject.text)
        if exact is not None:
            found.append(exact)
        if self._shapes:
            found += self._shapes.find(subject.shape)
        if self._fingerprints or self._words:
            found += self._by_parts(subject)
        if self._structures:
            found += self._structures.find(subject)
        if self._rest:
            found.append(self._rest)
        return found

    def _by_parts(self, subject: Subject) -> Iterator[list[Stub]]:
        if self._fingerprints and subject.fingerprint in self._fingerprints:
            yield self._fingerprints[subject.fingerprint]
        if self._words:
            for word in set(subject.shape.parts) & self._words.keys():
                yield self._words[word]


def _has_key(stub: Stub, subject: Subject) -> bool:
    return stub.when.key is None or stub.when.key.holds(subject)


def _rank(stub: Stub) -> Rank:
    return stub.rank


def _in_order(groups: Iterable[list[Stub]]) -> Iterator[Stub]:
    """The stubs of several lists, each by rank, all by rank; no further than is asked for."""
    every = list(groups)
    return iter(every[0]) if len(every) == 1 else heapq.merge(*every, key=_rank)
