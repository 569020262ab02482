"""Watching files: what is a change, when it has come to rest, and when looking ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from sockservice.host.configuration import Limits, ServiceSettings
from sockservice.host.discovery import discover
from sockservice.host.prepared_service import prepare
from sockservice.host.running_host import RunningHost
from sockservice.host.watching import INTERVAL, QUIET, SHARE, Watch
from sockservice.interfaces import IWatchedFiles
from sockservice.sockets import SocketAPI


@implementer(IWatchedFiles)
class Files:
    """Files that only exist here; ``reads`` is what each reading found."""

    def __init__(self):
        self.now = {"a": (1, 1, 1, 1)}
        self.seen = dict(self.now)
        self.looks = 0
        self.reads = []

    def look(self):
        self.looks += 1
        return dict(self.now)

    async def reload(self):
        self.seen = dict(self.now)
        self.reads.append(self.seen)


class Watched:
    """A watch over files, with its clock."""

    def __init__(self, *, in_thread=maybeDeferred, reload=None):
        self.clock, self.files = Clock(), Files()
        self.watch = Watch(self.files, reload or self.files.reload, self.clock, in_thread)
        self.watch.start()

    def write(self, name, *stamp):
        self.files.now[name] = stamp

    def wait(self, seconds):
        """Let time pass, in steps as small as the reactor's."""
        self.clock.pump([0.01] * round(seconds / 0.01))

    def settle(self):
        self.wait(INTERVAL + QUIET + 0.01)


def test_files_that_stay_as_they_are_are_looked_at_and_not_read():
    watched = Watched()
    watched.wait(10)
    assert 18 <= watched.files.looks <= 20
    assert watched.files.reads == []


def test_a_change_is_read_once_after_it_was_quiet_for_a_moment():
    watched = Watched()
    watched.write("a", 1, 2, 2, 2)
    watched.wait(INTERVAL + QUIET - 0.05)
    assert watched.files.reads == []
    watched.wait(0.1)
    assert watched.files.reads == [{"a": (1, 2, 2, 2)}]
    watched.wait(10)
    assert len(watched.files.reads) == 1


def test_a_file_that_is_written_in_steps_is_read_when_it_is_whole():
    watched = Watched()
    for step in range(50):
        watched.write("a", 1, step, step, step)
        watched.wait(0.1)
    assert watched.files.reads == []
    watched.settle()
    assert watched.files.reads == [{"a": (1, 49, 49, 49)}]


@pytest.mark.parametrize("change", [{"a": None}, {}, {"a": (1, 1, 1, 1), "b": (2, 1, 1, 1)}, {"b": (1, 1, 1, 1)}])
def test_removed_new_and_renamed_files_are_changes(change):
    watched = Watched()
    watched.files.now = change
    watched.settle()
    assert watched.files.reads == [change]


def test_a_change_that_is_undone_before_it_is_quiet_is_none():
    watched = Watched()
    watched.write("a", None)
    watched.wait(INTERVAL)
    watched.write("a", 1, 1, 1, 1)
    watched.wait(10)
    assert watched.files.reads == []


def test_a_change_while_the_files_are_read_is_read_too():
    watched = Watched()

    async def reload():
        await watched.files.reload()
        watched.write("a", 1, 3, 3, 3)
        watched.watch._reload = watched.files.reload

    watched.watch._reload = reload
    watched.write("a", 1, 2, 2, 2)
    watched.settle()
    assert watched.files.reads == [{"a": (1, 2, 2, 2)}]
    watched.settle()
    assert watched.files.reads == [{"a": (1, 2, 2, 2)}, {"a": (1, 3, 3, 3)}]


def test_a_reading_that_does_not_see_what_was_looked_at_is_not_repeated_for_ever():
    reloads = []

    async def reload():
        reloads.append(1)

    watched = Watched(reload=reload)
    watched.write("a", 1, 2, 2, 2)
    watched.wait(10)
    assert len(reloads) == 1
    watched.write("a", 1, 3, 3, 3)
    watched.wait(10)
    assert len(reloads) == 2


def test_the_next_look_waits_for_the_reload_to_end():
    reloads = []

    async def reload():
        reloads.append(Deferred())
        await reloads[-1]

    watched = Watched(reload=reload)
    watched.write("a", 1, 2, 2, 2)
    watched.settle()
    looks = watched.files.looks
    watched.wait(10)
    assert (watched.files.looks, len(reloads)) == (looks, 1)
    reloads[0].callback(None)
    watched.wait(10)
    assert watched.files.looks > looks


def test_after_a_look_that_took_long_the_next_one_waits():
    looks = []

    def in_thread(look):
        looks.append((Deferred(), look))
        return looks[-1][0]

    watched = Watched(in_thread=in_thread)
    watched.wait(INTERVAL + 1.001)
    assert len(looks) == 1
    looks[0][0].callback(looks[0][1]())
    watched.wait(SHARE - 1)
    assert len(looks) == 1
    watched.wait(2)
    assert len(looks) == 2


def test_a_stopped_watch_leaves_nothing_to_the_clock():
    watched = Watched()
    watched.wait(1)
    watched.watch.stop()
    assert watched.clock.getDelayedCalls() == []


def test_a_watch_that_is_stopped_while_a_thread_looks_ends_there():
    looks = []
    watched = Watched(in_thread=lambda look: looks.append(Deferred()) or looks[-1])
    watched.wait(INTERVAL)
    watched.watch.stop()
    looks[0].callback({"a": None})
    watched.wait(10)
    assert len(looks) == 1
    assert watched.clock.getDelayedCalls() == []
    assert watched.files.reads == []


def test_files_that_cannot_be_looked_at_are_given_up_with_one_report(logged_errors):
    watched = Watched()
    watched.files.look = lambda: 1 / 0
    watched.wait(10)
    (event,) = logged_errors.flush()
    assert event["log_failure"].check(ZeroDivisionError)
    assert watched.clock.getDelayedCalls() == []


class Reactor(MemoryReactorClock):
    """A reactor whose threads are done at once."""

    def getThreadPool(self):
        return self

    def callInThreadWithCallback(self, done, work):
        done(True, work())

    def callFromThread(self, call, *arguments):
        call(*arguments)


def test_a_host_looks_while_its_service_runs_and_no_longer():
    reactor, files = Reactor(), Files()
    settings = ServiceSettings(discover().service("echo"), {}, (), same_port=False, limits=Limits(), path=Path)
    service = prepare(settings, reactor, SocketAPI(reactor))
    service.host.watch(files, lambda: files.reads.append("read"))
    host = RunningHost(reactor, [service])
    assert reactor.getDelayedCalls() == []
    host.startService()
    files.now = {}
    reactor.pump([0.1] * 20)
    assert files.reads == ["read"]
    assert files.looks > 1
    stopped = host.stopService()
    looks = files.looks
    reactor.pump([0.1] * 20)
    assert files.looks == looks
    assert reactor.getDelayedCalls() == []
    assert stopped.called
