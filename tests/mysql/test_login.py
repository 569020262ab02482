"""The connection phase: greeting, response, switch, and every way in which it ends."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import (
    CONNECT_WITH_DB,
    LENENC,
    LONG_PASSWORD,
    NATIVE,
    PLUGIN_AUTH,
    PROTOCOL_41,
    SECURE,
    SHA2,
    SSL,
    USUAL,
    Err,
    Ok,
    WireClient,
    framed,
    handshake_response,
    logged_in,
    read_reply,
    scramble,
)

from sockservice.answers import Ok as OkAnswer
from sockservice.mysql import Account, Server

OK = Ok(0, 0, 2, 0, b"")
WITHOUT_PLUGINS = PROTOCOL_41 | SECURE | LONG_PASSWORD


@pytest.fixture
def server():
    return Server(accounts=[Account("app", "secret"), Account("old", "secret", plugin=NATIVE), Account("empty")])


def assert_refused(client, packets, *, password="YES", user="app", sequence=2):
    assert [(number, read_reply(payload)) for number, payload in packets] == [
        (sequence, Err(1045, "28000", f"Access denied for user '{user}'@'10.0.0.7' (using password: {password})"))
    ]
    assert client.session.closing
    assert client.session.connection_id not in client.session.server.sessions


def test_the_greeting_is_that_of_mysql_8():
    client = WireClient(Server(version="8.0.36"))
    greeting = client.greeting
    assert (greeting.version, greeting.connection_id, greeting.charset) == (b"8.0.36", 1, 255)
    assert (greeting.status, greeting.plugin) == (2, SHA2.encode())
    assert len(greeting.salt) == 20
    assert greeting.connection_id == client.session.connection_id


def test_tls_is_offered_where_there_is_some():
    assert not WireClient(Server()).greeting.capabilities & SSL
    assert WireClient(Server(tls=True)).greeting.capabilities & SSL


def test_every_connection_has_its_own_id_and_salt(server):
    first, second = WireClient(server), WireClient(server)
    assert first.greeting.connection_id != second.greeting.connection_id
    assert first.greeting.salt != second.greeting.salt


@pytest.mark.parametrize("chunk", [None, 1, 7])
def test_a_right_password_is_told_so_and_then_ok(server, chunk):
    client = WireClient(server, chunk)
    assert client.log_in(b"secret") == [(2, b"\x01\x03"), (3, bytes.fromhex("00000002000000"))]
    assert not client.session.closing
    assert server.sessions == {client.session.connection_id: client.session}


def test_an_empty_password_is_ok_at_once(server):
    for auth in (b"", b"\0"):
        client = WireClient(server)
        ((sequence, reply),) = client.log_in(user=b"empty", auth=auth)
        assert (sequence, read_reply(reply)) == (2, OK)


def test_a_wrong_password_is_refused_and_the_connection_closed(server):
    client = WireClient(server)
    assert_refused(client, client.log_in(b"wrong"))


def test_no_password_is_refused_as_such(server):
    client = WireClient(server)
    assert_refused(client, client.log_in(b""), password="NO")


def test_an_unknown_user_is_refused_like_a_wrong_password(server):
    client = WireClient(server)
    assert_refused(client, client.log_in(b"secret", user=b"nobody"), user="nobody")


@pytest.mark.parametrize("chunk", [None, 1])
def test_nothing_behind_a_failed_login_is_ever_processed(server, chunk):
    client = WireClient(server, chunk)
    wrong = handshake_response(auth=scramble(SHA2, b"wrong", client.greeting.salt))
    client.send(framed(wrong, 1) + framed(b"\x03DROP TABLE people") + framed(b"\x0e"))
    assert client.session.next_request() is None
    assert_refused(client, client.received())
    client.send(framed(handshake_response(auth=scramble(SHA2, b"secret", client.greeting.salt)), 3))
    client.send(framed(b"\x03DROP TABLE people"))
    assert client.session.next_request() is None
    assert client.received() == []
    assert server.questions == 0


def test_a_query_behind_a_right_login_waits_for_its_turn(server):
    client = WireClient(server)
    right = handshake_response(auth=scramble(SHA2, b"secret", client.greeting.salt))
    client.send(framed(right, 1) + framed(b"\x03SELECT 1"))
    assert client.session.next_request().text == "SELECT 1"


@pytest.mark.parametrize("user", [b"app", b"old"])
def test_another_plugin_is_asked_to_switch_to_the_accounts(server, user):
    theirs, wanted = (NATIVE, SHA2) if user == b"app" else (SHA2, NATIVE)
    client = WireClient(server)
    ((sequence, switch),) = client.log_in(b"secret", user=user, plugin=theirs)
    name, salt, end = switch[1:-21].rstrip(b"\0"), switch[-21:-1], switch[-1:]
    assert (sequence, switch[0], name, end) == (2, 0xFE, wanted.encode(), b"\0")
    assert salt == client.greeting.salt
    client.send(framed(scramble(wanted, b"secret", salt), 3))
    replies = client.received()
    assert replies[-1] == (3 + len(replies), bytes.fromhex("00000002000000"))
    assert [payload for _, payload in replies[:-1]] == ([b"\x01\x03"] if wanted == SHA2 else [])
    assert client.session.user == user.decode()


@pytest.mark.parametrize("data", [b"", b"\0", b"short", bytes(32), bytes(20)])
def test_a_wrong_proof_after_the_switch_is_refused(server, data):
    client = WireClient(server)
    client.log_in(b"secret", plugin=NATIVE)
    client.send(framed(data, 3))
    assert_refused(client, client.received(), sequence=4, password="NO" if data in (b"", b"\0") else "YES")


def test_an_unusable_scramble_or_plugin_is_asked_to_switch(server):
    for fields in ({"auth": b"12345"}, {"plugin": "mysql_clear_password", "auth": b"secret\0"}, {"plugin": "x" * 99}):
        client = WireClient(server)
        ((_, switch),) = client.log_in(**fields)
        assert switch.startswith(b"\xfe" + SHA2.encode() + b"\0")


def test_the_password_is_never_asked_for_in_plain_text(server):
    for fields in ({"auth": b"x"}, {"plugin": NATIVE}, {"plugin": "dialog"}, {"auth": bytes(32)}):
        client = WireClient(server)
        client.log_in(**fields)
        client.send(framed(b"y" * 32, 3))
        assert all(payload != b"\x01\x04" for _, payload in client.received())


@pytest.mark.parametrize("user", [b"app", b"old"])
def test_a_client_that_knows_no_plugins_gets_the_native_one(server, user):
    client = WireClient(server)
    auth = scramble(NATIVE, b"secret", client.greeting.salt)
    ((_, reply),) = client.log_in(user=user, capabilities=WITHOUT_PLUGINS, auth=auth)
    assert read_reply(reply) == OK


def test_a_client_that_knows_no_plugins_is_refused_without_a_switch(server):
    client = WireClient(server)
    assert_refused(client, client.log_in(capabilities=WITHOUT_PLUGINS, auth=b"odd"))


@pytest.mark.parametrize("plugin", [None, ""])
def test_a_missing_plugin_name_is_told_from_the_scramble(server, plugin):
    for user, kind in ((b"app", SHA2), (b"old", NATIVE)):
        client = WireClient(server)
        packets = client.log_in(user=user, plugin=plugin, auth=scramble(kind, b"secret", client.greeting.salt))
        assert read_reply(packets[-1][1]) == OK


@pytest.mark.parametrize(
    "capabilities", [USUAL, USUAL & ~LENENC, USUAL & ~LENENC & ~SECURE], ids=["lenenc", "one byte", "NUL"]
)
def test_each_form_of_the_scramble_is_read(server, capabilities):
    # A scramble may hold a NUL, which ends the oldest form: an empty one is all that form is tried with.
    password = b"secret" if capabilities & SECURE else b""
    client = WireClient(server)
    packets = client.log_in(
        password,
        user=b"app" if password else b"empty",
        capabilities=capabilities,
        database=b"shop",
        attributes={b"_client_name": b"tests"},
    )
    assert read_reply(packets[-1][1]) == OK
    assert (client.session.database, client.session.client) == ("shop", {"_client_name": "tests"})


def test_a_plugin_name_need_not_end_with_a_nul(server):
    client = WireClient(server)
    response = handshake_response(auth=scramble(SHA2, b"secret", client.greeting.salt)).removesuffix(b"\0")
    client.send(framed(response, 1))
    assert read_reply(client.received()[-1][1]) == OK


def test_a_database_may_be_missing_though_it_is_announced(server):
    client = logged_in(server, user=b"empty", capabilities=WITHOUT_PLUGINS | CONNECT_WITH_DB, auth=b"", plugin=None)
    assert client.session.database == ""


def test_capabilities_are_only_those_that_both_sides_have(server):
    client = logged_in(server, user=b"empty", capabilities=USUAL | SSL | 1 << 30 | 1 << 31)
    assert client.session.capabilities == USUAL


@pytest.mark.parametrize("plugin", [SHA2, NATIVE])
@pytest.mark.parametrize("password", [b"", b"anything"])
def test_without_accounts_everybody_is_let_in_in_the_plugins_own_form(plugin, password):
    client = WireClient(Server())
    packets = client.log_in(password, user=b"whoever", plugin=plugin)
    expected = [b"\x01\x03"] if plugin == SHA2 and password else []
    assert [payload for _, payload in packets] == [*expected, bytes.fromhex("00000002000000")]
    assert client.session.user == "whoever"


def test_without_accounts_an_odd_plugin_is_switched_and_let_in():
    client = WireClient(Server())
    assert client.log_in(plugin="dialog")[0][1][0] == 0xFE
    client.send(framed(b"x" * 32, 3))
    assert [payload for _, payload in client.received()] == [b"\x01\x03", bytes.fromhex("00000002000000")]


def test_the_session_begins_with_the_handshakes_character_set(server):
    client = logged_in(server, user=b"empty", charset=8)
    assert client.session.variables["character_set_client"] == "latin1"
    assert client.session.variables["character_set_results"] == "latin1"
    assert client.session.variables["collation_connection"] == "latin1_swedish_ci"
    assert client.request(b"\x03SELECT '\xe9'").text == "SELECT 'é'"


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"\0",
        bytes(40),
        struct.pack("<IIB23x", USUAL | SSL, 0, 255),
        struct.pack("<IIB23x", PROTOCOL_41 | SSL, 0, 255),
        struct.pack("<IIB23x", USUAL, 0, 255) + b"app\0\x20short",
        handshake_response()[:20],
        handshake_response(attributes={b"a": b"b"})[:-1],
        handshake_response(end=b"\x05\x04abcd"),
        b"\x85\xa6\x01\0\0\1old\0",
    ],
)
def test_a_response_that_is_none_is_a_bad_handshake(server, response):
    client = WireClient(server)
    client.send(framed(response, 1))
    ((sequence, payload),) = client.received()
    reply = read_reply(payload)
    assert (sequence, reply.code, reply.message) == (2, 1043, "Bad handshake")
    assert client.session.closing


def test_a_client_older_than_41_gets_no_sqlstate():
    client = WireClient(Server())
    client.send(framed(b"\x85\xa4\0\0\0app\0", 1))
    assert read_reply(client.received()[0][1]).sqlstate is None


@pytest.mark.parametrize(
    "probe",
    [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", bytes.fromhex("16030100a5010000a10303") + bytes(160), b"SSH-2.0-x\r\n"],
)
@pytest.mark.parametrize("chunk", [None, 1])
def test_another_protocol_gets_an_error_and_is_closed(probe, chunk):
    client = WireClient(Server(), chunk)
    client.send(probe)
    ((_, payload),) = client.received()
    assert read_reply(payload).code in (1156, 1153)
    assert client.session.closing


def test_a_packet_over_the_limit_before_login_is_refused_at_once():
    client = WireClient(Server())
    client.send(b"\xff\xff\xff\1")
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload).code) == (2, 1153)
    assert client.session.closing


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=120), st.booleans(), st.sampled_from([None, 1, 5]))
def test_garbage_in_the_connection_phase_never_raises(data, as_packet, chunk):
    client = WireClient(Server(accounts=[Account("app", "secret")]), chunk)
    client.send(framed(data, 1) if as_packet else data)
    assert client.session.next_request() is None
    for _, payload in client.received():
        assert payload[0] in (0xFE, 0xFF)
    assert not client.session.server.sessions


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_a_damaged_response_never_raises(data):
    whole = handshake_response(database=b"shop", attributes={b"k": b"v" * 9}, auth=bytes(32))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 4)) :]
    client = WireClient(Server())
    client.send(framed(damaged, 1))
    if client.session.next_request() is not None:
        client.session.answer(OkAnswer())
    packets = client.received()
    assert packets
    assert client.session.closing == (packets[-1][1][0] == 0xFF)


def test_the_plugin_bit_steers_the_plugin_name(server):
    client = WireClient(server)
    packets = client.log_in(user=b"empty", capabilities=USUAL & ~PLUGIN_AUTH & ~CONNECT_WITH_DB, plugin="ignored")
    assert read_reply(packets[-1][1]) == OK
    client.request(b"\x03SELECT 1")
    client.session.answer(OkAnswer())


def test_a_user_with_a_workspace_logs_in_and_keeps_the_name():
    client = WireClient(Server(accounts=[Account("app", "secret")]))
    assert read_reply(client.log_in(b"secret", user=b"app@w1")[-1][1]).status == 2
    assert (client.session.user, client.session.current_user) == ("app@w1", "app@%")
