"""A stub: which requests it answers, and what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from sockservice.errors import Place

if TYPE_CHECKING:
    from sockservice.responder.answering.plan import Plan
    from sockservice.responder.matching.condition import Condition


WHILE_RUNNING: Final = 0
"""The layer of the stubs that were made while the server runs."""
FROM_FILES: Final = 1
"""The layer of the stubs of files."""


class Rank(NamedTuple):
    """Of several stubs that match, the one with the lowest rank answers.

    Attributes:
        priority: 1 to 9, as its author says.
        layer: :data:`WHILE_RUNNING` or :data:`FROM_FILES`.
        order: the place in the files; the newest first among those made while the server runs.
    """

    priority: int = 5
    layer: int = FROM_FILES
    order: int = 0


@attrs.frozen(eq=False)
class Stub:
    """A rule. The same for all workspaces: what changes is in each one's :class:`Tally` of it.

    Attributes:
        name: what messages call it.
        when: which requests it answers.
        then: what it answers.
        rank: which of several that match answers.
        locate: tells where it stands in a file, for which that is read once more; None where it is in none.
    """

    name: str
    when: Condition
    then: Plan
    rank: Rank = attrs.field(factory=Rank)
    locate: Callable[[], Place] | None = None


def first_states(stubs: Iterable[Stub]) -> dict[str, str]:
    """The state that each scenario begins in: the first one that one of these stubs asks for."""
    states: dict[str, str] = {}
    for stub in stubs:
        for scenario, state in stub.when.states.items():
            states.setdefault(scenario, state)
    return states
