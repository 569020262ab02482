from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sessions import FakeServer, FakeSession, Talk

from sockservice.collations import charsets, collations, find_charset, find_collation
from sockservice.responder.chatter import variable_values, variables
from sockservice.responder.chatter.variables import Scope

READ_BY_CLIENTS = """auto_increment_increment character_set_client character_set_connection character_set_results
    character_set_server collation_server collation_connection init_connect interactive_timeout license
    lower_case_table_names max_allowed_packet net_write_timeout performance_schema query_cache_size query_cache_type
    sql_mode system_time_zone time_zone transaction_isolation tx_isolation wait_timeout version_comment
    version_compile_os transaction_read_only autocommit default_storage_engine sql_auto_is_null collation_database
    character_set_database character_set_system session_track_system_variables foreign_key_checks have_ssl version
    unique_checks sql_notes sql_quote_show_create optimizer_switch sql_select_limit sql_log_bin net_read_timeout
    group_concat_max_len session_track_schema max_execution_time last_insert_id identity hostname port socket datadir
    basedir""".split()


@pytest.mark.parametrize("name", READ_BY_CLIENTS)
def test_what_clients_read_is_there(name: str) -> None:
    session = FakeSession()
    assert variables.read(session, name).type.name in ("BIGINT", "VARCHAR", "DOUBLE")
    assert name in dict(variables.shown(session, of_session=True))


def test_there_are_as_many_as_on_a_real_server() -> None:
    assert 350 < len(variables.variables()) < 700


def test_every_default_is_a_value_that_its_variable_takes() -> None:
    for name, variable in variables.variables().items():
        if variable.kind == "charset" or variable.kind == "collation" or not variable.read_only:
            kept = variable_values.converted(name, variable.kind, variable.limits, variable.default, variable.default)
            assert kept == variable.default, name


def test_every_number_lies_within_its_limits() -> None:
    for name, variable in variables.variables().items():
        if variable.kind in ("int", "decimal"):
            least, most = map(Decimal, variable.limits)
            assert least <= variable.default <= most, name


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT @@bogus", 1193, "Unknown system variable 'bogus'"),
        ("SELECT @@global.timestamp", 1238, "Variable 'timestamp' is a SESSION variable"),
        ("SELECT @@session.max_connections", 1238, "Variable 'max_connections' is a GLOBAL variable"),
    ],
)
def test_reading_what_is_not_there_is_mysqls_error(query: str, code: int, message: str) -> None:
    answer = Talk().ask(query)
    assert (answer.code, answer.sqlstate, answer.message) == (code, "HY000", message)


def test_the_version_is_the_greetings() -> None:
    talk = Talk(session=FakeSession(server=FakeServer(version="5.7.44-mine")))
    assert talk.row("SELECT @@version, @@global.version, VERSION(), @@innodb_version") == (
        "5.7.44-mine",
        "5.7.44-mine",
        "5.7.44-mine",
        "5.7.44",
    )


def test_two_names_of_one_variable_have_one_value() -> None:
    talk = Talk()
    talk.ask("SET tx_read_only = 1")
    assert talk.row("SELECT @@tx_read_only, @@transaction_read_only") == (1, 1)
    talk.ask("SET last_insert_id = 5")
    assert talk.row("SELECT LAST_INSERT_ID(), @@last_insert_id, @@identity") == (5, 5, 5)


def test_the_protocols_character_sets_are_what_is_shown() -> None:
    session = FakeSession()
    session.variables["character_set_client"] = "latin1"
    assert variables.read(session, "character_set_client").value == "latin1"
    assert variables.read(session, "character_set_client", Scope.GLOBAL).value == "utf8mb4"


def test_shown_values_are_texts_with_on_and_off() -> None:
    session = FakeSession(autocommit=False)
    shown = dict(variables.shown(session, of_session=True))
    assert shown["autocommit"] == "OFF"
    assert shown["max_allowed_packet"] == "67108864"
    assert shown["long_query_time"] == "10.000000"
    session.variables["character_set_results"] = None
    assert dict(variables.shown(session, of_session=True))["character_set_results"] == ""
    assert "timestamp" not in dict(variables.shown(session, of_session=False))


def test_collations_are_mysqls() -> None:
    assert len(charsets()) == 41
    assert len(collations()) == 286
    assert find_charset("UTF8").name == "utf8mb3"
    assert find_collation("utf8_general_ci").name == "utf8mb3_general_ci"
    numbers = {"utf8mb4_0900_ai_ci": 255, "utf8mb4_general_ci": 45, "utf8mb4_unicode_ci": 224, "latin1_swedish_ci": 8}
    assert {name: collations()[name].collation_id for name in numbers} == numbers
    for charset in charsets().values():
        assert collations()[charset.default_collation].charset is charset
    for collation in collations().values():
        assert re.match(rf"{collation.charset.name}(_|$)", collation.name)
