"""YAML text to values: the core schema of YAML 1.2, and every text that is not YAML told with its place."""

from __future__ import annotations

import json
import math
import time

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice import yaml


@pytest.fixture(params=["libyaml", "python"])
def library(request, monkeypatch):
    """Each test that asks for it runs with both of PyYAML's parsers."""
    if request.param == "python":
        monkeypatch.setattr(yaml, "_LOADER", pyyaml.BaseLoader)
    return request.param


def mistake(text: str) -> tuple[str, int, int]:
    with pytest.raises(yaml.Mistake) as caught:
        yaml.compose(text)
    return str(caught.value), caught.value.line, caught.value.column


def composed(text: str) -> object:
    try:
        return yaml.compose(text)
    except yaml.Mistake as found:
        return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("12:30:00", "12:30:00"),
        ("2024-02-29", "2024-02-29"),
        ("2024-02-29 12:30:00", "2024-02-29 12:30:00"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("nUll", "nUll"),
        ("'42'", "42"),
        ('"null"', "null"),
        ("!!str 42", "42"),
        ("!!int 42", 42),
        ("!!float 42", 42.0),
        ("!!bool true", True),
        ("!!null ~", None),
        ("!!binary YWI=", b"ab"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("٣", "٣"),
        ("1" * 2000, "1" * 2000),
    ],
)
def test_a_scalar_is_what_it_looks_like(library, text, value):
    found = yaml.compose(f"key: {text}")["key"]
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize(("text", "spelling"), [("010", "010"), ("0x1F", "0x1F"), ("+5", "+5"), ("-007", "-007")])
def test_an_integer_remembers_an_unusual_spelling(text, spelling):
    assert yaml.compose(text).spelling == spelling


def test_times_and_question_marks_stand_in_flow_maps_without_quotes():
    text = "{at: 12:30:00, placed: 2024-02-29 23:59:59, sql: SELECT ? FROM t WHERE a = ?}"
    assert yaml.compose(text) == {
        "at": "12:30:00",
        "placed": "2024-02-29 23:59:59",
        "sql": "SELECT ? FROM t WHERE a = ?",
    }


def test_keys_are_text_as_written(library):
    assert yaml.compose("{1: a, no: b, null: c, 'x y': d}") == {"1": "a", "no": "b", "null": "c", "x y": "d"}


def test_an_alias_is_the_anchors_value(library):
    assert yaml.compose("a: &x [1, {b: c}]\nd: *x") == {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]}


@pytest.mark.parametrize(
    ("text", "part", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3", "'a' stands here for the second time", 3, 1),
        ("{1: a, '1': b}", "second time", 1, 8),
        ("a: 1\n---\nb: 2", "a second document", 2, 1),
        ("a: &x\n  - *x", "never end", 2, 5),
        ("a:\n  b: *nobody", "no &nobody above", 2, 6),
        ("a: !python/object x", "the tag !python/object is not known", 1, 4),
        ("a: !!timestamp 2024-01-01", "the tag !!timestamp is not known", 1, 4),
        ("a: !!int x", "does not fit 'x'", 1, 4),
        ("a: !!set {b}", "the tag !!set is not known", 1, 4),
        ("a: !!binary '?'", "base64", 1, 4),
        ("[a]: b", "a key must be", 1, 1),
        ("&k a: b", "a key cannot have an anchor", 1, 1),
        ("é: [\n 1, \x07]", "U+0007 may not stand", 2, 5),
        ("a: " + "[" * 100 + "]" * 100, "nested deeper than 64", 1, 67),
    ],
)
def test_what_is_not_read_here_is_told_with_its_place(library, text, part, line, column):
    message, *place = mistake(text)
    assert part in message
    assert place == [line, column]


@pytest.mark.parametrize("text", ["a: [1, 2", "a: 'b", "\ta: b", "a: b: c", "- a\nb: c", "%FOO\n:", "a: *", "@a"])
def test_broken_syntax_is_a_mistake_with_a_line(library, text):
    message, line, _ = mistake(text)
    assert message
    assert line >= 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a:\n- 'b\n  c: 1\nd: 2\n", 2, 3),
        ('a: "b\n\n\n', 1, 4),
        ("a: 'b\n---\nc: 1\n", 1, 4),
        ("a: 1\nb: {c: 'd}\ne: 1\n", 2, 8),
        ("a: 1\nb: {c: d\n\n", 2, 4),
        ("a: 1\nb: [c, d\n", 2, 4),
    ],
)
def test_what_is_never_closed_is_told_where_it_opens(library, text, line, column):
    assert mistake(text)[1:] == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column"), [("a: {b: 1\nc: 2\n", 2, 2), ('a: "b\n c\\q"\n', 2, 3), ("a: }\n", 1, 4)]
)
def test_what_is_wrong_in_the_middle_is_told_where_it_shows(text, line, column):
    assert mistake(text)[1:] == (line, column)


def test_aliases_that_multiply_are_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 30)]
    started = time.process_time()
    assert "aliases stand for more than 100,000" in mistake("\n".join(lines))[0]
    assert time.process_time() - started < 1


def test_marks_name_the_place_of_every_value_and_key():
    marks = yaml.Marks()
    yaml.compose("stubs:\n- when: {sql: 'é', x: 1}\n", marks)
    assert marks.values[("stubs", 0, "when", "sql")] == (2, 15)
    assert marks.keys[("stubs", 0, "when", "x")] == (2, 20)
    assert marks.values[()] == (1, 1)


def test_marks_name_the_keys_that_a_comma_in_a_text_may_have_made(library):
    marks = yaml.Marks()
    yaml.compose("a: {b: x(1,2), c: d, e f, g}\nh: {i, j: 'x', k, l: 5, m, n: , o: p, q: }\nr: s, t\n", marks)
    assert marks.torn == {("a", "2)"): "x(1", ("a", "e f"): "d", ("a", "g"): "d"}


def test_two_texts_torn_at_the_same_word_are_told_as_that(library):
    assert mistake("{a: x(1,2), b: y(3,2)}") == (yaml.TORN, 1, 20)
    assert "'a' stands here for the second time" in mistake("{a, b, a: 1}")[0]
    assert "'a' stands here for the second time" in mistake("{a: 1, b: x, a}")[0]


def test_libyaml_is_used_where_it_is_installed():
    assert pyyaml.__with_libyaml__
    text = "- {a: b, c: [1, 2, 3]}\n" * 10_000
    started = time.process_time()
    yaml.compose(text)
    assert time.process_time() - started < 5, "the parser in Python takes longer"


@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>'\"#,?~01.\n\t %@`\\é😀\x00\x85\u2028")), max_size=60))
def test_any_text_gives_plain_values_or_a_mistake(text):
    found = composed(text)
    if isinstance(found, yaml.Mistake):
        assert 1 <= found.line <= len(text) + 1
        assert found.column >= 1
    else:
        assert isinstance(found, (type(None), bool, int, float, str, bytes, list, dict))


# Without what JSON and YAML see differently: controls, the line ends of Unicode, halves of surrogate pairs.
LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(LETTERS, max_size=12)
)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(LETTERS, max_size=6), inner, max_size=4),
        max_leaves=12,
    )
)
def test_json_is_yaml(value):
    assert yaml.compose(json.dumps(value, ensure_ascii=False)) == value


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=40))
def test_a_plain_scalar_never_raises(text):
    assert isinstance(yaml.plain(text), (type(None), bool, int, float, str))
