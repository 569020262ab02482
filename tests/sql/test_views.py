"""Views: what they show, what may be changed through them, and when they are none any more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, g INT NOT NULL DEFAULT 1, v VARCHAR(5))")
    found.ok("INSERT INTO t (g, v) VALUES (1, 'a'), (1, 'b'), (2, 'c')")
    yield found
    database.close()


def test_a_view_keeps_the_columns_that_it_was_made_with(client: Client) -> None:
    client.ok("CREATE VIEW w AS SELECT * FROM t")
    client.ok("CREATE VIEW named (a, b) AS SELECT id, CONCAT(v, '!') FROM t WHERE g = 1")
    client.ok("ALTER TABLE t ADD COLUMN x INT FIRST")
    assert client.rows("SELECT * FROM w WHERE id = 1") == [(1, 1, "a")]
    assert client.rows("SELECT b FROM named ORDER BY a DESC") == [("b!",), ("a!",)]
    assert [row[0] for row in client.rows("DESCRIBE named")] == ["a", "b"]


def test_names_in_a_view_mean_what_they_meant(client: Client) -> None:
    client.ok("CREATE VIEW w AS SELECT COUNT(*) AS n FROM t")
    client.ok("CREATE DATABASE other")
    client.ok("USE other")
    client.ok("CREATE TABLE t (id INT)")
    assert client.rows("SELECT n FROM shop.w") == [(3,)]


def test_a_view_whose_table_is_gone(client: Client) -> None:
    client.ok("CREATE VIEW w AS SELECT v FROM t")
    client.ok("ALTER TABLE t DROP COLUMN v")
    assert client.code("SELECT * FROM w") == 1356
    client.ok("DROP TABLE t")
    told = client.error("SELECT * FROM w")
    assert (told.code, told.message.split(" references")[0]) == (1356, "View 'shop.w'")
    client.ok("DROP VIEW w")


def test_rows_are_changed_through_views_of_views(client: Client) -> None:
    client.ok("CREATE VIEW ones AS SELECT id AS number, v AS text, g FROM t WHERE g = 1")
    client.ok("CREATE VIEW late (n, x) AS SELECT number, text FROM ones WHERE number > 1")
    assert client.ok("UPDATE late SET x = CONCAT(x, n) WHERE n < 10").affected_rows == 1
    assert client.ok("INSERT INTO ones (text, g) VALUES ('new', 1)").last_insert_id == 4
    assert client.ok("INSERT INTO late VALUES (9, 'z') ON DUPLICATE KEY UPDATE x = 'twice'").affected_rows == 1
    assert client.ok("INSERT INTO late VALUES (9, 'z') ON DUPLICATE KEY UPDATE x = 'twice'").affected_rows == 2
    assert client.ok("DELETE FROM ones WHERE number = 1").affected_rows == 1
    assert client.ok("DELETE FROM ones WHERE number = 3").affected_rows == 0
    assert client.rows("SELECT id, v FROM t ORDER BY id") == [(2, "b2"), (3, "c"), (4, "new"), (9, "twice")]


def test_with_check_option_refuses_what_the_view_would_not_show(client: Client) -> None:
    client.ok("CREATE VIEW ones AS SELECT id, g, v FROM t WHERE g = 1")
    client.ok("CREATE VIEW cascaded AS SELECT * FROM ones WHERE v < 'm' WITH CHECK OPTION")
    client.ok("CREATE VIEW own AS SELECT * FROM ones WHERE v < 'm' WITH LOCAL CHECK OPTION")
    told = client.error("INSERT INTO cascaded (g, v) VALUES (2, 'a')")
    assert (told.code, told.message) == (1369, "CHECK OPTION failed 'shop.cascaded'")
    client.ok("INSERT INTO own (g, v) VALUES (2, 'a')")
    assert client.code("UPDATE own SET v = 'z' WHERE id = 1") == 1369
    assert client.code("UPDATE cascaded SET g = 3") == 1369
    assert client.ok("INSERT IGNORE INTO cascaded (g, v) VALUES (1, 'k'), (1, 'z')").affected_rows == 1


@pytest.mark.parametrize(
    ("view", "change", "code"),
    [
        ("SELECT g, COUNT(*) AS n FROM t GROUP BY g", "UPDATE w SET n = 1", 1288),
        ("SELECT g, COUNT(*) AS n FROM t GROUP BY g", "INSERT INTO w VALUES (1, 1)", 1471),
        ("SELECT DISTINCT g FROM t", "DELETE FROM w", 1288),
        ("SELECT id, g + 1 AS h FROM t", "UPDATE w SET h = 1", 1348),
        ("SELECT id, g + 1 AS h FROM t", "INSERT INTO w (h) VALUES (1)", 1348),
        ("SELECT id, v FROM t", "INSERT INTO w (g) VALUES (1)", 1054),
    ],
)
def test_what_a_view_cannot_pass_on(client: Client, view: str, change: str, code: int) -> None:
    client.ok(f"CREATE VIEW w AS {view}")
    assert client.code(change) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CREATE VIEW w AS SELECT nothing FROM t", 1054),
        ("CREATE VIEW w AS SELECT * FROM nothing", 1146),
        ("CREATE VIEW w (a) AS SELECT 1, 2", 1353),
        ("CREATE VIEW w AS SELECT 1 AS a, 2 AS A", 1060),
        ("CREATE VIEW w AS SELECT @x", 1351),
        ("CREATE VIEW w AS SELECT * FROM tmp", 1352),
        ("CREATE VIEW t AS SELECT 1", 1050),
        ("CREATE OR REPLACE VIEW t AS SELECT 1", 1347),
        ("ALTER VIEW nothing AS SELECT 1", 1146),
        ("DROP VIEW t", 1347),
        ("DROP TABLE there", 1051),
        ("ALTER TABLE there ADD x INT", 1347),
        ("TRUNCATE there", 1347),
        ("CREATE TABLE there (id INT)", 1050),
        ("CREATE VIEW w", 1064),
        ("CREATE VIEW w AS UPDATE t SET g = 1", 1064),
    ],
)
def test_what_cannot_be(client: Client, text: str, code: int) -> None:
    client.ok("CREATE TEMPORARY TABLE tmp (id INT)")
    client.ok("CREATE VIEW there AS SELECT 1 AS one")
    assert client.code(text) == code


def test_a_view_is_shown_and_told_of(client: Client) -> None:
    client.ok(
        "CREATE ALGORITHM = MERGE DEFINER = 'a'@'b' SQL SECURITY INVOKER VIEW w (n)"
        " AS SELECT id FROM t WITH CHECK OPTION"
    )
    assert client.rows("SHOW CREATE VIEW w")[0][1] == (
        "CREATE ALGORITHM=MERGE DEFINER=`a`@`b` SQL SECURITY INVOKER VIEW `w` (`n`) AS SELECT id FROM t"
        " WITH CASCADED CHECK OPTION"
    )
    assert client.rows("SHOW FULL TABLES WHERE Table_type = 'VIEW'") == [("w", "VIEW")]
