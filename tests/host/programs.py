"""Real programs: how they are told apart, waited for and ended. No sleep without a bound."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PATIENCE = 120.0
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


def wait_until(condition):
    """Wait, within bounds, for something that another process does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
