"""What ``when`` asks of a parsed statement, made into criteria."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec import UNSET

from sockservice.documents import Keys
from sockservice.responder.matching.structure_criteria import (
    Columns,
    HasLimit,
    OfKind,
    OfStructure,
    Routine,
    Tables,
    Where,
)
from sockservice.responder.matching.value_matchers import ValueMatcher
from sockservice.responder.matching.value_reader import value_matcher
from sockservice.responder.matching.when_words import When
from sockservice.responder.tokens import Kind, tokens

if TYPE_CHECKING:
    from sockservice.responder.matching.condition_reader import Attempt
    from sockservice.responder.matching.parsed_statement import Name

KEYS: Final = ("statement", "tables", "columns", "where", "routine", "has_limit")
"""The words of ``when`` that are read here."""


def structure_criteria(when: When, keys: Keys, attempt: Attempt) -> Iterator[OfStructure]:
    """The criteria of a ``when`` about the parsed statement.

    Args:
        when: it.
        keys: the way to it in the document.
        attempt: reads a value, or notes what is wrong with it.
    """
    if all(getattr(when, key) is UNSET for key in KEYS):
        return
    if when.statement is not UNSET and (kinds := attempt(_listed, when.statement, at=(*keys, "statement"))):
        yield OfKind(kinds)
    if when.tables is not UNSET and (names := attempt(_names, when.tables, at=(*keys, "tables"))):
        yield Tables(names)
    if when.routine is not UNSET and (routine := attempt(_name, when.routine, at=(*keys, "routine"))):
        yield Routine(routine)
    if when.columns is not UNSET and (columns := attempt(_columns, when.columns, at=(*keys, "columns"))):
        yield Columns(columns)
    if when.where is not UNSET:
        wanted = []
        for column in when.where:
            name = attempt(_column, column, at=(*keys, "where", column))
            matcher: ValueMatcher | None = attempt(value_matcher, when.where[column], at=(*keys, "where", column))
            if name and matcher is not None:
                wanted.append((name, matcher))
        if not when.where:
            attempt(_listed, [], at=(*keys, "where"))
        yield Where(tuple(wanted))
    if when.has_limit is not UNSET:
        yield HasLimit(when.has_limit)


def _listed(words: str | list[str]) -> tuple[str, ...]:
    if not words:
        raise ValueError("at least one is wanted here")
    return (words,) if isinstance(words, str) else tuple(words)


def _names(words: str | list[str]) -> tuple[Name, ...]:
    return tuple(map(_name, _listed(words)))


def _columns(words: str | list[str]) -> tuple[str, ...]:
    return tuple(map(_column, _listed(words)))


def _column(text: str) -> str:
    parts = ["*"] if text.strip() == "*" else _dotted(text)
    if not parts:
        raise ValueError(f"{text!r} is no name; a column is written as id, or users.id")
    return ".".join(parts)


def _name(text: str) -> Name:
    # The parser is imported where a stub asks for what it knows, and before a client waits for it.
    from sockservice.responder.matching.parsed_statement import Name

    parts = _dotted(text)
    if not parts:
        raise ValueError(f"{text!r} is no name; it is written as products, or shop.products")
    return Name(parts[-1], parts[0] if len(parts) == 2 else "")


def _dotted(text: str) -> list[str]:
    """The one or two names of a text with a dot between them, in lower case; none where it is something else."""
    found = tokens(text)
    names = [token.value for token in found if token.kind in (Kind.WORD, Kind.QUOTED)]
    whole = len(found) in (1, 3) and len(names) == (len(found) + 1) // 2 and all(one.text == "." for one in found[1:2])
    return names if whole else []
