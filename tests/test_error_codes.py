"""The table of MySQL's errors: what drivers key on, and how a message is filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sockservice.answers import Error
from sockservice.error_codes import _table, by_code, by_name, error


@pytest.mark.parametrize(
    ("code", "sqlstate", "name"),
    [
        # The MySQL 8.4 error message reference.
        (1040, "08004", "ER_CON_COUNT_ERROR"),
        (1045, "28000", "ER_ACCESS_DENIED_ERROR"),
        (1047, "08S01", "ER_UNKNOWN_COM_ERROR"),
        (1049, "42000", "ER_BAD_DB_ERROR"),
        (1062, "23000", "ER_DUP_ENTRY"),
        (1064, "42000", "ER_PARSE_ERROR"),
        (1146, "42S02", "ER_NO_SUCH_TABLE"),
        (1153, "08S01", "ER_NET_PACKET_TOO_LARGE"),
        (1193, "HY000", "ER_UNKNOWN_SYSTEM_VARIABLE"),
        (1205, "HY000", "ER_LOCK_WAIT_TIMEOUT"),
        (1213, "40001", "ER_LOCK_DEADLOCK"),
        (1243, "HY000", "ER_UNKNOWN_STMT_HANDLER"),
        (1290, "HY000", "ER_OPTION_PREVENTS_STATEMENT"),
        (1317, "70100", "ER_QUERY_INTERRUPTED"),
        (1366, "HY000", "ER_TRUNCATED_WRONG_VALUE_FOR_FIELD"),  # MariaDB says 22007
        (1792, "25006", "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION"),
        (3024, "HY000", "ER_QUERY_TIMEOUT"),
        (3141, "22032", "ER_INVALID_JSON_TEXT_IN_PARAM"),
        (3819, "HY000", "ER_CHECK_CONSTRAINT_VIOLATED"),
        (4031, "HY000", "ER_CLIENT_INTERACTION_TIMEOUT"),
    ],
)
def test_an_error_is_found_by_name_and_by_number(code, sqlstate, name):
    assert (by_code(code).name, by_code(code).sqlstate) == (name, sqlstate)
    assert by_name(name.lower()) is by_code(code)


def test_every_entry_is_whole():
    names, codes = _table()
    assert len(names) > len(codes) > 1600
    for entry in names.values():
        assert len(entry.sqlstate) == 5, entry
        assert entry.message.strip(), entry
        assert "MariaDB" not in entry.message, entry
        assert entry.message.count("%") == entry.message.count("%s"), entry


def test_details_are_put_into_the_message_in_order():
    assert error("ER_DUP_ENTRY", 7, "people.PRIMARY") == Error(
        1062, "23000", "Duplicate entry '7' for key 'people.PRIMARY'"
    )


def test_a_missing_detail_reads_as_a_question_mark():
    assert error(1146, "shop").message == "Table 'shop.?' doesn't exist"


def test_a_percent_sign_in_a_detail_stays_as_it_is():
    assert error(1049, "100%s").message == "Unknown database '100%s'"


def test_too_many_details_are_refused():
    with pytest.raises(ValueError, match=r"takes 0 detail\(s\)"):
        error("ER_LOCK_DEADLOCK", "x")


def test_a_misspelt_name_is_told_with_the_likely_right_one():
    with pytest.raises(ValueError, match="did you mean 'ER_LOCK_DEADLOCK'"):
        error("ER_LOCK_DEDLOCK")


def test_numbers_that_servers_never_send_are_refused():
    with pytest.raises(ValueError, match="client library's own"):
        error(2006)
    with pytest.raises(ValueError, match="no error number 1"):
        by_code(1)


def test_an_error_without_a_text_of_its_own_is_named_in_words():
    assert by_name("ER_FILE_CORRUPT").message == "File corrupt"


# --- MySQL and MariaDB --------------------------------------------------------------------------

HEADER = Path("/usr/include/mariadb/mysqld_error.h")
"""The table of MariaDB's server errors, in Debian's libmariadb-dev."""
ELSEWHERE = {
    # MySQL has these names too, and other numbers for them.
    "ER_ACCOUNT_HAS_BEEN_LOCKED",
    "ER_BINLOG_UNSAFE_SKIP_LOCKED",
    "ER_GENERATED_COLUMN_FUNCTION_IS_NOT_ALLOWED",
    "ER_NET_OK_PACKET_TOO_LARGE",
    "ER_NO_SECURE_TRANSPORTS_CONFIGURED",
    "ER_REFERENCED_TRG_DOES_NOT_EXIST",
    "ER_UNSUPPORTED_ACTION_ON_GENERATED_COLUMN",
    "ER_WRONG_FK_OPTION_FOR_GENERATED_COLUMN",
}


def test_all_errors_that_mysql_connector_knows_are_there():
    from mysql.connector import errorcode

    known = {name: code for name, code in vars(errorcode).items() if re.match("(ER|WARN)_(?!X_)", name)}
    assert len(known) > 1500
    assert {name: by_name(name).code for name in known} == known


@pytest.mark.skipif(not HEADER.exists(), reason="needs libmariadb-dev")
def test_all_errors_that_mariadb_defines_are_there():
    defined = {
        name: int(code)
        for name, code in re.findall(r"#define ((?:ER|WARN)_\w+) (\d+)", HEADER.read_text())
        if not re.match("ER_(UNUSED_|ERROR_FIRST|ERROR_LAST)", name)
    }
    assert len(defined) > 1100
    other = {name for name, code in defined.items() if by_name(name).code != code}
    assert other == ELSEWHERE


@pytest.mark.parametrize(
    ("code", "sqlstate", "name"),
    [
        # Read off MariaDB 10.11's own table.
        (1927, "70100", "ER_CONNECTION_KILLED"),
        (1932, "42S02", "ER_NO_SUCH_TABLE_IN_ENGINE"),
        (1959, "OP000", "ER_INVALID_ROLE"),
        (1969, "70100", "ER_STATEMENT_TIMEOUT"),
        (4025, "23000", "ER_CONSTRAINT_FAILED"),
        (4084, "HY000", "ER_SEQUENCE_RUN_OUT"),
        (4091, "42S02", "ER_UNKNOWN_SEQUENCES"),
    ],
)
def test_an_error_of_mariadb_is_found_by_name(code, sqlstate, name):
    assert (by_name(name).code, by_name(name).sqlstate) == (code, sqlstate)


def test_a_number_that_both_use_is_mysqls():
    assert by_code(4031).name == "ER_CLIENT_INTERACTION_TIMEOUT"
    assert by_code(1969).name == "ER_STATEMENT_TIMEOUT"
