"""The pump of message datagrams."""

from __future__ import annotations

from memory_peers import MemoryDatagrams
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from sockservice.answers import Disturbed, Error, Message, Ok
from sockservice.disturbances import Break, Dribble, Stall
from sockservice.messages.session import MessageServer
from sockservice.plugins._message_datagrams import MessageDatagrams

CLIENT, OTHER = ("10.0.0.7", 5000), ("10.0.0.8", 5000)


class Rig:
    def __init__(self, answers=(), clients=10):
        self.clock, self.answers = Clock(), dict(answers)
        self.server = MessageServer(self.clock.seconds)
        self.protocol, self.transport = MessageDatagrams(self.server, self, self.clock, clients), MemoryDatagrams()
        self.protocol.transport = self.transport
        self.sessions = []

    def respond(self, request):
        self.sessions.append(request.session)
        return self.answers.get(request.text, Message(request.data.upper()))

    def send(self, data, client=CLIENT):
        self.protocol.datagramReceived(data, client)
        return self.transport.written


def test_each_datagram_is_answered_to_its_sender():
    rig = Rig()
    rig.send(b"one")
    assert rig.send(b"two", OTHER) == [(b"ONE", CLIENT), (b"TWO", OTHER)]


def test_a_sender_keeps_its_session_and_the_oldest_is_forgotten():
    rig = Rig(clients=2)
    for client in (CLIENT, OTHER, CLIENT, ("10.0.0.9", 1), CLIENT, OTHER):
        rig.send(b"x", client)
    one, two, three, _, five, six = rig.sessions
    assert one is three is five
    assert two is not six
    assert len(rig.server.sessions) == 2


def test_silence_errors_and_endings_send_nothing():
    rig = Rig({"ok": Ok(), "error": Error(1105, "HY000", ""), "end": Disturbed(Message(b"x"), (Break(after_bytes=0),))})
    for data in (b"ok", b"error", b"end"):
        assert rig.send(data) == []


def test_a_slow_answer_holds_up_no_other():
    waited = Deferred()
    rig = Rig({"wait": waited, "late": Disturbed(Message(b"late"), (Stall(1.0),))})
    rig.send(b"wait")
    rig.send(b"late")
    assert rig.send(b"now") == [(b"NOW", CLIENT)]
    rig.clock.advance(1)
    waited.callback(Message(b"done"))
    assert rig.transport.written[1:] == [(b"late", CLIENT), (b"done", CLIENT)]


def test_pieces_are_datagrams_of_their_own():
    rig = Rig({"two": Disturbed(Message(b"abcd"), (Dribble(2, 1.0),))})
    rig.send(b"two")
    rig.clock.advance(1)
    assert rig.transport.written == [(b"ab", CLIENT), (b"cd", CLIENT)]


def test_closing_gives_up_what_waits():
    given_up = []
    rig = Rig({"wait": Deferred(given_up.append), "late": Disturbed(Message(b"late"), (Stall(1.0),))})
    rig.send(b"wait")
    rig.send(b"late")
    rig.protocol.stopProtocol()
    assert len(given_up) == 1
    assert not rig.clock.getDelayedCalls()
