"""PREPARE, EXECUTE and DEALLOCATE PREPARE as statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import FakeSession
from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sockservice.answers import Answer, Error, Ok, Request, table
from sockservice.interfaces import IResponder
from sockservice.responder.sql_prepare import MOST, SqlPrepare

ROWS = table({"a": "INT"}, [(1,)])


@implementer(IResponder)
class Inner:
    """Keeps what it is asked, and answers what it is told to."""

    def __init__(self, answer: Callable[[Request], Any] = lambda _request: ROWS) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, tuple[Any, ...]]] = []

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        self.asked.append((request.command, request.text, request.params))
        return self.answer(request)


class Talk:
    """One session that sends statements."""

    def __init__(self, answer: Callable[[Request], Any] = lambda _request: ROWS) -> None:
        self.inner, self.session = Inner(answer), FakeSession()
        self.responder = SqlPrepare(self.inner)

    def ask(self, text: str, command: str = "query") -> Any:
        return self.responder.respond(Request(command, text, self.session))

    def code(self, text: str) -> int:
        answer = self.ask(text)
        assert isinstance(answer, Error), answer
        return answer.code


def test_it_is_a_responder() -> None:
    assert verifyObject(IResponder, SqlPrepare(Inner()))


def test_a_statement_is_prepared_and_executed_with_variables() -> None:
    talk = Talk()
    talk.session.user_variables.update(x=5, y=None)
    assert talk.ask("PREPARE s FROM 'SELECT ? + ?'") == Ok(info="Statement prepared")
    assert talk.ask("execute S using @X, @y;") is ROWS
    assert talk.inner.asked == [("prepare", "SELECT ? + ?", ()), ("execute", "SELECT ? + ?", (5, None))]


def test_the_text_may_be_in_a_variable() -> None:
    talk = Talk()
    talk.session.user_variables.update(text="SELECT 'it''s ?'", data=b"SELECT 2")
    talk.ask("PREPARE a FROM @text")
    talk.ask("PREPARE `b` FROM @data")
    assert talk.session.prepared == {"a": "SELECT 'it''s ?'", "b": "SELECT 2"}
    assert talk.ask("EXECUTE a") is ROWS


def test_an_unknown_statement_is_an_error_that_names_it() -> None:
    talk = Talk()
    answer = talk.ask("EXECUTE Nope")
    assert (answer.code, answer.message) == (1243, "Unknown prepared statement handler (Nope) given to EXECUTE")
    assert talk.code("DEALLOCATE PREPARE Nope") == 1243


@pytest.mark.parametrize("word", ["DEALLOCATE", "DROP", "drop /* it */"])
def test_a_statement_is_forgotten(word: str) -> None:
    talk = Talk()
    talk.ask("PREPARE s FROM 'SELECT 1'")
    assert talk.ask("DROP PREPARE s" if "/*" in word else f"{word} PREPARE s") == Ok()
    assert talk.code("EXECUTE s") == 1243


@pytest.mark.parametrize("using", ["", " USING @a", " USING @a, @b, @c"])
def test_the_number_of_variables_has_to_be_right(using: str) -> None:
    talk = Talk()
    talk.ask("PREPARE s FROM 'SELECT ?, \"?\", ? -- ?'")
    assert talk.code(f"EXECUTE s{using}") == 1210


@pytest.mark.parametrize(
    "text",
    ["PREPARE s", "PREPARE s FROM", "PREPARE s FROM 5", "PREPARE FROM 'x'", "EXECUTE s USING 5", "EXECUTE s USING @a,"],
)
def test_what_mysql_could_not_read_is_a_syntax_error(text: str) -> None:
    assert Talk().code(text) == 1064


def test_several_statements_cannot_be_prepared_as_one() -> None:
    talk = Talk()
    assert talk.code("PREPARE s FROM 'SELECT 1; SELECT 2'") == 1064
    assert talk.ask("PREPARE s FROM 'SELECT 1;'") == Ok(info="Statement prepared")


def test_a_statement_that_is_refused_is_not_kept_and_the_one_of_its_name_is_gone() -> None:
    refusal = Error(1146, "42S02", "no table")
    talk = Talk(lambda request: refusal if "missing" in request.text else ROWS)
    talk.ask("PREPARE s FROM 'SELECT 1'")
    assert talk.ask("PREPARE s FROM 'SELECT * FROM missing'") is refusal
    assert talk.session.prepared == {}


def test_an_answer_that_comes_later_is_waited_for() -> None:
    talk = Talk(lambda _request: succeed(ROWS))
    answers: list[Any] = []
    talk.ask("PREPARE s FROM 'SELECT 1'").addCallback(answers.append)
    assert (answers, talk.session.prepared) == ([Ok(info="Statement prepared")], {"s": "SELECT 1"})


def test_there_is_a_limit() -> None:
    talk = Talk()
    talk.session.prepared.update((f"s{number}", "SELECT 1") for number in range(MOST))
    assert talk.code("PREPARE one_more FROM 'SELECT 1'") == 1461
    assert talk.ask("PREPARE s5 FROM 'SELECT 2'") == Ok(info="Statement prepared")


@pytest.mark.parametrize("command", ["prepare", "execute"])
def test_they_cannot_be_prepared_themselves(command: str) -> None:
    assert Talk().ask("EXECUTE s", command).code == 1295


@pytest.mark.parametrize("text", ["SELECT 1", "preparevil", "DROP TABLE t", "", "-- PREPARE", "EXPLAIN SELECT 1"])
def test_all_else_is_passed_on(text: str) -> None:
    assert Talk().ask(text) is None
    assert Talk().ask("execute", "init_db") is None


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(["PREPARE ", "EXECUTE ", "DEALLOCATE PREPARE ", "drop prepare "]), st.text(max_size=30))
def test_no_text_raises(beginning: str, rest: str) -> None:
    answer = Talk().ask(beginning + rest)
    assert answer is None or isinstance(answer, (Ok, Error)) or answer is ROWS
