"""The stub that almost answered a statement, and why it did not. Looked for only when nothing answered.

The words of all stubs are in an inverted index; the rarest words of the statement choose a few candidates, the one
that has most in common is compared part by part. What is looked at is bounded everywhere, so that neither ten
thousand stubs nor a statement of a megabyte take long.
"""

from __future__ import annotations

import heapq
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import attrs

from sockservice.responder.condition import REGEX, SQL_EXACT, Mask
from sockservice.responder.printable import printable
from sockservice.responder.shapes import HOLE, Literal, Shape, shape_of, spelled
from sockservice.responder.stub import Stub

LOOKED_AT: Final = 2048
"""Characters of a statement that are compared; nobody reads more in a message."""
PARTS: Final = 1000
"""Parts of a statement, and of a stub, that are compared."""
POSTINGS: Final = 2000
"""Entries of the index that one search visits."""
CANDIDATES: Final = 12
"""How many of them are compared with the statement in full."""
SIBLINGS: Final = 500
"""How many stubs that differ in literals only are compared one by one."""
NEAR: Final = 0.35
"""The share of parts in common (0 to 1) from which on a stub counts as near."""

_CUT: Final = 48
_REGEX_WORD: Final = re.compile(r"[a-z_][a-z0-9_]+")
_ESCAPE: Final = re.compile(r"\\.|\(\?[^)]*[):>]")


@attrs.frozen
class NearMiss:
    """The stub that almost matched.

    Attributes:
        stub: it.
        reason: the criterion that failed, for example ``value 1: expected 42, got 43``.
    """

    stub: Stub
    reason: str


@attrs.define
class _Form:
    """All stubs that say the same, their literals apart; a regular expression is a form of its own."""

    parts: tuple[str, ...]
    stubs: list[Stub]
    alike: dict[tuple[Mask, tuple[str, ...]], Stub] = attrs.field(factory=dict)

    def shared(self, counts: Counter[str], length: int) -> float:
        """How much of it a statement has in common with it: 0 for nothing, 1 for all."""
        own = Counter(self.parts[:PARTS])
        return 2 * (own & counts).total() / ((own.total() + length) or 1)


class NearMisses:
    """Finds near misses among a set of stubs.

    Args:
        stubs: all stubs; of two that are equally near, the first is named.
    """

    def __init__(self, stubs: Iterable[Stub]) -> None:
        forms: dict[tuple[str, ...], _Form] = {}
        for stub in stubs:
            regex = stub.when.matcher == REGEX
            parts = (
                tuple(_REGEX_WORD.findall(_ESCAPE.sub(" ", stub.when.text.lower()))) if regex else stub.when.shape.parts
            )
            form = forms.setdefault((REGEX, *parts) if regex else parts, _Form(parts, []))
            form.stubs.append(stub)
            if stub.when.shape.literals:
                mask = stub.when.mask
                form.alike.setdefault((mask, tuple(_loose(stub.when.shape.literals[hole]) for hole in mask)), stub)
        self._forms = list(forms.values())
        self._postings: dict[str, list[int]] = {}
        for number, form in enumerate(self._forms):
            for word in _words(form.parts):
                self._postings.setdefault(word, []).append(number)

    def nearest(self, text: str, params: Sequence[Any] = ()) -> NearMiss | None:
        """The nearest stub to a statement that none matches, or None where none is near.

        Args:
            text: the statement.
            params: the values bound to its ``?``, in order.
        """
        shape = shape_of(text[:LOOKED_AT], params)
        counts = Counter(shape.parts)
        compared = [
            (self._forms[number].shared(counts, len(shape.parts)) + (self._forms[number].parts == shape.parts), -number)
            for number in self._candidates(shape.parts)
        ]
        share, number = max(compared, default=(0.0, 0))
        if share < NEAR:
            return None
        form = self._forms[-number]
        stub = form.stubs[0]
        if stub.when.matcher == REGEX:
            part = stub.when.pattern is not None and stub.when.pattern.search(text[:LOOKED_AT])
            return NearMiss(stub, f"regex: matches {'only a part' if part else 'no part'} of the statement")
        if form.parts != shape.parts:
            return NearMiss(stub, f"{stub.when.matcher}: {_difference(form.parts, shape.parts)}")
        return _nearest_sibling(form, shape)

    def _candidates(self, parts: tuple[str, ...]) -> Iterable[int]:
        """The numbers of the forms that share the rarest words with a statement."""
        if len(self._forms) <= CANDIDATES:
            return range(len(self._forms))
        found = sorted((self._postings[word] for word in _words(parts) & self._postings.keys()), key=len)
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


def _words(parts: tuple[str, ...]) -> set[str]:
    return {part for part in parts if part[:1].isalnum() or part[:1] in ("_", "@")}


def _nearest_sibling(form: _Form, shape: Shape) -> NearMiss:
    """Of the stubs of the statement's own shape, the one whose literals are nearest."""
    for mask in dict.fromkeys(mask for mask, _ in itertools.islice(form.alike, SIBLINGS)):
        alike = form.alike.get((mask, tuple(_loose(shape.literals[hole]) for hole in mask)))
        if alike is not None:
            return NearMiss(alike, _literal_difference(alike, shape))

    def equal(stub: Stub) -> int:
        return sum(stub.when.shape.literals[hole] == shape.literals[hole] for hole in stub.when.mask) - len(
            stub.when.mask
        )

    stub = max(itertools.islice(form.stubs, SIBLINGS), key=equal)
    return NearMiss(stub, _literal_difference(stub, shape))


def _literal_difference(stub: Stub, shape: Shape) -> str:
    for hole in stub.when.mask:
        expected, got = stub.when.shape.literals[hole], shape.literals[hole]
        if expected != got:
            left, right = _apart(spelled(expected), spelled(got))
            return f"{stub.when.matcher}: value {hole + 1}: expected {left}, got {right}{_hint(expected, got)}"
    assert stub.when.matcher == SQL_EXACT
    return "sql_exact: differs in layout, comments, back-ticks or the case of words"


def _difference(expected: tuple[str, ...], got: tuple[str, ...]) -> str:
    """The first stretch in which two statements differ, in words."""
    pairs = list(zip(expected[:PARTS], got[:PARTS], strict=False))
    front = next((place for place, (left, right) in enumerate(pairs) if left != right), len(pairs))
    back = 0
    longest = min(len(expected), len(got)) - front
    while back < min(longest, PARTS) and expected[-1 - back] == got[-1 - back]:
        back += 1
    wanted, found = (_joined(parts[front : len(parts) - back]) for parts in (expected, got))
    place = f"after {_joined(expected[max(front - 3, 0) : front])} " if front else ""
    if wanted and found:
        return f"{place}expected {wanted}, got {found}"
    return f"{place}{wanted} is missing" if wanted else f"{place}{found} is too much"


def _joined(parts: tuple[str, ...]) -> str:
    text = " ".join("?" if part == HOLE else part for part in parts[:_CUT])
    return f"`{printable(_short(text))}`" if text else ""


def _apart(expected: str, got: str) -> tuple[str, str]:
    """Two literals, shortened to where they differ: two that read the same would explain nothing."""
    pairs = zip(expected, got, strict=False)
    first = next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(expected), len(got)))
    start = first - 10 if first > _CUT - 10 else 0
    left, right = ("…" * (start > 0) + _short(text[start:]) for text in (expected, got))
    return printable(left), printable(right)


def _short(text: str) -> str:
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _loose(literal: Literal) -> str:
    """What two literals have in common whose difference is one of the classic mistakes."""
    return _squeezed(_composed(literal[1][:LOOKED_AT])).casefold()


_MISTAKES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("differs only in the case of letters", str.casefold),
    ("differs only in white space inside the string", _squeezed),
    ("differs only in how accents are composed (Unicode NFC)", _composed),
    ("differs only in case and white space", lambda text: _squeezed(_composed(text)).casefold()),
)


def _hint(expected: Literal, got: Literal) -> str:
    """What a person would otherwise look for too long: ``; `` and the classic mistake, or nothing."""
    if {expected[0], got[0]} == {"number", "text"} and _loose(expected) == _loose(got):
        return "; a number is not a string"
    if expected[0] == got[0] == "text":
        for hint, loosen in _MISTAKES:
            if loosen(expected[1][:LOOKED_AT]) == loosen(got[1][:LOOKED_AT]):
                return f"; {hint}"
    return ""
