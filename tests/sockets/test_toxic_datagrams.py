"""What the toxics of datagrams do: on a link with a clock, and on real sockets of coroutines and protocols."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import LOOPBACK, until
from toxic_wires import run_for, toxic
from twisted.internet import reactor
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import Clock

from sockservice.errors import LimitExceeded, TimedOut
from sockservice.sockets import DATAGRAM, SocketAPI
from sockservice.sockets.toxic_datagrams import MAX_HELD, DatagramLink
from sockservice.sockets.toxics import Toxics


class Net:
    """One direction with a clock; ``events`` are the datagrams that came out of it, each with the time."""

    def __init__(self, *toxics: Any) -> None:
        self.clock = Clock()
        self.events: list[tuple[float, Any]] = []
        self.link = DatagramLink(self.clock, self.note)
        self.have(*toxics)

    def note(self, message: Any) -> None:
        assert message[1] == "peer"
        self.events.append((round(self.clock.seconds(), 6), message[0]))

    def have(self, *toxics: Any) -> None:
        self.link.apply(toxics, lambda one: one.chances(0))

    def take(self, *data: Any) -> None:
        for each in data:
            self.link.take((each, "peer"))

    def wait(self, seconds: float) -> list[tuple[float, Any]]:
        run_for(self.clock, seconds)
        events, self.events = self.events, []
        return events

    @property
    def data(self) -> list[Any]:
        return [data for _, data in self.events]


def test_loss_loses_its_share():
    net = Net(toxic("loss", rate=0.2, seed=1))
    net.take(*range(10_000))
    assert 7_800 < len(net.events) < 8_200
    assert net.data == sorted(net.data)


def test_duplicate_doubles_its_share():
    net = Net(toxic("duplicate", rate=0.2, seed=1))
    net.take(*range(10_000))
    assert 11_800 < len(net.events) < 12_200
    assert sorted(set(net.data)) == list(range(10_000))


@pytest.mark.parametrize("type_name", ["loss", "duplicate"])
def test_rates_of_0_and_1(type_name):
    all_of_them, none = Net(toxic(type_name, rate=1)), Net(toxic(type_name, rate=0))
    all_of_them.take(1, 2)
    none.take(1, 2)
    assert all_of_them.data == ([] if type_name == "loss" else [1, 1, 2, 2])
    assert none.data == [1, 2]


def test_delay_holds_each_by_itself_so_that_jitter_reorders():
    net = Net(toxic("delay", delay=100))
    net.take(1)
    net.wait(0.05)
    net.take(2)
    assert net.wait(1) == [(0.1, 1), (0.15, 2)]
    net = Net(toxic("delay", delay=100, jitter=50, seed=1))
    net.take(*range(100))
    events = net.wait(1)
    assert 0.05 <= events[0][0] < events[-1][0] <= 0.15
    assert [data for _, data in events] != list(range(100))
    assert sorted(data for _, data in events) == list(range(100))


def test_reorder_lets_the_next_overtake():
    net = Net(toxic("reorder", rate=0.3, window=2, seed=2))
    net.take(*range(1000))
    moved = [data for at, data in enumerate(net.data) if data != at]
    assert len(moved) > 300
    run_for(net.clock, 1)
    assert sorted(net.data) == list(range(1000))
    assert net.clock.getDelayedCalls() == []


def test_what_nobody_overtakes_goes_on_after_the_timeout():
    net = Net(toxic("reorder", rate=1, timeout=50))
    net.take(1)
    assert net.wait(1) == [(0.05, 1)]


def test_the_window_is_how_many_overtake():
    net = Net(toxic("reorder", rate=0.5, window=3, seed=4))
    chances = toxic("reorder", rate=0.5, window=3, seed=4).chances(0)
    held = []
    for _ in range(12):
        chances.random()  # the toxicity
        held.append(chances.random() < 0.5)
    first = held.index(True)
    net.take(*range(12))
    passed = [at for at in range(first + 1, 12) if not held[at]]
    assert net.data.index(first) > net.data.index(passed[2])
    assert len(passed) < 4 or net.data.index(first) < net.data.index(passed[3])


def test_toxicity_is_the_share_of_datagrams():
    net = Net(toxic("loss", rate=1, toxicity=0.25, seed=1))
    net.take(*range(10_000))
    assert 7_300 < len(net.events) < 7_700


def test_a_seed_repeats_what_happens():
    first, second = (Net(toxic("loss", rate=0.5, seed=9), toxic("duplicate", rate=0.5, seed=9)) for _ in range(2))
    first.take(*range(100))
    second.take(*range(100))
    assert first.data == second.data
    assert len(first.data) != 100


def test_what_is_held_is_bounded():
    net = Net(toxic("delay", delay=100))
    net.take(*range(MAX_HELD + 10))
    assert len(net.wait(1)) == MAX_HELD


def test_what_a_removed_toxic_holds_goes_on_and_what_stays_is_undisturbed():
    delay, loss = toxic("delay", delay=100), toxic("loss", rate=0)
    net = Net(delay)
    net.take(1)
    net.have(delay, loss)
    assert net.data == []
    net.have(loss)
    assert net.data == [1]
    assert net.clock.getDelayedCalls() == []


# --- on sockets


BOTH_TWICE = toxic("duplicate", rate=1), toxic("duplicate", rate=1, stream="upstream")


@pytest.fixture
def bound(opened):
    """``bound(*toxics)`` is a bound socket, disturbed by these."""

    def make(*toxics: Any) -> Any:
        made = opened(SocketAPI(reactor).socket(DATAGRAM))
        made.bind(LOOPBACK)
        made.toxics = Toxics(reactor, toxics)
        made.toxics.watch_datagrams(made)
        return made

    return make


class Upper(DatagramProtocol):
    """Answers in capitals."""

    noisy = False

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self.transport.write(datagram.upper(), addr)


async def test_both_directions_of_a_coroutines_socket(bound):
    server = bound(*BOTH_TWICE)
    client = bound()
    await client.send_to(b"x", server.local_address)
    for _ in range(2):
        data, address = await server.receive_from(timeout=60)
        assert data == b"x"
    await server.send_to(b"y", address)
    assert [await client.receive(timeout=60) for _ in range(2)] == [b"y", b"y"]


async def test_both_directions_of_a_protocol_and_its_transport_is_still_one(bound):
    server, client = bound(*BOTH_TWICE), bound()
    protocol = Upper()
    server.serve(protocol)
    assert protocol.transport.getHost().port == server.local_address[1]
    await client.send_to(b"x", server.local_address)
    assert [await client.receive(timeout=60) for _ in range(4)] == [b"X"] * 4
    protocol.transport.writeSequence([b"a", b"b"], client.local_address)
    assert await client.receive(timeout=60) == b"ab"


async def test_a_toxic_that_is_added_holds_for_an_open_socket_and_a_removed_one_no_more(bound):
    server, client = bound(), bound()
    server.serve(Upper())
    await client.send_to(b"x", server.local_address)
    assert await client.receive(timeout=60) == b"X"
    server.toxics.add(toxic("loss", rate=1))
    await client.send_to(b"y", server.local_address)
    with pytest.raises(TimedOut):
        await client.receive(timeout=0.05)
    server.toxics.reset()
    await client.send_to(b"z", server.local_address)
    assert await client.receive(timeout=60) == b"Z"


async def test_a_disturbed_socket_that_was_refused_is_disturbed_still(bound):
    client, gone = bound(toxic("duplicate", rate=1, stream="upstream")), bound()
    await client.connect(gone.local_address)
    await gone.close()
    await client.send(b"anyone?")
    await until(lambda: client._error)
    back = SocketAPI(reactor).socket(DATAGRAM)
    back.bind(gone.local_address)
    await back.send_to(b"x", client.local_address)
    client._error = None
    assert [await client.receive(timeout=60) for _ in range(2)] == [b"x", b"x"]
    client.toxics.add(toxic("duplicate", rate=1))
    await client.send(b"y")
    assert [await back.receive(timeout=60) for _ in range(2)] == [b"y", b"y"]
    await back.close()


async def test_what_is_held_when_the_socket_closes_is_lost(bound):
    server, client = bound(toxic("delay", delay=10_000)), bound()
    await server.send_to(b"x", client.local_address)
    await server.close()
    assert server.toxics._datagrams == {}
    server.toxics.add(toxic("loss", rate=1))


async def test_what_is_refused_at_once_is_told_and_what_is_refused_later_is_lost(bound):
    at_once, later = bound(toxic("loss", rate=0)), bound(toxic("delay", delay=1))
    with pytest.raises(LimitExceeded):
        await at_once.send_to(bytes(70_000), at_once.local_address)
    await later.send_to(bytes(70_000), at_once.local_address)
    await later.send_to(b"small", at_once.local_address)
    assert await at_once.receive(timeout=60) == b"small"
