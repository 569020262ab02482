"""The words by which a stub is near to a statement that it does not match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from sockservice.responder.matching.combinations import nested
from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.differences import PARTS
from sockservice.responder.matching.structure_criteria import Columns, OfKind, Routine, Tables, Where
from sockservice.responder.matching.text_criteria import ByFingerprint, Contains, Regex, Sql, SqlExact

_REGEX_WORD: Final = re.compile(r"[a-z_][a-z0-9_]+")
_ESCAPE: Final = re.compile(r"\\.|\(\?[^)]*[):>]")


class Likeness(NamedTuple):
    """What a stub has in common with statements.

    Attributes:
        parts: its words and symbols.
        whole: whether they are a whole statement: what a statement has besides makes it less like the stub then.
        kind: what they come from; stubs of one kind with the same parts differ in values only.
    """

    parts: tuple[str, ...]
    whole: bool
    kind: str

    def shared(self, counts: Counter[str], length: int) -> float:
        """How much it has in common with a statement: 0 for nothing, 1 for all.

        Args:
            counts: the statement's parts, counted.
            length: how many there are.
        """
        own = Counter(self.parts[:PARTS])
        common = (own & counts).total()
        if not self.whole:
            return 0.9 * common / (own.total() or 1)
        return 2 * common / ((own.total() + length) or 1)


def likeness_of(when: Condition) -> Likeness | None:
    """By what a stub is like others; None where it asks for no text."""
    key = when.key
    if isinstance(key, (Sql, SqlExact)):
        return Likeness(key.shape.parts, True, "sql")
    if isinstance(key, ByFingerprint):
        return Likeness(key.parts, True, "fingerprint")
    words: list[str] = []
    for criterion in nested(when.criteria):
        if isinstance(criterion, (Sql, SqlExact)):
            return Likeness(criterion.shape.parts, True, "any")
        if isinstance(criterion, Regex):
            written = _ESCAPE.sub(" ", criterion.pattern.text.lower())
            return Likeness(tuple(_REGEX_WORD.findall(written)), True, "regex")
        words += _words_of(criterion)
    return Likeness(tuple(words), False, "words") if words else None


def _words_of(criterion: object) -> Iterable[str]:
    match criterion:
        case Contains(shape=shape):
            return shape.parts
        case OfKind(kinds=kinds) if len(kinds) == 1:
            return kinds
        case Tables(names=names):
            return (name.name for name in names)
        case Columns(names=columns):
            return columns
        case Where(wanted=wanted):
            return (column for column, _ in wanted)
        case Routine(routine=routine):
            return (routine.name,)
        case _:
            return ()
