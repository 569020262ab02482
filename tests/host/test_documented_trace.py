"""The trace in the documentation is what one session of PyMySQL looks like today."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pymysql
from programs import PATIENCE

ROOT = Path(__file__).parents[2]
DOCUMENTED = ROOT / "docs" / "reference" / "trace-pymysql.txt"
# What differs from run to run: ports, durations, and how long the client's attributes are.
VARYING = [
    (re.compile(r"127\.0\.0\.1:\d+ *"), "127.0.0.1:PORT "),
    (re.compile(r"\d+\.\d{3} ms"), "TIME"),
    (re.compile(r"1\d\d bytes '[^A-Z]*'… *"), "ATTRIBUTES "),
    (re.compile(r" +"), " "),
]


def traced_session(folder: Path) -> str:
    """What ``--trace`` prints while PyMySQL connects, asks one question and goes."""
    ready, log = folder / "ready.json", folder / "trace.txt"
    twistd = Path(sys.executable).with_name("twistd")
    command = [twistd, "-n", "--pidfile=", f"--logfile={folder / 'twistd.log'}", "sockservice", "--port=0", "--trace"]
    command += [f"--ready-file={ready}", "mysql", f"--stubs={ROOT / 'examples' / 'stubs' / 'shop.yaml'}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output)
    try:
        deadline, pause = time.monotonic() + PATIENCE, threading.Event()
        while not ready.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            pause.wait(0.02)
        port = json.loads(ready.read_text())["port"]
        login = {"host": "127.0.0.1", "port": port, "user": "app", "password": "secret", "database": "shop"}
        with pymysql.connect(**login) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id, name FROM users WHERE id = 42")
            assert cursor.fetchall() == ((42, "Grace Hopper"),)
        while "#2     CLOSE" not in log.read_text():
            assert time.monotonic() < deadline
            pause.wait(0.02)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    return log.read_text()


def fixed(trace: str) -> list[str]:
    """The lines of a trace without what differs from run to run."""
    for varying, word in VARYING:
        trace = varying.sub(word, trace)
    return trace.splitlines()


def test_the_documented_trace_is_what_a_session_looks_like(tmp_path):
    assert fixed(traced_session(tmp_path)) == fixed(DOCUMENTED.read_text())


if __name__ == "__main__":
    DOCUMENTED.write_text(traced_session(Path(sys.argv[1])))
