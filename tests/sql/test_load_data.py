"""LOAD DATA LOCAL INFILE: how files are read, and what becomes of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from embedded import Client, Embedded
from hypothesis import given
from hypothesis import strategies as st

from sockservice.answers import LocalInfile
from sockservice.sql.text_file import Format, TextFile


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10), n INT DEFAULT 7)")
    yield found
    database.close()


def load(client: Client, text: str, data: bytes) -> Any:
    asked = client.run(text)
    if not isinstance(asked, LocalInfile):
        return asked
    assert asked.filename == "f"
    for byte in data:
        asked.receive(bytes([byte]))
    return asked.done()


def test_a_file_with_tabs(client: Client) -> None:
    answer = load(client, "LOAD DATA LOCAL INFILE 'f' INTO TABLE t", "1\tö\t5\n2\t\\N\t6\n".encode())
    assert (answer.affected_rows, answer.info) == (2, "Records: 2  Deleted: 0  Skipped: 0  Warnings: 0")
    assert client.rows("SELECT * FROM t") == [(1, "ö", 5), (2, None, 6)]


def test_a_file_of_comma_separated_values_with_columns_and_a_header(client: Client) -> None:
    text = (
        "LOAD DATA LOCAL INFILE 'f' INTO TABLE shop.t CHARACTER SET latin1 FIELDS TERMINATED BY ','"
        " OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\r\\n' IGNORE 1 LINES (v, id)"
    )
    load(client, text, b'v,id\r\n"a, ""b""",1\r\n\xe4,2\r\nNULL,3')
    assert client.rows("SELECT * FROM t") == [(1, 'a, "b"', 7), (2, "ä", 7), (3, None, 7)]


def test_columns_are_computed(client: Client) -> None:
    load(client, "LOAD DATA LOCAL INFILE 'f' INTO TABLE t (id, v) SET n = id * 2", b"1\tx\n")
    assert client.rows("SELECT * FROM t") == [(1, "x", 2)]


def test_what_is_wrong_is_a_warning(client: Client) -> None:
    answer = load(client, "LOAD DATA LOCAL INFILE 'f' INTO TABLE t", b"1\ta\n2\tb\tx\t9\n1\tc\t1\n")
    assert answer.info == "Records: 3  Deleted: 0  Skipped: 1  Warnings: 5"
    assert client.warnings == [1261, 1366, 1262, 1366, 1062]
    assert client.rows("SELECT * FROM t") == [(1, "a", 0), (2, "b", 0)]


def test_replace(client: Client) -> None:
    client.ok("INSERT INTO t VALUES (1, 'old', 1)")
    answer = load(client, "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE t", b"1\tnew\t2\n")
    assert (answer.affected_rows, answer.info) == (2, "Records: 1  Deleted: 1  Skipped: 0  Warnings: 0")
    assert client.rows("SELECT v FROM t") == [("new",)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("LOAD DATA INFILE 'f' INTO TABLE t", 1290),
        ("LOAD DATA LOCAL INFILE 'f' INTO TABLE missing", 1146),
        ("LOAD DATA LOCAL INFILE 'f' INTO TABLE t (nothing)", 1054),
        ("LOAD DATA LOCAL INFILE 'f' TABLE t", 1064),
    ],
)
def test_what_is_refused_asks_for_no_file(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code


def test_a_read_only_transaction_loads_nothing(client: Client) -> None:
    client.ok("START TRANSACTION READ ONLY")
    assert load(client, "LOAD DATA LOCAL INFILE 'f' INTO TABLE t", b"1\ta\t1\n").code == 1792


WRITTEN = st.sampled_from(
    [Format(), Format(field_end=",", quote='"', line_end="\r\n"), Format(field_end="--", escape="", quote="'")]
)


@given(WRITTEN, st.text(alphabet="a1,\t\n\r\"'\\N-", max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_a_file_in_pieces_has_the_same_rows_as_in_one(written: Format, text: str, cuts: list[int]) -> None:
    whole = list(TextFile(written).feed(text, last=True))
    file, rows, at = TextFile(written), [], 0
    for cut in sorted(cuts):
        rows += file.feed(text[at:cut])
        at = max(at, cut)
    rows += file.feed(text[at:], last=True)
    assert rows == whole


@given(st.lists(st.lists(st.none() | st.text(max_size=5), min_size=1, max_size=3), max_size=4))
def test_what_mysql_would_have_written_is_read_again(rows: list[list[str | None]]) -> None:
    escapes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\0": "\\0"}

    def written(field: str | None) -> str:
        return "\\N" if field is None else "".join(escapes.get(letter, letter) for letter in field)

    text = "".join("\t".join(map(written, row)) + "\n" for row in rows)
    assert list(TextFile(Format()).feed(text, last=True)) == rows
