"""The criterion ``params``: values that were bound, or that stood in the statement, by position."""

from __future__ import annotations

import attrs

from sockservice.errors import counted
from sockservice.responder.matching.criterion import NOTHING
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.value_matchers import ValueMatcher
from sockservice.responder.shapes import BOUND, Literal


@attrs.frozen(eq=False)
class Params:
    """Asks something of values.

    Attributes:
        wanted: each position, from 0, and what its value must have.
        holes: the holes of the shape that the positions are, where the stub has ``sql``: its own ``?``. None: what is
            bound to the statement, or all its literals where nothing is.
    """

    wanted: tuple[tuple[int, ValueMatcher], ...]
    holes: tuple[int, ...] | None = None
    fixed = True
    weight = NOTHING

    def holds(self, subject: Subject) -> bool:
        """Whether all positions have what they must."""
        values = self._values(subject)
        return all(
            position < len(values) and (subject.is_open((values[position],)) or matcher.holds(values[position]))
            for position, matcher in self.wanted
        )

    def why_not(self, subject: Subject) -> str:
        """The first position that is wrong, or is not there."""
        values = self._values(subject)
        for position, matcher in self.wanted:
            if position >= len(values):
                return f"params[{position}]: there are only {counted(len(values), 'value')}"
            value = values[position]
            if not matcher.holds(value) and not subject.is_open((value,)):
                got = " (nothing is bound)" if value == BOUND else ""
                return f"params[{position}]: {matcher.why_not(value)}{got}"
        return "params: met"

    def _values(self, subject: Subject) -> tuple[Literal, ...]:
        if self.holes is None:
            return subject.parameters
        literals = subject.literals
        return tuple(literals[hole] for hole in self.holes if hole < len(literals))
