"""Answers that are disturbed, as they go over the wire: text, binary, several results, OK and ERR, compressed."""

from __future__ import annotations

import itertools
import random
from math import inf

import pytest
from compressed_client import CompressedClient, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from script import asked, script, told
from statement_client import binary_result, execute, prepared
from wire_client import DEPRECATE_EOF, USUAL, Eof, Err, Ok, framed, logged_in, read_reply, read_result, unframed

from sockservice.answers import Disturbed, Error, LocalInfile, Login, Message, Results, Rows, table
from sockservice.answers import Ok as OkAnswer
from sockservice.disturbances import (
    Break,
    Dribble,
    Ending,
    Malformed,
    MissingEnd,
    Oversized,
    Pace,
    Stall,
    Truncated,
    WrongSequence,
)
from sockservice.mysql import Server

QUERY = b"\x03SELECT n"
THREE = table({"n": "INT", "t": "VARCHAR(9)"}, [(1, "one"), (2, "two"), (3, "three")])
LAZY = Rows(THREE.columns, iter([(1, "one"), (2, "two"), (3, "three")]))
DEADLOCK = Error(1213, "40001", "Deadlock found")
OLD, NEW = USUAL, USUAL | DEPRECATE_EOF
MULTI = 1 << 16 | 1 << 17


def three(*, lazy):
    """Three rows, each time anew."""
    return Rows(THREE.columns, iter(THREE.rows)) if lazy else THREE


def lazily(values):
    return Rows(THREE.columns, values)


@pytest.fixture(params=[None, 1])
def client(request):
    return logged_in(Server(), request.param)


def plain(answer, capabilities=OLD, payload=QUERY):
    """The bytes of an answer as it should be."""
    return logged_in(Server(), capabilities=capabilities).ask(payload, answer)


def goes_on(client):
    """The next command is answered as if nothing had been."""
    return read_reply(unframed(client.ask(b"\x03next", OkAnswer(7)))[0][1]).affected_rows == 7


# --- silence and pauses


def test_silence_before_an_answer_then_the_answer(client):
    assert asked(client, QUERY, Disturbed(THREE, (Stall(2.5),))) == [2.5, plain(THREE)]
    assert goes_on(client)


def test_silence_for_ever(client):
    assert asked(client, QUERY, Disturbed(THREE, (Stall(),))) == [inf]
    assert client.session.data_to_send() == b""
    assert client.session.sending


def test_no_bytes_at_all(client):
    assert asked(client, QUERY, Disturbed(None, ())) == []
    assert goes_on(client)
    assert asked(client, QUERY, Disturbed(None, (Stall(1),))) == [1]
    assert goes_on(client)
    assert asked(client, QUERY, Disturbed(None, (Break(ending=Ending.RST),))) == ["rst"]


def test_the_silences_of_nested_disturbances_add_up_and_of_the_others_the_outer_counts(client):
    inner = Disturbed(OkAnswer(), (Stall(1), WrongSequence(1)))
    (pause, data) = asked(client, QUERY, Disturbed(inner, (Stall(2), WrongSequence(4))))
    assert (pause, unframed(data)[0][0]) == (3, 5)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_pause_before_each_row(client, lazy):
    pauses = itertools.count(10)
    pace = Pace(first_row=lambda: 5.0, row=lambda: float(next(pauses)))
    steps = asked(client, QUERY, Disturbed(three(lazy=lazy), (pace,)))
    assert [step for step in steps if isinstance(step, float)] == [5.0, 10.0, 11.0]
    assert told(steps)[0] == plain(THREE)
    assert len(unframed(steps[0])) == 4
    assert len(unframed(steps[2])) == 1


def test_each_result_of_several_begins_with_the_pause_of_a_first_row(client):
    steps = asked(client, QUERY, Disturbed(Results((THREE, THREE, OkAnswer())), (Pace(lambda: 9.0, lambda: 1.0),)))
    assert told(steps)[1] == [9.0, 1.0, 1.0, 9.0, 1.0, 1.0]


def test_rows_without_pauses_and_answers_without_rows_are_not_held_up(client):
    assert asked(client, QUERY, Disturbed(THREE, (Pace(),))) == [plain(THREE)]
    assert asked(client, QUERY, Disturbed(OkAnswer(), (Pace(lambda: 1.0),))) == [plain(OkAnswer())]


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("chunks", [1, 2, 7, 1000])
def test_an_answer_in_pieces_of_equal_size(client, chunks, lazy):
    whole = plain(THREE)
    steps = asked(client, QUERY, Disturbed(three(lazy=lazy), (Dribble(chunks, 6.0),)))
    data, pauses = told(steps)
    assert data == whole
    expected = min(chunks, len(whole))
    assert len(pauses) == expected - 1
    assert sum(pauses) == pytest.approx(6.0 if expected > 1 else 0)
    sizes = {len(step) for step in steps if isinstance(step, bytes)}
    assert max(sizes) - min(sizes) <= 1
    assert goes_on(client)


def test_rows_of_any_number_are_dribbled_in_flat_memory(client):
    made = itertools.count()

    def rows():
        for number in made:
            yield (number, "x" * 9)

    assert client.request(QUERY)
    client.session.answer(Disturbed(lazily(rows()), (Dribble(100, 10.0),)))
    sent = 0
    for _ in range(300):
        sent += len(client.session.data_to_send())
        client.session.pause = 0.0
    assert 1_400_000 < sent < 3_200_000
    assert next(made) * 15 < sent + 2_000_000


# --- answers that break off


@pytest.mark.parametrize("ending", [(Ending.FIN, "fin"), (Ending.RST, "rst"), (Ending.STALL, inf)])
@pytest.mark.parametrize("capabilities", [OLD, NEW])
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(("after", "rows"), [(0, 0), (1, 1), (3, 3), (9, 3)])
def test_an_answer_breaks_off_behind_so_many_rows_and_before_their_end(ending, capabilities, lazy, after, rows):
    client = logged_in(Server(), capabilities=capabilities)
    steps = asked(client, QUERY, Disturbed(three(lazy=lazy), (Break(after_rows=after, ending=ending[0]),)))
    (data, (end,)) = told(steps)
    assert end == ending[1]
    assert plain(THREE, capabilities).startswith(data)
    assert len(unframed(data)) == (3 if capabilities == NEW else 4) + rows
    assert client.request(b"\x03next") is None


@pytest.mark.parametrize("answer", [OkAnswer(), DEADLOCK])
def test_an_answer_without_rows_breaks_off_before_its_only_packet(client, answer):
    assert asked(client, QUERY, Disturbed(answer, (Break(after_rows=2),))) == ["fin"]


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("after", [0, 1, 50, 10_000])
def test_an_answer_breaks_off_behind_so_many_bytes(client, after, lazy):
    steps = asked(client, QUERY, Disturbed(three(lazy=lazy), (Break(after_bytes=after, ending=Ending.RST),)))
    assert told(steps) == (plain(THREE)[:after], ["rst"])


def test_the_connection_ends_behind_a_whole_answer(client):
    assert asked(client, QUERY, Disturbed(THREE, (Break(),))) == [plain(THREE), "fin"]


def test_rows_of_several_results_are_counted_together(client):
    steps = asked(client, QUERY, Disturbed(Results((THREE, THREE, OkAnswer())), (Break(after_rows=4),)))
    assert len(unframed(told(steps)[0])) == 4 + 3 + 1 + 4 + 1


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("after", [0, 2, 9, None])
@pytest.mark.parametrize("capabilities", [OLD, NEW])
def test_an_error_stands_in_place_of_the_rest_and_the_connection_lives_on(after, lazy, capabilities):
    client = logged_in(Server(), capabilities=capabilities)
    disturbance = Break(after_rows=after, error=DEADLOCK)
    (data,) = asked(client, QUERY, Disturbed(three(lazy=lazy), (disturbance,)))
    result = read_result(data, capabilities == NEW)
    assert result.end == Err(1213, "40001", "Deadlock found")
    assert len(result.rows) == min(3, 3 if after is None else after)
    assert result.sequences == list(range(1, len(result.sequences) + 1))
    assert goes_on(client)


def test_an_error_in_place_of_an_answer_without_rows_or_of_none(client):
    for answer in (OkAnswer(), None):
        (data,) = asked(client, QUERY, Disturbed(answer, (Break(error=DEADLOCK),)))
        assert unframed(data)[0][0] == 1
        assert read_reply(unframed(data)[0][1]).code == 1213


def test_an_error_behind_so_many_bytes_stands_behind_a_whole_packet(client):
    (data,) = asked(client, QUERY, Disturbed(THREE, (Break(after_bytes=len(plain(THREE)) - 12, error=DEADLOCK),)))
    assert len(read_result(data).rows) == 2


def test_rows_that_fail_behind_the_last_that_is_sent_do_not_matter(client):
    def rows():
        yield (1, "one")
        yield (2, "two")
        raise ValueError("no more")

    steps = asked(client, QUERY, Disturbed(lazily(rows()), (Break(after_rows=2, error=DEADLOCK),)))
    result = read_result(steps[0])
    assert (len(result.rows), result.end.code) == (2, 1213)


def test_rows_that_fail_end_a_disturbed_answer_too(client):
    def rows():
        yield (1, "one")
        raise RuntimeError("the source dried up")

    assert client.request(QUERY)
    client.session.answer(Disturbed(lazily(rows()), (Pace(row=lambda: 1.0),)))
    data = client.session.data_to_send()
    with pytest.raises(RuntimeError):
        client.session.data_to_send()
    client.session.answer(DEADLOCK)
    assert read_result(data + client.session.data_to_send()).end.code == 1213
    assert goes_on(client)


# --- packets that are wrong


@pytest.mark.parametrize("ending", [(Ending.FIN, "fin"), (Ending.RST, "rst"), (Ending.STALL, inf)])
@pytest.mark.parametrize("keep", [0, 2])
def test_the_last_packet_is_shorter_than_it_says(client, keep, ending):
    steps = asked(client, QUERY, Disturbed(THREE, (Truncated(keep, ending[0]),)))
    whole = plain(THREE)
    assert steps == [whole[: len(whole) - 5 + keep], ending[1]]


def test_a_packet_of_which_all_is_kept_says_that_it_is_longer(client):
    (data, end) = asked(client, QUERY, Disturbed(OkAnswer(), (Truncated(100, Ending.FIN),)))
    assert (data[0], len(data) - 4, end) == (8, 7, "fin")


def test_of_an_answer_that_breaks_off_the_last_packet_is_cut_and_of_one_that_pauses_too(client):
    disturbances = (Truncated(1, Ending.FIN), Break(after_rows=2, ending=Ending.RST), Pace(row=lambda: 1.0))
    data, others = told(asked(client, QUERY, Disturbed(THREE, disturbances)))
    assert others == [1.0, "fin"]
    assert len(unframed(plain(THREE)[: len(data) - 1 - 4])) == 5
    assert plain(THREE).startswith(data)


@pytest.mark.parametrize("offset", [1, -1, 255])
def test_wrong_sequence_ids(client, offset):
    (data,) = asked(client, QUERY, Disturbed(THREE, (WrongSequence(offset),)))
    expected = unframed(plain(THREE))
    assert unframed(data) == [((sequence + offset) % 256, payload) for sequence, payload in expected]
    assert goes_on(client)


def test_a_packet_that_is_too_large_is_made_as_far_as_it_is_read(client):
    assert client.request(QUERY)
    client.session.answer(Disturbed(THREE, (Oversized(1 << 30),)))
    first = client.session.data_to_send()
    assert first[:4] == b"\xff\xff\xff\1"
    assert set(first[4:]) == {0}
    assert len(first) <= 2 * 65536
    assert client.session.sending


def test_all_of_a_packet_that_is_too_large(client):
    size = (1 << 24) + 100
    (data,) = asked(client, QUERY, Disturbed(THREE, (Oversized(size),)))
    assert unframed(data) == [(2, bytes(size))]
    assert goes_on(client)


@pytest.mark.parametrize("capabilities", [OLD, NEW])
def test_one_column_more_is_announced_than_described(capabilities):
    client = logged_in(Server(), capabilities=capabilities)
    (data,) = asked(client, QUERY, Disturbed(THREE, (Malformed("column_count"),)))
    expected = unframed(plain(THREE, capabilities))
    assert unframed(data) == [(1, b"\3"), *expected[1:]]


def test_a_length_says_more_than_there_is(client):
    (data,) = asked(client, QUERY, Disturbed(THREE, (Malformed("length"),)))
    row = unframed(data)[4][1]
    assert row[0] == len(row) == 7
    assert unframed(data)[5:] == unframed(plain(THREE))[5:]
    (data,) = asked(client, QUERY, Disturbed(OkAnswer(), (Malformed("length"),)))
    assert unframed(data) == [(1, b"\0\xfe")]


def test_garbage_by_a_seed(client):
    first, again, other = (
        unframed(asked(client, QUERY, Disturbed(DEADLOCK, (Malformed("garbage", seed),)))[0]) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert first == [(1, random.Random(1).randbytes(32))]


@pytest.mark.parametrize("kind", ["length", "column_count"])
def test_a_damage_that_is_not_for_an_answer_is_passed_over(client, kind):
    assert asked(client, QUERY, Disturbed(DEADLOCK, (Malformed(kind),))) == [plain(DEADLOCK)]


@pytest.mark.parametrize("capabilities", [OLD, NEW])
def test_the_ends_of_columns_and_rows_are_left_out(capabilities):
    client = logged_in(Server(), capabilities=capabilities)
    (data,) = asked(client, QUERY, Disturbed(THREE, (MissingEnd(),)))
    payloads = [payload for _, payload in unframed(data)]
    assert payloads == [payload for _, payload in unframed(plain(THREE, capabilities)) if payload[:1] != b"\xfe"]
    assert [sequence for sequence, _ in unframed(data)] == [1, 2, 3, 4, 5, 6]
    assert goes_on(client)


def test_the_ends_come_in_the_form_that_was_not_agreed():
    warned = Rows(THREE.columns, THREE.rows, warnings=3)
    ends = {}
    for capabilities in (OLD, NEW):
        client = logged_in(Server(), capabilities=capabilities)
        client.session.in_transaction = True
        (data,) = asked(client, QUERY, Disturbed(warned, (MissingEnd(other_form=True),)))
        ends[capabilities] = [read_reply(payload) for _, payload in unframed(data) if payload[:1] == b"\xfe"]
    assert ends[OLD] == [Ok(0, 0, 3, 3, b"")] * 2
    assert ends[NEW] == [Eof(3, 3)]


def test_an_error_is_no_end_that_is_left_out(client):
    disturbances = (MissingEnd(), Break(after_rows=1, error=DEADLOCK))
    (data,) = asked(client, QUERY, Disturbed(THREE, disturbances))
    assert read_reply(unframed(data)[-1][1]).code == 1213


# --- where


def test_a_kept_answer_stays_as_it_should_be(client):
    before = client.ask(QUERY, THREE)
    asked(client, QUERY, Disturbed(THREE, (WrongSequence(),)))
    assert client.ask(QUERY, THREE) == before == plain(THREE)


@pytest.mark.parametrize("lazy", [False, True])
def test_binary_rows(client, lazy):
    number, *_ = prepared(client, "SELECT n", THREE)
    steps = asked(client, execute(number), Disturbed(three(lazy=lazy), (Pace(row=lambda: 1.0), Stall(2))))
    data, pauses = told(steps)
    assert pauses == [2, 1.0, 1.0]
    assert binary_result(data)[1] == [(1, b"one"), (2, b"two"), (3, b"three")]


def test_a_binary_row_whose_length_is_wrong(client):
    number, *_ = prepared(client, "SELECT n", THREE)
    (data,) = asked(client, execute(number), Disturbed(THREE, (Malformed("length"),)))
    assert unframed(data)[4][1] == b"\0\0\xfc\xff\xff"


def test_the_answer_to_a_prepare(client):
    whole = client.ask(b"\x16SELECT n, ?", THREE)
    assert asked(client, b"\x16SELECT n, ?", Disturbed(THREE, (Stall(1), Truncated(1, Ending.FIN)))) == [
        1,
        whole[:4] + b"\0\2" + whole[6 : len(whole) - 4],
        "fin",
    ]


def test_the_other_commands(client):
    assert asked(client, b"\x02shop", Disturbed(OkAnswer(), (Stall(1),))) == [1, framed(bytes(3) + b"\2\0\0\0", 1)]
    assert client.session.database == "shop"
    assert asked(client, b"\x04t\0", Disturbed(THREE, (MissingEnd(),)))[0].count(b"def") == 2
    assert asked(client, b"\x1f", Disturbed(OkAnswer(), (WrongSequence(2),)))[0][3] == 3


def test_a_query_of_several_statements():
    client = logged_in(Server(), capabilities=USUAL | MULTI)
    whole = client.ask(b"\x03one; two", THREE) + b""
    client.session.answer(OkAnswer()) if client.session.next_request() else None
    client.session.data_to_send()
    assert asked(client, b"\x03one; two", Disturbed(THREE, (Stall(1), Pace(row=lambda: 1.0))))[1][:4] == whole[:4]
    assert client.session.next_request().text == " two"
    client.session.answer(Disturbed(OkAnswer(), (Stall(2),)))
    (pause, data) = script(client.session)
    assert (pause, unframed(data)[0][0]) == (2, len(unframed(whole)) + 1)
    assert goes_on(client)


def test_an_error_in_place_of_the_rest_ends_a_query_of_several_statements():
    client = logged_in(Server(), capabilities=USUAL | MULTI)
    asked(client, b"\x03one; two", Disturbed(THREE, (Break(after_rows=1, error=DEADLOCK),)))
    assert client.session.next_request() is None
    assert goes_on(client)


@pytest.mark.parametrize("algorithm", ["zlib", "zstd"])
def test_a_compressed_connection(algorithm):
    client = CompressedClient(Server(), algorithm)
    assert client.command(QUERY)
    client.session.answer(Disturbed(THREE, (Pace(row=lambda: 1.0), Break(after_bytes=90))))
    steps = script(client.session)
    data, others = told(steps)
    content = b"".join(content for _, _, content in opened(data, algorithm))
    assert plain(THREE)[:90] == content
    assert others[-1] == "fin"


def test_a_file_of_the_clients_is_disturbed_behind_its_end():
    client = logged_in(Server(), capabilities=USUAL | 1 << 7)
    disturbed = Disturbed(LocalInfile("f", lambda _: None, lambda: OkAnswer(5)), (Stall(1),))
    (data,) = asked(client, b"\x03LOAD", Disturbed(disturbed, (Stall(2),)))
    assert unframed(data) == [(1, b"\xfbf")]
    client.send(framed(b"", 2))
    client.session.answer(client.session.file_step()())
    (pause, data) = script(client.session)
    assert pause == 3
    assert (unframed(data)[0][0], read_reply(unframed(data)[0][1]).affected_rows) == (3, 5)


def test_a_file_that_the_client_does_not_give_is_a_disturbed_error(client):
    (pause, data) = asked(client, b"\x03LOAD", Disturbed(LocalInfile("f", print, OkAnswer), (Stall(1),)))
    assert (pause, read_reply(unframed(data)[0][1]).code) == (1, 3948)


@pytest.mark.parametrize("answer", [Message(b"hello"), Login(), Results((THREE, Disturbed(THREE, ())))])
def test_what_cannot_answer_a_statement_is_an_error_that_says_so(client, answer):
    for payload in (QUERY, b"\x16SELECT 1"):
        if not (isinstance(answer, Results) and payload is not QUERY):
            problem = read_reply(unframed(client.ask(payload, answer))[-1][1])
            assert problem.code == 1105
            assert "cannot be" in problem.message


def test_nobodys_answer_to_a_statement_is_error_1105(client):
    problem = read_reply(unframed(client.ask(QUERY, None))[0][1])
    assert (problem.code, problem.message) == (1105, "sockservice: nothing answers this request")


# --- while it is sent


def kill(client):
    client.session.kill(query=True)
    return script(client.session)


def test_a_killed_query_ends_at_once_with_an_error(client):
    assert asked(client, QUERY, Disturbed(THREE, (Stall(),))) == [inf]
    (data,) = kill(client)
    assert [(sequence, read_reply(payload).code) for sequence, payload in unframed(data)] == [(1, 1317)]
    assert goes_on(client)


@pytest.mark.parametrize(
    "disturbance",
    [Dribble(1000, 9.0), Truncated(2, Ending.STALL), Break(after_bytes=70, ending=Ending.STALL)],
)
def test_a_query_killed_in_the_middle_of_a_packet_ends_behind_it(client, disturbance):
    assert client.request(QUERY)
    client.session.answer(Disturbed(THREE, (disturbance,)))
    data = b""
    for _ in range(70):
        data += client.session.data_to_send()
        client.session.pause = 0.0 if client.session.pause < inf else inf
    (rest,) = kill(client)
    *_, (sequence, last) = unframed(data + rest)
    assert read_reply(last).code == 1317
    assert sequence == len(unframed(data + rest))
    assert goes_on(client)


def test_a_query_killed_within_a_packet_that_has_no_end_closes(client):
    assert client.request(QUERY)
    client.session.answer(Disturbed(THREE, (Oversized(),)))
    client.session.data_to_send()
    assert kill(client) == ["fin"]


def test_a_stop_ends_silence_and_sends_the_answer(client):
    assert client.request(QUERY)
    client.session.answer(Disturbed(THREE, (Stall(3600), Pace(row=lambda: 2.0))))
    client.session.data_to_send()
    client.session.finish()
    steps = script(client.session)
    assert told(steps) == (plain(THREE), [2.0, 2.0, "fin"])


def test_an_answer_that_comes_behind_a_stop_is_sent_without_its_silence(client):
    assert client.request(QUERY)
    client.session.finish()
    client.session.answer(Disturbed(OkAnswer(), (Stall(3600),)))
    assert script(client.session) == [plain(OkAnswer()), "fin"]


@pytest.mark.parametrize("disturbances", [(Stall(),), (Truncated(),), (Break(after_rows=1, ending=Ending.STALL),)])
def test_a_stop_does_not_wait_for_what_never_comes(client, disturbances):
    asked(client, QUERY, Disturbed(THREE, disturbances))
    client.session.finish()
    assert client.session.closing


def test_a_stop_in_silence_before_what_never_comes_closes_then(client):
    assert client.request(QUERY)
    client.session.answer(Disturbed(THREE, (Stall(9), Break(after_rows=0, ending=Ending.STALL))))
    client.session.data_to_send()
    client.session.finish()
    assert script(client.session)[-1] == "fin"


DISTURBANCES = st.one_of(
    st.builds(Stall, st.one_of(st.none(), st.floats(0, 9)), st.booleans()),
    st.builds(Pace, st.just(lambda: 1.0), st.just(lambda: 0.5)),
    st.builds(Dribble, st.integers(0, 99), st.floats(0, 9)),
    st.builds(
        Break,
        st.one_of(st.none(), st.integers(0, 5)),
        st.one_of(st.none(), st.integers(0, 200)),
        st.sampled_from(Ending),
        st.one_of(st.none(), st.just(DEADLOCK)),
    ),
    st.builds(Truncated, st.integers(0, 99), st.sampled_from(Ending)),
    st.builds(WrongSequence, st.integers(-300, 300)),
    st.builds(Oversized, st.integers(0, 1 << 25)),
    st.builds(Malformed, st.sampled_from(["length", "column_count", "garbage"]), st.integers(0, 9)),
    st.builds(MissingEnd, st.booleans()),
)
ANSWERS = st.sampled_from([None, OkAnswer(), DEADLOCK, THREE, Results((THREE, OkAnswer())), Rows(())])


@settings(max_examples=300, deadline=None)
@given(ANSWERS, st.lists(DISTURBANCES, max_size=4), st.sampled_from([OLD, NEW]), st.booleans())
def test_any_disturbances_together_come_to_an_end(answer, disturbances, capabilities, binary):
    client = logged_in(Server(), capabilities=capabilities)
    payload = QUERY
    if binary:
        number, *_ = prepared(client, "SELECT n", THREE)
        payload = execute(number)
    steps = asked(client, payload, Disturbed(answer, tuple(disturbances)))
    assert all(isinstance(step, bytes) or step in ("fin", "rst") or step > 0 for step in steps)
    if not client.session.closing and steps[-1:] != [inf]:
        assert goes_on(client)
