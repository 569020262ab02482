"""CREATE TABLE in its forms, and what SHOW CREATE TABLE tells of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    yield database.client()
    database.close()


def created(client: Client, table: str) -> list[str]:
    """The lines between the brackets of SHOW CREATE TABLE."""
    ((_, text),) = client.rows(f"SHOW CREATE TABLE {table}")
    return [line.strip(" ,") for line in text.splitlines()[1:-1]]


def test_a_table_comes_back_as_it_was_made(client: Client) -> None:
    client.ok(
        "CREATE TABLE t (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,"
        " name VARCHAR(20) NOT NULL DEFAULT 'it''s' COMMENT 'c', price DECIMAL(5,2) DEFAULT 1, at DATETIME(3)"
        " DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE NOW(3), ts TIMESTAMP NULL,"
        " b BIT(4) DEFAULT b'101', twice DECIMAL(6,2) AS (price * 2) STORED, e INT DEFAULT (1 + 2), body TEXT,"
        " UNIQUE KEY (name), KEY k (body(10), price DESC), CONSTRAINT c CHECK (price >= 0))"
        " COMMENT = 'all' AUTO_INCREMENT = 9"
    )
    assert created(client, "t") == [
        "`id` int unsigned NOT NULL AUTO_INCREMENT",
        "`name` varchar(20) NOT NULL DEFAULT 'it''s' COMMENT 'c'",
        "`price` decimal(5,2) DEFAULT '1.00'",
        "`at` datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)",
        "`ts` timestamp NULL DEFAULT NULL",
        "`b` bit(4) DEFAULT b'101'",
        "`twice` decimal(6,2) GENERATED ALWAYS AS ((`price` * 2)) STORED",
        "`e` int DEFAULT ((1 + 2))",
        "`body` text",
        "PRIMARY KEY (`id`)",
        "UNIQUE KEY `name` (`name`)",
        "KEY `k` (`body`(10),`price` DESC)",
        "CONSTRAINT `c` CHECK ((`price` >= 0))",
    ]
    ((_, text),) = client.rows("SHOW CREATE TABLE t")
    last = text.splitlines()[-1]
    assert last == ") ENGINE=InnoDB AUTO_INCREMENT=9 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='all'"
    client.ok("RENAME TABLE t TO old")
    client.ok(text)
    assert client.rows("SHOW CREATE TABLE t") == [("t", text)]


def test_collations_are_told_where_they_are_not_the_tables(client: Client) -> None:
    client.ok(
        "CREATE TABLE t (a CHAR(1), b CHAR(1) CHARACTER SET latin1, c CHAR(1) COLLATE utf8mb4_bin) CHARSET utf8mb4"
    )
    assert created(client, "t") == [
        "`a` char(1) DEFAULT NULL",
        "`b` char(1) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL",
        "`c` char(1) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL",
    ]


def test_only_the_dump_program_of_mariadb_sees_comments_around_collations_of_mysql(client: Client) -> None:
    client.ok("CREATE TABLE t (a CHAR(1) COLLATE utf8mb4_0900_as_cs)")
    client.session.client = {"_client_name": "libmariadb", "program_name": "mysqldump"}
    ((_, text),) = client.rows("SHOW CREATE TABLE t")
    assert "`a` char(1) CHARACTER SET utf8mb4 /*!80000 COLLATE utf8mb4_0900_as_cs */ DEFAULT NULL" in text
    assert text.endswith("DEFAULT CHARSET=utf8mb4 /*!80000 COLLATE=utf8mb4_0900_ai_ci */")


def test_indexes_without_names_are_named_for_their_first_column(client: Client) -> None:
    client.ok("CREATE TABLE t (a INT, b INT, KEY (a), KEY (a, b), UNIQUE (b, a))")
    assert created(client, "t")[2:] == ["UNIQUE KEY `b` (`b`,`a`)", "KEY `a` (`a`)", "KEY `a_2` (`a`,`b`)"]


def test_a_foreign_key_makes_its_index_until_another_does_for_it(client: Client) -> None:
    client.ok("CREATE TABLE p (id INT PRIMARY KEY)")
    client.ok("CREATE TABLE c (a INT, b INT, FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE)")
    assert created(client, "c")[2:] == [
        "KEY `a` (`a`)",
        "CONSTRAINT `c_ibfk_1` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON DELETE CASCADE",
    ]
    client.ok("ALTER TABLE c ADD KEY both_of_them (a, b)")
    assert created(client, "c")[2] == "KEY `both_of_them` (`a`,`b`)"
    assert client.code("ALTER TABLE c DROP KEY both_of_them") == 1553


def test_the_columns_of_a_query_stand_behind_the_statements_own(client: Client) -> None:
    client.ok("CREATE TABLE s (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL DEFAULT 'x')")
    client.ok("INSERT INTO s VALUES (1, 'a')")
    answer = client.ok("CREATE TABLE t (extra INT DEFAULT 7, name CHAR(9)) AS SELECT id, name, 1.5 AS d FROM s")
    assert answer.affected_rows == 1
    assert client.rows("SELECT extra, id, name FROM t") == [(7, 1, "a")]
    assert created(client, "t") == [
        "`extra` int DEFAULT '7'",
        "`id` int NOT NULL",
        "`name` char(9) DEFAULT NULL",
        "`d` decimal(2,1) NOT NULL DEFAULT '0.0'",
    ]


def test_a_query_that_fails_leaves_no_table(client: Client) -> None:
    client.ok("CREATE TABLE s (v VARCHAR(5))")
    client.ok("INSERT INTO s VALUES ('x')")
    assert client.code("CREATE TABLE t (v INT) AS SELECT v FROM s") == 1366
    assert client.code("SELECT * FROM t") == 1146


def test_a_table_like_another_has_its_keys_but_not_its_foreign_keys_and_rows(client: Client) -> None:
    client.ok("CREATE TABLE p (id INT PRIMARY KEY)")
    client.ok(
        "CREATE TABLE c (id INT AUTO_INCREMENT PRIMARY KEY, p INT REFERENCES p (id), FOREIGN KEY (p) REFERENCES p (id))"
    )
    client.ok("CREATE TABLE d LIKE c")
    assert created(client, "d") == created(client, "c")[:-1]
    assert client.code("CREATE TEMPORARY TABLE d LIKE d") == 1066


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("a INT, A INT", 1060),
        ("a INT AUTO_INCREMENT", 1075),
        ("a INT AUTO_INCREMENT PRIMARY KEY, b INT AUTO_INCREMENT UNIQUE", 1075),
        ("a VARCHAR(5) AUTO_INCREMENT PRIMARY KEY", 1063),
        ("a INT DEFAULT 'x'", 1067),
        ("a TINYINT DEFAULT 300", 1067),
        ("a INT NOT NULL DEFAULT NULL", 1067),
        ("a DATE DEFAULT CURRENT_TIMESTAMP", 1067),
        ("a DATETIME(3) DEFAULT CURRENT_TIMESTAMP", 1067),
        ("a TEXT DEFAULT 'x'", 1101),
        ("a INT ON UPDATE CURRENT_TIMESTAMP", 1294),
        ("a INT, KEY (b)", 1072),
        ("a INT, KEY (a, a)", 1060),
        ("a INT, KEY k (a), KEY K (a)", 1061),
        ("a INT, KEY (a(3))", 1089),
        ("a CHAR(3), KEY (a(4))", 1089),
        ("a TEXT, KEY (a)", 1170),
        ("a JSON, KEY (a)", 3152),
        ("a VARCHAR(800), KEY (a)", 1071),
        ("a INT, PRIMARY KEY (a), PRIMARY KEY (a)", 1068),
        ("a INT NULL, PRIMARY KEY (a)", 1171),
        ("a INT, KEY `PRIMARY` (a)", 1280),
        ("a INT, CHECK (b > 1)", 3820),
        ("a INT, b INT CHECK (a > 1)", 3813),
        ("a INT, CONSTRAINT c CHECK (a > 1), CONSTRAINT c CHECK (a > 1)", 3822),
        ("a INT AS (b + 1)", 1054),
        ("a INT, b INT AS (a) DEFAULT 1", 1221),
        ("a INT, b DOUBLE AS (RAND())", 3102),
        ("a INT, FOREIGN KEY (b) REFERENCES p (id)", 1072),
        ("a INT, FOREIGN KEY (a) REFERENCES nowhere (id)", 1824),
        ("a INT, FOREIGN KEY (a) REFERENCES p (nothing)", 3734),
        ("a INT, FOREIGN KEY (a) REFERENCES p (id, v)", 1239),
        ("a BIGINT, FOREIGN KEY (a) REFERENCES p (id)", 3780),
        ("a INT, FOREIGN KEY (a) REFERENCES p (v)", 6125),
        ("a INT NOT NULL, FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL", 1830),
        ("a INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)", 1826),
    ],
)
def test_definitions_that_cannot_be(client: Client, inside: str, code: int) -> None:
    client.ok("CREATE TABLE p (id INT PRIMARY KEY, v INT)")
    assert client.code(f"CREATE TABLE t ({inside})") == code
    assert client.code("SELECT * FROM t") == 1146
    assert (
        len(client.database.store.main.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name GLOB 't*'")) == 1
    )


def test_a_parent_may_come_later_while_keys_are_not_checked(client: Client) -> None:
    client.session.variables["foreign_key_checks"] = 0
    client.ok("CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))")
    client.ok("CREATE TABLE p (id INT PRIMARY KEY)")
    client.session.variables["foreign_key_checks"] = 1
    assert client.code("INSERT INTO c VALUES (1, 1)") == 1452
    client.ok("INSERT INTO p VALUES (1)")
    client.ok("INSERT INTO c VALUES (1, 1)")


def test_if_not_exists_notes_what_is_there(client: Client) -> None:
    client.ok("CREATE TABLE t (id INT)")
    assert client.ok("CREATE TABLE IF NOT EXISTS t (id INT)").warnings == 1
    assert client.warnings == [1050]
    assert client.code("CREATE TABLE t (id INT)") == 1050


def test_the_servers_own_databases_stay_as_they_are(client: Client) -> None:
    assert client.code("CREATE TABLE information_schema.t (id INT)") == 1044
    assert client.code("DROP DATABASE mysql") == 3552
