from __future__ import annotations

import socket

import pytest
from twisted.internet.interfaces import IReactorTCP, IReactorUNIX
from twisted.internet.protocol import Factory
from twisted.internet.ssl import CertificateOptions
from twisted.internet.testing import MemoryReactor
from twisted.protocols.tls import TLSMemoryBIOFactory

from sockservice.host.disturbed_reactor import DisturbedReactor
from sockservice.sockets import ConnectionFactory, SocketAPI
from sockservice.sockets.toxics import Toxics


@pytest.fixture
def memory():
    return MemoryReactor()


@pytest.fixture
def toxics(memory):
    return Toxics(memory)


@pytest.fixture
def disturbed(memory, toxics):
    return DisturbedReactor(memory, toxics)


def test_it_is_the_reactor_in_everything_else(memory, disturbed):
    assert IReactorTCP.providedBy(disturbed)
    assert IReactorUNIX.providedBy(disturbed)
    assert disturbed.tcpClients is memory.tcpClients


def test_what_listens_has_a_factory_of_ours_at_the_bottom(memory, toxics, disturbed):
    disturbed.listenTCP(0, Factory(), interface="127.0.0.1")
    disturbed.listenUNIX("path", Factory(), 50)
    disturbed.listenSSL(0, Factory(), CertificateOptions())
    disturbed.adoptStreamPort(3, socket.AF_INET, Factory())
    factories = [memory.tcpServers[0][1], memory.unixServers[0][1], memory.tcpServers[1][1], memory.adoptedPorts[0][2]]
    assert memory.tcpServers[0][3] == "127.0.0.1"
    for factory in factories:
        assert isinstance(factory, ConnectionFactory)
        assert factory.toxics is toxics
    assert isinstance(factories[2]._factory, TLSMemoryBIOFactory)


def test_a_factory_of_ours_is_not_wrapped_again(memory, disturbed):
    ours = ConnectionFactory(Factory(), api=SocketAPI(memory))
    disturbed.listenTCP(0, ours)
    assert memory.tcpServers[0][1] is ours
