from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from features import PLUGINS
from installed import program
from servers import RunningServer
from whole_protocol import A_FULL_PACKET, MEGABYTE, OVER_A_PACKET, needs

MARIADB = program("mariadb")


def run(echo: RunningServer, sql: str, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """One run of the program; what it shows has no labels."""
    settings = {**echo.settings, "max-allowed-packet": "64M", **changes}
    where = [f"--{name}={value}" for name, value in settings.items()]
    command = [MARIADB, "--no-defaults", *where, "--batch", "--skip-column-names", *options]
    return subprocess.run(command, input=sql, capture_output=True, text=True, timeout=120)


def output(echo: RunningServer, sql: str, *options: str, **changes: str) -> str:
    done = run(echo, sql, *options, **changes)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def ways(echo: RunningServer, way: str) -> list[str]:
    return {
        "tcp": [],
        "tls": ["--ssl", f"--ssl-ca={echo.tls}", "--ssl-verify-server-cert"],
        "socket": [f"--socket={echo.socket}", "--protocol=socket"],
    }[way]


@pytest.mark.parametrize("way", ["tcp", "tls", "socket"])
@pytest.mark.parametrize("plugin", [pytest.param(name, marks=needs(name)) for name in PLUGINS])
def test_login_by_each_plugin(echo: RunningServer, plugin: str, way: str) -> None:
    user = PLUGINS[plugin]
    encrypted = "tls" if plugin == "mysql_clear_password" and way == "tcp" else way
    assert output(echo, "SELECT USER()", *ways(echo, encrypted), user=user).startswith(f"{user}@")
    refused = run(echo, "SELECT USER()", *ways(echo, encrypted), user=user, password="wrong")
    assert refused.stderr.startswith("ERROR 1045 (28000): Access denied for user ")


def test_a_connection_by_tls_is_encrypted(echo: RunningServer) -> None:
    assert output(echo, "SHOW STATUS LIKE 'Ssl_version'", *ways(echo, "tls")).startswith("Ssl_version\tTLSv1.")


def test_compression(echo: RunningServer) -> None:
    assert output(echo, "SHOW STATUS LIKE 'Compression'", "--compress") == "Compression\tON\n"
    size = OVER_A_PACKET
    assert output(echo, f"SELECT REPEAT('x', {size}) AS big", "--compress") == "x" * size + "\n"
    assert output(echo, f"SELECT 1 /* {'x' * size} */ AS one", "--compress", "--comments") == "1\n"


@pytest.mark.parametrize("size", [MEGABYTE, A_FULL_PACKET, OVER_A_PACKET])
def test_a_large_value(echo: RunningServer, size: int) -> None:
    assert output(echo, f"SELECT REPEAT('x', {size}) AS big") == "x" * size + "\n"


@pytest.mark.parametrize("quick", [[], ["--quick"]], ids=["stored", "quick"])
def test_many_rows(echo: RunningServer, quick: list[str]) -> None:
    rows = output(echo, "SELECT seq FROM seq_1_to_20000", *quick).splitlines()
    assert rows == [str(number) for number in range(1, 20001)]


def test_a_procedure_gives_several_results(echo: RunningServer) -> None:
    assert output(echo, "CALL multi()") == "1\tfirst\n1\n2\n3\n"


def test_a_procedure_that_fails_midway(echo: RunningServer) -> None:
    done = run(echo, "CALL failing()")
    assert done.stdout == "1\n"
    assert done.returncode == 1
    assert "ERROR " in done.stderr  # 2027, of its own: to it 5001 is no error of a server


def test_several_statements_in_one_request(echo: RunningServer) -> None:
    assert output(echo, "DELIMITER //\nSELECT 1 AS a; SELECT 2 AS b//\n") == "1\n2\n"


def test_warnings_are_shown(echo: RunningServer) -> None:
    assert output(echo, "SELECT 1/0 AS n", "--show-warnings") == "NULL\nWarning (Code 1365): Division by 0\n"


@pytest.mark.parametrize("lines", [0, 1, 40000])
def test_a_file_of_the_client(echo: RunningServer, tmp_path: Path, lines: int) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("".join(f"{number}\tline {number}\n" for number in range(lines)))
    load = f"DELETE FROM loaded; LOAD DATA LOCAL INFILE '{file}' INTO TABLE loaded"
    assert output(echo, f"{load}; SELECT id, name FROM loaded ORDER BY id", "--local-infile") == file.read_text()


def test_a_file_that_the_client_has_not(echo: RunningServer, tmp_path: Path) -> None:
    sql = f"LOAD DATA LOCAL INFILE '{tmp_path / 'missing'}' INTO TABLE loaded; SELECT 1"
    done = run(echo, sql, "--local-infile", "--force")
    assert "missing" in done.stderr
    assert done.stdout == "1\n"
