from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from expectations import DATABASE, FOUND_BY_TEXT, PASSWORD, REFUSALS, TABLES, UNMATCHED, USER, Refusal, Table
from installed import program
from servers import RunningServer
from terminal import in_a_terminal

MARIADB = program("mariadb")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def arguments(server: RunningServer, **changes: str) -> list[str]:
    """The command line up to the statement."""
    settings = {**server.settings, "default-character-set": "utf8mb4", **changes}
    return [MARIADB, "--no-defaults", *(f"--{name}={value}" for name, value in settings.items())]


def run(server: RunningServer, sql: str, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [*arguments(server, **changes), *options, "-e", sql]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def run_file(server: RunningServer, *statements: str) -> subprocess.CompletedProcess[str]:
    """Statements on standard input, as a dump is read; ``--force`` goes on after an error."""
    command = [*arguments(server), "--force", "--batch", "--skip-column-names"]
    return subprocess.run(command, input=";\n".join(statements), capture_output=True, text=True, timeout=120)


def query(server: RunningServer, sql: str) -> list[list[tuple[str, str | None]]]:
    """Every row of every result set, each a list of (label, text); taken from the XML form, which shows NULL."""
    done = run(server, sql, "--xml", "--binary-as-hex")
    assert (done.returncode, done.stderr) == (0, "")
    documents = re.split(r"<\?xml.*?\?>", done.stdout)[1:]
    rows = [row for document in documents for row in ElementTree.fromstring(document)]
    return [[(cell.attrib["name"], None if cell.get(NIL) else cell.text or "") for cell in row] for row in rows]


def shown(cell: Any) -> str | None:
    return "0x" + cell.hex().upper() if isinstance(cell, bytes) else cell


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_values_arrive_as_they_are(server: RunningServer, table: Table) -> None:
    expected = [list(zip(table.columns, map(shown, row), strict=True)) for row in table.texts]
    assert query(server, table.query) == expected


def test_login_selects_user_and_database(server: RunningServer) -> None:
    ((database, user),) = query(server, "SELECT DATABASE(), USER()")
    assert database == ("DATABASE()", DATABASE)
    assert user[1] is not None
    assert user[1].startswith(f"{USER}@")


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"password": ""}, {"user": "nobody"}], ids=str)
def test_a_wrong_login_is_refused(server: RunningServer, wrong: dict[str, str]) -> None:
    done = run(server, "SELECT 1", **wrong)
    assert done.returncode == 1
    assert done.stderr.startswith("ERROR 1045 (28000): Access denied for user ")


def test_select_1_as_a_table(server: RunningServer) -> None:
    assert run(server, "SELECT 1", "--table").stdout == "+---+\n| 1 |\n+---+\n| 1 |\n+---+\n"


def test_text_in_a_statement_arrives_as_it_is(server: RunningServer) -> None:
    assert query(server, FOUND_BY_TEXT) == [[("id", "2")]]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: str(refusal.code))
def test_an_error_keeps_its_code_and_the_connection(server: RunningServer, refusal: Refusal) -> None:
    done = run_file(server, refusal.query, "SELECT 1")
    assert done.stderr.endswith(f"ERROR {refusal.code} ({refusal.sqlstate}) at line 1: {refusal.message}\n")
    assert done.stdout == "1\n"


def test_a_statement_nobody_knows_is_an_error_and_keeps_the_connection(server: RunningServer) -> None:
    done = run_file(server, UNMATCHED, "SELECT 1")
    assert f"ERROR {server.unmatched_code} (" in done.stderr
    assert server.unmatched_text in done.stderr
    assert done.stdout == "1\n"


def test_autocommit_goes_on_and_off(server: RunningServer) -> None:
    rows = query(server, "SET autocommit=0; SELECT @@autocommit AS on_; SET autocommit=1; SELECT @@autocommit AS on_")
    assert rows == [[("on_", "0")], [("on_", "1")]]


def test_transactions_and_variables(server: RunningServer) -> None:
    rows = query(server, "SET @fox = 42; BEGIN; COMMIT; START TRANSACTION; ROLLBACK; SELECT @fox")
    assert rows == [[("@fox", "42")]]


def test_show_variables_like(server: RunningServer) -> None:
    rows = query(server, "SHOW VARIABLES LIKE 'wait\\_timeout'")
    assert rows == [[("Variable_name", "wait_timeout"), ("Value", "28800")]]


def test_an_interactive_session(server: RunningServer) -> None:
    lines = [
        f"use {DATABASE}",
        "SELECT * FROM texts ORDER BY id;",
        "status",
        "warnings",
        f"{UNMATCHED};",
        "rehash",
        "SELECT 'still', 'here' \\G",
        f"connect {DATABASE}",
        "exit",
    ]
    dialogue = [(f"[{DATABASE}]> ", line) for line in lines]
    status, text = in_a_terminal([*arguments(server), "--auto-rehash"], dialogue)
    assert status == 0
    assert "Database changed" in text
    assert "Мария 🦊" in text
    assert "6 rows in set" in text
    assert re.search(rf"Current database:\s+{DATABASE}\n", text)
    assert re.search(rf"Current user:\s+{USER}@", text)
    assert re.search(r"Client characterset:\s+utf8mb4\n", text)
    assert re.search(rf"Connection:\s+{server.host} via TCP/IP\n", text)
    assert re.search(r"Threads: \d+ +Questions: \d+", text)
    assert f"ERROR {server.unmatched_code} (" in text
    assert "*************************** 1. row ***************************\nstill: still\n here: here\n" in text
    assert re.search(r"Connection id: +\d+", text)
    assert text.rstrip().endswith("Bye")


def test_an_interactive_session_asks_for_the_password(server: RunningServer) -> None:
    command = [part for part in arguments(server) if not part.startswith("--password")] + ["--password"]
    prompt = f"[{DATABASE}]> "
    status, text = in_a_terminal(
        command, [("Enter password: ", PASSWORD), (prompt, "SELECT 6 AS six;"), (prompt, "exit")]
    )
    assert status == 0
    assert "|   6 |" in text
