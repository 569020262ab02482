"""``call``: which of the requests that a stub would otherwise answer it does answer."""

from __future__ import annotations

from typing import Final

import attrs

from sockservice.responder.tally import Tally

CONNECTIONS: Final = 10_000
"""How many connections a stub counts apart, in each workspace; the oldest is forgotten first."""


@attrs.frozen(eq=False)
class CallCriterion:
    """All that is given must hold of the number of the call.

    Attributes:
        nth: it is this one.
        begin: it is this one, or a later one.
        end: it is this one, or an earlier one.
        every: it is divisible by this.
        per_connection: whether each connection's calls are counted apart.
    """

    nth: int | None = None
    begin: int | None = None
    end: int | None = None
    every: int | None = None
    per_connection: bool = False

    def count(self, tally: Tally, connection_id: int) -> int:
        """Count a call beside ``tally.calls``, which is counted already; the number that is judged."""
        if not self.per_connection:
            return tally.calls
        counts = tally.by_connection
        # Put in anew, so that the oldest is the one that did not call for the longest time.
        number = counts.pop(connection_id, 0) + 1
        if len(counts) >= CONNECTIONS:
            del counts[next(iter(counts))]
        counts[connection_id] = number
        return number

    def calls(self, tally: Tally, connection_id: int) -> int:
        """The number of the last call."""
        return tally.by_connection.get(connection_id, 0) if self.per_connection else tally.calls

    def holds(self, number: int) -> bool:
        """Whether the stub answers the call with this number, counted from 1."""
        return (
            (self.nth is None or number == self.nth)
            and (self.begin is None or number >= self.begin)
            and (self.end is None or number <= self.end)
            and (self.every is None or number % self.every == 0)
        )

    def why_not(self, number: int) -> str:
        """What was expected of the number."""
        asked = [("", self.nth), ("from ", self.begin), ("until ", self.end), ("every ", self.every)]
        wanted = " and ".join(f"{word}{value}" for word, value in asked if value is not None)
        whose = " of the connection" if self.per_connection else ""
        return f"call: expected {wanted}, this is call {number}{whose}"
