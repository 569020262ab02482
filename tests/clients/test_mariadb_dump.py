from __future__ import annotations

import subprocess

import pytest
from expectations import PASSWORD, USER
from installed import program
from servers import RunningServer

DUMP = program("mariadb-dump")


def dump(echo: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = [f"--host={echo.host}", f"--port={echo.port}", f"--user={USER}", f"--password={PASSWORD}"]
    command = [DUMP, "--no-defaults", *where, "--no-tablespaces", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "options",
    [[], ["--single-transaction"], ["--events", "--triggers"], ["--compress"], ["--ssl"]],
    ids=" ".join,
)
def test_a_database_without_its_tables(echo: RunningServer, options: list[str]) -> None:
    done = dump(echo, *options, "--no-data", "--no-create-info", "--databases", "echo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nUSE `echo`;\n" in done.stdout
    assert "-- Dump completed on " in done.stdout


def test_how_the_database_is_made(echo: RunningServer) -> None:
    done = dump(echo, "--no-data", "--databases", "echo", "--ignore-table=echo.types")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ `echo` " in done.stdout


def test_a_table_that_is_not_there(echo: RunningServer) -> None:
    done = dump(echo, "echo", "missing")
    assert done.returncode == 6
    assert done.stderr == 'mariadb-dump: Couldn\'t find table: "missing"\n'


def test_a_wrong_password_is_refused(echo: RunningServer) -> None:
    done = dump(echo, "--password=wrong", "echo")
    assert done.returncode == 2
    assert "Got error: 1045" in done.stderr
