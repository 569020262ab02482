"""Stub files into stub sets: what is read, and how every mistake is told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import found_in

from sockservice.answers import Column, Error, Ok, Rows
from sockservice.errors import ConfigurationError
from sockservice.responder.stub_set import StubSet
from sockservice.sqltypes import SqlType

HEAD = "version: 1\nservice: mysql\nstubs:\n"
SHOP = Path(__file__).parents[2] / "examples" / "stubs" / "shop.yaml"


def load(tmp_path: Path, text: str, name: str = "stubs.yaml") -> StubSet:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return StubSet.load([path])


def answer(tmp_path: Path, then: str):
    return load(tmp_path, f"{HEAD}- when: {{sql: SELECT 1}}\n  then: {then}\n").stubs[0].then.steps[0].constant


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, text)
    assert all(mistake.place is not None for mistake in caught.value.mistakes)
    return [str(mistake).removeprefix(f"{tmp_path}/") for mistake in caught.value.mistakes]


def mistake(tmp_path: Path, stub: str) -> str:
    """The one mistake of a file whose fourth line is the stub: its column and text."""
    (message,) = mistakes(tmp_path, f"{HEAD}- {stub}\n")
    return message.removeprefix("stubs.yaml:4:")


# --- answers ----------------------------------------------------------------------------------


def test_rows_as_maps_have_the_labels_of_all_rows_and_inferred_types(tmp_path):
    assert answer(tmp_path, "{rows: [{id: 1, name: Ada}, {id: 2, nick: b}]}") == Rows(
        (
            Column("id", SqlType("BIGINT")),
            Column("name", SqlType("VARCHAR", 3)),
            Column("nick", SqlType("VARCHAR", 1)),
        ),
        ((1, "Ada", None), (2, None, "b")),
    )


def test_rows_as_lists_and_maps_follow_the_declared_columns(tmp_path):
    then = "{columns: {a: INT, b: VARCHAR(9)}, rows: [[1, x], {b: y}, {b: null, a: 2}]}"
    assert answer(tmp_path, then) == Rows(
        (Column("a", SqlType("INT")), Column("b", SqlType("VARCHAR", 9))), ((1, "x"), (None, "y"), (2, None))
    )


def test_an_empty_result_set_has_its_columns(tmp_path):
    assert answer(tmp_path, "{columns: {a: INT}, rows: []}") == Rows((Column("a", SqlType("INT")),), ())


def test_labels_are_text_as_written(tmp_path):
    assert [column.name for column in answer(tmp_path, "{rows: [{1: 1, no: 2, null: 3}]}").columns] == [
        "1",
        "no",
        "null",
    ]


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{ok: {}}", Ok()),
        (
            "{ok: {affected_rows: 2, last_insert_id: 7, warnings: 1, info: 'Rows matched: 2'}}",
            Ok(2, 7, 1, "Rows matched: 2"),
        ),
        (
            "{error: ER_LOCK_DEADLOCK}",
            Error(1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"),
        ),
        ("{error: er_no_such_table}", Error(1146, "42S02", "Table '?.?' doesn't exist")),
        ("{error: 1062}", Error(1062, "23000", "Duplicate entry '?' for key '?'")),
        ("{error: {code: 1062, message: twice}}", Error(1062, "23000", "twice")),
        ("{error: {code: ER_DUP_ENTRY, sqlstate: '45000', message: twice}}", Error(1062, "45000", "twice")),
        ("{error: {code: 50001, message: our own}}", Error(50001, "HY000", "our own")),
    ],
)
def test_ok_and_error_are_what_they_say(tmp_path, then, expected):
    assert answer(tmp_path, then) == expected


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stub", "message"),
    [
        (
            "{when: {sql: SELECT 1}, then: {}}",
            "33: 'then' lacks an answer: rows, table, csv, json, rows_from, ok, error, results, python, sql or fault",
        ),
        (
            "{when: {sql: SELECT 1}, then: {ok: {}, error: 1062}}",
            "33: 'then' takes one answer, not ok and error",
        ),
        (
            "{when: {sql: SELECT 1}, then: {ok: {}, columns: {a: INT}}}",
            "42: 'columns' goes with 'rows', 'table', a file of rows or 'python'",
        ),
        ("{when: {sql: SELECT 1}, then: {ok: }}", "38: 'ok' must be a map, not null"),
        (
            "{when: {}, then: {ok: {}}}",
            "10: 'when' asks for nothing: give a matcher, such as sql, statement, text, regex or command",
        ),
        ("{when: SELECT 1, then: {ok: {}}}", "10: 'when' must be a map, not 'SELECT 1'"),
        (
            "{when: {sql: 1}, then: {ok: {}}}",
            "16: 'sql' must be text that is not empty, not the number 1; put it in quotes",
        ),
        ("{when: {sqll: a}, then: {ok: {}}}", "11: 'sqll' is not known here; did you mean 'sql'?"),
        ("{when: {upstream: a}, then: {ok: {}}}", "11: 'upstream' is a word of the format, but not supported yet"),
        ("{when: {sql: a}, then: {rows: [{a: '{{ x }}'}]}}", "38: 'x' is not known in templates"),
        ("{when: {sql: a}, then: {ok: {info: '{{ x }}'}}}", "38: 'x' is not known in templates"),
        ("{when: {sql: '-- a'}, then: {ok: {}}}", "16: 'sql' holds no statement, only comments or space"),
        ("{when: {sql: \"SELECT 'it's'\"}, then: {ok: {}}}", "16: 'sql' ends inside of quotes that begin at \"'\""),
        ("{when: {sql: SELECT /* 1}, then: {ok: {}}}", "16: 'sql' ends inside of a comment"),
        (
            "{when: {regex: 'a('}, then: {ok: {}}}",
            "18: the regular expression cannot be used: missing ) at position 2",
        ),
        (
            "{when: {regex: 'a{99999999999}'}, then: {ok: {}}}",
            "18: the regular expression cannot be used: repeat count too big at position 2",
        ),
        (
            "{when: {sql: a}, then: {error: ER_LOCK_DEADLOK}}",
            "34: MySQL has no error named 'ER_LOCK_DEADLOK'; did you mean 'ER_LOCK_DEADLOCK'?",
        ),
        (
            "{when: {sql: a}, then: {error: 2006}}",
            "34: MySQL has no error number 2006; 2000 to 2999 are the client library's own, a server never sends them",
        ),
        ("{when: {sql: a}, then: {error: {code: 50001}}}", "41: MySQL has no error number 50001"),
        ("{when: {sql: a}, then: {error: {code: 70000, message: x}}}", "41: an error number is from 1 to 65535"),
        (
            "{when: {sql: a}, then: {error: {code: 1062, sqlstate: abc}}}",
            "57: 'abc' is no SQLSTATE: five digits and capital letters",
        ),
        ("{when: {sql: a}, then: {rows: []}}", "33: without values, a result set needs 'columns' beside 'rows'"),
        ("{when: {sql: a}, then: {rows: [[1]]}}", "34: rows that are lists need 'columns' beside 'rows'"),
        ("{when: {sql: a}, then: {rows: [], columns: {}}}", "46: a result set has at least one column"),
        (
            "{when: {sql: a}, then: {rows: [], columns: {a: INTT}}}",
            "50: 'INTT' is not a column type; did you mean 'INT'?",
        ),
        (
            "{when: {sql: a}, then: {rows: [['1']], columns: {a: 'DECIMAL(66,2)'}}}",
            "55: 'DECIMAL(66,2)': DECIMAL takes at most 65 there, not 66",
        ),
        ("{when: {sql: a}, then: {rows: [[1, 2]], columns: {a: INT}}}", "34: row 1 has 2 values for 1 column"),
        (
            "{when: {sql: a}, then: {rows: [{idd: 1}], columns: {id: INT}}}",
            "35: 'idd' is not among the columns; did you mean 'id'?",
        ),
        (
            "{when: {sql: a}, then: {rows: [{a: 2024-02-30}], columns: {a: DATE}}}",
            "38: column 'a' (DATE): '2024-02-30' does not exist: day is out of range for month",
        ),
        (
            "{when: {sql: a}, then: {rows: [[1, x]], columns: {a: INT, b: INT}}}",
            "38: column 'b' (INT): 'x' is not a whole number",
        ),
        (
            "{when: {sql: a}, then: {rows: [{a: 1}, {a: x}]}}",
            "33: column 'a' mixes numbers and text; say its type under 'columns'",
        ),
        (
            "{when: {sql: a}, then: {ok: {}}, priority: 10}",
            "46: 'priority' must be a whole number from 1 to 9, not the number 10",
        ),
        ("{when: {sql: a}, then: {ok: {}}, nmae: x}", "36: 'nmae' is not known here; did you mean 'name'?"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_right_word(tmp_path, stub, message):
    assert mistake(tmp_path, stub) == message


@pytest.mark.parametrize(
    "word",
    """upstream record""".split(),
)
def test_answers_of_the_format_that_are_not_there_yet_are_no_typing_errors(tmp_path, word):
    message = mistake(tmp_path, f"{{when: {{sql: x}}, then: {{{word}: x}}}}")
    assert message == f"27: {word!r} is a word of the format, but not supported yet"


@pytest.mark.parametrize("word", ["upstream"])
def test_fallbacks_that_are_not_there_yet_are_no_typing_errors(tmp_path, word):
    assert mistakes(tmp_path, f"version: 1\ndefaults: {{fallback: {word}}}\nstubs: []\n") == [
        f"stubs.yaml:2:22: {word!r} is a word of the format, but not supported yet"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 2\nstubs: []", "stubs.yaml:1:10: 'version' must be 1, not the number 2"),
        (
            "version: 1\nservice: mysq\nstubs: []",
            "stubs.yaml:2:10: 'service' must be mysql, not 'mysq'; did you mean 'mysql'?",
        ),
        ("stubs: []", "stubs.yaml:1:1: the file lacks 'version'"),
        ("version: 1\nstub: []", "stubs.yaml:2:1: 'stub' is not known here; did you mean 'stubs'?"),
    ],
)
def test_the_head_of_the_file_is_checked(tmp_path, text, message):
    assert message in mistakes(tmp_path, text)


def test_all_mistakes_of_all_files_are_told_together(tmp_path):
    (tmp_path / "a.yaml").write_text(
        HEAD + "- {when: {sql: a, regex: '('}, then: {rows: [[1]]}}\n- {when: {regex: '('}, then: {error: 1}}\n"
    )
    (tmp_path / "b.yaml").write_text("version: 1\nstubs: [{whne: 1}]\n")
    (tmp_path / "c.yaml").write_text(HEAD + "- {when: {sql: a}, then: {columns: {a: INT, b: X}, rows: [[x]]}}")
    with pytest.raises(ConfigurationError) as caught:
        StubSet.load([tmp_path, tmp_path / "none.yaml"])
    places = [re.sub(r": .*", "", str(mistake)).rpartition("/")[2] for mistake in caught.value.mistakes]
    assert places == [
        "a.yaml:4:26",
        "a.yaml:4:46",
        "a.yaml:5:18",
        "a.yaml:5:38",
        "b.yaml:2:9",
        "b.yaml:2:9",
        "b.yaml:2:10",
        "c.yaml:4:48",
        "c.yaml:4:59",
        "none.yaml",
    ]


MANY_MISTAKES = """\
version: 1
service: mysq
defaults: {database: 5}
stubs:
- when: {sql: "-- x", regex: "("}
  then: {error: {message: x}}
- when: {sql: "a"}
  then: {rows: [[1], [1, x], {a: 1, zz: 2}], columns: {a: INTT, b: INT}}
- when: {sql: "a"}
  then: {error: {code: 70000, sqlstate: x, message: "{{ x }}"}}
- when: {sql: "a"}
  then: {ok: {}, columns: {x: INTT}}
  priority: 20
- when: {regex: "("}
  then: {error: ER_LOCK_DEADLOK, ok: {}}
- when: {regex: "("}
  than: 1
- 5
- when: {sqll: "a"}
  then: {rows: [{id: x}, {id: 4}]}
- when: {sql: "a"}
  then: {rows: [{id: "{{ x }}"}, {id: 4}], columns: {id: INT}}
extra: 1
"""


def test_mistakes_of_shape_and_content_are_told_together_in_the_order_of_the_file(tmp_path):
    told = [message.removeprefix("stubs.yaml:") for message in mistakes(tmp_path, MANY_MISTAKES)]
    assert [re.sub(r"[:;(] .*", "", message.replace(": ", " ", 1)) for message in told] == [
        "2:10 'service' must be mysql, not 'mysq'",
        "3:22 'database' must be text that is not empty, not the number 5",
        "5:15 'sql' holds no statement, only comments or space",
        "5:30 the regular expression cannot be used",
        "6:17 'error' lacks 'code'",
        "8:17 row 1 has 1 value for 2 columns",
        "8:26 column 'b' (INT)",
        "8:37 'zz' is not among the columns",
        "8:59 'INTT' is not a column type",
        "10:24 an error number is from 1 to 65535",
        "10:41 'x' is no SQLSTATE",
        "10:53 'x' is not known in templates",
        "12:18 'columns' goes with 'rows', 'table', a file of rows or 'python'",
        "12:31 'INTT' is not a column type",
        "13:13 'priority' must be a whole number from 1 to 9, not the number 20",
        "14:17 the regular expression cannot be used",
        "15:9 'then' takes one answer, not ok and error",
        "15:17 MySQL has no error named 'ER_LOCK_DEADLOK'",
        "16:3 item 6 of 'stubs' lacks 'then'",
        "16:17 the regular expression cannot be used",
        "17:3 'than' is not known here",
        "18:3 item 7 of 'stubs' must be a map, not the number 5",
        "19:10 'sqll' is not known here",
        "20:16 column 'id' mixes numbers and text",
        "22:22 'x' is not known in templates",
        "23:1 'extra' is not known here",
    ]


@pytest.mark.parametrize(
    ("stub", "column"),
    [
        ("{when: {sql: SELECT id, name FROM users}, then: {ok: {}}}", 27),
        ("{when: {sql: SELECT a, b, c FROM t}, then: {ok: {}}}", 26),
        ("{when: {sql: a}, then: {rows: [], columns: {id: INT, b: DECIMAL(10,2), c: INT}}}", 70),
        ("{when: {sql: a}, then: {rows: [], columns: {id: INT, b: DECIMAL(10, 2) UNSIGNED}}}", 71),
        ("{when: {sql: a}, then: {rows: [], columns: {id: ENUM(a,b,c)}}}", 58),
        ("{when: {sql: a}, then: {rows: [], columns: {a: DECIMAL(10,2), b: DECIMAL(8,2)}}}", 78),
        ("{when: {sql: a}, then: {rows: [{a: Lovelace, Ada}], columns: {a: TEXT}}}", 48),
    ],
)
def test_a_text_torn_by_a_comma_is_one_mistake_that_says_so(tmp_path, stub, column):
    assert mistake(tmp_path, stub) == f"{column}: a comma inside {{…}} ends the value: put the text in quotes"


@pytest.mark.parametrize(
    ("stub", "message"),
    [
        ('{when: {sql: "SELECT id", name}, then: {ok: {}}}', "29: 'name' is not known here"),
        ("{when: {sql: a, sqll: }, then: {ok: {}}}", "19: 'sqll' is not known here"),
        ("{when: {sql: a}, then: {rows: [], columns: {a: INT, b}}}", "56: 'b' must be text, not null"),
        ("{when: {sql: a}, then: {rows: [], columns: {b}}}", "48: 'b' must be text, not null"),
        ("{when: {sql: a}, then: {ok}}", "29: 'ok' must be a map, not null"),
    ],
)
def test_a_key_without_a_value_that_no_comma_made_is_told_as_before(tmp_path, stub, message):
    assert mistake(tmp_path, stub).startswith(message)


# --- files and folders ------------------------------------------------------------------------


def stub_text(name: str) -> str:
    return f"{HEAD}- {{name: {name}, when: {{sql: SELECT {name}}}, then: {{ok: {{}}}}}}\n"


def test_a_folder_gives_its_yaml_files_in_order_with_those_below_and_without_hidden_ones(tmp_path):
    (tmp_path / "below" / "deeper").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name in "b.yaml a.yml c.YAML below/z.yaml below/deeper/y.yaml .x.yaml .hidden/w.yaml notes.txt".split():
        (tmp_path / name).write_text(stub_text(re.sub(r"\W", "_", name)))
    found = StubSet.load([tmp_path])
    assert [stub.name for stub in found.stubs] == ["a_yml", "b_yaml", "c_YAML", "below_z_yaml", "below_deeper_y_yaml"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    load(tmp_path, stub_text("a"), "a.yaml")
    assert len(StubSet.load([tmp_path / "a.yaml", tmp_path, tmp_path / "." / "a.yaml"]).stubs) == 1


def test_a_folder_without_stub_files_is_a_mistake(tmp_path):
    with pytest.raises(ConfigurationError, match=r"this folder holds no stub files \(\*\.yaml, \*\.yml\)"):
        StubSet.load([tmp_path])


def test_no_files_at_all_are_no_stubs():
    assert StubSet.load([]).stubs == ()


def test_stubs_without_a_name_are_called_by_their_place(tmp_path):
    found = load(tmp_path, HEAD + "- {when: {sql: a}, then: {ok: {}}}\n- {when: {sql: b}, then: {ok: {}}}\n")
    assert [stub.name for stub in found.stubs] == ["stub 1 of stubs.yaml", "stub 2 of stubs.yaml"]


def test_the_databases_of_the_files_are_known_each_once(tmp_path):
    for number, name in enumerate(["shop", "logs", "shop"]):
        (tmp_path / f"{number}.yaml").write_text(f"version: 1\ndefaults: {{database: {name}}}\nstubs: []\n")
    assert StubSet.load([tmp_path]).databases == ("shop", "logs")


# --- the example, broken files ------------------------------------------------------


def test_the_example_shop_loads_and_answers():
    shop = StubSet.load([SHOP])
    assert shop.databases == ("shop",)
    found = {stub.name: stub.then.steps[0].constant for stub in shop.stubs}
    users = found["all users"]
    assert [row[1] for row in users.rows] == ["Ada Lovelace", "Анна Ковалевская", "Zoë"]
    assert "🧮" in users.rows[0][4]
    assert users.rows[2][2] is None
    assert found["a new order"] == Ok(affected_rows=1, last_insert_id=1009)
    assert found["the stock is locked by somebody else"].code == 1213
    for text, name in [
        ("select id, name from users where id=42", "user 42"),
        ("select id, name from users where id=43", "user by id"),
        ("insert into orders (user_id, total) values (42, 12.5)", "a new order"),
        ("update `stock` set qty = qty - 1 where sku = 'tea'", "the stock is locked by somebody else"),
        ("DELETE FROM users", "nobody deletes here"),
    ]:
        assert found_in(shop.lookup, text).name == name


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 12),
        st.text(alphabet="{}[]:,'\"&*!|>-#? \n\tab01.sqlrowthen\\é\x00", max_size=8)
        | st.sampled_from(
            ["null", "{{ x }}", "sql: ", "then", "- ", "*a", "&a ", "!!binary ", "9" * 30, "1e999", "(?"]
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=1000, deadline=None)
@given(EDITS)
def test_an_edited_file_loads_or_is_refused_with_a_place(tmp_path_factory, edits):
    text = SHOP.read_text(encoding="utf-8")
    for where, cut, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + cut :]
    path = tmp_path_factory.getbasetemp() / "edited.yaml"
    path.write_text(text, encoding="utf-8")
    found = outcome(path)
    if isinstance(found, ConfigurationError):
        assert found.mistakes
        assert all(mistake.place is not None and mistake.place.path == path for mistake in found.mistakes)


def outcome(path: Path) -> StubSet | ConfigurationError:
    try:
        return StubSet.load([path])
    except ConfigurationError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(data)
    assert isinstance(outcome(path), ConfigurationError)


def test_without_stub_files_nothing_that_reads_them_is_imported():
    code = (
        "import sys\n"
        "from sockservice.responder import Stubs\n"
        "Stubs()\n"
        "names = 'yaml', 'sockservice.documents', 'sockservice.responder.stub_file'\n"
        "print([name in sys.modules for name in names])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[False, False, False]\n"
