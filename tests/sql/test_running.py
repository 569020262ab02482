"""Work that lets others on."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from sockservice.sql.running import Work, run


def test_work_that_never_waits_is_done_at_once() -> None:
    def work() -> Work[int]:
        return 1
        yield

    assert run(work(), Clock()) == 1


def test_what_work_raises_at_once_is_raised() -> None:
    def work() -> Work[int]:
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError):
        run(work(), Clock())


def test_work_goes_on_in_the_next_turn_and_with_what_it_waits_for() -> None:
    clock, awaited = Clock(), Deferred[int]()

    def work() -> Work[Any]:
        yield None
        number = yield awaited
        return number + 1

    outcome: Any = run(work(), clock)
    assert not outcome.called
    clock.advance(0)
    assert not outcome.called
    awaited.callback(1)
    assert outcome.result == 2


def test_what_fails_is_raised_in_the_work() -> None:
    awaited = Deferred[int]()

    def work() -> Work[str]:
        try:
            yield awaited
        except ZeroDivisionError:
            return "caught"
        return "not"

    outcome: Any = run(work(), Clock())
    awaited.errback(ZeroDivisionError())
    assert outcome.result == "caught"


def test_cancelled_work_may_still_end_what_it_does() -> None:
    clock, ended = Clock(), []

    def work() -> Work[None]:
        try:
            yield Deferred()
        except CancelledError:
            yield None
            ended.append(True)
            raise

    outcome: Any = run(work(), clock)
    failures: list[Any] = []
    outcome.addErrback(failures.append)
    outcome.cancel()
    assert [failure.type for failure in failures] == [CancelledError]
    clock.advance(0)
    assert ended == [True]
