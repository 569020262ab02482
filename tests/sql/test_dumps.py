"""Dumps in both directions: of a real MariaDB into us, and of us into a real MariaDB."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from installed import program
from outcomes import Address

pytestmark = [pytest.mark.xdist_group("mariadb")]

SCRIPT = """
CREATE DATABASE dumped CHARACTER SET utf8mb4;
USE dumped;
CREATE TABLE parent (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL DEFAULT 'it''s \\\\ here', code CHAR(3),
    price DECIMAL(10,2) DEFAULT 1.5, kind ENUM('a','b','c''d') DEFAULT 'b', tags SET('x','y'), body TEXT, raw BLOB,
    vb VARBINARY(10) DEFAULT 'ab', flag TINYINT(1) NOT NULL DEFAULT 1, big BIGINT UNSIGNED,
    day DATE DEFAULT '2020-02-03', at DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3),
    ts TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    tm TIME, y YEAR, f FLOAT, d DOUBLE, b BIT(8) DEFAULT b'101', j JSON, z INT(5) ZEROFILL,
    total DECIMAL(12,2) GENERATED ALWAYS AS (price * 2) STORED, label VARCHAR(60) AS (CONCAT(name, '-', code)) VIRTUAL,
    latin VARCHAR(10) CHARACTER SET latin1, UNIQUE KEY by_name (name), KEY by_price (price, kind), KEY pre (body(10)),
    FULLTEXT KEY ft (body), CONSTRAINT positive CHECK (price >= 0)
) COMMENT='the parents' AUTO_INCREMENT=100;
CREATE TABLE child (
    id BIGINT AUTO_INCREMENT PRIMARY KEY, parent_id INT UNSIGNED, other VARCHAR(5) COLLATE utf8mb4_bin,
    CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL
) ROW_FORMAT=DYNAMIC;
INSERT INTO parent (name, code, price, kind, tags, body, raw, big, tm, y, f, d, j, z, latin) VALUES
    ('one', 'abc', 2.25, 'a', 'x,y', 'text with ; and '' and " and \\n newline', x'00ff27225c0a1a',
     18446744073709551615, '-12:30:00', 2024, 1.5, 3.141592653589793, '{"a": [1, "x"]}', 42, 'é'),
    ('zwei 😀', NULL, 0, 'c''d', '', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO child (parent_id, other) VALUES (100, 'A'), (101, 'b'), (NULL, NULL);
CREATE VIEW v AS SELECT p.id, p.name, c.other FROM parent p LEFT JOIN child c ON c.parent_id = p.id WHERE p.price >= 0;
CREATE VIEW w (a, b) AS SELECT COUNT(*), MAX(id) FROM child;
"""


def ask(address: Address, text: str) -> str:
    """What the command-line client prints."""
    command = [program("mariadb"), "--no-defaults", "--default-character-set=utf8mb4", "--batch", "-uroot"]
    command += ["-h127.0.0.1", f"-P{address.port}"]
    given = text.encode("utf-8", "surrogateescape")
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert not done.returncode, done.stderr.decode()
    return done.stdout.decode()


def dump(address: Address, database: str, *options: str) -> str:
    """A database as the dump program writes it."""
    command = [program("mariadb-dump"), "--no-defaults", "-uroot", "-h127.0.0.1", f"-P{address.port}", *options]
    done = subprocess.run([*command, "--skip-comments", "--databases", database], capture_output=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout.decode("utf-8", "surrogateescape")


@contextmanager
def seeded(folder: Path, text: str) -> Iterator[Address]:
    """Our own server, seeded with a dump."""
    from servers import PATIENCE, running

    seed, log, ready = folder / "seed.sql", folder / "twistd.log", folder / "ready.jsonl"
    seed.write_text(text, encoding="utf-8", errors="surrogateescape")
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", "--fallback=sql", f"--seed={seed}"]
    with running(command, folder, log, ready.exists) as process:
        yield Address(json.loads(ready.read_text().splitlines()[0])["port"])
        process.terminate()
        process.wait(PATIENCE)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(autouse=True)
def programs() -> None:
    for each in ("mariadb", "mariadb-dump"):
        program(each)


def test_a_dump_comes_back_with_every_value(reference: Address, tmp_path: Path) -> None:
    ask(reference, SCRIPT)
    original = dump(reference, "dumped")
    with seeded(tmp_path, original) as ours:
        for query in (
            "SELECT * FROM v ORDER BY id",
            "SELECT * FROM w",
            "SELECT HEX(raw), total, label, b + 0 FROM parent",
        ):
            assert ask(ours, f"USE dumped; {query};") == ask(reference, f"USE dumped; {query};")
        of_ours = dump(ours, "dumped")
    ask(reference, of_ours.replace("`dumped`", "`back`"))
    sums = ask(reference, "CHECKSUM TABLE dumped.parent, back.parent, dumped.child, back.child;").split()
    assert sums[3] == sums[5]
    assert sums[7] == sums[9]
    rows = dump(reference, "dumped", "--no-create-info")
    assert dump(reference, "back", "--no-create-info").replace("`back`", "`dumped`") == rows
    ask(reference, "DROP DATABASE dumped; DROP DATABASE back;")


def test_a_dump_of_what_was_made_here(reference: Address, tmp_path: Path) -> None:
    with seeded(tmp_path, "SELECT 1;") as ours:
        ask(
            ours,
            "USE test; CREATE TABLE n (id INT PRIMARY KEY, a VARCHAR(9), b CHAR(2) COLLATE utf8mb4_0900_as_cs, c DATE);"
            " INSERT INTO n VALUES (1, 'é', 'x', '2024-02-29'); CREATE SQL SECURITY INVOKER VIEW m AS SELECT a FROM n;",
        )
        text = dump(ours, "test")
        ask(ours, f"DROP DATABASE test; {text}")
        assert ask(ours, "SELECT * FROM test.n JOIN test.m USING (a);") == "a\tid\tb\tc\né\t1\tx\t2024-02-29\n"
    ask(reference, text.replace("`test`", "`made`"))
    assert ask(reference, "SELECT * FROM made.n JOIN made.m USING (a);") == "a\tid\tb\tc\né\t1\tx\t2024-02-29\n"
    ask(reference, "DROP DATABASE made;")
