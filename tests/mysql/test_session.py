"""The command phase: requests and answers, in any chunks, pipelined, damaged, and what status and form follow."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import (
    DEPRECATE_EOF,
    USUAL,
    Eof,
    Err,
    Ok,
    WireClient,
    framed,
    logged_in,
    read_reply,
    read_result,
    unframed,
)
from zope.interface.verify import verifyObject

from sockservice.answers import Error, Rows, table
from sockservice.answers import Ok as OkAnswer
from sockservice.errors import CallerError
from sockservice.interfaces import ISession
from sockservice.mysql import Server
from sockservice.mysql.packets import MAX_PAYLOAD

ONE_ROW = table({"id": "INT", "name": "VARCHAR(9)"}, [(1, "é")])


@pytest.fixture
def client():
    return logged_in(Server())


def test_a_session_is_what_responders_expect(client):
    assert verifyObject(ISession, client.session)
    assert (client.session.user, client.session.host, client.session.port) == ("app", "10.0.0.7", 51234)


def test_a_query_is_a_request_and_its_answer_goes_out(client):
    request = client.request(b"\x03SELECT 'h\xc3\xa9'")
    assert (request.command, request.text, request.session) == ("query", "SELECT 'hé'", client.session)
    client.session.answer(ONE_ROW)
    result = read_result(client.session.data_to_send())
    assert result.rows == [(b"1", "é".encode())]
    assert result.sequences[0] == 1
    assert client.session.data_to_send() == b""


def test_an_empty_query_is_a_request_too(client):
    assert client.request(b"\x03").text == ""


@pytest.mark.parametrize("capabilities", [USUAL, USUAL | DEPRECATE_EOF])
def test_rows_end_in_the_form_that_was_agreed(capabilities):
    client = logged_in(Server(), capabilities=capabilities)
    end = client.query(ONE_ROW).end
    assert isinstance(end, Ok if capabilities & DEPRECATE_EOF else Eof)


def test_the_next_request_waits_for_the_answer(client):
    client.send(framed(b"\x03one") + framed(b"\x0e") + framed(b"\x03two"))
    assert client.session.next_request().text == "one"
    assert client.session.next_request() is None
    assert client.session.data_to_send() == b""
    client.session.answer(OkAnswer(1))
    assert client.session.next_request().text == "two"
    client.session.answer(OkAnswer(2))
    replies = [read_reply(payload) for _, payload in client.received()]
    assert [reply.affected_rows for reply in replies] == [1, 0, 2]


def test_an_answer_without_a_request_is_the_callers_mistake(client):
    with pytest.raises(CallerError, match="next_request"):
        client.session.answer(OkAnswer())


def test_the_same_answer_is_encoded_once_for_each_form(client):
    answer = table({"id": "INT"}, [(1,)])
    first = client.ask(b"\x03a", answer)
    assert client.ask(b"\x03b", answer) is first
    assert len(answer.encodings) == 1
    client.session.in_transaction = True
    assert read_result(client.ask(b"\x03c", answer)).end.status == 3
    other = logged_in(client.session.server, capabilities=USUAL | DEPRECATE_EOF)
    assert isinstance(other.query(answer).end, Ok)
    assert len(answer.encodings) == 3
    client.session.in_transaction = False
    assert client.ask(b"\x03d", answer) is first


def test_kept_bytes_are_used_as_they_are(client):
    answer = OkAnswer()
    client.ask(b"\x03a", answer)
    (key,) = answer.encodings
    answer.encodings[key] = b"kept"
    assert client.ask(b"\x03b", answer) == b"kept"


def test_rows_that_may_change_are_encoded_each_time(client):
    class Changing:
        def __iter__(self):
            self.count = getattr(self, "count", 0) + 1
            yield (self.count,)

    answer = Rows(table({"n": "INT"}).columns, Changing())
    assert [client.query(answer).rows for _ in range(2)] == [[(b"1",)], [(b"2",)]]
    assert answer.encodings == {}


def test_an_answer_keeps_a_bounded_number_of_encodings(client):
    answer = OkAnswer()
    for name in "latin1 latin2 utf8mb3 utf8mb4 cp1251 gbk sjis koi8r ascii binary".split():
        client.session.variables["character_set_results"] = name
        for status in range(4):
            client.session.autocommit, client.session.in_transaction = bool(status & 1), bool(status & 2)
            client.ask(b"\x03a", answer)
    assert 0 < len(answer.encodings) <= 32


def test_the_status_bits_follow_the_session(client):
    session = client.session
    assert client.query(OkAnswer()).status == 2
    session.autocommit = False
    assert client.query(OkAnswer()).status == 0
    session.in_transaction = True
    assert client.query(ONE_ROW).end.status == 1
    assert client.reply(b"\x0e").status == 1
    session.autocommit = True
    assert (session.autocommit, session.in_transaction) == (True, True)
    assert client.reply(b"\x1b\0\0").status == 3


def test_statements_are_decoded_in_character_set_client(client):
    client.session.variables["character_set_client"] = "latin1"
    assert client.request(b"\x03\xe9").text == "é"


def test_bytes_in_a_statement_that_are_no_text_are_not_lost(client):
    text = client.request(b"\x03SELECT _binary'\xff\xfe'").text
    client.session.answer(table({"b": "VARCHAR(99)"}, [(text,)]))
    assert read_result(client.session.data_to_send()).rows == [(b"SELECT _binary'\xff\xfe'",)]


@pytest.mark.parametrize(
    ("name", "collation", "length", "value"),
    [
        ("latin1", 8, 9, b"\xe9"),
        ("LATIN1", 8, 9, b"\xe9"),
        ("utf8mb4", 255, 36, b"\xc3\xa9"),
        ("utf8mb3", 33, 27, b"\xc3\xa9"),
        ("ascii", 11, 9, b"?"),
        ("binary", 63, 9, b"\xc3\xa9"),
        (None, 255, 36, b"\xc3\xa9"),
    ],
)
def test_texts_are_sent_in_character_set_results(client, name, collation, length, value):
    client.session.variables.update(character_set_results=name)
    result = client.query(ONE_ROW)
    assert (result.columns[1].collation, result.columns[1].length) == (collation, length)
    assert (result.columns[0].collation, result.rows[0][1]) == (63, value)


def test_texts_carry_the_collation_of_the_handshake_until_names_are_set():
    client = logged_in(Server(), charset=45)
    assert client.query(ONE_ROW).columns[1].collation == 45
    client.session.variables["collation_connection"] = "utf8mb4_unicode_ci"
    assert client.query(ONE_ROW).columns[1].collation == 224
    client.session.variables["character_set_results"] = None
    assert client.query(ONE_ROW).columns[1].collation == 255


def test_a_variable_that_is_removed_is_the_global_one_again(client):
    client.session.server.global_variables["character_set_results"] = "latin1"
    del client.session.variables["character_set_results"]
    assert client.query(ONE_ROW).rows == [(b"1", b"\xe9")]


def test_an_answer_that_cannot_be_encoded_is_an_error_and_the_session_goes_on(client):
    found = client.query(table({"when": "DATE"}, [(datetime.timedelta(1),)]))
    assert (found.code, found.sqlstate) == (1105, "HY000")
    assert "column 'when' (DATE)" in found.message
    assert client.query(ONE_ROW).rows == [(b"1", "é".encode())]


def test_an_error_is_an_answer(client):
    assert client.query(Error(1146, "42S02", "no table")) == Err(1146, "42S02", "no table")


@pytest.mark.parametrize("size", [MAX_PAYLOAD - 1, MAX_PAYLOAD, MAX_PAYLOAD + 1])
def test_a_long_query_is_taken_and_its_answer_goes_on_counting(size):
    client = logged_in(Server(), chunk=4_000_000)
    answer = table({"id": "INT"}, [(1,)])
    client.ask(b"\x03short", answer)
    request = client.request(b"\x03" + b"x" * (size - 1))
    assert request.text == "x" * (size - 1)
    client.session.answer(answer)
    assert read_result(client.session.data_to_send()).sequences[0] == (1 if size < MAX_PAYLOAD else 2)


def test_a_query_over_max_allowed_packet_is_refused_and_closed():
    client = logged_in(Server(max_allowed_packet=1000))
    assert client.request(b"\x03" + b"x" * 999).text == "x" * 999
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    client.send(framed(b"\x03" + b"x" * 1000))
    assert client.session.next_request() is None
    ((sequence, payload),) = client.received()
    reply = read_reply(payload)
    assert (sequence, reply.code, reply.sqlstate) == (1, 1153, "08S01")
    assert client.session.closing


def test_what_is_piled_up_behind_an_answer_is_bounded():
    client = logged_in(Server(max_allowed_packet=1000))
    client.request(b"\x03slow")
    for _ in range(200):
        client.send(framed(b"\x03" + b"x" * 990))
    assert client.session.closing
    client.session.answer(OkAnswer())  # comes too late, and is no mistake
    assert [read_reply(payload).code for _, payload in client.received()] == [1153]


def test_packets_out_of_order_are_refused_and_closed(client):
    client.send(framed(b"\x03SELECT 1", 3))
    assert client.session.next_request() is None
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload)) == (4, Err(1156, "08S01", "Got packets out of order"))
    assert client.session.closing


def test_nothing_is_read_once_the_session_closes(client):
    client.request(b"\x01")
    assert client.session.closing
    client.send(framed(b"\x03SELECT 1"))
    assert client.session.next_request() is None
    assert client.session.data_to_send() == b""


def test_finishing_waits_for_the_request_in_flight_and_takes_no_other(client):
    client.send(framed(b"\x03one") + framed(b"\x03two"))
    client.session.next_request()
    client.session.finish()
    assert not client.session.closing
    client.session.answer(OkAnswer(7))
    assert client.session.closing
    assert client.session.next_request() is None
    assert [read_reply(payload).affected_rows for _, payload in client.received()] == [7]


@pytest.mark.parametrize("user", ["in", "not in yet"])
def test_finishing_an_idle_session_closes_it(user):
    client = logged_in(Server()) if user == "in" else WireClient(Server())
    client.session.finish()
    assert client.session.closing


def test_a_lost_connection_is_forgotten(client):
    client.request(b"\x03slow")
    assert client.session.server.sessions
    client.session.connection_lost()
    assert not client.session.server.sessions
    client.session.answer(OkAnswer())
    assert client.session.data_to_send() == b""


def test_what_a_session_does_is_seen_by_others():
    now = [100.0]
    client = logged_in(Server(clock=lambda: now[0]))
    session = client.session
    assert (session.command, session.info, session.since) == ("Sleep", None, 100)
    now[0] = 105
    client.request(b"\x03SELECT 1")
    assert (session.command, session.info, session.since) == ("Query", "SELECT 1", 105)
    now[0] = 107
    session.answer(OkAnswer())
    assert (session.command, session.info, session.since) == ("Sleep", None, 107)


COMMANDS = st.one_of(
    st.text(st.characters(exclude_characters=";", codec="utf-8"), max_size=20).map(
        lambda text: b"\x03" + text.encode()
    ),
    st.sampled_from([b"\x0e", b"\x1b\0\0", b"\x02shop", b"\x04t\0", b"\x1f", b"\x0d", b"\x99", b""]),
)


def answered(data, chunk):
    """Every request and every byte that come of data in chunks of this size."""
    client = logged_in(Server(max_allowed_packet=200))
    session, seen, out = client.session, [], b""

    def work():
        nonlocal out
        while (request := session.next_request()) is not None:
            seen.append((request.command, request.text))
            session.answer(ONE_ROW if request.command == "query" else OkAnswer())
        out += session.data_to_send()

    for start in range(0, len(data), chunk):
        session.receive(data[start : start + chunk])
        work()
    return seen, out, session.closing


@settings(max_examples=1000, deadline=None)
@given(st.lists(COMMANDS, min_size=1, max_size=5), st.sampled_from([1, 2, 3, 5, 17]), st.binary(max_size=8))
def test_any_chunking_gives_the_same_requests_and_the_same_bytes(commands, chunk, tail):
    data = b"".join(map(framed, commands)) + tail
    whole = answered(data, len(data))
    assert answered(data, chunk) == whole
    expected = [command[1:].decode().removesuffix("\0") for command in commands if command[:1] == b"\x03"]
    assert [text for name, text in whole[0] if name == "query"][: len(expected)] == expected


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=80), st.booleans(), st.sampled_from([1, 4, 100]))
def test_garbage_in_the_command_phase_never_raises(data, as_packet, chunk):
    client = logged_in(Server(max_allowed_packet=100), chunk)
    client.send(framed(data) if as_packet else data)
    while client.session.next_request() is not None:
        client.session.answer(OkAnswer())
    replies = [payload for _, payload in unframed(client.session.data_to_send())]
    if client.session.closing:
        # After a QUIT there is nothing to say; after anything else there is an error.
        assert b"\x01" in data or replies[-1][0] == 0xFF
    else:
        assert not as_packet or len(data) <= 100
