"""Stub files with all sorts of things wrong: each loads or is refused with places and clear words, in no time."""

from __future__ import annotations

import json
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sockservice import yaml
from sockservice.documents import LONGEST
from sockservice.errors import ConfigurationError
from sockservice.responder.stub_schema import schema
from sockservice.responder.stub_set import StubSet

ROOT = Path(__file__).parents[2]
EVERY_WORD = [Path(__file__).with_name(name) for name in ("every_word.yaml", "every_message_word.yaml")]
SOURCES = [*sorted(ROOT.glob("examples/**/stubs/**/*.yaml")), EVERY_WORD[0]]
MESSAGE_SOURCES = [*sorted(ROOT.glob("examples/messages/*.yaml")), EVERY_WORD[1]]
BESIDE = [ROOT / "examples/stubs/data", ROOT / "examples/stubs/functions", ROOT / "examples/stubs/reference"]
"""Folders of what these files name, which are beside each mutant too."""
OF_MYSQL, OF_MESSAGES = (
    [source.read_text(encoding="utf-8") for source in sources] for sources in (SOURCES, MESSAGE_SOURCES)
)
TEXTS = [*OF_MYSQL, *OF_MYSQL[-1:] * 9, *OF_MESSAGES, *OF_MESSAGES[-1:] * 3]
"""What mutants are made of: more often of the files with every word."""
WORDS = sorted({word for text in TEXTS for word in re.findall(r"\w+", text)})
SCRAPS = """{ } [ ] : , ' " & * ! | > - # ? ` \\ %  é 🧮 {{ }} {{x}} &a *a !!binary !!int null true 010 0x1F .nan 1e999
    12:30:00 2024-02-30 hex:zz (?P<a> a{9999999999} -1 1.5 99999999999999999999999999 ... --- <<""".split()
SCRAPS += ["\n", "\n\n- ", "  ", "\t", "\x00", "\u2028", ": ", " #", "- ", "x" * 5000]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    float("inf"),
    "",
    "x",
    "{{ x",
    [],
    {},
    [[]],
    {"": ""},
    ["x"],
    {"x": 1},
]
MUTANTS, SECONDS = 1000, 2.0
"""How many there are, and how much of a processor's time one may take: a hundred times what it needs."""


def scrap(chance: random.Random, text: str) -> str:
    """Something that does not belong there, in place of a few characters or of none."""
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(SCRAPS) + text[at + chance.choice([0, 0, 1, 5, 40]) :]


def another_word(chance: random.Random, text: str) -> str:
    word = chance.choice(list(re.finditer(r"\w+", text)) or [re.search("", text)])
    return text[: word.start()] + chance.choice(WORDS) + text[word.end() :]


def misspelt(chance: random.Random, text: str) -> str:
    at = chance.randrange(max(len(text) - 1, 1))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def half_written(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def lines_moved(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    taken = [lines.pop(chance.randrange(len(lines))) for _ in range(min(2, len(lines)))]
    for line in taken[chance.randrange(2) :] * chance.choice([1, 1, 2]):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return "".join(lines)


def indented(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([" " + lines[at], "  " + lines[at], lines[at].lstrip(), "\t" + lines[at]])
    return "".join(lines)


def another_value(chance: random.Random, text: str) -> str:
    """A value somewhere in the file becomes another one, which gets deeper than characters do."""
    try:
        value = yaml.compose(text)
    except yaml.Mistake:
        return text
    parents = [part for part in parts(value) if part]
    if parents:
        parent = chance.choice(parents)
        key = chance.choice(list(parent) if isinstance(parent, dict) else range(len(parent)))
        other = chance.choice(parents)
        new = chance.choice(list(other.values() if isinstance(other, dict) else other))
        new = json.loads(json.dumps(new, default=str)) if chance.random() < 0.5 else chance.choice(VALUES)
        if isinstance(parent, dict) and chance.random() < 0.3:
            parent[chance.choice(WORDS)] = new
        else:
            parent[key] = new
    return json.dumps(value, default=str, indent=1, ensure_ascii=False)


def parts(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, (dict, list)) else []
    return found + [part for item in inner for part in parts(item)]


MUTATIONS: list[Callable[[random.Random, str], str]] = [
    scrap,
    another_word,
    misspelt,
    half_written,
    lines_moved,
    indented,
    another_value,
]


def mutant(seed: int) -> str:
    chance = random.Random(seed)
    text = TEXTS[seed % len(TEXTS)]
    for mutate in chance.choices(MUTATIONS, k=chance.randint(1, 4)):
        text = mutate(chance, text)
    return text


def load(path: Path, seed: int) -> StubSet:
    path.write_text(mutant(seed), encoding="utf-8")
    return StubSet.load([path], messages=TEXTS[seed % len(TEXTS)] in OF_MESSAGES)


@pytest.fixture
def path(tmp_path):
    """Where a stub file finds what it names beside it."""
    for folder in reversed(BESIDE):
        for source in [folder, *(inner for inner in folder.iterdir() if inner.is_dir())]:
            shutil.copytree(source, tmp_path / source.name, dirs_exist_ok=True)
    return tmp_path / "mutant.yaml"


@pytest.mark.parametrize("source", [*SOURCES, *MESSAGE_SOURCES], ids=lambda source: source.name)
def test_a_file_that_mutants_are_made_of_loads(path, source):
    path.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    StubSet.load([path], messages=source in MESSAGE_SOURCES)


def test_every_word_of_the_format_is_in_a_file():
    definitions = schema()["$defs"].values()
    words = {word for definition in definitions for word in definition.get("properties", {})}
    known = {word for path in EVERY_WORD for word in spoken(yaml.compose(path.read_text(encoding="utf-8")))}
    assert words - known == set()


def spoken(value: Any) -> Iterator[str]:
    """All keys and texts in a value."""
    if isinstance(value, str):
        yield value
    inner = (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from spoken(item)


@pytest.mark.parametrize("batch", range(10))
def test_a_mutated_stub_file_loads_or_is_refused_with_places_and_clear_words(path, batch):
    for seed in range(batch, MUTANTS, 10):
        mistakes: tuple[ConfigurationError, ...] = ()
        began = time.thread_time()
        try:
            load(path, seed)
        except ConfigurationError as error:
            mistakes = error.mistakes
        except BaseException as error:
            raise AssertionError(f"mutant {seed} raised {error!r}") from error
        assert time.thread_time() - began < SECONDS, f"mutant {seed}"
        lines = len(path.read_text(encoding="utf-8").splitlines()) + 1
        for mistake in mistakes:
            assert mistake.place is not None, f"mutant {seed}: {mistake}"
            assert mistake.place.path == path, f"mutant {seed}: {mistake}"
            assert 1 <= mistake.place.line <= lines, f"mutant {seed}: {mistake}"
            assert mistake.place.column >= 1, f"mutant {seed}: {mistake}"
            said = str(mistake).removeprefix(f"{mistake.place}: ")
            assert said, f"mutant {seed}"
            assert "\n" not in said, f"mutant {seed}: {mistake}"
            assert len(said) <= LONGEST, f"mutant {seed}: {mistake}"
            assert not re.search(r"Error\b.*Error\b|Traceback|<class|object at 0x", said), f"mutant {seed}: {mistake}"


def test_mutants_are_of_both_kinds(path):
    """Else the test above would show little."""
    sound = set()
    for seed in range(200):
        try:
            load(path, seed)
        except ConfigurationError:
            sound.add(False)
        else:
            sound.add(True)
        if len(sound) == 2:
            break
    assert sound == {True, False}
