"""What servers get wrong about commands and result sets, one test each, by the numbers of the list of pitfalls."""

from __future__ import annotations

import struct

import pytest
from echo_responder import EchoResponder
from statement_client import PARAMETER_COUNT, READ_ONLY, binary_result, binary_rows, execute, prepared
from twisted.internet.task import Clock
from wire_client import (
    DEPRECATE_EOF,
    USUAL,
    Eof,
    Ok,
    Reader,
    WireClient,
    framed,
    lenenc,
    logged_in,
    read_definition,
    read_reply,
    read_result,
    unframed,
)

from sockservice.answers import Column, Error, Results, Rows, table
from sockservice.answers import Ok as OkAnswer
from sockservice.mysql import Server
from sockservice.mysql.packets import MAX_PAYLOAD
from sockservice.sqltypes import SqlType

FOUND_ROWS, MULTI_STATEMENTS, SESSION_TRACK, QUERY_ATTRIBUTES = 1 << 1, 1 << 16, 1 << 23, 1 << 27
IN_TRANS, AUTOCOMMIT, MORE, CURSOR, LAST_ROW, CHANGED = 1, 2, 8, 0x40, 0x80, 0x4000
ROW = table({"id": "INT", "name": "VARCHAR(9)"}, [(1, "é")])
NUMBERS = table({"n": "INT"}, [(1,), (2,), (3,)])
FORMS = pytest.mark.parametrize("form", [0, DEPRECATE_EOF])


def client_of(capabilities=0, **settings):
    return logged_in(Server(**settings), capabilities=USUAL | capabilities)


def echo(client):
    """Answers all that waits by the echo responder."""
    responder = EchoResponder(Clock())
    while (request := client.session.next_request()) is not None:
        client.session.answer(responder.respond(request) or Error(1105, "HY000", request.text))
    return client.received()


def results_of(packets, *, deprecate_eof=False):
    """Each result of an answer in text form: its rows, or its OK or ERR; and its status."""
    found, payloads = [], [payload for _, payload in packets]
    while payloads:
        if payloads[0][0] in (0, 0xFF):
            reply = read_reply(payloads.pop(0))
            found.append((reply, getattr(reply, "status", None)))
            continue
        count, rows = Reader(payloads.pop(0)).length(), []
        del payloads[: count + (not deprecate_eof)]
        while not (payloads[0][0] == 0xFE and len(payloads[0]) < 9):
            reader = Reader(payloads.pop(0))
            rows.append(tuple(reader.string() for _ in range(count)))
        found.append((rows, read_reply(payloads.pop(0)).status))
    return found


def test_pitfall_1_the_greeting_has_autocommit_and_every_ok_and_eof_the_live_bits():
    assert WireClient(Server()).greeting.status & AUTOCOMMIT
    client = client_of()
    client.session.autocommit, client.session.in_transaction = False, True
    assert client.query(OkAnswer()).status == IN_TRANS
    assert client.query(ROW).end.status == IN_TRANS
    # What the responder does in the request itself is in its answer, whether or not its bytes were kept.
    for _ in range(2):
        client.request(b"\x03COMMIT")
        client.session.in_transaction = False
        client.session.answer(OkAnswer())
        assert read_reply(client.received()[0][1]).status == 0
        client.session.in_transaction = True


def test_pitfall_2_a_bit_that_was_never_offered_changes_nothing():
    client = logged_in(Server(), capabilities=USUAL | 1 << 30 | 1 << 4 | 1 << 29)
    assert client.session.capabilities == USUAL
    assert client.query(ROW).rows == [(b"1", "é".encode())]


def test_pitfall_3_sequence_ids_count_over_the_whole_exchange_and_begin_anew_with_each_command():
    client = client_of(MULTI_STATEMENTS)
    client.send(framed(b"\x03CALL multi(); SELECT 1 AS a"))
    assert [sequence for sequence, _ in echo(client)] == list(range(1, 20))
    assert client.query(ROW).sequences[0] == 1


@FORMS
def test_pitfall_11_deprecate_eof_takes_each_eof_away_or_makes_it_an_ok(form):
    client = client_of(form)
    packets = unframed(client.ask(b"\x03SELECT", ROW))
    assert len(packets) == (5 if form else 6)
    assert packets[-1][1][0] == 0xFE
    assert len(packets[-1][1]) == (7 if form else 5)
    packets = unframed(client.ask(b"\x16SELECT ?, ?", ROW))
    assert len(packets) == (5 if form else 7)
    number = struct.unpack("<I", packets[0][1][1:5])[0]
    parameters = [(1, 0, b"\1"), None]
    packets = unframed(client.ask(execute(number, *parameters, flags=READ_ONLY), ROW))
    assert len(packets) == 4  # A cursor's columns have an end in either form.
    assert read_reply(packets[-1][1]).status == AUTOCOMMIT | CURSOR
    for command in (b"\x1b\0\0", b"\x0d"):
        assert isinstance(client.reply(command), Ok if form else Eof)


def test_pitfall_12_a_row_that_begins_as_a_terminator_is_longer_than_any():
    client = client_of(DEPRECATE_EOF)
    packets = unframed(client.ask(b"\x03SELECT", table({"big": "LONGTEXT"}, [("x" * (MAX_PAYLOAD + 1),)])))
    assert packets[2][1][0] == 0xFE
    assert len(packets[2][1]) > MAX_PAYLOAD
    assert len(packets[3][1]) < 9


def test_pitfall_13_no_columns_are_an_ok_and_an_error_may_end_the_rows():
    client = client_of()
    assert client.query(Rows(())) == Ok(0, 0, AUTOCOMMIT, 0, b"")

    def rows():
        yield (1,)
        yield ("x" * 3, "too many")

    client.request(b"\x03SELECT")
    client.session.answer(Rows(table({"n": "INT"}).columns, rows()))
    assert client.session.sending
    result = read_result(client.session.data_to_send())
    assert result.rows == [(b"1",)]
    assert result.end.code == 1105
    assert not client.session.sending
    assert client.query(ROW).rows == [(b"1", "é".encode())]


def test_pitfall_14_a_responder_knows_who_wants_found_rows():
    for capabilities, affected in ((0, 0), (FOUND_ROWS, 2)):
        client = client_of(capabilities)
        client.send(framed(b"\x03UPDATE kept SET n = 1"))
        reply = read_reply(echo(client)[0][1])
        assert (reply.affected_rows, reply.info) == (affected, b"Rows matched: 2  Changed: 0  Warnings: 0")


def state_of(payload):
    """Status and the entries of the state in an OK packet."""
    reader = Reader(payload[1:])
    reader.length(), reader.length()
    status = reader.number(2)
    reader.number(2)
    if not reader.data:
        return status, None
    reader.string()
    block, found = Reader(reader.string() if reader.data else b""), []
    assert reader.data == b""
    while block.data:
        kind, entry = block.number(1), Reader(block.string())
        values = []
        while entry.data:
            values.append(entry.string())
        found.append((kind, *values))
    return status, found


def test_pitfall_15_an_ok_tells_the_state_only_where_there_is_news_and_the_client_can_read_it():
    client = client_of(SESSION_TRACK)
    session = client.session

    def ok(change):
        client.request(b"\x03SET")
        change()
        session.answer(OkAnswer())
        return state_of(client.received()[0][1])

    assert ok(lambda: None) == (AUTOCOMMIT, None)
    session.database = "shop"
    assert ok(lambda: session.variables.update(time_zone="+00:00", sort_buffer_size=1)) == (
        AUTOCOMMIT | CHANGED,
        [(0, b"time_zone", b"+00:00"), (1, b"shop")],
    )
    assert ok(lambda: None) == (AUTOCOMMIT, None)
    assert ok(lambda: setattr(session, "autocommit", False)) == (CHANGED, [(0, b"autocommit", b"OFF")])
    session.variables.update(session_track_state_change=1, session_track_transaction_info="STATE")
    assert ok(lambda: setattr(session, "in_transaction", True)) == (
        IN_TRANS | CHANGED,
        [(2, b"1"), (5, b"T_______")],
    )
    session.variables.update(session_track_state_change=0, session_track_schema=0, session_track_system_variables="*")
    ok(lambda: None)
    assert ok(lambda: session.variables.update(lock_wait_timeout=5)) == (
        IN_TRANS | CHANGED,
        [(0, b"lock_wait_timeout", b"5")],
    )
    assert ok(lambda: setattr(session, "database", "other")) == (IN_TRANS, None)
    # An EOF has no room for it: the next OK tells.
    session.variables["lock_wait_timeout"] = 6
    assert client.query(ROW).end.status == IN_TRANS
    assert ok(lambda: None)[1] == [(0, b"lock_wait_timeout", b"6")]

    silent = client_of()
    silent.session.database = "shop"
    assert state_of(unframed(silent.ask(b"\x03SET", OkAnswer()))[0][1]) == (AUTOCOMMIT, None)


def test_pitfall_15_the_ok_behind_rows_tells_the_state_too():
    client = client_of(SESSION_TRACK | DEPRECATE_EOF)
    client.session.database = "shop"
    end = unframed(client.ask(b"\x03CALL", ROW))[-1][1]
    assert state_of(end) == (AUTOCOMMIT | CHANGED, [(1, b"shop")])


@FORMS
def test_pitfall_16_more_results_is_on_every_result_but_the_last_and_an_error_ends_them(form):
    client = client_of(MULTI_STATEMENTS | form)
    client.send(framed(b"\x03CALL multi(); SELECT 1 AS a"))
    statuses = [status for _, status in results_of(echo(client), deprecate_eof=bool(form))]
    assert statuses == [AUTOCOMMIT | MORE] * 3 + [AUTOCOMMIT]
    client.send(framed(b"\x03SELECT 1 AS a; CALL failing(); SELECT 2 AS b"))
    found = results_of(echo(client), deprecate_eof=bool(form))
    assert [status for _, status in found] == [AUTOCOMMIT | MORE, AUTOCOMMIT | MORE, None]
    assert found[-1][0].code == 5001


def test_pitfall_16_several_statements_are_one_error_where_they_were_not_agreed_on():
    client = client_of()
    reply = client.reply(b"\x03SELECT 1;\nSELECT 2")
    assert (reply.code, reply.sqlstate) == (1064, "42000")
    assert "near 'SELECT 2' at line 1" in reply.message
    assert client.query(ROW, "SELECT 1;").rows
    assert isinstance(client.reply(b"\x1b\0\0"), Eof)
    client.send(framed(b"\x03SELECT 1 AS a; SELECT 2 AS b"))
    assert [rows for rows, _ in results_of(echo(client))] == [[(b"1",)], [(b"2",)]]
    assert isinstance(client.reply(b"\x1b\1\0"), Eof)
    assert client.reply(b"\x03SELECT 1; SELECT 2").code == 1064


def test_pitfall_17_definitions_are_as_clients_need_them():
    client = client_of()
    client.send(framed(b"\x03SELECT * FROM types ORDER BY id"))
    packets = [payload for _, payload in echo(client)]
    columns = {c.name: c for c in (read_definition(payload)[0] for payload in packets[1:42])}
    assert (columns[b"t_varchar"].collation, columns[b"t_varchar"].length) == (255, 400)
    assert (columns[b"t_blob"].collation, columns[b"t_blob"].flags & 0x80) == (63, 0x80)
    assert (columns[b"t_int"].collation, columns[b"t_date"].collation) == (63, 63)
    assert (columns[b"t_float"].decimals, columns[b"t_double"].decimals) == (31, 31)
    assert columns[b"t_bool"].length == 1


def test_pitfall_18_unsigned_is_a_flag_of_the_column_and_a_bit_of_the_parameters_type():
    client = client_of()
    number, *_ = prepared(client, "SELECT ? AS a, ? AS b", OkAnswer())
    request = client.request(execute(number, (8, 0x80, b"\xff" * 8), (8, 0, b"\xff" * 8)))
    assert request.params == (2**64 - 1, -1)
    answer = table({"a": "BIGINT UNSIGNED", "b": "BIGINT"}, [request.params])
    client.session.answer(answer)
    columns, rows, _ = binary_result(client.session.data_to_send())
    assert [column.flags & 0x20 for column in columns] == [0x20, 0]
    assert rows == [(2**64 - 1, -1)]


def test_pitfall_19_types_on_the_wire_are_those_that_clients_know():
    expected = {"VARCHAR(9)": 0xFD, "CHAR(9)": 0xFE, "TINYTEXT": 0xFC, "LONGBLOB": 0xFC, "DECIMAL(5,2)": 0xF6}
    expected |= {"BIT(9)": 0x10, "YEAR": 13, "JSON": 0xF5, "ENUM('a')": 0xFE, "SET('a')": 0xFE, "TIMESTAMP": 7}
    client = client_of()
    columns = tuple(Column(name, SqlType.parse(name)) for name in expected)
    result = client.query(Rows(columns, [[None] * len(columns)]))
    assert {column.name.decode(): column.type for column in result.columns} == expected
    client.send(framed(b"\x03x"))
    client.session.next_request()
    client.session.answer(table({"b": "BIT(10)", "e": "ENUM('a','b')"}, [(5, "b")]))
    assert read_result(client.session.data_to_send()).rows == [(b"\0\5", b"b")]


def test_pitfall_20_zero_dates_and_long_times_go_both_ways():
    client = client_of()
    answer = table(
        {"a": "DATE", "b": "DATETIME", "c": "TIME", "d": "TIME(6)"},
        [("0000-00-00", "0000-00-00 00:00:00", "-838:59:59", "-25:00:00.5")],
    )
    number, *_ = prepared(client, "SELECT", answer)
    _, rows, _ = binary_result(client.ask(execute(number), answer))
    assert rows == [("0000-00-00", "0000-00-00", "-838:59:59", "-25:00:00.500000")]
    assert client.query(answer).rows[0][0] == b"0000-00-00"


@pytest.mark.parametrize("count", [1, 5, 6, 7, 8, 9, 14, 15, 16, 100])
def test_pitfall_21_null_bitmaps_have_their_offsets(count):
    client = client_of()
    columns = table({f"c{index}": "TINYINT" for index in range(count)}).columns
    for first in (0, 1):
        values = tuple(None if index % 2 == first else index for index in range(count))
        number, *_ = prepared(client, ",".join("?" * count), OkAnswer())
        sent = [None if value is None else (1, 0, bytes([value])) for value in values]
        request = client.request(execute(number, *sent))
        assert request.params == values
        client.session.answer(Rows(columns, (request.params,)))
        assert binary_result(client.session.data_to_send())[1] == [values]


def test_pitfall_22_types_are_told_once_and_null_is_a_type_too():
    client = client_of()
    number, *_ = prepared(client, "SELECT ?, ?", OkAnswer())
    assert client.request(execute(number, (1, 0x80, b"\xff"), (6, 0, b""))).params == (255, None)
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    again = execute(number, (1, 0, b"\xfe"), (6, 0, b""), types=False)
    assert client.request(again).params == (254, None)
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    other, *_ = prepared(client, "SELECT ?", OkAnswer())
    reply = client.reply(execute(other, (1, 0, b"\1"), types=False))
    assert (reply.code, reply.message) == (1210, "Incorrect arguments to mysqld_stmt_execute")


@FORMS
def test_pitfall_23_prepare_tells_twelve_bytes_the_columns_and_as_many_parameters(form):
    client = client_of(form)
    number, columns, parameters, warnings = prepared(client, "SELECT ?, '?' /* ? */, ? -- ?", ROW)
    assert (number, parameters, warnings) == (1, 2, 0)
    assert [column.name for column in columns] == [b"id", b"name"]
    assert prepared(client, "INSERT", OkAnswer())[:3] == (2, [], 0)
    assert prepared(client, "SELECT", Error(1146, "42S02", "no table")).code == 1146


def test_pitfall_24_close_and_long_data_have_no_reply_and_errors_wait_for_execute():
    client = client_of(max_allowed_packet=1000)
    number, *_ = prepared(client, "SELECT ?, ?", OkAnswer())

    def long_data(parameter, data, of=None):
        client.send(framed(struct.pack("<BIH", 0x18, of or number, parameter) + data))
        assert client.session.next_request() is None
        assert client.received() == []

    long_data(0, b"ab")
    long_data(0, b"cd")
    long_data(1, b"")
    assert client.request(execute(number, (253, 0, None), (252, 0, None))).params == ("abcd", b"")
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    long_data(5, b"no such parameter")
    assert client.reply(execute(number, None, None)).code == 1210
    for _ in range(3):
        long_data(0, b"x" * 400)
    reply = client.reply(execute(number, (253, 0, None), None))
    assert (reply.code, reply.sqlstate) == (1153, "08S01")
    assert client.request(execute(number, None, None)).params == (None, None)
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    # RESET forgets what has come; the room is free again.
    long_data(0, b"x" * 900)
    assert isinstance(client.reply(struct.pack("<BI", 0x1A, number)), Ok)
    long_data(0, b"x" * 900)
    assert client.request(execute(number, (253, 0, None), None)).params == ("x" * 900, None)
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    long_data(0, b"nobody", of=99)
    client.send(framed(struct.pack("<BI", 0x19, number)) + framed(b"\x19"))
    assert client.session.next_request() is None
    assert client.received() == []
    reply = client.reply(execute(number, None, None))
    assert (reply.code, reply.message) == (
        1243,
        "Unknown prepared statement handler (1) given to mysqld_stmt_execute",
    )


@FORMS
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pitfall_25_fetch_looks_ahead_and_the_last_batch_says_so(form, size):
    client = client_of(form)
    number, columns, *_ = prepared(client, "SELECT", NUMBERS)
    client.ask(execute(number, flags=READ_ONLY), Rows(NUMBERS.columns, iter([(1,), (2,), (3,)])))
    fetched, statuses = [], []
    while not statuses or not statuses[-1] & LAST_ROW:
        assert client.request(struct.pack("<BII", 0x1C, number, size)) is None
        *rows, end = [payload for _, payload in client.received()]
        fetched += binary_rows(rows, columns)
        statuses.append(read_reply(end).status)
    assert fetched == [(1,), (2,), (3,)]
    assert statuses == [AUTOCOMMIT | CURSOR] * (-(-3 // size) - 1) + [AUTOCOMMIT | LAST_ROW]
    # One more gets nothing more; without a cursor it is an error.
    client.request(struct.pack("<BII", 0x1C, number, size))
    assert len(client.received()) == 1
    assert isinstance(client.reply(struct.pack("<BI", 0x1A, number)), Ok)
    assert client.reply(struct.pack("<BII", 0x1C, number, size)).code == 1421


def test_pitfall_26_query_attributes_come_with_query_and_execute():
    client = client_of(QUERY_ATTRIBUTES)
    request = client.request(b"\x03\0\1SELECT 1")
    assert (request.text, dict(request.attributes)) == ("SELECT 1", {})
    client.session.answer(OkAnswer())
    head = b"\x03\2\1\2\1" + b"\xfd\0" + lenenc(b"trace") + b"\6\0" + lenenc(b"none") + lenenc("é".encode())
    request = client.request(head + b"SELECT 1")
    assert (request.text, dict(request.attributes)) == ("SELECT 1", {"trace": "é", "none": None})
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    number, *_ = prepared_with_attributes(client)
    payload = execute(
        number, (1, 0, b"\7"), (253, 0, lenenc(b"v")), flags=PARAMETER_COUNT, names=[b"", b"name"], count=2
    )
    request = client.request(payload)
    assert (request.params, dict(request.attributes)) == ((7,), {"name": "v"})
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    # Connectors tell the number without the flag as well.
    assert client.request(execute(number, (1, 0, b"\7"), names=[b""], count=1)).params == (7,)
    client.session.answer(OkAnswer())
    client.session.data_to_send()
    assert client.reply(b"\x03\1\1\0").code == 1835


def prepared_with_attributes(client):
    return prepared(client, "SELECT ?", OkAnswer())


def test_pitfall_28_commands_in_one_go_are_queued_and_the_last_prepared_has_an_id_of_its_own():
    client = client_of()
    text = "SELECT ? AS a"
    client.send(framed(b"\x16" + text.encode()) + framed(execute(0xFFFFFFFF, (1, 0, b"\7"))) + framed(b"\x0e"))
    packets = echo(client)
    assert packets[-1][1][0] == 0
    assert any(payload[:2] == b"\0\0" and payload[2:] == b"\7" + b"\0" * 7 for _, payload in packets)
    # Where the last one was refused, there is none: not the one before it.
    client.send(framed(b"\x16SELEC") + framed(execute(0xFFFFFFFF)))
    assert [read_reply(payload).code for _, payload in echo(client)] == [1064, 1243]


def test_pitfall_30_field_list_has_defaults_and_no_count():
    client = client_of()
    packets = unframed(client.ask(b"\x04t\0%", NUMBERS))
    _, rest = read_definition(packets[0][1])
    assert rest == b"\xfb"
    assert len(packets) == 2
    assert len(unframed(client.ask(b"\x04t\0%", Rows(())))) == 1


def test_pitfall_31_statistics_are_a_bare_text_that_clients_read():
    client = client_of()
    assert client.request(b"\x09") is None
    ((_, payload),) = client.received()
    words = payload.split(b"  ")
    assert [word.partition(b": ")[0] for word in words[:4]] == [b"Uptime", b"Threads", b"Questions", b"Slow queries"]


def test_pitfall_34_kill_reaches_the_other_session_by_its_id():
    server = Server()
    victim, killer = logged_in(server), logged_in(server)
    number = victim.greeting.connection_id
    assert (number, killer.greeting.connection_id) == (victim.session.connection_id, killer.session.connection_id)
    assert number != killer.greeting.connection_id
    killed = []
    victim.session.on_kill = lambda: killed.append(victim.session.closing)

    assert server.kill(number, killer.session, query=True) == OkAnswer()
    assert killed == []  # Nothing was under way.
    victim.request(b"\x03SELECT SLEEP(5)")
    server.kill(number, killer.session, query=True)
    assert killed == [False]
    victim.session.answer(Error(1317, "70100", "Query execution was interrupted"))
    assert read_reply(victim.received()[0][1]).code == 1317
    # Rows that are on their way end with the error.
    victim.request(b"\x03SELECT")
    victim.session.answer(Rows(NUMBERS.columns, ((number,) for number in range(10**6))))
    data = victim.session.data_to_send()
    server.kill(number, killer.session, query=True)
    data += victim.session.data_to_send()
    assert read_result(data).end.code == 1317
    assert isinstance(killer.reply(b"\x0c" + struct.pack("<I", number)), Ok)
    assert victim.session.closing
    victim.session.connection_lost()
    assert killer.reply(b"\x0c" + struct.pack("<I", number)).code == 1094
    assert killer.reply(b"\x0c" + struct.pack("<I", killer.greeting.connection_id)).code == 1317
    assert killer.session.closing


def test_results_of_a_prepared_call_are_binary_each():
    client = client_of()
    answer = Results((NUMBERS, OkAnswer(2)))
    number, columns, *_ = prepared(client, "CALL x()", answer)
    assert columns == []
    packets = [payload for _, payload in unframed(client.ask(execute(number), answer))]
    assert binary_rows(packets[3:6], [read_definition(packets[1])[0]]) == [(1,), (2,), (3,)]
    assert (read_reply(packets[6]).status, read_reply(packets[7]).status) == (AUTOCOMMIT | MORE, AUTOCOMMIT)


def test_optional_metadata_is_left_out_where_the_client_says_so():
    client = client_of(1 << 25 | DEPRECATE_EOF)
    packets = unframed(client.ask(b"\x03SELECT", NUMBERS))
    assert packets[0][1] == b"\1\1"
    assert len(packets) == 6
    client.session.variables["resultset_metadata"] = "NONE"
    packets = unframed(client.ask(b"\x03SELECT", NUMBERS))
    assert packets[0][1] == b"\0\1"
    assert len(packets) == 5
    packets = unframed(client.ask(b"\x16SELECT ?", NUMBERS))
    assert [len(payload) for _, payload in packets] == [13]
    assert packets[0][1][-1] == 0


def test_statements_per_connection_are_bounded():
    client = client_of(max_prepared_statements=2)
    assert [prepared(client, "SELECT 1", OkAnswer())[0] for _ in range(2)] == [1, 2]
    reply = client.reply(b"\x16SELECT 1")
    assert (reply.code, reply.sqlstate) == (1461, "42000")
    client.request(struct.pack("<BI", 0x19, 1))
    assert prepared(client, "SELECT 1", OkAnswer())[0] == 3


def test_a_reset_drops_the_statements_and_tells_the_responder():
    client = client_of()
    number, *_ = prepared(client, "SELECT 1", OkAnswer())
    request = client.request(b"\x1f")
    assert request.command == "reset_connection"
    client.session.answer(Error(1105, "HY000", "nobody knows"))
    assert isinstance(read_reply(client.received()[0][1]), Ok)
    assert client.reply(execute(number)).code == 1243


def test_kept_bytes_of_text_and_binary_rows_are_apart_and_equal_to_those_made_anew():
    client = client_of()
    number, *_ = prepared(client, "SELECT 1", NUMBERS)
    answer = table({"n": "INT"}, [(1,)])
    text, binary = client.ask(b"\x03x", answer), client.ask(execute(number), answer)
    assert len(answer.encodings) == 2
    assert client.ask(b"\x03x", answer) is text
    assert client.ask(execute(number), answer) is binary
    assert text != binary
    assert (read_result(text).rows, binary_result(binary)[1]) == ([(b"1",)], [(1,)])
