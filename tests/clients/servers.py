"""The servers that the clients are tried on: ours, or a real MariaDB that is filled with the same values.

A test that fails on MariaDB is a wrong test.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pymysql
import vocabulary
from certificate import write_certificate
from expectations import DATABASE, INSERT_ID, PASSWORD, STUBS, TABLES, USER
from features import NOT_IN_MARIADB, PLUGINS
from free_port import free_port

PATIENCE = 120.0
"""How long a server may take to start or to end, in seconds; far more than it needs."""


@attrs.frozen
class RunningServer:
    """A server that takes connections.

    Attributes:
        name: ``sockservice`` or ``mariadb``.
        host: its address.
        port: its port.
        log: where it writes its log.
        tls: the file of its certificate.
        socket: the path of its Unix socket.
        unmatched_code: the error number for a statement that it does not know.
        unmatched_text: what the message of that error holds.
        reset: undoes what a test may have changed.
        database: what a client chooses at login.
    """

    name: str
    host: str
    port: int
    log: Path
    unmatched_code: int
    unmatched_text: str
    tls: str = ""
    socket: str = ""
    reset: Callable[[], None] = lambda: None
    database: str = DATABASE

    @property
    def settings(self) -> dict[str, Any]:
        """What a client needs to log in."""
        return {"host": self.host, "port": self.port, "user": USER, "password": PASSWORD, "database": self.database}


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
def sockservice(folder: Path, stubs: Path = STUBS) -> Iterator[RunningServer]:
    """Run our own server as a user would, with stubs and an account."""
    with started(folder, f"--stubs={stubs}", f"--account={USER}:{PASSWORD}") as server:
        yield server


@contextmanager
def open_service(folder: Path) -> Iterator[RunningServer]:
    """Run our own server without stubs and tables, open to everybody, with a file of its journal, ``journal.jsonl``."""
    with started(folder, "--fallback=error", f"--journal-file={folder / 'journal.jsonl'}") as server:
        yield server


@contextmanager
def started(folder: Path, *options: str) -> Iterator[RunningServer]:
    """Run our own server with options of ``mysql``: ``twistd`` as a process, ended by SIGTERM."""
    log, ready = folder / "twistd.log", folder / "ready.jsonl"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", *options]
    with running(command, folder, log, ready.exists) as process:
        where = json.loads(ready.read_text().splitlines()[0])
        yield RunningServer("sockservice", where["host"], where["port"], log, 1105, "no stub")
        process.terminate()
        # Having shut down in order, twistd ends by the signal that it got.
        assert process.wait(PATIENCE) == -signal.SIGTERM, log.read_text()
        assert "Server Shut Down" in log.read_text()


@contextmanager
def echo_service(folder: Path) -> Iterator[RunningServer]:
    """Run our protocol with the responder of ``echo_service.py``, which understands ``vocabulary.md``."""
    log, ready, path = folder / "echo.log", folder / "ready.jsonl", folder / "socket"
    tls = write_certificate(folder)
    command = [sys.executable, str(Path(__file__).with_name("echo_service.py"))]
    command += ["--port=0", f"--ready-file={ready}", f"--socket={path}", f"--tls={tls}:{tls.with_suffix('.key')}"]
    with running(command, folder, log, ready.exists) as process:
        where = json.loads(ready.read_text().splitlines()[0])
        yield RunningServer("echo", where["host"], where["port"], log, 1146, "exist", str(tls), str(path))
        process.terminate()
        assert process.wait(PATIENCE) in (0, -signal.SIGTERM), log.read_text()


@contextmanager
def running(
    command: list[str], folder: Path, log: Path, ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has become ready, and is gone afterwards whatever happens."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        wait_until(ready, process, log)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def mariadb(folder: Path) -> Iterator[RunningServer]:
    """Run a real MariaDB in a folder of its own, with the tables that the stubs stand for."""
    data, log, path = folder / "data", folder / "mariadb.log", folder / "socket"
    tls = write_certificate(folder)
    if os.geteuid() == 0:
        folder.chmod(0o700)
    # A folder for temporary tables of its own: at its start a server removes all that it finds there.
    temporary = folder / "temporary"
    temporary.mkdir()
    common = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}", f"--tmpdir={temporary}"]
    install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    installed = subprocess.run(install, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert installed.returncode == 0, installed.stdout
    port = free_port()
    command = [shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd", *common]
    command += [f"--port={port}", f"--socket={path}", "--bind-address=127.0.0.1", "--character-set-server=utf8mb4"]
    command += [f"--ssl-cert={tls}", f"--ssl-key={tls.with_suffix('.key')}", "--plugin-load-add=auth_ed25519"]
    command += ["--max-allowed-packet=64M"]

    def administer(sql: str) -> None:
        admin = ["mariadb", "--no-defaults", f"--socket={path}", "--user=root", "--default-character-set=utf8mb4"]
        subprocess.run(admin, input=sql.encode(), check=True, capture_output=True)

    def reset() -> None:
        administrator = pymysql.connect(unix_socket=str(path), user="root", autocommit=True, ssl_disabled=True)
        with administrator, administrator.cursor() as cursor:
            cursor.execute(f"TRUNCATE {DATABASE}.orders")
            cursor.execute(f"ALTER TABLE {DATABASE}.orders AUTO_INCREMENT = {INSERT_ID}")

    with running(command, folder, log, lambda: b"ready for connections" in log.read_bytes()) as process:
        administer(seed())
        administer(vocabulary.seed())
        administer(accounts())
        yield RunningServer("mariadb", "127.0.0.1", port, log, 1146, "doesn't exist", str(tls), str(path), reset)
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()


def accounts() -> str:
    """The statements that make a real server's accounts, one for each plugin that it has."""
    real = {"client_ed25519": "ed25519"}
    statements = [f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'"]
    for plugin, user in PLUGINS.items():
        if plugin not in NOT_IN_MARIADB:
            name = real.get(plugin, plugin)
            statements.append(f"CREATE USER '{user}'@'%' IDENTIFIED VIA {name} USING PASSWORD('{PASSWORD}')")
    for user in (USER, *(user for plugin, user in PLUGINS.items() if plugin not in NOT_IN_MARIADB)):
        statements += [f"GRANT ALL ON {database}.* TO '{user}'@'%'" for database in (DATABASE, vocabulary.DATABASE)]
    return ";\n".join([*statements, ""])


def seed() -> str:
    """The statements that make a real server's tables out of the stubs' rows."""
    statements = [
        f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
        f"USE {DATABASE}",
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
