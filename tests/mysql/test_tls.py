"""The request for TLS: where the session hands the connection over, and what counts afterwards."""

from __future__ import annotations

import struct

import pytest
from proving_client import PASSWORD, PLAIN, TLS, UNIX, account
from wire_client import SHA2, SSL, USUAL, Err, Ok, WireClient, framed, handshake_response, read_reply, scramble

from sockservice.mysql import Server

TLS_REQUEST = struct.pack("<IIB23x", USUAL | SSL, 0, 255)
REQUEST = framed(TLS_REQUEST, 1)
HELLO = bytes.fromhex("16030100a5010000a10303") + bytes(160)
OK = Ok(0, 0, 2, 0, b"")


@pytest.fixture
def server():
    return Server(accounts=[account(SHA2), account(SHA2, "careful", tls=True)], tls=True)


def at(server, peer, chunk=None):
    client = WireClient(server, chunk)
    client.session.peer = lambda: peer
    return client


def begin_tls(client, data=REQUEST):
    """Send a request for TLS; returns what is for TLS to read."""
    client.send(data)
    assert client.session.wants_tls
    assert client.session.next_request() is None
    assert client.received() == []
    rest = client.session.start_tls()
    client.session.peer = lambda: TLS
    assert not client.session.wants_tls
    return rest


def respond(client, sequence=2, user=b"app", **fields):
    auth = scramble(SHA2, PASSWORD, client.greeting.salt)
    client.send(framed(handshake_response(user=user, auth=auth, **fields), sequence))
    assert client.session.next_request() is None
    return client.received()


@pytest.mark.parametrize("chunk", [None, 1])
def test_the_response_is_sent_again_over_tls(server, chunk):
    client = at(server, PLAIN, chunk)
    assert begin_tls(client) == b""
    packets = respond(client)
    assert [sequence for sequence, _ in packets] == [3, 4]
    assert read_reply(packets[-1][1]) == OK
    assert client.session.tls == TLS.tls


@pytest.mark.parametrize("chunk", [None, 1, 40])
def test_what_came_behind_the_request_is_for_tls(server, chunk):
    client = at(server, PLAIN, chunk)
    assert begin_tls(client, REQUEST + HELLO) == HELLO
    assert read_reply(respond(client)[-1][1]) == OK


def test_a_login_smuggled_in_behind_the_request_is_never_read(server):
    client = at(server, PLAIN)
    smuggled = framed(handshake_response(user=b"app", auth=b""), 2) + framed(b"\x03DROP TABLE people")
    assert begin_tls(client, REQUEST + smuggled) == smuggled
    assert client.session.next_request() is None
    assert client.received() == []
    assert read_reply(respond(client)[-1][1]) == OK
    assert client.session.next_request() is None


def test_the_second_responses_capabilities_count(server):
    client = at(server, PLAIN)
    begin_tls(client, framed(struct.pack("<IIB23x", USUAL | SSL | 1 << 24, 0, 8), 1))
    respond(client, capabilities=USUAL, charset=33)
    assert client.session.capabilities == USUAL
    assert client.session.variables["character_set_client"] == "utf8mb3"


def test_a_second_request_for_tls_is_a_bad_handshake(server):
    client = at(server, PLAIN)
    begin_tls(client)
    client.send(framed(TLS_REQUEST, 2))
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload)) == (3, Err(1043, "08S01", "Bad handshake"))
    assert client.session.closing


def test_what_was_not_offered_is_a_bad_handshake():
    client = WireClient(Server())
    client.send(REQUEST)
    assert not client.session.wants_tls
    assert read_reply(client.received()[0][1]).code == 1043


def test_bytes_for_tls_are_bounded(server):
    client = at(server, PLAIN)
    client.send(REQUEST)
    for _ in range(200):
        client.send(bytes(1 << 20))
        if client.session.closing:
            break
    assert client.session.closing
    assert not client.session.wants_tls


@pytest.mark.parametrize(("peer", "code"), [(PLAIN, 3159), (TLS, None), (UNIX, None)])
def test_a_server_may_require_tls(peer, code):
    client = at(Server(accounts=[account(SHA2)], tls=True, require_tls=True), peer)
    reply = read_reply(respond(client, sequence=1)[-1][1])
    if code is None:
        assert reply == OK
    else:
        text = "Connections using insecure transport are prohibited while --require_secure_transport=ON."
        assert reply == Err(code, "HY000", text)
        assert client.session.closing


@pytest.mark.parametrize(("peer", "code"), [(PLAIN, 1045), (TLS, None), (UNIX, None)])
def test_an_account_may_require_tls(server, peer, code):
    client = at(server, peer)
    reply = read_reply(respond(client, sequence=1, user=b"careful")[-1][1])
    assert getattr(reply, "code", None) == code
    assert client.session.closing == (code is not None)
