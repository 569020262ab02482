"""The corpus on a real MariaDB and on our server: each statement is answered alike, or as MySQL 8.4 answers it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from comparison import judge
from corpus import Session, read_corpus
from outcomes import Address, Outcome, Recorded, play

SESSIONS = read_corpus()
each_session = pytest.mark.parametrize("session", SESSIONS, ids=str)


@pytest.fixture(scope="module")
def theirs(reference: Address) -> Callable[[Session], list[Recorded]]:
    """What MariaDB answers to a session, which it is asked once."""
    answered: dict[Session, list[Recorded]] = {}

    def outcomes(session: Session) -> list[Recorded]:
        if session not in answered:
            answered[session] = play(session, reference)
        return answered[session]

    return outcomes


def test_the_corpus_is_large_enough_to_say_something():
    assert sum(len(session.statements) for session in SESSIONS) > 1500
    assert len({session.database for session in SESSIONS}) == len(SESSIONS)


@each_session
def test_a_session_has_the_same_outcomes_each_time(session, reference, theirs):
    verdict = judge(session, theirs(session), play(session, reference), mysql=False)
    assert not verdict.differences, "\n".join(map(str, verdict.differences))


@pytest.mark.parametrize("theme", sorted({session.theme for session in SESSIONS}))
def test_what_is_annotated_for_mysql_is_not_what_mariadb_does(theme, theirs):
    idle = []
    for session in (session for session in SESSIONS if session.theme == theme):
        verdict = judge(session, theirs(session), theirs(session), mysql=True)
        differing = {difference.reference.statement for difference in verdict.differences}
        annotated = {statement for statement in session.statements if statement.expected}
        assert differing <= annotated
        # Both may fail, each with its error.
        different = {one for one in annotated if all(expected.aspect != "fails" for expected in one.expected)}
        idle += [f"{theme}.sql:{statement.line}" for statement in different - differing]
    assert not idle


@each_session
def test_our_server_answers_like_mysql(session, ours, theirs):
    recorded = play(session, ours)
    verdict = judge(session, theirs(session), recorded, mysql=True)
    assert not verdict.differences, "\n".join(map(str, verdict.differences))
    assert not [str(one) for one in recorded if _has_null_in_what_has_none(one.outcome)]


def _has_null_in_what_has_none(outcome: Outcome) -> bool:
    """Whether a column that is said to be NOT NULL has a NULL."""
    never = [place for place, column in enumerate(outcome.columns) if "NOT_NULL" in column.flags]
    return any(row[place] is None for row in outcome.rows for place in never)
