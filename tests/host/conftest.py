"""Real ``twistd`` and ``twist`` processes: started, waited for by their ready file, ended by their pid."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
PATIENCE = 20.0
"""Seconds that a loaded machine may take to start or end a program."""


class Program:
    """A running ``twistd sockservice`` or ``twist sockservice``."""

    def __init__(self, process, ready, log):
        self.process = process
        self.ready = ready
        self.log = log

    @property
    def pid(self):
        return self.entries()[0]["pid"]

    def entries(self):
        return [json.loads(line) for line in self.ready.read_text().splitlines()]

    def address(self, service=None, kind="stream", index=0):
        """Host and port of the ``index``-th matching line of the ready file."""
        found = [entry for entry in self.entries() if entry["kind"] == kind and service in (None, entry["service"])]
        return found[index]["host"], found[index]["port"]

    def connect(self, *args, **kwargs):
        connection = socket.create_connection(self.address(*args, **kwargs), timeout=PATIENCE)
        connection.settimeout(PATIENCE)
        return connection

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, text, count=1):
        """Wait until the log holds ``text``."""
        deadline = time.monotonic() + PATIENCE
        while self.text().count(text) < count:
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.text()}"
            self._pause()

    def _pause(self):
        try:
            status = self.process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"ended with {status}:\n{self.text()}")

    def wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while not self.ready.exists():
            assert time.monotonic() < deadline, f"not ready:\n{self.text()}"
            self._pause()
        return self

    def signal(self, number):
        os.kill(self.pid, number)

    def end(self):
        """SIGTERM, and what the process ended with."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode


def environment(**extra):
    """The environment for a program; ``None`` takes a variable away."""
    env = {**os.environ, "PYTHONWARNINGS": "ignore", **extra}
    return {name: value for name, value in env.items() if value is not None}


@pytest.fixture
def run(tmp_path):
    """Run a command to its end: ``run("--list")``; gives the CompletedProcess."""

    def run(*words, tool="twistd", env=None, options=("-n", "--pidfile=")):
        options = list(options) if tool == "twistd" else []
        return subprocess.run(
            [BIN / tool, *options, "sockservice", *map(str, words)],
            cwd=tmp_path,
            env=environment(**(env or {})),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    return run


@pytest.fixture
def start(tmp_path):
    """Start a program: ``start("--port", 0, "echo")``. All are ended, and must end as SIGTERM ends them."""
    programs = []

    def start(*words, tool="twistd", env=None, preexec=None, inherit=None):
        number = len(programs)
        ready, log = tmp_path / f"ready-{number}", tmp_path / f"log-{number}"
        command = [BIN / tool, *(["-n", "--pidfile="] if tool == "twistd" else ["--log-format=text"])]
        if inherit is not None:  # as systemd does it: descriptor 3, and a pid that only the child knows
            command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]

        def prepare():
            if inherit is not None:
                os.dup2(inherit.fileno(), 3)
            if preexec is not None:
                preexec()

        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "sockservice", "--ready-file", ready, *map(str, words)],
                cwd=tmp_path,
                env=environment(**(env or {})),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                preexec_fn=prepare,
                pass_fds=() if inherit is None else (3,),
            )
        program = Program(process, ready, log)
        programs.append(program)
        return program.wait_ready()

    yield start
    statuses = {program: program.end() for program in programs}
    for program, status in statuses.items():
        assert status in (-signal.SIGTERM, 0), f"ended with {status}:\n{program.text()}"
        assert "Traceback" not in program.text(), program.text()
        assert not program.ready.exists()


def read_all(connection):
    """Everything until the end of the stream."""
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data
