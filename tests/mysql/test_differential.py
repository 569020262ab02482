"""The same commands to a real MariaDB and to us: the packets agree, but for what is listed here with its reason.

More than 200 statements: each type of a column as text and prepared, 22 character sets, what drivers say on their own.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

import pytest
from differential import CHARSETS, MariaDB, Ours, columns, plain, read_prepared, read_results, select
from wire_client import Definition, Eof, Ok, read_reply

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS), str(TESTS / "clients")]

from installed import program  # noqa: E402
from servers import mariadb  # noqa: E402

DECLARATIONS = [declaration for declaration, _, _ in columns()]
TEXTS = [number for number, name in enumerate(DECLARATIONS) if name.startswith(("VARCHAR(100)", "TEXT", "ENUM"))]

NO_INDEX_USED, ANSI_QUOTES = 0x20, 0x8000
UNSIGNED, PRI_KEY, UNIQUE_KEY, NO_DEFAULT_VALUE = 0x20, 0x2, 0x4, 0x1000

FLAG_DIFFERENCES = {
    "TIMESTAMP": (UNSIGNED, "MariaDB calls a TIMESTAMP unsigned; MySQL does not"),
    "INT NOT NULL$": (NO_DEFAULT_VALUE, "a Column does not say whether it has a default"),
    "INT NOT NULL PRIMARY KEY": (NO_DEFAULT_VALUE, "a Column does not say whether it has a default"),
    "INT NOT NULL UNIQUE": (
        NO_DEFAULT_VALUE | PRI_KEY | UNIQUE_KEY,
        "as for PRIMARY KEY, which the first unique key counts as where there is none",
    ),
}
"""By the beginning of a column's declaration: flags that are not compared, and why."""

OUTCOMES = (
    """
SET NAMES utf8mb4; SET autocommit=0; BEGIN; COMMIT; START TRANSACTION; ROLLBACK; SAVEPOINT a; ROLLBACK TO a;
RELEASE SAVEPOINT a; SET autocommit=1; START TRANSACTION WITH CONSISTENT SNAPSHOT; SET autocommit=1; COMMIT;
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci; SET character_set_results=NULL; SET NAMES 'utf8mb4'; SET NAMES utf16;
SET NAMES klingon; SET NAMES latin1 COLLATE utf8mb4_bin; SET nonsense=1; SET @@session.nonsense=1;
SELECT * FROM missing; SET @a=1; SET @a=1, @b='x'; SET NAMES 'utf8mb4' COLLATE 'utf8mb4_general_ci'; UNLOCK TABLES;
SET wait_timeout=28800;
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SET sql_mode='ANSI'; SET sql_mode=''; SET time_zone='+00:00'; SET time_zone='nowhere'; SET wait_timeout='x';
SET GLOBAL autocommit_=1; SET character_set_client=utf32; SET SQL_SAFE_UPDATES=1; SET SQL_SAFE_UPDATES=0;
SET foreign_key_checks=0; SET foreign_key_checks=1; SET CHARACTER SET utf8mb4; SET NAMES utf8mb4;
SET @x := 5; SET net_write_timeout=60; SET unique_checks=DEFAULT; SET SESSION sql_select_limit=DEFAULT
""".replace("\n", " ")
    .strip()
    .split("; ")
)
"""Statements without rows: everything is compared but the words of errors."""

EXPRESSIONS = (
    """
SELECT 1; SELECT 1 AS a, 'x' AS b, NULL AS c; SELECT DATABASE(); SELECT SCHEMA(); SELECT VERSION(); SELECT @@version;
SELECT @@autocommit; SELECT @@tx_isolation; SELECT @@character_set_client, @@character_set_results; SELECT @a;
SELECT @@collation_connection; SELECT @@collation_server AS c; SELECT 1+1; SELECT 1.5; SELECT 'é';
SELECT -1; SELECT @@wait_timeout; SELECT @@session.net_read_timeout; SELECT @@lower_case_table_names;
SELECT @@sql_auto_is_null; SELECT CONCAT('a', 'b');
SELECT @@character_set_connection AS x LIMIT 1; SELECT @@foreign_key_checks; SELECT 1 = 1;
SELECT @@time_zone; SELECT @@unique_checks; SELECT @@interactive_timeout; SELECT UPPER('a'); SELECT NULL;
SHOW CHARACTER SET LIKE 'latin1'; SHOW VARIABLES LIKE 'lower_case_table_names'; SHOW STATUS LIKE 'nothing_at_all';
SHOW VARIABLES LIKE 'autocommit'; SHOW WARNINGS; SHOW ERRORS; SHOW VARIABLES LIKE 'wait_timeout'
""".replace("\n", " ")
    .strip()
    .split("; ")
)
"""Statements with rows: labels, whether a column is a text or a number, values, what ends them are compared.

Not compared are widths, integer types, NOT_NULL and original names of expressions: what answers them here declares
a type for each function and variable, while MariaDB works it out of the arguments; its SHOW reads information_schema.
A user variable that was never set is left out: its type is a BLOB in MariaDB and a text here.
"""

COMMANDS = {
    "ping": b"\x0e",
    "init db": b"\x02echo",
    "set option on": b"\x1b\x00\x00",
    "set option off": b"\x1b\x01\x00",
    "set option that there is not": b"\x1b\x09\x00",
    "unknown": b"\xf0",
    "reset of no statement": b"\x1a\x63\0\0\0",
    "execute of no statement": b"\x17\x63\0\0\0\0\1\0\0\0",
    "fetch of no statement": b"\x1c\x63\0\0\0\1\0\0\0",
    "prepare of nothing": b"\x16",
    "reset connection": b"\x1f",
}


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    program("mariadbd")
    with mariadb(tmp_path_factory.mktemp("differential")) as server:
        settings = server.settings
        theirs = MariaDB("127.0.0.1", settings["port"], settings["user"], settings["password"])
        try:
            theirs.fill()
            yield theirs, Ours(theirs.version.removeprefix("5.5.5-"))
        finally:
            theirs.close()


def normal(found, declaration=""):
    """What is compared."""
    kept = []
    for entry in map(plain, found):
        if isinstance(entry, (Ok, Eof)):
            # Nobody here has an index, or uses none; ANSI_QUOTES has a bit in MariaDB only.
            entry.status &= ~(NO_INDEX_USED | ANSI_QUOTES)
            if isinstance(entry, Ok):
                entry.info = b""
        elif isinstance(entry, Definition):
            for beginning, (flags, _) in FLAG_DIFFERENCES.items():
                if re.match(beginning, declaration):
                    entry.flags &= ~flags
        kept.append(entry)
    return kept


def both(sides, payload, read, declaration=""):
    theirs, ours = (normal(read(side.ask(payload)), declaration) for side in sides)
    assert ours == theirs
    return theirs


def query(text):
    return b"\x03" + text.strip().encode()


def test_logins_end_alike(sides):
    theirs, ours = sides
    assert ours.login == theirs.login


@pytest.mark.parametrize("number", range(len(DECLARATIONS)), ids=DECLARATIONS)
def test_a_column_and_its_values_as_text(sides, number):
    found = both(sides, query(select(number)), read_results, DECLARATIONS[number])
    assert len(found) > 4


@pytest.mark.parametrize("number", range(len(DECLARATIONS)), ids=DECLARATIONS)
def test_a_column_and_its_values_prepared(sides, number):
    text, numbers = b"\x16" + select(number).encode(), []

    def read(take):
        statement, found = read_prepared(take)
        numbers.append(statement)
        return found

    both(sides, text, read, DECLARATIONS[number])
    execute = [b"\x17" + struct.pack("<IBI", statement, 0, 1) for statement in numbers]
    results = [
        normal(read_results(side.ask(payload)), DECLARATIONS[number])
        for side, payload in zip(sides, execute, strict=True)
    ]
    assert results[1] == results[0]
    assert len(results[0]) > 4
    for side, statement in zip(sides, numbers, strict=True):
        side.ask(b"\x19" + struct.pack("<I", statement))


@pytest.mark.parametrize("name", CHARSETS)
def test_texts_in_a_character_set(sides, name):
    both(sides, query(f"SET NAMES {name}"), read_results)
    try:
        for number in TEXTS:
            both(sides, query(select(number)), read_results)
    finally:
        both(sides, query("SET NAMES utf8mb4"), read_results)


@pytest.mark.parametrize("text", OUTCOMES)
def test_statements_without_rows(sides, text):
    both(sides, query(text), read_results)


def loose(found):
    """What is compared of expressions."""
    return [
        (entry.name, entry.collation == 63, entry.type in (3, 8)) if isinstance(entry, Definition) else entry
        for entry in normal(found)
    ]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_statements_with_rows(sides, text):
    theirs, ours = (loose(read_results(side.ask(query(text)))) for side in sides)
    assert ours == theirs


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(sides, name):
    def read(take):
        sequence, payload = take()
        return [sequence, read_reply(payload)]

    both(sides, COMMANDS[name], read)
