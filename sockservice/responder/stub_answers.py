"""The stubs of one workspace at work: which one answers a request, counted, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Request, Rows
from sockservice.responder.answering.plan import Step
from sockservice.responder.answering.situation import Situation
from sockservice.responder.journal import kept_of
from sockservice.responder.matching.condition import WITH_TEXT
from sockservice.responder.matching.failure import Failure, failure_of
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.near_miss import NearMiss, NearMisses
from sockservice.responder.matching.remembered import Remembered
from sockservice.responder.matching.subject import Limits, Subject
from sockservice.responder.shapes import Outline
from sockservice.responder.stub import WHILE_RUNNING, Rank, Stub, first_states
from sockservice.responder.tally import Tally

if TYPE_CHECKING:
    from sockservice.responder.stubs import Stubs
    from sockservice.responder.workspace import Found, Workspace

CHARACTERS: Final = 4 * 1024 * 1024
"""Of statements whose verdict is remembered, in each of two generations: about 20,000 statements."""
OUTLINES: Final = 512 * 1024
"""Characters of statements with parameters that are kept taken apart, in each of two generations."""
EXPLAINED: Final = 10_000
"""How many stubs are asked at most why they do not answer."""

_STUB_SIZE: Final = 8


class Verdict(NamedTuple):
    """What the text of a statement alone decides.

    Attributes:
        candidates: the stubs that may answer it, the likeliest first.
        found: the answer, where nothing but the text decides and it is always the same.
        tally: of the one that gives it.
    """

    candidates: tuple[Stub, ...]
    found: Found | None = None
    tally: Tally = Tally()


class StubAnswers:
    """Answers the requests that a stub of a workspace matches, and passes on the rest.

    The verdict over a statement without parameters is remembered by its text, in bounded memory, so that a statement
    seen before costs one look into a dict.

    Args:
        workspace: whose.
        files: the stubs of the files, below those that the workspace has for itself.
        characters: how many characters of statements a generation of what is remembered holds.

    Attributes:
        added: how many stubs were ever added for this workspace alone.
        version: another object whenever the stubs are others.
    """

    def __init__(self, workspace: Workspace, files: Stubs, *, characters: int = CHARACTERS) -> None:
        self._workspace = workspace
        self._files = files
        self._own: tuple[Stub, ...] = ()
        self._own_lookup = Lookup(())
        self._own_near_misses: NearMisses | None = None
        self.added = 0
        self._tallies: dict[Stub, Tally] = {}
        self._verdicts: Remembered[Verdict] = Remembered(characters, _size)
        self._outlines: Remembered[Outline] = Remembered(OUTLINES, lambda outline: 16 * len(outline.parts))
        self._begin_anew()

    @property
    def stubs(self) -> tuple[Stub, ...]:
        """All stubs, those of the workspace first."""
        return (*self._own, *self._files.current.stubs)

    @property
    def own(self) -> int:
        """How many stubs the workspace has for itself."""
        return len(self._own)

    def add(self, stubs: Iterable[Stub]) -> None:
        """Take stubs for this workspace alone, before all of their priority; one of the same name is replaced.

        Args:
            stubs: in their order; their ranks are made here.
        """
        found = tuple(stubs)
        self.added += len(found)
        new = tuple(
            attrs.evolve(stub, rank=Rank(stub.rank.priority, WHILE_RUNNING, order), locate=None)
            for order, stub in enumerate(found, -self.added)
        )
        names = {stub.name for stub in new}
        self._use((*new, *(stub for stub in self._own if stub.name not in names)))

    def reset(self) -> None:
        """Forget the stubs of this workspace alone, and begin those of the files anew."""
        self._use(())
        self._tallies.clear()

    def tally(self, stub: Stub) -> Tally:
        """How far a stub has come here."""
        tally = self._tallies.get(stub)
        if tally is None:
            tally = self._tallies[stub] = Tally()
        return tally

    @property
    def initial_states(self) -> Mapping[str, str]:
        """The state that each scenario begins in: the first one that a stub asks for, those of the files first."""
        return {**self._own_states, **self._files.current.initial_states}

    def find(self, request: Request) -> Found | None:
        """The answer of the stub that matches, the same object each time where it is constant; None where none does."""
        if self._of is not self._files.current:
            self._begin_anew()  # the files were read again
        if request.params or request.command not in WITH_TEXT:
            subject = self._subject(request)
            found = self._choose(self._candidates(subject), subject)
            return self._describe(subject) if found is None and request.command == "prepare" else found
        verdict = self._verdicts.young.get(request.text)
        if verdict is None:
            verdict = self._decide(request)
        if verdict.found is not None:
            verdict.tally.answered += 1
            return verdict.found
        if not verdict.candidates:
            return None
        return self._choose(verdict.candidates, self._subject(request))

    def near(self, request: Request) -> NearMiss | None:
        """The stub that almost answered a request which none did, and why it did not; None where none is near."""
        subject = self._subject(request)
        if self._own_near_misses is None:
            self._own_near_misses = NearMisses(self._own, self._own_lookup)
        found = [misses.nearest(subject, self._judge) for misses in (self._own_near_misses, self._of.near_misses)]
        return max((near for near in found if near is not None), key=lambda near: near.score, default=None)

    def explain(self, request: Request, most: int = EXPLAINED) -> list[tuple[Stub, str]]:
        """Which stubs would answer a request now, and why not the others.

        Args:
            request: any request; asking counts nowhere.
            most: how many stubs are asked, those that are tried first.

        Returns:
            The stubs in the order of their ranks, each with why it would not answer; ``""`` where it would if those
            before it did not.
        """
        subject = self._subject(request)
        stubs = sorted(self.stubs, key=lambda stub: stub.rank)[:most]
        failures = (
            (stub, failure_of(stub, subject, self._tallies.get(stub, Tally()), next_call=True)) for stub in stubs
        )
        return [(stub, "" if failure is None else failure.reason) for stub, failure in failures]

    def _judge(self, stub: Stub, subject: Subject) -> Failure | None:
        return failure_of(stub, subject, self._tallies.get(stub, Tally()))

    def _subject(self, request: Request) -> Subject:
        if self._of is not self._files.current:
            self._begin_anew()
        return Subject(request, self._workspace, self._limits, self._outlines)

    def _candidates(self, subject: Subject) -> tuple[Stub, ...]:
        own = self._own_lookup.candidates(subject) if self._own else ()
        found = self._of.lookup.candidates(subject)
        return tuple(sorted((*own, *found), key=lambda stub: stub.rank)) if own else found

    def _choose(self, candidates: Iterable[Stub], subject: Subject) -> Found | None:
        for stub in candidates:
            when = stub.when
            if not when.holds(subject):
                continue
            tally = self.tally(stub)
            tally.calls += 1
            if when.call is not None and not when.call.holds(when.call.count(tally, subject.session.connection_id)):
                continue
            step = stub.then.next(tally)
            if step is None:
                continue
            found = self._answer(stub, step, subject, tally)
            if found is not None:
                tally.answered += 1
                return found
            stub.then.give_back(tally)
        return None

    def _answer(self, stub: Stub, step: Step, subject: Subject, tally: Tally) -> Found | None:
        """What a step gives; None where its code passes the request on."""
        ready = step.ready
        if ready is not None:
            return ready, step.source, None
        when = stub.when
        situation = Situation(subject.request, self._workspace, when.groups(subject), when.values(subject), tally.calls)
        answer = step.make(situation)
        if answer is None:
            return None
        return answer, step.source if step.tagged is None else step.tagged(situation), None

    def _describe(self, subject: Subject) -> Found | None:
        """What a statement with unknown parameters would answer: that of the first stub which tells columns, if any."""
        first: Found | None = None
        for stub in (*self._own_lookup.possible(subject), *self._of.lookup.possible(subject)):
            if not stub.when.holds(subject):
                continue
            described = stub.then.describe(Situation(subject.request, self._workspace))
            if isinstance(described, (Rows, Deferred)):
                return described, stub.then.steps[0].source, None
            first = first or (described, stub.then.steps[0].source, None)
        return first

    # --- what is remembered

    def _use(self, own: tuple[Stub, ...]) -> None:
        """The workspace has other stubs for itself."""
        self._own, self._own_lookup, self._own_near_misses = own, Lookup(own), None
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Some stubs are others."""
        self.version = object()
        self._of = self._files.current
        known = set(self.stubs)
        self._tallies = {stub: tally for stub, tally in self._tallies.items() if stub in known}
        self._own_states = first_states(self._own)
        self._limits = Limits.together([self._own_lookup.limits, self._of.lookup.limits])
        self._verdicts.clear()
        self._outlines.clear()

    def _decide(self, request: Request) -> Verdict:
        verdict = self._verdicts.get(request.text)
        if verdict is None:
            candidates = self._candidates(self._subject(request))
            verdict = Verdict(candidates)
            first = candidates[0] if candidates else None
            if first is not None and first.when.fixed and first.then.only is not None:
                step = first.then.only
                assert step.constant is not None
                found = step.constant, step.source, kept_of(request.text, step.constant)
                verdict = Verdict(candidates, found, self.tally(first))
            self._verdicts.put(request.text, verdict)
        return verdict


def _size(verdict: Verdict) -> int:
    return _STUB_SIZE * len(verdict.candidates)
