"""One fault at work in one workspace: whether it strikes a request, and how often it has."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec import UNSET

from sockservice.answers import Request
from sockservice.responder.answering.durations import read_duration
from sockservice.responder.faults.fault import Fault
from sockservice.responder.matching.subject import Subject

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace


class ArmedFault:
    """A fault and its counts.

    Args:
        number: by which it is known in its workspace; 0 for that of a stub.
        fault: which.
        workspace: where.

    Attributes:
        number: as given.
        fault: as given.
        since: when it was armed, in seconds of the workspace's clock.
        met: how many requests it could have struck.
        struck: how many it has struck.
        struck_at: when it did last, in seconds of the workspace's clock; None before that.
        renewed: the users who have given themselves a new password (``password_expired``).
    """

    __slots__ = ("_random", "_workspace", "fault", "met", "number", "renewed", "since", "struck", "struck_at")

    def __init__(self, number: int, fault: Fault, workspace: Workspace) -> None:
        self.number = number
        self.fault = fault
        self.since = workspace.clock.seconds()
        self.met = 0
        self.struck = 0
        self.struck_at: float | None = None
        self.renewed: set[str] = set()
        self._workspace = workspace
        seed = fault.parameters.seed
        self._random = workspace.random if seed is UNSET else Random(seed)  # noqa: S311 - a test's dice

    @property
    def now(self) -> float:
        """Seconds of the workspace's clock."""
        return self._workspace.clock.seconds()

    @property
    def over(self) -> bool:
        """Whether it will never strike again."""
        parameters = self.fault.parameters
        lingers = self.struck_at is not None and self.now < self.struck_at + parameters.linger
        return self._spent and not lingers

    @property
    def left(self) -> int | None:
        """How often it may strike yet; None where that has no limit."""
        times = self.fault.parameters.times
        return None if times is UNSET else times - self.struck

    @property
    def _spent(self) -> bool:
        parameters = self.fault.parameters
        if parameters.window is not UNSET and self.now >= self.since + read_duration(parameters.window):
            return True
        return parameters.times is not UNSET and self.struck >= parameters.times

    def strikes(self, request: Request, *, chosen: bool = False) -> bool:
        """Whether it strikes a request, which is counted.

        Args:
            request: what was asked.
            chosen: whether it is known already that the request is one of those that are meant.
        """
        parameters = self.fault.parameters
        if not chosen and parameters.follows(request, self):
            return True
        if self._spent or not (self._in_scope(request) and (chosen or self._means(request))):
            return False
        if not parameters.due(request, self):
            return False
        self.met += 1
        if self.met % parameters.every:
            return False
        if parameters.probability < 1 and self._random.random() >= parameters.probability:
            return False
        self.struck += 1
        self.struck_at = self.now
        return True

    def _in_scope(self, request: Request) -> bool:
        parameters, session = self.fault.parameters, request.session
        return (
            (parameters.user is UNSET or parameters.user == _bare(session.user))
            and (parameters.database is UNSET or parameters.database == _bare(session.database))
            and (parameters.host is UNSET or parameters.host == session.host)
            and (parameters.connection is UNSET or parameters.connection == session.connection_id)
            and (parameters.workspace is UNSET or parameters.workspace == self._workspace.name)
        )

    def _means(self, request: Request) -> bool:
        """Whether the request is one of those that it strikes."""
        parameters = self.fault.parameters
        if request.command not in parameters.commands:
            return False
        if self.fault.judge is not None:
            return self.fault.judge.holds(Subject(request, self._workspace))
        return parameters.chooses(request)


def _bare(name: str) -> str:
    """The name of a user or database without the workspace behind its last ``@``."""
    return name.rpartition("@")[0] or name
