"""The JSON Schema of stub files: the file of the package, the examples, and what it refuses."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest

import sockservice.responder
from sockservice import yaml
from sockservice.responder.stub_schema import schema, schema_text

ROOT = Path(__file__).parents[2]
FILE = Path(sockservice.responder.__file__).with_name("stubs.schema.json")
EXAMPLES = sorted(ROOT.glob("examples/**/stubs/**/*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(schema())
SOUND = {"version": 1, "stubs": [{"when": {"sql": "SELECT 1"}, "then": {"ok": {}}}]}


def errors(value: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(value)]


def test_the_file_of_the_package_is_what_the_types_say():
    regenerate = "write it anew: twistd sockservice mysql --print-schema > sockservice/responder/stubs.schema.json"
    assert FILE.read_text(encoding="utf-8") == schema_text(), regenerate


def test_it_is_a_schema_and_refers_to_itself_alone():
    VALIDATOR.check_schema(schema())
    references = [value for key, value in pairs(json.loads(schema_text())) if key == "$ref"]
    assert references
    assert all(reference.startswith("#/$defs/") for reference in references)


def test_every_word_has_a_description():
    definitions = schema()["$defs"]
    for name, definition in definitions.items():
        assert definition.get("description"), name
        for word, found in definition.get("properties", {}).items():
            target = definitions.get(found.get("$ref", "").rpartition("/")[2], {})
            assert found.get("description") or target.get("description"), f"{name}.{word}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_valid_and_names_the_schema_for_editors(path):
    text = path.read_text(encoding="utf-8")
    assert errors(yaml.compose(text)) == []
    label, equals, named = text.splitlines()[0].partition("=")
    assert (label, equals) == ("# yaml-language-server: $schema", "=")
    assert (path.parent / named).resolve() == FILE.resolve()


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ((), None),
        (("version",), 2),
        (("stub",), []),
        (("stubs",), {}),
        (("stubs", 0, "when", "sqll"), "x"),
        (("stubs", 0, "when", "sql"), 5),
        (("stubs", 0, "when", "sql"), ""),
        (("stubs", 0, "then"), None),
        (("stubs", 0, "then", "ok"), None),
        (("stubs", 0, "then", "ok", "warnings"), -1),
        (("stubs", 0, "priority"), 10),
        (("stubs", 0, "name"), ""),
    ],
)
def test_a_file_with_a_mistake_is_not_valid(at, value):
    assert errors(SOUND) == []
    assert errors(changed(SOUND, at, value))


@pytest.mark.parametrize("key", ["version", "stubs"])
def test_a_file_without_what_it_needs_is_not_valid(key):
    assert errors({word: value for word, value in SOUND.items() if word != key})


def changed(value: object, at: tuple[object, ...], new: object) -> object:
    if not at:
        return new
    made = parent = copy.deepcopy(value)
    for key in at[:-1]:
        parent = parent[key]
    parent[at[-1]] = new
    return made


def pairs(value: object):
    if isinstance(value, dict):
        yield from value.items()
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from pairs(item)
