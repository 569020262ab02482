"""The ``when`` of a stub, ready to be looked up and judged."""

from __future__ import annotations

import re
from typing import Final, Protocol, TypeAlias

import attrs

from sockservice.responder.shapes import BOUND, NO_SHAPE, Shape
from sockservice.responder.subject import Subject

Mask: TypeAlias = tuple[int, ...]
"""The numbers of the holes that a stub fixes, from 0."""

SQL: Final = "sql"
SQL_EXACT: Final = "sql_exact"
REGEX: Final = "regex"


class Criterion(Protocol):
    """One thing that a ``when`` asks for.

    Attributes:
        fixed: whether the text of the request and its parameters alone decide, so that the verdict can be remembered
            by them: not so for what depends on the session, a state or code.
    """

    @property
    def fixed(self) -> bool:
        """See above."""

    def holds(self, subject: Subject) -> bool:
        """Whether the request has it."""

    def why_not(self, subject: Subject) -> str:
        """Why the request has it not, for a near miss, for example ``params[0]: expected 42, got 43``."""


@attrs.frozen(eq=False)
class Condition:
    """What a request must have for a stub to answer it.

    Attributes:
        matcher: what the stub is found by: ``sql``, ``sql_exact`` or ``regex``.
        text: the matcher's text as in the file.
        shape: what ``sql`` and ``sql_exact`` say.
        pattern: what ``regex`` became.
        criteria: all that must hold besides.
    """

    matcher: str
    text: str
    shape: Shape = NO_SHAPE
    pattern: re.Pattern[str] | None = None
    criteria: tuple[Criterion, ...] = ()

    @property
    def mask(self) -> Mask:
        """Which holes of its shape it fixes."""
        return tuple(hole for hole, literal in enumerate(self.shape.literals) if literal != BOUND)

    @property
    def fixed(self) -> bool:
        """Whether the text of a request and its parameters alone decide."""
        return all(criterion.fixed for criterion in self.criteria)

    def holds(self, subject: Subject) -> bool:
        """Whether a request that the lookup found has all that is asked for."""
        return all(criterion.holds(subject) for criterion in self.criteria)
