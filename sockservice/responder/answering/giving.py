"""What happens with an answer when it is given: states are set, it is broken, paced, delayed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import attrs
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from sockservice.answers import Answer, Disturbed, Error, Request, Results
from sockservice.disturbances import Disturbance
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.durations import Delay
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe, failure
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.template import Template, TemplateFailed

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

_ENDING: Final = frozenset([1213, 1614, 3101])
"""ER_LOCK_DEADLOCK, ER_XA_RBDEADLOCK, ER_TRANSACTION_ROLLBACK_DURING_COMMIT (MySQL 8.4 manual, 17.20.5 "InnoDB Error
Handling"). After a lock wait timeout the transaction stays open."""

Disturbing: TypeAlias = Callable[[Random], Disturbance]
"""Makes a disturbance; what is random in it comes from the argument."""


class Breaking(Protocol):
    """A fault that a stub names."""

    @property
    def replaces(self) -> bool:
        """Whether nothing of the answer is sent."""

    def strikes(self, request: Request, workspace: Workspace) -> bool:
        """Whether it breaks the answer this time, which is counted."""

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Break an answer; None where the stub has none beside the fault."""


@attrs.frozen(eq=False)
class Giving:
    """Gives an answer, and lets happen what happens with it, in this order.

    Attributes:
        recipe: of the answer; None where only the fault answers: where it does not strike, the next stub does.
        dice: whose name stands in errors, and where chance comes from.
        states: the states of scenarios that are set.
        fault: breaks the answer.
        disturbing: what else is wrong with how it is sent.
        delay: the pause before it.
    """

    recipe: Recipe | None
    dice: Dice
    states: tuple[tuple[str, str | Template], ...] = ()
    fault: Breaking | None = None
    disturbing: tuple[Disturbing, ...] = ()
    delay: Delay | None = None

    def make(self, situation: Situation) -> Made:
        """The answer to a request; an error that says why where there is none in this situation."""
        try:
            states = self._states(situation)
            if self._replaced(situation):
                situation.workspace.states.update(states)
                return self._struck(None, situation)
            answer = None if self.recipe is None else self.recipe.make(situation)
        except CannotAnswer as reason:
            return failure(self.dice.name, str(reason))
        if answer is None and self.recipe is not None:
            return None
        if self.recipe is None and not self._strikes(situation):
            return None
        situation.workspace.states.update(states)
        if isinstance(answer, Deferred):
            return answer.addCallbacks(self._broken, self._failed, callbackArgs=(situation,))
        return self._broken(answer, situation)

    @property
    def _strikes_first(self) -> bool:
        """Whether the fault is asked before the answer is made, since making that would change something in vain."""
        return self.fault is not None and self.fault.replaces and self.recipe is not None and self.recipe.acts

    def _replaced(self, situation: Situation) -> bool:
        """Whether the fault strikes in place of what would change something."""
        return self._strikes_first and self._strikes(situation)

    def _failed(self, reason: Failure) -> Answer:
        if isinstance(reason.value, CannotAnswer):
            return failure(self.dice.name, str(reason.value))
        assert reason.value is not None
        raise reason.value

    def _states(self, situation: Situation) -> dict[str, str]:
        if not any(isinstance(state, Template) for _, state in self.states):
            return dict(self.states)  # type: ignore[arg-type]
        from sockservice.responder.answering.templates.names import names_of

        names = names_of(situation, self.dice)
        try:
            return {
                scenario: state.filled(names) if isinstance(state, Template) else state
                for scenario, state in self.states
            }
        except TemplateFailed as reason:
            raise CannotAnswer(f"set_state: {reason}") from None

    def _broken(self, answer: Answer | None, situation: Situation) -> Answer | Deferred[Answer]:
        if self.fault is None or (answer is not None and (self._strikes_first or not self._strikes(situation))):
            assert answer is not None
            return self._sent(answer, situation)
        return self._struck(answer, situation)

    def _struck(self, answer: Answer | None, situation: Situation) -> Answer | Deferred[Answer]:
        """The answer as the fault breaks it."""
        assert self.fault is not None
        broken = self.fault.apply(answer, situation.request, situation.workspace)
        if isinstance(broken, Deferred):
            return broken.addCallback(self._sent, situation)
        return self._sent(broken, situation)

    def _strikes(self, situation: Situation) -> bool:
        return self.fault is not None and self.fault.strikes(situation.request, situation.workspace)

    def _sent(self, answer: Answer, situation: Situation) -> Answer | Deferred[Answer]:
        workspace = situation.workspace
        if ends_transaction(answer):
            situation.request.session.in_transaction = False
        if self.disturbing:
            random = self.dice.random(workspace)
            answer = disturbed(answer, tuple(disturbing(random) for disturbing in self.disturbing))
        if self.delay is None:
            return answer
        seconds = self.delay.seconds(self.dice.random(workspace))
        return workspace.after(seconds).addCallback(lambda _: answer) if seconds else answer


def ends_transaction(answer: Answer | None) -> bool:
    """Whether an answer is an error with which the server has rolled back the whole transaction."""
    if isinstance(answer, Disturbed):
        answer = answer.answer
    if isinstance(answer, Results):
        answer = answer.results[-1]
    return isinstance(answer, Error) and answer.code in _ENDING


def disturbed(answer: Answer, disturbances: tuple[Disturbance, ...]) -> Disturbed:
    """An answer with disturbances, besides those that it has; of a kind that it has already, the first one stays.

    Args:
        answer: it.
        disturbances: at most one of a kind.
    """
    if not isinstance(answer, Disturbed):
        return Disturbed(answer, disturbances)
    there = {type(disturbance) for disturbance in answer.disturbances}
    more = tuple(disturbance for disturbance in disturbances if type(disturbance) not in there)
    return Disturbed(answer.answer, (*answer.disturbances, *more))
