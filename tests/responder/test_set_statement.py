from __future__ import annotations

from typing import Any

import pytest
from sessions import FakeSession, Talk

from sockservice.answers import Error, Ok


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("SET wait_timeout = 100", "wait_timeout", 100),
        ("SET wait_timeout := 100", "wait_timeout", 100),
        ("SET SESSION wait_timeout = 100", "wait_timeout", 100),
        ("SET LOCAL wait_timeout = 100", "wait_timeout", 100),
        ("SET @@wait_timeout = 100", "wait_timeout", 100),
        ("SET @@session.wait_timeout = 50 * 2", "wait_timeout", 100),
        ("SET @@local.`wait_timeout` = 100;", "wait_timeout", 100),
        ("SET wait_timeout = 0", "wait_timeout", 1),
        ("SET sql_auto_is_null = ON", "sql_auto_is_null", 1),
        ("SET sql_auto_is_null = 'true'", "sql_auto_is_null", 1),
        ("SET foreign_key_checks = OFF", "foreign_key_checks", 0),
        ("SET sql_mode = ANSI_QUOTES", "sql_mode", "ANSI_QUOTES"),
        ("SET sql_mode = ''", "sql_mode", ""),
        ("SET sql_mode = 4", "sql_mode", "ANSI_QUOTES"),
        ("SET sql_mode = 'no_zero_date,,ansi_quotes'", "sql_mode", "ANSI_QUOTES,NO_ZERO_DATE"),
        (
            "SET sql_mode = ansi",
            "sql_mode",
            "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI",
        ),
        ("SET time_zone = '+0:00'", "time_zone", "+0:00"),
        ("SET time_zone = 'Europe/Berlin'", "time_zone", "Europe/Berlin"),
        ("SET transaction_isolation = 'read-committed'", "transaction_isolation", "READ-COMMITTED"),
        ("SET tx_isolation = 'SERIALIZABLE'", "transaction_isolation", "SERIALIZABLE"),
        ("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "tx_isolation", "READ-COMMITTED"),
        ("SET SESSION TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE", "transaction_read_only", 1),
        ("SET character_set_results = NULL", "character_set_results", None),
        ("SET character_set_client = 'latin1'", "character_set_client", "latin1"),
        ("SET character_set_client = UTF8", "character_set_client", "utf8mb3"),
        ("SET character_set_client = 8", "character_set_client", "latin1"),
        ("SET collation_connection = 'utf8mb4_unicode_ci'", "collation_connection", "utf8mb4_unicode_ci"),
        ("SET session_track_system_variables = 'autocommit,tx_isolation'", "session_track_system_variables",
         "autocommit,tx_isolation"),
        ("SET long_query_time = 0.5", "long_query_time", 0.5),
        ("SET default_storage_engine = MyISAM", "default_storage_engine", "MyISAM"),
    ],
)  # fmt: skip
def test_a_session_variable_is_set(text: str, name: str, value: Any) -> None:
    talk = Talk()
    assert isinstance(talk.ask(text), Ok)
    assert talk.value(f"@@{name}") == value
    assert Talk(talk.chatter, FakeSession()).value(f"@@{name}") != value


def test_system_is_a_time_zone_in_any_case() -> None:
    talk = Talk()
    talk.ask("SET time_zone = '+03:00'")
    talk.ask("SET time_zone = 'system'")
    assert talk.value("@@time_zone") == "SYSTEM"


def test_one_set_may_mix_everything() -> None:
    talk = Talk()
    answer = talk.ask(
        "set autocommit=0, NAMES latin1 COLLATE latin1_bin, @a = 1, @b := @a, GLOBAL max_connections = 7,"
        " sql_mode=(SELECT CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')), @@session.time_zone='+00:00', CHARACTER SET utf8mb4"
    )
    assert isinstance(answer, Ok)
    assert not talk.session.autocommit
    assert talk.session.user_variables == {"a": 1, "b": 1}
    assert talk.session.server.global_variables == {"max_connections": 7}
    assert "PIPES_AS_CONCAT" in talk.value("@@sql_mode")
    assert talk.value("@@character_set_client") == "utf8mb4"


def test_where_one_assignment_fails_none_happens() -> None:
    talk = Talk()
    assert talk.code("SET @a = 1, autocommit = 0, wait_timeout = 5, GLOBAL max_connections = 7, bogus = 1") == 1193
    assert talk.session.user_variables == {}
    assert talk.session.autocommit
    assert talk.session.variables == {}
    assert talk.session.server.global_variables == {}


def test_set_names_sets_three_character_sets_and_the_collation() -> None:
    talk = Talk()
    query = "SELECT @@character_set_client, @@character_set_connection, @@character_set_results, @@collation_connection"
    assert talk.row(query) == ("utf8mb4", "utf8mb4", "utf8mb4", "utf8mb4_0900_ai_ci")
    talk.ask("SET NAMES 'latin1'")
    assert talk.row(query) == ("latin1", "latin1", "latin1", "latin1_swedish_ci")
    talk.ask("SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci")
    assert talk.row(query) == ("utf8mb4", "utf8mb4", "utf8mb4", "utf8mb4_unicode_ci")
    talk.ask("SET CHARACTER SET latin1")
    assert talk.row(query) == ("latin1", "utf8mb4", "latin1", "utf8mb4_0900_ai_ci")
    talk.ask("SET NAMES DEFAULT")
    assert talk.row(query) == ("utf8mb4", "utf8mb4", "utf8mb4", "utf8mb4_0900_ai_ci")


def test_a_character_set_and_its_collation_follow_each_other() -> None:
    talk = Talk()
    talk.ask("SET collation_connection = latin1_bin")
    assert talk.value("@@character_set_connection") == "latin1"
    talk.ask("SET character_set_connection = utf8mb4")
    assert talk.value("@@collation_connection") == "utf8mb4_0900_ai_ci"


def test_turning_autocommit_on_ends_the_transaction() -> None:
    talk = Talk()
    talk.ask("SET autocommit = 0")
    assert not talk.session.autocommit
    talk.session.in_transaction = True
    talk.ask("SET autocommit = 1")
    assert talk.session.autocommit
    assert not talk.session.in_transaction


def test_autocommit_that_is_on_already_changes_nothing() -> None:
    talk = Talk()
    talk.ask("BEGIN")
    talk.ask("SET autocommit = 1")
    assert talk.session.in_transaction


def test_a_global_value_is_for_the_sessions_to_come() -> None:
    first = Talk()
    second = Talk(first.chatter, FakeSession(server=first.session.server))
    assert isinstance(first.ask("SET GLOBAL wait_timeout = 99"), Ok)
    later = Talk(first.chatter, FakeSession(server=first.session.server))
    assert [talk.value("@@wait_timeout") for talk in (first, second, later)] == [28800, 28800, 99]
    assert [talk.value("@@global.wait_timeout") for talk in (first, second, later)] == [99, 99, 99]
    assert isinstance(second.ask("SET wait_timeout = DEFAULT"), Ok)
    assert second.value("@@wait_timeout") == 99
    assert isinstance(second.ask("SET PERSIST wait_timeout = DEFAULT"), Ok)
    assert second.value("@@global.wait_timeout") == 28800


@pytest.mark.parametrize(
    ("text", "code", "sqlstate", "message"),
    [
        ("SET bogus = 1", 1193, "HY000", "Unknown system variable 'bogus'"),
        ("SET @@global.bogus = 1", 1193, "HY000", "Unknown system variable 'bogus'"),
        ("SET autocommit = 5", 1231, "42000", "Variable 'autocommit' can't be set to the value of '5'"),
        ("SET autocommit = 'x'", 1231, "42000", "Variable 'autocommit' can't be set to the value of 'x'"),
        ("SET autocommit = NULL", 1231, "42000", "Variable 'autocommit' can't be set to the value of 'NULL'"),
        ("SET autocommit = 1.5", 1232, "42000", "Incorrect argument type to variable 'autocommit'"),
        ("SET wait_timeout = 'a'", 1232, "42000", "Incorrect argument type to variable 'wait_timeout'"),
        ("SET sql_mode = 'bogus'", 1231, "42000", "Variable 'sql_mode' can't be set to the value of 'bogus'"),
        ("SET sql_mode = NULL", 1231, "42000", "Variable 'sql_mode' can't be set to the value of 'NULL'"),
        ("SET transaction_isolation = 'x'", 1231, "42000",
         "Variable 'transaction_isolation' can't be set to the value of 'x'"),
        ("SET optimizer_switch = 'bogus=on'", 1231, "42000",
         "Variable 'optimizer_switch' can't be set to the value of 'bogus=on'"),
        ("SET NAMES bogus", 1115, "42000", "Unknown character set: 'bogus'"),
        ("SET character_set_client = bogus", 1115, "42000", "Unknown character set: 'bogus'"),
        ("SET character_set_client = NULL", 1231, "42000",
         "Variable 'character_set_client' can't be set to the value of 'NULL'"),
        ("SET character_set_client = utf16", 1231, "42000",
         "Variable 'character_set_client' can't be set to the value of 'utf16'"),
        ("SET NAMES utf8mb4 COLLATE bogus", 1273, "HY000", "Unknown collation: 'bogus'"),
        ("SET collation_connection = 'bogus'", 1273, "HY000", "Unknown collation: 'bogus'"),
        ("SET NAMES utf8mb4 COLLATE latin1_bin", 1253, "42000",
         "COLLATION 'latin1_bin' is not valid for CHARACTER SET 'utf8mb4'"),
        ("SET version = 'x'", 1238, "HY000", "Variable 'version' is a read only variable"),
        ("SET max_connections = 5", 1229, "HY000",
         "Variable 'max_connections' is a GLOBAL variable and should be set with SET GLOBAL"),
        ("SET GLOBAL timestamp = 1", 1228, "HY000",
         "Variable 'timestamp' is a SESSION variable and can't be used with SET GLOBAL"),
        ("SET time_zone = 'Nowhere/Land'", 1298, "HY000", "Unknown or incorrect time zone: 'Nowhere/Land'"),
        ("SET time_zone = '+15:00'", 1298, "HY000", "Unknown or incorrect time zone: '+15:00'"),
        ("SET time_zone = '../../etc/passwd'", 1298, "HY000", "Unknown or incorrect time zone: '../../etc/passwd'"),
    ],
)  # fmt: skip
def test_what_mysql_refuses_is_refused(text: str, code: int, sqlstate: str, message: str) -> None:
    answer = Talk().ask(text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (code, sqlstate, message)


def test_characteristics_of_the_next_transaction_cannot_change_within_one() -> None:
    talk = Talk()
    assert isinstance(talk.ask("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"), Ok)
    assert talk.value("@@transaction_isolation") == "REPEATABLE-READ"
    talk.ask("BEGIN")
    assert talk.code("SET TRANSACTION READ ONLY") == 1568


def test_optimizer_switch_changes_the_flags_that_are_named() -> None:
    talk = Talk()
    talk.ask("SET optimizer_switch = 'semijoin=off'")
    assert "semijoin=off" in talk.value("@@optimizer_switch")
    assert "index_merge=on" in talk.value("@@optimizer_switch")
    talk.ask("SET optimizer_switch = DEFAULT")
    assert "semijoin=on" in talk.value("@@optimizer_switch")


@pytest.mark.parametrize(
    "text",
    ["SET PASSWORD = 'x'", "SET ROLE NONE", "SET DEFAULT ROLE ALL TO tester", "SET RESOURCE GROUP rg"],
)
def test_accounts_and_roles_are_accepted(text: str) -> None:
    assert isinstance(Talk().ask(text), Ok)


def test_mariadbs_set_for_one_statement_gives_the_answer_of_that_statement() -> None:
    talk = Talk()
    assert talk.rows("SET STATEMENT max_statement_time=1, x='for' FOR SELECT 5") == [(5,)]
    assert talk.ask("SET STATEMENT max_statement_time=1 FOR SELECT * FROM users") is None


def test_a_parameter_may_be_the_value() -> None:
    talk = Talk()
    assert isinstance(talk.ask("SET wait_timeout = ?, @a = ?", 77, "x"), Ok)
    assert talk.value("@@wait_timeout") == 77
    assert talk.value("@a") == "x"


@pytest.mark.parametrize("text", ["SET NAMES utf16", "SET CHARACTER SET ucs2", "SET character_set_client = utf32"])
def test_no_client_may_send_statements_in_wide_characters(text: str) -> None:
    talk = Talk()
    answer = talk.ask(text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.message.partition("'")[2][:20]) == (1231, "character_set_client")
    assert isinstance(talk.ask("SET character_set_results = utf16"), Ok)
