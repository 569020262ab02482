"""Why a stub does not answer a request."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import attrs

from sockservice.responder.matching.criterion import KIND, NOTHING, Criterion
from sockservice.responder.matching.subject import Subject
from sockservice.responder.stub import Stub
from sockservice.responder.tally import Tally

PARTLY: Final = 0.6
"""The weight of what says which statement is meant, where another criterion that does so failed."""
USED_UP: Final = "all its answers are used up"


@attrs.frozen
class Failure:
    """What keeps a stub from answering.

    Attributes:
        reason: the first criterion that failed, for example ``params[0]: expected 42, got 43``.
        count: how many failed.
        weight: how sure the criteria that hold are that the stub is meant.
        fixed: whether the same request fails for the same reason each time.
    """

    reason: str
    count: int
    weight: float
    fixed: bool


Judge: TypeAlias = Callable[[Stub, Subject], Failure | None]
"""Says why a stub does not answer a request; None where it would."""


def failure_of(stub: Stub, subject: Subject, tally: Tally | None = None, *, next_call: bool = False) -> Failure | None:
    """Why a stub does not answer a request; None where it would.

    Args:
        stub: the stub.
        subject: the request.
        tally: how far the stub has come; None: nothing is known of that.
        next_call: whether the request is to come: else it was the last one that was counted.
    """
    failed = stub.when.failed(subject)
    if failed:
        return Failure(failed[0].why_not(subject), len(failed), _weight(stub, failed), failed[0].fixed)
    if tally is None:
        return None
    call = stub.when.call
    if call is not None:
        number = call.calls(tally, subject.session.connection_id) + next_call
        if not call.holds(number):
            return Failure(call.why_not(number), 1, stub.when.weight, fixed=False)
    # The plan counts what it gives: asked is a copy.
    if stub.then.ends and stub.then.next(copy.copy(tally)) is None:
        return Failure(USED_UP, 1, stub.when.weight, fixed=False)
    return None


def _weight(stub: Stub, failed: Sequence[Criterion]) -> float:
    held = max((one.weight for one in stub.when.criteria if one not in failed), default=NOTHING)
    return held if not any(one.weight for one in failed) else min(held, PARTLY) if held > KIND else NOTHING
