"""The servers that the clients are tried on: ours, or a real MariaDB that is filled with the same values.

A test that fails on MariaDB is a wrong test.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
from expectations import DATABASE, INSERT_ID, PASSWORD, STUBS, TABLES, USER

PATIENCE = 30.0
"""How long a server may take to start or to end, in seconds; far more than it needs."""


@attrs.frozen
class RunningServer:
    """A server that takes connections.

    Attributes:
        name: ``sockservice`` or ``mariadb``.
        host: its address.
        port: its port.
        log: where it writes its log.
        unmatched_code: the error number for a statement that it does not know.
        unmatched_text: what the message of that error holds.
        reset: undoes what a test may have changed.
    """

    name: str
    host: str
    port: int
    log: Path
    unmatched_code: int
    unmatched_text: str
    reset: Callable[[], None] = lambda: None

    @property
    def settings(self) -> dict[str, Any]:
        """What a client needs to log in."""
        return {"host": self.host, "port": self.port, "user": USER, "password": PASSWORD, "database": DATABASE}


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a process that cannot tell us when it is ready.

    Raises:
        AssertionError: it ended, or its time is over; with its log.
    """
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not ready():
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"the server is not ready:\n{log.read_text()}"
        pause.wait(0.02)


@contextmanager
def sockservice(folder: Path) -> Iterator[RunningServer]:
    """Run our own server as a user would: ``twistd`` as a process, ended by SIGTERM."""
    log, ready = folder / "twistd.log", folder / "ready.jsonl"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", f"--stubs={STUBS}", f"--account={USER}:{PASSWORD}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        wait_until(ready.exists, process, log)
        where = json.loads(ready.read_text().splitlines()[0])
        yield RunningServer("sockservice", where["host"], where["port"], log, 1105, "no stub")
        process.terminate()
        # Having shut down in order, twistd ends by the signal that it got.
        assert process.wait(PATIENCE) == -signal.SIGTERM, log.read_text()
        assert "Server Shut Down" in log.read_text()
    finally:
        process.kill()
        process.wait()


@contextmanager
def mariadb(folder: Path) -> Iterator[RunningServer]:
    """Run a real MariaDB in a folder of its own, with the tables that the stubs stand for."""
    data, log, path = folder / "data", folder / "mariadb.log", folder / "socket"
    if os.geteuid() == 0:
        folder.chmod(0o700)
    common = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd", *common]
    command += [f"--port={port}", f"--socket={path}", "--bind-address=127.0.0.1", "--character-set-server=utf8mb4"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def administer(sql: str) -> None:
        admin = ["mariadb", "--no-defaults", f"--socket={path}", "--user=root", "--default-character-set=utf8mb4"]
        subprocess.run(admin, input=sql.encode(), check=True, capture_output=True)

    def reset() -> None:
        administer(f"TRUNCATE {DATABASE}.orders; ALTER TABLE {DATABASE}.orders AUTO_INCREMENT = {INSERT_ID}")

    try:
        wait_until(lambda: b"ready for connections" in log.read_bytes(), process, log)
        administer(seed())
        yield RunningServer("mariadb", "127.0.0.1", port, log, 1146, "doesn't exist", reset)
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def seed() -> str:
    """The statements that make a real server's tables out of the stubs' rows."""
    statements = [
        f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
        f"USE {DATABASE}",
        f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'",
        f"GRANT ALL ON {DATABASE}.* TO '{USER}'@'%'",
        "CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, total DECIMAL(10,2))",
    ]
    for table in TABLES:
        columns = ", ".join(f"{label} {sql_type}" for label, sql_type in table.columns.items())
        statements.append(f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY (id))")
        for row in table.texts:
            statements.append(f"INSERT INTO {table.name} VALUES ({', '.join(map(literal, row))})")
    return ";\n".join([*statements, ""])


def literal(cell: str | bytes | None) -> str:
    """A value as a literal of SQL; bytes in hexadecimal, and text too, so that nothing needs escaping."""
    if cell is None:
        return "NULL"
    if isinstance(cell, bytes):
        return f"x'{cell.hex()}'"
    return f"CONVERT(x'{cell.encode().hex()}' USING utf8mb4)"
