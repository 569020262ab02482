from __future__ import annotations

import pytest
from sessions import FakeSession, Talk

from sockservice.answers import Error, Rows
from sockservice.responder.chatter import Chatter


@pytest.mark.parametrize(
    "text",
    """SHOW FUNCTION STATUS|SHOW PROCEDURE STATUS WHERE Db = 'x'|SHOW EVENTS|SHOW EVENTS FROM shop LIKE 'x%'
    SHOW TRIGGERS|SHOW TRIGGERS LIKE 't'|SHOW OPEN TABLES|SHOW TABLE STATUS|SHOW TABLE STATUS LIKE 'x'
    SHOW MASTER STATUS|SHOW BINARY LOG STATUS|SHOW REPLICA STATUS|SHOW SLAVE STATUS|SHOW BINARY LOGS|SHOW REPLICAS
    SHOW PROFILES|SHOW WARNINGS|SHOW WARNINGS LIMIT 5|SHOW ERRORS|SHOW INDEX FROM t|SHOW KEYS FROM t FROM shop
    SHOW INDEXES IN shop.t WHERE Key_name = 'PRIMARY'|SHOW COLUMNS FROM t|SHOW FULL FIELDS FROM t LIKE 'a'
    SHOW EXTENDED COLUMNS FROM t|SHOW TABLES|SHOW FULL TABLES FROM x|SHOW TABLES LIKE '%'
    SHOW TABLES WHERE Tables_in_shop = 'x'|SHOW BINLOG EVENTS IN 'log.1' FROM 4 LIMIT 1""".replace("\n", "|").split(
        "|"
    ),
)
def test_nothing_to_show_is_an_empty_set_with_columns(text: str) -> None:
    answer = Talk().ask(text.strip())
    assert isinstance(answer, Rows)
    assert answer.columns
    assert not answer.rows


def test_databases_are_the_servers_own_those_given_and_the_current() -> None:
    talk = Talk(Chatter(databases=("test", "more")), FakeSession(database="mine"))
    names = ["information_schema", "mine", "more", "mysql", "performance_schema", "sys", "test"]
    assert talk.rows("SHOW DATABASES") == [(name,) for name in names]
    assert talk.labels("SHOW SCHEMAS") == ["Database"]
    assert talk.rows("SHOW DATABASES LIKE 'M%'") == [("mine",), ("more",), ("mysql",)]
    assert talk.labels("SHOW DATABASES LIKE 'm%'") == ["Database (m%)"]
    assert talk.rows("SHOW DATABASES WHERE `Database` = 'more' OR `Database` LIKE 's%'") == [("more",), ("sys",)]


def test_labels_of_show_tables_name_the_database_and_the_pattern() -> None:
    talk = Talk()
    assert talk.labels("SHOW TABLES") == ["Tables_in_shop"]
    assert talk.labels("SHOW FULL TABLES FROM `Other` LIKE 'a%'") == ["Tables_in_Other (a%)", "Table_type"]
    assert ("SCHEMATA", "SYSTEM VIEW") in talk.rows("SHOW FULL TABLES FROM information_schema")
    assert talk.rows("SHOW TABLES FROM mysql LIKE 'us%'") == [("user",)]


@pytest.mark.parametrize(
    "text", ["SHOW TABLES", "SHOW TABLE STATUS", "SHOW COLUMNS FROM t", "SHOW INDEX FROM t", "DESC t"]
)
def test_without_a_database_none_is_selected(text: str) -> None:
    answer = Talk(session=FakeSession(database="")).ask(text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (1046, "3D000", "No database selected")


@pytest.mark.parametrize(
    "text",
    ["SHOW CREATE TABLE nope", "SHOW CREATE VIEW shop.nope", "DESCRIBE nope", "DESC `shop`.nope 'a%'", "EXPLAIN nope"],
)
def test_a_table_that_does_not_exist(text: str) -> None:
    answer = Talk().ask(text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (1146, "42S02", "Table 'shop.nope' doesn't exist")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SHOW CREATE PROCEDURE p", 1305),
        ("SHOW CREATE FUNCTION f", 1305),
        ("SHOW CREATE TRIGGER t", 1360),
        ("SHOW CREATE EVENT e", 1539),
        ("SHOW ENGINE bogus STATUS", 1286),
    ],
)
def test_other_things_that_do_not_exist(text: str, code: int) -> None:
    assert Talk().code(text) == code


def test_the_servers_own_tables_are_described() -> None:
    talk = Talk()
    assert talk.rows("DESCRIBE information_schema.schemata")[1] == ("SCHEMA_NAME", "varchar(64)", "YES", "", None, "")
    assert talk.rows("SHOW COLUMNS FROM tables FROM information_schema LIKE 'ENG%'")[0][0] == "ENGINE"
    full = talk.ask("SHOW FULL COLUMNS FROM information_schema.collations")
    assert all(len(row) == len(full.columns) for row in full.rows)
    assert ("PAD_ATTRIBUTE", "enum('PAD SPACE','NO PAD')") in [row[:2] for row in full.rows]
    assert talk.labels("SHOW CREATE TABLE mysql.user") == ["Table", "Create Table"]
    assert talk.labels("SHOW CREATE VIEW information_schema.TABLES")[1] == "Create View"


def test_variables_are_chosen_by_like_and_where() -> None:
    talk = Talk()
    assert talk.rows("SHOW VARIABLES LIKE 'autocommit'") == [("autocommit", "ON")]
    talk.ask("SET autocommit = 0")
    assert talk.rows("SHOW SESSION VARIABLES LIKE 'AUTOCOMMIT'") == [("autocommit", "OFF")]
    assert talk.rows("show global variables where variable_name = 'autocommit'") == [("autocommit", "ON")]
    assert talk.rows("SHOW VARIABLES WHERE Variable_name IN ('port', 'time_zone') OR Variable_name LIKE 'licen_e'") == [
        ("license", "GPL"),
        ("port", "3306"),
        ("time_zone", "SYSTEM"),
    ]
    assert talk.rows("SHOW VARIABLES WHERE `variable_name` LIKE 'character\\_set\\_r%' AND Value = 'utf8mb4'") == [
        ("character_set_results", "utf8mb4")
    ]
    assert len(talk.rows("SHOW VARIABLES")) > 300
    assert talk.ask("SHOW VARIABLES WHERE nothing = 1") is None


def test_status_counts_what_there_is() -> None:
    talk = Talk()
    FakeSession(server=talk.session.server)
    shown = dict(talk.rows("SHOW GLOBAL STATUS"))
    assert shown["Threads_connected"] == "2"
    assert shown["Questions"] == "3"
    assert int(shown["Uptime"]) > 0
    talk.session.server.aborted_clients = 2
    assert talk.rows("SHOW GLOBAL STATUS LIKE 'Aborted%'") == [("Aborted_clients", "2"), ("Aborted_connects", "0")]
    assert talk.rows("SHOW STATUS LIKE 'Ssl_cipher'") == [("Ssl_cipher", "")]


def test_the_processlist_shows_every_session() -> None:
    talk = Talk()
    FakeSession(server=talk.session.server, connection_id=1, user="other", database="", command="Sleep")
    talk.session.info = "SELECT " + "x" * 200
    rows = talk.rows("SHOW PROCESSLIST")
    assert [row[:5] for row in rows] == [
        (1, "other", "127.0.0.1", None, "Sleep"),
        (talk.session.connection_id, "tester", "127.0.0.1", "shop", "Query"),
    ]
    assert len(rows[1][7]) == 100
    assert talk.rows("SHOW FULL PROCESSLIST")[1][7] == talk.session.info


def test_the_server_shows_what_it_can_do() -> None:
    talk = Talk()
    assert ("InnoDB", "DEFAULT") in [row[:2] for row in talk.rows("SHOW ENGINES")]
    assert talk.ask("SHOW STORAGE ENGINES") == talk.ask("SHOW ENGINES")
    assert talk.rows("SHOW CHARACTER SET LIKE 'latin1'") == [("latin1", "cp1252 West European", "latin1_swedish_ci", 1)]
    assert talk.rows("SHOW COLLATION WHERE Charset = 'utf8mb4' AND `Default` = 'Yes'") == [
        ("utf8mb4_0900_ai_ci", "utf8mb4", 255, "Yes", "Yes", 1, "NO PAD")
    ]
    assert len(talk.rows("SHOW COLLATION")) == 286
    assert len(talk.rows("SHOW CHARSET")) == 41
    assert ("caching_sha2_password", "ACTIVE") in [row[:2] for row in talk.rows("SHOW PLUGINS")]
    assert talk.rows("SHOW PRIVILEGES")
    assert talk.rows("SHOW ENGINE INNODB STATUS")[0][0] == "InnoDB"


def test_grants_name_the_user() -> None:
    talk = Talk()
    assert talk.labels("SHOW GRANTS") == ["Grants for tester@%"]
    assert talk.labels("SHOW GRANTS FOR CURRENT_USER()") == ["Grants for tester@%"]
    assert talk.labels("SHOW GRANTS FOR 'root'@'localhost'") == ["Grants for root@localhost"]
    assert talk.rows("SHOW GRANTS")[0][0].startswith("GRANT ALL PRIVILEGES ON *.* TO `tester`@`%`")


def test_counts_of_warnings() -> None:
    talk = Talk()
    assert talk.rows("SHOW COUNT(*) WARNINGS") == [(0,)]
    assert talk.labels("SHOW COUNT(*) WARNINGS") == ["@@session.warning_count"]
    assert talk.labels("SHOW COUNT(*) ERRORS") == ["@@session.error_count"]


def test_show_create_database() -> None:
    talk = Talk()
    assert talk.rows("SHOW CREATE DATABASE IF NOT EXISTS `re``c`") == [
        (
            "re`c",
            (
                "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `re``c` /*!40100 DEFAULT CHARACTER SET utf8mb4"
                " COLLATE utf8mb4_0900_ai_ci */ /*!80016 DEFAULT ENCRYPTION='N' */"
            ),
        )
    ]


def test_the_status_tells_how_the_session_is_encrypted():
    class Encrypted:
        version, cipher = "TLSv1.3", "TLS_AES_256_GCM_SHA384"

    talk = Talk(session=FakeSession(tls=Encrypted))
    assert talk.rows("SHOW STATUS LIKE 'Ssl_cipher'") == [("Ssl_cipher", "TLS_AES_256_GCM_SHA384")]
    assert talk.rows("SHOW STATUS LIKE 'Ssl_version'") == [("Ssl_version", "TLSv1.3")]


@pytest.mark.parametrize(("compression", "shown"), [(None, "OFF"), ("zlib", "ON")])
def test_the_status_tells_whether_the_session_is_compressed(compression, shown):
    talk = Talk(session=FakeSession(compression=compression))
    assert talk.rows("SHOW STATUS LIKE 'Compression'") == [("Compression", shown)]
    assert talk.rows("SHOW STATUS LIKE 'Compression_algorithm'") == [("Compression_algorithm", compression or "")]


WARNED = (
    ("Note", 1051, "Unknown table 'shop.t'"),
    ("Warning", 1265, "Data truncated for column 'a' at row 1"),
    ("Error", 1064, "You have an error in your SQL syntax"),
)


def test_warnings_of_the_statement_before() -> None:
    talk = Talk(session=FakeSession(warnings=WARNED))
    assert talk.labels("SHOW WARNINGS") == ["Level", "Code", "Message"]
    assert talk.rows("SHOW WARNINGS") == list(WARNED)
    assert talk.rows("show warnings limit 1") == [WARNED[0]]
    assert talk.rows("SHOW WARNINGS LIMIT 1, 5;") == list(WARNED[1:])
    assert talk.rows("SHOW WARNINGS LIMIT 1 OFFSET 2") == [WARNED[2]]
    assert talk.rows("SHOW WARNINGS LIMIT 0") == []
    assert talk.rows("SHOW ERRORS") == [WARNED[2]]
    talk.session.warnings = ()
    assert talk.rows("SHOW WARNINGS") == []


def test_counts_of_the_warnings_of_the_statement_before() -> None:
    talk = Talk(session=FakeSession(warnings=WARNED))
    assert talk.rows("SHOW COUNT(*) WARNINGS") == [(3,)]
    assert talk.rows("SHOW COUNT(*) ERRORS") == [(1,)]
    assert talk.row("SELECT @@warning_count, @@session.error_count") == (3, 1)
    assert talk.labels("SHOW COUNT(*) WARNINGS") == ["@@session.warning_count"]
    talk.session.warnings = ()
    assert talk.rows("SHOW COUNT(*) WARNINGS") == [(0,)]


def test_what_stands_behind_show_warnings_is_not_passed_over() -> None:
    assert Talk().ask("SHOW WARNINGS WHERE Level = 'Note'") is None
