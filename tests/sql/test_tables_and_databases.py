"""DROP, TRUNCATE, RENAME, temporary tables, and databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded import Client, Embedded

from sockservice.answers import Ok


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
    found.ok("INSERT INTO t (v) VALUES (1), (2)")
    yield found
    database.close()


def tables(client: Client) -> list[str]:
    return [name for (name,) in client.rows("SHOW TABLES")]


def test_of_several_tables_all_are_dropped_or_none(client: Client) -> None:
    client.ok("CREATE TABLE u (id INT)")
    told = client.error("DROP TABLE t, x, u, y")
    assert (told.code, told.message) == (1051, "Unknown table 'shop.x,shop.y'")
    assert tables(client) == ["t", "u"]
    assert client.ok("DROP TABLE IF EXISTS t, x, u").warnings == 1
    assert client.warnings == [1051]
    assert tables(client) == []


def test_a_table_that_others_refer_to_goes_together_with_them(client: Client) -> None:
    client.ok("CREATE TABLE c (t INT, CONSTRAINT f FOREIGN KEY (t) REFERENCES t (id))")
    told = client.error("DROP TABLE t")
    assert (told.code, told.message) == (
        3730,
        "Cannot drop table 't' referenced by a foreign key constraint 'f' on table 'c'.",
    )
    assert client.code("TRUNCATE t") == 1701
    client.ok("DROP TABLE t, c")


def test_truncate_begins_the_numbers_anew(client: Client) -> None:
    client.ok("TRUNCATE TABLE t")
    assert client.ok("INSERT INTO t (v) VALUES (5)").last_insert_id == 1


def test_names_are_changed_one_after_the_other_or_not_at_all(client: Client) -> None:
    client.ok("CREATE TABLE u (id INT)")
    client.ok("RENAME TABLE t TO x, u TO t, x TO u")
    assert client.rows("SELECT v FROM u") == [(1,), (2,)]
    assert client.code("RENAME TABLE u TO y, nothing TO z") == 1146
    assert client.code("RENAME TABLE u TO t") == 1050
    assert tables(client) == ["t", "u"]


def test_constraints_are_renamed_with_their_table(client: Client) -> None:
    client.ok("CREATE TABLE c (t INT, FOREIGN KEY (t) REFERENCES t (id), CHECK (t > 0))")
    client.ok("RENAME TABLE c TO d, t TO s")
    ((_, text),) = client.rows("SHOW CREATE TABLE d")
    assert "CONSTRAINT `d_ibfk_1` FOREIGN KEY (`t`) REFERENCES `s` (`id`)" in text
    assert "CONSTRAINT `d_chk_1`" in text


def test_a_temporary_table_hides_the_one_behind_it(client: Client) -> None:
    other = client.database.client()
    for each in (client, other):
        each.rows("SELECT v FROM t WHERE id = 1")
    client.ok("CREATE TEMPORARY TABLE t (v INT)")
    assert client.rows("SELECT v FROM t") == []
    assert other.rows("SELECT v FROM t") == [(1,), (2,)]
    client.ok("INSERT INTO t VALUES (9)")
    assert client.rows("SELECT v FROM t") == [(9,)]
    client.ok("DROP TEMPORARY TABLE t")
    assert client.rows("SELECT v FROM t") == [(1,), (2,)]
    assert client.code("DROP TEMPORARY TABLE t") == 1051


def test_a_temporary_table_goes_with_its_connection(client: Client) -> None:
    other = client.database.client()
    other.ok("CREATE TEMPORARY TABLE x (v INT)")
    other.leave()
    assert client.database.store.main.rows("SELECT 1 FROM sqlite_master WHERE name GLOB 'temporary*'") == []


def test_a_temporary_table_leaves_the_transaction_alone(client: Client) -> None:
    client.ok("BEGIN")
    client.ok("DELETE FROM t")
    client.ok("CREATE TEMPORARY TABLE x AS SELECT 1 AS one")
    client.ok("INSERT INTO x VALUES (2)")
    client.ok("DROP TEMPORARY TABLE x")
    client.ok("ROLLBACK")
    assert client.rows("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_database_goes_with_all_that_is_in_it(client: Client) -> None:
    client.ok("CREATE DATABASE d CHARACTER SET latin1")
    client.ok("USE d")
    client.ok("CREATE TABLE t (v VARCHAR(5))")
    client.ok("CREATE VIEW w AS SELECT v FROM t")
    assert client.rows("SHOW FULL COLUMNS FROM t")[0][2] == "latin1_swedish_ci"
    assert client.ok("DROP DATABASE d").affected_rows == 2
    assert client.session.database == ""
    assert client.code("SELECT * FROM t") == 1046
    assert client.code("USE d") == 1049
    assert client.code("DROP DATABASE d") == 1008
    assert client.ok("DROP DATABASE IF EXISTS d").warnings == 1


def test_a_database_of_a_workspace_keeps_its_name(client: Client) -> None:
    client.ok("CREATE DATABASE d")
    client.ok("USE `d@w1`")
    assert client.session.database == "d@w1"
    assert client.rows("SHOW TABLES") == []


def test_a_connection_may_choose_what_there_is(client: Client) -> None:
    assert isinstance(client.run("shop", command="init_db"), Ok)
    assert client.run("nowhere", command="init_db").code == 1049
    assert isinstance(client.run("information_schema", command="init_db"), Ok)


def test_definitions_are_kept_in_the_folder(tmp_path: Path) -> None:
    database = Embedded(tmp_path)
    client = database.client()
    client.ok("CREATE TABLE kept (id INT PRIMARY KEY, v VARCHAR(5) DEFAULT 'x')")
    client.ok("CREATE VIEW shown AS SELECT v FROM kept")
    client.ok("CREATE TEMPORARY TABLE gone (id INT)")
    client.ok("INSERT INTO kept (id) VALUES (1)")
    database.close()
    again = Embedded(tmp_path)
    assert again.client().rows("SELECT v FROM shown") == [("x",)]
    assert again.store.main.rows("SELECT 1 FROM sqlite_master WHERE name GLOB 'temporary*'") == []
    again.close()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CREATE PROCEDURE p() SELECT 1", 1235),
        ("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1", 1235),
        ("DROP PROCEDURE p", 1305),
        ("CALL p(1)", 1305),
        ("DROP TRIGGER x", 1360),
        ("CREATE OR REPLACE TABLE t (id INT)", 1064),
        ("DROP nonsense", 1064),
    ],
)
def test_what_there_is_not(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code


@pytest.mark.parametrize(
    "text", ["CREATE USER x@y IDENTIFIED BY 'z'", "GRANT ALL ON *.* TO x", "FLUSH PRIVILEGES", "DROP USER x"]
)
def test_statements_about_accounts_are_taken(client: Client, text: str) -> None:
    client.ok(text)


def test_users_that_are_created_are_known_by_name(client: Client) -> None:
    known = client.session.server.created_users
    client.ok("CREATE USER IF NOT EXISTS 'One'@'h' IDENTIFIED BY 'a,b', `two` REQUIRE SSL")
    assert known == {"one", "two"}
    client.ok("DROP USER IF EXISTS two, three@h")
    assert known == {"one"}
