from __future__ import annotations

import pytest
from sessions import FakeSession, Talk

from sockservice.answers import Error, Ok


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("BEGIN", False, True),
        ("BEGIN WORK", False, True),
        ("START TRANSACTION", False, True),
        ("START TRANSACTION READ ONLY", False, True),
        ("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE", False, True),
        ("START TRANSACTION /*!40108 WITH CONSISTENT SNAPSHOT */", False, True),
        ("COMMIT", True, False),
        ("COMMIT WORK AND NO CHAIN NO RELEASE", True, False),
        ("COMMIT AND CHAIN", True, True),
        ("ROLLBACK", True, False),
        ("ROLLBACK WORK AND CHAIN", True, True),
        ("ROLLBACK RELEASE", True, False),
        ("ROLLBACK TO SAVEPOINT `p`", True, True),
        ("ROLLBACK TO p", True, True),
        ("SAVEPOINT p", True, True),
        ("RELEASE SAVEPOINT p", True, True),
        ("LOCK TABLES a READ, b AS c WRITE", True, False),
        ("LOCK INSTANCE FOR BACKUP", True, True),
        ("UNLOCK TABLES", True, True),
        ("FLUSH PRIVILEGES", True, False),
        ("FLUSH TABLES WITH READ LOCK", False, False),
        ("DO 1, @a := 2", False, False),
        ("RESET MASTER", False, False),
    ],
)
def test_a_statement_without_rows_and_the_transaction_after_it(text: str, before: bool, after: bool) -> None:
    talk = Talk()
    talk.session.in_transaction = before
    assert isinstance(talk.ask(text), Ok)
    assert talk.session.in_transaction is after


@pytest.mark.parametrize(
    "text",
    "BEGIN 1|START SOMETHING|START TRANSACTION x|COMMIT 1|ROLLBACK TO|SAVEPOINT|LOCK x|USE|KILL|DO|BEGIN; COMMIT".split(
        "|"
    ),
)
def test_what_mysql_could_not_read_is_passed_on(text: str) -> None:
    assert Talk().ask(text) is None


def test_use_changes_the_database() -> None:
    talk = Talk()
    assert isinstance(talk.ask("use `My DB`"), Ok)
    assert talk.session.database == "My DB"


def test_kill_knows_the_sessions() -> None:
    talk = Talk()
    number = talk.session.connection_id
    assert isinstance(talk.ask(f"KILL QUERY {number}"), Ok)
    assert isinstance(talk.ask("KILL CONNECTION ?", number), Ok)
    assert isinstance(talk.ask(f"kill {number}"), Ok)
    assert talk.session.server.killed == [(number, True), (number, False), (number, False)]
    answer = talk.ask("KILL 99999")
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate, answer.message) == (1094, "HY000", "Unknown thread id: 99999")


def test_do_sets_variables() -> None:
    talk = Talk()
    talk.ask("DO @a := 2 + 3")
    assert talk.value("@a") == 5


def test_use_of_a_database_that_the_account_is_not_allowed_is_refused():
    talk = Talk(session=FakeSession(allowed=("shop",)))
    assert talk.ask("USE stock") == Error(1044, "42000", "Access denied for user 'tester'@'%' to database 'stock'")
    assert talk.session.database == "shop"
