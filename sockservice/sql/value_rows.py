"""The rows of ``INSERT … VALUES`` whose values are nothing but literals, taken apart without the reader of SQL."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sockservice.sql.conversions import to_number
from sockservice.sql.errors import Refused
from sockservice.sql.literals import Folded, Literal
from sockservice.sql.storing_numbers import Bits
from sockservice.sql.storing_times import time_text


class Default:
    """What stands for DEFAULT in the place of a value."""


DEFAULT: Final = Default()

_CELL: Final = r"(?:-\s)?:p\d+|NULL|DEFAULT|TRUE|FALSE"
_ROW: Final = rf"\( (?:(?:{_CELL})(?: , (?:{_CELL}))*+ )?\)"
_HEAD: Final = re.compile(r"((?:insert|replace)\b(?:[^`]|`[^`]*+`)*?) values? (?=\()", re.I)
_SOME_ROWS: Final = re.compile(rf"(?:{_ROW} , ){{1,1000}}+", re.I)
"""Looked for step by step: a regular expression keeps the other threads waiting while it looks."""
_LAST_ROW: Final = re.compile(rf"{_ROW}(?=\Z| (?:on|as)\b)", re.I)
_SELECT: Final = re.compile(r"\b(?:select|with|table)\b", re.I)
_NUMBER: Final = re.compile(r":p(\d+)")
_WORDS: Final[dict[str, Any]] = {"null": None, "default": DEFAULT, "true": 1, "false": 0}


class ValueRows(NamedTuple):
    """An INSERT in two parts.

    Attributes:
        rest: the statement with one empty row in the place of its rows, and the literals of that.
        cells: the rows as text: ``( :p0 , NULL )``.
        literals: those of the rows.
    """

    rest: Folded
    cells: str
    literals: tuple[Literal, ...]

    @property
    def number(self) -> int:
        """How many rows there are."""
        return self.cells.count(" ) , ( ") + 1

    def check(self, width: int) -> None:
        """See that all rows have as many values as there are columns.

        Raises:
            Refused: 1136, with the first row that has not.
        """
        for number, row in enumerate(self.cells[2:-2].split(" ) , ( "), 1):
            cells = row.count(" , ") + 1 if row.strip() else 0
            if cells != width and (cells or self.number > 1):
                raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", number)

    def rows(self) -> Iterator[list[Any]]:
        """The values of each row."""
        literals = self.literals
        for row in self.cells[2:-2].split(" ) , ( "):
            yield [_value(cell, literals) for cell in row.split(" , ")] if row.strip() else []


def take_apart(folded: Folded) -> ValueRows | None:
    """An INSERT … VALUES of literals in two parts; None for any other statement."""
    text = folded.key
    found = _HEAD.match(text)
    if found is None or _SELECT.search(found[1]):
        return None
    at = found.end()
    while some := _SOME_ROWS.match(text, at):
        at = some.end()
    last = _LAST_ROW.match(text, at)
    if last is None:
        return None
    head, cells, tail = found[1], text[found.end() : last.end()], text[last.end() :]
    if _NUMBER.search(head):
        return None
    numbers = [int(number) for number in _NUMBER.findall(tail)]
    for place, number in enumerate(numbers):
        tail = re.sub(rf":p{number}\b", f":p{place}", tail, count=1)
    rest = Folded(f"{head} VALUES ( ){tail}", tuple(folded.literals[number] for number in numbers))
    # Rows without values are written like the others: a blank in front of what they hold and one behind it.
    return ValueRows(rest, cells.replace("( )", "(  )"), folded.literals)


def _value(cell: str, literals: Sequence[Literal]) -> Any:
    if cell[0] == ":":
        return plain(literals[int(cell[2:])])
    if cell[0] == "-":
        value = plain(literals[int(cell[4:])])
        if isinstance(value, Decimal):
            return value.copy_negate()
        return -value if isinstance(value, (int, float)) else -(to_number(value) or 0.0)
    return _WORDS[cell.strip().lower()]


def plain(literal: Literal) -> Any:
    """The value of a literal as columns take it."""
    value = literal.value
    if literal.kind == "binary":
        return Bits(value)
    if literal.kind == "parameter":
        if isinstance(value, datetime.datetime):
            return value.isoformat(" ")
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, datetime.timedelta):
            micros = value // datetime.timedelta(microseconds=1)
            return time_text(Decimal(micros) / 1_000_000, 6 if micros % 1_000_000 else 0)
        if isinstance(value, bool):
            return int(value)
    return value
