from __future__ import annotations

import re
import subprocess

import pytest
from expectations import PASSWORD, USER
from installed import program
from servers import RunningServer

ADMIN = program("mariadb-admin")


def admin(server: RunningServer, word: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    where = [f"--host={server.host}", f"--port={server.port}", f"--user={USER}", f"--password={password}"]
    return subprocess.run([ADMIN, "--no-defaults", *where, word], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ping", r"mysqld is alive\n"),
        ("status", r"Uptime: \d+ +Threads: \d+ +Questions: \d+ +Slow queries: \d+ .*\n"),
        ("version", r"(?s).*\nServer version\s+\S+\n.*\nUptime:\s+.*Threads: \d+ .*"),
        ("variables", r"(?s)\+-.*\| wait_timeout +\| 28800 +\|\n.*"),
        ("processlist", rf"(?s)\+-.*\| Id +\| User +\| Host +\|.*\| {USER} +\|.*show processlist.*"),
        ("extended-status", r"(?s)\+-.*\| Uptime +\| \d+ +\|\n.*"),
    ],
)
def test_the_administrator_gets_what_it_asks_for(server: RunningServer, word: str, expected: str) -> None:
    done = admin(server, word)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(expected, done.stdout)


def test_a_wrong_password_is_refused(server: RunningServer) -> None:
    done = admin(server, "status", password="wrong")
    assert done.returncode == 1
    assert "Access denied for user" in done.stderr
