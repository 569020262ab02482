"""How far a stub has come in one workspace: how often it was called, and where in its sequence of answers it is."""

from __future__ import annotations

import attrs


@attrs.define(eq=False)
class Tally:
    """The counts of one stub in one workspace.

    Attributes:
        calls: how many requests all its criteria but ``call`` matched.
        answered: how many requests it answered.
        step: the number of the answer that is next in its sequence, from 0.
        given: how often that answer was given already.
        by_connection: ``calls`` by connection id, where the stub counts so.
    """

    calls: int = 0
    answered: int = 0
    step: int = 0
    given: int = 0
    by_connection: dict[int, int] = attrs.field(factory=dict)

    def reset(self) -> None:
        """Begin anew."""
        self.calls = self.answered = self.step = self.given = 0
        self.by_connection.clear()
