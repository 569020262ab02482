"""A login that failed can do nothing afterwards, whatever it failed at and whatever was sent behind it."""

from __future__ import annotations

import pytest
from proving_client import CLEAR, PASSWORD, PLAIN, PLUGINS, SHA256, TLS, UNIX, ProvingClient, servers_of_all_plugins
from wire_client import NATIVE, PROTOCOL_41, SECURE, SHA2, framed, handshake_response, read_reply

from sockservice.mysql import Account, Server

BEHIND = b"".join(framed(command) for command in (b"\x03DROP TABLE people", b"\x0e", b"\x02shop", b"\x16SELECT 1"))
PEERS = pytest.mark.parametrize("peer", [PLAIN, TLS, UNIX], ids=["plain", "TLS", "Unix"])
USERS = (*PLUGINS, "full", "nobody")


class Intruder(ProvingClient):
    """A client that sends commands right behind each of its packets, once it has sent ``trusted`` packets."""

    trusted = 0

    def send(self, data):
        super().send(data if self.trusted > 0 else data + BEHIND)
        self.trusted -= 1


@pytest.fixture(scope="module")
def server():
    return servers_of_all_plugins()


def assert_out(client, server):
    """The last word was an error, the session is over, and nothing of what comes now is looked at."""
    questions = server.questions
    assert read_reply(client.heard[-1]).code in (1045, 1156, 1153, 1251, 3159, 1044)
    assert client.session.closing
    assert client.session.connection_id not in server.sessions
    client.send(BEHIND)
    client.send(framed(handshake_response(user=b"app"), 1) + BEHIND)
    assert client.session.next_request() is None
    assert client.received() == []
    assert server.questions == questions


@PEERS
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("plugin", [SHA2, NATIVE, SHA256, CLEAR, "dialog", ""])
@pytest.mark.parametrize("password", [b"wrong" + b"!" * 27, b""], ids=["wrong", "none"])
def test_a_wrong_password_gets_nobody_in_whatever_the_switch(server, peer, user, plugin, password):
    before = server.questions
    client = ProvingClient(server, peer, password)
    first = plugin if plugin in PLUGINS else SHA2
    auth = client.first_proof(first, client.greeting.salt)
    client.talk(handshake_response(user=user.encode(), plugin=plugin, auth=auth))
    assert_out(client, server)
    assert server.questions == before


@PEERS
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("plugin", [SHA2, NATIVE])
def test_commands_behind_a_proof_are_no_proof(server, peer, user, plugin):
    before = server.questions
    client = Intruder(server, peer, b"wrong" + b"!" * 27)
    client.log_in_by(user, plugin)
    assert_out(client, server)
    assert server.questions == before


@PEERS
@pytest.mark.parametrize("user", USERS)
def test_a_failed_change_of_user_closes(server, peer, user):
    client = ProvingClient(server, peer)
    client.log_in_by(SHA2)
    assert client.session.connection_id in server.sessions
    client.password = b"wrong" + b"!" * 27
    client.change_user(user)
    assert_out(client, server)


@PEERS
@pytest.mark.parametrize("user", USERS)
def test_commands_behind_a_change_of_user_are_for_nobody(server, peer, user):
    client = Intruder(server, peer)
    client.trusted = 2
    client.log_in_by(NATIVE, NATIVE)
    assert client.session.connection_id in server.sessions
    client.trusted, client.password = 0, b"wrong" + b"!" * 27
    before = server.questions
    client.change_user(user)
    assert client.session.next_request() is None
    assert_out(client, server)
    assert server.questions == before + 1  # the change itself


def test_between_the_switch_and_its_proof_the_old_user_is_gone(server):
    client = ProvingClient(server)
    client.log_in_by(NATIVE, NATIVE)
    client.send(framed(b"\x11" + SHA2.encode() + b"\0\0\0\x2d\0" + NATIVE.encode() + b"\0"))
    assert client.session.next_request() is None
    assert client.session.connection_id not in server.sessions
    client.received()
    client.send(framed(b"\x03DROP TABLE people"))
    assert client.session.next_request() is None
    ((_, payload),) = client.received()
    assert read_reply(payload).code == 1156
    assert client.session.closing


@pytest.mark.parametrize("user", ["full", SHA256, CLEAR, "client_ed25519"])
def test_a_client_that_cannot_switch_gets_in_by_no_other_plugin(server, user):
    client = ProvingClient(server)
    auth = client.first_proof(NATIVE, client.greeting.salt)
    client.talk(handshake_response(user=user.encode(), plugin=None, auth=auth, capabilities=PROTOCOL_41 | SECURE))
    assert read_reply(client.heard[-1]).code == 1251
    assert_out(client, server)


def test_the_password_is_never_asked_for_where_others_can_listen(server):
    client = ProvingClient(server, PLAIN)
    client.log_in_by(CLEAR, SHA2)
    assert all(payload[0] != 0xFE for payload in client.heard)
    assert read_reply(client.heard[-1]).code == 3159
    assert_out(client, server)


def test_nothing_but_the_last_packet_of_a_long_proof_gets_anybody_in(server):
    for cut in (0, 1):
        server.proven.clear()
        client = Intruder(server, PLAIN)
        client.trusted = cut
        client.log_in_by("full")
        assert_out(client, server)


@pytest.mark.parametrize("database", [b"stock", b"Shop"])
def test_a_database_that_the_account_may_not_use_refuses_the_login(database):
    server = Server(accounts=[Account("app", PASSWORD.decode(), databases=("shop",), host="10.%")])
    client = ProvingClient(server)
    client.log_in_by("app", database=database)
    reply = read_reply(client.heard[-1])
    assert (reply.code, reply.sqlstate) == (1044, "42000")
    assert reply.message == f"Access denied for user 'app'@'10.%' to database '{database.decode()}'"
    assert_out(client, server)


def test_a_database_that_the_account_may_not_use_is_not_used_later_either():
    server = Server(accounts=[Account("app", PASSWORD.decode(), databases=("shop",))])
    client = ProvingClient(server)
    client.log_in_by("app", database=b"shop")
    reply = client.reply(b"\x02stock")
    assert (reply.code, client.session.database) == (1044, "shop")
    assert client.request(b"\x02shop").text == "shop"
