"""Functions that look for a text in another, and that measure texts (MySQL 8.4 manual, 14.8)."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from sockservice.sql.collating import fold_of, key_of
from sockservice.sql.comparison import as_integer, as_number, compared, is_binary
from sockservice.sql.errors import wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import Kind
from sockservice.sql.registry import FUNCTIONS, for_values, function, internal
from sockservice.sql.typed import Typed, made
from sockservice.sqltypes import SqlType


@function("char_length character_length", "s", SqlType("BIGINT", 10), counts_letters=True)
def char_length(text: str) -> int:
    """CHAR_LENGTH."""
    return len(text)


@function("length octet_length", "b", SqlType("BIGINT", 10))
def length(data: bytes) -> int:
    """LENGTH."""
    return len(data)


@function("bit_length", "b", SqlType("BIGINT", 10))
def bit_length(data: bytes) -> int:
    """BIT_LENGTH."""
    return 8 * len(data)


@function("locate", "ss|i", SqlType("BIGINT", 11), collated=True)
def locate(part: str, text: str, start: Any = 1, collation: str = "") -> int:
    """LOCATE: where a text stands in another, from 1; 0 where it does not."""
    if not collation:
        start, collation = 1, start
    begin = int(start) - 1
    if begin < 0 or begin > len(text):
        return 0
    fold = fold_of(collation)
    if fold is None:
        return text.find(part, begin) + 1
    folded, places = _letters(text[begin:], collation)
    found = folded.find(fold(part))
    return places[found] + begin + 1 if found >= 0 else 0


def _letters(text: str, collation: str) -> tuple[str, list[int]]:
    """A text folded letter by letter, and for each place there the place in the text."""
    fold = fold_of(collation)
    assert fold is not None
    if text.isascii():
        return fold(text), list(range(len(text) + 1))
    parts, places = [], []
    for place, letter in enumerate(text):
        folded = fold(letter)
        parts.append(folded)
        places += [place] * len(folded)
    return "".join(parts), [*places, len(text)]


@function("instr", "ss", SqlType("BIGINT", 11), collated=True)
def instr(text: str, part: str, collation: str) -> int:
    """INSTR."""
    return locate(part, text, 1, collation)


@rule(exp.StrPosition)
def _position(self: Expressions, node: exp.StrPosition) -> Typed:
    return self.called(FUNCTIONS["locate"], [self.compile(node.args["substr"]), self.compile(node.this)])


@function("find_in_set", "ss", SqlType("BIGINT", 3), collated=True)
def find_in_set(text: str, members: str, collation: str) -> int:
    """FIND_IN_SET."""
    if not members or "," in text:
        return 0
    key = key_of(collation)
    wanted = key(text)
    return next((place for place, member in enumerate(members.split(","), 1) if key(member) == wanted), 0)


@special("field")
def _field(self: Expressions, node: exp.Anonymous) -> Typed:
    """FIELD: which of several values the first one is."""
    if len(node.expressions) < 2:
        raise wrong_count("field")
    value, *others = (self.compile(part) for part in node.expressions)
    kinds = {each.kind for each in (value, *others)}
    tests = []
    for place, other in enumerate(others, 1):
        if kinds <= {Kind.TEXT, Kind.BINARY, Kind.NULL} or kinds <= {Kind.INTEGER, Kind.NULL}:
            left, right = compared(value, other)
        else:
            left, right = as_number(value), as_number(other)
        tests.append(f"WHEN {left} = {right} THEN {place}")
    return made(f"CASE {' '.join(tests)} ELSE 0 END", SqlType("BIGINT", 3), value, *others, nullable=False)


@function("ascii", "b", SqlType("BIGINT", 3))
def ascii_code(data: bytes) -> int:
    """ASCII: the first byte."""
    return data[0] if data else 0


@special("ord")
def _ord(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("ord")
    value = self.compile(node.expressions[0])
    found = self.called(FUNCTIONS["ascii" if is_binary(value) else "ord"], [value])
    return found._replace(type=SqlType("BIGINT", 7))


@function("ord", "s", SqlType("BIGINT", 7))
def ord_code(text: str) -> int:
    """ORD: the bytes of the first character as one number."""
    return int.from_bytes(text[:1].encode("utf-8", "replace"), "big")


@special("bit_count")
def _bit_count(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("bit_count")
    value = self.compile(node.expressions[0])
    return made(f"count_bits({as_integer(value)})", SqlType("BIGINT", 2), value)


@internal("count_bits")
@for_values
def count_bits(value: Any) -> int:
    """BIT_COUNT."""
    return (int(value) & ((1 << 64) - 1)).bit_count()
