"""Sequences, and what happens with an answer: pauses, states, endings, faults, tags."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from plans import Asking, asking, cells, mistakes_of, plan_of, types
from sessions import FakeSession, workspace_of
from twisted.internet.defer import CancelledError, Deferred

from sockservice.answers import Disturbed, Error, Ok, Request, Results
from sockservice.disturbances import Break, Dribble, Ending, Pace
from sockservice.documents import survey_document
from sockservice.responder.answering.plan import Plan
from sockservice.responder.answering.plan_reader import PlanReader
from sockservice.responder.answering.then_words import Then
from sockservice.responder.files_beside import FilesBeside
from sockservice.responder.matching.when_words import When
from sockservice.responder.stub_file import StubEntry

REFERENCE = Path(__file__).parents[2] / "examples" / "stubs" / "reference" / "stubs.yaml"


def given(one: Asking, count: int) -> list[object]:
    """What a plan gives, call by call: the affected rows of Ok, the code of an error, None."""
    answers = [one.ask() for _ in range(count)]
    return [getattr(answer, "affected_rows", getattr(answer, "code", None)) for answer in answers]


# --- sequences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "beside", "expected"),
    [
        ("{ok: {affected_rows: 1}}", "", [1, 1, 1, 1, 1]),
        ("[{ok: {affected_rows: 1}}, {error: 1213}]", "", [1, 1213, 1213, 1213, 1213]),
        ("[{error: 1213, times: 2}, {ok: {affected_rows: 1}}]", "", [1213, 1213, 1, 1, 1]),
        ("[{error: 1213, times: 2}, {ok: {affected_rows: 1}}]", "cycle: true", [1213, 1213, 1, 1213, 1213]),
        ("[{error: 1213}, {ok: {affected_rows: 1}, times: 2}]", "", [1213, 1, 1, None, None]),
        ("[{ok: {affected_rows: 1}, times: 1}, {ok: {affected_rows: 2}, times: 2}]", "cycle: true", [1, 2, 2, 1, 2]),
        ("{ok: {affected_rows: 1}, times: 2}", "", [1, 1, None, None, None]),
        ("[{ok: {affected_rows: 1}}]", "cycle: true", [1, 1, 1, 1, 1]),
    ],
)
def test_a_list_is_a_sequence_whose_last_answer_repeats(tmp_path, then, beside, expected):
    assert given(asking(tmp_path, then, beside=beside), 5) == expected


def test_each_workspace_goes_through_the_sequence_by_itself(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "version: 1\nstubs: [{when: {sql: a}, then: [{ok: {}}, {error: 1062}]}]\n", encoding="utf-8"
    )
    one, other = workspace_of(tmp_path / "s.yaml"), workspace_of(tmp_path / "s.yaml")
    session = FakeSession()

    def ask(workspace):
        return workspace.respond(Request("query", "a", session))

    assert [ask(one), ask(one).code, ask(other), ask(one).code] == [Ok(), 1062, Ok(), 1062]
    one.reset()
    assert ask(one) == Ok()


def test_only_a_plan_of_one_constant_answer_is_looked_up_once(tmp_path):
    def only(then: str) -> bool:
        return plan_of(tmp_path, then).only is not None

    assert only("ok: {}")
    assert only("{rows: [{a: 1}], repeat_rows: 5, row_delay: 2ms, then_close: true, emit: seen}")
    for then in (
        "[{ok: {}}, {ok: {}}]",
        "{ok: {}, times: 1}",
        "{ok: {}, delay: 2ms}",
        "{ok: {}, set_state: {a: b}}",
        "{ok: {}, emit: '{{ text }}'}",
        "{rows: [{a: '{{ text }}'}]}",
        "{rows: [{a: 1}], row_delay: {uniform: [1ms, 2ms]}}",
        "{rows: [{a: 1}], fault: {disconnect_after_rows: 1}}",
        "fault: too_many_connections",
    ):
        assert not only(then), then


# --- timing -----------------------------------------------------------------------------------


def test_an_answer_may_be_late_and_is_forgotten_with_its_client(tmp_path):
    one = asking(tmp_path, "{ok: {affected_rows: 1}, delay: 1.5s}")
    found: list[object] = []
    answer = one.ask()
    assert isinstance(answer, Deferred)
    answer.addCallback(found.append)
    one.clock.advance(1.4)
    assert found == []
    one.clock.advance(0.1)
    assert found == [Ok(1)]
    gone = one.ask()
    gone.addErrback(lambda reason: found.append(reason.value))
    gone.cancel()
    assert isinstance(found[1], CancelledError)
    assert one.clock.getDelayedCalls() == []


def test_a_late_answer_is_the_same_object_each_time(tmp_path):
    one = asking(tmp_path, "{ok: {}, delay: 1s}")
    found: list[object] = []
    for _ in range(2):
        one.ask().addCallback(found.append)
    one.clock.advance(1)
    assert found[0] is found[1]


def test_no_delay_is_no_wait(tmp_path):
    assert asking(tmp_path, "{ok: {}, delay: 0}").ask() == Ok()


def test_random_delays_repeat_with_the_seed_of_the_file(tmp_path):
    def delays(head: str) -> list[float]:
        one = asking(tmp_path, "{ok: {}, delay: {lognormal: {median: 80ms, sigma: 0.4, max: 2s}}}", head=head)
        before = one.clock.seconds()
        for _ in range(5):
            one.ask()
        return [call.getTime() - before for call in one.clock.getDelayedCalls()]

    first, second, other = delays("defaults: {seed: 7}"), delays("defaults: {seed: 7}"), delays("defaults: {seed: 8}")
    assert first == second != other
    assert len(set(first)) == 5


def test_rows_may_be_paced(tmp_path):
    answer = asking(tmp_path, "{rows: [{a: 1}], first_row_delay: 80ms, row_delay: 2ms}").ask()
    assert isinstance(answer, Disturbed)
    (pace,) = answer.disturbances
    assert isinstance(pace, Pace)
    assert (pace.first_row(), pace.row()) == (0.08, 0.002)
    one = asking(tmp_path, "{rows: [{a: 1}], row_delay: {uniform: [1ms, 2ms]}}")
    pauses = [one.ask().disturbances[0].row() for _ in range(20)]
    assert 0.001 <= min(pauses) < max(pauses) <= 0.002
    assert one.ask().disturbances[0].first_row() == 0.0


def test_an_answer_may_dribble(tmp_path):
    answer = asking(tmp_path, "{ok: {}, dribble: {chunks: 5, duration: 2s}}").ask()
    assert answer == Disturbed(Ok(), (Dribble(5, 2.0),))


@pytest.mark.parametrize(
    ("word", "ending"), [("true", Ending.FIN), ("fin", Ending.FIN), ("rst", Ending.RST), ("false", None)]
)
def test_the_connection_may_end_behind_an_answer(tmp_path, word, ending):
    answer = asking(tmp_path, f"{{error: 1053, then_close: {word}}}").ask()
    if ending is None:
        assert answer.code == 1053
    else:
        assert answer.answer.code == 1053
        assert answer.disturbances == (Break(ending=ending),)


# --- effects ----------------------------------------------------------------------------------


def test_states_are_set_when_the_answer_is_given(tmp_path):
    one = asking(tmp_path, "{ok: {}, set_state: {cart: filled, last: 'by {{ session.user }} {{ params[0] }}'}}")
    one.ask("", 5)
    assert one.workspace.states == {"cart": "filled", "last": "by tester 5"}


def test_states_are_not_set_where_there_is_no_answer(tmp_path):
    one = asking(tmp_path, "{rows: [{a: '{{ params[0] }}'}], set_state: {cart: filled}}")
    assert one.ask().code == 1105
    assert one.workspace.states == {}


def test_an_answer_with_states_is_the_same_object_each_time(tmp_path):
    one = asking(tmp_path, "{ok: {}, set_state: {cart: filled}}")
    assert one.ask() is one.ask()
    assert one.plan.describe() == Ok()


def test_tags_go_into_the_journal(tmp_path):
    (tmp_path / "s.yaml").write_text(
        """
version: 1
stubs:
- {name: fixed, when: {sql: a}, then: {ok: {}, emit: [seen, twice]}}
- {name: live, when: {sql: b}, then: {ok: {}, emit: ['by {{ session.user }}', '{{ params[9] }}', plain]}}
"""
    )
    workspace, session = workspace_of(tmp_path / "s.yaml"), FakeSession()
    for text in "aab":
        workspace.respond(Request("query", text, session))
    assert [entry.source.tags for entry in workspace.journal] == [
        ("seen", "twice"),
        ("seen", "twice"),
        ("by tester", "emit: 'params[9]': tuple object has no element 9", "plain"),
    ]
    assert {entry.source.name for entry in workspace.journal} == {"fixed", "live"}


@pytest.mark.parametrize(
    ("then", "open_after"),
    [
        ("error: ER_LOCK_DEADLOCK", False),
        ("{error: {code: ER_LOCK_DEADLOCK, message: '{{ text }}'}}", False),
        ("{error: ER_LOCK_DEADLOCK, then_close: true}", False),
        ("results: [{ok: {}}, {error: ER_LOCK_DEADLOCK}]", False),
        ("error: ER_LOCK_WAIT_TIMEOUT", True),
        ("ok: {}", True),
    ],
)
def test_a_deadlock_ends_the_transaction(tmp_path, then, open_after):
    (tmp_path / "s.yaml").write_text(f"version: 1\nstubs:\n- when: {{sql: a}}\n  then:\n    {then}\n")
    workspace, session = workspace_of(tmp_path / "s.yaml"), FakeSession(in_transaction=True)
    workspace.respond(Request("query", "a", session))
    assert session.in_transaction is open_after


# --- faults -----------------------------------------------------------------------------------


def test_a_fault_breaks_the_answer_beneath(tmp_path):
    one = asking(tmp_path, "{rows: [{a: 1}], repeat_rows: 5000, row_delay: 2ms, fault: {disconnect_after_rows: 1200}}")
    answer = one.ask()
    assert isinstance(answer, Disturbed)
    assert types(answer.answer) == {"a": "BIGINT"}
    assert [type(disturbance) for disturbance in answer.disturbances] == [Break, Pace]
    assert answer.disturbances[0].after_rows == 1200


def test_a_fault_may_be_the_whole_answer(tmp_path):
    one = asking(tmp_path, "fault: too_many_connections")
    assert one.ask().code == 1040
    assert one.plan.describe() == Ok()


def test_where_fault_and_stub_both_end_the_connection_the_fault_does(tmp_path):
    then = "{rows: [{a: 1}], then_close: rst, fault: {disconnect_after_rows: 1}}"
    assert [disturbance.after_rows for disturbance in asking(tmp_path, then).ask().disturbances] == [1]


class Once:
    """A fault that strikes the first time only."""

    replaces = True

    def __init__(self) -> None:
        self.left = 1

    def strikes(self, request, workspace):
        self.left -= 1
        return self.left >= 0

    def apply(self, answer, request, workspace):
        return Error(1053, "08S01", "struck")


def test_a_fault_that_does_not_strike_leaves_the_answer_or_the_next_stub(tmp_path, monkeypatch):
    monkeypatch.setattr("sockservice.responder.answering.plan_reader.read_fault", lambda value: Once())
    assert given(asking(tmp_path, "{ok: {affected_rows: 1}, fault: once}"), 3) == [1053, 1, 1]
    assert given(asking(tmp_path, "{fault: once}"), 3) == [1053, None, None]


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "beside", "message"),
    [
        ("[]", "", "7:5: 'then' lists no answer"),
        ("{ok: {}}", "cycle: true", "6:3: 'cycle' needs a list of answers in 'then'"),
        ("[{ok: {}}, {ok: {}, error: 1062}]", "", "7:16: 'then' takes one answer, not ok and error"),
        ("[{ok: {}, times: 0}]", "", "'times' must be a whole number from 1 to 1000000000, not the number 0"),
        ("{ok: {}, delay: 2 parsecs}", "", "7:21: 'parsecs' is not a unit of time"),
        ("{ok: {}, delay: 5m6s}", "", "7:21: '5m6s' is not a duration such as 2ms, 1.5s or 3m"),
        ("{ok: {}, delay: '{{ 1 }}'}", "", "7:21: '{{ 1 }}' is not a duration such as 2ms, 1.5s or 3m"),
        ("{ok: {}, delay: {}}", "", "7:21: a delay takes one of fixed, uniform and lognormal"),
        ("{ok: {}, delay: {unifrom: [1, 2]}}", "", "7:22: 'unifrom' is not known here; did you mean 'uniform'?"),
        ("{ok: {}, delay: {uniform: [2, 1]}}", "", "7:21: uniform takes the shortest time first"),
        ("{ok: {}, delay: {lognormal: {sigma: 1}}}", "", "'lognormal' lacks 'median'"),
        ("{ok: {}, dribble: {chunks: 2, duration: x}}", "", "7:45: 'x' is not a duration"),
        ("{ok: {}, dribble: {chunks: 0, duration: 1s}}", "", "'chunks' must be a whole number from 1 to 100000"),
        ("{ok: {}, row_delay: 1s}", "", "7:14: 'row_delay' goes with an answer that has rows"),
        ("{error: 1062, first_row_delay: 1s}", "", "7:19: 'first_row_delay' goes with an answer that has rows"),
        ("{ok: {}, then_close: later}", "", "'then_close' must be true or false or fin or rst, not 'later'"),
        ("{ok: {}, set_state: {cart: 5}}", "", "'cart' must be text, not the number 5; put it in quotes"),
        ("{ok: {}, set_state: {cart: '{{ x }}'}}", "", "7:32: 'x' is not known in templates"),
        ("{ok: {}, emit: ['{{ x }}']}", "", "7:21: 'x' is not known in templates"),
        ("{ok: {}, fault: too_many_conections}", "", "did you mean 'too_many_connections'?"),
        ("{fault: {disconnect_after_rows: many}}", "", "7:13: "),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, then, beside, message):
    assert message in "\n".join(mistakes_of(tmp_path, then, beside=beside))


def test_all_mistakes_of_a_sequence_are_told(tmp_path):
    then = "- {ok: {}, delay: x}\n- {ok: {}, error: 5}\n- {rows: [{a: '{{ x }}'}], emit: '{{ y }}'}"
    assert [mistake.partition(": ")[0] for mistake in mistakes_of(tmp_path, then)] == [
        "7:23",
        "8:7",
        "8:23",
        "9:19",
        "9:38",
    ]


# --- the reference ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> dict[str, Plan]:
    """The plans of the reference's stubs by their names, whatever looks the stubs up."""
    document = survey_document(REFERENCE, object)
    reader, plans = PlanReader(document, FilesBeside(REFERENCE.parent)), {}
    for number, stub in enumerate(document.value["stubs"]):
        entry = StubEntry(When(regex=stub["when"].get("regex", ".*")), msgspec.convert(stub["then"], Then | list[Then]))
        plans[stub["name"]] = reader.plan(entry, stub["name"], ("stubs", number, "then"))
    return plans


def test_every_answer_of_the_reference_is_read(reference):
    assert len(reference) == 13
    del reference["jittery search"]  # it asks the database
    for plan in reference.values():
        one = Asking(plan)
        assert one.ask("CALL price_for('A2')", no="A-7") is not None


def test_the_answers_of_the_reference_are_what_they_say(reference):
    one = Asking(reference["any order insert"])
    assert [one.ask().last_insert_id for _ in range(2)] == [1000, 1001]
    one = Asking(reference["order by number"])
    ((number, state, placed),) = cells(one.ask("", no="A-7"))
    assert (number, state, placed.minute) == ("A-7", "paid", 0)
    assert types(one.plan.describe()) == {"order_no": "VARCHAR(20)", "state": "ENUM", "placed": "DATETIME(3)"}
    assert [row[0] for row in cells(Asking(reference["catalogue reads"]).ask())] == ["A1", "A2"]
    assert Asking(reference["reporting user is read only"]).ask().code == 1290
    one = Asking(reference["deadlock twice, then succeed"])
    assert [one.ask().code, one.ask().code, one.ask()] == [1213, 1213, Ok(1)]
    one = Asking(reference["add to cart"])
    one.ask()
    assert one.workspace.states == {"cart": "filled"}
    export = Asking(reference["slow export that dies half way"]).ask()
    assert [disturbance.after_rows for disturbance in export.disturbances if isinstance(disturbance, Break)] == [1200]
    assert sum(1 for _ in export.answer.rows) == 20_000
    price = Asking(reference["prices, computed"]).ask("CALL price_for('A2')", "A2")
    assert isinstance(price, Results)
    assert [str(cell) for cell in cells(price.results[0])[0]] == ["A2", "12.00"]
    assert Asking(reference["every 10th connection is refused"]).ask() == Error(1040, "08004", "Too many connections")


def test_a_seed_is_a_whole_number(tmp_path):
    assert mistakes_of(tmp_path, "{ok: {}}", head="defaults: {seed: x}") == [
        "2:18: 'seed' must be a whole number, not 'x'"
    ]
