"""Which stub answers a statement: found by hash, so that ten thousand stubs cost what ten do.

Stubs with ``sql_exact`` are found by their text. Stubs with ``sql`` are found by their shape, and among those of one
shape by the literals they fix: for each *mask* (which holes of the shape are fixed) there is one table from the
literals there to the stub. Regular expressions come last, in order, and only those that would still win.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sockservice.responder.condition import REGEX, SQL_EXACT, Mask
from sockservice.responder.shapes import BOUND, Literal, shape_of
from sockservice.responder.stub import Stub
from sockservice.responder.subject import Subject
from sockservice.responder.tokens import TooManyTokens

LONGEST: Final = 2 * 1024 * 1024
"""Characters of the longest statement that ``sql`` is tried on, unless a stub is nearly as long. A BLOB fits in; what
is longer takes too long to take apart, and only ``sql_exact`` and ``regex`` are tried on it."""
TOKENS: Final = 4096
"""Tokens, comments and stretches of white space of such a statement, unless a stub has nearly as many."""


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
            if stub.when.matcher == REGEX:
                self.regexes.append(stub)
            elif stub.when.matcher == SQL_EXACT:
                self.exact.setdefault(stub.when.text, stub)
            else:
                longest = max(longest, len(stub.when.text))
                mask = stub.when.mask
                fixed = tuple(stub.when.shape.literals[hole] for hole in mask)
                self.shapes.setdefault(stub.when.shape.parts, {}).setdefault(mask, {}).setdefault(fixed, stub)
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
                if stub.when.pattern is not None and stub.when.pattern.fullmatch(bare):
                    return stub
        return best

    def candidates(self, subject: Subject) -> tuple[Stub, ...]:
        """The stubs that a request meets as far as its text and parameters say, in the order of their ranks.

        Behind one that always answers, no others are named.

        Args:
            subject: the request.
        """
        if subject.request.command not in ("query", "execute"):
            return ()
        found = self.find(subject.text, subject.request.params)
        return () if found is None else (found,)

    def possible(self, subject: Subject) -> Iterator[Stub]:
        """The stubs that may answer a statement once the values of its ``?`` are known, the likeliest first.

        Args:
            subject: the request.
        """
        text = subject.text
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
