"""Which kind of statement a text is, by its words (MySQL 8.4 manual, chapter 15 "SQL Statements")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "select",
    "insert",
    "update",
    "delete",
    "replace",
    "call",
    "create",
    "alter",
    "drop",
    "rename",
    "truncate",
    "set",
    "show",
    "use",
    "begin",
    "commit",
    "rollback",
    "savepoint",
    "describe",
    "explain",
    "lock",
    "unlock",
    "load",
    "grant",
    "revoke",
]
"""The kinds that a stub may ask for."""

KINDS: Final = frozenset(get_args(Kind))

_OTHER_WORDS: Final = {"desc": "describe", "table": "select", "values": "select"}
_BEHIND_WITH: Final = frozenset("select insert update delete replace table values".split())


def kind_of(parts: tuple[str, ...]) -> str:
    """The kind of a statement: the word that says what it does.

    ``WITH … SELECT`` and ``(SELECT …) UNION …`` are ``select``, ``START TRANSACTION`` is ``begin``, ``DESC`` is
    ``describe``, ``TABLE t`` and ``VALUES ROW(…)`` are ``select``.

    Args:
        parts: those of its shape.

    Returns:
        One of :data:`KINDS`, or the first word of a statement of another kind, or ``""``.
    """
    word = next((part for part in parts if part != "("), "")
    if word == "with":
        word = next((part for part in _outside_brackets(parts) if part in _BEHIND_WITH), "")
    elif word == "start" and parts[1:2] == ("transaction",):
        return "begin"
    return _OTHER_WORDS.get(word, word)


def _outside_brackets(parts: tuple[str, ...]) -> Iterator[str]:
    depth = 0
    for part in parts:
        depth += (part == "(") - (part == ")")
        if not depth:
            yield part
