"""The disturbances of one answer, by their kinds (:mod:`sockservice.disturbances`)."""

from __future__ import annotations

from math import inf
from typing import Any, Final

import attrs

from sockservice.answers import Answer, Disturbed
from sockservice.disturbances import (
    Break,
    Disturbance,
    Dribble,
    IdleEnd,
    Malformed,
    MissingEnd,
    Oversized,
    Pace,
    Stall,
    Truncated,
    WrongSequence,
)


@attrs.frozen
class DisturbanceSet:
    """What is wrong with one answer; nothing by default.

    Attributes:
        stall: seconds of silence before the answer; infinite where it never comes.
        fetch_stall: the same before the first row that a cursor gives.
        pace: see :class:`sockservice.disturbances.Pace`; the others are the classes that they are called after.
        dribble: in pieces.
        breaks: not to its end.
        truncated: its last packet is shorter than it says.
        wrong_sequence: its packets are numbered wrongly.
        oversized: it begins with a packet that nobody takes.
        malformed: it is none.
        missing_end: it does not say where it ends.
        idle_end: the connection ends when the client is silent behind it.
    """

    stall: float = 0.0
    fetch_stall: float = 0.0
    pace: Pace | None = None
    dribble: Dribble | None = None
    breaks: Break | None = None
    truncated: Truncated | None = None
    wrong_sequence: WrongSequence | None = None
    oversized: Oversized | None = None
    malformed: Malformed | None = None
    missing_end: MissingEnd | None = None
    idle_end: IdleEnd | None = None

    @property
    def silences(self) -> bool:
        """Whether a server's own answer is not sent behind these: the connection breaks first, or it never comes."""
        return self.stall == inf or (self.breaks is not None and self.breaks.error is None)

    def of_rows(self) -> DisturbanceSet:
        """Those that strike the rows which a cursor gives, and not the answer that opens it."""
        breaks = self.breaks if self.breaks is not None and self.breaks.after_rows is not None else None
        malformed = self.malformed if self.malformed is not None and self.malformed.kind == "length" else None
        return DisturbanceSet(stall=self.fetch_stall, pace=self.pace, breaks=breaks, malformed=malformed)

    def but_for_rows(self) -> DisturbanceSet:
        """The others: those that strike the answer which opens a cursor."""
        rows = self.of_rows()
        return attrs.evolve(
            self,
            fetch_stall=0.0,
            pace=None,
            breaks=None if rows.breaks is not None else self.breaks,
            malformed=None if rows.malformed is not None else self.malformed,
        )


NOTHING_WRONG: Final = DisturbanceSet()
"""An answer as it should be."""

_NAMES: Final[dict[type[Disturbance], str]] = {
    Pace: "pace",
    Dribble: "dribble",
    Break: "breaks",
    Truncated: "truncated",
    WrongSequence: "wrong_sequence",
    Oversized: "oversized",
    Malformed: "malformed",
    MissingEnd: "missing_end",
    IdleEnd: "idle_end",
}


def undisturbed(answer: Answer | None) -> tuple[Answer | None, DisturbanceSet]:
    """An answer without what disturbs it, and that.

    Of several disturbances of a kind the outermost counts; silences add up.
    """
    found: dict[str, Any] = {}
    while isinstance(answer, Disturbed):
        for disturbance in answer.disturbances:
            if isinstance(disturbance, Stall):
                name = "fetch_stall" if disturbance.at_fetch else "stall"
                seconds = inf if disturbance.seconds is None else max(0.0, disturbance.seconds)
                found[name] = found.get(name, 0.0) + seconds
            else:
                found.setdefault(_NAMES[type(disturbance)], disturbance)
        answer = answer.answer
    return answer, DisturbanceSet(**found) if found else NOTHING_WRONG
