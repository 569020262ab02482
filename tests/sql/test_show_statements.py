"""SHOW, DESCRIBE and information_schema."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded

from sockservice.responder.chatter import Chatter


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded(beside=Chatter())
    found = database.client()
    found.ok(
        "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,"
        " name VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'who',"
        " e ENUM('a', 'bc'), price DECIMAL(8,3), at DATETIME(2) DEFAULT CURRENT_TIMESTAMP(2),"
        " n INT AS (1 + 1), body TEXT, UNIQUE KEY (name), KEY pair (price, e)) COMMENT = 'people'"
    )
    found.ok("CREATE TABLE c (id INT PRIMARY KEY, t BIGINT UNSIGNED, CONSTRAINT fk FOREIGN KEY (t) REFERENCES t (id))")
    found.ok("CREATE VIEW v AS SELECT id, name FROM t")
    yield found
    database.close()


def test_tables_by_pattern_and_condition(client: Client) -> None:
    answer = client.run("SHOW TABLES LIKE 'T%'")
    assert [column.name for column in answer.columns] == ["Tables_in_shop (T%)"]
    assert list(answer.rows) == [("t",)]
    assert client.rows("SHOW FULL TABLES FROM shop WHERE Table_type = 'view' OR Tables_in_shop = 'c'") == [
        ("c", "BASE TABLE"),
        ("v", "VIEW"),
    ]
    assert client.code("SHOW TABLES WHERE nothing = 1") == 1054
    assert client.code("SHOW TABLES FROM nowhere") == 1049


def test_conditions_take_parameters(client: Client) -> None:
    assert client.rows("SHOW TABLES WHERE Tables_in_shop = ?", "c") == [("c",)]
    assert [
        row[2] for row in client.rows("SHOW INDEXES FROM t WHERE Key_name = ? OR Column_name = ?", "name", "e")
    ] == [
        "name",
        "pair",
    ]
    assert [row[0] for row in client.rows("SHOW COLUMNS FROM t WHERE Field IN (?, ?)", "id", "n")] == ["id", "n"]
    assert [row[0] for row in client.rows("SHOW TABLE STATUS WHERE Name = ?", "t")] == ["t"]
    assert client.rows("EXPLAIN SELECT * FROM t WHERE name = ? AND id > ?", "x", 1)[0][6] == "name"


@pytest.mark.parametrize(
    ("column", "key", "length"),
    [
        ("TINYINT NOT NULL", "c", 1),
        ("MEDIUMINT", "c", 4),
        ("BIGINT UNSIGNED NOT NULL", "c", 8),
        ("DOUBLE NOT NULL", "c", 8),
        ("DECIMAL(8,3) NOT NULL", "c", 5),
        ("DECIMAL(10,2)", "c", 6),
        ("DATE NOT NULL", "c", 3),
        ("DATETIME NOT NULL", "c", 5),
        ("DATETIME(2) NOT NULL", "c", 6),
        ("TIMESTAMP(6) NULL", "c", 8),
        ("YEAR NOT NULL", "c", 1),
        ("CHAR(9)", "c", 37),
        ("VARCHAR(20) NOT NULL", "c", 82),
        ("VARCHAR(20) CHARACTER SET latin1 NOT NULL", "c", 22),
        ("TEXT", "c(10)", 43),
        ("VARBINARY(5) NOT NULL", "c", 7),
        ("ENUM('a','b') NOT NULL", "c", 1),
        ("SET('a','b','c','d','e','f','g','h','i') NOT NULL", "c", 2),
        ("BIT(9) NOT NULL", "c", 2),
    ],
)
def test_explain_tells_how_long_a_key_is(client: Client, column: str, key: str, length: int) -> None:
    client.ok(f"CREATE TABLE k (c {column}, KEY ({key}))")
    assert client.rows("EXPLAIN SELECT * FROM k WHERE c = 1")[0][7] == str(length)


def test_a_json_column_shows_its_default(client: Client) -> None:
    client.ok("CREATE TABLE k (a JSON, b TEXT)")
    assert "`a` json DEFAULT NULL,\n  `b` text\n" in client.rows("SHOW CREATE TABLE k")[0][1]


def test_defaults_of_bytes_are_shown_as_they_are_taken_back(client: Client) -> None:
    client.ok(
        "CREATE TABLE k (a VARBINARY(5) NOT NULL DEFAULT '', b BINARY(3) DEFAULT 'a', c BINARY(2) DEFAULT 0xff00)"
    )
    ((_, text),) = client.rows("SHOW CREATE TABLE k")
    assert "`a` varbinary(5) NOT NULL DEFAULT '',\n" in text
    assert "`b` binary(3) DEFAULT 'a\\0\\0',\n" in text
    assert "`c` binary(2) DEFAULT 0xFF00\n" in text
    client.ok("DROP TABLE k")
    client.ok(text)
    assert client.rows("SHOW CREATE TABLE k") == [("k", text)]


def test_columns(client: Client) -> None:
    assert client.rows("SHOW COLUMNS FROM t") == [
        ("id", "bigint unsigned", "NO", "PRI", None, "auto_increment"),
        ("name", "varchar(20)", "NO", "UNI", "x", ""),
        ("e", "enum('a','bc')", "YES", "", None, ""),
        ("price", "decimal(8,3)", "YES", "MUL", None, ""),
        ("at", "datetime(2)", "YES", "", "CURRENT_TIMESTAMP(2)", "DEFAULT_GENERATED"),
        ("n", "int", "YES", "", None, "VIRTUAL GENERATED"),
        ("body", "text", "YES", "", None, ""),
    ]
    assert client.rows("DESC t name") == client.rows("SHOW FIELDS FROM t WHERE Field LIKE 'na%'")
    assert client.rows("SHOW FULL COLUMNS FROM t LIKE 'name'")[0][2:] == (
        "utf8mb4_0900_ai_ci",
        "NO",
        "UNI",
        "x",
        "",
        "select,insert,update,references",
        "who",
    )
    assert client.code("DESCRIBE nothing") == 1146


def test_indexes(client: Client) -> None:
    assert [row[:6] for row in client.rows("SHOW KEYS FROM t")] == [
        ("t", 0, "PRIMARY", 1, "id", "A"),
        ("t", 0, "name", 1, "name", "A"),
        ("t", 1, "pair", 1, "price", "A"),
        ("t", 1, "pair", 2, "e", "A"),
    ]


def test_the_state_of_tables(client: Client) -> None:
    client.ok("INSERT INTO t (name) VALUES ('a'), ('b')")
    ((name, engine, *_, comment),) = client.rows("SHOW TABLE STATUS LIKE 't'")
    assert (name, engine, comment) == ("t", "InnoDB", "people")
    assert client.rows(
        "SELECT TABLE_ROWS, AUTO_INCREMENT FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = 't'"
    ) == [(2, 3)]


def test_what_is_about_the_server_is_passed_on(client: Client) -> None:
    assert client.rows("SHOW VARIABLES LIKE 'autocommit'") == [("autocommit", "ON")]
    assert client.rows("SHOW COLLATION LIKE 'utf8mb4_bin'")[0][0] == "utf8mb4_bin"
    assert ("ENGINES",) in client.rows("SHOW TABLES FROM information_schema")
    assert client.rows("DESCRIBE information_schema.ENGINES")[0][0] == "ENGINE"
    assert client.code("SHOW NONSENSE") == 1064


def test_any_query_reads_the_catalogue(client: Client) -> None:
    assert client.rows(
        "SELECT t.table_name, COUNT(*) AS n FROM information_schema.tables AS t JOIN information_schema.columns AS c"
        " USING (table_schema, table_name) WHERE t.table_schema = DATABASE() GROUP BY t.table_name HAVING n > 1"
        " ORDER BY n DESC, 1"
    ) == [("t", 7), ("c", 2), ("v", 2)]
    answer = client.run("SELECT table_name FROM information_schema.VIEWS WHERE table_schema = 'shop'")
    assert [column.name for column in answer.columns] == ["TABLE_NAME"]
    assert client.rows("SELECT SUPPORT FROM information_schema.ENGINES WHERE ENGINE = 'innodb'") == [("DEFAULT",)]
    assert client.code("SELECT * FROM information_schema.nothing") == 1109


def test_keys_in_the_catalogue(client: Client) -> None:
    client.ok("USE information_schema")
    assert client.rows(
        "SELECT CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM KEY_COLUMN_USAGE"
        " WHERE TABLE_SCHEMA = 'shop' AND REFERENCED_TABLE_NAME IS NOT NULL"
    ) == [("fk", "t", "t", "id")]
    assert client.rows(
        "SELECT UNIQUE_CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM REFERENTIAL_CONSTRAINTS"
        " WHERE CONSTRAINT_SCHEMA = 'shop'"
    ) == [("PRIMARY", "NO ACTION", "NO ACTION")]


def test_the_catalogue_is_told_anew_each_time(client: Client) -> None:
    query = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop'"
    assert client.rows(query) == [(3,)]
    client.ok("CREATE TABLE another (id INT)")
    assert client.rows(query) == [(4,)]
    assert client.rows("SELECT COUNT(*) FROM information_schema.PROCESSLIST") == [(1,)]
    client.database.client(server=client.session.server)
    assert client.rows("SELECT COUNT(*) FROM information_schema.PROCESSLIST") == [(2,)]


def test_the_catalogue_is_not_written_to(client: Client) -> None:
    assert client.code("INSERT INTO information_schema.SCHEMATA (SCHEMA_NAME) VALUES ('x')") == 1044
    assert client.code("DELETE FROM information_schema.TABLES") == 1044
