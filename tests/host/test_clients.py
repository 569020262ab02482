from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import formatEvent, globalLogPublisher

from sockservice.host.clients import EPISODE, Clients
from sockservice.host.configuration import Limits

PEER = ("127.0.0.1", 50000)


class MemoryConnection:
    """A connection that ends when it is told to, or only when it is reset."""

    def __init__(self, clients, stubborn=False):
        self.active = True
        self.events = []
        self._clients = clients
        self._stubborn = stubborn
        self._closed = Deferred()
        clients.opened(self)

    def finish(self):
        self.events.append("finish")
        if not self._stubborn:
            self.go()

    def abort(self):
        self.events.append("abort")
        self.go()

    def go(self):
        self._clients.closed(self)
        self._closed.callback(None)

    def when_closed(self):
        return self._closed


class MemoryPort:
    def __init__(self):
        self.events = []

    def pause(self):
        self.events.append("pause")

    def resume(self):
        self.events.append("resume")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(clock):
    """Clients within limits; their clock must be still once all are gone."""
    made = []

    def make(**limits):
        made.append(Clients("tea", Limits(**limits), clock, b"full"))
        return made[-1]

    yield make
    for clients in made:
        clients.finish()
        for connection in list(clients.connections):
            connection.go()
    assert clock.getDelayedCalls() == []


@pytest.fixture
def lines():
    """What is logged, as text."""
    lines = []

    def note(event):
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(note)
    yield lines
    globalLogPublisher.removeObserver(note)


def test_without_limits_everybody_comes_in_and_no_clock_runs(make, clock):
    clients = make()
    for _ in range(1000):
        MemoryConnection(clients)
    assert clients.admit(PEER) is None
    assert clock.getDelayedCalls() == []


def test_who_comes_when_it_is_full_is_told_so_until_somebody_goes(make):
    clients = make(max_connections=2)
    first, _ = MemoryConnection(clients), MemoryConnection(clients)
    assert clients.admit(PEER) == b"full"
    assert clients.admit(PEER) == b"full"
    first.go()
    assert clients.admit(PEER) is None


def test_an_episode_of_refusals_costs_two_lines(make, clock, lines):
    clients = make(max_connections=1)
    for _ in range(50):
        connection = MemoryConnection(clients)
        assert clients.admit(PEER) == b"full"
        connection.go()
        clock.advance(2.0)
    assert lines == ["tea has 1 client and refuses more, first 127.0.0.1:50000"]
    clock.pump([EPISODE] * 2)
    assert lines[1:] == ["tea refused 50 over its limit of 1 client"]
    connection = MemoryConnection(clients)
    clients.admit(PEER)
    clients.finish()
    assert lines[2:] == [lines[0], "tea refused 1 over its limit of 1 client"]
    assert clock.getDelayedCalls() == []


def test_under_sequential_the_port_is_paused_while_somebody_is_served(make):
    clients = make(sequential=True)
    port = MemoryPort()
    clients.ports.append(port)
    connection = MemoryConnection(clients)
    assert port.events == ["pause"]
    connection.go()
    assert port.events == ["pause", "resume"]


def test_an_idle_connection_is_finished_within_a_quarter_more_than_the_timeout(make, clock, lines):
    clients = make(idle_timeout=8.0)
    connection = MemoryConnection(clients)
    clock.pump([1.0] * 9)
    assert connection.events == []
    clock.pump([1.0] * 2)
    assert connection.events == ["finish"]
    assert lines == []


def test_a_byte_in_time_keeps_a_connection(make, clock):
    clients = make(idle_timeout=8.0)
    connection = MemoryConnection(clients)
    for _ in range(10):
        connection.active = True
        clock.pump([1.0] * 6)
    assert connection.events == []


def test_one_that_does_not_end_when_asked_is_reset_after_as_long_again(make, clock):
    clients = make(idle_timeout=8.0)
    connection = MemoryConnection(clients, stubborn=True)
    clock.pump([1.0] * 10)
    connection.active = True
    clock.pump([1.0] * 10)
    assert connection.events == ["finish", "abort"]


def test_the_end_of_all_is_known(make):
    clients = make()
    connections = [MemoryConnection(clients, stubborn=True) for _ in range(3)]
    gone = clients.when_gone()
    clients.finish()
    assert not gone.called
    clients.abort()
    assert gone.called
    assert {tuple(connection.events) for connection in connections} == {("finish", "abort")}
