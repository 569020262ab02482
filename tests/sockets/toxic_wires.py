"""A link with a clock of its own, and what comes out of it with the times."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock

from sockservice.sockets.toxic import Toxic, read_toxic
from sockservice.sockets.toxic_link import ToxicLink


def toxic(type_name: str, /, **words: Any) -> Toxic:
    """A toxic by its type and attributes; ``name``, ``stream``, ``toxicity`` and ``seed`` are what they say."""
    beside = {word: words.pop(word) for word in ("name", "stream", "toxicity", "seed") if word in words}
    return read_toxic({"type": type_name, **beside, "attributes": words})


def run_for(clock: Clock, seconds: float) -> None:
    """Let time pass as it does: what is due happens at its time, not when the clock looks next."""
    until = clock.seconds() + seconds
    while calls := [call for call in clock.getDelayedCalls() if call.getTime() <= until + 1e-9]:
        clock.advance(max(0.0, calls[0].getTime() - clock.seconds()))
    clock.advance(max(0.0, until - clock.seconds()))


class Wire:
    """A link with toxics; ``events`` are what came out of it, each with the time."""

    def __init__(self, *toxics: Toxic) -> None:
        self.clock = Clock()
        self.events: list[tuple[float, Any]] = []
        self.flow: list[bool] = []
        self.link = ToxicLink(
            self.clock,
            self.note,
            close=lambda: self.note("close"),
            reset=lambda: self.note("reset"),
            flow=lambda: self.flow.append(self.link.full),
        )
        self.number = 0
        self.have(*toxics)
        self.link.begin()

    def note(self, event: Any) -> None:
        self.events.append((round(self.clock.seconds(), 6), event))

    def have(self, *toxics: Toxic) -> None:
        self.link.apply(toxics, self.roll)

    def roll(self, toxic: Toxic) -> Any:
        random = toxic.chances(self.number)
        return random if random.random() < toxic.toxicity else None

    def take(self, data: bytes) -> None:
        self.link.take(data)

    def end(self) -> None:
        self.link.end(lambda: self.note("end"))

    def wait(self, seconds: float) -> list[tuple[float, Any]]:
        """What came out within so many seconds, in steps of what is due."""
        run_for(self.clock, seconds)
        return self.taken()

    def taken(self) -> list[tuple[float, Any]]:
        """What came out since the last look."""
        events, self.events = self.events, []
        return events

    @property
    def bytes(self) -> bytes:
        return b"".join(event for _, event in self.events if isinstance(event, bytes))
