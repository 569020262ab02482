"""Functions of texts: parts, searching, codes and regular expressions."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("CONCAT('a', 1.50, NULL)", None),
        ("CONCAT('é', 2)", "é2"),
        ("CONCAT_WS(',', 'a', NULL, 'b')", "a,b"),
        ("UPPER('abc é ß')", "ABC É ß"),
        ("LEFT('abc', -1)", ""),
        ("RIGHT('日本語', 1)", "語"),
        ("SUBSTRING('abcdef', -3, 2)", "de"),
        ("SUBSTRING('abcdef', 0)", ""),
        ("SUBSTRING('abcdef' FROM 2 FOR 3)", "bcd"),
        ("SUBSTRING_INDEX('a.b.c', '.', -2)", "b.c"),
        ("REPLACE('Abc', 'a', 'x')", "Abc"),
        ("INSERT('abcdef', 2, 3, 'X')", "aXef"),
        ("TRIM(BOTH 'ab' FROM 'ababcab')", "c"),
        ("TRIM(LEADING FROM '  a ')", "a "),
        ("LPAD('a', 5, 'xy')", "xyxya"),
        ("RPAD('abc', 2, '')", "ab"),
        ("LPAD('a', -1, 'x')", None),
        ("REPEAT('ab', 3)", "ababab"),
        ("QUOTE('it''s')", r"'it\'s'"),
        ("ELT(2, 'a', 'b')", "b"),
        ("MAKE_SET(5, 'a', 'b', 'c')", "a,c"),
        ("EXPORT_SET(5, 'Y', 'N', ',', 4)", "Y,N,Y,N"),
        ("FORMAT(1234567.891, 2)", "1,234,567.89"),
        ("FORMAT(1234567.891, 2, 'de_DE')", "1.234.567,89"),
        ("INSTR('foobar', 'BAR')", 4),
        ("INSTR('foobar' COLLATE utf8mb4_bin, 'BAR')", 0),
        ("LOCATE('o', 'foo', 3)", 3),
        ("POSITION('b' IN 'abc')", 2),
        ("LOCATE('E', 'caf\u00e9')", 4),
        ("FIND_IN_SET('B', 'a,b,c')", 2),
        ("FIELD('b', 'a', 'B')", 2),
        ("LENGTH('日本')", 6),
        ("CHAR_LENGTH('日本')", 2),
        ("ASCII('é')", 195),
        ("ORD('日')", 15_112_101),
        ("HEX('é')", "C3A9"),
        ("HEX(255)", "FF"),
        ("UNHEX('616263')", b"abc"),
        ("UNHEX('xyz')", None),
        ("CONV('ff', 16, 10)", "255"),
        ("CONV(-1, 10, 16)", "FFFFFFFFFFFFFFFF"),
        ("CONV(-1, 10, -16)", "-1"),
        ("BIN(10)", "1010"),
        ("CHAR(65, NULL, 66)", b"AB"),
        ("CHAR(0x41 USING utf8mb4)", "A"),
        ("TO_BASE64('abc')", "YWJj"),
        ("FROM_BASE64('!')", None),
        ("MD5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA2('abc', 1)", None),
        ("CRC32('abc')", 891_568_578),
        ("UNCOMPRESS(COMPRESS('aaaa'))", b"aaaa"),
        ("SOUNDEX('Robert') = SOUNDEX('Rupert')", 1),
        ("'Robert' SOUNDS LIKE 'Rupert'", 1),
        ("INET_ATON('127.0.0.1')", 2_130_706_433),
        ("INET6_NTOA(INET6_ATON('::1'))", "::1"),
        ("HEX(UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db', 1))", "1026BABA6CCD780C95645B8C656024DB"),
        ("BIN_TO_UUID(0x1026BABA6CCD780C95645B8C656024DB, 1)", "6ccd780c-baba-1026-9564-5b8c656024db"),
        ("HEX(AES_ENCRYPT('text', 'key'))", "15E36637363712FC2E699B9C95B75393"),
        ("AES_DECRYPT(AES_ENCRYPT('text', 'key'), 'key')", b"text"),
        ("'abc' REGEXP '^A'", 1),
        ("'abc' COLLATE utf8mb4_bin REGEXP 'B'", 0),
        ("REGEXP_LIKE('abc', 'B', 'c')", 0),
        ("'a1' REGEXP '[[:digit:]]'", 1),
        ("REGEXP_REPLACE('a1b22', '([0-9]+)', '<$1>')", "a<1>b<22>"),
        ("REGEXP_REPLACE('abab', 'b', 'X', 1, 2)", "abaX"),
        ("REGEXP_SUBSTR('abc123', '[0-9]+')", "123"),
        ("REGEXP_INSTR('abc123', '[0-9]')", 4),
        ("MATCH('Hello nice world') AGAINST ('world nice')", 2.0),
        ("MATCH('Hello nice world') AGAINST ('+world -nice' IN BOOLEAN MODE)", 0.0),
    ],
)
def test_values(evaluate: Evaluation, expression: str, value: object) -> None:
    assert evaluate(expression) == (value,)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("UPPER()", 1582),
        ("UPPER('a', 'b')", 1582),
        ("nothing(1)", 1305),
        ("'a' REGEXP '('", 3691),
        ("'a' REGEXP ''", 3685),
        ("UUID_TO_BIN('x')", 1411),
        ("RANDOM_BYTES(0)", 1690),
    ],
)
def test_what_is_refused(evaluate: Evaluation, expression: str, code: int) -> None:
    assert evaluate.code(expression) == code


def test_what_would_be_too_long_is_null(evaluate: Evaluation) -> None:
    assert evaluate("REPEAT('a', 1 << 40), SPACE(1 << 40), LPAD('a', 1 << 40, 'b')") == (None, None, None)
    assert evaluate.warnings == [1301] * 3


def test_each_uuid_is_another(evaluate: Evaluation) -> None:
    assert evaluate("UUID() = UUID(), LENGTH(UUID())") == (0, 36)
    assert len(set(evaluate.client.rows("SELECT UUID() FROM (SELECT 1 UNION ALL SELECT 2) AS two"))) == 2


@pytest.mark.parametrize(
    "expression",
    [
        "REPEAT('a', 100000) LIKE '%a%a%a%a%a%a%b'",
        "REPEAT('ab', 50000) LIKE '%b%b%b%b%b%b%bb%'",
        "TRIM(BOTH 'x' FROM REPEAT('x', 1000000)) = 'y'",
        "REPEAT('ab', 1000) REGEXP '^a.*b.*c$'",
        r"CONCAT(REPEAT('name.', 1000), '!') REGEXP '^([a-z]+\\.)+[a-z]{2,}$'",
        "REPEAT('foo,bar,', 1000) REGEXP '^((foo|bar),)*x$'",
    ],
)
def test_long_texts_do_not_take_long(evaluate: Evaluation, expression: str) -> None:
    assert evaluate(expression) == (0,)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a*)*b", "(a|ab|.b)*c", ".*.*.*.*x"])
def test_an_expression_that_would_take_too_long_is_refused(evaluate: Evaluation, pattern: str) -> None:
    assert evaluate.code(f"CONCAT(REPEAT('a', 5000), '!') REGEXP '{pattern}'") == 3699
    assert evaluate(f"'ab' REGEXP '{pattern}'")[0] in (0, 1)
