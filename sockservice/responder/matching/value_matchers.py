"""What ``params`` and ``where`` ask of one value: a value, ``any``, a type, a pattern, a range or a choice.

Values are literals (:mod:`sockservice.responder.shapes`), whether they were bound or stood in the statement. Numbers
equal numbers, and texts that are numbers, as MySQL compares them; other texts equal themselves alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, Protocol, TypeAlias

import attrs

from sockservice.responder import shapes
from sockservice.responder.matching.differences import listed, shown_value, value_difference
from sockservice.responder.matching.timed_pattern import TOO_SLOW, TimedPattern
from sockservice.responder.printable import printable
from sockservice.responder.shapes import spelled, value_key

TypeName: TypeAlias = Literal["integer", "number", "text", "date", "datetime", "time", "boolean", "null"]
"""The types that a value may be asked to have."""


class ValueMatcher(Protocol):
    """Asks something of one value."""

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether the value has it."""

    def why_not(self, literal: shapes.Literal) -> str:
        """What was expected, and what there is."""


@attrs.frozen
class Equal:
    """A value.

    Attributes:
        literal: it.
        key: what all that may equal it share.
    """

    literal: shapes.Literal
    key: shapes.Literal

    @classmethod
    def to(cls, literal: shapes.Literal) -> Equal:
        """The matcher of a literal."""
        return cls(literal, value_key(literal))

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether it is equal."""
        if self.literal[0] == literal[0] == "text":
            return self.literal == literal
        return self.key == value_key(literal)

    def why_not(self, literal: shapes.Literal) -> str:
        """Both, with a hint."""
        return value_difference(self.literal, literal)


@attrs.frozen
class Anything:
    """Any value, NULL too."""

    def holds(self, literal: shapes.Literal) -> bool:  # noqa: ARG002
        """It does."""
        return True

    def why_not(self, literal: shapes.Literal) -> str:
        """Never asked for."""
        return f"expected anything, got {shown_value(literal)}"


@attrs.frozen
class OneOf:
    """One of several values.

    Attributes:
        choices: a matcher for each.
    """

    choices: tuple[Equal, ...]

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether it is one of them."""
        return any(choice.holds(literal) for choice in self.choices)

    def why_not(self, literal: shapes.Literal) -> str:
        """The values that are right."""
        return f"expected one of {listed(spelled(one.literal) for one in self.choices)}, got {shown_value(literal)}"


@attrs.frozen
class OfType:
    """A value of a type, as it was bound or written: ``'42'`` is text.

    Attributes:
        names: the types, of which one is enough.
    """

    names: tuple[TypeName, ...]

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether it is of one of them."""
        return any(_TYPES[name](literal) for name in self.names)

    def why_not(self, literal: shapes.Literal) -> str:
        """The types that are right."""
        return f"expected {listed(self.names, ' or ')}, got {shown_value(literal)}"


@attrs.frozen
class Pattern:
    """A regular expression for the whole value.

    Attributes:
        pattern: it.
    """

    pattern: TimedPattern

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether the value matches; NULL never does."""
        return literal != _NULL and self.pattern.fullmatch(literal[1]) is not None

    def why_not(self, literal: shapes.Literal) -> str:
        """The pattern, which may take too long."""
        slow = f", which {TOO_SLOW}" if self.pattern.is_too_slow_for(literal[1]) else ""
        return f"expected a match of {printable(self.pattern.text)}{slow}, got {shown_value(literal)}"


Bound: TypeAlias = Decimal | str | None
"""An end of a range: a number, a text or open."""


@attrs.frozen
class Range:
    """A number between two numbers, or a text (a date, for example) between two texts, both included.

    Attributes:
        low: the least; None for any.
        high: the greatest; None for any.
    """

    low: Bound
    high: Bound

    def holds(self, literal: shapes.Literal) -> bool:
        """Whether the value is in it; NULL never is."""
        value: Decimal | str | None
        numbers = isinstance(self.low if self.low is not None else self.high, Decimal)
        value = number_of(literal) if numbers else literal[1] if literal[0] == "text" else None
        if value is None:
            return False
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)  # type: ignore[operator]

    def why_not(self, literal: shapes.Literal) -> str:
        """The ends."""
        low, high = ("…" if end is None else str(end) for end in (self.low, self.high))
        return f"expected {printable(low)} to {printable(high)}, got {shown_value(literal)}"


_NULL: Final = ("word", "null")


def number_of(literal: shapes.Literal) -> Decimal | None:
    """The number that a value is, or that its text says; None where it is none."""
    kind, value = value_key(literal)
    if kind != "number":
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _is_written(read: Callable[[str], object]) -> Callable[[shapes.Literal], bool]:
    def is_written(literal: shapes.Literal) -> bool:
        try:
            return literal[0] == "text" and read(literal[1]) is not None
        except ValueError:
            return False

    return is_written


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if _DATE.fullmatch(text) else None


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if _DATETIME.fullmatch(text) else None


def _time(text: str) -> str | None:
    return text if _TIME.fullmatch(text) else None


_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_TIME: Final = re.compile(r"-?\d{1,3}:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?", re.ASCII)
_INTEGER: Final = re.compile(r"-?[0-9]+")
_TYPES: Final[Mapping[str, Callable[[shapes.Literal], bool]]] = {
    "integer": lambda literal: literal[0] == "number" and _INTEGER.fullmatch(literal[1]) is not None,
    "number": lambda literal: literal[0] == "number",
    "text": lambda literal: literal[0] == "text",
    "date": _is_written(_day),
    "datetime": _is_written(_moment),
    "time": _is_written(_time),
    "boolean": lambda literal: literal in (("word", "true"), ("word", "false"), ("number", "1"), ("number", "0")),
    "null": lambda literal: literal == _NULL,
}
