"""Stub files that change under a running server, as real programs see it: saved, broken, mended, swapped."""

from __future__ import annotations

import json
import os
import signal
import time

import pymysql
import pytest
from processor_time import processor_time
from programs import PATIENCE, wait_until

from sockservice.responder.stub_set import StubSet


def stubs(number: int) -> str:
    return f'version: 1\nstubs:\n- {{when: {{sql: "SELECT a"}}, then: {{rows: [{{a: {number}}}]}}}}\n'


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "stubs"
    folder.mkdir()
    (folder / "a.yaml").write_text(stubs(1))
    return folder


class Client:
    """Asks for the one value, on one connection."""

    def __init__(self, address):
        host, port = address
        self.connection = pymysql.connect(host=host, port=port, user="anyone")

    def ask(self):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT a")
            ((value,),) = cursor.fetchall()
        return value

    def wait_for(self, value):
        deadline = time.monotonic() + PATIENCE
        while self.ask() != value:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def connect():
    clients = []

    def connect(address):
        clients.append(Client(address))
        return clients[-1]

    yield connect
    for client in clients:
        client.connection.close()


@pytest.mark.parametrize("tool", ["twistd", "twist"])
def test_a_saved_file_answers_and_a_broken_one_does_not_matter(start, connect, folder, tool):
    program = start("--port", 0, "mysql", "--stubs", folder, tool=tool)
    client = connect(program.address())
    assert client.ask() == 1
    (folder / "a.yaml").write_text(stubs(2))
    client.wait_for(2)

    (folder / "a.yaml").write_text(stubs(3).replace("then", "than").replace("sql", "sqll"))
    program.wait_for("than")
    assert client.ask() == 2
    told = [line.partition(f"mysql keeps what it has: {folder}/")[2] for line in program.text().splitlines()]
    assert [line.partition(";")[0] for line in told if line] == [
        "a.yaml:3:3: item 1 of 'stubs' lacks 'then'",
        "a.yaml:3:11: 'sqll' is not known here",
        "a.yaml:3:30: 'than' is not known here",
    ]

    (folder / "new.yaml").write_text(stubs(4))
    (folder / "a.yaml").unlink()
    client.wait_for(4)
    saved = folder / ".new.yaml.swp"
    saved.write_text(stubs(5))
    saved.replace(folder / "new.yaml")
    client.wait_for(5)
    folder.rename(folder.with_name("away"))
    program.wait_for("there is no such file")
    assert client.ask() == 5
    folder.mkdir()
    (folder / "a.yaml").write_text(stubs(6))
    client.wait_for(6)


def test_a_daemon_watches_from_the_process_that_serves(run, connect, folder, tmp_path):
    done = run(
        *["--port", 0, "--ready-file", "ready", "mysql", "--stubs", "stubs"],
        options=["--logfile=daemon.log", "--pidfile=daemon.pid"],
    )
    assert done.returncode == 0, done.stderr
    wait_until((tmp_path / "ready").exists)
    entry = json.loads((tmp_path / "ready").read_text())
    try:
        client = connect((entry["host"], entry["port"]))
        (folder / "a.yaml").write_text(stubs(2))
        client.wait_for(2)
    finally:
        os.kill(entry["pid"], signal.SIGTERM)
    wait_until(lambda: not (tmp_path / "daemon.pid").exists())
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()


def test_without_watching_it_is_sighup_that_reloads(start, connect, folder):
    program = start("--port", 0, "mysql", "--stubs", folder, "--no-watch")
    client = connect(program.address())
    (folder / "a.yaml").write_text(stubs(2))
    program.signal(signal.SIGHUP)
    program.wait_for("reloaded")
    assert client.ask() == 2


def test_clients_are_answered_while_a_large_set_is_read(start, connect, folder, tmp_path):
    program = start("--port", 0, "mysql", "--stubs", folder)
    client = connect(program.address())
    one = "- {{when: {{sql: SELECT {0} FROM t}}, then: {{rows: [{{id: {0}, name: Ada}}]}}}}\n"
    large = "version: 1\nstubs:\n" + "".join(map(one.format, range(10_000)))
    (tmp_path / "large.yaml").write_text(large)
    began = time.process_time()
    StubSet.load([tmp_path / "large.yaml"])
    takes = time.process_time() - began
    (folder / "b.yaml").write_text(large)
    waits, deadline = [0.0], time.monotonic() + PATIENCE
    while "10001 stubs read again" not in program.text():
        assert time.monotonic() < deadline
        began = processor_time(program.pid)
        client.ask()
        waits.append(processor_time(program.pid) - began)
    assert max(waits) < takes / 2


def test_a_check_starts_no_watch(run, folder):
    done = run("--check", "mysql", "--stubs", folder)
    assert done.stdout == "sockservice: all is well with 1 service\n"
    assert done.returncode == 0
