"""Mistakes in `when`: one clear line each, with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sockservice.documents import survey_text
from sockservice.errors import ConfigurationError
from sockservice.responder.files_beside import FilesBeside
from sockservice.responder.matching.condition_reader import ConditionReader
from sockservice.responder.matching.when_words import When
from sockservice.responder.stub_set import StubSet

MANUAL = Path(__file__).parents[2] / "docs" / "reference" / "stubs.md"


def mistakes(folder: Path, when: str) -> list[str]:
    """The mistakes of a stub on one line whose `when` begins in column 10, without file and line."""
    path = folder / "stubs.yaml"
    path.write_text(f"version: 1\nstubs:\n- {{when: {when}, then: {{ok: {{}}}}}}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        StubSet.load([path])
    return [str(mistake).removeprefix(f"{path}:3:") for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{}", "10: 'when' asks for nothing: give a matcher, such as sql, statement, text, regex or command"),
        ("{tabels: t}", "11: 'tabels' is not known here; did you mean 'tables'?"),
        ("{session: {usr: a}}", "21: 'usr' is not known here; did you mean 'user'?"),
        ("{sql: 'a', params: {0: {rnge: [1, 2]}}}", "34: 'rnge' is not known here; did you mean 'range'?"),
        ("{fingerprint: '-- x'}", "24: 'fingerprint' holds no statement, only comments or space"),
        ("{contains: [a, '/* x']}", "21: 'contains' ends inside of a comment"),
        ("{contains: []}", "21: at least one is wanted here"),
        ("{regex: '('}", "18: the regular expression cannot be used: missing ) at position 1"),
        ("{tables: []}", "19: at least one is wanted here"),
        ("{tables: 'a b'}", "19: 'a b' is no name; it is written as products, or shop.products"),
        ("{tables: a.b.c}", "19: 'a.b.c' is no name; it is written as products, or shop.products"),
        ("{routine: p()}", "20: 'p()' is no name; it is written as products, or shop.products"),
        ("{columns: [a, 'b + c']}", "20: 'b + c' is no name; a column is written as id, or users.id"),
        ("{where: {}}", "18: at least one is wanted here"),
        ("{where: {'a b': 1}}", "26: 'a b' is no name; a column is written as id, or users.id"),
        ("{where: {id: {}}}", "23: give one of any, type, regex, range, in, not none"),
        ("{where: {id: {in: [], type: text}}}", "23: give one of any, type, regex, range, in, not type and in"),
        ("{where: {id: {in: []}}}", "23: 'in' lists at least one value"),
        ("{where: {id: {type: []}}}", "23: 'type' lists at least one type"),
        (
            "{where: {id: {regex: '['}}}",
            "23: the regular expression cannot be used: unterminated character set at position 1",
        ),
        (
            "{where: {id: {range: [1]}}}",
            "23: 'range' is a list of the least and the greatest: two numbers or two texts; null is an open end",
        ),
        (
            "{where: {id: {range: [1, a]}}}",
            "23: 'range' is a list of the least and the greatest: two numbers or two texts; null is an open end",
        ),
        ("{where: {id: {range: [5, 1]}}}", "23: nothing is in this range: 5 is greater than 1"),
        ("{where: {id: .inf}}", "23: MySQL has no such number"),
        ("{sql: 'SELECT ?', params: []}", "36: at least one is wanted here"),
        ("{sql: 'SELECT ?', params: [1, 2]}", "40: params[1]: 'sql' has 1 '?'"),
        ("{sql: 'SELECT 1', params: [1]}", "37: params[0]: 'sql' has no '?'"),
        ("{all: [{sql: 'SELECT 1'}, {params: [1]}]}", "46: params[0]: 'sql' has no '?'"),
        ("{regex: a, params: {x: 1}}", "33: 'x' is no position: they are counted from 0"),
        ("{session: {var: {sql_mod: a}}}", "36: MySQL has no system variable 'sql_mod'; did you mean 'sql_mode'?"),
        ("{session: {user: []}}", "27: at least one is wanted here"),
        ("{session: {}}", "20: at least one is wanted here"),
        ("{command: []}", "20: at least one is wanted here"),
        ("{call: {}}", "17: 'call' needs a number, first, nth, from, until or every"),
        ("{call: {per: connection}}", "17: 'call' needs a number, first, nth, from, until or every"),
        ("{call: {first: true, nth: 3}}", "17: 'first' and 'nth' are two ways to say the same"),
        ("{state: {}}", "18: at least one is wanted here"),
        ("{all: []}", "16: at least one is wanted here"),
        ("{any: [{}]}", "17: 'when' asks for nothing: give a matcher, such as sql, statement, text, regex or command"),
        ("{any: [{call: 1}]}", "18: 'call' stands at the top of 'when', not inside of all, any or not"),
        ("{not: {command: ping}}", "17: 'command' stands at the top of 'when', not inside of all, any or not"),
        ("{python: rules}", "19: 'rules' does not name a function: write module:function, as in stubs.prices:answer"),
        ("{record: 1}", "11: 'record' is a word of the format, but not supported yet"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, when, message):
    assert mistakes(tmp_path, when) == [message]


@pytest.mark.parametrize(
    ("when", "column", "part"),
    [
        ("{command: pingg}", 20, "; did you mean 'ping'?"),
        ("{statement: [selekt]}", 23, "; did you mean 'select'?"),
        ("{where: {id: {type: int}}}", 30, "integer"),
        ("{call: 0}", 17, "a whole number from 1"),
        ("{call: {per: session}}", 23, "must be connection"),
        ("{state: {cart: 5}}", 25, "put it in quotes"),
        ("{python: 'rules:nothing'}", 19, "no module 'rules'"),
    ],
)
def test_a_wrong_choice_is_told_with_the_right_ones(tmp_path, when, column, part):
    (message,) = mistakes(tmp_path, when)
    assert message.startswith(f"{column}: ")
    assert part in message


def test_code_that_is_wrong_is_told_when_the_file_is_loaded(tmp_path):
    (tmp_path / "rules.py").write_text("x = 5\nasync def later(request): return True\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    assert mistakes(tmp_path, "{python: 'rules:x'}") == ["19: rules:x is not a function"]
    assert mistakes(tmp_path, "{python: 'rules:later'}") == [
        "19: rules:later is a coroutine function; a matcher must give true or false at once"
    ]
    (message,) = mistakes(tmp_path, "{python: 'broken:f'}")
    assert "broken.py:1:" in message


def test_all_mistakes_of_a_stub_are_told_together(tmp_path):
    found = mistakes(tmp_path, "{sql: '-- x', regex: '(', tables: [], any: [{}, {params: {x: 1}}]}")
    assert [message.partition(":")[0] for message in found] == ["16", "31", "44", "54", "71"]


def examples() -> list[str]:
    """The `when` in the last column of the manual's tables."""
    text = MANUAL.read_text(encoding="utf-8")
    part = text[text.index("## `when`") : text.index("## `then`")]
    return re.findall(r"^\|.*\| `(\{.*\})` \|$", part, re.MULTILINE)


def test_the_examples_of_the_manual_read_and_use_every_word(tmp_path):
    (tmp_path / "rules.py").write_text("def is_slow(request): return True\n")
    used = set()
    for text in examples():
        document = survey_text(text, tmp_path / "when", When)
        assert not document.mistakes, text
        assert ConditionReader(document, FilesBeside(tmp_path)).condition(document.value, ())
        used |= set(re.findall(r"\w+", text))
    assert used >= set(When.__struct_encode_fields__)
