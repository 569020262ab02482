"""Cursors whose rows are disturbed: what strikes the EXECUTE that opens one, and what the FETCH."""

from __future__ import annotations

import struct
from math import inf

import pytest
from script import asked, script, told
from statement_client import READ_ONLY, binary_rows, execute, prepared
from wire_client import DEPRECATE_EOF, USUAL, Reader, logged_in, read_definition, read_reply, unframed

from sockservice.answers import Disturbed, Error, Ok, Rows, table
from sockservice.disturbances import (
    Break,
    Dribble,
    Ending,
    Malformed,
    MissingEnd,
    Pace,
    Stall,
    Truncated,
    WrongSequence,
)
from sockservice.mysql import Server

FIVE = table({"n": "INT", "t": "VARCHAR(9)"}, [(number, "x") for number in range(1, 6)])
ALL = [(number, b"x") for number in range(1, 6)]
DEADLOCK = Error(1213, "40001", "Deadlock found")
CURSOR, LAST = 0x40, 0x80


def opened(*disturbances, capabilities=USUAL, answer=FIVE):
    """A client whose cursor is open; the number of its statement and the script of EXECUTE."""
    client = logged_in(Server(), capabilities=capabilities)
    number, *_ = prepared(client, "SELECT n", FIVE)
    return client, number, asked(client, execute(number, flags=READ_ONLY), Disturbed(answer, disturbances))


def fetch(client, number, count):
    """The script of a FETCH."""
    assert client.request(struct.pack("<BII", 0x1C, number, count)) is None
    return script(client.session)


def columns():
    client = logged_in(Server())
    number, *_ = prepared(client, "SELECT n", FIVE)
    payloads = [payload for _, payload in unframed(client.ask(execute(number, flags=READ_ONLY), FIVE))]
    return [read_definition(payload)[0] for payload in payloads[1:3]]


COLUMNS = columns()


def fetched(data):
    """Rows and the end of what FETCH was told."""
    *rows, end = [payload for _, payload in unframed(data)]
    return binary_rows(rows, COLUMNS), read_reply(end)


@pytest.mark.parametrize("capabilities", [USUAL, USUAL | DEPRECATE_EOF])
def test_rows_that_are_fetched_have_their_pauses(capabilities):
    client, number, steps = opened(Pace(lambda: 5.0, lambda: 1.0), capabilities=capabilities)
    assert len(unframed(steps[0])) == 4
    assert len(steps) == 1
    data, pauses = told(fetch(client, number, 2))
    assert (fetched(data)[0], fetched(data)[1].status, pauses) == (ALL[:2], 2 | CURSOR, [5.0, 1.0])
    data, pauses = told(fetch(client, number, 9))
    assert (fetched(data)[0], fetched(data)[1].status, pauses) == (ALL[2:], 2 | LAST, [1.0] * 3)


def test_silence_at_the_first_fetch():
    client, number, steps = opened(Stall(3, at_fetch=True))
    assert all(isinstance(step, bytes) for step in steps)
    pause, data = fetch(client, number, 2)
    assert (pause, fetched(data)[0]) == (3, ALL[:2])
    (data,) = fetch(client, number, 9)
    assert fetched(data)[0] == ALL[2:]


def test_silence_for_ever_at_fetch_ends_by_a_kill():
    client, number, _ = opened(Stall(at_fetch=True))
    assert fetch(client, number, 2) == [inf]
    client.session.kill(query=True)
    (data,) = script(client.session)
    assert [(sequence, read_reply(payload).code) for sequence, payload in unframed(data)] == [(1, 1317)]


def test_silence_at_fetch_means_nothing_without_a_cursor():
    client = logged_in(Server())
    number, *_ = prepared(client, "SELECT n", FIVE)
    for answer in (FIVE, Ok()):
        (data,) = asked(client, execute(number), Disturbed(answer, (Stall(3, at_fetch=True),)))
        assert data


@pytest.mark.parametrize("ending", [(Ending.FIN, "fin"), (Ending.RST, "rst"), (Ending.STALL, inf)])
@pytest.mark.parametrize(("after", "count"), [(0, 2), (2, 2), (3, 5), (9, 5)])
def test_rows_that_are_fetched_break_off(ending, after, count):
    client, number, steps = opened(Break(after_rows=after, ending=ending[0]))
    assert len(steps) == 1
    data, others = told(fetch(client, number, count))
    assert others == [ending[1]]
    assert len(unframed(data)) == min(after, 5)


def test_an_error_in_place_of_further_rows():
    client, number, _ = opened(Break(after_rows=3, error=DEADLOCK))
    (data,) = fetch(client, number, 2)
    assert fetched(data)[1].status == 2 | CURSOR
    (data,) = fetch(client, number, 9)
    assert (fetched(data)[0], fetched(data)[1].code) == (ALL[2:3], 1213)
    (data,) = fetch(client, number, 9)
    assert (fetched(data)[0], fetched(data)[1].status) == ([], 2 | LAST)


def test_a_fetched_row_that_is_malformed():
    client, number, steps = opened(Malformed("length"))
    (data,) = fetch(client, number, 2)
    assert unframed(data)[0][1] == b"\0\0\xfc\xff\xff"
    assert len(steps) == 1


@pytest.mark.parametrize(
    "disturbance",
    [
        Stall(2),
        Break(),
        Break(after_bytes=30),
        Break(error=DEADLOCK),
        Truncated(0, Ending.FIN),
        WrongSequence(),
        Malformed("column_count"),
        MissingEnd(),
        Dribble(4, 3.0),
    ],
)
def test_the_other_disturbances_strike_the_answer_that_opens_the_cursor(disturbance):
    client, number, steps = opened(disturbance)
    assert steps != opened()[2]
    if not client.session.closing:
        (data,) = fetch(client, number, 9)
        assert fetched(data)[0] == ALL


def test_one_column_more_than_described():
    (data,) = opened(Malformed("column_count"))[2]
    assert Reader(unframed(data)[0][1]).length() == 3


def test_rows_that_cannot_be_encoded_end_with_an_error_though_they_are_disturbed():
    answer = Rows(FIVE.columns, [(1, "x"), ("no number", "x")])
    client, number, _ = opened(Pace(row=lambda: 1.0), answer=answer)
    data, _ = told(fetch(client, number, 9))
    assert fetched(data)[0] == ALL[:1]
    assert "row 2" in fetched(data)[1].message


def test_a_cursor_that_is_not_opened_disturbs_what_is_said_instead():
    _, _, steps = opened(Break(after_rows=1), answer=DEADLOCK)
    assert steps == ["fin"]
