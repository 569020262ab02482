"""The pump of message streams: order, pauses, endings, bounds."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from sockservice.answers import Disturbed, Error, Message, Ok, table
from sockservice.disturbances import Break, Ending, Stall
from sockservice.messages.framing import LINES
from sockservice.messages.session import MessageServer
from sockservice.plugins._message_stream import MessageFactory


class Transport(StringTransport):
    aborted = False

    def abortConnection(self):
        self.aborted = True


class Rig:
    """One client, a clock, and a responder that echoes in capitals but for what ``answers`` names."""

    def __init__(self, answers=(), limit=100):
        self.clock, self.asked, self.answers = Clock(), [], dict(answers)
        self.server = MessageServer(self.clock.seconds)
        factory = MessageFactory(self.server, LINES, self, self.clock, limit)
        self.protocol, self.transport = factory.buildProtocol(IPv4Address("TCP", "10.0.0.7", 5000)), Transport()
        self.protocol.makeConnection(self.transport)

    def respond(self, request):
        self.asked.append((request.command, request.text))
        answer = self.answers.get(request.text, Message(request.data.upper()) if request.data else Ok())
        return answer() if callable(answer) else answer

    def send(self, data):
        self.protocol.dataReceived(data)
        return self.sent

    @property
    def sent(self):
        return self.transport.value()


def test_messages_are_answered_in_order_whole_and_byte_by_byte():
    assert Rig().send(b"one\r\ntwo\nthr") == b"ONE\r\nTWO\r\n"
    rig = Rig()
    for byte in b"one\r\ntwo\n":
        rig.send(bytes([byte]))
    assert rig.sent == b"ONE\r\nTWO\r\n"


def test_a_client_is_greeted():
    rig = Rig({"": Message(b"220 ready")})
    assert rig.sent == b"220 ready\r\n"
    assert rig.asked == [("connect", "")]


def test_the_session_knows_the_client_for_as_long_as_it_is_there():
    rig = Rig()
    (session,) = rig.server.sessions.values()
    assert (session.host, session.port) == ("10.0.0.7", 5000)
    rig.protocol.connectionLost()
    assert not rig.server.sessions


def test_bytes_that_are_no_text_come_through():
    rig = Rig({"caf\udce9": Message(b"\xe9")})
    assert rig.send(b"caf\xe9\n") == b"\xe9\r\n"


def test_the_next_message_waits_for_the_answer_before_it():
    waited = Deferred()
    rig = Rig({"slow": waited})
    assert rig.send(b"slow\nfast\n") == b""
    waited.callback(Message(b"done"))
    assert rig.sent == b"done\r\nFAST\r\n"


def test_a_pause_is_kept_and_ends_with_the_client():
    rig = Rig({"slow": Disturbed(Message(b"late"), (Stall(2.0),))})
    assert rig.send(b"slow\nnext\n") == b""
    rig.clock.advance(1.9)
    assert rig.sent == b""
    rig.clock.advance(0.2)
    assert rig.sent == b"late\r\nNEXT\r\n"
    rig.send(b"slow\n")
    rig.protocol.connectionLost()
    assert not rig.clock.getDelayedCalls()


def test_the_client_leaving_gives_up_what_it_waits_for():
    given_up = []
    waited = Deferred(given_up.append)
    rig = Rig({"slow": waited})
    rig.send(b"slow\n")
    rig.protocol.connectionLost()
    assert given_up == [waited]


@pytest.mark.parametrize("ending", list(Ending))
def test_a_connection_ends_as_the_answer_says(ending):
    rig = Rig({"bye": Disturbed(Message(b"bye"), (Break(ending=ending),))})
    assert rig.send(b"bye\nmore\n") == b"bye\r\n"
    assert rig.transport.disconnecting is (ending is Ending.FIN)
    assert rig.transport.aborted is (ending is Ending.RST)
    rig.protocol.finish()
    assert rig.transport.disconnecting is (ending is not Ending.RST)


def test_an_error_is_the_end_of_the_connection():
    rig = Rig({"what": Error(1105, "HY000", "no stub")})
    rig.send(b"what\n")
    assert rig.transport.disconnecting


def test_a_message_over_the_limit_ends_the_connection():
    rig = Rig()
    rig.send(b"x" * 103)
    assert rig.transport.disconnecting


def test_reading_stops_while_much_waits():
    rig = Rig({"slow": Deferred()})
    rig.send(b"slow\n")
    assert rig.transport.producerState == "producing"
    rig.send(b"more\n" * 21)
    assert rig.transport.producerState == "paused"


def test_a_slow_reader_is_asked_nothing_more():
    rig = Rig()
    rig.protocol.pauseProducing()
    rig.send(b"one\n")
    assert rig.sent == b""
    rig.protocol.resumeProducing()
    assert rig.sent == b"ONE\r\n"


def test_what_was_asked_before_the_end_of_the_stream_is_answered():
    waited = Deferred()
    rig = Rig({"slow": waited})
    rig.send(b"slow\nfast\n")
    rig.protocol.readConnectionLost()
    assert not rig.transport.disconnecting
    waited.callback(Message(b"done"))
    assert rig.sent == b"done\r\nFAST\r\n"
    assert rig.transport.disconnecting


def test_finish_waits_for_the_answer_in_flight_only():
    waited = Deferred()
    rig = Rig({"slow": waited})
    rig.send(b"slow\nfast\n")
    rig.protocol.finish()
    assert not rig.transport.disconnecting
    waited.callback(Message(b"done"))
    assert rig.sent == b"done\r\n"
    assert rig.transport.disconnecting


def test_a_responder_that_raises_answers_nothing_and_is_logged(logged_errors):
    rig = Rig({"bad": lambda: 1 / 0})
    assert rig.send(b"bad\ngood\n") == b"GOOD\r\n"
    assert len(logged_errors.flush()) == 1


def test_an_answer_that_cannot_be_sent_ends_the_connection_and_is_logged():
    rig = Rig({"rows": table({"a": "INT"})})
    rig.send(b"rows\n")
    assert rig.transport.disconnecting


def test_one_client_with_many_messages_lets_the_others_have_their_turn(monkeypatch):
    monkeypatch.setattr("sockservice.plugins._message_stream.TURN", -1)
    rig = Rig()
    assert rig.send(b"a\nb\n") != b"A\r\nB\r\n"
    while rig.clock.getDelayedCalls():
        rig.clock.advance(0)
    assert rig.sent == b"A\r\nB\r\n"
