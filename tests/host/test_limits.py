"""Limits and signals, as real programs keep them."""

from __future__ import annotations

import resource
import signal
import socket
import ssl
import time
from contextlib import ExitStack

import pytest
from programs import PATIENCE
from tls_files import make_certificate

SLOW = """
import twisted.internet.task
from twisted.plugin import IPlugin
from zope.interface import implementer
from sockservice.interfaces import IRefusingService, IStreamService

@implementer(IPlugin, IStreamService, IRefusingService)
class Slow:
    name, summary, default_port, options = "slow", "answers a line after a while", 7778, None

    def stream_factory(self, host):
        host.on_reload(lambda: 1 / 0)

        async def serve(connection):
            while line := await connection.receive_until(b"\\n"):
                await connection.send(b"wait\\n")
                await twisted.internet.task.deferLater(host.reactor, float(line), lambda: None)
                await connection.send(b"answer\\n")

        return serve

    def refusal(self):
        return b"full, sorry\\n"

slow = Slow()
"""


@pytest.fixture
def slow(tmp_path):
    """The environment in which a service `slow` of a third party is found."""
    folder = tmp_path / "site" / "sockservice" / "plugins"
    folder.mkdir(parents=True)
    (folder / "slow.py").write_text(SLOW)
    return {"PYTHONPATH": str(tmp_path / "site")}


def test_clients_over_the_limit_are_refused_in_the_protocols_words(start, slow):
    program = start("--port", 0, "--max-connections", 2, "slow", env=slow)
    with program.connect() as first, program.connect() as second:
        for connection in (first, second):
            connection.sendall(b"0\n")
            assert connection.makefile("rb").readline() == b"wait\n"
        for _ in range(5):
            with program.connect() as third:
                assert third.recv(100) == b"full, sorry\n"
                assert third.recv(100) == b""
    deadline = time.monotonic() + PATIENCE
    while True:  # the two are gone soon: then there is room again
        with program.connect() as connection:
            connection.sendall(b"0\n")
            if connection.recv(5) == b"wait\n":
                break
        assert time.monotonic() < deadline
    assert program.text().count("refuses more") == 1


def test_without_words_of_the_protocol_they_are_just_closed(start):
    program = start("--port", 0, "--max-connections", 1, "echo")
    with program.connect() as first:
        first.sendall(b"x")
        assert first.recv(1) == b"x"
        with program.connect() as second:
            assert second.recv(100) == b""


def test_sequential_serves_one_after_the_other_in_the_order_they_came(start):
    program = start("--port", 0, "--sequential", "echo")
    with ExitStack() as stack:
        clients = [stack.enter_context(program.connect()) for _ in range(5)]
        for number, client in enumerate(clients):
            client.sendall(b"%d" % number)
        for number, client in enumerate(clients):
            assert client.recv(10) == b"%d" % number
            for waiting in clients[number + 1 :]:
                waiting.setblocking(False)
                with pytest.raises(BlockingIOError):
                    waiting.recv(10)
                waiting.settimeout(PATIENCE)
            client.close()


def test_idle_clients_are_closed_and_busy_ones_are_not(start):
    program = start("--port", 0, "--idle-timeout", 1.0, "echo")
    began = time.monotonic()
    with program.connect() as idle, program.connect() as busy:
        idle.settimeout(0.05)
        closed = False
        while not closed:
            busy.sendall(b"x")
            assert busy.recv(1) == b"x"
            try:
                closed = idle.recv(1) == b""
            except TimeoutError:
                assert time.monotonic() - began < PATIENCE
        assert time.monotonic() - began > 0.95
        busy.sendall(b"y")
        assert busy.recv(1) == b"y"


def test_sigterm_lets_an_answer_in_flight_finish_and_takes_no_more(start, slow):
    program = start("--port", 0, "slow", env=slow)
    with program.connect() as busy, program.connect() as idle:
        busy.sendall(b"0.6\n")
        idle.sendall(b"0\n")
        assert busy.recv(5) == b"wait\n"
        address = program.address()
        with idle.makefile("rb") as lines:
            assert lines.readline() + lines.readline() == b"wait\nanswer\n"
            program.signal(signal.SIGTERM)
            assert lines.read() == b""
        program.wait_for("Closed)")
        assert not program.ready.exists()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
        with busy.makefile("rb") as lines:
            assert lines.read() == b"answer\n"
    assert program.process.wait(PATIENCE) == -signal.SIGTERM


def test_a_second_sigterm_resets_at_once(start, slow):
    program = start("--port", 0, "slow", env=slow)
    with program.connect() as busy:
        busy.sendall(b"30\n")
        assert busy.recv(5) == b"wait\n"
        program.signal(signal.SIGTERM)
        program.wait_for("Closed")
        assert program.end() == -signal.SIGTERM
        with pytest.raises(ConnectionResetError):
            busy.recv(1)


def test_sigterm_resets_who_does_not_finish_in_time(start, slow):
    program = start("--port", 0, "--patience", 0.3, "slow", env=slow)
    with program.connect() as busy:
        busy.sendall(b"300\n")
        assert busy.recv(5) == b"wait\n"
        began = time.monotonic()
        assert program.end() == -signal.SIGTERM
        assert 0.3 <= time.monotonic() - began < PATIENCE
        with pytest.raises(ConnectionResetError):
            busy.recv(1)
    assert "1 connections did not finish and are reset" in program.text()


def test_sighup_reloads_and_a_failed_reload_costs_a_line_and_nothing_else(start, slow, tmp_path):
    make_certificate(tmp_path)
    program = start("--listen", "ssl:0:privateKey=server.pem", "--listen", "tcp:0", "slow", env=slow)
    with program.connect(index=1) as old:
        first = ssl.get_server_certificate(program.address())
        make_certificate(tmp_path)
        program.signal(signal.SIGHUP)
        program.wait_for("slow keeps what it has: the plugin 'slow'")
        assert "ZeroDivisionError: division by zero at " in program.text()
        second = ssl.get_server_certificate(program.address())
        assert second != first

        (tmp_path / "server.pem").write_text("damaged")
        program.signal(signal.SIGHUP)
        program.wait_for("there is no certificate in it")
        assert ssl.get_server_certificate(program.address()) == second
        old.sendall(b"0\n")
        assert old.recv(5) == b"wait\n"


def test_out_of_descriptors_clients_wait_and_are_served_later(start):
    program = start("--port", 0, "echo", preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48)))
    with ExitStack() as stack:
        clients = [stack.enter_context(program.connect()) for _ in range(80)]
        served = []
        for client in clients:
            client.sendall(b"x")
        program.wait_for("out of file descriptors")
        waiting = set(clients)
        while waiting:  # each one that is served makes room for another
            client = next(client for client in clients if client in waiting)
            assert client.recv(1) == b"x"
            served.append(client)
            waiting.remove(client)
            client.close()
    assert len(served) == 80
    assert program.text().count("out of file descriptors") < 10


def test_a_thousand_clients_at_once_are_all_served(start):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    program = start("--port", 0, "echo")
    with ExitStack() as stack:
        clients = [stack.enter_context(program.connect()) for _ in range(1000)]
        for number, client in enumerate(clients):
            client.sendall(b"%4d" % number)
        for number, client in enumerate(clients):
            assert client.recv(4, socket.MSG_WAITALL) == b"%4d" % number


def test_garbage_from_a_port_scanner_leaves_one_line_at_most(start, tmp_path):
    make_certificate(tmp_path)
    program = start("--listen", "ssl:0:privateKey=server.pem", "--listen", "haproxy:tcp:0", "echo")
    before = program.text().count("\n")
    for index in (0, 1):
        for garbage in (b"", b"GET / HTTP/1.0\r\n\r\n", bytes(range(256)) * 10):
            with program.connect(index=index) as connection:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                try:
                    while connection.recv(1000):
                        pass
                except ConnectionResetError:
                    pass
    program.signal(signal.SIGHUP)
    program.wait_for("reloaded")
    assert program.text().count("\n") - before <= 1 + 6
