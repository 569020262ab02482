"""What every test gets: the hygiene that makes a forgotten Deferred or a logged error fail the test that left it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from twisted.internet import reactor
from twisted.logger import LogEvent, formatEvent, globalLogPublisher

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """Keep what the imports made out of the collections of each test: they would take most of its time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def kept_objects() -> Iterator[None]:
    """The same for what a module leaves: imports, and what is remembered, grow to hundreds of thousands of objects."""
    yield
    gc.collect()
    gc.freeze()


class LoggedErrors:
    """Collects what was logged as a failure or as critical during one test."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        if "log_failure" in event or event.get("isError"):
            self.events.append(event)

    def flush(self) -> list[LogEvent]:
        """The errors so far, which a test that expects them takes away."""
        taken, self.events = self.events, []
        return taken


@pytest.fixture
def logged_errors() -> Iterator[LoggedErrors]:
    """The errors that were logged in this test; one that expects some calls ``flush()``."""
    observer = LoggedErrors()
    globalLogPublisher.addObserver(observer)
    yield observer
    globalLogPublisher.removeObserver(observer)


@pytest.fixture(autouse=True)
def hygiene(logged_errors: LoggedErrors) -> Iterator[None]:
    """Fail a test that logs an error, leaves a failed Deferred, a delayed call or an open socket."""
    before = set(reactor.getReaders()) | set(reactor.getWriters())
    yield
    gc.collect()
    errors = [formatEvent(event) + _traceback(event) for event in logged_errors.flush()]
    calls = [call for call in reactor.getDelayedCalls() if call.active()]
    for call in calls:
        call.cancel()
    left = [
        selectable
        for selectable in {*reactor.getReaders(), *reactor.getWriters()} - before
        if type(selectable).__name__ not in ("_UnixWaker", "_SIGCHLDWaker", "_SocketWaker", "_IWaker")
    ]
    for selectable in left:
        reactor.removeReader(selectable)
        reactor.removeWriter(selectable)
    assert not errors, "errors were logged:\n" + "\n".join(errors)
    assert not calls, f"delayed calls were left: {calls}"
    assert not left, f"sockets were left open: {left}"


def _traceback(event: LogEvent) -> str:
    failure = event.get("log_failure")
    return "\n" + failure.getTraceback() if failure is not None else ""
