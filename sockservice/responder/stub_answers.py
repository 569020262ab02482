"""The stubs of one workspace at work: which one answers a request, counted, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from sockservice.answers import Request
from sockservice.responder.lookup import Lookup
from sockservice.responder.plan import Step
from sockservice.responder.situation import Situation
from sockservice.responder.stub import WHILE_RUNNING, Rank, Stub
from sockservice.responder.subject import Subject
from sockservice.responder.tally import Tally

if TYPE_CHECKING:
    from sockservice.responder.stubs import Stubs
    from sockservice.responder.workspace import Found, Workspace

CHARACTERS: Final = 4 * 1024 * 1024
"""Of statements whose verdict is remembered, in each of two generations: about 20,000 statements."""

_OVERHEAD: Final = 150
"""Bytes that an entry costs beside its text, counted as characters."""


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

    The verdict over a statement without parameters is remembered by its text, so that a statement seen before costs
    one look into a dict. Memory is bounded: when a generation of verdicts is full it becomes the older one, and what
    is asked again moves back into the younger.

    Args:
        workspace: whose.
        files: the stubs of the files, below those that the workspace has for itself.
        characters: how many characters of statements a generation holds.

    Attributes:
        added: how many stubs were ever added for this workspace alone.
    """

    def __init__(self, workspace: Workspace, files: Stubs, *, characters: int = CHARACTERS) -> None:
        self._workspace = workspace
        self._files = files
        self._characters = characters
        self._own: tuple[Stub, ...] = ()
        self._own_lookup = Lookup(())
        self.added = 0
        self._tallies: dict[Stub, Tally] = {}
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
        self._own = (*new, *(stub for stub in self._own if stub.name not in names))
        self._own_lookup = Lookup(self._own)
        self._forget_verdicts()

    def reset(self) -> None:
        """Forget the stubs of this workspace alone, and begin those of the files anew."""
        self._own, self._own_lookup = (), Lookup(())
        self._tallies.clear()
        self._forget_verdicts()

    def tally(self, stub: Stub) -> Tally:
        """How far a stub has come here."""
        tally = self._tallies.get(stub)
        if tally is None:
            tally = self._tallies[stub] = Tally()
        return tally

    def find(self, request: Request) -> Found | None:
        """The answer of the stub that matches, the same object each time where it is constant; None where none does."""
        if self._of is not self._files.current:
            self._begin_anew()
        if request.command == "prepare":
            return self._describe(request)
        if request.params or request.command not in ("query", "execute"):
            subject = Subject(request, self._workspace)
            return self._choose(self._candidates(subject), subject)
        verdict = self._verdicts.get(request.text)
        if verdict is None:
            verdict = self._decide(request)
        if verdict.found is not None:
            verdict.tally.answered += 1
            return verdict.found
        if not verdict.candidates:
            return None
        return self._choose(verdict.candidates, Subject(request, self._workspace))

    def _candidates(self, subject: Subject) -> tuple[Stub, ...]:
        own = self._own_lookup.candidates(subject) if self._own else ()
        found = self._of.lookup.candidates(subject)
        return tuple(sorted((*own, *found), key=lambda stub: stub.rank)) if own else found

    def _choose(self, candidates: Iterable[Stub], subject: Subject) -> Found | None:
        for stub in candidates:
            if not stub.when.holds(subject):
                continue
            tally = self.tally(stub)
            tally.calls += 1
            step = stub.then.next(tally)
            if step is None:
                continue
            found = self._answer(step, subject, tally)
            if found is not None:
                tally.answered += 1
                return found
            stub.then.give_back(tally)
        return None

    def _answer(self, step: Step, subject: Subject, tally: Tally) -> Found | None:
        """What a step gives; None where its code passes the request on."""
        ready = step.ready
        if ready is not None:
            return ready, step.source
        situation = Situation(subject.request, self._workspace, call=tally.calls)
        answer = step.make(situation)
        if answer is None:
            return None
        return answer, step.source if step.tagged is None else step.tagged(situation)

    def _describe(self, request: Request) -> Found | None:
        """What a statement with unknown parameters would answer."""
        subject = Subject(request, self._workspace)
        for stub in (*self._own_lookup.possible(subject), *self._of.lookup.possible(subject)):
            return stub.then.describe(), stub.then.steps[0].source
        return None

    # --- what is remembered

    def _begin_anew(self) -> None:
        """The files were read again: their stubs are others."""
        self._of = self._files.current
        known = set(self.stubs)
        self._tallies = {stub: tally for stub, tally in self._tallies.items() if stub in known}
        self._forget_verdicts()

    def _forget_verdicts(self) -> None:
        self._verdicts: dict[str, Verdict] = {}
        self._older: dict[str, Verdict] = {}
        self._room = self._characters

    def _decide(self, request: Request) -> Verdict:
        verdict = self._older.get(request.text)
        if verdict is None:
            candidates = self._candidates(Subject(request, self._workspace))
            verdict = Verdict(candidates)
            first = candidates[0] if candidates else None
            if first is not None and first.when.fixed and first.then.only is not None:
                step = first.then.only
                assert step.constant is not None
                verdict = Verdict(candidates, (step.constant, step.source), self.tally(first))
        cost = len(request.text) + _OVERHEAD
        if cost <= self._characters // 16:
            self._room -= cost
            if self._room < 0:
                self._older, self._verdicts = self._verdicts, {}
                self._room = self._characters - cost
            self._verdicts[request.text] = verdict
        return verdict
