"""The tables of ``vocabulary.md``, once: for MariaDB as SQL, for the echo service as rows."""

from __future__ import annotations

import re

DATABASE = "echo"
FAILURE = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'failed on purpose', MYSQL_ERRNO = 5001"

# Label, type, and the text of each value: usual, least, greatest. The values of binary types are hexadecimal.
TYPES = [
    ("t_tinyint", "TINYINT", "1", "-128", "127"),
    ("t_tinyint_unsigned", "TINYINT UNSIGNED", "1", "0", "255"),
    ("t_bool", "TINYINT(1)", "1", "0", "1"),
    ("t_smallint", "SMALLINT", "-1", "-32768", "32767"),
    ("t_smallint_unsigned", "SMALLINT UNSIGNED", "1", "0", "65535"),
    ("t_mediumint", "MEDIUMINT", "-1", "-8388608", "8388607"),
    ("t_mediumint_unsigned", "MEDIUMINT UNSIGNED", "1", "0", "16777215"),
    ("t_int", "INT", "-1", "-2147483648", "2147483647"),
    ("t_int_unsigned", "INT UNSIGNED", "1", "0", "4294967295"),
    ("t_bigint", "BIGINT", "-1", "-9223372036854775808", "9223372036854775807"),
    ("t_bigint_unsigned", "BIGINT UNSIGNED", "1", "0", "18446744073709551615"),
    ("t_float", "FLOAT", "1.5", "-3.25", "65536"),
    ("t_double", "DOUBLE", "0.1", "-1.5e300", "1.7976931348623157e308"),
    ("t_decimal", "DECIMAL(10,2)", "12.50", "-99999999.99", "99999999.99"),
    ("t_decimal_long", "DECIMAL(65,30)", "0.1" + "0" * 29, "-" + "9" * 35 + "." + "9" * 30, "9" * 35 + "." + "9" * 30),
    ("t_bit", "BIT(10)", "0005", "0000", "03ff"),
    ("t_year", "YEAR", "2024", "1901", "2155"),
    ("t_date", "DATE", "2024-02-29", "1000-01-01", "9999-12-31"),
    ("t_time", "TIME", "12:34:56", "-838:59:59", "838:59:59"),
    ("t_time6", "TIME(6)", "12:34:56.000001", "-25:00:00.500000", "838:59:58.999999"),
    ("t_datetime", "DATETIME", "2024-02-29 12:34:56", "1000-01-01 00:00:00", "9999-12-31 23:59:59"),
    ("t_datetime3", "DATETIME(3)", "2024-02-29 12:34:56.789", "1000-01-01 00:00:00.000", "9999-12-31 23:59:59.999"),
    (
        "t_datetime6",
        "DATETIME(6)",
        "2024-02-29 12:34:56.789012",
        "1000-01-01 00:00:00.000001",
        "9999-12-31 23:59:59.999999",
    ),
    ("t_timestamp", "TIMESTAMP NULL", "2024-02-29 12:34:56", "1970-01-02 00:00:01", "2038-01-18 03:14:07"),
    ("t_char", "CHAR(10)", "char é", "", "x" * 10),
    ("t_varchar", "VARCHAR(100)", "naïve 日本 😀", "", "y" * 100),
    ("t_binary", "BINARY(4)", "00ff4127", "00000000", "ffffffff"),
    ("t_varbinary", "VARBINARY(20)", "00ff5c27220a1a", "", "ff" * 20),
    ("t_tinytext", "TINYTEXT", "tiny ü", "", "z" * 255),
    ("t_text", "TEXT", "text 'quoted' \\ \"twice\"", "", "z" * 1000),
    ("t_mediumtext", "MEDIUMTEXT", "medium\nlines\t", "", "z" * 70000),
    ("t_longtext", "LONGTEXT", "long 😀", "", "z" * 300),
    ("t_tinyblob", "TINYBLOB", "00", "", "ff" * 255),
    ("t_blob", "BLOB", "deadbeef00", "", "fe" * 300),
    ("t_mediumblob", "MEDIUMBLOB", "fb", "", "fb" * 70000),
    ("t_longblob", "LONGBLOB", "ff", "", "00" * 300),
    ("t_enum", "ENUM('new','paid','übrig')", "paid", "new", "übrig"),
    ("t_set", "SET('a','b','c')", "a,c", "", "a,b,c"),
    ("t_json", "JSON", '{"a": [1, 2.5, null, "é"]}', "[]", '"text"'),
    ("t_geometry", "GEOMETRY", *["000000000101000000000000000000f03f0000000000000040"] * 3),
]
BINARY = re.compile(r"(VAR)?BINARY|.*BLOB|BIT|GEOMETRY")


def cell(sql_type: str, text: str) -> str | bytes:
    """The value as a server sends it in text form."""
    return bytes.fromhex(text) if BINARY.match(sql_type) else text


TYPES_COLUMNS = {"id": "INT", **{label: sql_type for label, sql_type, *_ in TYPES}}
TYPES_ROWS: list[tuple[str | bytes | None, ...]] = [
    (str(number + 1), *(cell(column[1], column[2 + number]) for column in TYPES)) for number in range(3)
]
TYPES_ROWS.append(("4", *(None for _ in TYPES)))


def literal(value: str | bytes | None) -> str:
    """A value as a literal of SQL, without anything to escape."""
    if value is None:
        return "NULL"
    return f"x'{value.hex()}'" if isinstance(value, bytes) else f"CONVERT(x'{value.encode().hex()}' USING utf8mb4)"


def seed() -> str:
    """What MariaDB is filled with, to be run by its administrator; each statement ends with ``//``."""
    columns = ", ".join(f"{label} {sql_type}" for label, sql_type in TYPES_COLUMNS.items())
    statements = [
        f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
        f"USE {DATABASE}",
        f"CREATE TABLE types ({columns}, PRIMARY KEY (id))",
        *(f"INSERT INTO types VALUES ({', '.join(map(literal, row))})" for row in TYPES_ROWS),
        "CREATE TABLE loaded (id INT PRIMARY KEY, name VARCHAR(100))",
        "CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, n INT)",
        "CREATE TABLE kept (id INT PRIMARY KEY, n INT)",
        "INSERT INTO kept VALUES (1, 1), (2, 1)",
        "CREATE PROCEDURE multi() BEGIN SELECT 1 AS one, 'first' AS name; SELECT seq FROM seq_1_to_3; END",
        f"CREATE PROCEDURE failing() BEGIN SELECT 1 AS one; {FAILURE}; END",
        "CREATE PROCEDURE nothing() BEGIN END",
    ]
    return "DELIMITER //\n" + "//\n".join([*statements, ""])
