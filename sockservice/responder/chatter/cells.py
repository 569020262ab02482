"""One value of an expression with its SQL type, and MySQL's conversions and comparisons of such values.

Rules: MySQL 8.4 manual, 14.3 "Type Conversion in Expression Evaluation" and 14.4 "Operators".
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final, NamedTuple

from sockservice.answers import Error, Value
from sockservice.errors import SockserviceError
from sockservice.responder.token_reader import NotUnderstood
from sockservice.sqltypes import SqlType

BIGINT: Final = SqlType("BIGINT")
UNSIGNED: Final = SqlType("BIGINT", unsigned=True)
DOUBLE: Final = SqlType("DOUBLE")
DATE: Final = SqlType("DATE")
NULL_TYPE: Final = SqlType("NULL")
CONTEXT: Final = Context(prec=81, rounding=ROUND_HALF_UP, Emin=-400, Emax=400)
"""Arithmetic of DECIMAL: more digits than the 65 that MySQL keeps."""
MAX_TEXT: Final = 64 * 1024 * 1024
"""Characters that a string function may make; MySQL's limit is max_allowed_packet, and NULL beyond it."""


class Refused(SockserviceError):
    """The statement is chatter, and MySQL would refuse it.

    Attributes:
        answer: the error that the client gets.
    """

    def __init__(self, answer: Error) -> None:
        super().__init__(answer.message)
        self.answer = answer


class Cell(NamedTuple):
    """A value and the SQL type of the column that it would stand in (a NULL has a type too)."""

    value: Value
    type: SqlType


NULL: Final = Cell(None, NULL_TYPE)


def integer(value: int | None) -> Cell:
    """A BIGINT cell, UNSIGNED where the value takes it."""
    return Cell(value, UNSIGNED if value is not None and value >> 63 > 0 else BIGINT)


def truth_cell(value: bool | None) -> Cell:
    """1, 0 or NULL."""
    return Cell(None if value is None else int(value), BIGINT)


@functools.lru_cache(maxsize=256)
def _sized(name: str, length: int | None, decimals: int | None = None) -> SqlType:
    return SqlType(name, length, decimals)


def text(value: str | None, length: int | None = None) -> Cell:
    """A VARCHAR cell; ``length`` in characters where the type does not depend on the value."""
    return Cell(value, _sized("VARCHAR", len(value or "") if length is None else length))


def decimal(value: Decimal | None) -> Cell:
    """A DECIMAL cell as wide as the value.

    Raises:
        NotUnderstood: more digits than a DECIMAL has.
    """
    if value is None:
        return Cell(None, _sized("DECIMAL", 10, 0))
    _sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise NotUnderstood("not a number")
    scale = max(0, -exponent)
    precision = max(len(digits) + max(0, exponent), scale, 1)
    if precision > 65 or scale > 30:
        raise NotUnderstood("a DECIMAL has at most 65 digits")
    return Cell(value, _sized("DECIMAL", precision, scale))


def time_type(name: str, value: datetime.datetime | datetime.timedelta | None) -> SqlType:
    """``name`` with the fractional digits that the value needs: none, or six."""
    fraction = isinstance(value, (datetime.datetime, datetime.timedelta)) and (
        value.microsecond if isinstance(value, datetime.datetime) else value.microseconds
    )
    return _sized(name, 6) if fraction else _sized(name, None)


def cell(value: Value) -> Cell:
    """The cell of a plain value, for example of a bound parameter.

    Raises:
        NotUnderstood: no expression has values of this Python type.
    """
    match value:
        case None:
            return NULL
        case int():
            return integer(int(value))
        case float():
            return Cell(value, DOUBLE)
        case Decimal():
            return decimal(value)
        case str():
            return text(value)
        case bytes():
            return Cell(value, _sized("VARBINARY", len(value)))
        case datetime.datetime():
            return Cell(value, time_type("DATETIME", value))
        case datetime.date():
            return Cell(value, DATE)
        case datetime.timedelta():
            return Cell(value, time_type("TIME", value))
    raise NotUnderstood(f"no expression has a {type(value).__name__}")


# --- conversions ------------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3}(?![0-9]))?)")


def to_text(value: Value) -> str:
    """The text that MySQL makes of a value that is not NULL."""
    match value:
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case Decimal():
            return format(value, "f")
        case float():
            return repr(value).removesuffix(".0").replace("e+", "e")
        case datetime.datetime():
            return value.isoformat(" ")
        case datetime.timedelta():
            return duration_text(value)
    return str(value)


def to_bytes(value: Value) -> bytes:
    """The bytes of a value that is not NULL; of text in UTF-8, with those of the client that are none as they came."""
    if isinstance(value, bytes):
        return value
    written = to_text(value)
    try:
        return written.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return written.encode("utf-8", "replace")


def duration_text(value: datetime.timedelta, digits: int | None = None) -> str:
    """A TIME as ``[-]HH:MM:SS[.ffffff]``; the fraction stands where it is not zero, unless ``digits`` says how many."""
    micro = value // datetime.timedelta(microseconds=1)
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    seconds, micro = divmod(micro, 1_000_000)
    shown = (6 if micro else 0) if digits is None else digits
    fraction = f".{micro:06d}"[: shown + 1] if shown else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def to_number(value: Value) -> int | float | Decimal:
    """The number that a value that is not NULL counts as; text counts as far as it is a number, as a DOUBLE.

    Raises:
        NotUnderstood: a date or time, which the chatter does not calculate with.
    """
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, (str, bytes)):
        number = _NUMBER.match(to_text(value[:400]))
        return float(number[1]) if number else 0.0
    raise NotUnderstood("no arithmetic with dates")


def to_integer(value: Value) -> int:
    """The whole number that a value counts as, as an argument such as a length; NULL is 0.

    Raises:
        NotUnderstood: a number that no length can be.
    """
    number = to_number(value) if value is not None else 0
    if not -(1 << 62) < number < 1 << 62:
        raise NotUnderstood("too large a number")
    return int(number)


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None for NULL."""
    if value is None:
        return None
    if isinstance(value, (datetime.date, datetime.timedelta)):
        return True
    return to_number(value) != 0


def compare(left: Value, right: Value) -> int | None:
    """Less than, equal to or greater than zero as ``left`` is to ``right``; None where one is NULL.

    Two texts are compared without regard to case, as MySQL's default collation does.
    """
    if left is None or right is None:
        return None
    a: Any
    b: Any
    if isinstance(left, bytes) and isinstance(right, bytes):
        a, b = left, right
    elif isinstance(left, (int, float, Decimal)) or isinstance(right, (int, float, Decimal)):
        a, b = to_number(left), to_number(right)
        if isinstance(a, float) != isinstance(b, float):
            a, b = float(a), float(b)
    elif isinstance(left, datetime.timedelta) and isinstance(right, datetime.timedelta):
        a, b = left, right
    else:
        a, b = to_text(left).casefold(), to_text(right).casefold()
    return int(a > b) - int(a < b)


def like(value: str, pattern: str, escape: str = "\\") -> bool:
    """LIKE without regard to case: ``%`` is any text, ``_`` any one character.

    Raises:
        NotUnderstood: with a ``_``, so long that it would take noticeable time.
    """
    wanted = _pattern(pattern, escape)
    if None not in wanted:
        return _holds_in_order(value.casefold(), wanted)
    if len(value) * len(pattern) > 4_000_000:
        raise NotUnderstood("too long for LIKE")
    text_, at, piece, star, mark = value.casefold(), 0, 0, -1, 0
    while at < len(text_):
        if piece < len(wanted) and wanted[piece] is _ANY:
            star, mark = piece, at
            piece += 1
        elif piece < len(wanted) and (wanted[piece] is None or wanted[piece] == text_[at]):
            at, piece = at + 1, piece + 1
        elif star >= 0:
            mark += 1
            at, piece = mark, star + 1
        else:
            return False
    return all(rest is _ANY for rest in wanted[piece:])


_ANY: Final = "%%"


def _holds_in_order(text: str, wanted: Sequence[str | None]) -> bool:
    """LIKE without ``_``: the pieces between the ``%``, each found behind the one before; quick for any length."""
    pieces = [""]
    for character in wanted:
        if character is _ANY:
            pieces.append("")
        else:
            pieces[-1] += character or ""
    first, *middle = pieces
    if not middle:
        return text == first
    last = middle.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _pattern(pattern: str, escape: str) -> Sequence[str | None]:
    """One entry a character to match: itself, None for any one, _ANY for any text."""
    wanted: list[str | None] = []
    characters = iter(pattern)
    for character in characters:
        if character == escape:
            wanted.extend(next(characters, escape).casefold())
        elif character == "%":
            wanted.append(_ANY)
        elif character == "_":
            wanted.append(None)
        else:
            wanted.extend(character.casefold())
    return wanted
