"""The table of MySQL's errors: what drivers key on, and how a message is filled."""

from __future__ import annotations

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
    assert len(names) == len(codes) > 1600
    for entry in codes.values():
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
