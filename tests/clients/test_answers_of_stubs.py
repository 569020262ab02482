"""Every kind of answer of stub files as clients see it: one writes values into its statements, one prepares."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from installed import driver
from servers import running

pymysql = driver("pymysql")
connector = driver("mysql.connector")

STUBS = r"""
version: 1
defaults: {database: shop, seed: 7}
stubs:
- name: product
  when: {sql: "SELECT * FROM products WHERE sku = ?"}
  then: {csv: {file: products.csv, where: {sku: "{{ params[0] }}"}}, columns: {since: DATE}}
- name: insert
  when: {sql: "INSERT INTO orders VALUES (?)"}
  then: {ok: {affected_rows: 1, last_insert_id: "{{ counter('order', start=1000) }}"}}
- name: two results
  when: {regex: "call two\\(\\)"}
  then:
    results:
    - rows: [{a: 1}]
    - table: |
        b | c
        2 | x
- name: order
  when: {regex: "select order (?P<no>.*)"}
  then: {rows: [{no: "A", what: "{{ text | upper }}"}]}
- name: deadlock twice
  when: {sql: "UPDATE stock SET qty = 1"}
  then: [{error: ER_LOCK_DEADLOCK, times: 2}, {ok: {affected_rows: 1}}]
- name: wide
  when: {sql: SELECT wide}
  then: {rows: [{id: 1, data: x}], row_size: 20MB}
- name: many
  when: {sql: SELECT many}
  then: {rows: [{n: "{{ counter('n') }}"}], repeat_rows: 3000}
- name: late
  when: {sql: SELECT late}
  then: {rows: [{a: 1}], delay: 100ms}
- name: code
  when: {sql: SELECT code}
  then: {python: "code:answer"}
- name: fails
  when: {sql: SELECT fails}
  then: {rows: [["{{ 'x' }}"]], columns: {a: INT}}
- name: refused
  when: {sql: SELECT refused}
  then: {error: {code: ER_DUP_ENTRY, message: "{{ session.user }} was here"}}
"""
CODE = """
def answer(request):
    for number in range(1000):
        yield {"n": number, "who": request.session.user}
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Where a server with these stubs listens."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "stubs.yaml").write_text(STUBS)
    (folder / "code.py").write_text(CODE)
    (folder / "products.csv").write_text("sku,price,since\nA1,4.50,2023-03-01\nA2,12.00,NULL\n")
    log, ready = folder / "twistd.log", folder / "ready.jsonl"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", f"--stubs={folder / 'stubs.yaml'}"]
    with running(command, folder, log, ready.exists):
        where = json.loads(ready.read_text().splitlines()[0])
        yield {"host": where["host"], "port": where["port"], "user": "ada", "password": "", "database": "shop"}
    assert "Traceback" not in log.read_text()


@pytest.fixture
def cursor(settings: dict[str, Any]) -> Iterator[Any]:
    with pymysql.connect(**settings, ssl_disabled=True) as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def prepared(settings: dict[str, Any]) -> Iterator[Any]:
    connection = connector.connect(**settings, ssl_disabled=True, use_pure=True)
    yield connection.cursor(prepared=True)
    connection.close()


def test_rows_of_a_file_are_chosen_by_the_parameter_of_a_prepared_statement(prepared: Any) -> None:
    prepared.execute("SELECT * FROM products WHERE sku = ?", ("a1",))
    assert prepared.fetchall() == [("A1", Decimal("4.50"), date(2023, 3, 1))]
    assert prepared.column_names == ("sku", "price", "since")
    prepared.execute("SELECT * FROM products WHERE sku = ?", ("A2",))
    assert prepared.fetchall() == [("A2", Decimal("12.00"), None)]


def test_inserts_are_numbered(cursor: Any) -> None:
    numbers = []
    for _ in range(2):
        assert cursor.execute("INSERT INTO orders VALUES (5)") == 1
        numbers.append(cursor.lastrowid)
    assert numbers[1] == numbers[0] + 1 >= 1001


def test_a_procedure_gives_several_results(cursor: Any) -> None:
    cursor.execute("CALL two()")
    assert cursor.fetchall() == ((1,),)
    assert cursor.nextset()
    assert cursor.fetchall() == ((2, "x"),)
    assert cursor.nextset()
    assert cursor.description is None
    assert not cursor.nextset()


def test_a_prepared_statement_has_the_values_of_templates(prepared: Any) -> None:
    prepared.execute("SELECT order 5")
    assert prepared.fetchall() == [("A", "SELECT ORDER 5")]


def test_a_sequence_goes_on_with_each_call(cursor: Any) -> None:
    for _ in range(2):
        with pytest.raises(pymysql.err.OperationalError) as caught:
            cursor.execute("UPDATE stock SET qty = 1")
        assert caught.value.args[0] == 1213
    assert cursor.execute("UPDATE stock SET qty = 1") == 1


def test_a_row_may_be_longer_than_a_packet(cursor: Any) -> None:
    cursor.execute("SELECT wide")
    ((number, data),) = cursor.fetchall()
    assert (number, len(data)) == (1, 20 * 1024 * 1024 - 1)


def test_rows_are_made_anew_many_times(cursor: Any) -> None:
    cursor.execute("SELECT many")
    numbers = [number for (number,) in cursor.fetchall()]
    assert numbers == list(range(numbers[0], numbers[0] + 3000))


def test_an_answer_may_be_late(cursor: Any) -> None:
    before = time.monotonic()
    cursor.execute("SELECT late")
    assert time.monotonic() - before >= 0.1
    assert cursor.fetchall() == ((1,),)


def test_code_streams_its_rows(cursor: Any, prepared: Any) -> None:
    expected = [(number, "ada") for number in range(1000)]
    cursor.execute("SELECT code")
    assert list(cursor.fetchall()) == expected
    prepared.execute("SELECT code")
    assert prepared.fetchall() == expected


def test_a_value_that_does_not_fit_is_an_error_and_the_connection_lives_on(cursor: Any) -> None:
    for _ in range(2):
        with pytest.raises(pymysql.err.MySQLError) as caught:
            cursor.execute("SELECT fails")
        assert caught.value.args == (
            1105,
            "sockservice: stub 'fails': column 'a' (INT): 'x' is not a whole number",
        )


def test_an_error_may_say_who_asked(cursor: Any) -> None:
    with pytest.raises(pymysql.err.IntegrityError) as caught:
        cursor.execute("SELECT refused")
    assert caught.value.args == (1062, "ada was here")
