"""What ``params`` and ``where`` say of a value, made into a matcher; a ValueError says what is wrong with it."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import UNSET

from sockservice.responder.matching.timed_pattern import TimedPattern
from sockservice.responder.matching.value_matchers import (
    Anything,
    Bound,
    Equal,
    OfType,
    OneOf,
    Pattern,
    Range,
    ValueMatcher,
)
from sockservice.responder.matching.when_words import End, Scalar, ValueWhen, ValueWords
from sockservice.responder.shapes import Literal, bound_literal

ANY: Final = "any"
"""The plain text that is any value."""


def value_matcher(words: ValueWords) -> ValueMatcher:
    """The matcher that some words describe.

    Raises:
        ValueError: they describe none.
    """
    if not isinstance(words, ValueWhen):
        return Anything() if words == ANY else Equal.to(_literal(words))
    given = {field.encode_name: getattr(words, field.name) for field in msgspec.structs.fields(words)}
    (kind, value), *more = [(kind, value) for kind, value in given.items() if value is not UNSET] or [("", None)]
    if more or not kind:
        raise ValueError(
            f"give one of {', '.join(given)}, not {' and '.join([kind, *(name for name, _ in more)]) or 'none'}"
        )
    matcher: ValueMatcher = _READERS[kind](value)
    return matcher


def _literal(value: Scalar) -> Literal:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("MySQL has no such number")
    return ("word", str(value).lower()) if isinstance(value, bool) else bound_literal(value)


def _one_of(values: list[Scalar]) -> OneOf:
    if not values:
        raise ValueError("'in' lists at least one value")
    return OneOf(tuple(Equal.to(_literal(value)) for value in values))


def _range(ends: list[End]) -> Range:
    kinds = {isinstance(end, str) for end in ends if end is not None}
    if len(ends) != 2 or len(kinds) != 1:
        raise ValueError(
            "'range' is a list of the least and the greatest: two numbers or two texts; null is an open end"
        )
    low, high = (_end(end) for end in ends)
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise ValueError(f"nothing is in this range: {low} is greater than {high}")
    return Range(low, high)


def _end(end: End) -> Bound:
    if end is None or isinstance(end, str):
        return end
    if not math.isfinite(end):
        raise ValueError("MySQL has no such number; null is an open end")
    return Decimal(str(end))


_READERS: Final[dict[str, Any]] = {
    "any": lambda _: Anything(),
    "type": lambda names: OfType((names,) if isinstance(names, str) else _some_types(names)),
    "regex": lambda text: Pattern(TimedPattern.of(text)),
    "range": _range,
    "in": _one_of,
}


def _some_types(names: list[Any]) -> tuple[Any, ...]:
    if not names:
        raise ValueError("'type' lists at least one type")
    return tuple(names)
