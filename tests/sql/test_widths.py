"""How wide what is reckoned is, as clients are told, and what they are told of columns beside their types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from embedded import Client, Embedded

from sockservice.sql.typed import Typed
from sockservice.sql.widths import digits_of, text_width
from sockservice.sqltypes import SqlType


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok(
        "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, u INT UNIQUE, k INT, n SMALLINT UNSIGNED NOT NULL,"
        " d DECIMAL(5,2), f DOUBLE, s VARCHAR(7) NOT NULL DEFAULT '', z INT(5) ZEROFILL, b BIT(10), v VARBINARY(4),"
        " at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, KEY (k, n))"
    )
    yield found
    database.close()


def shapes(client: Client, expressions: str) -> list[tuple[str, int | None, int | None]]:
    columns = client.run(f"SELECT {expressions} FROM t").columns
    return [(column.type.name, column.type.length, column.type.decimals) for column in columns]


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("COUNT(*)", ("BIGINT", 21, None)),
        ("n + 1", ("BIGINT", 6, None)),
        ("d * 2", ("DECIMAL", 6, 2)),
        ("d / 4", ("DECIMAL", 9, 6)),
        ("SUM(k)", ("DECIMAL", 32, 0)),
        ("CONCAT(s, 'ab')", ("VARCHAR", 9, None)),
        ("LEFT(s, 3)", ("VARCHAR", 3, None)),
        ("HEX(n)", ("VARCHAR", 10, None)),
        ("CONCAT(b)", ("VARBINARY", 10, None)),
        ("CONCAT_WS(',', v, 'x')", ("VARBINARY", 6, None)),
        ("IF(k, s, 'a longer text')", ("VARCHAR", 13, None)),
        ("f + 1", ("DOUBLE", 23, None)),
    ],
)
def test_the_type_of_what_is_reckoned(client: Client, expression: str, shape: tuple[str, int, int]) -> None:
    assert shapes(client, expression) == [shape]


def test_widths_and_digits() -> None:
    assert text_width(Typed("", SqlType("DECIMAL", 5, 2))) == 7
    assert text_width(Typed("", SqlType("DECIMAL", 5, 0, unsigned=True))) == 5
    assert text_width(Typed("", SqlType("SET", values=("a", "bcd")))) == 5
    assert text_width(Typed("", SqlType("DATETIME", 3))) == 23
    assert text_width(Typed("", SqlType("BLOB"))) == 65_535
    assert text_width(Typed("", SqlType("BLOB", 100, 31))) == 100
    assert digits_of(Typed("", SqlType("SMALLINT"))) == (5, 0)
    assert digits_of(Typed("", SqlType("DATETIME", 2))) == (16, 2)


def test_a_plan_is_for_literals_of_one_length(client: Client) -> None:
    assert client.rows("SELECT 1.5 + 0 AS x") == [(Decimal("1.5"),)]
    assert client.rows("SELECT 1.25 + 0 AS x") == [(Decimal("1.25"),)]
    assert [client.run(f"SELECT {text} AS x FROM t").columns[0].type.length for text in ("'ab'", "'abcd'")] == [2, 4]


def test_flags_tell_of_keys_and_defaults(client: Client) -> None:
    columns = {column.name: column for column in client.run("SELECT * FROM t").columns}
    told = {
        name: {flag for flag in ("primary_key", "unique_key", "multiple_key", "no_default") if getattr(column, flag)}
        for name, column in columns.items()
    }
    assert {name: flags for name, flags in told.items() if flags} == {
        "id": {"primary_key"},
        "u": {"unique_key"},
        "k": {"multiple_key"},
        "n": {"no_default"},
    }
    assert [name for name, column in columns.items() if column.part_of_key] == ["id", "u", "k", "n"]
    assert columns["at"].on_update
    assert columns["at"].timestamp
    assert columns["id"].auto_increment


def test_the_first_unique_key_without_null_stands_for_the_primary_one(client: Client) -> None:
    client.ok("CREATE TABLE w (a INT, b INT NOT NULL, UNIQUE (a), UNIQUE (b))")
    assert [column.primary_key for column in client.run("SELECT * FROM w").columns] == [False, True]


def test_zeros_in_front_are_there_as_a_text(client: Client) -> None:
    client.ok("INSERT INTO t (n, z) VALUES (1, 42)")
    assert client.rows("SELECT CONCAT(z), z + 0, CONCAT(z + 0), LENGTH(z), z LIKE '000%' FROM t") == [
        ("00042", 42, "42", 5, 1)
    ]


def test_what_bytes_are_made_of_stays_as_it_is(client: Client) -> None:
    assert client.rows("SELECT REPLACE(x'61ff', 'a', 'b'), CHAR_LENGTH(x'c3a9'), LOCATE(x'ff', x'feff')") == [
        (b"b\xff", 2, 2)
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("SELECT j FROM d UNION SELECT j FROM d", "JSON"),
        ("SELECT j FROM d UNION SELECT NULL", "JSON"),
        ("SELECT IF(1, j, NULL) FROM d", "JSON"),
        ("SELECT COALESCE(j, 'text') FROM d", "VARCHAR"),
        ("SELECT j FROM d UNION SELECT 1", "VARCHAR"),
        ("SELECT b FROM d UNION SELECT b FROM d", "BIT"),
        ("SELECT b FROM d UNION SELECT 1", "BIGINT"),
        ("SELECT b FROM d UNION SELECT 1.5", "DECIMAL"),
        ("SELECT b FROM d UNION SELECT 'text'", "VARBINARY"),
        ("SELECT e FROM d UNION SELECT e FROM d", "VARCHAR"),
        ("SELECT e FROM d UNION SELECT s FROM d", "VARCHAR"),
        ("SELECT e + 1 FROM d", "DOUBLE"),
        ("SELECT s | 1 FROM d", "BIGINT"),
        ("SELECT y FROM d UNION SELECT y FROM d", "YEAR"),
        ("SELECT y FROM d UNION SELECT 'a'", "VARCHAR"),
    ],
)
def test_the_type_that_holds_documents_bits_members_and_years(client: Client, query: str, name: str) -> None:
    client.ok("CREATE TABLE d (j JSON, b BIT(3), e ENUM('x','yy'), s SET('a','b'), y YEAR)")
    assert [column.type.name for column in client.run(query).columns] == [name]
