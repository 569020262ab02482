"""A workspace: an isolated set of stubs, states, faults and journal, so that parallel tests share one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.interfaces import IData, IResponder
from sockservice.responder.answering.dice import Dice
from sockservice.responder.control.control import Control
from sockservice.responder.faults.armed_faults import ArmedFaults
from sockservice.responder.faults.fault import Fault
from sockservice.responder.journal import Journal, Kept, Source
from sockservice.responder.sql_prepare import SqlPrepare
from sockservice.responder.stub_answers import CHARACTERS, StubAnswers

if TYPE_CHECKING:
    from sockservice.responder.stubs import Stubs

Found = tuple[Answer | Deferred[Answer], Source | None, Kept | None]
"""An answer; what gave it, or None where that is in the journal already; and what the journal keeps of it each time."""

Respond = Callable[[Request], Answer | Deferred[Answer] | None]

CHATTER: Final = Source("chatter")
SQL: Final = Source("sql")
FALLBACK: Final = Source("fallback")
SERVER: Final = Source("server")

_SHARE: Final = 16
"""What part of the verdicts of the default workspace another one remembers: there may be a thousand of them."""
_MARK: Final = "sockservice"
"""What a statement holds that may be for the control."""


@implementer(IResponder)
class Workspace:
    """Answers the requests of the sessions that are in it: *control -> faults -> stubs -> chatter -> fallback*.

    Args:
        name: what it is called; ``""`` for the one of all who ask for none.
        files: the stubs that all workspaces share.
        behind: who answers what no stub does, in order, each with what the journal calls it.
        clock: the reactor, for delays.
        journal: its journal.
        control: whether statements may read and steer it; see :mod:`sockservice.responder.control`.
        faults: those that are armed from the start, beside those of the files.
        data: the tables of its own, which stubs may ask; None for a service without.

    Attributes:
        stubs: the stubs at work.
        states: the states of scenarios that were set; see :meth:`state`.
        counters: the counters of templates, by name.
        random: random numbers, for templates and faults that bring no seed of their own.
        randoms: the random numbers of the stubs whose file has a seed.
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
        *,
        control: bool = True,
        faults: Sequence[Fault] = (),
        data: IData | None = None,
    ) -> None:
        self.name = name
        self.data = data
        self.files = files
        self.clock = clock
        self.journal = journal
        self._add = journal.add
        self._control = Control(self).find if control else None
        self.states: dict[str, str] = {}
        self.counters: dict[str, int] = {}
        self.random = Random()  # noqa: S311 - nothing is kept secret by it
        self.randoms: WeakKeyDictionary[Dice, Random] = WeakKeyDictionary()
        self.faults = ArmedFaults(self, faults)
        self.stubs = StubAnswers(self, files, characters=CHARACTERS // (_SHARE if name else 1))
        self._find_stub = self.stubs.find
        self._others: tuple[tuple[Source | None, Respond], ...] = (
            (None, SqlPrepare(self).respond),
            *((source, responder.respond) for source, responder in behind),
        )

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer, which goes into the journal; None where nobody has one."""
        found = self._control(request) if self._control is not None and _MARK in request.text else None
        if found is None and self.faults.quiet is self.files.current:  # nearly all requests
            found = self._find_stub(request)
        if found is None:
            found = self._find(request)
        if found is None:
            return self._add(request, None, SERVER)
        answer, source, kept = found
        return answer if source is None else self._add(request, answer, source, kept)

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
        """As at the beginning: no stubs of its own, no states, the faults and data of the start, an empty journal."""
        self.reset_data()
        self.reset_states()
        self.reset_faults()
        self.stubs.reset()
        self.journal.clear()

    def reset_states(self) -> None:
        """All scenarios are in their first states, and all counters begin anew."""
        self.states.clear()
        self.counters.clear()
        self.randoms.clear()

    def reset_data(self) -> None:
        """The tables are those of the beginning."""
        if self.data is not None:
            self.data.reset()

    def close(self) -> None:
        """Nobody is in it any more."""
        if self.data is not None:
            self.data.close()

    def reset_faults(self) -> None:
        """The faults are those that were armed at the beginning."""
        self.faults.reset()

    def _find(self, request: Request) -> Found | None:
        """The answer where faults are armed, or no stub has one."""
        if not self.faults:
            return self._find_other(request)
        fault = self.faults.strike(request)
        if fault is None:
            return self._find_stub(request) or self._find_other(request)
        source = Source("fault", fault.name)
        if fault.replaces:
            return fault.apply(None, request, self), source, None
        found = self._find_stub(request) or self._find_other(request)
        if found is None:
            return fault.apply(None, request, self), source, None
        answer = found[0]
        if isinstance(answer, Deferred):
            return answer.addCallback(fault.apply, request, self), source, None
        return fault.apply(answer, request, self), source, None

    def _find_other(self, request: Request) -> Found | None:
        """The answer of who stands behind the stubs."""
        for source, respond in self._others:
            answer = respond(request)
            if answer is not None:
                return answer, source, None
        return None
