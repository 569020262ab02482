"""The commands besides COM_QUERY."""

from __future__ import annotations

import re

import pytest
from wire_client import (
    DEPRECATE_EOF,
    USUAL,
    Eof,
    Err,
    Ok,
    framed,
    logged_in,
    read_definition,
    read_reply,
    unframed,
)

from sockservice.answers import Error, table
from sockservice.answers import Ok as OkAnswer
from sockservice.mysql import Server

UNKNOWN = Err(1047, "08S01", "Unknown command")


@pytest.fixture
def client():
    return logged_in(Server())


@pytest.fixture
def modern():
    return logged_in(Server(), capabilities=USUAL | DEPRECATE_EOF)


def test_ping_is_ok(client):
    assert client.reply(b"\x0e") == Ok(0, 0, 2, 0, b"")


def test_quit_closes_without_a_word(client):
    assert client.request(b"\x01") is None
    assert client.session.closing
    assert client.received() == []


def test_statistics_is_a_bare_line_of_figures():
    now = [1000.0]
    client = logged_in(Server(clock=lambda: now[0]))
    now[0] = 1010
    client.reply(b"\x0e")
    client.request(b"\x09")
    ((sequence, line),) = client.received()
    assert sequence == 1
    assert line == (
        b"Uptime: 10  Threads: 1  Questions: 2  Slow queries: 0  Opens: 0  Flush tables: 1  Open tables: 0  "
        b"Queries per second avg: 0.200"
    )
    # As `status` of the command-line clients and node's mysql split it.
    assert all(re.fullmatch(r"[A-Z][a-z ]+: [0-9.]+", field) for field in line.decode().split("  "))


@pytest.mark.parametrize("command", [b"\x03", b"\x16"], ids=["query", "prepare"])
def test_a_nul_at_the_end_of_a_text_is_no_part_of_it(client, command):
    request = client.request(command + b"SELECT 'a\0b' FROM t\0")
    assert request.text == "SELECT 'a\0b' FROM t"


def test_a_database_is_chosen_once_the_responder_agrees(client):
    request = client.request(b"\x02shop")
    assert (request.command, request.text) == ("init_db", "shop")
    assert client.session.database == ""
    client.session.answer(OkAnswer())
    assert client.session.database == "shop"
    client.ask(b"\x02nowhere", Error(1049, "42000", "Unknown database 'nowhere'"))
    assert client.session.database == "shop"
    client.session.database = "other"
    client.ask(b"\x03SELECT 1", OkAnswer())
    assert client.session.database == "other"


def test_a_field_list_gives_the_table_and_answers_with_columns(client, modern):
    for who, end_type in ((client, Eof), (modern, Ok)):
        request = who.request(b"\x04people\0n%")
        assert (request.command, request.text) == ("field_list", "people")
        who.session.answer(table({"id": "INT", "name": "TEXT"}))
        *columns, (_, end) = unframed(who.session.data_to_send())
        assert [read_definition(payload)[0].name for _, payload in columns] == [b"id", b"name"]
        assert isinstance(read_reply(end), end_type)
        assert who.query(table({"id": "INT"}, [(1,)])).rows == [(b"1",)]


def test_set_option_and_debug_end_in_the_form_that_was_agreed(client, modern):
    for command in (b"\x1b\0\0", b"\x1b\1\0", b"\x0d"):
        assert client.reply(command) == Eof(0, 2)
        assert modern.reply(command) == Ok(0, 0, 2, 0, b"")


@pytest.mark.parametrize("option", [b"", b"\2\0", b"\0"])
def test_an_option_that_does_not_exist_is_an_unknown_command(client, option):
    assert client.reply(b"\x1b" + option) == UNKNOWN


def test_process_info_asks_for_the_process_list(client):
    request = client.request(b"\x0a")
    assert (request.command, request.text) == ("query", "SHOW PROCESSLIST")


def test_reset_forgets_what_the_client_has_set():
    client = logged_in(Server(), charset=8, database=b"shop")
    session = client.session
    session.variables["sql_mode"] = ""
    session.user_variables["a"] = 1
    session.autocommit, session.in_transaction = False, True
    assert read_reply(unframed(client.ask(b"\x1f", OkAnswer()))[0][1]) == Ok(0, 0, 2, 0, b"")
    assert (dict(session.variables), session.user_variables) == ({}, {})
    assert (session.autocommit, session.in_transaction, session.database) == (True, False, "shop")
    # SET NAMES is undone too: the texts are in the server's own set again.
    result = client.query(table({"t": "TEXT"}, [("é",)]))
    assert (result.rows, result.columns[0].collation) == ([("é".encode(),)], 255)


@pytest.mark.parametrize("command", [0, 5, 6, 8, 11, 15, 16, 18, 20, 21, 29, 33, 255])
def test_a_command_that_is_not_known_is_said_so_and_the_session_goes_on(client, command):
    assert client.reply(bytes([command]) + b"whatever") == UNKNOWN
    assert client.reply(b"\x0e") == Ok(0, 0, 2, 0, b"")


def test_an_empty_packet_is_an_unknown_command(client):
    assert client.reply(b"") == UNKNOWN


@pytest.mark.parametrize("command", [b"\x18\0\0\0\0\0\0data", b"\x19\1\0\0\0"])
def test_what_no_client_waits_for_is_not_answered(client, command):
    client.send(framed(command) + framed(b"\x0e"))
    assert client.session.next_request() is None
    assert [read_reply(payload) for _, payload in client.received()] == [Ok(0, 0, 2, 0, b"")]
