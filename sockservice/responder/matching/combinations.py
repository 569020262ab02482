"""``any`` and ``not``, and the criteria in them. Those in ``all`` count as if they stood beside it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from sockservice.responder.matching.criterion import NOTHING, Criterion
from sockservice.responder.matching.session_criteria import InState
from sockservice.responder.matching.subject import Subject


@attrs.frozen(eq=False)
class Group:
    """Criteria that must all hold.

    Attributes:
        criteria: at least one.
    """

    criteria: tuple[Criterion, ...]

    @property
    def fixed(self) -> bool:
        """Whether all are."""
        return all(criterion.fixed for criterion in self.criteria)

    @property
    def weight(self) -> float:
        """The greatest of theirs."""
        return max(criterion.weight for criterion in self.criteria)

    def holds(self, subject: Subject) -> bool:
        """Whether all hold."""
        return all(criterion.holds(subject) for criterion in self.criteria)

    def why_not(self, subject: Subject) -> str:
        """The first that does not hold."""
        return next((one.why_not(subject) for one in self.criteria if not one.holds(subject)), "met")


@attrs.frozen(eq=False)
class AnyOf:
    """``any``: one of several groups holds.

    Attributes:
        groups: they.
    """

    groups: tuple[Group, ...]

    @property
    def fixed(self) -> bool:
        """Whether all are."""
        return all(group.fixed for group in self.groups)

    @property
    def weight(self) -> float:
        """The least of theirs."""
        return min(group.weight for group in self.groups)

    def holds(self, subject: Subject) -> bool:
        """Whether one holds."""
        return any(group.holds(subject) for group in self.groups)

    def why_not(self, subject: Subject) -> str:
        """Why the first does not hold, and how many others do not either."""
        first = self.groups[0].why_not(subject)
        more = len(self.groups) - 1
        return f"any: {first}{f' (nor does one of {more} others)' if more else ''}"


@attrs.frozen(eq=False)
class Not:
    """``not``: a group does not hold.

    Attributes:
        group: it.
    """

    group: Group
    weight = NOTHING

    @property
    def fixed(self) -> bool:
        """Whether the group is."""
        return self.group.fixed

    def holds(self, subject: Subject) -> bool:
        """Whether the group does not hold; what depends on a value that is not known yet may not hold."""
        return not self.group.holds(subject) or subject.is_open(subject.literals)

    def why_not(self, subject: Subject) -> str:  # noqa: ARG002
        """That it does hold."""
        return "not: what must not hold does"


def nested(criteria: tuple[Criterion, ...]) -> Iterator[Criterion]:
    """These criteria and all inside of them, in the order of the file."""
    for criterion in criteria:
        yield criterion
        if isinstance(criterion, AnyOf):
            for group in criterion.groups:
                yield from nested(group.criteria)
        elif isinstance(criterion, Not):
            yield from nested(criterion.group.criteria)


def scenarios(criteria: tuple[Criterion, ...]) -> Iterator[tuple[str, str]]:
    """The scenarios that these ask for, each with the state that is named first."""
    for criterion in nested(criteria):
        if isinstance(criterion, InState):
            yield criterion.scenario, criterion.state
