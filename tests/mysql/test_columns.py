"""Column definitions: the figures are those that a real server sent for the same columns."""

from __future__ import annotations

import msgspec
import pytest
from wire_client import read_definition

from sockservice.answers import Column
from sockservice.mysql import columns
from sockservice.mysql.charsets import charset
from sockservice.mysql.columns import column_definition, column_definitions
from sockservice.mysql.values import text_encoder
from sockservice.sqltypes import NAMES, SqlType

UTF8MB4, LATIN1 = charset("utf8mb4"), charset("latin1")
OF_TABLE = {"table": "t", "original_table": "t", "original_name": "x", "database": "shop"}


def definition(sql, charset=UTF8MB4, collation_id=45, **fields):
    """The definition of a column of a table, read back."""
    column = Column("x", SqlType.parse(sql), **{**OF_TABLE, **fields})
    found, rest = read_definition(column_definition(column, charset, collation_id))
    assert rest == b""
    return found


# Source: MariaDB 10.11, `SELECT * FROM t` with these columns, connection collation 45; except where noted.
@pytest.mark.parametrize(
    ("sql", "collation", "length", "kind", "flags", "decimals"),
    [
        ("INT", 63, 11, 3, 0, 0),
        ("INT UNSIGNED", 63, 10, 3, 0x20, 0),
        ("TINYINT", 63, 4, 1, 0, 0),
        ("TINYINT(1) UNSIGNED", 63, 1, 1, 0x20, 0),
        ("BOOLEAN", 63, 1, 1, 0, 0),
        ("SMALLINT", 63, 6, 2, 0, 0),
        ("MEDIUMINT", 63, 9, 9, 0, 0),
        ("BIGINT UNSIGNED", 63, 20, 8, 0x20, 0),
        ("FLOAT", 63, 12, 4, 0, 31),
        ("FLOAT(7,3)", 63, 7, 4, 0, 3),
        ("DOUBLE", 63, 22, 5, 0, 31),
        ("DOUBLE(8,2)", 63, 8, 5, 0, 2),
        ("DECIMAL(10,2)", 63, 12, 246, 0, 2),
        ("DECIMAL(8) UNSIGNED", 63, 8, 246, 0x20, 0),
        ("BIT(10)", 63, 10, 16, 0x20, 0),
        ("YEAR", 63, 4, 13, 0x60, 0),
        ("DATE", 63, 10, 10, 0x80, 0),
        ("TIME", 63, 10, 11, 0x80, 0),
        ("TIME(3)", 63, 14, 11, 0x80, 3),
        ("DATETIME", 63, 19, 12, 0x80, 0),
        ("DATETIME(6)", 63, 26, 12, 0x80, 6),
        ("TIMESTAMP(3)", 63, 23, 7, 0x80, 3),  # MariaDB sets UNSIGNED too; MySQL does not
        ("CHAR(5)", 45, 20, 254, 0, 0),
        ("VARCHAR(20)", 45, 80, 253, 0, 0),
        ("BINARY(4)", 63, 4, 254, 0x80, 0),
        ("VARBINARY(9)", 63, 9, 253, 0x80, 0),
        ("TINYTEXT", 45, 1020, 252, 0x10, 0),
        ("TEXT", 45, 262140, 252, 0x10, 0),
        ("TEXT(10)", 45, 1020, 252, 0x10, 0),
        ("MEDIUMTEXT", 45, 67108860, 252, 0x10, 0),
        ("LONGTEXT", 45, 4294967295, 252, 0x10, 0),
        ("TINYBLOB", 63, 255, 252, 0x90, 0),
        ("BLOB", 63, 65535, 252, 0x90, 0),
        ("MEDIUMBLOB", 63, 16777215, 252, 0x90, 0),
        ("LONGBLOB", 63, 4294967295, 252, 0x90, 0),
        ("ENUM('new','paid')", 45, 16, 254, 0x100, 0),
        ("SET('a','b','cde')", 45, 28, 254, 0x800, 0),
        ("GEOMETRY", 63, 4294967295, 255, 0x90, 0),
        ("JSON", 63, 4294967295, 245, 0x90, 0),  # MySQL 8's own type; MariaDB has LONGTEXT
        ("NULL", 63, 0, 6, 0x80, 0),
    ],
)
def test_a_column_of_a_table_is_described_as_a_real_server_does(sql, collation, length, kind, flags, decimals):
    found = definition(sql)
    assert (found.collation, found.length, found.type, found.flags, found.decimals) == (
        collation,
        length,
        kind,
        flags,
        decimals,
    )


@pytest.mark.parametrize(
    ("sql", "flags", "decimals"),
    # Source: MariaDB 10.11, `SELECT 1, 'a', 1.5, 1e0`; 31 for a text is MySQL 8's.
    [("INT", 0x80, 0), ("DECIMAL(2,1)", 0x80, 1), ("DOUBLE", 0x80, 31), ("VARCHAR(1)", 0, 31)],
)
def test_an_expression_is_binary_and_its_text_has_no_fixed_decimals(sql, flags, decimals):
    found = definition(sql, original_name="", original_table="", table="", database="")
    assert (found.flags, found.decimals) == (flags, decimals)


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"nullable": False}, 0x1),
        ({"primary_key": True}, 0x4002),
        ({"primary_key": True, "auto_increment": True, "nullable": False}, 0x4203),
        ({"unique_key": True}, 0x4004),
        ({"multiple_key": True}, 0x4008),
        ({"part_of_key": True}, 0x4000),
        ({"nullable": False, "no_default": True}, 0x1001),
        ({"timestamp": True, "on_update": True}, 0x2400),
    ],
)
def test_keys_and_nullability_are_flags(fields, flags):
    assert definition("INT", **fields).flags == flags


def test_a_text_that_is_reckoned_has_the_type_that_its_length_needs():
    names = dict.fromkeys(["original_name", "original_table", "table", "database"], "")
    for length, kind, told in ((16_383, 253, 65_532), (16_384, 250, 262_144), (5_000_000, 251, 80_000_000)):
        found = definition(f"VARCHAR({length})", **names)
        assert (found.type, found.length, found.flags) == (kind, told, 0)


def test_a_text_of_a_query_in_from_is_a_blob_where_no_varchar_is_as_long():
    names = {"table": "x", "original_name": "a"}
    for sql, length, flags in (("VARCHAR(70000)", 4 * 0xFF_FFFF, 0x10), ("VARBINARY(70000)", 0xFF_FFFF, 0x90)):
        found = definition(sql, **names)
        assert (found.type, found.length, found.flags) == (252, length, flags)


def test_a_year_that_is_reckoned_is_no_column_with_zeros_in_front():
    assert definition("YEAR", table="", original_name="").flags == 0xA0
    assert definition("YEAR").flags == 0x60


def test_a_number_with_zerofill_says_so_and_has_zeros_in_front():
    sql = SqlType.parse("INT(5) ZEROFILL")
    assert definition("INT(5) ZEROFILL").flags == 0x60
    assert text_encoder(sql, UTF8MB4)(42) == b"00042"
    assert text_encoder(SqlType.parse("DECIMAL(6,2) ZEROFILL"), UTF8MB4)("1.50") == b"0001.50"


def test_the_length_of_a_text_is_in_bytes_of_the_clients_character_set():
    found = definition("VARCHAR(20)", LATIN1, 8)
    assert (found.collation, found.length) == (8, 20)


def test_names_are_sent_in_the_clients_character_set():
    column = Column("é", SqlType.parse("INT"), "t", "table", "original", "shop")
    found, _ = read_definition(column_definition(column, LATIN1, 8))
    assert (found.name, found.table, found.original_table) == (b"\xe9", b"t", b"table")
    assert (found.original_name, found.database) == (b"original", b"shop")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_type_has_a_definition(name):
    sql = SqlType(name, values=("a",) if name in ("ENUM", "SET") else ())
    found, _ = read_definition(column_definition(Column("x", sql), UTF8MB4, 255))
    assert found.type in {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 245, 246, 252, 253, 254, 255}


def test_definitions_that_are_kept_are_those_of_the_same_form():
    some = Column("é", SqlType.parse("VARCHAR(3)")), Column("n", SqlType.parse("JSON"))
    forms = [(UTF8MB4, 45, {}), (LATIN1, 8, {}), (UTF8MB4, 255, {}), (UTF8MB4, 45, {"mariadb": True})]
    for _ in range(2):
        for charset_of_form, collation_id, settings in forms:
            assert column_definitions(some, charset_of_form, collation_id, **settings) == tuple(
                column_definition(column, charset_of_form, collation_id, **settings) for column in some
            )


def test_a_type_that_was_read_from_a_file_is_one_like_any_other():
    read = msgspec.convert({"name": "VARCHAR", "length": 3}, SqlType)
    made = SqlType.parse("VARCHAR(3)")
    found, expected = ([column_definitions((Column("x", each),), UTF8MB4, 45)] for each in (read, made))
    assert found == expected
    assert text_encoder(read, UTF8MB4)("é") == "é".encode()


def test_the_definitions_that_are_kept_are_bounded(monkeypatch):
    kept = {}
    monkeypatch.setattr(columns, "_kept", kept)
    for number in range(2000):
        column_definitions((Column(f"c{number}", SqlType.parse("INT")),), UTF8MB4, 45)
        assert 0 < len(kept) <= 512
    kept.clear()
    column_definitions((Column("x" * 20_000, SqlType.parse("INT")),), UTF8MB4, 45)
    assert kept == {}
