"""Faults that end the connection."""

from __future__ import annotations

import pytest
from faulted import Scene, fault, on_mariadb
from sessions import FakeSession

from sockservice.answers import Disturbed, Error, Ok
from sockservice.disturbances import Break, Ending, IdleEnd, Oversized, Stall

INACTIVE = Error(
    4031,
    "HY000",
    "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for"
    " configuring this behavior.",
)


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("gone_away", IdleEnd()),
        ({"gone_away": "5s"}, IdleEnd(5.0)),
        ({"gone_away": {"idle": 2, "how": "rst"}}, IdleEnd(2.0, Ending.RST)),
        ({"gone_away": {"polite": True}}, IdleEnd(error=INACTIVE)),
    ],
    ids=str,
)
def test_gone_away_closes_behind_an_answer_that_is_sent_whole(value, end):
    assert Scene().apply(value, answer=Ok(3)) == Disturbed(Ok(3), (end,))
    assert not fault(value).replaces


def test_gone_away_strikes_whatever_is_asked_once_the_client_is_logged_in():
    scene = Scene()
    scene.arm("gone_away")
    assert all(scene.struck("SELECT 1", command) for command in ("query", "execute", "prepare", "init_db"))
    assert not scene.struck("SET NAMES x")
    assert not any(scene.struck(command=command) for command in ("connect", "auth", "ping", "quit", "reset_connection"))
    scene.session.server.sessions.clear()
    assert not scene.struck("shop", "init_db")


def test_gone_away_adds_to_what_disturbs_the_answer_already():
    before = Disturbed(Ok(), (Stall(1), IdleEnd(9)))
    assert Scene().apply("gone_away", answer=before) == Disturbed(Ok(), (Stall(1), IdleEnd()))


@pytest.mark.parametrize(
    ("value", "ending"), [("lost_connection", Ending.FIN), ({"lost_connection": "rst"}, Ending.RST)]
)
def test_a_lost_connection_ends_without_an_answer(value, ending):
    assert Scene().apply(value) == Disturbed(None, (Break(ending=ending),))


def test_a_connection_is_lost_after_a_while():
    scene = Scene()
    scene.arm({"lost_connection": {"after_delay": "1s"}})
    came = scene.wait("SELECT 1")
    scene.clock.advance(0.9)
    assert not came
    scene.clock.advance(0.2)
    assert came == [Disturbed(None, (Break(),))]


def test_a_killed_query_leaves_the_connection_and_a_killed_connection_does_not():
    assert Scene().apply("killed").code == 1317
    assert Scene().apply({"killed": "connection"}) == Disturbed(Error(3169, "HY000", "Session was killed"), (Break(),))
    # MariaDB 10.11: KILL CONNECTION_ID()
    assert on_mariadb().apply({"killed": "connection"}) == Disturbed(
        Error(1927, "70100", "Connection was killed"), (Break(),)
    )


SHUTDOWN = Disturbed(Error(1053, "08S01", "Server shutdown in progress"), (Break(),))
RESET = Disturbed(None, (Break(ending=Ending.RST),))


def test_a_shutdown_ends_the_connection_and_refuses_new_ones_for_a_while():
    scene = Scene()
    scene.arm({"server_shutdown": {"refuse_for": "3s", "times": 1}})
    assert not scene.struck("", "connect")
    assert not scene.struck("SET NAMES x")
    assert scene.ask("COMMIT") == SHUTDOWN
    scene.clock.advance(2.9)
    assert scene.ask("", "connect") == RESET
    assert scene.ask("", "auth") == SHUTDOWN
    assert not scene.struck("SELECT 1")
    scene.clock.advance(0.2)
    assert not scene.struck("", "connect")
    assert not scene.workspace.faults


def test_refused_connections_are_not_counted_as_strikes():
    scene = Scene()
    scene.arm({"server_shutdown": {"refuse_for": "3s", "times": 2}})
    scene.ask("SELECT 1")
    for _ in range(5):
        assert scene.ask("", "connect") == RESET
    (armed,) = scene.workspace.faults
    assert (armed.met, armed.struck) == (1, 1)
    assert scene.ask("SELECT 1") == SHUTDOWN


def test_a_shutdown_without_a_window_refuses_nobody():
    scene = Scene()
    scene.arm("server_shutdown")
    assert scene.ask("shop", "init_db") == SHUTDOWN
    assert not scene.struck("", "connect", FakeSession())


def test_an_oversized_packet_is_an_error_or_a_header():
    too_large = Error(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes")
    assert Scene().apply("oversized_packet") == Disturbed(too_large, (Break(),))
    assert Scene().apply({"oversized_packet": 1 << 25}) == Disturbed(None, (Oversized(1 << 25),))
