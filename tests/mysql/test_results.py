"""Answers to packets."""

from __future__ import annotations

import pytest
import wire_client
from wire_client import DEPRECATE_EOF, USUAL, read_reply, read_result, unframed

from sockservice.answers import Column, Error, Ok, Rows, table
from sockservice.mysql.charsets import charset
from sockservice.mysql.results import Form, answer_packets, eof_payload, error_payload, field_list_payloads
from sockservice.sqltypes import SqlType

UTF8MB4 = charset("utf8mb4")
OLD, NEW = Form(False, 2, UTF8MB4, 255), Form(True, 3, UTF8MB4, 255)


@pytest.mark.parametrize("form", [OLD, NEW])
def test_rows_are_columns_values_and_an_end(form):
    answer = Rows(table({"id": "INT", "name": "VARCHAR(9)"}).columns, [(1, "é"), (2, None)], warnings=3)
    result = read_result(answer_packets(answer, form, 1), form.deprecate_eof)
    assert [column.name for column in result.columns] == [b"id", b"name"]
    assert result.rows == [(b"1", "é".encode()), (b"2", None)]
    assert (result.end.warnings, result.end.status) == (3, form.status)
    assert result.sequences == list(range(1, 7 if form.deprecate_eof else 8))


def test_the_end_of_rows_is_an_eof_or_a_short_ok_with_its_header():
    assert eof_payload(OLD, 1).hex() == "fe01000200"
    assert eof_payload(NEW, 1).hex() == "fe000003000100"


def test_no_rows_are_still_a_result_set():
    result = read_result(answer_packets(table({"id": "INT"}), OLD, 1))
    assert (len(result.columns), result.rows) == (1, [])


def test_rows_without_columns_are_an_ok():
    assert read_result(answer_packets(Rows((), warnings=2), OLD, 1)) == wire_client.Ok(0, 0, 2, 2, b"")


def test_an_ok_says_all_that_it_knows():
    answer = Ok(70000, 2**63, 3, "Rows matched: 1")
    assert read_result(answer_packets(answer, NEW, 1)) == wire_client.Ok(70000, 2**63, 3, 3, b"Rows matched: 1")


def test_an_ok_without_a_text_is_as_short_as_a_real_one():
    # Source: MariaDB 10.11, SET autocommit = 1.
    assert unframed(answer_packets(Ok(), OLD, 1)) == [(1, bytes.fromhex("00000002000000"))]


def test_an_error_has_its_sqlstate():
    found = read_result(answer_packets(Error(1213, "40001", "Deadlock é"), OLD, 1))
    assert found == wire_client.Err(1213, "40001", "Deadlock é")


def test_an_error_for_an_unknown_client_has_no_sqlstate():
    assert read_reply(error_payload(Error(1040, "08004", "full"), UTF8MB4, with_sqlstate=False)).sqlstate is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            table({"a": "INT", "b": "DATE"}, [(1, "2024-01-01"), (1, 7)]),
            "row 2, column 'b' (DATE): int 7 is not a date",
        ),
        (table({"a": "INT"}, [(1,), (1, 2)]), "row 2 has 2 value(s) for 1 column(s)"),
        (Ok(affected_rows=-1), "-1 does not fit"),
        (Error(70000, "HY000", "x"), "70000 is no error code"),
        (Error(1064, "4200", "x"), "'4200' is no SQLSTATE"),
        (Error(1064, "42é00", "x"), "'42é00' is no SQLSTATE"),
    ],
)
def test_an_answer_that_cannot_be_encoded_is_an_error_that_says_why(answer, why):
    found = read_result(answer_packets(answer, OLD, 1))
    assert (found.code, found.sqlstate) == (1105, "HY000")
    assert why in found.message


def test_a_long_row_goes_in_several_packets_and_its_end_keeps_the_order():
    big = b"x" * 0xFFFFFF
    result = read_result(answer_packets(Rows((Column("b", SqlType.parse("LONGBLOB")),), [(big,)]), OLD, 1))
    assert result.rows == [(big,)]
    assert result.sequences == [1, 2, 3, 5, 6]


@pytest.mark.parametrize("count", [250, 251, 300])
def test_many_columns_and_rows_are_counted_right(count):
    answer = table({f"c{n}": "INT" for n in range(count)}, [range(count)] * 3)
    result = read_result(answer_packets(answer, NEW, 1), deprecate_eof=True)
    assert result.rows == [tuple(str(n).encode() for n in range(count))] * 3
    assert result.sequences == [n % 256 for n in range(1, count + 6)]


@pytest.mark.parametrize("form", [OLD, NEW])
def test_a_field_list_has_columns_with_defaults_and_no_count(form):
    *columns, end = enumerate(field_list_payloads(table({"a": "INT", "b": "TEXT"}, [(1, "x")]), form))
    found = [wire_client.read_definition(payload) for _, payload in columns]
    assert [(column.name, rest) for column, rest in found] == [(b"a", b"\xfb"), (b"b", b"\xfb")]
    assert end == (2, eof_payload(form))


def test_a_field_list_of_nothing_is_only_its_end_and_an_error_stays_one():
    assert field_list_payloads(Ok(), OLD) == [eof_payload(OLD)]
    (refusal,) = field_list_payloads(Error(1146, "42S02", "no"), OLD)
    assert wire_client.read_reply(refusal).code == 1146


def test_forms_that_differ_have_keys_that_differ():
    keys = {
        Form(deprecate, status, UTF8MB4, collation).key
        for deprecate in (False, True)
        for status in range(4)
        for collation in (8, 45, 255, 309)
    }
    assert len(keys) == 32


def test_the_capability_is_the_one_that_the_tests_think_of():
    assert not USUAL & DEPRECATE_EOF
