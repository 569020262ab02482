"""Expressions of definitions as MySQL shows them: names in back-ticks, words in lower case."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sockservice.sql.reserved import RESERVED
from sockservice.sql.words import Word, Words

_TIGHT_BEHIND: Final = frozenset(["(", ".", "@", "->", "->>"])
_TIGHT_BEFORE: Final = frozenset([")", ",", ".", "->", "->>"])
_WORDS: Final = RESERVED | frozenset(
    """true false null unknown utf8mb4 date time timestamp datetime signed char json binary year day month hour minute
    second microsecond week quarter escape at zone""".split()
)
"""Words that are no names of columns, unless they stand in back-ticks."""


def names_in(expression: str) -> Iterator[str]:
    """The columns that an expression names, as they are written."""
    words = Words(expression)
    while not words.ended:
        word = words.take()
        if _is_name(word, words):
            yield word.text.strip("`").replace("``", "`")


def _is_name(word: Word, words: Words) -> bool:
    if words.next_is(".") or words.next_is("("):
        return False
    if word.kind == "quoted":
        return word.text[0] == "`"
    return word.kind == "word" and word.text[0] not in "@_" and word.text.lower() not in _WORDS


def with_name(expression: str, old: str, new: str) -> str:
    """An expression that names a column by another name."""
    words = Words(expression)
    told, end = "", 0
    while not words.ended:
        word = words.take()
        if _is_name(word, words) and word.text.strip("`").replace("``", "`").lower() == old.lower():
            told += expression[end : word.start] + backticked(new)
            end = word.end
    return told + expression[end:]


def rendered(expression: str, columns: Collection[str]) -> str:
    """An expression of a definition as SHOW CREATE TABLE has it: in brackets, where it is more than a name or a call.

    Args:
        expression: as it was written.
        columns: the names of the table's columns.
    """
    known = {name.lower(): name for name in columns}
    words = Words(expression)
    told, previous = "", ""
    while not words.ended:
        word = words.take()
        text = word.text
        if word.kind == "word":
            column = known.get(text.lower()) if not words.next_is("(") else None
            text = backticked(column) if column is not None else text.lower()
        elif word.kind == "string":
            text = f"_utf8mb4{text}" if previous.lower() not in ("_utf8mb4", "_latin1", "_binary") else text
        if told and text not in _TIGHT_BEFORE and previous not in _TIGHT_BEHIND and not _calls(previous, text):
            told += " "
        told += text
        previous = text
    told = told.replace(", ", ",")
    return told if _is_one(told) else f"({told})"


def _is_one(text: str) -> bool:
    """Whether an expression is nothing but a name, a literal or a call."""
    words = Words(text)
    word = words.take()
    if words.next_is("(") and word.kind == "word":
        words.bracketed()
    return words.ended


def _calls(previous: str, text: str) -> bool:
    return text == "(" and (previous.isidentifier() and previous not in ("and", "or", "not", "in", "xor", "is", "like"))


def backticked(name: str) -> str:
    """A name in back-ticks."""
    return "`" + name.replace("`", "``") + "`"
