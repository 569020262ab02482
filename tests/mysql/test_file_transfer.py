"""LOCAL INFILE: files that come, that do not, that nobody wants, and clients that do otherwise."""

from __future__ import annotations

import pytest
from compressed_client import CompressedClient, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import LIMIT, USUAL, Err, Ok, framed, logged_in, read_reply, unframed

from sockservice.answers import Error, LocalInfile
from sockservice.answers import Ok as OkAnswer
from sockservice.mysql import Server

LOCAL_FILES = 1 << 7
LOAD = b"\x03LOAD DATA LOCAL INFILE 'f' INTO TABLE t"


class Loader:
    """Keeps what it is given, and answers how much that was."""

    def __init__(self, filename="f"):
        self.pieces, self.answers = [], 0
        self.answer = LocalInfile(filename, self.receive, self.done)

    def receive(self, piece):
        self.pieces.append(piece)

    def done(self):
        self.answers += 1
        return OkAnswer(len(self.pieces))


def asked(loader, chunk=None, **fields):
    """A client that was asked for a file."""
    client = logged_in(Server(), chunk, capabilities=USUAL | LOCAL_FILES, **fields)
    ((sequence, payload),) = unframed(client.ask(LOAD, loader.answer))
    assert (sequence, payload) == (1, b"\xfb" + loader.answer.filename.encode())
    return client


def drive(session):
    """Do what is to be done with what came, as the pump does."""
    while session.file is not None and (step := session.file_step()) is not None:
        outcome = step()
        if outcome is not None:
            session.answer(outcome)


def reply(client):
    ((sequence, payload),) = client.received()
    return sequence, read_reply(payload)


@pytest.mark.parametrize("chunk", [None, 1])
def test_a_file_comes_in_pieces_and_its_answer_goes_on_counting(chunk):
    loader = Loader()
    client = asked(loader, chunk)
    client.send(framed(b"one,", 2) + framed(b"two", 3) + framed(b"", 4) + framed(b"\x0e"))
    drive(client.session)
    assert loader.pieces == [b"one,", b"two"]
    sequence, answer = reply(client)
    assert (sequence, answer.affected_rows, loader.answers) == (5, 2, 1)
    assert client.session.next_request() is None
    assert reply(client)[0] == 1


def test_the_name_is_sent_in_the_clients_character_set():
    loader = Loader("é.csv")
    client = logged_in(Server(), capabilities=USUAL | LOCAL_FILES, charset=8)
    ((_, payload),) = unframed(client.ask(LOAD, loader.answer))
    assert payload == b"\xfb\xe9.csv"


def test_an_empty_file_and_one_that_cannot_be_read_are_answered():
    loader = Loader()
    client = asked(loader)
    client.send(framed(b"", 2))
    drive(client.session)
    assert reply(client) == (3, Ok(0, 0, 2, 0, b""))
    assert (loader.pieces, loader.answers) == ([], 1)


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1])
def test_a_piece_may_be_over_16_mib(size):
    loader = Loader()
    client = asked(loader)
    whole = framed(b"x" * size, 2)
    last = unframed(whole)[-1][0]
    client.send(whole + framed(b"", last + 1))
    drive(client.session)
    assert [len(piece) for piece in loader.pieces] == [size]
    assert reply(client)[0] == last + 2


@pytest.mark.parametrize(("capabilities", "allowed"), [(USUAL, 1), (USUAL | LOCAL_FILES, 0)])
def test_a_client_or_a_server_without_local_files_gets_an_error(capabilities, allowed):
    server, loader = Server(), Loader()
    server.global_variables["local_infile"] = allowed
    client = logged_in(server, capabilities=capabilities)
    assert client.query(loader.answer).code == 3948
    mariadb = Server("11.4.2-MariaDB")
    mariadb.global_variables["local_infile"] = allowed
    assert logged_in(mariadb, capabilities=capabilities & ~1).query(loader.answer).code == 4166
    assert loader.answers == 0


def test_a_receiver_that_fails_gets_no_more_and_the_client_is_told_at_the_end():
    loader = Loader()
    client = asked(loader)
    client.send(framed(b"one", 2))
    drive(client.session)
    client.session.answer(Error(1406, "22001", "too long"))
    client.session.answer(Error(1105, "HY000", "a later failure says less"))
    client.send(framed(b"two", 3))
    drive(client.session)
    assert client.received() == []
    client.send(framed(b"", 4))
    drive(client.session)
    assert reply(client) == (5, Err(1406, "22001", "too long"))
    assert (loader.pieces, loader.answers) == ([b"one"], 0)


def test_a_killed_load_is_interrupted_at_the_end_of_the_file():
    loader = Loader()
    client = asked(loader)
    client.session.kill(query=True)
    client.send(framed(b"one", 2) + framed(b"", 3))
    drive(client.session)
    assert reply(client)[1].code == 1317
    assert loader.pieces == []


def test_several_statements_go_on_behind_a_file():
    loader = Loader()
    client = logged_in(Server(), capabilities=USUAL | LOCAL_FILES | 1 << 16)
    client.ask(LOAD + b"; SELECT 2", loader.answer)
    assert client.session.next_request() is None
    client.send(framed(b"", 2))
    drive(client.session)
    sequence, answer = reply(client)
    assert (sequence, answer.status & 8) == (3, 8)
    assert client.session.next_request().text.strip() == "SELECT 2"
    client.session.answer(OkAnswer())
    assert reply(client)[0] == 4


def test_a_file_comes_compressed():
    loader = Loader()
    client = CompressedClient(Server(), capabilities=USUAL | LOCAL_FILES)
    client.command(LOAD)
    client.session.answer(loader.answer)
    assert [sequence for sequence, _, _ in client.unpacked()] == [1]
    client.send(stored(framed(b"one", 2) + framed(b"", 3), 2))
    drive(client.session)
    ((outer, _, content),) = client.unpacked()
    assert (outer, unframed(content)[0][0], loader.pieces) == (3, 4, [b"one"])


def test_a_client_that_leaves_in_the_middle_is_not_answered():
    loader = Loader()
    client = asked(loader)
    client.send(framed(b"one", 2))
    drive(client.session)
    client.session.connection_lost()
    assert client.session.file is None
    assert loader.answers == 0


def test_packets_out_of_order_break_it_off():
    client = asked(Loader())
    client.send(framed(b"one", 7))
    drive(client.session)
    assert reply(client)[1].code == 1156
    assert client.session.closing


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=30), max_size=8), st.integers(1, 9))
def test_any_file_arrives_as_it_was_sent(pieces, chunk):
    loader = Loader()
    client = asked(loader, chunk)
    for number, piece in enumerate([*pieces, b""], 2):
        client.send(framed(piece, number))
        drive(client.session)
    assert loader.pieces == pieces
    assert reply(client)[0] == len(pieces) + 3
