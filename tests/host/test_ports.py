from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock

from sockservice.errors import AddressInUse, ConnectionRefused, ListenError
from sockservice.host.configuration import Limits, ServiceSettings
from sockservice.host.discovery import FoundService
from sockservice.host.endpoints import Foreign, Tcp, Udp
from sockservice.host.ports import DatagramPort, _opened_now, bind_all
from sockservice.host.prepared_service import PreparedService
from sockservice.host.surroundings import Surroundings
from sockservice.interfaces import DATAGRAM


class MemorySocket:
    """A socket whose addresses are taken from the ports that MemorySockets knows as free."""

    def __init__(self, sockets, kind):
        self.kind = kind
        self.local_address = None
        self._sockets = sockets

    def bind(self, address):
        host, port = address
        port = port or self._sockets.free.pop(0)
        if (self.kind, port) in self._sockets.taken:
            raise AddressInUse(f"{host}:{port} is in use")
        self._sockets.taken.add((self.kind, port))
        self.local_address = (host, port)

    def close(self):
        if self.local_address is not None:
            self._sockets.taken.discard((self.kind, self.local_address[1]))
        return succeed(None)


class MemorySockets:
    def __init__(self, free=(), taken=()):
        self.free = list(free)
        self.taken = set(taken)

    def socket(self, kind, *, family):
        return MemorySocket(self, kind)


def prepared(sockets, *endpoints, same_port=False, datagrams=None, reactor=None):
    host = Surroundings(reactor or Clock(), sockets, {}, Path)
    settings = ServiceSettings(FoundService("tea", None, "here"), {}, endpoints, same_port, Limits(), Path)
    return PreparedService(settings, host, None, dict.fromkeys(endpoints, datagrams), {})


def test_one_number_that_is_free_for_both_kinds_is_looked_for():
    sockets = MemorySockets(free=[1001, 1002, 1003], taken={(DATAGRAM, 1001), (DATAGRAM, 1002)})
    service = prepared(sockets, Tcp("127.0.0.1", 0), Udp("127.0.0.1", 0), same_port=True)
    stream, datagram = bind_all([service])
    assert stream.address == datagram.address == ("127.0.0.1", 1003)
    assert len(sockets.taken) == 4


def test_a_port_that_was_asked_for_is_not_replaced_by_another():
    sockets = MemorySockets(taken={(DATAGRAM, 7)})
    service = prepared(sockets, Tcp("127.0.0.1", 7), Udp("127.0.0.1", 7), same_port=True)
    with pytest.raises(AddressInUse):
        bind_all([service])
    assert sockets.taken == {(DATAGRAM, 7)}


def test_the_search_for_one_number_ends():
    sockets = MemorySockets(free=range(1000, 2000), taken={(DATAGRAM, port) for port in range(1000, 2000)})
    with pytest.raises(AddressInUse):
        bind_all([prepared(sockets, Tcp("127.0.0.1", 0), Udp("127.0.0.1", 0), same_port=True)])
    assert len(sockets.free) == 950


def test_where_one_address_is_taken_all_others_are_given_back():
    sockets = MemorySockets(taken={(DATAGRAM, 9)})
    first = prepared(sockets, Tcp("127.0.0.1", 7), Tcp("127.0.0.1", 8))
    second = prepared(sockets, Udp("127.0.0.1", 9))
    with pytest.raises(AddressInUse):
        bind_all([first, second])
    assert sockets.taken == {(DATAGRAM, 9)}


def running(error, clock):
    """A datagram port whose coroutine fails with ``error`` each time; and how often it ran."""
    runs = []

    async def serve(socket):
        runs.append(socket)
        raise error

    endpoint = Udp("127.0.0.1", 7)
    port = DatagramPort(prepared(MemorySockets(), endpoint, datagrams=serve, reactor=clock), endpoint)
    port.bind()
    port.listen()
    return port, runs


def test_a_datagram_coroutine_that_fails_is_logged_and_goes_on(logged_errors):
    clock = Clock()
    port, runs = running(RuntimeError("bad datagram"), clock)
    assert len(runs) == 1
    [event] = logged_errors.flush()
    assert event["log_failure"].getErrorMessage() == "bad datagram"
    clock.advance(1.0)
    assert len(runs) == 2
    assert len(logged_errors.flush()) == 1
    port.stop()
    assert clock.getDelayedCalls() == []


def test_what_the_peer_does_wrong_is_not_logged():
    clock = Clock()
    port, _ = running(ConnectionRefused("nobody there"), clock)
    port.stop()


def test_a_coroutine_that_ends_because_the_port_stops_is_not_started_again():
    clock, waiting = Clock(), Deferred()

    async def serve(_socket):
        await waiting

    endpoint = Udp("127.0.0.1", 7)
    port = DatagramPort(prepared(MemorySockets(), endpoint, datagrams=serve, reactor=clock), endpoint)
    port.bind()
    port.listen()
    port.stop()
    waiting.errback(RuntimeError("closed"))
    assert clock.getDelayedCalls() == []


def test_an_endpoint_of_twisteds_that_cannot_listen_is_a_listen_error():
    error = CannotListenError("127.0.0.1", 443, OSError(98, "Address already in use"))
    with pytest.raises(ListenError, match=r"cannot listen on 'tls:x:443': Couldn't listen on 127.0.0.1:443"):
        _opened_now(fail(error), Foreign("tls:x:443"))


def test_an_endpoint_that_takes_its_time_is_refused():
    with pytest.raises(ListenError, match="does not open at once"):
        _opened_now(Deferred(), Foreign("slow:"))


def test_other_failures_of_an_endpoint_are_passed_on():
    with pytest.raises(ZeroDivisionError):
        _opened_now(fail(ZeroDivisionError()), Foreign("odd:"))
