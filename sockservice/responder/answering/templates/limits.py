"""How much an expression of a template may make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sockservice.responder.answering.made_values import text_of

LONGEST: Final = 16 * 1024 * 1024
"""Characters or bytes of the longest text."""
ITEMS: Final = 100_000
"""Items of the longest list."""
BITS: Final = 4096
"""Bits of the largest whole number: about 1,200 digits."""
WIDEST: Final = 1000
"""Characters that one place of a format (``%5d``) may be wide."""

_PLACE: Final = re.compile(
    r"%(?:%|(?P<name>\([^)]*\))?[-+ 0#]*(?P<width>\*|[0-9]*)(?:\.(?P<digits>\*|[0-9]*))?(?P<kind>[a-zA-Z]?))"
)


class TooMuch(ValueError):
    """A value would be larger than a template may make it."""


def checked(value: Any) -> Any:
    """The value, where it is small enough.

    Raises:
        TooMuch: it is not.
    """
    if isinstance(value, int):
        if value.bit_length() > BITS:
            raise TooMuch(f"a number of more than {BITS} bits")
    elif isinstance(value, (str, bytes)):
        if len(value) > LONGEST:
            raise TooMuch(f"a text of more than {LONGEST:,} characters")
    elif isinstance(value, (Sequence, Mapping)) and len(value) > ITEMS:
        raise TooMuch(f"a list of more than {ITEMS:,} items")
    return value


def check_product(left: Any, right: Any) -> None:
    """Refuse ``left * right`` before it is made, where it would be too large.

    Raises:
        TooMuch: it would.
    """
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > BITS + 1:
            raise TooMuch(f"a number of more than {BITS} bits")
        return
    for many, times in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(many, (str, bytes, list, tuple)):
            most = LONGEST if isinstance(many, (str, bytes)) else ITEMS
            if len(many) * max(times, 0) > most:
                raise TooMuch(f"something repeated to more than {most:,}")


def check_power(left: Any, right: Any) -> None:
    """Refuse ``left ** right`` before it is made, where it would be too large.

    Raises:
        TooMuch: it would.
    """
    if isinstance(left, int) and isinstance(right, int) and right > 0 and left.bit_length() * right > BITS + right:
        raise TooMuch(f"a number of more than {BITS} bits")
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        raise TooMuch("** of something else than whole numbers and floats")


def formatted(form: Any, values: tuple[Any, ...]) -> str:
    """``form % values``, where no place of the form is too wide.

    Args:
        form: the text with places such as ``%05d``.
        values: what stands in them.

    Raises:
        TooMuch: a place is too wide.
        ValueError, TypeError: the values do not fit.
    """
    if not isinstance(form, str):
        raise ValueError("a format is text")
    room = LONGEST - len(form)
    for place in _PLACE.finditer(form):
        for size in (place["width"], place["digits"]):
            if size and (size == "*" or len(size) > 4 or int(size) > WIDEST):
                raise TooMuch(f"a place of a format is at most {WIDEST:,} characters wide")
        if place["name"]:
            raise ValueError("a place of a format has no name here")
        room -= WIDEST
    simple = tuple(value if isinstance(value, (int, float, str)) else text_of(value) for value in values)
    if sum(len(value) for value in simple if isinstance(value, str)) > room:
        raise TooMuch(f"a text of more than {LONGEST:,} characters")
    return form % simple
