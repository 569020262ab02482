"""Faults of the connection phase: where they strike, and what they answer there."""

from __future__ import annotations

import pytest
from faulted import Scene
from sessions import FakeSession

from sockservice.answers import Login, Ok


def places(value, text="", **session):
    """The commands that a fault strikes."""
    commands = "connect auth change_user init_db query execute prepare ping statistics field_list quit kill".split()
    scene = Scene()
    scene.arm(value)
    return {command for command in commands if scene.struck(text, command, FakeSession(**session))}


@pytest.mark.parametrize(
    ("value", "struck"),
    [
        ("too_many_connections", "connect"),
        ({"too_many_connections": {"place": "auth"}}, "auth"),
        ("host_blocked", "connect"),
        ("access_denied", "auth"),
        ("user_limit", "auth"),
        ({"user_limit": {"variant": "connections", "resource": "max_queries_per_hour"}}, "auth"),
        ({"user_limit": {"resource": "max_queries_per_hour"}}, "query execute"),
        ({"password_expired": {"sandbox": False}}, "auth"),
        ("secure_transport_required", "auth"),
        ("auth_switch", "connect"),
        ("auth_plugin", "connect"),
        ("tls_refused", "connect"),
        ("bad_cert", "connect"),
        ("unknown_database", "init_db"),
        ("password_expired", "query execute prepare init_db"),
    ],
    ids=str,
)
def test_each_strikes_in_its_place(value, struck):
    assert places(value, "SELECT 1") == set(struck.split())


def test_too_many_connections_counts_the_sessions_that_are_logged_in():
    scene = Scene(session=FakeSession())
    server = scene.session.server
    scene.arm({"too_many_connections": 2})
    newcomer = FakeSession(server=server)
    del server.sessions[newcomer.connection_id]
    assert not scene.struck(command="connect", session=newcomer)
    FakeSession(server=server)
    assert scene.struck(command="connect", session=newcomer)
    server.sessions[newcomer.connection_id] = newcomer
    assert scene.struck(command="connect", session=newcomer)
    server.sessions.popitem()
    server.sessions.popitem()
    assert not scene.struck(command="connect", session=newcomer)


def test_updates_are_counted_apart_from_queries():
    scene = Scene()
    scene.arm({"user_limit": {"resource": "max_updates_per_hour", "limit": 10}})
    assert not scene.struck("SELECT * FROM t")
    assert scene.ask("DELETE FROM t").message == (
        "User 'tester' has exceeded the 'max_updates_per_hour' resource (current value: 10)"
    )


def test_secure_transport_is_not_asked_of_who_has_it():
    assert places("secure_transport_required", tls=object()) == set()
    assert places("secure_transport_required", host="localhost") == set()


@pytest.mark.parametrize(
    ("command", "text", "name"),
    [("init_db", "nix", "nix"), ("query", "USE nix", "nix"), ("query", "use `a b`; ", "b")],
)
def test_an_unknown_database_is_named(command, text, name):
    scene = Scene()
    scene.arm("unknown_database")
    assert scene.ask(text, command).message.startswith("Unknown database '")
    assert name in scene.ask(text, command).message


def test_an_expired_password_lets_nothing_through_but_set_until_there_is_a_new_one():
    scene = Scene()
    scene.arm("password_expired")
    assert scene.ask("SELECT 1").code == 1820
    assert scene.ask("SELECT 1", "prepare").code == 1820
    assert scene.ask("shop", "init_db").code == 1820
    assert not scene.struck("SET NAMES utf8mb4")
    other = FakeSession(user="other")
    assert scene.struck("SELECT 1", session=other)
    assert scene.ask("ALTER USER USER() IDENTIFIED BY 'x'") == Ok()
    assert not scene.struck("SELECT 1")
    assert scene.struck("SELECT 1", session=other)
    assert scene.workspace.respond(scene.request("SET PASSWORD = 'y'", session=other)) == Ok()
    assert not scene.struck("SELECT 1", session=other)


def test_preparing_the_new_password_does_not_set_it():
    scene = Scene()
    scene.arm("password_expired")
    assert scene.struck("ALTER USER USER() IDENTIFIED BY 'x'", "prepare")
    assert scene.ask("SELECT 1").code == 1820


def test_the_database_of_the_login_is_chosen_with_an_expired_password():
    scene = Scene()
    scene.arm("password_expired")
    scene.session.server.sessions.clear()
    assert not scene.struck("shop", "init_db")


@pytest.mark.parametrize(
    ("value", "login"),
    [
        ("auth_switch", Login(plugin="mysql_native_password")),
        ({"auth_switch": "sha256_password"}, Login(plugin="sha256_password")),
        ({"auth_switch": {"plugin": "", "full_auth": True}}, Login(full_authentication=True)),
        ("auth_plugin", Login(plugin="authentication_unheard_of")),
        ("tls_refused", Login(tls=False)),
        ("bad_cert", Login(certificate="expired")),
        ({"bad_cert": "wrong_host"}, Login(certificate="wrong_host")),
    ],
    ids=str,
)
def test_a_login_goes_otherwise(value, login):
    assert Scene().apply(value, "", command="connect") == login
