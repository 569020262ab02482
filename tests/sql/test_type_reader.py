"""The types of columns as definitions write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql.column_texts import type_text
from sockservice.sql.errors import Refused
from sockservice.sql.type_reader import read_type
from sockservice.sql.words import Words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("INT", "int"),
        ("int(11)", "int"),
        ("INTEGER UNSIGNED", "int unsigned"),
        ("TINYINT(1)", "tinyint(1)"),
        ("TINYINT(4)", "tinyint"),
        ("BOOL", "tinyint(1)"),
        ("INT ZEROFILL", "int(10) unsigned zerofill"),
        ("DECIMAL", "decimal(10,0)"),
        ("DEC(5)", "decimal(5,0)"),
        ("NUMERIC(6, 2) UNSIGNED", "decimal(6,2) unsigned"),
        ("FLOAT(24)", "float"),
        ("FLOAT(25)", "double"),
        ("FLOAT(7,3)", "float(7,3)"),
        ("DOUBLE PRECISION", "double"),
        ("BIT", "bit(1)"),
        ("CHAR", "char(1)"),
        ("CHARACTER VARYING(9)", "varchar(9)"),
        ("NATIONAL VARCHAR(3)", "varchar(3)"),
        ("LONG VARCHAR", "mediumtext"),
        ("LONG VARBINARY", "mediumblob"),
        ("TEXT(60)", "tinytext"),
        ("TEXT(20000)", "mediumtext"),
        ("BLOB(300)", "blob"),
        ("VARCHAR(5) CHARACTER SET binary", "varbinary(5)"),
        ("CHAR BYTE", "binary(1)"),
        ("DATETIME(0)", "datetime"),
        ("TIMESTAMP(6)", "timestamp(6)"),
        ("YEAR(4)", "year"),
        ("ENUM('a', 'b''c ')", "enum('a','b''c')"),
        ("POINT", "geometry"),
    ],
)
def test_a_type_is_shown_in_its_own_words(text: str, shown: str) -> None:
    draft = read_type(Words(text), "c")
    assert type_text(draft.type) == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NONSENSE", 1064),
        ("VARCHAR", 1064),
        ("NULL", 1064),
        ("DATE(3)", 1064),
        ("INT(256)", 1439),
        ("BIT(65)", 1439),
        ("DECIMAL(66)", 1426),
        ("DECIMAL(40, 31)", 1425),
        ("DECIMAL(5, 6)", 1427),
        ("FLOAT(54)", 1063),
        ("TIME(7)", 1426),
        ("CHAR(256)", 1074),
        ("VARCHAR(16384)", 1074),
        ("VARBINARY(65536)", 1074),
        ("ENUM('a', 'A')", 1291),
        ("CHAR(5) CHARACTER SET nonsense", 1115),
    ],
)
def test_what_is_no_type(text: str, code: int) -> None:
    with pytest.raises(Refused) as caught:
        read_type(Words(text), "c")
    assert caught.value.answer.code == code


@given(st.text(alphabet="INTVARCHDEM(),0123456789 '\"`unsignedzerofill", max_size=40))
def test_any_text_is_a_type_or_refused(text: str) -> None:
    words = Words(text)
    try:
        draft = read_type(words, "c")
    except Refused:
        return
    again = read_type(Words(type_text(draft.type)), "c")
    assert again.type == draft.type
