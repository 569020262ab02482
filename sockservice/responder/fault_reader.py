"""Faults that stubs name: the two that the reference of stub files shows."""

from __future__ import annotations

from typing import Any, Final

import attrs

from sockservice.answers import Answer, Disturbed, Request
from sockservice.disturbances import Break
from sockservice.error_codes import error
from sockservice.errors import did_you_mean
from sockservice.responder.workspace import Workspace

_NAMES: Final = ("disconnect_after_rows", "too_many_connections")


@attrs.frozen
class NamedFault:
    """A broken answer by name.

    Attributes:
        name: which.
        rows: behind how many rows the connection ends, where it ends behind rows.
    """

    name: str
    rows: int = 0

    @property
    def replaces(self) -> bool:
        """Whether nothing of the answer is sent."""
        return self.name == "too_many_connections"

    def strikes(self, request: Request, workspace: Workspace) -> bool:
        """Whether it breaks the answer this time."""
        del request, workspace
        return True

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer:
        """Break an answer."""
        del request, workspace
        if self.replaces:
            return error("ER_CON_COUNT_ERROR")
        return Disturbed(answer, (Break(after_rows=self.rows),))


def read_fault(value: Any) -> NamedFault:
    """A fault.

    Args:
        value: its name, or a map from its name to what it takes.

    Raises:
        ValueError: it is none; the message says what is wrong.
    """
    name, inside = value, 0
    if isinstance(value, dict):
        if len(value) != 1:
            raise ValueError("a fault is one name, or a map from one name to what it takes")
        ((name, inside),) = value.items()
    if name not in _NAMES:
        raise ValueError(f"{name!r} is not a fault{did_you_mean(str(name), _NAMES)}")
    if isinstance(inside, bool) or not isinstance(inside, int):
        raise ValueError(f"{name!r} takes a number")
    return NamedFault(name, inside)
