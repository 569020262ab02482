"""Faults that are armed: broken answers that strike requests whatever would answer them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Request

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace


class Fault(Protocol):
    """A broken answer by name.

    Attributes:
        name: for example ``deadlock``.
        replaces: whether nobody is asked for the answer that it breaks, since nothing of it is sent.
        parameters: what it was given, as a value that JSON can be made of.
    """

    name: str
    replaces: bool
    parameters: Any

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Break an answer.

        Args:
            answer: what would be sent; None where the fault replaces it, or nobody answers.
            request: which request it answers.
            workspace: where.
        """


@attrs.define
class ArmedFault:
    """A fault and its counts.

    Attributes:
        number: by which it is known in its workspace.
        fault: which.
        met: how many requests it could have struck.
        struck: how many it has struck.
        left: how often it may strike yet; None where that has no limit.
    """

    number: int
    fault: Fault
    met: int = 0
    struck: int = 0
    left: int | None = None


class ArmedFaults:
    """The faults that are armed in one workspace, in the order in which they were."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._armed: list[ArmedFault] = []

    def __bool__(self) -> bool:
        return bool(self._armed)

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._armed)

    def arm(self, fault: Fault) -> int:
        """Arm a fault, behind all that are armed.

        Returns:
            Its number, by which :meth:`disarm` knows it.
        """
        armed = ArmedFault(next(self._numbers), fault)
        self._armed.append(armed)
        return armed.number

    def disarm(self, which: int | str) -> int:
        """Disarm a fault by its number, or all of a name.

        Returns:
            How many that were.
        """
        kept = [armed for armed in self._armed if which not in (armed.number, armed.fault.name)]
        count = len(self._armed) - len(kept)
        self._armed = kept
        return count

    def strike(self, request: Request) -> Fault | None:
        """The fault that strikes a request, which is counted; None for most."""
        if not self._armed or request.command != "query":
            return None
        armed = self._armed[0]
        armed.met += 1
        armed.struck += 1
        return armed.fault

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()
