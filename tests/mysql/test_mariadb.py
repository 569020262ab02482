"""A server that is taken for a MariaDB: its greeting, its capabilities, its metadata, many rows in one command."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import (
    DEPRECATE_EOF,
    LONG_PASSWORD,
    NATIVE,
    USUAL,
    Reader,
    WireClient,
    lenenc,
    logged_in,
    read_definition,
    read_reply,
    unframed,
)

from sockservice.answers import Error, Ok, Rows, table
from sockservice.mysql import Server
from sockservice.mysql.constants import Capability

BULK, EXTENDED, CACHED = 1 << 34, 1 << 35, 1 << 36
KNOWING = USUAL & ~LONG_PASSWORD
VERSION = "11.4.2-MariaDB"


def in_mariadb(extra=0, version=VERSION, **fields):
    return logged_in(Server(version), capabilities=KNOWING | extra, plugin=NATIVE, **fields)


@pytest.mark.parametrize(
    ("version", "greeted", "told"),
    [
        ("11.4.2-MariaDB", b"11.4.2-MariaDB", "11.4.2-MariaDB"),
        ("10.11.6-MariaDB", b"5.5.5-10.11.6-MariaDB", "10.11.6-MariaDB"),
        ("5.5.5-10.6.2-MariaDB-log", b"5.5.5-10.6.2-MariaDB-log", "10.6.2-MariaDB-log"),
        ("8.0.36", b"8.0.36", "8.0.36"),
    ],
)
def test_versions_10_have_a_prefix_in_the_greeting_only(version, greeted, told):
    client = WireClient(Server(version))
    assert client.greeting.version == greeted
    assert client.session.server.version == told


def test_the_greeting_is_a_mariadbs():
    greeting = WireClient(Server(VERSION)).greeting
    assert (greeting.plugin, greeting.charset) == (b"mysql_native_password", 45)
    assert not greeting.capabilities & LONG_PASSWORD
    assert greeting.capabilities >> 32 == (BULK | EXTENDED | CACHED) >> 32
    unknown = Capability.QUERY_ATTRIBUTES | Capability.ZSTD_COMPRESSION | Capability.OPTIONAL_RESULTSET_METADATA
    assert not greeting.capabilities & unknown


def test_a_mysql_offers_nothing_of_this():
    greeting = WireClient(Server()).greeting
    assert greeting.capabilities & LONG_PASSWORD
    assert greeting.capabilities >> 32 == 0
    assert logged_in(Server(), capabilities=KNOWING | BULK).session.capabilities >> 32 == 0


def test_a_client_that_takes_it_for_a_mysql_has_nothing_of_this():
    client = logged_in(Server(VERSION), capabilities=USUAL | BULK | CACHED, plugin=NATIVE)
    assert client.session.capabilities >> 32 == 0


@pytest.mark.parametrize("charset", [45, 255, 17])
def test_the_default_collation_is_one_that_a_mariadb_has(charset):
    client = in_mariadb(charset=charset)
    assert client.query(table({"t": "TEXT"})).columns[0].collation == 45
    client.session.variables["character_set_results"] = None
    assert client.query(table({"t": "TEXT"})).columns[0].collation == 45


def test_json_is_a_long_text_and_its_format_is_told_where_that_is_agreed():
    answer = table({"j": "JSON", "n": "INT"}, [({"a": 1}, 1)])
    plain = in_mariadb().query(answer)
    assert (plain.columns[0].type, plain.columns[0].collation) == (252, 45)
    client = in_mariadb(EXTENDED)
    payloads = [payload for _, payload in unframed(client.ask(b"\x03SELECT", answer))]
    # Behind the six names: length, type 1 (format), "json"; nothing for a number.
    assert b"\x01j\x00\x06\x01\x04json\x0c" in payloads[1]
    assert b"\x01n\x00\x00\x0c" in payloads[2]
    assert logged_in(Server()).query(answer).columns[0].type == 245


@pytest.mark.parametrize("end", [0, DEPRECATE_EOF])
def test_behind_the_number_of_columns_stands_that_they_are_described(end):
    client = in_mariadb(CACHED | end)
    payloads = [payload for _, payload in unframed(client.ask(b"\x03SELECT", table({"n": "INT"}, [(1,)])))]
    assert payloads[0] == b"\x01\x01"
    assert read_definition(payloads[1])[0].name == b"n"


def test_the_bytes_of_one_answer_are_kept_apart_for_each_kind_of_client():
    answer, seen = table({"j": "JSON"}, [("[1]",)]), set()
    for extra in (0, CACHED, EXTENDED, CACHED | EXTENDED):
        seen.add(in_mariadb(extra).ask(b"\x03SELECT", answer))
    seen.add(logged_in(Server(), charset=45).ask(b"\x03SELECT", answer))
    assert len(seen) == len(answer.encodings) == 5


# --- many rows in one command -----------------------------------------------------------------


def prepared(extra=BULK, parameters=b"?, ?"):
    """A client with a statement that has two parameters."""
    client = in_mariadb(extra)
    reply = client.ask(b"\x16INSERT INTO t VALUES (" + parameters + b")", Ok())
    reader = Reader(unframed(reply)[0][1][1:])
    return client, reader.number(4)


def bulk(statement, rows, types=b"\x03\x00\xfd\x00", flags=128):
    """The command; a row is integers and texts, None is NULL."""
    payload = b"\xfa" + struct.pack("<IH", statement, flags) + (types if flags & 128 else b"")
    for row in rows:
        for value in row:
            if value is None:
                payload += b"\x01"
            elif isinstance(value, int):
                payload += b"\x00" + struct.pack("<i", value)
            else:
                payload += b"\x00" + lenenc(value.encode())
    return payload


def run(client, payload, answers):
    """Execute; returns the parameters that were asked for, and the reply."""
    seen, request = [], client.request(payload)
    for answer in answers:
        assert (request.command, request.text) == ("execute", "INSERT INTO t VALUES (?, ?)")
        seen.append(request.params)
        client.session.answer(answer)
        request = client.session.next_request()
    assert request is None
    ((sequence, reply),) = client.received()
    assert sequence == 1
    return seen, read_reply(reply)


def test_each_row_is_a_request_and_there_is_one_answer():
    client, statement = prepared()
    rows = [(1, "one"), (-2, None), (None, "é")]
    answers = [Ok(1, 10), Ok(1, 11, 2), Ok(2, 12, info="Records: 3")]
    seen, reply = run(client, bulk(statement, rows), answers)
    assert seen == rows
    assert (reply.affected_rows, reply.last_insert_id, reply.warnings, reply.info) == (4, 10, 2, b"Records: 3")


def test_types_hold_for_the_next_time():
    client, statement = prepared()
    run(client, bulk(statement, [(1, "a")]), [Ok(1)])
    seen, _ = run(client, bulk(statement, [(2, "b")], flags=0), [Ok(1)])
    assert seen == [(2, "b")]


def test_an_error_ends_it_and_the_other_rows_are_not_asked_for():
    client, statement = prepared()
    payload = bulk(statement, [(1, "a"), (1, "b"), (2, "c")])
    _, reply = run(client, payload, [Ok(1), Error(1062, "23000", "Duplicate entry")])
    assert reply.code == 1062
    assert client.query(Ok(5)).affected_rows == 5


def test_rows_are_no_answer_to_it():
    client, statement = prepared()
    assert run(client, bulk(statement, [(1, "a"), (2, "b")]), [table({"n": "INT"}, [(1,)])])[1].code == 1295


def test_the_last_statement_has_a_number_of_its_own():
    client, _ = prepared()
    assert run(client, bulk(0xFFFFFFFF, [(1, "a")]), [Ok(1)])[0] == [(1, "a")]


@pytest.mark.parametrize("rows", [[], [(1,)]])
def test_a_packet_without_whole_rows_is_refused(rows):
    client, statement = prepared()
    assert client.reply(bulk(statement, rows)).code == 1210


def test_what_has_no_value_is_null():
    client, statement = prepared()
    payload = bulk(statement, []) + b"\x02\x03" + b"\x01\x00\x01x"
    assert run(client, payload, [Ok(), Ok()])[0] == [(None, None), (None, "x")]


def test_an_unknown_statement_and_a_client_without_the_capability_are_refused():
    client, _ = prepared()
    assert client.reply(bulk(99, [(1, "a")])).code == 1243
    client, statement = prepared(extra=0)
    assert client.reply(bulk(statement, [(1, "a")])).code == 1047


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_requests_or_an_error(data):
    client, statement = prepared()
    request = client.request(b"\xfa" + struct.pack("<I", statement) + data)
    while request is not None:
        assert isinstance(request.params, tuple)
        client.session.answer(Rows((), ()) if not request.params else Ok())
        request = client.session.next_request()
    assert len(client.received()) == 1
