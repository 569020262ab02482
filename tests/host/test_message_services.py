"""The services stream and datagram as programs: real sockets, toxics, reload, graceful stop."""

from __future__ import annotations

import json
import signal
import socket

import pytest
from programs import PATIENCE

STREAM = """
version: 1
service: stream
defaults: {framing: "length:2"}
stubs:
- {name: hello, when: {text: hello}, then: {text: world}}
- {name: slow, when: {text: slow}, then: {text: late, delay: 300ms}}
- {when: {text: bye}, then: {text: bye, then_close: true}}
"""


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def test_a_stream_is_answered_by_stubs_and_its_journal_is_a_file(start, tmp_path):
    (tmp_path / "stubs.yaml").write_text(STREAM)
    program = start("--port", "0", "stream", "--stubs", "stubs.yaml", "--journal-file", "journal.jsonl")
    with program.connect() as client:
        for byte in framed(b"hello"):
            client.sendall(bytes([byte]))
        assert client.recv(99) == framed(b"world")
        client.sendall(framed(b"bye") + framed(b"more"))
        assert client.recv(99) == framed(b"bye")
        assert client.recv(99) == b""
    with program.connect() as client:
        client.sendall(framed(b"unknown"))
        assert client.recv(99) == b""
    program.wait_for("no stub for message: unknown")
    program.end()
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    answered = [(line["text"], line["answered_by"], line.get("name")) for line in lines if line["command"] == "message"]
    assert answered[0] == ("hello", "stub", "hello")
    assert answered[-1][:2] == ("unknown", "fallback")


def test_a_slow_answer_is_sent_before_the_end(start, tmp_path):
    (tmp_path / "stubs.yaml").write_text(STREAM)
    program = start("--port", "0", "stream", "--stubs", "stubs.yaml")
    with program.connect() as client:
        client.sendall(framed(b"hello") + framed(b"slow"))
        assert client.recv(7) == framed(b"world")
        program.signal(signal.SIGTERM)
        assert client.recv(99) == framed(b"late")
        assert client.recv(99) == b""


def test_stub_files_are_read_again_and_a_mistake_keeps_the_last_good(start, tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(STREAM)
    program = start("--port", "0", "stream", "--stubs", "stubs.yaml", "--no-watch")
    path.write_text(STREAM.replace("text: world", "txt: world"))
    program.signal(signal.SIGHUP)
    program.wait_for("'txt' is not known here")
    with program.connect() as client:
        client.sendall(framed(b"hello"))
        assert client.recv(99) == framed(b"world")
    path.write_text(STREAM.replace("world", "moon"))
    program.signal(signal.SIGHUP)
    program.wait_for("3 stubs read again")
    with program.connect() as client:
        client.sendall(framed(b"hello"))
        assert client.recv(99) == framed(b"moon")


def test_datagrams_are_answered_by_stubs(start, tmp_path):
    (tmp_path / "stubs.yaml").write_text(
        "version: 1\nservice: datagram\nstubs:\n- {when: {bytes: 'hex:01ff'}, then: {messages: [one, two]}}\n"
    )
    program = start("--listen", "udp:0", "datagram", "--stubs", "stubs.yaml", "--fallback", "echo")
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.connect(program.address(kind="datagram"))
        client.send(b"\1\xff")
        assert [client.recv(99), client.recv(99)] == [b"one", b"two"]
        client.send(b"other")
        assert client.recv(99) == b"other"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stream", "--framing", "lines"], "stream: --framing 'lines' is no framing; did you mean 'line'?"),
        (["stream", "--fallback", "error"], "stream: --fallback error is not known"),
        (["datagram", "--stubs", "none.yaml"], "none.yaml: there is no such file"),
    ],
)
def test_a_mistake_is_one_line(run, words, said):
    ended = run("--check", *words)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert said in line


def test_a_framing_of_a_file_that_is_none_is_told_with_its_place(run, tmp_path):
    (tmp_path / "stubs.yaml").write_text(STREAM.replace("length:2", "length:9"))
    [line] = run("--check", "stream", "--stubs", "stubs.yaml").stderr.splitlines()
    assert f"{tmp_path / 'stubs.yaml'}:4:21: 'length:9' is not understood" in line
