from __future__ import annotations

import pytest
from embedded import Embedded

from sockservice.responder.chatter.chatter import Chatter
from sockservice.sql import execution

THOUSANDS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"


@pytest.fixture
def client():
    database = Embedded(beside=Chatter())
    client = database.client(database="shop")
    client.ok("CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, v INT COMMENT 'v')")
    client.ok("CREATE TABLE b (id INT PRIMARY KEY, a_id INT, CONSTRAINT b_of_a FOREIGN KEY (a_id) REFERENCES a (id))")
    client.ok(f"INSERT INTO a (v) {THOUSANDS} SELECT i FROM n")
    yield client
    database.close()


@pytest.mark.parametrize("turn", [60.0, 0.0])
def test_the_catalogue_is_told_however_long_it_takes(client, monkeypatch, turn):
    monkeypatch.setattr(execution, "TURN", turn)
    tables = "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()"
    assert client.rows(f"{tables} ORDER BY 1") == [("a", 900), ("b", 0)]
    joined = (
        "SELECT c.column_name, k.referenced_table_name FROM information_schema.columns c"
        " LEFT JOIN information_schema.key_column_usage k USING (table_schema, table_name, column_name)"
        " WHERE c.table_schema = DATABASE() AND k.constraint_name = 'b_of_a'"
    )
    assert client.rows(joined) == [("a_id", "a")]
    assert client.rows(f"{tables} AND table_name = 'none'") == []


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("column_name", "COLUMN_NAME"),
        ("(Column_Name)", "COLUMN_NAME"),
        ("column_name AS column_name", "column_name"),
        ("column_name `Column_Name`", "Column_Name"),
        ("MAX(column_name)", "MAX(column_name)"),
    ],
)
def test_the_catalogue_gives_its_own_spelling_but_to_those_who_give_another_name(client, item, label):
    answer = client.run(f"SELECT {item} FROM information_schema.columns WHERE table_name = 'a'")
    assert [column.name for column in answer.columns] == [label]


def test_the_account_that_one_has_may_do_everything(client):
    assert client.rows("SELECT user, host, super_priv, plugin, authentication_string FROM mysql.user") == [
        ("tester", "%", "Y", "caching_sha2_password", "")
    ]
    mine = "FROM information_schema.user_privileges WHERE \"'tester'@'%'\" LIKE grantee"
    assert client.rows(f"SELECT is_grantable {mine} AND privilege_type = 'CREATE USER'") == [("YES",)]
    assert client.rows(f"SELECT COUNT(*) {mine}") == [(30,)]
