"""What sessions share."""

from __future__ import annotations

from wire_client import Err, logged_in, read_reply, unframed
from zope.interface.verify import verifyObject

from sockservice.interfaces import IServer
from sockservice.mysql import Account, Server


def test_a_server_is_what_responders_expect():
    server = Server(version="8.0.36", max_allowed_packet=4096, clock=lambda: 12.5)
    assert verifyObject(IServer, server)
    assert (server.version, server.started, server.questions, server.sessions) == ("8.0.36", 12.5, 0, {})
    assert server.global_variables == {"version": "8.0.36", "max_allowed_packet": 4096}


def test_a_full_server_says_so_before_the_greeting_without_an_sqlstate():
    ((sequence, payload),) = unframed(Server().too_many_connections())
    assert (sequence, read_reply(payload)) == (0, Err(1040, None, "Too many connections"))


def test_sessions_are_listed_by_their_id_while_they_are_logged_in():
    server = Server()
    waiting = server.session()
    clients = [logged_in(server), logged_in(server)]
    assert server.sessions == {client.greeting.connection_id: client.session for client in clients}
    assert waiting.connection_id not in server.sessions
    clients[0].session.connection_lost()
    waiting.connection_lost()
    assert list(server.sessions) == [clients[1].greeting.connection_id]


def test_every_command_is_counted():
    server = Server()
    client = logged_in(server)
    for _ in range(3):
        client.reply(b"\x0e")
    assert server.questions == 3


def test_the_last_of_two_accounts_with_one_name_counts():
    client = logged_in(Server(accounts=[Account("app", "x"), Account("app")]))
    assert client.session.user == "app"
