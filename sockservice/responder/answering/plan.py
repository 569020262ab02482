"""The ``then`` of a stub, ready to be given: one answer, or a sequence of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Error, Ok
from sockservice.responder.answering.situation import Situation
from sockservice.responder.journal import Source
from sockservice.responder.tally import Tally

_NO_COLUMNS: Final = Ok()


@attrs.frozen(eq=False)
class Step:
    """One answer of a sequence, and what happens when it is given.

    Attributes:
        make: makes the answer, and lets happen what happens with it; a Deferred where that takes time, or is to; None
            where the author's code passes the request on to the next stub.
        source: what the journal says of it.
        constant: the answer, where it is the same object each time.
        described: what PREPARE is told instead of the answer, where that cannot be made before it is executed.
        times: how often it is given before the next one has its turn; None: once, and the last one for ever.
        tagged: what the journal says of it, where its tags depend on the request.
        alone: whether nothing happens but the answer, so that a constant one may be given without ``make``.
        may_pass: whether ``make`` may give None.
        describe: makes what PREPARE is told, where that depends on the request.
    """

    make: Callable[[Situation], Answer | Deferred[Answer] | None]
    source: Source
    constant: Answer | None = None
    described: Answer | None = None
    times: int | None = None
    tagged: Callable[[Situation], Source] | None = None
    alone: bool = True
    may_pass: bool = False
    describe: Callable[[Situation], Answer | Deferred[Answer] | None] | None = None

    @property
    def ready(self) -> Answer | None:
        """The answer that may be given as it is, without anything else; None where it has to be made."""
        return self.constant if self.alone and self.tagged is None else None


@attrs.frozen(eq=False)
class Plan:
    """What a stub answers, call by call.

    Attributes:
        steps: at least one.
        cycle: whether the first step follows the last one.
        may_pass: whether the stub passes requests on, at times: it may be exhausted, or its code may have no answer.
    """

    steps: tuple[Step, ...]
    cycle: bool = False
    may_pass: bool = attrs.field(init=False)

    @may_pass.default
    def _find_may_pass(self) -> bool:
        return self.ends or any(step.may_pass for step in self.steps)

    @property
    def only(self) -> Step | None:
        """The step that is given each time, where its answer is constant and nothing but the answer happens."""
        step = self.steps[0]
        return step if len(self.steps) == 1 and step.times is None and step.ready is not None else None

    @property
    def ends(self) -> bool:
        """Whether the stub may be exhausted: it passes requests on then."""
        return self.steps[-1].times is not None and not self.cycle

    def next(self, tally: Tally) -> Step | None:
        """The step that is due, which is counted; None where the plan is exhausted.

        Args:
            tally: of this stub in the workspace.
        """
        last = len(self.steps) - 1
        while tally.step <= last:
            step = self.steps[tally.step]
            times = step.times
            if times is None:
                if tally.step == last and not self.cycle:
                    return step
                times = 1
            if tally.given < times:
                tally.given += 1
                return step
            tally.step, tally.given = tally.step + 1, 0
            if self.cycle and tally.step > last:
                tally.step = 0
        return None

    @staticmethod
    def give_back(tally: Tally) -> None:
        """Take back what :meth:`next` counted: the step gave no answer.

        Args:
            tally: of this stub in the workspace.
        """
        tally.given = max(tally.given - 1, 0)

    def describe(self, situation: Situation | None = None) -> Answer | Deferred[Answer]:
        """What PREPARE is told: the columns of the first step that has some; an error waits until it is executed.

        Args:
            situation: the request of PREPARE; without it, what depends on that is not asked.
        """
        for step in self.steps:
            if step.describe is not None and situation is not None:
                asked = step.describe(situation)
                if asked is not None:
                    return asked
            described = step.described or step.constant
            if described is not None and not isinstance(described, Error):
                return described
        return _NO_COLUMNS


def constant(answer: Answer, source: Source) -> Plan:
    """A plan of one answer that never changes."""
    return Plan((Step(lambda _situation: answer, source, answer),))
