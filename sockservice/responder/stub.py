"""A stub: which requests it answers, and what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from sockservice.errors import Place

if TYPE_CHECKING:
    from sockservice.responder.condition import Condition
    from sockservice.responder.plan import Plan


class Rank(NamedTuple):
    """Of several stubs that match, the one with the lowest rank answers.

    Attributes:
        priority: 1 to 9, as its author says.
        layer: 0 for stubs that were made while the server runs, 1 for those of files.
        order: the place in the files; the newest first among those made while the server runs.
    """

    priority: int = 5
    layer: int = 1
    order: int = 0


@attrs.frozen(eq=False)
class Stub:
    """A rule. The same for all workspaces: what changes is in each one's :class:`Tally` of it.

    Attributes:
        name: what messages call it.
        when: which requests it answers.
        then: what it answers.
        rank: which of several that match answers.
        place: where it stands in a file, or None.
    """

    name: str
    when: Condition
    then: Plan
    rank: Rank = attrs.field(factory=Rank)
    place: Place | None = None
