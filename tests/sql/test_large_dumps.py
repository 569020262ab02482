"""Dumps of mariadb-dump: that of a real MariaDB makes our tables, that of ours makes MariaDB's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from installed import program
from outcomes import Address

DUMP, CLIENT = program("mariadb-dump"), program("mariadb")
PATIENCE = 300.0
"""How long a program may take, in seconds."""
ROWS = 10_000

SCHEMA = """
CREATE TABLE kinds (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  tiny TINYINT, small SMALLINT UNSIGNED, medium MEDIUMINT, whole INT NOT NULL DEFAULT -7, big BIGINT,
  exact DECIMAL(30,10), near DOUBLE, single FLOAT, bits BIT(12), flag TINYINT(1) NOT NULL DEFAULT 1,
  day DATE, moment DATETIME(6), stamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  span TIME(3), era YEAR,
  fixed CHAR(5), words VARCHAR(200) COLLATE utf8mb4_unicode_ci DEFAULT 'it''s', latin VARCHAR(20) CHARACTER SET latin1,
  long_words LONGTEXT COMMENT 'as long as one likes', raw VARBINARY(60), fixed_raw BINARY(4), long_raw MEDIUMBLOB,
  size ENUM('small','large','it''s') DEFAULT 'small', marks SET('a','b','c'), document JSON,
  doubled INT GENERATED ALWAYS AS (whole * 2) STORED, halved INT AS (whole DIV 2) VIRTUAL,
  CONSTRAINT tiny_is_small CHECK (tiny < 128),
  UNIQUE KEY by_words (words, id), KEY by_day (day, moment DESC), KEY by_start (long_words(20)),
  FULLTEXT KEY texts (long_words)
) COMMENT='each type once';
CREATE TABLE `odd ``name` (`a b` INT PRIMARY KEY, `ü` VARCHAR(10), `select` INT) ENGINE=InnoDB;
CREATE TABLE child (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, kind BIGINT UNSIGNED,
  CONSTRAINT child_of_kind FOREIGN KEY (kind) REFERENCES kinds (id) ON DELETE CASCADE ON UPDATE SET NULL
) AUTO_INCREMENT=500;
CREATE VIEW large AS SELECT id, words FROM kinds WHERE size = 'large';
INSERT INTO `odd ``name` VALUES (1, 'ä\\\\''"\\n\\0', NULL), (2, '', 5);
INSERT INTO kinds (tiny, small, medium, whole, big, exact, near, single, bits, flag, day, moment, stamp, span, era,
  fixed, words, latin, long_words, raw, fixed_raw, long_raw, size, marks, document)
SELECT seq % 256 - 128, seq, seq - 5000, seq * 3, (seq - 5000) * 1000000007, (seq - 5000) / 7, seq / 3, seq / 8,
  seq % 4096, seq % 2, '1999-12-31' + INTERVAL seq DAY, '2000-01-01 00:00:00.000001' + INTERVAL seq * 77 MINUTE,
  '2001-02-03 04:05:06' + INTERVAL seq HOUR, SEC_TO_TIME(seq * 100 - 500000.125), 1901 + seq % 255,
  CONCAT('f', seq % 100), CONCAT('Wörter ', seq, ' \\\\ '' " \\n\\t\\r\\0\\Z 😀'), CONCAT('é', seq),
  REPEAT(CONCAT('text ', seq, '\\n'), seq % 50), UNHEX(SHA1(seq)), UNHEX(LPAD(HEX(seq), 8, '0')),
  REPEAT(CHAR(seq % 256), seq % 300), ELT(1 + seq % 3, 'small', 'large', 'it''s'),
  ELT(1 + seq % 3, '', 'a,c', 'b'), JSON_OBJECT('n', seq, 'list', JSON_ARRAY(1, NULL, 'ü"'))
FROM (SELECT CAST(seq AS SIGNED) AS seq FROM seq_1_to_10000) AS numbers;
INSERT INTO kinds (id) VALUES (20000);
INSERT INTO child (kind) SELECT id FROM kinds WHERE id % 100 = 0;
"""
"""What MariaDB is filled with; the dump of it is what an application's own would be."""

TABLES = ("kinds", "odd `name", "child", "large")


def run(command: list[str], address: Address, *arguments: str, given: bytes = b"") -> bytes:
    """Run one of MariaDB's programs; what it tells."""
    where = [f"--host={address.host}", f"--port={address.port}", f"--user={address.user}"]
    full = [*command, "--no-defaults", *where, "--default-character-set=utf8mb4", *arguments]
    done = subprocess.run(full, input=given, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    return done.stdout


def make_anew(address: Address, database: str) -> None:
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database}")
        cursor.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")


def contents(address: Address, database: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, by table."""
    found = {}
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"USE {database}")
        for table in TABLES:
            cursor.execute(f"SELECT * FROM `{table.replace('`', '``')}` ORDER BY 1")
            found[table] = list(cursor.fetchall())
    return found


def shapes(address: Address, database: str) -> dict[str, list[tuple[Any, ...]]]:
    """What both servers tell in the same words of columns, keys and the next numbers.

    To MariaDB JSON is a text with a CHECK, which it names for the column.
    """
    queries = {
        "columns": "table_name, column_name, ordinal_position, data_type, is_nullable, character_maximum_length,"
        " numeric_scale, datetime_precision, column_key, column_comment FROM information_schema.columns"
        " WHERE table_schema = %s AND column_name <> 'document'",
        "keys": "table_name, index_name, seq_in_index, column_name, non_unique, sub_part"
        " FROM information_schema.statistics WHERE table_schema = %s",
        "constraints": "table_name, constraint_name, constraint_type FROM information_schema.table_constraints"
        " WHERE table_schema = %s AND constraint_name NOT IN ('document', 'kinds_chk_1')",
        "actions": "constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints"
        " WHERE constraint_schema = %s",
        "tables": "table_name, table_type, `auto_increment`, table_comment FROM information_schema.tables"
        " WHERE table_schema = %s",
    }
    found = {}
    with address.connect() as connection, connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(f"SELECT {query} ORDER BY 1, 2, 3", (database,))
            found[name] = list(cursor.fetchall())
    return found


@pytest.fixture(scope="module")
def dumped(reference: Address, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a dump of MariaDB's."""
    make_anew(reference, "origin")
    run([CLIENT], reference, "origin", given=SCHEMA.encode())
    assert len(contents(reference, "origin")["kinds"]) == ROWS + 1
    file = tmp_path_factory.mktemp("dump") / "origin.sql"
    file.write_bytes(run([DUMP], reference, "origin"))
    return file


@pytest.fixture(scope="module")
def restored(dumped: Path, ours: Address) -> Address:
    """Our server, to which MariaDB's client has given the dump."""
    make_anew(ours, "copy")
    run([CLIENT], ours, "copy", given=dumped.read_bytes())
    return ours


@contextmanager
def seeded(folder: Path, *files: Path) -> Iterator[Address]:
    """Our server with files that run at its start."""
    from servers import running

    log, ready = folder / "twistd.log", folder / "ready.jsonl"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", "--fallback=sql", "--database=copy"]
    command += [f"--seed={file}" for file in files]
    with running(command, folder, log, ready.exists):
        yield Address(json.loads(ready.read_text().splitlines()[0])["port"])


def test_a_dump_of_mariadb_is_a_seed(dumped, reference, tmp_path):
    with seeded(tmp_path, dumped) as ours:
        assert contents(ours, "copy") == contents(reference, "origin")
        assert shapes(ours, "copy") == shapes(reference, "origin")


def test_a_client_restores_a_dump_of_mariadb(restored, reference):
    assert contents(restored, "copy") == contents(reference, "origin")


@pytest.mark.parametrize(
    "options", [[], ["--single-transaction", "--skip-extended-insert", "--hex-blob"]], ids=["plain", "single rows"]
)
def test_mariadb_restores_a_dump_of_ours(restored, reference, options):
    make_anew(reference, "back")
    run([CLIENT], reference, "back", given=run([DUMP], restored, *options, "copy"))
    assert contents(reference, "back") == contents(reference, "origin")
    assert shapes(reference, "back") == shapes(reference, "origin")
