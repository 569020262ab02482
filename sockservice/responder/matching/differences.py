"""How two statements or two values differ, in the words of a near miss."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final

from sockservice.responder.printable import printable
from sockservice.responder.shapes import HOLE, Literal, spelled, value_key

LOOKED_AT: Final = 2048
"""Characters of a value that are compared; nobody reads more in a message."""
PARTS: Final = 1000
"""Parts of a statement, and of a stub, that are compared."""

_CUT: Final = 48
_MOST_SHOWN: Final = 5


def value_difference(expected: Literal, got: Literal) -> str:
    """``expected 42, got 43``, with a hint where it is one of the classic mistakes."""
    left, right = _apart(spelled(expected), spelled(got))
    return f"expected {left}, got {right}{_hint(expected, got)}"


def shown_value(literal: Literal) -> str:
    """A value as a message shows it, in SQL's spelling."""
    return printable(short(spelled(literal)))


def parts_difference(expected: tuple[str, ...], got: tuple[str, ...]) -> str:
    """The first stretch in which two statements differ, in words."""
    pairs = list(zip(expected[:PARTS], got[:PARTS], strict=False))
    front = next((place for place, (left, right) in enumerate(pairs) if left != right), len(pairs))
    back = 0
    longest = min(len(expected), len(got)) - front
    while back < min(longest, PARTS) and expected[-1 - back] == got[-1 - back]:
        back += 1
    wanted, found = (joined(parts[front : len(parts) - back]) for parts in (expected, got))
    place = f"after {joined(expected[max(front - 3, 0) : front])} " if front else ""
    if wanted and found:
        return f"{place}expected {wanted}, got {found}"
    return f"{place}{wanted} is missing" if wanted else f"{place}{found} is too much"


def joined(parts: tuple[str, ...]) -> str:
    """Parts of a statement as a message shows them, or ``""`` where there are none."""
    text = " ".join("?" if part == HOLE else part for part in parts[:_CUT])
    return f"`{printable(short(text))}`" if text else ""


def listed(words: Iterable[Any], between: str = ", ") -> str:
    """Some words as a message shows them; ``none`` where there are none."""
    some = [printable(short(str(word))) for word in itertools.islice(words, _MOST_SHOWN + 1)]
    return between.join([*some[:_MOST_SHOWN], *["…"][: len(some) > _MOST_SHOWN]]) or "none"


def short(text: str) -> str:
    """A text as far as a message has room for it."""
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def loose(literal: Literal) -> str:
    """What two literals have in common whose difference is one of the classic mistakes."""
    return _squeezed(_composed(literal[1][:LOOKED_AT])).casefold()


def _apart(expected: str, got: str) -> tuple[str, str]:
    """Two literals, shortened to where they differ: two that read the same would explain nothing."""
    pairs = zip(expected, got, strict=False)
    first = next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(expected), len(got)))
    start = first - 10 if first > _CUT - 10 else 0
    left, right = ("…" * (start > 0) + short(text[start:]) for text in (expected, got))
    return printable(left), printable(right)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


_MISTAKES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("differs only in the case of letters", str.casefold),
    ("differs only in white space inside the string", _squeezed),
    ("differs only in how accents are composed (Unicode NFC)", _composed),
    ("differs only in case and white space", lambda text: _squeezed(_composed(text)).casefold()),
)


def _hint(expected: Literal, got: Literal) -> str:
    """What a person would otherwise look for too long: ``; `` and the classic mistake, or nothing."""
    if {expected[0], got[0]} == {"number", "text"}:
        number, text = (expected, got) if expected[0] == "number" else (got, expected)
        if loose(expected) == loose(got) or value_key(number) == value_key(text):
            return "; a number is not a string"
        return "; the text is not that number"
    if expected[0] == got[0] == "text":
        for hint, loosen in _MISTAKES:
            if loosen(expected[1][:LOOKED_AT]) == loosen(got[1][:LOOKED_AT]):
                return f"; {hint}"
        if value_key(expected) == value_key(got):
            return "; the same number, but texts are compared as texts"
    return ""
