"""Answers of the author's Python."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from plans import asking, cells, mistakes_of, types
from sessions import FakeSession, workspace_of
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import globalLogPublisher

from sockservice.answers import Error, Ok, Request, Rows, table

CODE = """
from datetime import date
from decimal import Decimal
from twisted.internet.defer import Deferred, succeed
from sockservice.answers import Ok, table

closed = []
waiting = []

def answer(request): return table({"a": "INT"}, [[request.params[0]]])
def maps(request): return [{"id": 1, "name": "Ada"}, {"id": 2, "born": date(1815, 12, 10)}]
def one(request): return {"id": 7, "price": Decimal("4.50")}
def lists(request): return [[1, 2.345], (None, "3")]
def nothing(request): return []
def then(request): return {"ok": {"affected_rows": 3}}
def templated(request): return {"rows": [{"a": "{{ params[0] }}"}], "set_state": {"cart": "full"}}
def wrong_then(request): return {"ok": {"affected": 3}}
def wrong_error(request): return {"error": "ER_NOTHING"}
def again(request): return {"python": "code:again"}
def passes(request): return None if "pass" in request.text else Ok()
def broken(request): return 1 / 0
def number(request): return 5
def text(request): return "SELECT 1"
def mixed(request): return [{"a": 1}, [2]]
def unknown(request): return [{"a": 1, "b": object()}]

def stream(request):
    try:
        for number in range(10**6):
            yield {"n": number}
    finally:
        closed.append(True)

def growing(request):
    for number in range(1, 12, 10):
        yield {"text": "x" * number, "price": Decimal(10**number), "data": bytes(number * 10_000)}

def cut(request):
    yield [1]
    raise KeyError("gone")

def late(request):
    waiting.append(Deferred())
    return waiting[-1]

async def coroutine(request):
    await succeed(None)
    return {"error": "ER_LOCK_DEADLOCK"}

async def failing(request):
    await succeed(None)
    raise RuntimeError("no luck")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(CODE)
    return tmp_path


@pytest.fixture
def log():
    """Failures of the author's code belong to the log; here they are caught."""
    events = []
    globalLogPublisher.addObserver(events.append)
    yield events
    globalLogPublisher.removeObserver(events.append)


def test_a_function_may_give_an_answer(folder):
    answer = asking(folder, "python: 'code:answer'").ask("", 5)
    assert answer == table({"a": "INT"}, [[5]])


def test_a_function_may_give_rows_as_maps(folder):
    answer = asking(folder, "python: 'code:maps'").ask()
    assert types(answer) == {"id": "BIGINT", "name": "VARCHAR(3)", "born": "DATE"}
    assert [row[:2] for row in cells(answer)] == [(1, "Ada"), (2, None)]
    assert types(asking(folder, "python: 'code:one'").ask()) == {"id": "BIGINT", "price": "DECIMAL(3,2)"}


def test_rows_as_lists_are_fitted_to_the_declared_columns(folder):
    one = asking(folder, "{python: 'code:lists', columns: {a: INT, b: 'DECIMAL(5,2)'}}")
    assert [[str(cell) for cell in row] for row in cells(one.ask())] == [["1", "2.35"], ["None", "3.00"]]
    assert types(one.plan.describe()) == {"a": "INT", "b": "DECIMAL(5,2)"}
    assert cells(asking(folder, "{python: 'code:nothing', columns: {a: INT}}").ask()) == []


def test_rows_of_a_generator_may_be_longer_than_its_first_one(folder):
    answer = asking(folder, "python: 'code:growing'").ask()
    assert cells(answer) == [
        ("x" * n, made, bytes(10_000 * n)) for n, made in ((1, Decimal(10)), (11, Decimal(10**11)))
    ]


def test_a_generator_is_streamed_and_closed(folder):
    answer = asking(folder, "python: 'code:stream'").ask()
    assert isinstance(answer, Rows)
    assert types(answer) == {"n": "BIGINT"}
    assert not isinstance(answer.rows, (list, tuple))
    rows = iter(answer.rows)
    assert [next(rows) for _ in range(3)] == [(0,), (1,), (2,)]


def test_a_map_as_then_has_it_is_read_like_one(folder):
    assert asking(folder, "python: 'code:then'").ask() == Ok(3)
    one = asking(folder, "python: 'code:templated'")
    assert cells(one.ask("", "x")) == [("x",)]
    assert one.workspace.states == {"cart": "full"}


def test_a_coroutine_is_waited_for(folder):
    answer = asking(folder, "python: 'code:coroutine'").ask()
    found = []
    answer.addCallback(found.append)
    assert found[0].code == 1213


def test_a_deferred_is_waited_for_and_cancelled_with_its_client(folder):
    one = asking(folder, "{python: 'code:late', delay: 2s}")
    answer, found = one.ask(), []
    assert isinstance(answer, Deferred)
    answer.addCallback(found.append)
    waiting = _module(folder).waiting
    waiting[-1].callback([{"a": 1}])
    assert found == []
    one.clock.advance(2)
    assert cells(found[0]) == [(1,)]
    gone = one.ask()
    gone.addErrback(lambda reason: found.append(reason.value))
    gone.cancel()
    assert isinstance(found[1], CancelledError)
    assert one.clock.getDelayedCalls() == []


def _module(folder: Path) -> Any:
    return sys.modules[f"sockservice stub code {(folder / 'code.py').resolve()}"]


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("python: 'code:broken'", "code:broken raised ZeroDivisionError: division by zero"),
        ("python: 'code:number'", "code:number gave a int, which is no answer"),
        ("python: 'code:text'", "code:text gave a str, which is no answer"),
        ("python: 'code:lists'", "code:lists gave rows that are no maps: say their 'columns' beside 'python'"),
        ("python: 'code:nothing'", "code:nothing gave no rows: say their 'columns' beside 'python'"),
        ("python: 'code:mixed'", "code:mixed gave rows that are no maps"),
        ("{python: 'code:mixed', columns: {b: INT}}", "row 1: 'a' is not among the columns"),
        ("{python: 'code:lists', columns: {b: INT}}", "row 1 is neither a map nor a list of 1 value"),
        ("{python: 'code:lists', columns: {a: INT, b: DATE}}", "row 1, column 'b' (DATE): 2.345 is not a date"),
        ("python: 'code:unknown'", "column 'b' has a object, which is no value of a column"),
        ("python: 'code:wrong_then'", "what 'python' gave: Object contains unknown field `affected`"),
        ("python: 'code:wrong_error'", "what 'python' gave: MySQL has no error named 'ER_NOTHING'"),
        ("python: 'code:again'", "what 'python' gives cannot ask for 'python' again"),
    ],
)
def test_what_is_no_answer_is_an_error_that_says_why(folder, log, then, message):
    answer = asking(folder, then).ask("", 1)
    assert isinstance(answer, Error)
    assert answer.message.startswith(f"sockservice: stub 'it': {message}")


def test_what_the_code_raises_is_logged_with_its_traceback(folder, log):
    asking(folder, "python: 'code:broken'").ask()
    assert any("code.py" in str(event.get("traceback")) for event in log)


def test_a_coroutine_that_fails_is_an_error(folder, log):
    found = []
    asking(folder, "python: 'code:failing'").ask().addCallback(found.append)
    assert found[0].message == "sockservice: stub 'it': code:failing raised RuntimeError: no luck"


def test_a_deferred_cannot_pass_a_request_on(folder, log):
    found = []
    asking(folder, "python: 'code:late'").ask().addCallback(found.append)
    _module(folder).waiting[-1].callback(None)
    assert "gave None after it waited" in found[0].message


def test_a_generator_that_fails_ends_its_rows_with_an_error(folder, log):
    rows = iter(asking(folder, "{python: 'code:cut', columns: {a: INT}}").ask().rows)
    assert next(rows) == (1,)
    with pytest.raises(ValueError, match="sockservice: stub 'it': code:cut raised KeyError: 'gone'"):
        next(rows)


def test_none_passes_the_request_on_to_the_next_stub_and_does_not_count(folder):
    (folder / "stubs.yaml").write_text(
        """
version: 1
stubs:
- {name: code, when: {regex: 'select .*'}, then: [{python: 'code:passes', times: 1}, {error: 1062}]}
- {name: next, when: {regex: '.*pass.*'}, then: {ok: {affected_rows: 9}}}
"""
    )
    workspace, session = workspace_of(folder / "stubs.yaml", behind=False), FakeSession()

    def ask(text: str):
        return workspace.respond(Request("query", text, session))

    assert [ask("select pass") for _ in range(3)] == [Ok(9)] * 3
    assert [ask("select it"), ask("select it").code, ask("select pass").code] == [Ok(), 1062, 1062]


def test_values_that_a_client_wrote_into_the_text_are_parameters_too(folder):
    (folder / "stubs.yaml").write_text(
        """
version: 1
stubs:
- {name: code, when: {sql: "SELECT a FROM t WHERE b = ?"}, then: {python: 'code:answer'}}
"""
    )
    workspace, session = workspace_of(folder / "stubs.yaml", behind=False), FakeSession()
    expected = table({"a": "INT"}, [[5]])
    assert workspace.respond(Request("query", "select a from t where b = 5", session)) == expected
    assert workspace.respond(Request("execute", "select a from t where b = ?", session, (5,))) == expected


def test_a_module_that_cannot_be_run_is_told_with_its_place(folder):
    (folder / "bad.py").write_text("import nowhere_to_be_found\n")
    assert mistakes_of(folder, "python: 'bad:answer'") == [
        "7:13: FOLDER/bad.py cannot be imported: No module named 'nowhere_to_be_found'".replace("FOLDER/", "")
    ]
