"""Which stub answers a statement: found by hash, so that ten thousand stubs cost what ten do.

Stubs with ``sql_exact`` are found by their text. Stubs with ``sql`` are found by their shape, and among those of one
shape by the literals they fix: for each *mask* (which holes of the shape are fixed) there is one table from the
literals there to the stub. Regular expressions come last, in order, and only those that would still win.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import attrs

from sockservice.answers import Answer
from sockservice.responder.shapes import BOUND, NO_SHAPE, Literal, Shape, shape_of
from sockservice.responder.tokens import TooManyTokens

Mask: TypeAlias = tuple[int, ...]
"""The numbers of the holes that a stub fixes, from 0."""

SQL: Final = "sql"
SQL_EXACT: Final = "sql_exact"
REGEX: Final = "regex"

LONGEST: Final = 2 * 1024 * 1024
"""Characters of the longest statement that ``sql`` is tried on, unless a stub is nearly as long. A BLOB fits in; what
is longer takes too long to take apart, and only ``sql_exact`` and ``regex`` are tried on it."""
TOKENS: Final = 4096
"""Tokens, comments and stretches of white space of such a statement, unless a stub has nearly as many."""


@attrs.frozen
class Stub:
    """A rule: which statements it answers, and what.

    Attributes:
        name: what messages call it.
        matcher: ``sql``, ``sql_exact`` or ``regex``.
        text: the matcher's text as in the file.
        answer: the answer, the same object each time.
        rank: of several stubs that match, the lowest wins: the priority, then the place in the files.
        pattern: what ``regex`` became.
        shape: what ``sql`` and ``sql_exact`` say.
    """

    name: str
    matcher: str
    text: str
    answer: Answer
    rank: tuple[int, int] = (5, 0)
    pattern: re.Pattern[str] | None = None
    shape: Shape = NO_SHAPE

    @property
    def mask(self) -> Mask:
        """Which holes of its shape it fixes."""
        return tuple(hole for hole, literal in enumerate(self.shape.literals) if literal != BOUND)


class Lookup:
    """The tables over a set of stubs.

    Args:
        stubs: all stubs, in any order.
    """

    def __init__(self, stubs: Iterable[Stub]) -> None:
        self.shapes: dict[tuple[str, ...], dict[Mask, dict[tuple[Literal, ...], Stub]]] = {}
        self.exact: dict[str, Stub] = {}
        self.regexes: list[Stub] = []
        longest = 0
        for stub in sorted(stubs, key=lambda stub: stub.rank):
            if stub.matcher == REGEX:
                self.regexes.append(stub)
            elif stub.matcher == SQL_EXACT:
                self.exact.setdefault(stub.text, stub)
            else:
                longest = max(longest, len(stub.text))
                mask = stub.mask
                fixed = tuple(stub.shape.literals[hole] for hole in mask)
                self.shapes.setdefault(stub.shape.parts, {}).setdefault(mask, {}).setdefault(fixed, stub)
        # A literal of one part may be written as two tokens (a sign or a character set, and itself), and before each
        # there may be white space, a comment and white space again.
        self._tokens = max(TOKENS, 8 * max(map(len, self.shapes), default=0))
        # An escape writes one character as two, and quotes and N add three: what is longer equals nothing in a stub.
        self._longest_token = 2 * longest + 3
        self._longest = max(LONGEST, 2 * longest)

    def find(self, text: str, params: Sequence[Any] = ()) -> Stub | None:
        """The stub that answers a statement, or None.

        Args:
            text: the statement.
            params: the values bound to its ``?``, in order.
        """
        best = self.exact.get(text)
        if self.shapes and len(text) <= self._longest:
            stub = self._by_shape(text, params)
            if stub is not None and (best is None or stub.rank < best.rank):
                best = stub
        if self.regexes:
            bare = text.lstrip().rstrip("; \t\r\n\f\v")
            for stub in self.regexes:
                if best is not None and best.rank < stub.rank:
                    break
                if stub.pattern is not None and stub.pattern.fullmatch(bare):
                    return stub
        return best

    def candidates(self, text: str) -> Iterator[Stub]:
        """The stubs that may answer a statement once the values of its ``?`` are known, the likeliest first.

        Args:
            text: the statement.
        """
        found = self.find(text)
        if found is not None:
            yield found
        try:
            shape = shape_of(text, limit=self._tokens, longest=self._longest_token)
        except TooManyTokens:
            return
        for mask, table in self.shapes.get(shape.parts, {}).items():
            literals = [shape.literals[hole] for hole in mask]
            for fixed, stub in table.items():
                if all(literal in (BOUND, wanted) for literal, wanted in zip(literals, fixed, strict=True)):
                    yield stub

    def _by_shape(self, text: str, params: Sequence[Any]) -> Stub | None:
        try:
            shape = shape_of(text, params, limit=self._tokens, longest=self._longest_token)
        except TooManyTokens:
            return None
        best: Stub | None = None
        for mask, table in self.shapes.get(shape.parts, {}).items():
            stub = table.get(tuple(shape.literals[hole] for hole in mask))
            if stub is not None and (best is None or stub.rank < best.rank):
                best = stub
        return best
