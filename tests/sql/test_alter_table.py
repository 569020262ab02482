"""ALTER TABLE: what becomes of the rows, and what it refuses without having changed anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded
from twisted.internet.defer import Deferred


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), b INT)")
    found.ok("INSERT INTO t VALUES (1, '12', 300), (2, NULL, -1)")
    yield found
    database.close()


def names(client: Client, table: str = "t") -> list[str]:
    return [name for name, *_ in client.rows(f"SHOW COLUMNS FROM {table}")]


def test_columns_come_where_they_are_told_to(client: Client) -> None:
    client.ok("ALTER TABLE t ADD x INT FIRST, ADD y INT AFTER a, ADD (p INT, q INT DEFAULT 5)")
    assert names(client) == ["x", "id", "a", "y", "b", "p", "q"]
    client.ok("ALTER TABLE t MODIFY b INT FIRST, CHANGE y z INT AFTER q, DROP x")
    assert names(client) == ["b", "id", "a", "p", "q", "z"]
    assert client.rows("SELECT b, id, a, p, q, z FROM t ORDER BY id") == [
        (300, 1, "12", None, 5, None),
        (-1, 2, None, None, 5, None),
    ]


def test_values_are_brought_to_the_new_type(client: Client) -> None:
    client.ok("ALTER TABLE t MODIFY a INT, MODIFY b VARCHAR(3)")
    assert client.rows("SELECT a, b FROM t ORDER BY id") == [(12, "300"), (None, "-1")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("MODIFY b TINYINT UNSIGNED", 1264),
        ("MODIFY a VARCHAR(1)", 1406),
        ("MODIFY a INT NOT NULL", 1138),
        ("ADD UNIQUE ((b > 0 OR TRUE))", 1062),
        ("ADD CHECK (b > 0)", 3819),
        ("ADD COLUMN c INT, DROP COLUMN nothing", 1091),
        ("DROP COLUMN a, DROP COLUMN b, DROP COLUMN id", 1090),
        ("ADD COLUMN A INT", 1060),
        ("CHANGE nothing c INT", 1054),
        ("ADD c INT AFTER nothing", 1054),
        ("ADD PRIMARY KEY (b)", 1068),
        ("DROP KEY nothing", 1091),
        ("DROP FOREIGN KEY nothing", 1091),
        ("DROP CHECK nothing", 3821),
        ("DROP CONSTRAINT nothing", 3940),
        ("RENAME KEY nothing TO k", 1176),
        ("ALTER COLUMN a SET DEFAULT 'far too long a text'", 1067),
        ("RENAME TO t2, ADD COLUMN id INT", 1060),
        ("ENGINE = Nonsense", 1286),
        ("FROBNICATE", 1064),
    ],
)
def test_what_is_refused_has_changed_nothing(client: Client, change: str, code: int) -> None:
    before = client.rows("SHOW CREATE TABLE t"), client.rows("SELECT * FROM t ORDER BY id")
    assert client.code(f"ALTER TABLE t {change}") == code
    assert (client.rows("SHOW CREATE TABLE t"), client.rows("SELECT * FROM t ORDER BY id")) == before
    keys = {table.key for table in client.database.store.catalog.every_table()}
    made = client.database.store.main.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 't*'")
    assert {name for (name,) in made} == keys


def test_a_column_takes_its_name_along_to_what_names_it(client: Client) -> None:
    client.ok("ALTER TABLE t ADD c INT AS (b + 1), ADD CONSTRAINT k CHECK (b < 1000), ADD KEY by_b (b)")
    client.ok("CREATE TABLE child (p INT, FOREIGN KEY (p) REFERENCES t (id))")
    client.ok("ALTER TABLE t RENAME COLUMN b TO bb, RENAME COLUMN id TO number")
    ((_, text),) = client.rows("SHOW CREATE TABLE t")
    assert "AS ((`bb` + 1))" in text
    assert "KEY `by_b` (`bb`)" in text
    assert "CHECK ((`bb` < 1000))" in text
    ((_, text),) = client.rows("SHOW CREATE TABLE child")
    assert "REFERENCES `t` (`number`)" in text
    assert client.code("INSERT INTO child VALUES (9)") == 1452


def test_a_table_that_refers_to_it_is_as_it_was_after_an_error(client: Client) -> None:
    client.ok("CREATE TABLE child (p INT, FOREIGN KEY (p) REFERENCES t (id))")
    before = client.rows("SHOW CREATE TABLE child")
    assert client.code("ALTER TABLE t RENAME COLUMN id TO number, ADD COLUMN a INT") == 1060
    assert client.rows("SHOW CREATE TABLE child") == before


def test_indexes_lose_the_columns_that_are_dropped(client: Client) -> None:
    client.ok("ALTER TABLE t ADD KEY k (a, b), ADD KEY only_a (a)")
    client.ok("ALTER TABLE t DROP COLUMN a")
    assert [(row[2], row[4]) for row in client.rows("SHOW INDEX FROM t")] == [("PRIMARY", "id"), ("k", "b")]


def test_numbers_go_on_behind_the_highest(client: Client) -> None:
    client.ok("ALTER TABLE t MODIFY id INT AUTO_INCREMENT, AUTO_INCREMENT = 40")
    assert client.ok("INSERT INTO t (a) VALUES ('x')").last_insert_id == 40
    client.ok("ALTER TABLE t AUTO_INCREMENT = 5")
    assert client.ok("INSERT INTO t (a) VALUES ('x')").last_insert_id == 41
    client.ok("ALTER TABLE t ADD COLUMN c INT FIRST")
    assert client.ok("INSERT INTO t (a) VALUES ('x')").last_insert_id == 42


def test_outside_the_strict_mode_values_are_cut_with_warnings(client: Client) -> None:
    client.session.variables["sql_mode"] = ""
    client.ok("ALTER TABLE t MODIFY b TINYINT NOT NULL, MODIFY a CHAR(1) NOT NULL")
    assert client.warnings == [1265, 1264, 1265]
    assert client.rows("SELECT a, b FROM t ORDER BY id") == [("1", 127), ("", -1)]


def test_it_waits_for_a_transaction_that_has_used_the_table(client: Client) -> None:
    other = client.database.client()
    other.ok("BEGIN")
    other.rows("SELECT * FROM t")
    waiting = client.waits("ALTER TABLE t ADD c INT")
    other.ok("COMMIT")
    while not waiting.called:
        client.database.clock.advance(0)
    assert names(client) == ["id", "a", "b", "c"]


def test_others_read_a_table_of_many_rows_while_it_is_changed(client: Client) -> None:
    client.ok("CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(10))")
    client.ok("INSERT INTO many (v) VALUES " + ", ".join("('1')" for _ in range(2000)))
    altering = client.ask("ALTER TABLE many MODIFY v INT")
    assert isinstance(altering, Deferred)
    other = client.database.client()
    assert other.rows("SELECT COUNT(*), MIN(v) FROM many") == [(2000, "1")]
    assert isinstance(other.ask("INSERT INTO many (v) VALUES ('2')"), Deferred)
    while not altering.called:
        client.database.clock.advance(0)
    assert client.rows("SELECT COUNT(*) >= 2000, MIN(v) FROM many") == [(1, 1)]


def test_a_table_of_many_rows_gets_its_keys_row_by_row(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sockservice.sql.table_storage._MANY", 2)
    client.ok("INSERT INTO t VALUES (3, '12', 7)")
    told = client.error("ALTER TABLE t ADD UNIQUE KEY u (a)")
    assert (told.code, told.message) == (1062, "Duplicate entry '12' for key 't.u'")
    assert client.error("ALTER TABLE t ADD UNIQUE KEY u (a(1))").message == "Duplicate entry '1' for key 't.u'"
    assert client.ok("ALTER TABLE t ADD UNIQUE KEY u (a, b)").affected_rows == 3
    assert client.code("INSERT INTO t VALUES (4, '12', 7)") == 1062
    assert client.ok("ALTER TABLE t DROP KEY u").affected_rows == 0
    client.ok("INSERT INTO t VALUES (4, '12', 7)")


def test_an_unchecked_constraint_is_not_enforced(client: Client) -> None:
    client.ok("ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0) NOT ENFORCED")
    assert client.code("ALTER TABLE t ALTER CHECK c ENFORCED") == 3819
    client.ok("DELETE FROM t WHERE b < 0")
    client.ok("ALTER TABLE t ALTER CHECK c ENFORCED")
    assert client.code("INSERT INTO t VALUES (3, 'x', -5)") == 3819
