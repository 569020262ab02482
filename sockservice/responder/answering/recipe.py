"""How the answer of a stub is made: the same each time, or anew out of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Error, Ok, Results, Rows
from sockservice.responder.answering.situation import Situation
from sockservice.responder.printable import printable

Made: TypeAlias = Answer | Deferred[Answer] | None
"""An answer, one that comes later, or None: the request is for the next stub."""

_LONGEST: Final = 400
"""Characters of a message: MySQL clients show 512 bytes."""


class CannotAnswer(Exception):
    """A stub has no answer in this situation; the message says why."""


@attrs.frozen(eq=False)
class Recipe:
    """One answer.

    Attributes:
        make: makes it; raises :class:`CannotAnswer`.
        constant: it, where it is the same object each time.
        described: what PREPARE is told of it, where it is not; None where nothing is known.
        may_pass: whether there may be no answer, so that the next stub is asked.
        acts: whether making it changes something, so that it is not made where nobody sees it.
        describe: what PREPARE is told, where that depends on the request.
    """

    make: Callable[[Situation], Made]
    constant: Answer | None = None
    described: Answer | None = None
    may_pass: bool = False
    acts: bool = False
    describe: Callable[[Situation], Made] | None = None


def constant(answer: Answer) -> Recipe:
    """The same answer each time."""
    return Recipe(lambda _: answer, answer)


def failure(stub: str, reason: str) -> Error:
    """What a client is told when a stub has no answer.

    Args:
        stub: what it is called.
        reason: why.
    """
    text = printable(" ".join(f"sockservice: stub {stub!r}: {reason}".split()))
    return Error(1105, "HY000", text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def several(recipes: Sequence[Recipe]) -> Recipe:
    """Several answers to one statement; behind rows an OK ends them, as it ends a CALL.

    Args:
        recipes: of the answers, in order; none of them takes time.
    """
    described = _ended([recipe.described or recipe.constant or Ok() for recipe in recipes])
    fixed = [recipe.constant for recipe in recipes if recipe.constant is not None]
    if len(fixed) == len(recipes):
        return constant(described)

    def make(situation: Situation) -> Answer:
        made = []
        for recipe in recipes:
            answer = recipe.make(situation)
            assert answer is not None
            assert not isinstance(answer, Deferred)
            made.append(answer)
        return _ended(made)

    return Recipe(make, None, described)


def _ended(answers: list[Answer]) -> Results:
    return Results((*answers, Ok()) if isinstance(answers[-1], Rows) else tuple(answers))
