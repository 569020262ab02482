"""YAML in statements: stubs, and the ``when`` of a stub.

It means what it means in a stub file, but for what only a file may do: run Python, and read other files.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sockservice.documents import Document, Keys, survey_text
from sockservice.errors import ConfigurationError
from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.condition_reader import ConditionReader
from sockservice.responder.matching.when_words import When
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.stub import Stub
from sockservice.responder.stub_file import StubFile
from sockservice.responder.stub_reader import StubReader

_STUB: Final = Path("stub")
_WHEN: Final = Path("when")
"""What the places of mistakes call the two texts: ``stub:2:7: …``."""

_OF_FILES: Final = {
    "when": frozenset(["python"]),
    "then": frozenset(["python", "csv", "json", "rows_from", "upstream"]),
}
"""The words of a ``when`` and a ``then`` that are for files only."""


def stubs_of(text: str, first: int = 1) -> list[Stub]:
    """The stubs that a text describes: one stub, a list of stubs, or what a stub file holds.

    Args:
        text: YAML.
        first: the number in the name of the first one, where it has no name of its own.

    Raises:
        ConfigurationError: it describes none; ``mistakes`` are all that is wrong, each with line and column.
    """
    document: Document[Any] = survey_text(text, _STUB, StubFile, functools.partial(_framed, first=first))
    refused = [
        document.mistake(f"{key!r} is for stub files only", *keys, key, key=True)
        for keys, key in _words_of_files(document)
    ]
    if refused:
        raise ConfigurationError.together(refused)
    return StubReader(document).stubs(0)


def condition_of(text: str, refused: frozenset[str] = frozenset()) -> Condition:
    """The condition that the text of a ``when`` describes.

    Args:
        text: a map, as behind ``when:`` in a stub file.
        refused: words that have no meaning here, besides those that are for files only.

    Raises:
        ConfigurationError: it describes none.
    """
    document: Document[Any] = survey_text(text, _WHEN, When)
    plain = document.value if document.mistakes else survey_text(text, _WHEN, dict[str, Any]).value
    found = [
        document.mistake(f"{key!r} has no meaning here: it is not about what was asked", *keys, key, key=True)
        for keys, key in _words(plain, (), _OF_FILES["when"] | refused)
    ]
    if found or document.mistakes:
        raise ConfigurationError.together(found or document.mistakes)
    try:
        return ConditionReader(document).condition(document.value, ())
    except Mistakes as mistakes:
        raise ConfigurationError.together(mistakes.found) from None


def _framed(plain: Any, first: int = 1) -> tuple[Any, Keys]:
    """The text as the value of a whole file whose stubs all have names, and where in it the text stands."""
    if isinstance(plain, list):
        return {"version": 1, "stubs": _named(plain, first)}, ("stubs",)
    if isinstance(plain, dict) and not {"stubs", "version"} & plain.keys():
        return {"version": 1, "stubs": _named([plain], first)}, ("stubs", 0)
    if isinstance(plain, dict) and isinstance(plain.get("stubs"), list):
        return {**plain, "stubs": _named(plain["stubs"], first)}, ()
    return plain, ()


def _named(stubs: list[Any], first: int) -> list[Any]:
    """Each stub with a name, so that two calls do not replace each other's stubs."""
    return [
        {"name": f"added stub {number}", **stub} if isinstance(stub, dict) else stub
        for number, stub in enumerate(stubs, first)
    ]


def _words_of_files(document: Document[Any]) -> Iterator[tuple[Keys, str]]:
    """Where a text has words that are for files only."""
    plain, _within = _framed(survey_text(document.text, _STUB, object).value)
    stubs = plain.get("stubs") if isinstance(plain, dict) else None
    for index, stub in enumerate(stubs if isinstance(stubs, list) else ()):
        for part, words in _OF_FILES.items():
            if isinstance(stub, dict):
                yield from _words(stub.get(part), ("stubs", index, part), words)


def _words(plain: Any, keys: Keys, words: frozenset[str]) -> Iterator[tuple[Keys, str]]:
    """Where a ``when`` or ``then`` has some words, in what it consists of too."""
    if isinstance(plain, list):
        for index, part in enumerate(plain):
            yield from _words(part, (*keys, index), words)
    elif isinstance(plain, dict):
        for key, part in plain.items():
            if key in words:
                yield keys, key
            elif key in ("all", "any", "not", "results"):
                yield from _words(part, (*keys, key), words)
