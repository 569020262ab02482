"""The answers of stubs: templates in them, several results, and what is wrong with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from plans import asking, cells, mistakes_of, types

from sockservice.answers import Error, Ok, Results, Rows

NOON = datetime(2024, 2, 29, 12, 0)


# --- templates --------------------------------------------------------------------------------


def test_a_row_is_filled_in_by_what_was_asked(tmp_path):
    then = """
columns: {order_no: VARCHAR(20), state: "ENUM('new','paid')", placed: DATETIME(3), total: "DECIMAL(10,2)"}
rows: [["{{ no }}", paid, "{{ now(-1h) }}", "{{ params[0] * 1.19 }}"]]
""".strip()
    one = asking(tmp_path, then, regex="order (?P<no>.*)")
    one.session.variables["time_zone"] = "+00:00"
    assert cells(one.ask("order A-7", 10, no="A-7")) == [
        ("A-7", "paid", NOON - timedelta(hours=1), Decimal("11.90")),
    ]
    assert cells(one.ask("order B", 1, no="B"))[0][0] == "B"


def test_values_keep_their_types_and_tell_those_of_their_columns(tmp_path):
    then = 'rows: [{id: "{{ counter(\'x\', start=1000) }}", when: "{{ now() }}", what: "{{ params[0] }}", n: 1}]'
    one = asking(tmp_path, then)
    answer = one.ask("", "text")
    assert types(answer) == {"id": "BIGINT", "when": "DATETIME", "what": "VARCHAR(4)", "n": "BIGINT"}
    assert cells(answer)[0][0] == 1000
    assert types(one.ask("", 1.5))["what"] == "DOUBLE"
    assert types(one.ask("", None))["what"] == "NULL"
    assert cells(one.ask("", None))[0] == (1003, cells(answer)[0][1], None, 1)


def test_a_client_that_prepares_is_told_columns_whose_values_are_not_known(tmp_path):
    plan = asking(tmp_path, "rows: [{id: '{{ params[0] }}', name: Ada}]").plan
    assert types(plan.describe()) == {"id": "VARCHAR(255)", "name": "VARCHAR(3)"}
    assert plan.only is None


def test_numbers_of_ok_may_be_templates(tmp_path):
    then = """
ok:
  affected_rows: "{{ params | length }}"
  last_insert_id: "{{ counter('o', start=7) }}"
  info: "n {{ 1 }}"
""".strip()
    one = asking(tmp_path, then)
    assert one.ask("", 1, 2) == Ok(2, 7, 0, "n 1")
    assert one.ask("") == Ok(0, 8, 0, "n 1")
    assert one.plan.describe() == Ok()


def test_the_message_of_an_error_may_be_a_template(tmp_path):
    one = asking(
        tmp_path, "error: {code: ER_DUP_ENTRY, message: \"{{ params[0] }} is twice in '{{ session.database }}'\"}"
    )
    assert one.ask("", 5) == Error(1062, "23000", "5 is twice in 'shop'")
    assert one.plan.describe() == Ok()


def test_cells_of_a_table_may_be_templates(tmp_path):
    then = "table: |\n  id               | name\n  {{ params[0] }}  | {{ params[1] | upper }}\n  NULL | x"
    assert cells(asking(tmp_path, then).ask("", 5, "ada")) == [(5, "ADA"), (None, "x")]


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("rows: [{a: '{{ params[5] }}'}]", "column 'a': 'params[5]': tuple object has no element 5"),
        ("{rows: [['{{ text }}']], columns: {a: INT}}", "column 'a' (INT): 'ask me' is not a whole number"),
        (
            "{rows: [['{{ text }}']], columns: {a: VARCHAR(3)}}",
            "column 'a' (VARCHAR): 'ask me' is longer than 3 characters",
        ),
        ("rows: [{a: '{{ text }}'}, {a: 1}]", "column 'a' mixes numbers and text; say its type under 'columns'"),
        ("rows: [{a: '{{ session }}'}]", "column 'a' has a SessionView, which is no value of a column"),
        ("ok: {affected_rows: '{{ text }}'}", "affected_rows: 'ask me' is not a whole number"),
        ("ok: {affected_rows: '{{ -1 }}'}", "affected_rows: -1 is not from 0 to 9223372036854775807"),
        ("ok: {warnings: '{{ 2 ** 16 }}'}", "warnings: 65536 is not from 0 to 65535"),
        ("ok: {info: '{{ 1 / 0 }}'}", "info: '1 / 0': division by zero"),
        ("error: {code: 1062, message: '{{ 1 / 0 }}'}", "message: '1 / 0': division by zero"),
        ("{ok: {}, set_state: {a: '{{ 1 / 0 }}'}}", "set_state: '1 / 0': division by zero"),
    ],
)
def test_a_value_that_cannot_be_made_is_an_error_that_names_stub_column_and_reason(tmp_path, then, message):
    assert asking(tmp_path, then).ask("ask me") == Error(1105, "HY000", f"sockservice: stub 'it': {message}")


def test_such_an_error_is_short_and_on_one_line(tmp_path):
    answer = asking(tmp_path, "{rows: [['{{ text }}']], columns: {a: INT}}", name="x" * 300).ask("a\n\x1b[31m" * 900)
    assert len(answer.message) <= 400
    assert answer.message.isprintable()


# --- several results --------------------------------------------------------------------------


def test_results_are_given_in_order_and_rows_are_followed_by_an_ok(tmp_path):
    one = asking(tmp_path, "results: [{rows: [{a: 1}]}, {ok: {affected_rows: 2}}, {table: 'b  c'}]")
    answer = one.ask("CALL p()")
    assert [type(result) for result in answer.results] == [Rows, Ok, Rows, Ok]
    assert one.ask("CALL p()") is answer
    assert one.plan.only is not None


def test_results_may_end_with_an_error_and_have_templates(tmp_path):
    one = asking(tmp_path, "results: [{rows: [{a: '{{ params[0] }}'}]}, {error: ER_SIGNAL_EXCEPTION}]")
    answer = one.ask("CALL p()", 5)
    assert cells(answer.results[0]) == [(5,)]
    assert answer.results[1].code == 1644
    described = one.plan.describe()
    assert isinstance(described, Results)
    assert types(described.results[0]) == {"a": "VARCHAR(255)"}


def test_a_result_that_cannot_be_made_is_the_whole_answer(tmp_path):
    assert asking(tmp_path, "results: [{ok: {}}, {rows: [{a: '{{ params[0] }}'}]}]").ask().code == 1105


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("results: []", "7:14: 'results' lists no answer"),
        ("results: [{ok: {}, error: 1062}]", "7:15: an item of 'results' takes one answer, not ok and error"),
        (
            "results: [{}]",
            "7:15: an item of 'results' lacks an answer: rows, table, csv, json, rows_from, ok or error",
        ),
        ("results: [{error: 1062}, {ok: {}}]", "7:30: nothing follows an error"),
        ("results: [{ok: {}, delay: 1s}]", "7:24: 'delay' stands beside 'results', not in it"),
        ("results: [{results: []}]", "7:16: 'results' is not known here"),
        ("{ok: {times: 2}}", "7:11: 'times' stands beside the answer, not in it"),
        ("{error: {code: 1062, set_state: {a: b}}}", "7:26: 'set_state' stands beside the answer, not in it"),
        ("{ok: {}, cycle: true}", "7:14: 'cycle' stands beside 'then', not in it"),
        ("{ok: {}, repeat_rows: 2}", "7:14: 'repeat_rows' goes with 'rows', 'table' or a file of rows"),
        ("{error: 1062, row_size: 20MB}", "7:19: 'row_size' goes with 'rows', 'table' or a file of rows"),
        (
            "{ok: {affected_rows: many}}",
            "'affected_rows' must be a whole number from 0 to 9223372036854775807 or a template",
        ),
        ("{ok: {affected_rows: -1}}", "'affected_rows' must be a whole number from 0"),
        ("{ok: {affected_rows: '{{ x }}'}}", "7:26: 'x' is not known in templates"),
        ("{rows: [{a: '{{ 1 + }}'}]}", "7:17: the template '1 +' cannot be used: unexpected 'end of template'"),
        ("{rows: [{a: '{{ usre }}'}]}", "7:17: 'usre' is not known in templates; did you mean 'user'?"),
        ("{python: prices}", "7:14: 'prices' does not name a function: write module:function"),
        ("{python: 'nowhere:f'}", "7:14: there is no module 'nowhere' in FOLDER, nor is one installed"),
        ("{python: 'json:load', rows: []}", "7:5: 'then' takes one answer, not rows and python"),
        ("{sql: false}", "7:11: 'sql' is true, which has the embedded database answer the request, or a statement"),
        ("{sql: 'SELECT ?'}", "7:11: a '?' in 'sql' has no value; write {{ params[0] }} for the first one"),
        ("{sql: \"SELECT '{{ text }}'\"}", "7:11: a template in 'sql' stands for a whole value, without quotes"),
        ("{sql: \"SELECT '{{ text }}', ?\"}", "7:11: a template in 'sql' stands for a whole value, without quotes"),
        ("{sql: true, ok: {}}", "'then' takes one answer, not ok and sql"),
        ("{upstream: true, record: true}", "7:6: 'upstream' is a word of the format, but not supported yet"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, then, message):
    assert message in "\n".join(mistakes_of(tmp_path, then, regex="(?P<user>.*)"))


def test_a_column_of_a_wrong_type_is_one_mistake(tmp_path):
    assert mistakes_of(tmp_path, "{columns: {a: INTT}, rows: [[1], [x]]}") == [
        "7:19: 'INTT' is not a column type; did you mean 'INT'?"
    ]


def test_without_faker_a_template_that_needs_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert mistakes_of(tmp_path, "rows: [{a: '{{ fake.first_name() }}'}]") == [
        "7:16: fake needs Faker: pip install 'sockservice[faker]'"
    ]
