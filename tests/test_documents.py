"""Files into typed values: what is wrong is told with file, line, column and the likely right word."""

from __future__ import annotations

import json
import os
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.documents import LONGEST, Document, read_document, survey_document
from sockservice.errors import ConfigurationError, Place


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    ratio: float = 1.0
    tags: list[str] = []


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    reserved: ClassVar[frozenset[str]] = frozenset(["later", "huge", "a list", "{{"])

    name: str
    inner: Inner | None = None
    level: Literal["low", "high"] = "low"
    either: int | str | list[Inner] = 0
    anything: dict[str, Any] = {}
    on: bool = False
    title: Annotated[str, msgspec.Meta(min_length=1)] = "x"


class Top(msgspec.Struct, forbid_unknown_fields=True):
    things: list[Outer]


def written(tmp_path, text: str | bytes):
    path = tmp_path / "file.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def mistakes(tmp_path, text: str | bytes, shape: Any = Top, **options: Any) -> list[str]:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_document(path, shape, **options)
    assert str(caught.value) == "\n".join(map(str, caught.value.mistakes))
    return [str(mistake).replace(str(path), "file") for mistake in caught.value.mistakes]


def test_a_file_becomes_a_typed_value(tmp_path):
    path = written(tmp_path, "things:\n- {name: no, inner: {port: 3306, ratio: 2}, either: [{port: 1}], on: true}\n")
    document = read_document(path, Top)
    assert document.value == Top([Outer("no", Inner(3306, 2.0), either=[Inner(1)], on=True)])
    assert document.path == path


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path):
    path = written(tmp_path, b"\xef\xbb\xbfthings:\r\n- name: a\r\n")
    assert read_document(str(path), Top).value == Top([Outer("a")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("thing: []", "file:1:1: 'thing' is not known here; did you mean 'things'?"),
        ("things: 5", "file:1:9: 'things' must be a list, not the number 5"),
        ("things:\n- {}", "file:2:3: item 1 of 'things' lacks 'name'"),
        ("things:\n- 5", "file:2:3: item 1 of 'things' must be a map, not the number 5"),
        ("things:\n- name: 5", "file:2:9: 'name' must be text, not the number 5; put it in quotes"),
        ("things:\n- name: true", "file:2:9: 'name' must be text, not true; put it in quotes"),
        ("things:\n- name:", "file:2:8: 'name' must be text, not null"),
        ("things:\n- name: [a]", "file:2:9: 'name' must be text, not a list"),
        ("things:\n- {name: a, title: ''}", "file:2:20: 'title' must be text that is not empty, not ''"),
        (
            "things:\n- {name: a, level: hihg}",
            "file:2:20: 'level' must be high or low, not 'hihg'; did you mean 'high'?",
        ),
        ("things:\n- {name: a, level: huge}", "file:2:20: 'huge' is a word of the format, but not supported yet"),
        ("things:\n- {name: a, later: 1}", "file:2:13: 'later' is a word of the format, but not supported yet"),
        ("things:\n- {name: a, on: '{{x}}'}", "file:2:17: '{{x}}' is a word of the format, but not supported yet"),
        ("things:\n- [name]", "file:2:3: a list for item 1 of 'things' is a form of the format, but not supported yet"),
        (
            "things:\n- {name: a, inner: {port: 70000}}",
            "file:2:27: 'port' must be a whole number from 0 to 65535, not the number 70000",
        ),
        ("things:\n- {name: a, inner: {port: 1, ratio: x}}", "file:2:37: 'ratio' must be a number, not 'x'"),
        (
            "things:\n- {name: a, inner: {port: 1, tags: [a, 5]}}",
            "file:2:40: item 2 of 'tags' must be text, not the number 5; put it in quotes",
        ),
        ("things:\n- {name: a, either: {}}", "file:2:21: 'either' must be a whole number or text or a list, not a map"),
        ("things:\n- {name: a, either: [{prot: 1}]}", "file:2:23: 'prot' is not known here; did you mean 'port'?"),
        ("things:\n- {name: a, on: yes}", "file:2:17: 'on' must be true or false, not 'yes'"),
        ("", "file:1:1: the file is empty"),
        ("# nothing\n", "file:1:1: the file is empty"),
        ("[]", "file:1:1: the file must be a map, not a list"),
    ],
)
def test_a_mistake_names_its_place_the_word_and_the_right_one(tmp_path, text, message):
    assert message in mistakes(tmp_path, text)


def test_all_mistakes_are_told_together_in_order(tmp_path):
    text = "things:\n- {nmae: a}\n- {name: 5}\n- {name: ok}\n- {name: a, inner: {port: x}}\nextra: 1\n"
    assert [message.split(": ")[0] for message in mistakes(tmp_path, text)] == [
        "file:2:3",
        "file:2:4",
        "file:3:10",
        "file:5:27",
        "file:6:1",
    ]


def test_a_survey_gives_the_mistakes_and_the_parts_that_are_sound(tmp_path):
    path = written(tmp_path, "things:\n- {name: 5}\n- {name: a, inner: {port: 1}}\nextra: 1\n")
    document = survey_document(path, Top)
    assert [str(mistake).removeprefix(f"{path}:").split(": ")[0] for mistake in document.mistakes] == ["2:10", "4:1"]
    assert document.part(Outer, "things", 0) is None
    assert document.part(Outer, "things", 1) == Outer("a", Inner(1))
    assert document.part(Inner, "things", 1, "inner") == Inner(1)
    for keys in [("things", 2), ("nothing",), ("extra", "deeper"), ("things", "name")]:
        assert document.part(Outer, *keys) is None
    path.write_text("things: []")
    assert survey_document(path, Top) == Document(path, "things: []", Top([]))


def test_a_rule_of_the_struct_itself_is_a_mistake_at_its_place(tmp_path):
    class Even(msgspec.Struct):
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("the number must be even")

    assert mistakes(tmp_path, "- number: 2\n- number: 3\n", list[Even]) == ["file:2:3: the number must be even"]


@pytest.mark.parametrize("text", ["things: [{name: a, KEY: 1}]", "things: [{name: a, KEY: 1, KEY: 2}]", "things: *KEY"])
def test_a_message_that_quotes_a_long_text_of_the_file_stays_short(tmp_path, text):
    (told,) = mistakes(tmp_path, text.replace("KEY", "k" * 900))
    assert told.startswith("file:1:")
    assert "kkk…kkk" in told
    assert len(told.partition(": ")[2]) == LONGEST


def test_yaml_mistakes_have_their_place(tmp_path):
    assert mistakes(tmp_path, "things:\n- name: a\n  name: b\n") == [
        "file:3:3: the key 'name' stands here for the second time"
    ]


def test_text_that_is_not_utf8_is_told_with_its_place(tmp_path):
    (message,) = mistakes(tmp_path, "things:\n- né: ".encode() + b"\xe9\n")
    assert message == "file:2:7: not UTF-8 (byte 0xe9); save the file as UTF-8"


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path):
    assert "larger than 100 bytes" in mistakes(tmp_path, "#" * 101, limit=100)[0]
    assert read_document(written(tmp_path, "things: []".ljust(100)), Top, limit=100).value == Top([])


def test_a_missing_file_names_the_nearest_one(tmp_path):
    written(tmp_path, "")
    with pytest.raises(ConfigurationError, match=r"flie\.yaml: there is no such file; did you mean 'file\.yaml'\?"):
        read_document(tmp_path / "flie.yaml", Top)
    with pytest.raises(ConfigurationError, match=r"no such file$"):
        read_document(tmp_path / "nowhere" / "file.yaml", Top)
    (tmp_path / "elsewhere.yml").symlink_to("nothing")
    with pytest.raises(ConfigurationError, match=r"elsewhere\.yml: there is no such file$"):
        read_document(tmp_path / "elsewhere.yml", Top)


def test_a_folder_and_an_impossible_name_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="is a folder"):
        read_document(tmp_path, Top)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_document("a\0b", Top)


def test_what_is_no_regular_file_is_refused_at_once(tmp_path):
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo)
    with pytest.raises(ConfigurationError, match=r"fifo\.yaml'?: cannot be read: it is a FIFO, .* wanted$"):
        read_document(fifo, Top)


def test_an_unreadable_file_is_refused_with_the_systems_reason(tmp_path):
    loop = tmp_path / "loop.yaml"
    os.symlink(loop, loop)
    with pytest.raises(ConfigurationError, match="cannot be read: Too many levels"):
        read_document(loop, Top)


def test_places_are_found_for_values_and_keys_and_the_nearest_parent(tmp_path):
    document = read_document(written(tmp_path, "things:\n- name: a\n  inner: {port: 1}\n"), Top)
    assert isinstance(document, Document)
    assert document.place("things", 0, "inner", "port") == Place(document.path, 3, 17)
    assert document.place("things", 0, "inner", "port", key=True) == Place(document.path, 3, 11)
    assert document.place("things", 0, "inner", "none", "deeper") == Place(document.path, 3, 10)
    assert document.place("things", 9) == Place(document.path, 2, 1)
    assert str(document.mistake("odd", "things")).endswith("file.yaml:2:1: odd")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["low", "huge"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("things name inner level either anything on title port ratio tags later x".split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_any_value_has_the_shape_or_mistakes_with_places(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    # JSON's NaN and Infinity are text in YAML; what is text and what a number does not matter here.
    path.write_text(json.dumps({"things": [value]}))
    found = outcome(path)
    if isinstance(found, ConfigurationError):
        assert all(mistake.place is not None for mistake in found.mistakes)
        assert "at `$" not in str(found), "msgspec's own words are for developers"
    else:
        assert isinstance(found.value, Top)


def outcome(path) -> Document[Top] | ConfigurationError:
    try:
        return read_document(path, Top)
    except ConfigurationError as error:
        return error


class Placed(msgspec.Struct, forbid_unknown_fields=True):
    number: (
        Annotated[int, msgspec.Meta(ge=1, le=9)]
        | Annotated[str, msgspec.Meta(pattern=r"\{\{.*\}\}", title="a template")]
        | msgspec.UnsetType
    ) = msgspec.UNSET

    misplaced: ClassVar[dict[str, str]] = {"times": "beside the number, not in it"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number: 10", "1:9: 'number' must be a whole number from 1 to 9 or a template, not the number 10"),
        ("number: x", "1:9: 'number' must be a whole number from 1 to 9 or a template, not 'x'"),
        ("times: 2", "1:1: 'times' stands beside the number, not in it"),
    ],
)
def test_text_with_a_pattern_and_misplaced_words_are_told_by_their_names(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_document(path, Placed)
    assert str(caught.value) == f"{path}:{message}"


def test_text_that_has_its_pattern_is_taken(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("number: '{{ 1 }}'")
    assert read_document(path, Placed).value.number == "{{ 1 }}"
