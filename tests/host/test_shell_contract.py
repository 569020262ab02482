"""What the shell sees of real commands: lines, statuses, files, daemons."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from processor_time import processor_time
from programs import PATIENCE, environment, wait_until
from tls_files import make_certificate


@pytest.mark.parametrize("tool", ["twistd", "twist"])
def test_a_mistake_is_the_only_line_and_the_status_is_1(run, tool):
    done = run("--prot", 1, "echo", tool=tool)
    assert done.stderr == "sockservice has no option --prot; did you mean '--port'?\n"
    assert done.stdout == ""
    assert done.returncode == 1


@pytest.mark.parametrize("tool", ["twistd", "twist"])
def test_a_taken_port_names_the_program_that_has_it(start, run, tool):
    program = start("--port", 0, "echo")
    host, port = program.address()
    done = run("--port", port, "echo", tool=tool)
    assert done.stderr.startswith(f"sockservice: {host}:{port} is in use by twistd (pid {program.pid})")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout
    assert done.returncode == 1


def test_a_second_start_that_fails_leaves_the_ready_file_to_the_first(start, run):
    program = start("--port", 0, "echo")
    entries = program.entries()
    done = run("--port", program.address()[1], "--ready-file", program.ready, "echo")
    assert done.returncode == 1
    assert f"is in use by twistd (pid {program.pid})" in done.stderr
    assert program.entries() == entries


def test_at_the_end_only_a_ready_file_of_its_own_is_removed(start):
    program = start("--port", 0, "echo")
    another = '{"service": "echo", "pid": 1}\n'
    program.ready.write_text(another)
    assert program.end() == -signal.SIGTERM
    assert program.ready.read_text() == another
    program.ready.unlink()


@pytest.mark.parametrize(
    ("form", "reason"),
    [("tcp:{}", "is in use by {name} (pid {pid})"), ("tls:.:{}", "Couldn't listen")],
)
def test_nothing_is_left_half_open_when_the_second_port_is_taken(run, tmp_path, form, reason):
    certificate = make_certificate(tmp_path, file="localhost.pem")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("-l", "unix:first.sock", "-l", form.format(port), "--ready-file", "ready", "echo")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert reason.format(name=Path("/proc/self/comm").read_text().strip(), pid=os.getpid()) in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [certificate]


def test_a_daemon_whose_port_is_taken_says_so_to_the_shell_and_to_its_log(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", port, "echo", options=["--logfile=daemon.log", "--pidfile=daemon.pid"])
    assert done.returncode == 1
    assert f"AddressInUse: 127.0.0.1:{port} is in use by " in done.stderr
    # The parent is told before the daemon has written its last words.
    wait_until(lambda: "in use" in (tmp_path / "daemon.log").read_text())
    [line] = [line for line in (tmp_path / "daemon.log").read_text().splitlines() if "in use" in line]
    assert f"sockservice: 127.0.0.1:{port} is in use by " in line
    assert "Traceback" not in (tmp_path / "daemon.log").read_text()
    assert not (tmp_path / "daemon.pid").exists()


def test_a_daemon_starts_serves_reloads_and_ends(tmp_path, run):
    (tmp_path / "quotes.txt").write_text("From the folder it was started in.")
    (tmp_path / "elsewhere").mkdir()
    done = run(
        *["--trace", "--port", 0, "--ready-file", "ready", "qotd", "--file", "quotes.txt"],
        options=["--rundir=elsewhere", "--logfile=daemon.log", "--pidfile=daemon.pid"],
    )
    assert done.returncode == 0, done.stderr
    ready, pid_file = tmp_path / "ready", tmp_path / "daemon.pid"
    wait_until(ready.exists)
    pid = int(pid_file.read_text())
    try:
        first = json.loads(ready.read_text().splitlines()[0])
        assert first["pid"] == pid
        with socket.create_connection((first["host"], first["port"]), PATIENCE) as connection:
            assert connection.recv(1000) == b"From the folder it was started in.\r\n"
        log = tmp_path / "daemon.log"
        os.kill(pid, signal.SIGHUP)
        wait_until(lambda: "reloaded" in log.read_text())
        assert "reactor.adoptStreamPort" in log.read_text()
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not pid_file.exists())
    assert not ready.exists()


def test_the_log_tells_the_two_ports_of_a_number_apart(start):
    program = start("--port", 0, "echo")
    host, port = program.address()
    assert program.end() == -signal.SIGTERM
    told = [line.partition("] ")[2] for line in program.text().splitlines() if "] echo " in line]
    assert told == [
        f"echo {verb} {host}:{port}{kind}" for verb in ("listening on", "closed") for kind in ("", " (datagrams)")
    ]


def test_the_trace_is_one_line_a_call_on_the_terminal(start):
    program = start("--trace", "--port", 0, "echo")
    with program.connect() as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
    program.wait_for("CLOSE")
    lines = [line for line in program.text().splitlines() if line.startswith("#")]
    calls = [(line.split()[1], line.partition("-> ")[2].split()[0]) for line in lines]
    stream = [call for call in calls if call[1] not in ("reactor.adoptDatagramPort",)]
    assert stream[:2] == [("SOCKET", "socket(2)"), ("BIND", "bind(2)")]
    assert stream[-4:-1] == [
        ("ACCEPT", "factory.buildProtocol"),
        ("RECEIVE", "dataReceived"),
        ("SEND", "transport.writeSomeData"),
    ]
    assert stream[-1][0] == "CLOSE"
    assert len({line.index("-> ") for line in lines}) == 1


def test_a_ready_file_of_a_run_that_was_killed_does_not_fool_the_next(tmp_path, start):
    (tmp_path / "ready-0").write_text('{"service": "echo", "port": 1, "pid": 1}\n')
    program = start("--port", 0, "echo")
    program.wait_for("listening on")
    wait_until(lambda: program.ready.exists() and program.pid == program.process.pid)


def test_a_broken_plugin_is_in_the_list_and_harms_nobody(run, start, tmp_path):
    folder = tmp_path / "site" / "sockservice" / "plugins"
    folder.mkdir(parents=True)
    (folder / "bad.py").write_text("import no_such_module")
    (folder / "worse.py").write_text("raise SystemExit(7)")
    env = {"PYTHONPATH": str(tmp_path / "site")}
    listed = run("--list", env=env)
    assert listed.returncode == 0
    assert f"BROKEN  bad  {folder / 'bad.py'}: ModuleNotFoundError: No module named 'no_such_module'\n" in listed.stdout
    assert f"BROKEN  worse  {folder / 'worse.py'}: SystemExit: 7\n" in listed.stdout
    assert listed.stderr == ""
    with start("--port", 0, "echo", env=env).connect() as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    asked = run("bad", env=env)
    assert asked.stderr.splitlines()[-1] == (
        f"sockservice: the plugin 'bad' ({folder / 'bad.py'}) is broken: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert asked.returncode == 1


def test_an_installed_plugin_of_a_third_party_is_found_and_used(tmp_path, run, start):
    source = Path(__file__).parents[2] / "examples" / "shout"
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--target", site, source], check=True, env=environment())
    env = {"PYTHONPATH": str(site)}
    listed = run("--list", env=env)
    assert "entry point sockservice_shout:shout of sockservice-shout 1.0" in listed.stdout
    program = start("--port", 0, "shout", "--mark", "?", env=env)
    with program.connect() as connection:
        connection.sendall(b"hello\nagain\n")
        with connection.makefile("rb") as lines:
            assert lines.readline() + lines.readline() == b"HELLO?\nAGAIN?\n"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.sendto(b"hello", program.address(kind="datagram"))
        assert client.recv(100) == b"HELLO?\n"
    refused = run("shout", "--mark", "a\nb", env=env)
    assert refused.stderr.startswith("sockservice: --mark must not contain a line end")


def test_the_first_answer_comes_soon_after_exec(start):
    """The goal is 0.5 s on a machine of its own; counted here is what the program worked, whatever else is going on."""
    program = start("--port", 0, "echo")
    with program.connect() as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    assert processor_time(program.pid) < 2
