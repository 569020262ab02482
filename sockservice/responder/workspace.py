"""A workspace: an isolated set of stubs, states, faults and journal, so that parallel tests share one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.interfaces import IResponder
from sockservice.responder.faults import ArmedFaults
from sockservice.responder.journal import Journal, Source
from sockservice.responder.sql_prepare import SqlPrepare
from sockservice.responder.stub_answers import StubAnswers

if TYPE_CHECKING:
    from sockservice.responder.stubs import Stubs

Found = tuple[Answer | Deferred[Answer], Source | None]
"""An answer, and what gave it; None where that is in the journal already."""

Find = Callable[[Request], Found | None]
"""Looks for the answer to a request; None where it has none."""

CHATTER: Final = Source("chatter")
FALLBACK: Final = Source("fallback")


@implementer(IResponder)
class Workspace:
    """Answers the requests of the sessions that are in it: *faults -> stubs -> chatter -> fallback*.

    Args:
        name: what it is called; ``""`` for the one of all who ask for none.
        files: the stubs that all workspaces share.
        behind: who answers what no stub does, in order, each with what the journal calls it.
        clock: the reactor, for delays.
        journal: its journal.

    Attributes:
        stubs: the stubs at work.
        states: the states of scenarios that were set; see :meth:`state`.
        counters: the counters of templates, by name.
        random: random numbers, for templates and faults that bring no seed of their own.
        faults: the faults that are armed.
        For the others see the arguments.
    """

    def __init__(
        self,
        name: str,
        files: Stubs,
        behind: Sequence[tuple[Source, IResponder]],
        clock: IReactorTime,
        journal: Journal,
    ) -> None:
        self.name = name
        self.files = files
        self.clock = clock
        self.journal = journal
        self.states: dict[str, str] = {}
        self.counters: dict[str, int] = {}
        self.random = Random()  # noqa: S311 - nothing is kept secret by it
        self.faults = ArmedFaults()
        self.stubs = StubAnswers(self, files)
        prepare = SqlPrepare(self).respond
        self._finds: tuple[Find, ...] = (
            self.stubs.find,
            _named(None, prepare),
            *(_find_of(source, responder) for source, responder in behind),
        )

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer, which goes into the journal; None where nobody has one."""
        found = self._struck(request) if self.faults else self._find(request)
        if found is None:
            return None
        answer, source = found
        if source is not None:
            self.journal.add(request, answer, source)
        return answer

    def state(self, scenario: str) -> str:
        """The state that a scenario is in: the one that was set last, else the first that the files ask for."""
        state = self.states.get(scenario)
        return self.stubs.initial_states.get(scenario, "") if state is None else state

    def after(self, seconds: float) -> Deferred[None]:
        """A Deferred that fires later; cancelling it, as where the client is gone, frees the clock."""
        call = self.clock.callLater(seconds, lambda: waited.callback(None))
        waited: Deferred[None] = Deferred(lambda _: call.cancel())
        return waited

    def reset(self) -> None:
        """As at the beginning: no stubs of its own, no states, no faults, an empty journal."""
        self.states.clear()
        self.counters.clear()
        self.faults.clear()
        self.stubs.reset()
        self.journal.clear()

    def _find(self, request: Request) -> Found | None:
        for find in self._finds:
            found = find(request)
            if found is not None:
                return found
        return None

    def _struck(self, request: Request) -> Found | None:
        """The answer where faults are armed."""
        fault = self.faults.strike(request)
        if fault is None:
            return self._find(request)
        source = Source("fault", fault.name)
        if fault.replaces:
            return fault.apply(None, request, self), source
        found = self._find(request)
        if found is None:
            return fault.apply(None, request, self), source
        answer = found[0]
        if isinstance(answer, Deferred):
            return answer.addCallback(fault.apply, request, self), source
        return fault.apply(answer, request, self), source


def _find_of(source: Source, responder: IResponder) -> Find:
    """How a responder is asked: one that says itself what gave an answer has a ``find``, as the fallback has."""
    find: Find | None = getattr(responder, "find", None)
    return find or _named(source, responder.respond)


def _named(source: Source | None, respond: Callable[[Request], Answer | Deferred[Answer] | None]) -> Find:
    def find(request: Request) -> Found | None:
        answer = respond(request)
        return None if answer is None else (answer, source)

    return find
