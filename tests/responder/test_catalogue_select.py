from __future__ import annotations

import pytest
from sessions import FakeSession, Talk

from sockservice.answers import Error, Rows
from sockservice.responder.chatter import Chatter, catalogue, catalogue_rows


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("SELECT table_name FROM information_schema.tables", ["TABLE_NAME"]),
        ("SELECT t.table_name AS n, `t`.`ENGINE` e, 1 AS one, 'x', NULL z FROM `information_schema`.`TABLES` AS t",
         ["n", "e", "one", "x", "z"]),
        ("SELECT a.TABLE_NAME, b.INDEX_NAME FROM INFORMATION_SCHEMA.COLUMNS A, INFORMATION_SCHEMA.STATISTICS B",
         ["TABLE_NAME", "INDEX_NAME"]),
        (("SELECT kc.column_name, MAX(kc.x) FROM information_schema.key_column_usage kc LEFT OUTER JOIN"
         " (information_schema.table_constraints c) ON (kc.a = c.a) USING (b) WHERE EXISTS (SELECT 1 FROM"
         " information_schema.views) GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY x DESC LIMIT 5 FOR UPDATE"),
         ["COLUMN_NAME", "MAX(kc.x)"]),
        ("SELECT name FROM mysql.help_topic WHERE name LIKE \"SHOW %\"", ["name"]),
        ("SELECT CONCAT(\"'\", user, \"'@'\",host,\"'\") FROM mysql.user", ["CONCAT(\"'\", user, \"'@'\",host,\"'\")"]),
        ("SELECT a, b c FROM performance_schema.whatever", ["a", "c"]),
        ("SELECT x.* FROM (SELECT schema_name AS s, 2 two FROM information_schema.schemata) x", ["s", "two"]),
        (("SELECT TRIM(LEADING 'a' FROM table_name) AS t, CASE WHEN 1 THEN 2 END kind, x IS NULL, NOT y,"
         " col COLLATE utf8_bin FROM information_schema.tables"),
         ["t", "kind", "x IS NULL", "NOT y", "col COLLATE utf8_bin"]),
        ("SELECT table_name FROM information_schema.tables UNION ALL SELECT view_name FROM information_schema.views",
         ["TABLE_NAME"]),
        ("SELECT DISTINCT table_name x FROM information_schema.tables UNION (SELECT 1 FROM information_schema.views)",
         ["x"]),
        ("SELECT * FROM sys.version", ["sys_version", "mysql_version"]),
    ],
)  # fmt: skip
def test_labels_come_from_the_list(query: str, labels: list[str]) -> None:
    answer = Talk().ask(query)
    assert isinstance(answer, Rows)
    assert [column.name for column in answer.columns] == labels


def test_all_columns_of_a_table() -> None:
    columns = Talk().ask("SELECT * FROM information_schema.schemata WHERE 1 = 0").columns
    assert [(column.name, column.type.name) for column in columns] == [
        ("CATALOG_NAME", "VARCHAR"),
        ("SCHEMA_NAME", "VARCHAR"),
        ("DEFAULT_CHARACTER_SET_NAME", "VARCHAR"),
        ("DEFAULT_COLLATION_NAME", "VARCHAR"),
        ("SQL_PATH", "BINARY"),
        ("DEFAULT_ENCRYPTION", "ENUM"),
    ]


def test_the_schemata_are_the_databases() -> None:
    talk = Talk(Chatter(databases=("test",)), FakeSession(database="mine"))
    names = [("information_schema",), ("mine",), ("mysql",), ("performance_schema",), ("sys",), ("test",)]
    assert talk.rows("SELECT schema_name FROM information_schema.schemata") == names
    assert talk.rows("SELECT SCHEMA_NAME TABLE_CAT FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1 DESC") == names[::-1]
    query = "SELECT schema_name FROM information_schema.schemata WHERE schema_name = {} ORDER BY schema_name LIMIT 1"
    assert talk.rows(query.format("'MINE'")) == [("mine",)]
    assert talk.rows(query.format("?"), "test") == [("test",)]
    assert talk.rows(query.format("DATABASE()")) == [("mine",)]
    assert talk.rows("SELECT schema_name FROM information_schema.schemata ORDER BY 1 LIMIT 1, 2") == names[1:3]
    assert talk.rows("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE 'm%'") == [(2,)]
    assert talk.rows("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'nope'") == [(0,)]
    assert talk.rows("SELECT DISTINCT default_encryption FROM information_schema.schemata") == [("NO",)]
    assert talk.rows("SELECT s.*, 1 FROM information_schema.schemata s JOIN information_schema.tables t") == []


def test_counting_what_is_not_there_is_zero() -> None:
    talk = Talk()
    assert talk.rows("SELECT COUNT(*) AS n, count(table_name) FROM information_schema.tables t") == [(0, 0)]
    assert talk.labels("SELECT COUNT(*) AS n, count(table_name) FROM information_schema.tables t") == [
        "n",
        "count(table_name)",
    ]
    assert talk.rows("SELECT COUNT(*) FROM information_schema.tables GROUP BY table_schema") == []


def test_tables_of_the_current_database_need_no_name() -> None:
    query = "SELECT schema_name FROM schemata WHERE schema_name = 'sys'"
    chatter = Chatter()
    inside = Talk(chatter, FakeSession(database="information_schema"))
    outside = Talk(chatter, FakeSession(database="shop"))
    assert outside.ask(query) is None
    assert inside.rows(query) == [("sys",)]
    assert outside.ask(query) is None
    assert inside.ask("SELECT * FROM shop.users") is None


def test_rows_of_collations_and_engines() -> None:
    talk = Talk()
    assert talk.rows(
        "SELECT COLLATION_NAME, ID FROM information_schema.COLLATIONS WHERE CHARACTER_SET_NAME = 'utf8mb4'"
        " AND IS_DEFAULT = 'Yes'"
    ) == [("utf8mb4_0900_ai_ci", 255)]
    assert talk.rows("SELECT MAXLEN FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME='utf8mb4'") == [
        (4,)
    ]
    assert talk.rows("SELECT support FROM information_schema.engines WHERE engine = 'innodb'") == [("DEFAULT",)]
    query = "SELECT VARIABLE_VALUE FROM performance_schema.session_variables WHERE VARIABLE_NAME = 'autocommit'"
    assert talk.rows(query) == [("ON",)]


def test_a_condition_that_cannot_be_worked_out_gives_nothing() -> None:
    query = "SELECT schema_name FROM information_schema.schemata WHERE REGEXP_LIKE(schema_name, 'm')"
    assert Talk().rows(query) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT * FROM information_schema.nope", 1109),
        ("SELECT a FROM information_schema.nope", 1109),
        ("SELECT * FROM mysql.nope", 1146),
    ],
)
def test_tables_that_the_server_does_not_have(query: str, code: int) -> None:
    answer = Talk().ask(query)
    assert isinstance(answer, Error)
    assert answer.code == code


def test_rows_fit_their_tables() -> None:
    session = FakeSession(client={"_os": "Linux"})
    filled = 0
    for (schema, table), columns in catalogue.tables().items():
        for row in catalogue_rows.rows_of(schema, table, session, ("test",)):
            assert len(row) == len(columns), table
            filled += 1
    assert filled > 500


def test_every_database_has_tables() -> None:
    for schema in catalogue.SCHEMAS:
        assert list(catalogue.tables_of(schema))
    assert {schema for schema, _table in catalogue.tables()} == {*catalogue.SCHEMAS, catalogue.CONTROL}
