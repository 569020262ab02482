"""The ways in which servers get framing, files, character sets and timeouts wrong, by their numbers in the list."""

from __future__ import annotations

import zlib

import pytest
from compressed_client import CompressedClient, compressed
from wire_client import LIMIT, USUAL, Err, framed, logged_in, read_reply, read_result, unframed

from sockservice.answers import LocalInfile, Ok, table
from sockservice.mysql import Server

LOCAL_FILES = 1 << 7


@pytest.mark.parametrize("size", [LIMIT - 2, LIMIT - 1, LIMIT, 2 * LIMIT - 1])
def test_pitfall_27_payloads_of_16_mib_in_and_out_end_with_a_shorter_packet(size):
    # A payload of 16 MiB - 1 is followed by another packet, perhaps an empty one, in both directions.
    client = logged_in(Server())
    text = "s" * size
    request = client.request(b"\x03" + text.encode())
    assert len(request.text) == size
    client.session.answer(table({"b": "LONGBLOB"}, [(bytes(size - 4),)]))
    data = client.session.data_to_send()
    assert len(read_result(data).rows[0][0]) == size - 4
    # The answer counts on from the last packet of the command.
    assert data[3] == size // LIMIT + 1 + (1 if size % LIMIT == LIMIT - 1 else 0)


def test_pitfall_27_a_payload_over_max_allowed_packet_is_told_and_closes():
    # 1153, then the end: the rest cannot be told from commands.
    client = logged_in(Server(max_allowed_packet=1000))
    assert client.request(b"\x03" + b"s" * 1000) is None
    ((_, reply),) = client.received()
    assert read_reply(reply).code == 1153
    assert client.session.closing


def test_pitfall_27_a_long_row_and_its_successors_keep_counting():
    client = logged_in(Server())
    data = client.ask(b"\x03q", table({"b": "LONGBLOB"}, [(bytes(LIMIT - 4),), (b"x",)]))
    # Count, definition, EOF, a row of two packets, a row, EOF.
    assert [sequence for sequence, _ in unframed(data)] == [1, 2, 3, 5, 6, 7]


def test_pitfall_29_compression_begins_behind_the_final_ok_and_crosses_boundaries():
    # The header has a sequence of its own; what is shorter than 50 bytes is stored; packets cross the boundaries.
    client = CompressedClient(Server())
    command = framed(b"\x03" + b"q" * 300)
    client.send(compressed(command[:100], 0) + compressed(command[100:], 1))
    assert client.session.next_request().text == "q" * 300
    client.session.answer(Ok())
    ((sequence, original, content),) = client.unpacked()
    assert (sequence, original, len(content)) == (2, 0, 11)
    client.command(b"\x03q")
    client.session.answer(table({"t": "TEXT"}, [("x" * 1000,)]))
    data = client.session.data_to_send()
    assert int.from_bytes(data[4:7], "little") == len(zlib.decompress(data[7:]))


def test_pitfall_32_a_file_is_read_to_its_end_and_answered_at_the_next_id():
    # Packets until an empty one, also behind an error; only where both sides have LOCAL_FILES.
    seen = []
    answer = LocalInfile("f", seen.append, lambda: Ok(len(seen)))
    client = logged_in(Server(), capabilities=USUAL | LOCAL_FILES)
    assert client.ask(b"\x03LOAD", answer)[4:] == b"\xfbf"
    client.send(framed(b"one", 2) + framed(b"two", 3) + framed(b"", 4))
    for _ in range(3):
        outcome = client.session.file_step()()
    client.session.answer(outcome)
    ((sequence, reply),) = client.received()
    assert (sequence, read_reply(reply).affected_rows, seen) == (5, 2, [b"one", b"two"])
    assert isinstance(logged_in(Server()).query(answer), Err)


@pytest.mark.parametrize(
    ("number", "name"), [(255, "utf8mb4_0900_ai_ci"), (45, "utf8mb4_general_ci"), (8, "latin1_swedish_ci")]
)
def test_pitfall_33_the_handshake_names_a_collation_by_its_number(number, name):
    client = logged_in(Server(), charset=number)
    assert client.session.variables["collation_connection"] == name
    assert client.query(table({"t": "TEXT"})).columns[0].collation == number


def test_pitfall_33_without_a_character_set_of_results_nothing_is_converted():
    client = logged_in(Server(), charset=8)
    assert client.query(table({"t": "TEXT"}, [("é",)])).rows == [(b"\xe9",)]
    client.session.variables["character_set_results"] = None
    assert client.query(table({"t": "TEXT"}, [("é",)])).rows == [("é".encode(),)]


def test_pitfall_35_an_idle_client_is_told_4031_with_sequence_id_0():
    now = [0.0]
    client = logged_in(Server(clock=lambda: now[0]))
    now[0] += 28800
    client.session.timeouts.expire()
    ((sequence, reply),) = client.received()
    assert (sequence, read_reply(reply).code) == (0, 4031)
    assert client.session.closing


def test_pitfall_36_an_end_without_a_word_is_one_of_the_connection_not_a_reset():
    # A QUIT is answered by the end of the stream alone; a client that is half closed gets what it asked for first.
    client = logged_in(Server())
    assert client.request(b"\x01") is None
    assert (client.received(), client.session.closing, client.session.timeouts.aborted) == ([], True, False)
    client = logged_in(Server())
    client.request(b"\x03q")
    client.session.finish()
    assert not client.session.closing
    client.session.answer(Ok())
    assert len(client.received()) == 1
    assert client.session.closing
