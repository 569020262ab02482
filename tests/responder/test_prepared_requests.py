"""Prepared statements, as stubs and the chatter see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sessions import FakeSession, workspace_of

from sockservice.answers import Answer, Error, Ok, Request, Rows

STUBS = """
version: 1
stubs:
  - name: anna
    when: {sql: SELECT name FROM people WHERE id = 42}
    then: {columns: {name: VARCHAR(20)}, rows: [[Anna]]}
  - name: gone
    when: {sql: SELECT name FROM people WHERE id = 13}
    then: {error: {code: 1213}}
  - name: anybody
    when: {sql: SELECT age FROM people WHERE id = ?}
    then: {columns: {age: INT}, rows: [[7]]}
  - name: only an error
    when: {sql: DELETE FROM people WHERE id = 13}
    then: {error: {code: 1451}}
  - name: by pattern
    when: {regex: "select .* from places.*"}
    then: {columns: {place: VARCHAR(20)}, rows: [[here]]}
  - name: plain
    when: {sql: SELECT 5}
    then: {columns: {five: INT}, rows: [[5]]}
"""


class Talk:
    """One session with stubs, chatter and the error of the unmatched."""

    def __init__(self, folder: Path) -> None:
        path = folder / "stubs.yaml"
        path.write_text(STUBS)
        self.chain, self.session = workspace_of(path), FakeSession()

    def ask(self, command: str, text: str, *params: Any) -> Answer:
        answer = self.chain.respond(Request(command, text, self.session, params))
        assert isinstance(answer, (Rows, Ok, Error))
        return answer

    def columns(self, text: str) -> list[str]:
        answer = self.ask("prepare", text)
        assert isinstance(answer, Rows), answer
        return [column.name for column in answer.columns]

    def rows(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        answer = self.ask("execute", text, *params)
        assert isinstance(answer, Rows), answer
        return [tuple(row) for row in answer.rows]


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def test_a_stub_with_a_literal_is_found_by_the_parameter_and_tells_its_columns_before(talk: Talk) -> None:
    text = "SELECT name FROM people WHERE id = ?"
    assert talk.columns(text) == ["name"]
    assert talk.rows(text, 42) == [("Anna",)]
    refused, unmatched = talk.ask("execute", text, 13), talk.ask("execute", text, 5)
    assert isinstance(refused, Error)
    assert isinstance(unmatched, Error)
    assert refused.code == 1213
    assert (unmatched.code, "'anna'" in unmatched.message) == (1105, True)


def test_a_stub_for_any_parameter_is_found_by_all(talk: Talk) -> None:
    text = "select age from people where id = ?;"
    assert talk.columns(text) == ["age"]
    assert talk.rows(text, 1) == talk.rows(text, "x") == [(7,)]


def test_an_error_waits_for_the_parameters(talk: Talk) -> None:
    text = "DELETE FROM people WHERE id = ?"
    assert talk.ask("prepare", text) == Ok()
    answer = talk.ask("execute", text, 13)
    assert isinstance(answer, Error)
    assert answer.code == 1451


def test_a_literal_that_no_stub_has_is_refused_when_it_is_prepared(talk: Talk) -> None:
    answer = talk.ask("prepare", "SELECT name FROM people WHERE id = 99")
    assert isinstance(answer, Error)
    assert answer.code == 1105
    assert talk.columns("SELECT name FROM people WHERE id = 42") == ["name"]


def test_stubs_by_pattern_are_found_by_the_text(talk: Talk) -> None:
    assert talk.columns("SELECT ? FROM places") == ["place"]
    assert talk.rows("SELECT ? FROM places", 1) == [("here",)]


def test_a_statement_without_parameters_is_answered_as_its_text(talk: Talk) -> None:
    query = talk.ask("query", "SELECT 5")
    for _ in range(2):
        assert talk.ask("execute", "SELECT 5") is query
    assert talk.ask("execute", "SELECT @@version_comment") == talk.ask("query", "SELECT @@version_comment")


def test_chatter_is_prepared_without_being_done(talk: Talk) -> None:
    assert talk.ask("prepare", "BEGIN") == Ok()
    assert not talk.session.in_transaction
    assert talk.ask("execute", "BEGIN") == Ok()
    assert talk.session.in_transaction
    assert talk.columns("SELECT @a := 5 AS a") == ["a"]
    assert talk.session.user_variables == {}
    assert talk.rows("SELECT @a := 5 AS a") == [(5,)]
    assert talk.session.user_variables == {"a": 5}


def test_chatter_has_parameters(talk: Talk) -> None:
    assert talk.columns("SELECT ? + 1 AS more, @@autocommit") == ["more", "@@autocommit"]
    assert talk.rows("SELECT ? + 1 AS more, @@autocommit", 41) == [(42, 1)]


def test_what_the_chatter_would_refuse_is_refused_when_it_is_prepared(talk: Talk) -> None:
    answer = talk.ask("prepare", "SELECT @@no_such_variable")
    assert isinstance(answer, Error)
    assert answer.code == 1193


def test_a_reset_is_answered(talk: Talk) -> None:
    assert talk.ask("reset_connection", "") == Ok()
