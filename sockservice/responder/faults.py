"""Faults that are armed: broken answers that strike requests whatever would answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Request

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace


class Fault(Protocol):
    """A broken answer by name.

    Attributes:
        name: for example ``deadlock``.
        replaces: whether nobody is asked for the answer that it breaks, since nothing of it is sent.
    """

    name: str
    replaces: bool

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Break an answer.

        Args:
            answer: what would be sent; None where the fault replaces it, or nobody answers.
            request: which request it answers.
            workspace: where.
        """


class ArmedFaults:
    """The faults that are armed in one workspace, in the order in which they were."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._armed)

    def strike(self, request: Request) -> Fault | None:
        """The fault that strikes a request, which is counted; None for most."""
        return self._armed[0] if self._armed and request.command == "query" else None

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()
