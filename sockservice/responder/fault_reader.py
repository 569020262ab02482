"""Faults by name: what stub files, options and statements write, as values."""

from __future__ import annotations

from typing import Any

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Request
from sockservice.error_codes import error
from sockservice.errors import did_you_mean
from sockservice.responder.faults import Fault
from sockservice.responder.workspace import Workspace


@attrs.define
class Deadlock:
    """Error 1213, and the transaction is rolled back.

    Attributes:
        parameters: what it was given.
        name: ``deadlock``.
        replaces: True.
    """

    parameters: Any
    name: str = "deadlock"
    replaces: bool = True

    def apply(self, _answer: Answer | None, request: Request, _workspace: Workspace) -> Answer | Deferred[Answer]:
        """The error in place of any answer."""
        request.session.in_transaction = False
        return error("ER_LOCK_DEADLOCK")


def read_fault(value: Any) -> Fault:
    """The fault that a value describes: a name, or a map from the name to its parameters.

    Raises:
        ValueError: it describes none.
    """
    name, parameters = next(iter(value.items())) if isinstance(value, dict) else (value, {})
    if name != "deadlock":
        raise ValueError(f"there is no fault {name!r}{did_you_mean(str(name), ['deadlock'])}")
    return Deadlock(parameters)
