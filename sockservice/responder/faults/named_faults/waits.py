"""Faults that keep the client waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Disturbed, Request
from sockservice.disturbances import Stall
from sockservice.responder.answering.durations import read_delay, read_duration
from sockservice.responder.faults.fault import AUTH, COMMANDS, CONNECT, STATEMENTS, DelayWords, Duration, Parameters
from sockservice.responder.faults.named_faults.breakage import disturbed, put_off, usual
from sockservice.responder.faults.statement_class import is_chatter

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

_COMMANDS_AT: Final = {
    "connect": CONNECT,
    "greeting": CONNECT,
    "auth": AUTH,
    "query": STATEMENTS,
    "fetch": frozenset(["execute"]),
    "close": frozenset(["quit"]),
}


class Hang(Parameters, frozen=True):
    """Nothing comes, for ever or for a while."""

    name = "hang"
    main = "wait"
    durations = ("wait",)

    place: Annotated[
        Literal["connect", "greeting", "auth", "query", "fetch", "close"],
        Meta(
            description="Where: before the greeting (`connect` or `greeting`), at the end of the login, before the "
            "answer to a statement, before the rows that a cursor fetches, or before the connection is closed."
        ),
    ] = "query"
    wait: Annotated[Duration, Meta(description="For how long; for ever by default.")] | UnsetType = UNSET

    @property
    def commands(self) -> frozenset[str]:
        """Those of the place."""
        return _COMMANDS_AT[self.place]

    @property
    def replaces(self) -> bool:
        """Whether it is for ever, and nothing of the answer is sent."""
        return self.wait is UNSET and self.place != "fetch"

    def chooses(self, request: Request) -> bool:
        """At that place anything; of statements those that are not chatter."""
        return request.command not in STATEMENTS or not is_chatter(request.text)

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Silence, and the answer if it ends."""
        seconds = None if self.wait is UNSET else read_duration(self.wait)
        if self.place == "fetch":
            return disturbed(usual(answer, request), Stall(seconds, at_fetch=True))
        if seconds is None:
            return Disturbed(None, (Stall(),))
        return put_off(workspace, seconds, lambda: usual(answer, request))


class Latency(Parameters, frozen=True):
    """Every answer comes late, also to what drivers say on their own."""

    name = "latency"
    main = "delay"
    delays = ("delay",)

    delay: Annotated[DelayWords, Meta(description="How late.")] = "100ms"

    @property
    def commands(self) -> frozenset[str]:
        """All that are answered."""
        return COMMANDS

    @property
    def replaces(self) -> bool:
        """No: the answer is sent."""
        return False

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The answer, later."""
        seconds = read_delay(self.delay).seconds(workspace.random)
        return put_off(workspace, seconds, lambda: usual(answer, request))


FAULTS: tuple[type[Parameters], ...] = (Hang, Latency)
