"""REGEXP and the functions of regular expressions (MySQL 8.4 manual, 14.8.2), which are ICU's, by Python's."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.functions.regular_cost import is_too_long, matches, search
from sockservice.sql.kinds import BIGINT, BOOLEAN, LONGEST, Kind, text_type
from sockservice.sql.registry import for_values, internal
from sockservice.sql.typed import Typed, made
from sockservice.sql.widths import text_width
from sockservice.sqltypes import SqlType

_CLASSES: Final = {
    "alpha": "a-zA-Z\u00c0-\uffff",
    "digit": r"\d",
    "alnum": "a-zA-Z0-9\u00c0-\uffff",
    "space": r"\s",
    "upper": "A-Z",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "word": r"\w",
    "graph": "!-~",
    "print": " -~",
}
"""The classes of characters by name."""
_CLASS: Final = re.compile(r"\[:(\w+):\]")
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "n": re.DOTALL}


@functools.lru_cache(maxsize=512)
def pattern_of(pattern: str, flags: str, sensitive: int) -> re.Pattern[str]:
    """A compiled regular expression.

    Args:
        pattern: as MySQL has it.
        flags: the letters of ``match_type``: ``c``, ``i``, ``m``, ``n``, ``u``.
        sensitive: whether case counts, where no flag says it.

    Raises:
        Refused: 3685 and others: it is none.
    """
    if not pattern:
        raise Refused("ER_REGEXP_ILLEGAL_ARGUMENT")
    options = 0 if sensitive else re.IGNORECASE
    for letter in flags:
        if letter == "c":
            options &= ~re.IGNORECASE
        elif letter in _FLAGS:
            options |= _FLAGS[letter]
        elif letter != "u":
            raise Refused("ER_WRONG_ARGUMENTS", "regexp_like")
    text = _CLASS.sub(_class, pattern.replace("[[:<:]]", r"\b(?=\w)").replace("[[:>:]]", r"\b(?<=\w)"))
    try:
        return re.compile(text, options)
    except (re.error, RecursionError, OverflowError) as problem:
        message = str(problem)
        if "parenthesis" in message or "subpattern" in message:
            raise Refused("ER_REGEXP_MISMATCHED_PAREN") from None
        if "character set" in message:
            raise Refused("ER_REGEXP_MISSING_CLOSE_BRACKET") from None
        position = getattr(problem, "pos", None) or 0
        raise Refused("ER_REGEXP_RULE_SYNTAX", 1, position + 1) from None


def _class(found: re.Match[str]) -> str:
    return _CLASSES.get(found[1].lower(), found[0])


def _sensitive(self: Expressions, *values: Typed) -> int:
    if any(value.kind is Kind.BINARY for value in values):
        return 1
    return int(self.collation(*values).collation.endswith(("_bin", "_cs")))


@rule(exp.RegexpLike)
def _regexp(self: Expressions, node: exp.RegexpLike) -> Typed:
    value, pattern = self.compile(node.this), self.compile(node.expression)
    sensitive = _sensitive(self, value, pattern)
    text = f"regexp_like_of({to.as_text(value)}, {to.as_text(pattern)}, '', {sensitive})"
    return made(text, BOOLEAN, value, pattern)


@special("regexp_like")
def _regexp_like(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) not in (2, 3):
        raise wrong_count("regexp_like")
    values = [self.compile(part) for part in node.expressions]
    flags = to.as_text(values[2]) if len(values) > 2 else "''"
    sensitive = _sensitive(self, *values[:2])
    text = f"regexp_like_of({to.as_text(values[0])}, {to.as_text(values[1])}, {flags}, {sensitive})"
    return made(text, BOOLEAN, *values)


@internal("regexp_like_of", 4)
@for_values
def regexp_like(text: str, pattern: str, flags: str, sensitive: int) -> int:
    """REGEXP_LIKE."""
    return int(search(_expression(pattern, flags, sensitive, text), text) is not None)


_TYPES: Final[dict[str, Callable[[Typed], SqlType]]] = {
    "regexp_instr": lambda text: BIGINT,  # noqa: ARG005
    "regexp_substr": lambda text: text_type(text_width(text)),
    "regexp_replace": lambda text: text_type(LONGEST),  # noqa: ARG005
}


def _searching(name: str, fixed: int, most: int) -> None:
    """A function of a text, a pattern, perhaps a replacement, numbers and flags."""

    @special(name)
    def compile_call(self: Expressions, node: exp.Anonymous) -> Typed:
        if not fixed <= len(node.expressions) <= most:
            raise wrong_count(name)
        values = [self.compile(part) for part in node.expressions]
        texts = [to.as_text(value) for value in values[:fixed]]
        for place, value in enumerate(values[fixed:], fixed + 1):
            texts.append(to.as_text(value) if place == most else to.as_integer(value))
        sensitive = _sensitive(self, *values[:2])
        kind = _TYPES[name](values[0])
        text = f"{name}_of({', '.join([str(sensitive), *texts])})"
        return made(text, kind, *values, nullable=True, like=self.collation(values[0]))


_searching("regexp_instr", 2, 6)
_searching("regexp_substr", 2, 5)
_searching("regexp_replace", 3, 6)


def _expression(pattern: str, flags: str, sensitive: int, text: str) -> re.Pattern[str]:
    """A compiled regular expression for a text.

    Raises:
        Refused: it is none, or may take too long (3699).
    """
    found = pattern_of(pattern, flags, sensitive)
    if is_too_long(found.pattern, len(text)):
        raise Refused("ER_REGEXP_TIME_OUT")
    return found


def _occurrence(found: re.Pattern[str], text: str, position: int, occurrence: int) -> re.Match[str] | None:
    if not 1 <= position <= len(text) + 1:
        raise Refused("ER_REGEXP_INDEX_OUTOFBOUNDS_ERROR")
    every = enumerate(matches(found, text, position - 1), 1)
    return next((match for number, match in every if number == max(occurrence, 1)), None)


@internal("regexp_instr_of")
@for_values
def regexp_instr(
    sensitive: int, text: str, pattern: str, position: int = 1, occurrence: int = 1, end: int = 0, flags: str = ""
) -> int:
    """REGEXP_INSTR."""
    match = _occurrence(_expression(pattern, flags, sensitive, text), text, position, occurrence)
    return 0 if match is None else (match.end() if end else match.start()) + 1


@internal("regexp_substr_of")
@for_values
def regexp_substr(
    sensitive: int, text: str, pattern: str, position: int = 1, occurrence: int = 1, flags: str = ""
) -> str | None:
    """REGEXP_SUBSTR."""
    match = _occurrence(_expression(pattern, flags, sensitive, text), text, position, occurrence)
    return None if match is None else match[0]


@internal("regexp_replace_of")
@for_values
def regexp_replace(
    sensitive: int, text: str, pattern: str, new: str, position: int = 1, occurrence: int = 0, flags: str = ""
) -> str:
    """REGEXP_REPLACE: all of them, or the one that is asked for; ``$1`` is a group."""
    found = _expression(pattern, flags, sensitive, text)
    if not 1 <= position <= len(text) + 1:
        raise Refused("ER_REGEXP_INDEX_OUTOFBOUNDS_ERROR")
    number = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        if occurrence not in (0, number):
            return match[0]
        return re.sub(r"\\(.)|\$(\d)", lambda part: _group(match, part), new)

    head, rest = text[: position - 1], text[position - 1 :]
    parts, at = [head], 0
    for match in matches(found, rest):
        parts += [rest[at : match.start()], replaced(match)]
        at = match.end()
    return "".join([*parts, rest[at:]])


def _group(match: re.Match[str], part: re.Match[str]) -> str:
    if part[1] is not None:
        return part[1]
    number = int(part[2])
    if number > (match.re.groups or 0):
        raise Refused("ER_REGEXP_INDEX_OUTOFBOUNDS_ERROR")
    return match[number] or ""
