"""``sockservice.verify``: whether something was asked, how often, and what was asked instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import FakeSession, workspace_of
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from sockservice.answers import Error, Request, Rows
from sockservice.responder.control.verify import AT_ONCE, LONGEST_MESSAGE, Expected
from sockservice.responder.journal import Journal

USER = '{sql: "SELECT name FROM users WHERE id = 42"}'
TEXT = "SELECT name FROM users WHERE id = 42"


class Talk:
    def __init__(self, entries=10_000):
        self.clock = Clock()
        self.workspace = workspace_of(clock=self.clock, behind=False)
        self.workspace.journal = Journal(self.clock.seconds, entries=entries)
        self.workspace._add = self.workspace.journal.add
        self.session = FakeSession()

    def ask(self, text, *params, command="query", session=None):
        return self.workspace.respond(Request(command, text, session or self.session, params))

    def start(self, *arguments):
        """Verify, as far as that goes at once: what came of it, in a list."""
        places = ", ".join("?" * len(arguments))
        answer = self.ask(f"SELECT sockservice.verify({places})", *arguments, command="execute")
        if not isinstance(answer, Deferred):
            return [answer]
        outcomes = []
        answer.addBoth(outcomes.append)
        self.waited = answer
        return outcomes

    def verify(self, *arguments):
        outcomes = self.start(*arguments)
        for _ in range(1000):
            if outcomes:
                break
            self.clock.advance(0.01)
        (answer,) = outcomes
        return answer

    def holds(self, *arguments):
        answer = self.verify(*arguments)
        assert isinstance(answer, (Rows, Error))
        return isinstance(answer, Rows)

    def refusal(self, *arguments):
        answer = self.verify(*arguments)
        assert (answer.code, answer.message[:13]) == (1105, "sockservice: ")
        return answer.message[13:]


def test_it_answers_1_where_it_holds():
    talk = Talk()
    talk.ask(TEXT)
    answer = talk.verify(USER)
    assert (answer.rows, answer.columns[0].name) == (((1,),), "sockservice.verify(?)")


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        ((), {1, 2, 3}),
        (("at_least",), {1, 2, 3}),
        (("at_least", 2), {2, 3}),
        (("AT_MOST", 2), {0, 1, 2}),
        (("exactly", 2), {2}),
        (("exactly", "2"), {2}),
        (("exactly", 0), {0}),
        (("never",), {0}),
    ],
)
def test_how_often_is_counted(words, counts):
    for count in range(4):
        talk = Talk()
        for _ in range(count):
            talk.ask(TEXT)
        talk.ask("SELECT 1")
        assert talk.holds(USER, *words) is (count in counts)


def test_bound_values_and_every_workspace_session_count():
    talk = Talk()
    talk.ask("SELECT name FROM users WHERE id = ?", 42, command="execute")
    talk.ask("SELECT name FROM users WHERE id = ?", 43, command="execute")
    talk.ask("select  name from users where id=42;", session=FakeSession(user="other"))
    assert talk.holds(USER, "exactly", 2)


def test_what_is_only_prepared_or_about_the_control_does_not_count():
    talk = Talk()
    talk.ask(TEXT, command="prepare")
    talk.ask("SELECT COUNT(*) FROM sockservice.journal")
    assert talk.holds(USER, "never")
    assert talk.holds('{regex: ".*"}', "never")


def test_a_failure_tells_what_was_expected_and_what_is_near():
    talk = Talk()
    talk.ask("DELETE FROM orders")
    talk.ask("SELECT name FROM users WHERE id = 43")
    talk.ask("SELECT 1")
    assert talk.refusal(USER, "exactly", 2) == (
        f"{USER} was expected exactly 2 times and was asked 0 times, among 3 requests; nearest: "
        "SELECT name FROM users WHERE id = 43 (sql: value 1: expected 42, got 43)"
    )
    assert talk.refusal('{regex: "zzz"}').endswith("; nothing near was asked")
    assert talk.refusal('{regex: "DELETE .*"}', "exactly", 2).endswith("; nothing else that is near was asked")
    talk.ask(TEXT)
    assert talk.refusal(USER, "never") == f"{USER} was expected never and was asked 1 time, among 4 requests"


def test_a_failure_tells_how_much_the_journal_has_lost():
    talk = Talk(entries=3)
    for _ in range(8):
        talk.ask(TEXT)
    assert "; 5 older ones are not in the journal any more" in talk.refusal(USER, "at_least", 8)


def test_a_failure_fits_into_the_message_of_a_client():
    talk = Talk()
    for number in range(50):
        talk.ask(f"SELECT name FROM users WHERE id = '{number}{'é' * 90}'")
    told = talk.verify(USER + " " * 500).message
    assert len(told.encode()) <= LONGEST_MESSAGE
    assert told.endswith("…")


def test_credentials_are_not_told():
    talk = Talk()
    talk.ask("ALTER USER bob IDENTIFIED BY 'secret'")
    told = talk.refusal("{sql: \"ALTER USER bob IDENTIFIED BY 'other'\"}")
    assert told.endswith("; nearest: ALTER USER bob IDENTIFIED BY '***'")
    assert talk.holds("{sql: \"ALTER USER bob IDENTIFIED BY 'secret'\"}")


# --- waiting ----------------------------------------------------------------------------------


def test_it_waits_until_it_holds():
    talk = Talk()
    outcomes = talk.start(USER, "exactly", 2, "2s")
    talk.clock.advance(0.5)
    talk.ask(TEXT)
    talk.clock.advance(0.5)
    assert outcomes == []
    talk.ask(TEXT)
    talk.clock.advance(0.5)
    assert isinstance(outcomes[0], Rows)
    assert not talk.clock.getDelayedCalls()


def test_it_fails_when_the_wait_is_over():
    talk = Talk()
    outcomes = talk.start(USER, "exactly", 2, "2s")
    talk.ask(TEXT)
    talk.clock.pump([0.05] * 39)
    assert outcomes == []
    talk.clock.pump([0.05] * 2)
    assert "was asked 1 time" in outcomes[0].message


def test_never_is_waited_for_to_the_end_and_fails_at_once():
    talk = Talk()
    outcomes = talk.start(USER, "never", "1s")
    talk.clock.pump([0.05] * 19)
    assert outcomes == []
    talk.clock.pump([0.05] * 2)
    assert isinstance(outcomes[0], Rows)
    outcomes = talk.start(USER, "never", 1)
    talk.clock.advance(0.05)
    talk.ask(TEXT)
    talk.clock.advance(0.05)
    assert isinstance(outcomes[0], Error)


def test_a_client_that_is_gone_leaves_nothing_to_the_clock():
    talk = Talk()
    outcomes = talk.start(USER, "exactly", 2, "2s")
    talk.waited.cancel()
    assert outcomes[0].check(CancelledError)
    assert not talk.clock.getDelayedCalls()


def test_others_have_their_turn_while_a_long_journal_is_read():
    talk = Talk()
    for number in range(3 * AT_ONCE):
        talk.ask(f"SELECT {number}")
    outcomes = talk.start('{regex: "SELECT .*"}', "exactly", 3 * AT_ONCE)
    assert outcomes == []
    assert len(talk.clock.getDelayedCalls()) == 1
    talk.clock.pump([0] * 3)
    assert isinstance(outcomes[0], Rows)


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((USER, "exactlyy"), "'exactlyy' does not say how often; did you mean 'exactly'?"),
        ((USER, "exactly"), "exactly how often? sockservice.verify(when"),
        ((USER, "exactly", 2, "soon"), "'soon' is not a duration"),
        ((USER, "exactly", 2, "2h"), "it is waited for 3600 s at most, not for 7200 s"),
        ((USER, "never", "1s", "1s"), "the arguments are those of sockservice.verify(when"),
        ((None,), "the arguments are those of sockservice.verify(when"),
        (("{sqll: x}",), "when:1:2: 'sqll' is not known here; did you mean 'sql'?"),
        (("{sql: x, state: {a: b}}",), "when:1:10: 'state' has no meaning here"),
        (("{not: {call: 1}}",), "when:1:8: 'call' has no meaning here"),
        (("{python: 'a:b'}",), "when:1:2: 'python' has no meaning here"),
        (("{regex: '('}",), "when:1:9: the regular expression cannot be used"),
        (("SELECT 1",), "when:1:1: "),
        (("",), "when:1:1: "),
        (("#" * 70_000,), "the 'when' has more than 65,536 characters"),
    ],
)
def test_mistakes_are_told(arguments, told):
    assert Talk().refusal(*arguments).startswith(told)


def test_without_a_journal_there_is_nothing_to_verify():
    assert "--journal 0" in Talk(entries=0).refusal(USER)


@given(st.lists(st.none() | st.text() | st.integers() | st.floats() | st.binary(), max_size=5))
def test_any_arguments_are_taken_or_refused(arguments):
    talk = Talk()
    for outcome in talk.start(USER, *arguments):
        assert isinstance(outcome, (Rows, Error))
    talk.clock.pump([3600, 3600])
    assert not talk.clock.getDelayedCalls()


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Expected("exactly", 1), "exactly 1 time"),
        (Expected("at_least", 2), "at least 2 times"),
        (Expected("at_most", 0), "never"),
    ],
)
def test_what_is_expected_is_put_into_words(expected, words):
    assert str(expected) == words
