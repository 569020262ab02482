"""How long a session waits: each of MySQL's five limits, by a clock that the tests move."""

from __future__ import annotations

import pytest
from compressed_client import CompressedClient
from wire_client import USUAL, Err, WireClient, framed, handshake_response, logged_in, read_reply, unframed

from sockservice.answers import Disturbed, LocalInfile, Ok
from sockservice.disturbances import Ending, IdleEnd
from sockservice.error_codes import error
from sockservice.mysql import Server

INTERACTIVE, LOCAL_FILES = 1 << 10, 1 << 7
GONE = Err(
    4031,
    "HY000",
    "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for"
    " configuring this behavior.",
)


class Time:
    """A clock to be moved."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def server(time):
    return Server(clock=time)


def seconds_left(session):
    return session.timeouts.deadline - session.server.clock()


def waits(session, time, seconds):
    """That the session waits for so long, and is closed then; returns what it says at the end."""
    assert seconds_left(session) == seconds
    time.now += seconds - 1
    session.timeouts.expire()
    assert not session.closing
    time.now += 1
    session.timeouts.expire()
    assert session.closing
    return session.data_to_send()


def test_a_client_that_does_not_log_in_is_left_after_10_seconds(server, time):
    client = WireClient(server)
    client.send(framed(handshake_response(), 1)[:20])
    assert waits(client.session, time, 10) == b""


def test_the_time_for_a_login_is_a_global_variable(server, time):
    server.global_variables["connect_timeout"] = 3
    assert waits(WireClient(server).session, time, 3) == b""


def test_a_client_that_changes_its_user_has_as_long_again(server, time):
    client = logged_in(server)
    time.now += 5000
    client.send(framed(b"\x11app\0\0\0\xff\0unknown_plugin\0"))
    assert client.session.next_request() is None
    client.session.data_to_send()
    assert waits(client.session, time, 10) == b""


def test_an_idle_client_is_told_with_sequence_id_0_and_left(server, time):
    client = logged_in(server)
    ((sequence, said),) = unframed(waits(client.session, time, 28800))
    assert sequence == 0
    assert read_reply(said) == GONE


def test_a_client_that_compresses_is_told_so_too(server, time):
    client = CompressedClient(server)
    client.session.variables["wait_timeout"] = 1
    client.command(b"\x0e")
    client.unpacked()
    time.now += 1
    client.session.timeouts.expire()
    ((outer, _, content),) = client.unpacked()
    ((inner, said),) = unframed(content)
    assert (outer, inner, read_reply(said)) == (0, 0, GONE)


def test_a_mariadb_says_nothing_to_an_idle_client(time):
    client = logged_in(Server("10.11.6-MariaDB", clock=time))
    assert waits(client.session, time, 28800) == b""


def test_every_command_begins_the_wait_anew(server, time):
    client = logged_in(server)
    time.now += 28000
    client.ask(b"\x03SELECT 1", Ok())
    assert waits(client.session, time, 28800) != b""


def test_a_client_that_sets_its_wait_has_it_and_who_watches_is_told(server, time):
    client, told = logged_in(server), []
    client.session.timeouts.on_earlier = lambda: told.append(client.session.timeouts.deadline)
    client.session.variables["wait_timeout"] = 7
    assert told == [time.now + 7]
    assert waits(client.session, time, 7) != b""


def test_an_interactive_client_has_a_wait_of_its_own(server, time):
    server.global_variables.update(interactive_timeout=100, wait_timeout=50)
    assert waits(logged_in(server).session, time, 50) != b""
    assert waits(logged_in(server, capabilities=USUAL | INTERACTIVE).session, time, 100) != b""


def test_nobody_waits_for_a_client_that_waits(server, time):
    client = logged_in(server)
    client.request(b"\x03SELECT SLEEP(100000)")
    for _ in range(5):
        time.now = client.session.timeouts.deadline
        client.session.timeouts.expire()
        assert not client.session.closing
    client.session.answer(Ok())
    assert waits(client.session, time, 28800) != b""


def test_the_rest_of_a_packet_must_follow_in_30_seconds(server, time):
    client, told = logged_in(server), []
    client.session.timeouts.on_earlier = lambda: told.append(seconds_left(client.session))
    whole = framed(b"\x03SELECT 1")
    for part in (whole[:2], whole[2:6], whole[6:9]):
        client.send(part)
        assert client.session.next_request() is None
        assert told[-1] == 30
        time.now += 29
        client.session.timeouts.expire()
    assert not client.session.closing
    assert waits(client.session, time, 1) == b""


def test_the_next_piece_of_a_file_must_follow_in_30_seconds(server, time):
    client = logged_in(server, capabilities=USUAL | LOCAL_FILES)
    client.ask(b"\x03LOAD", LocalInfile("f", lambda _: None, Ok))
    time.now += 20
    client.send(framed(b"piece", 2))
    client.session.file_step()
    assert client.session.file_step() is None
    assert waits(client.session, time, 30) == b""


def test_a_client_that_takes_nothing_is_cut_off_after_60_seconds(server, time):
    client = logged_in(server)
    client.session.timeouts.stall()
    time.now += 30
    client.session.timeouts.flow()
    assert seconds_left(client.session) > 60
    client.session.timeouts.stall()
    waits(client.session, time, 60)
    assert client.session.timeouts.aborted


def test_a_client_that_does_not_take_its_last_words_is_cut_off_too(server, time):
    client = logged_in(server)
    client.session.finish()
    client.session.timeouts.stall()
    time.now += 59
    client.session.timeouts.expire()
    assert not client.session.timeouts.aborted
    time.now += 1
    client.session.timeouts.expire()
    assert client.session.timeouts.aborted


def test_a_client_that_only_pings_is_not_idle(server, time):
    client = logged_in(server)
    time.now += 28000
    client.reply(b"\x0e")
    assert seconds_left(client.session) == 28800


class Idle:
    """A session whose next answer is followed by an end of its idleness."""

    def __init__(self, server, end):
        self.client = logged_in(server)
        self.session = self.client.session
        self.ask(Disturbed(Ok(), (end,)))

    def ask(self, answer):
        self.client.send(framed(b"\x03SELECT 1"))
        self.session.next_request()
        self.session.answer(answer)
        while self.session.sending:
            self.session.data_to_send()
        self.session.data_to_send()


def test_a_session_ends_when_its_client_is_silent_for_as_long_as_an_answer_says(server, time):
    idle = Idle(server, IdleEnd(5))
    assert waits(idle.session, time, 5) == b""
    assert not idle.session.resets


def test_the_end_of_idleness_is_told_and_may_be_a_reset(server, time):
    problem = error("ER_CLIENT_INTERACTION_TIMEOUT")
    idle = Idle(server, IdleEnd(5, Ending.RST, problem))
    ((sequence_id, payload),) = unframed(waits(idle.session, time, 5))
    assert sequence_id == 0
    assert read_reply(payload) == GONE
    assert idle.session.resets


def test_a_client_that_says_something_in_time_stays(server, time):
    idle = Idle(server, IdleEnd(5))
    time.now += 4
    idle.ask(Ok())
    assert seconds_left(idle.session) == 28800
    time.now += 2
    idle.session.timeouts.expire()
    assert not idle.session.closing


def test_no_idleness_at_all_ends_the_session_behind_the_answer(server, time):
    idle = Idle(server, IdleEnd())
    assert seconds_left(idle.session) == 0
    idle.session.timeouts.expire()
    assert idle.session.closing
