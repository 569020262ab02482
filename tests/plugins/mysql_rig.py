"""One client of the MySQL service in memory: the pump between a session and a transport, on a clock."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import MySQLFactory

sys.path.append(str(Path(__file__).parents[1] / "mysql"))
from wire_client import USUAL, framed, handshake_response, read_reply, unframed

LOCAL_FILES = 1 << 7


class Transport(StringTransport):
    """A transport in memory that says what a TCP connection says of itself."""

    aborted = False

    def getHandle(self):
        return socket.SocketType.__new__(socket.SocketType)

    def abortConnection(self):
        self.aborted = True

    @property
    def paused(self):
        return self.producerState == "paused"

    def taken(self):
        data = unframed(self.value())
        self.clear()
        return data


class Rig:
    """A client that is in, a clock, and a responder that answers with what it is told."""

    def __init__(self, answer=None):
        self.clock = Clock()
        server = Server(clock=self.clock.seconds)
        factory = MySQLFactory(server, self, reactor=self.clock)
        self.answer = answer
        self.protocol, self.transport = factory.buildProtocol(None), Transport()
        self.protocol.makeConnection(self.transport)
        self.session = self.protocol.session

    def respond(self, request):
        return self.answer

    def log_in(self):
        self.transport.clear()
        self.send(framed(handshake_response(capabilities=USUAL | LOCAL_FILES, attributes={}), 1))
        assert read_reply(self.transport.taken()[0][1]).status == 2
        return self

    def send(self, data):
        self.protocol.dataReceived(data)

    def query(self, text=b"SELECT 1"):
        self.send(framed(b"\x03" + text))

    def lose(self):
        self.protocol.connectionLost()
        assert self.clock.getDelayedCalls() == []
