"""The ``when`` of a stub, ready to be looked up and judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from sockservice.answers import Value
from sockservice.responder.answering.situation import NO_GROUPS
from sockservice.responder.matching.call_criterion import CallCriterion
from sockservice.responder.matching.combinations import AnyOf, nested, scenarios
from sockservice.responder.matching.criterion import Criterion
from sockservice.responder.matching.message_criteria import MessageText
from sockservice.responder.matching.parameters import Params
from sockservice.responder.matching.session_criteria import OfCommand
from sockservice.responder.matching.structure_criteria import Where
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.text_criteria import ByFingerprint, Regex, Sql, SqlExact
from sockservice.responder.matching.timed_pattern import TOO_SLOW, TimedPattern
from sockservice.responder.matching.value_matchers import Pattern
from sockservice.responder.printable import printable

STATEMENTS: Final = frozenset(["query", "execute"])
"""The commands that a stub for MySQL answers which asks for none."""
MESSAGES: Final = frozenset(["message"])
"""The command that a stub for messages answers which asks for none."""
WITH_TEXT: Final = STATEMENTS | MESSAGES
"""The commands whose text stubs are found by."""
_SHOWN: Final = 80


@attrs.frozen(eq=False)
class Condition:
    """What a request must have for a stub to answer it.

    Attributes:
        criteria: all that must hold, those in ``all`` among them.
        commands: the commands that are answered, as a :class:`sockservice.answers.Request` has them.
        call: which of the requests that have all this; None: each.
        key: the criterion among them that a table can decide; None where there is none.
    """

    criteria: tuple[Criterion, ...]
    commands: frozenset[str] = STATEMENTS
    call: CallCriterion | None = None
    key: SqlExact | Sql | ByFingerprint | MessageText | None = attrs.field(init=False)
    _fixed: tuple[Criterion, ...] = attrs.field(init=False)
    _varying: tuple[Criterion, ...] = attrs.field(init=False)

    @key.default
    def _make_key(self) -> SqlExact | Sql | ByFingerprint | MessageText | None:
        for kind in (SqlExact, Sql, ByFingerprint, MessageText):
            for criterion in self.criteria:
                if isinstance(criterion, kind):
                    return criterion
        return None

    @_fixed.default
    def _make_fixed(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.fixed and criterion is not self.key)

    @_varying.default
    def _make_varying(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.fixed)

    @property
    def fixed(self) -> bool:
        """Whether the text of a request and its parameters alone decide."""
        return not self._varying and self.call is None

    @property
    def weight(self) -> float:
        """How sure it is, where all of it holds, that a request was meant for its stub; as of a criterion."""
        return max((criterion.weight for criterion in self.criteria), default=0.0)

    @property
    def states(self) -> dict[str, str]:
        """The scenarios that it asks for, each with the state that it names first."""
        states: dict[str, str] = {}
        for scenario, state in scenarios(self.criteria):
            states.setdefault(scenario, state)
        return states

    @property
    def patterns(self) -> tuple[TimedPattern, ...]:
        """The regular expressions in it, for texts and for values."""
        found: list[TimedPattern] = []
        for criterion in nested(self.criteria):
            if isinstance(criterion, Regex):
                found.append(criterion.pattern)
            elif isinstance(criterion, (Params, Where)):
                found += [matcher.pattern for _, matcher in criterion.wanted if isinstance(matcher, Pattern)]
        return tuple(found)

    def belongs_to(self, owner: str) -> None:
        """Have the log say whose regular expression takes too long.

        Args:
            owner: for example ``the stub 'user by name'``.
        """
        for pattern in self.patterns:
            pattern.owner = owner

    @property
    def overrun(self) -> str:
        """Which of them has taken too long, in words; ``""`` for none."""
        slow = next((pattern for pattern in self.patterns if pattern.overruns), None)
        if slow is None:
            return ""
        text = slow.text if len(slow.text) <= _SHOWN else f"{slow.text[: _SHOWN - 1]}…"
        return f"the regular expression {printable(text)} {TOO_SLOW}"

    def fits(self, subject: Subject) -> bool:
        """Whether a request that meets :attr:`key` has all else that its text and parameters decide."""
        return all(criterion.holds(subject) for criterion in self._fixed)

    def holds(self, subject: Subject) -> bool:
        """Whether a request that fits has the rest, but for ``call``: what is judged anew each time."""
        return all(criterion.holds(subject) for criterion in self._varying)

    def meets(self, subject: Subject) -> bool:
        """Whether any request has all that is asked for, but for ``call``."""
        return subject.request.command in self.commands and all(criterion.holds(subject) for criterion in self.criteria)

    def failed(self, subject: Subject) -> list[Criterion]:
        """The criteria that a request does not meet, in the order of the file."""
        of_command = OfCommand(self.commands)
        every = (of_command, *(criterion for criterion in self.criteria if not isinstance(criterion, OfCommand)))
        return [criterion for criterion in every if not criterion.holds(subject)]

    def groups(self, subject: Subject) -> Mapping[str, str]:
        """The named groups of the first regular expression that matches the statement."""
        for criterion in nested(self.criteria):
            if isinstance(criterion, Regex) and criterion.holds(subject):
                return criterion.groups(subject)
        return NO_GROUPS

    def values(self, subject: Subject) -> tuple[Value, ...]:
        """What stands for the ``?`` of ``sql``; without, what is bound, or where nothing is all literals."""
        for criterion in self._possible_sql():
            if criterion.holds(subject):
                return subject.values(criterion.open_holes)
        return subject.values()

    def _possible_sql(self) -> list[Sql]:
        """Each ``sql`` that may have matched."""
        found = [criterion for criterion in self.criteria if isinstance(criterion, Sql)]
        for criterion in self.criteria:
            if isinstance(criterion, AnyOf):
                found += [one for group in criterion.groups for one in nested(group.criteria) if isinstance(one, Sql)]
        return found
