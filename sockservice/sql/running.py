"""Work that lets others on: a statement as a generator, run at once as far as it comes without waiting.

A generator yields None where others may have their turn, and a Deferred where it waits; what it returns is its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

Outcome = TypeVar("Outcome")
Work: TypeAlias = Generator["Deferred[Any] | None", Any, Outcome]
RunInThread: TypeAlias = Callable[[Callable[[], Any]], "Deferred[Any]"]
"""Calls a function in a thread; the Deferred fires, in the reactor's thread, with what it returns or raises."""


class Running:
    """A piece of work under way.

    Args:
        work: the generator.
        clock: the reactor, for turns.

    Attributes:
        outcome: fires with what the work returns; cancelling it raises CancelledError in the work.
    """

    def __init__(self, work: Work[Any], clock: IReactorTime) -> None:
        self._work = work
        self._clock = clock
        self._waits_for: Deferred[Any] | None = None
        self.outcome: Deferred[Any] = Deferred(self._cancel)

    def wait(self, awaited: Deferred[Any] | None) -> None:
        """Go on when what the work has yielded is there."""
        if awaited is None:
            call = self._clock.callLater(0, lambda: turn.callback(None))
            turn: Deferred[None] = Deferred(lambda _: call.cancel())
            awaited = turn
        self._waits_for = awaited
        awaited.addBoth(self._go_on)

    def _go_on(self, result: Any) -> None:
        self._waits_for = None
        try:
            failed = isinstance(result, Failure)
            awaited = self._work.throw(_problem(result)) if failed else self._work.send(result)
        except StopIteration as end:
            # Whoever has lost patience has an outcome already.
            if not self.outcome.called:
                self.outcome.callback(end.value)
        except BaseException:
            if not self.outcome.called:
                self.outcome.errback(Failure())  # type: ignore[no-untyped-call]
        else:
            self.wait(awaited)

    def _cancel(self, _: Deferred[Any]) -> None:
        awaited = self._waits_for
        if awaited is not None:
            awaited.cancel()


def _problem(failure: Failure) -> BaseException:
    """What a failure is about."""
    assert failure.value is not None
    return failure.value


def run(work: Work[Outcome], clock: IReactorTime) -> Outcome | Deferred[Outcome]:
    """Run work: its outcome where it never waits, else a Deferred of it.

    Args:
        work: the generator.
        clock: the reactor, for turns.

    Raises:
        Exception: what the work raises before it waits for the first time.
    """
    try:
        awaited = next(work)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    running = Running(work, clock)
    running.wait(awaited)
    return running.outcome


def run_now(work: Work[Outcome]) -> Outcome:
    """Run work to its end before anything else happens, where there is no reactor yet.

    Args:
        work: the generator; what it waits for has to be there already.

    Raises:
        Exception: what the work raises.
    """
    given: Any = None
    problem: BaseException | None = None
    while True:
        try:
            awaited = work.send(given) if problem is None else work.throw(problem)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        given, problem = None, None
        if awaited is not None:
            came: list[Any] = []
            awaited.addBoth(came.append)
            if not came:
                raise RuntimeError("the work waits for something that cannot come")
            given, problem = (None, came[0].value) if isinstance(came[0], Failure) else (came[0], None)


def in_thread(run_in_thread: RunInThread, call: Callable[[], Outcome]) -> Work[Outcome]:
    """Call a function in a thread; what it works on is nobody else's until it is at its end, whoever loses patience.

    Args:
        run_in_thread: runs it.
        call: the function.

    Raises:
        CancelledError: the work was cancelled meanwhile.
        Exception: what the function raises.
    """
    ended: list[Any] = []
    waited: Deferred[None] = Deferred()

    def end(result: Any) -> None:
        ended.append(result)
        waited.callback(None)

    run_in_thread(call).addBoth(end)
    cancelled = False
    while not ended:
        try:
            yield waited
        except CancelledError:
            cancelled, waited = True, Deferred()
    if cancelled:
        raise CancelledError
    if isinstance(ended[0], Failure):
        raise _problem(ended[0])
    outcome: Outcome = ended[0]
    return outcome
