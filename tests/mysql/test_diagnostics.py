"""The warnings of a statement: for how long they are kept."""

from __future__ import annotations

import pytest
from statement_client import execute, prepared
from wire_client import logged_in

from sockservice.answers import Ok, table
from sockservice.mysql import Server
from sockservice.mysql.diagnostics import keeps_warnings

WARNED = (("Warning", 1265, "Data truncated"),)
NOTHING = table({"Level": "VARCHAR(7)"})


@pytest.fixture
def client():
    return logged_in(Server(asks=["ping"]))


@pytest.mark.parametrize(
    "text",
    [
        "SHOW WARNINGS",
        "show warnings limit 5;",
        "  SHOW\n ERRORS",
        "/* a comment */ /* another */ SHOW COUNT(*) WARNINGS",
        "SHOW COUNT ( * ) ERRORS",
        "GET DIAGNOSTICS @n = NUMBER",
        "get current diagnostics condition 1 @text = MESSAGE_TEXT",
        "SELECT @@warning_count",
        "SELECT @@session.error_count, 1",
    ],
)
def test_what_tells_of_warnings_keeps_them(client, text):
    client.session.warnings = WARNED
    client.query(NOTHING, text)
    assert client.session.warnings == WARNED
    number, *_ = prepared(client, text, NOTHING)
    client.ask(execute(number), NOTHING)
    assert client.session.warnings == WARNED


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "",
        "SHOW WARNINGSX",
        "SHOW TABLES",
        "/* SHOW WARNINGS */ SELECT 1",
        "SELECT @@warning_count_x",
        "SHOW",
    ],
)
def test_any_other_statement_clears_them(client, text):
    client.session.warnings = WARNED
    client.query(Ok(), text)
    assert client.session.warnings == ()


def test_a_statement_sees_its_own_and_no_others_by_the_time_it_is_asked_about(client):
    client.session.warnings = WARNED
    request = client.request(b"\x03INSERT")
    assert request.session.warnings == ()


def test_a_ping_and_a_close_clear_nothing_and_another_database_does(client):
    client.session.warnings = WARNED
    client.ask(b"\x0e", None)
    client.request(b"\x19\1\0\0\0")
    assert client.session.warnings == WARNED
    client.ask(b"\x02SHOW WARNINGS", Ok())
    assert client.session.warnings == ()


def test_a_long_statement_is_looked_at_for_a_bounded_time():
    assert not keeps_warnings("query", "/*" + "x" * 10_000_000)
    assert not keeps_warnings("query", "/**/" * 1_000_000)
