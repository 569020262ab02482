"""Control from SQL: procedures that steer a workspace, tables that show it."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import FakeSession, workspace_of
from twisted.internet.task import Clock
from zope.interface.verify import verifyObject

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.interfaces import IResponder
from sockservice.responder.chatter import Chatter, catalogue
from sockservice.responder.control.control import AT_ONCE, Control
from sockservice.responder.control.procedures import LONGEST, PROCEDURES, STATES
from sockservice.responder.control.tables import rows_of
from sockservice.responder.journal import Journal
from sockservice.responder.stubs import Stubs
from sockservice.responder.workspace import CHATTER, Workspace

FILE = """
version: 1
stubs:
- {name: user, when: {sql: "SELECT name FROM users WHERE id = 42"}, then: {rows: [{name: Ada}]}}
- {name: anything, priority: 9, when: {regex: ".*everything.*|call .*"}, then: {ok: {}}}
"""
STUB = '{name: seven, when: {sql: "SELECT 7"}, then: {rows: [{seven: 7}]}}'


class Talk:
    """One session in a workspace over stub files."""

    def __init__(self, *paths, **options):
        self.workspace = workspace_of(*paths, **options)
        self.session = FakeSession()

    def ask(self, text, *params, command="query"):
        return self.workspace.respond(Request(command, text, self.session, params))

    def call(self, procedure, *arguments):
        places = ", ".join("?" * len(arguments))
        return self.ask(f"CALL sockservice.{procedure}({places})", *arguments, command="execute")

    def rows(self, text, *params):
        return [tuple(row) for row in self.ask(text, *params).rows]

    def refusal(self, answer):
        assert isinstance(answer, Error)
        assert (answer.code, answer.message[:13]) == (1105, "sockservice: ")
        return answer.message[13:]


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    return Talk(path)


def test_it_is_a_responder(talk):
    assert verifyObject(IResponder, Control(talk.workspace))


# --- stub -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (STUB, ["seven"]),
        (f"- {STUB}\n- {{when: {{sql: SELECT 8}}, then: {{ok: {{}}}}}}", ["seven", "added stub 2"]),
        (f"version: 1\nstubs:\n- {STUB}", ["seven"]),
    ],
)
def test_a_stub_a_list_of_stubs_and_a_file_are_taken(talk, text, names):
    assert talk.ask("SELECT 7").rows == ((7,),)
    assert talk.ask("SELECT 7").columns[0].name == "7"
    answer = talk.call("stub", text)
    assert [name for (name,) in answer.rows] == names
    assert [column.name for column in answer.columns] == ["stub"]
    assert talk.ask("SELECT 7").columns[0].name == "seven"


def test_the_newest_stub_answers_and_those_of_one_call_in_their_order(talk):
    many = (
        "- {name: a, when: {regex: x.*}, then: {ok: {info: a}}}\n- {name: b, when: {regex: x.*}, then: {ok: {info: b}}}"
    )
    talk.call("stub", many)
    assert talk.ask("x").info == "a"
    talk.call("stub", "{name: c, when: {regex: x.*}, then: {ok: {info: c}}}")
    assert talk.ask("x").info == "c"
    talk.call("stub", "{name: d, priority: 6, when: {regex: x.*}, then: {ok: {info: d}}}")
    assert talk.ask("x").info == "c"
    talk.call("stub", "{name: c, when: {regex: y.*}, then: {ok: {}}}")
    assert talk.ask("x").info == "a"


def test_stubs_without_names_do_not_replace_each_other(talk):
    for number in (8, 9):
        talk.call("stub", f"{{when: {{sql: SELECT {number} FROM t}}, then: {{ok: {{info: '{number}'}}}}}}")
    assert (talk.ask("SELECT 8 FROM t").info, talk.ask("SELECT 9 FROM t").info) == ("8", "9")
    names = [("added stub 2",), ("added stub 1",)]
    assert talk.rows("SELECT name FROM sockservice.stubs WHERE layer = 'running'") == names
    assert talk.rows("SELECT DISTINCT name FROM sockservice.journal WHERE answered_by = 'stub'") == names[::-1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when: {sqll: SELECT 7}\nthen: {ok: {}}", "stub:1:8: 'sqll' is not known here; did you mean 'sql'?"),
        ("- when: {sql: SELECT 7}\n  then: {ok: {}}\n  prio: 3", "stub:3:3: 'prio' is not known here"),
        ("version: 1\nstubs:\n- {when: {sql: x}, then: {rows: 1}}", "stub:3:33: 'rows' must be a list"),
        ("when: {regex: '('}\nthen: {ok: {}}", "stub:1:15: the regular expression cannot be used"),
        ("when: {sql: SELECT 7}\nthen: {error: ER_NOPE}", "stub:2:15: MySQL has no error named 'ER_NOPE'"),
        ("- {when: {sql: x}, then: {python: 'a:b'}}", "stub:1:27: 'python' is for stub files only"),
        ("when: {any: [{python: 'a:b'}]}\nthen: {ok: {}}", "stub:1:15: 'python' is for stub files only"),
        ("when: {sql: x}\nthen: [{ok: {}}, {results: [{csv: x}]}]", "stub:2:30: 'csv' is for stub files only"),
        ("when: {sql: x", "stub:1:"),
        ("", "stub:1:1: the file is empty"),
        ("7", "stub:1:1: "),
    ],
)
def test_mistakes_are_told_with_line_and_column(talk, text, told):
    assert talk.refusal(talk.call("stub", text)).startswith(told)
    assert talk.workspace.stubs.own == 0


def test_all_mistakes_are_told_at_once(talk):
    told = talk.refusal(talk.call("stub", "- {when: {sqll: x}, then: {ok: {}}}\n- {when: {sql: x}, then: {rows: 1}}"))
    assert ["stub:1:11" in told, "stub:2:33" in told] == [True, True]


def test_too_long_a_text_is_refused(talk):
    assert talk.refusal(talk.call("stub", "x" * (LONGEST + 1))).endswith("has more than 1,048,576 characters")


def test_too_many_stubs_are_refused(talk, monkeypatch):
    monkeypatch.setattr("sockservice.responder.control.procedures.STUBS", 1)
    talk.call("stub", STUB)
    assert "at most 1 stubs of its own" in talk.refusal(talk.call("stub", STUB))


# --- the other procedures ---------------------------------------------------------------------


def test_states_are_set(talk):
    assert talk.call("set_state", "cart", "filled") == Ok()
    assert talk.workspace.state("cart") == "filled"
    assert talk.rows("SELECT * FROM sockservice.states") == [("cart", "filled")]


def test_too_many_states_are_refused(talk):
    talk.workspace.states.update((str(number), "") for number in range(STATES))
    assert "at most 10,000 scenarios" in talk.refusal(talk.call("set_state", "cart", "filled"))
    assert talk.call("set_state", "7", "filled") == Ok()


def test_a_reset_makes_the_workspace_as_at_the_beginning(talk):
    talk.call("set_state", "cart", "filled")
    talk.call("stub", STUB)
    talk.call("fault", "deadlock")
    talk.workspace.counters["order"] = 7
    assert talk.call("reset") == Ok()
    workspace = talk.workspace
    assert (workspace.states, workspace.counters, workspace.stubs.own, len(workspace.journal)) == ({}, {}, 0, 0)
    assert not workspace.faults


@pytest.mark.parametrize(
    ("what", "left"),
    [("journal", (1, 1, 1)), ("stubs", (1, 0, 1)), ("states", (0, 1, 1)), ("faults", (1, 1, 0))],
)
def test_a_part_of_a_workspace_is_reset(talk, what, left):
    talk.call("set_state", "cart", "filled")
    talk.call("stub", STUB)
    talk.call("fault", "deadlock")
    assert talk.call("reset", what) == Ok()
    workspace = talk.workspace
    assert (len(workspace.states), workspace.stubs.own, len(list(workspace.faults))) == left
    assert (len(workspace.journal) == 0) is (what == "journal")


def test_faults_are_armed_and_disarmed_and_strike_no_control(talk):
    assert talk.call("fault", "deadlock", '{"times": 2}') == Ok()
    assert talk.ask("SELECT name FROM users WHERE id = 42").code == 1213
    assert talk.rows("SELECT name, struck FROM sockservice.faults") == [("deadlock", 1)]
    told = talk.refusal(talk.call("unfault", "deadlok"))
    assert told == "no fault 'deadlok' is armed; did you mean 'deadlock'?"
    assert talk.call("unfault", "deadlock") == Ok()
    assert talk.ask("SELECT name FROM users WHERE id = 42").rows == (("Ada",),)
    talk.call("fault", "deadlock")
    assert talk.call("unfault") == Ok()
    assert not list(talk.workspace.faults)


def test_a_fault_that_does_not_exist_is_refused(talk):
    assert "did you mean 'deadlock'?" in talk.refusal(talk.call("fault", "deadlok"))
    assert talk.refusal(talk.call("fault", "deadlock", "{")).startswith("parameters:2:1:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CALL sockservice.stub()", "the arguments are those of sockservice.stub(yaml), not 0"),
        ("CALL sockservice.set_state('a')", "the arguments are those of sockservice.set_state(scenario, state), not 1"),
        ("CALL sockservice.set_state('a', NULL)", "argument 2 of sockservice.set_state is NULL"),
        ("CALL sockservice.set_state('', 'x')", "the name of the scenario is empty"),
        ("CALL sockservice.reset('jurnal')", "there is no 'jurnal' to reset; did you mean 'journal'?"),
        ("CALL sockservice.stub('a' FROM b)", "sockservice.stub(yaml): "),
        ("CALL sockservice.set_state('a', 'b') now", "sockservice.set_state(scenario, state): more follows"),
    ],
)
def test_wrong_arguments_are_refused(talk, text, told):
    assert talk.refusal(talk.ask(text)).startswith(told)


def test_an_unknown_procedure_is_named_with_the_likely_one(talk):
    answer = talk.ask("CALL sockservice.stubs('x')")
    assert (answer.code, answer.sqlstate) == (1305, "42000")
    assert answer.message == "PROCEDURE sockservice.stubs does not exist; did you mean 'stub'?"
    assert talk.ask("SELECT sockservice.verified('x')").message.endswith("; did you mean 'verify'?")


def test_a_function_that_is_called_and_a_procedure_that_is_selected_are_told_from_each_other(talk):
    assert talk.ask("CALL sockservice.Verify('{tables: a}')").message.endswith(
        "; it is a function: SELECT sockservice.verify(…)"
    )
    assert talk.ask("SELECT sockservice.fault('deadlock')").message.endswith(
        "; it is a procedure: CALL sockservice.fault(…)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "call sockservice . SET_STATE('cart', 'filled')",
        "CALL `sockservice`.`set_state` ( 'cart' , 'filled' ) ;",
        "/* a comment */ CALL sockservice.set_state(CONCAT('ca', 'rt'), 'filled')",
    ],
)
def test_layout_does_not_matter(talk, text):
    assert talk.ask(text) == Ok()
    assert talk.workspace.state("cart") == "filled"


def test_variables_are_arguments_too(talk):
    talk.session.user_variables.update(scenario="cart", state=b"filled")
    assert talk.ask("CALL sockservice.set_state(@scenario, @state)") == Ok()
    assert talk.workspace.state("cart") == "filled"


def test_prepared_by_the_protocol_it_is_described_and_not_done(talk):
    stub = talk.ask("CALL sockservice.stub(?)", command="prepare")
    assert [column.name for column in stub.columns] == ["stub"]
    assert talk.ask("CALL sockservice.reset()", command="prepare") == Ok()
    assert talk.ask("SELECT sockservice.verify(?)", command="prepare").columns[0].type.name == "BIGINT"
    assert len(talk.ask("SELECT * FROM sockservice.journal WHERE text = ?", command="prepare").columns) == 16
    assert len(talk.workspace.journal) == 4


def test_prepared_in_sql_it_runs_with_its_values(talk):
    talk.ask("PREPARE s FROM 'CALL sockservice.set_state(?, ?)'")
    talk.session.user_variables.update(a="cart", b="filled")
    assert talk.workspace.state("cart") == ""
    assert talk.ask("EXECUTE s USING @a, @b") == Ok()
    assert talk.workspace.state("cart") == "filled"


# --- what is none of its business ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SELECT everything FROM sockservice_users",
        "SELECT everything FROM other.sockservice",
        "SELECT everything /* sockservice.journal */ FROM t",
        "SELECT 'sockservice.journal', everything FROM t",
        "INSERT INTO everything VALUES ('CALL sockservice.reset()')",
        "CALL other.sockservice('sockservice.x')",
    ],
)
def test_what_only_looks_like_it_is_left_to_the_stubs(talk, text):
    assert talk.ask(text) == Ok()
    (entry,) = talk.workspace.journal
    assert entry.source.name == "anything"


def test_a_stub_for_everything_does_not_lock_a_test_out(talk):
    talk.call("stub", "{name: all, priority: 1, when: {regex: .*}, then: {error: 1105}}")
    assert talk.rows("SELECT COUNT(*) FROM sockservice.stubs") == [(3,)]


def test_other_commands_are_passed_on(talk):
    assert Control(talk.workspace).respond(Request("init_db", "sockservice.x", talk.session)) is None


def test_without_control_the_stubs_answer(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    clock = Clock()
    behind = ((CHATTER, Chatter()),)
    workspace = Workspace("", Stubs([path]), behind, clock, Journal(clock.seconds), control=False)
    assert workspace.respond(Request("query", "CALL sockservice.reset()", FakeSession())) == Ok()
    assert workspace.respond(Request("query", "SELECT * FROM sockservice.stubs", FakeSession())) is None


@given(st.text())
def test_any_text_is_answered_or_passed_on(text):
    talk = Talk()
    for statement in (
        f"CALL sockservice.{text}",
        f"SELECT {text} FROM sockservice.journal",
        f"SELECT sockservice.{text}",
    ):
        answer = Control(talk.workspace).respond(Request("query", statement, talk.session))
        assert answer is None or isinstance(answer, (Rows, Error, Ok))


@given(st.text(), st.sampled_from(sorted(PROCEDURES)))
def test_any_argument_is_taken_or_refused(text, name):
    talk = Talk()
    arguments = [text] * PROCEDURES[name].least
    assert isinstance(talk.call(name, *arguments), (Rows, Error, Ok))


# --- the tables -------------------------------------------------------------------------------


def test_the_journal_is_a_table(talk):
    talk.ask("SELECT name FROM users WHERE id = 42")
    talk.ask("SELECT name FROM users WHERE id = ?", 43)
    talk.ask("SELECT VERSION()")
    wanted = "number, user, database, command, text, params, answered_by, name, row_count, error, near"
    rows = talk.rows(f"SELECT {wanted} FROM sockservice.journal")
    text = "SELECT name FROM users WHERE id = "
    near = "'user' (sql: value 1: expected 42, got 43)"
    assert rows == [
        (1, "tester", "shop", "query", f"{text}42", None, "stub", "user", 1, None, None),
        (2, "tester", "shop", "query", f"{text}?", "[43]", "fallback", None, None, 1105, near),
        (3, "tester", "shop", "query", "SELECT VERSION()", None, "chatter", None, 1, None, None),
    ]


@pytest.mark.parametrize(
    ("rest", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("WHERE text LIKE '%users%'", [1, 2]),
        ("WHERE answered_by = 'stub' AND error IS NULL", [1]),
        ("WHERE number BETWEEN 2 AND 3 OR number > 3", [2, 3, 4]),
        ("WHERE NOT number IN (1, 2)", [3, 4]),
        ("WHERE error = 1105", [2, 4]),
        ("ORDER BY text DESC, number", [3, 2, 1, 4]),
        ("ORDER BY number DESC LIMIT 2", [4, 3]),
        ("LIMIT 1, 2", [2, 3]),
        ("LIMIT 2 OFFSET 3", [4]),
    ],
)
def test_the_journal_is_filtered_sorted_and_cut(talk, rest, numbers):
    assert journal_numbers(talk, rest) == numbers


@pytest.mark.parametrize(
    ("rest", "params", "numbers"),
    [
        ("WHERE text = ?", ("SELECT VERSION()",), [3]),
        ("WHERE number > ? ORDER BY number DESC LIMIT ?", (1, 2), [4, 3]),
        ("WHERE number IN (?, ?, ?) LIMIT ?, ?", (1, 2, 4, 1, 2), [2, 4]),
        ("WHERE number BETWEEN ? AND ? LIMIT ? OFFSET ?", (1, 4, 2, 1), [2, 3]),
        ("ORDER BY ? LIMIT ?", ("text", 3), [1, 2, 3]),
        ("LIMIT ?", ("2",), [1, 2]),
        ("LIMIT ?", (0,), []),
        ("LIMIT ?", (None,), []),
        ("LIMIT ?", (1 << 64,), [1, 2, 3, 4]),
    ],
)
def test_any_value_of_a_query_of_the_journal_may_be_bound(talk, rest, params, numbers):
    assert journal_numbers(talk, rest, *params) == numbers


def test_a_bound_value_may_stand_in_the_list(talk):
    talk.ask("SELECT VERSION()")
    query = "SELECT ? AS a, number FROM sockservice.journal WHERE text = ? LIMIT ?"
    assert talk.rows(query, "x", "SELECT VERSION()", 1) == [("x", 1)]


@pytest.mark.parametrize("value", [-1, "many", 1.5, b"\xff", "9" * 30])
def test_a_bound_limit_that_is_no_whole_number_is_refused(talk, value):
    answer = talk.ask("SELECT number FROM sockservice.journal LIMIT ?", value, command="execute")
    assert (answer.code, answer.message) == (1210, "Incorrect arguments to LIMIT")


def test_a_limit_may_be_prepared(talk):
    answer = talk.ask("SELECT number FROM sockservice.journal LIMIT ?", command="prepare")
    assert ([column.name for column in answer.columns], answer.rows) == (["number"], ())


def journal_numbers(talk, rest, *params):
    for text in (
        "SELECT name FROM users WHERE id = 42",
        "SELECT name FROM users WHERE id = 43",
        "SELECT VERSION()",
        "DELETE",
    ):
        talk.ask(text)
    return [number for (number,) in talk.rows(f"SELECT number FROM sockservice.journal {rest}", *params)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SHOW TABLES FROM sockservice LIKE 's%'", [("states",), ("stubs",)]),
        ("SHOW FULL TABLES IN `sockservice` LIKE 'states'", [("states", "BASE TABLE")]),
        ("show columns from sockservice.states like 'st%'", [("state", "varchar(255)", "YES", "", None, "")]),
        ("SHOW FIELDS FROM states FROM sockservice LIKE 'state'", [("state", "varchar(255)", "YES", "", None, "")]),
        (
            "DESCRIBE sockservice.states",
            [(name, "varchar(255)", "YES", "", None, "") for name in ("scenario", "state")],
        ),
    ],
)
def test_its_tables_and_columns_are_listed(talk, text, rows):
    assert talk.rows(text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "SHOW TABLES FROM shop LIKE 'sockservice.%'",
        "SHOW INDEX FROM sockservice.states",
        "SHOW TABLES LIKE 'sockservice'",
        "DESCRIBE sockservice",
        "SHOW CREATE TABLE sockservice.states",
        "DESC",
        "SHOW",
    ],
)
def test_what_else_is_listed_is_none_of_its_business(talk, text):
    assert Control(talk.workspace).respond(Request("query", text, talk.session)) is None


def test_rows_are_counted(talk):
    for number in range(5):
        talk.ask(f"SELECT {number}")
    assert talk.rows("SELECT COUNT(*) FROM sockservice.journal") == [(5,)]
    assert talk.rows("SELECT COUNT(*) AS n, COUNT(1) FROM sockservice.journal WHERE text > 'SELECT 2'") == [(3, 3)]


def test_a_table_is_read_by_all_its_columns_and_by_expressions(talk):
    talk.call("set_state", "cart", "filled")
    assert [column.name for column in talk.ask("SELECT * FROM sockservice.states").columns] == ["scenario", "state"]
    rows = talk.rows("SELECT UPPER(state) AS s, 1 FROM sockservice.states st WHERE st.scenario = 'CART'")
    assert rows == [("FILLED", 1)]
    assert talk.rows("SELECT DISTINCT command FROM sockservice.journal ORDER BY command") == [("execute",), ("query",)]


def test_unmatched_statements_are_listed_once_with_their_near_miss(talk):
    for text in ("SELECT name FROM users WHERE id = 43", "DELETE FROM t", "SELECT name FROM users WHERE id = 43"):
        talk.ask(text)
    assert talk.rows("SELECT text, times, last_number, near FROM sockservice.unmatched") == [
        ("DELETE FROM t", 1, 2, None),
        ("SELECT name FROM users WHERE id = 43", 2, 3, "'user' (sql: value 1: expected 42, got 43)"),
    ]


def test_stubs_are_listed_in_the_order_in_which_they_are_tried(talk):
    talk.call("stub", STUB)
    talk.ask("SELECT 7")
    for _ in range(3):
        talk.ask("SELECT name FROM users WHERE id = 42")
    file = str(talk.workspace.files.paths[0])
    assert talk.rows("SELECT * FROM sockservice.stubs") == [
        ("seven", None, None, 5, "running", 1, 1, 0, None),
        ("user", file, 4, 5, "file", 3, 3, 0, None),
        ("anything", file, 5, 9, "file", 0, 0, 0, None),
    ]


def test_a_stub_is_located_only_where_its_place_is_asked_for(talk, monkeypatch):
    monkeypatch.setattr("sockservice.responder.control.tables._place", None)
    assert talk.rows("SELECT name FROM sockservice.stubs WHERE answered = 0") == [("user",), ("anything",)]


def test_files_that_are_not_used_as_they_are_now_are_listed(talk):
    talk.workspace.files.problems = ("stubs.yaml:3:7: 'sqll' is not known here",)
    rows = talk.rows("SELECT name, file, error FROM sockservice.stubs WHERE error IS NOT NULL")
    assert rows == [(None, "stubs.yaml", "stubs.yaml:3:7: 'sqll' is not known here")]


def test_a_stub_whose_answers_are_used_up_is_exhausted(talk):
    talk.call("stub", STUB)
    (stub, *_) = talk.workspace.stubs.stubs
    step = attrs.evolve(stub.then.steps[0], times=2)
    talk.workspace.stubs.add([attrs.evolve(stub, then=attrs.evolve(stub.then, steps=(step,)))])
    for exhausted in (0, 1, 1):
        talk.ask("SELECT 7")
        assert talk.rows("SELECT exhausted FROM sockservice.stubs WHERE name = 'seven'") == [(exhausted,)]


def test_a_workspace_says_what_it_is(talk):
    talk.ask("SELECT 1")
    assert talk.rows("SELECT * FROM sockservice.workspace") == [("", 2, 1, 0)]


def test_an_unknown_table_does_not_exist(talk):
    answer = talk.ask("SELECT * FROM sockservice.jornal")
    assert (answer.code, answer.message) == (1146, "Table 'sockservice.jornal' doesn't exist")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT text, COUNT(*) FROM sockservice.journal GROUP BY text",
        "SELECT MAX(number) FROM sockservice.journal",
        "SELECT COUNT(DISTINCT text) FROM sockservice.journal",
        "SELECT * FROM sockservice.journal JOIN sockservice.stubs",
        "SELECT nothing FROM sockservice.journal",
        "SELECT number FROM sockservice.journal ORDER BY number + 1",
    ],
)
def test_what_is_more_than_a_simple_query_is_refused(talk, text):
    talk.ask("SELECT 1")
    assert talk.refusal(talk.ask(text)).startswith("a table of the control is read by SELECT columns")


@pytest.mark.parametrize("table", sorted(catalogue.tables_of("sockservice")))
def test_each_table_has_the_columns_of_the_catalogue(talk, table):
    talk.call("set_state", "cart", "filled")
    talk.call("fault", "deadlock")
    talk.ask("SELECT name FROM users WHERE id = ?", 43)
    talk.workspace.faults.clear()
    talk.ask("DELETE FROM t")
    talk.call("fault", "deadlock")
    rows = list(rows_of(table, talk.workspace))
    assert rows
    for row in rows:
        assert len(row) == len(catalogue.tables()["sockservice", table])
        assert len(list(row)) == len(row)


def test_the_tables_are_shown_but_the_database_is_not_listed(talk):
    names = [(name,) for name in ("faults", "journal", "states", "stubs", "unmatched", "workspace")]
    assert talk.rows("SHOW TABLES FROM sockservice") == names
    assert talk.rows("DESCRIBE sockservice.states")[0][:2] == ("scenario", "varchar(255)")
    assert ("sockservice",) not in talk.rows("SHOW DATABASES")


def test_credentials_are_not_shown(talk):
    talk.ask("ALTER USER bob IDENTIFIED BY 'secret'")
    talk.ask("SET PASSWORD FOR bob = ?", "secret")
    shown = json.dumps([list(map(str, row)) for row in talk.rows("SELECT * FROM sockservice.journal")])
    shown += json.dumps([list(map(str, row)) for row in talk.rows("SELECT * FROM sockservice.unmatched")])
    assert "secret" not in shown
    assert "***" in shown


def test_a_long_condition_looks_at_fewer_rows_between_two_turns(tmp_path):
    clock = Clock()
    talk = Talk(clock=clock)
    for number in range(40):
        talk.ask(f"SELECT {number}")
    answers = []
    wanted = ", ".join(f"'SELECT {number}'" for number in range(1000))
    talk.ask(f"SELECT number FROM sockservice.journal WHERE text IN ({wanted})").addCallback(answers.append)
    assert answers == []
    clock.advance(0)
    assert [list(answer.rows) for answer in answers] == [[(number,) for number in range(1, 41)]]


def test_a_long_table_is_read_with_turns_for_others(tmp_path):
    clock = Clock()
    talk = Talk(clock=clock)
    for number in range(3 * AT_ONCE):
        talk.ask(f"SELECT {number}")
    answers = []
    for query in (
        "SELECT COUNT(*) FROM sockservice.journal",
        "SELECT number FROM sockservice.journal ORDER BY 1 DESC LIMIT 1",
    ):
        talk.ask(query).addCallback(answers.append)
    assert answers == []
    clock.pump([0] * 6)
    assert [list(answer.rows) for answer in answers] == [[(3 * AT_ONCE,)], [(3 * AT_ONCE + 1,)]]
    assert talk.ask("SELECT number FROM sockservice.journal LIMIT 2").rows == ((1,), (2,))
