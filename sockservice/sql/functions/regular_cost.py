"""How long a regular expression may take: Python's try every way, and cannot be stopped, nor does another thread run.

So an expression that may take long for a text is tried at one place of it after the other, with turns for others
between.
"""

from __future__ import annotations

import functools
import re
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sockservice.sql.errors import Refused, TooSlow
from sockservice.sql.surroundings import hurried

_REPEATS: Final = frozenset(["MAX_REPEAT", "MIN_REPEAT"])
_SOME: Final = 16
"""From how many repetitions on a repeat counts as one without end."""
MOST_STEPS: Final = 3 * 10**7
"""Ways to try that an expression may have at one place of a text."""
_AT_ONCE: Final = 4 * 10**6
"""Ways to try, at all places of a text, that take some milliseconds."""
_PATIENCE: Final = 10.0
"""Seconds after which a search is given up, as MySQL does by ``regexp_time_limit``."""
NESTED_LENGTH: Final = 24
"""Letters of the longest text for an expression whose repeats stand within repeats: each doubles the ways to try."""


@functools.lru_cache(maxsize=512)
def repeats(pattern: str) -> tuple[int, bool]:
    """How many repeats without end an expression has one behind the other, and whether one stands within another."""
    return _count(parser.parse(pattern), within=False)


def is_too_long(pattern: str, length: int) -> bool:
    """Whether an expression may take too long for a text of so many letters."""
    count, nested = repeats(pattern)
    return (nested and length > NESTED_LENGTH) or length ** max(count, 1) > MOST_STEPS


def search(expression: re.Pattern[str], text: str, at: int = 0) -> re.Match[str] | None:
    """The first match of an expression in a text, from a place on.

    Raises:
        Refused: 3699, it takes too long.
        TooSlow: it takes longer than others can wait.
    """
    if len(text) ** (repeats(expression.pattern)[0] + 1) <= _AT_ONCE:
        return expression.search(text, at)
    if hurried():
        raise TooSlow
    ends = time.monotonic() + _PATIENCE
    for place in range(at, len(text) + 1):
        found = expression.match(text, place)
        if found is not None:
            return found
        if place % 64 == 0 and time.monotonic() > ends:
            raise Refused("ER_REGEXP_TIME_OUT")
    return None


def matches(expression: re.Pattern[str], text: str, at: int = 0) -> Iterator[re.Match[str]]:
    """All matches of an expression in a text, from a place on; raises as :func:`search`."""
    while (found := search(expression, text, at)) is not None:
        yield found
        at = found.end() + (found.end() == found.start())
        if at > len(text):
            return


def _count(parts: Iterable[Any], *, within: bool) -> tuple[int, bool]:
    total, nested = 0, False
    for kind, argument in parts:
        name = str(kind)
        if name in _REPEATS:
            endless = argument[1] > _SOME
            ambiguous = endless and not _is_delimited(argument[2])
            inner, deeper = _count(argument[2], within=within or ambiguous)
            total += inner + 1 if ambiguous else max(inner, int(endless))
            nested = nested or deeper or (endless and within)
            continue
        nested = nested or (within and name == "BRANCH" and not _begin_apart(argument[1]))
        for each in _inside(argument):
            inner, deeper = _count(each, within=within)
            total, nested = total + inner, nested or deeper
    return total, nested


def _is_delimited(parts: Any) -> bool:
    """Whether something repeated has a letter in it that no repeat within can take, so that its ends are told."""
    while len(parts) == 1 and str(parts[0][0]) == "SUBPATTERN":
        parts = parts[0][1][-1]
    letters = [argument for kind, argument in parts if str(kind) == "LITERAL"]
    inner = [argument[2] for kind, argument in parts if str(kind) in _REPEATS]
    simple = all(str(kind) in ("LITERAL", "IN", *_REPEATS) for kind, _ in parts)
    return simple and any(all(_never(each, letter) for each in inner) for letter in letters)


def _never(parts: Any, letter: int) -> bool:
    """Whether a letter is none of those that are repeated."""
    if len(parts) != 1:
        return False
    kind, argument = str(parts[0][0]), parts[0][1]
    if kind == "LITERAL":
        return bool(argument != letter)
    if kind != "IN":
        return False
    for each, value in argument:
        name = str(each)
        if name == "LITERAL" and value == letter:
            return False
        if name == "RANGE" and value[0] <= letter <= value[1]:
            return False
        if name not in ("LITERAL", "RANGE"):
            return False
    return True


def _begin_apart(branches: Iterable[Any]) -> bool:
    """Whether the branches of an alternative begin with different letters, so that one at most goes on."""
    first = [branch[0] if len(branch) else None for branch in branches]
    letters = {part[1] for part in first if part is not None and str(part[0]) == "LITERAL"}
    return len(letters) == len(first)


def _inside(argument: Any) -> Iterable[Any]:
    """The expressions within a part: of a group, of the branches of an alternative."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for each in argument:
            if isinstance(each, (parser.SubPattern, tuple, list)):
                yield from _inside(each)
