"""COM_CHANGE_USER: a login in the middle of a session."""

from __future__ import annotations

import pytest
from proving_client import CLEAR, PASSWORD, PLAIN, PLUGINS, TLS, UNIX, ProvingClient, servers_of_all_plugins
from wire_client import NATIVE, PROTOCOL_41, SECURE, SHA2, USUAL, Err, Ok, framed, read_reply, scramble

from sockservice import answers

OK = Ok(0, 0, 2, 0, b"")


@pytest.fixture(scope="module")
def server():
    return servers_of_all_plugins()


def logged_in(server, peer=TLS, **fields):
    client = ProvingClient(server, peer)
    assert read_reply(client.log_in_by(SHA2, **fields)) == OK
    client.heard.clear()
    return client


def told_of_the_reset(client):
    """The responder is told that the user before is gone; it has no say in it."""
    request = client.session.next_request()
    assert (request.command, request.text) == ("reset_connection", "")
    client.session.answer(answers.Error(1105, "HY000", "never mind"))


@pytest.mark.parametrize(
    ("peer", "user"),
    [(peer, user) for peer in (PLAIN, TLS, UNIX) for user in (*PLUGINS, "full") if peer.secure or user != CLEAR],
)
def test_every_plugin_may_be_changed_to(server, peer, user):
    server.proven.clear()
    client = logged_in(server, peer)
    assert read_reply(client.change_user(user)) == OK
    assert (client.session.user, client.session.current_user) == (user, f"{user}@%")
    assert client.heard[0][0] == 0xFE
    assert client.request(b"\x03SELECT 1").session is client.session


def test_the_talk_begins_with_sequence_id_1_and_the_next_command_with_0(server):
    client = logged_in(server)
    client.send(framed(b"\x11" + NATIVE.encode() + b"\0\0\0" + b"\x2d\0" + NATIVE.encode() + b"\0"))
    assert client.session.next_request() is None
    ((sequence, switch),) = client.received()
    assert (sequence, switch[:1]) == (1, b"\xfe")
    client.send(framed(scramble(NATIVE, PASSWORD, switch[-21:-1]), 2))
    told_of_the_reset(client)
    assert client.session.next_request() is None
    assert [(number, read_reply(payload)) for number, payload in client.received()] == [(3, OK)]
    assert client.request(b"\x03SELECT 1") is not None


def test_everything_is_forgotten(server):
    client = logged_in(server, database=b"shop", attributes={b"old": b"1"})
    session = client.session
    session.autocommit, session.in_transaction = False, True
    session.user_variables["fox"], session.variables["sql_mode"] = 1, "ANSI"
    client.change_user(NATIVE, database=b"stock", charset=8, attributes={b"new": b"2"})
    assert (session.database, session.client) == ("stock", {"new": "2"})
    assert (session.autocommit, session.in_transaction, dict(session.user_variables)) == (True, False, {})
    assert "sql_mode" not in session.variables
    assert session.variables["character_set_client"] == "latin1"
    client.change_user(NATIVE)
    assert session.database == ""


def test_the_number_of_the_session_stays_and_it_is_listed_again(server):
    client = logged_in(server)
    number = client.session.connection_id
    client.change_user(NATIVE)
    assert client.session.connection_id == number
    assert server.sessions[number] is client.session


def test_a_client_that_cannot_switch_proves_natively_with_the_greetings_salt(server):
    client = ProvingClient(server)
    native = scramble(NATIVE, PASSWORD, client.greeting.salt)
    client.log_in(user=NATIVE.encode(), auth=native, capabilities=PROTOCOL_41 | SECURE, plugin=None)
    client.send(framed(b"\x11" + SHA2.encode() + b"\0\x14" + native + b"\0\x21\0"))
    told_of_the_reset(client)
    assert client.session.next_request() is None
    assert [(number, read_reply(payload)) for number, payload in client.received()] == [(1, OK)]
    assert client.session.user == SHA2


def test_what_follows_the_database_may_be_missing(server):
    client = logged_in(server)
    client.sequence = 0
    assert read_reply(client.talk(b"\x11" + NATIVE.encode() + b"\0\0\0")) == OK


def test_a_database_that_a_responder_refuses_refuses_the_user(server):
    client = logged_in(server)
    client.send(framed(b"\x11" + NATIVE.encode() + b"\0\0nowhere\0\x2d\0" + NATIVE.encode() + b"\0"))
    assert client.session.next_request() is None
    salt = client.received()[0][1][-21:-1]
    client.send(framed(scramble(NATIVE, PASSWORD, salt), 2))
    told_of_the_reset(client)
    request = client.session.next_request()
    assert (request.command, request.text, request.session.user) == ("init_db", "nowhere", NATIVE)
    client.session.answer(answers.Error(1049, "42000", "Unknown database 'nowhere'"))
    assert read_reply(client.received()[0][1]) == Err(1049, "42000", "Unknown database 'nowhere'")
    assert client.session.closing


@pytest.mark.parametrize(
    "arguments", [b"", b"app", b"app\0\x14short", b"app\0\0db\0\x2d", b"app\0\0db\0\x2d\0x\0\x09ab"]
)
def test_a_damaged_one_is_refused_and_the_connection_closed(server, arguments):
    client = logged_in(server, capabilities=USUAL)
    client.send(framed(b"\x11" + arguments))
    assert client.session.next_request() is None
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload).code) == (1, 1835)
    assert client.session.closing


@pytest.mark.parametrize("chunk", [None, 1])
def test_a_user_may_be_changed_many_times(server, chunk):
    client = logged_in(server)
    client.chunk = chunk
    for user in (*PLUGINS, *reversed(PLUGINS)):
        assert read_reply(client.change_user(user)) == OK
    assert client.request(b"\x0e") is None


def test_what_responders_keep_with_the_session_begins_anew(server):
    client = logged_in(server, database=b"shop")
    session = client.session

    def keep():
        session.asker = session.workspace = "kept"

    keep()
    client.change_user("full")
    assert (session.asker, session.workspace) == (None, None)
    keep()
    session.database = "other"
    assert (session.asker, session.workspace) == (None, None)
    keep()
    session.reset()
    assert (session.asker, session.workspace) == (None, None)
