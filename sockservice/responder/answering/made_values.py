"""Values that were made while the server runs (by a template, by the author's Python), fitted to their columns.

Where a stub file is strict, since a mistake in it is seen when it is loaded, a made value is converted as MySQL would
convert it: ``1.239`` in a DECIMAL(10,2) is ``1.24``, a number in a VARCHAR its text. What MySQL would refuse is still
refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from sockservice.answers import Value
from sockservice.responder.answering.stub_values import (
    BLOB_LENGTHS,
    INTEGER_BITS,
    LONGEST_VARCHAR,
    TEXT_LENGTHS,
    inferred,
    shown,
    value_of,
)
from sockservice.sqltypes import SqlType

_EXACT: Final = Context(prec=200, traps=[InvalidOperation])
_MOST_DIGITS: Final = 65
"""Of a DECIMAL (MySQL 8.4 manual, 13.1.3 "Fixed-Point Types")."""
_MOST_DECIMALS: Final = 30


def text_of(value: Any) -> str:
    """A value as text, as MySQL would show it: ``NULL``, ``1`` for true, JSON for lists and maps.

    Raises:
        ValueError: it is no value of a column.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return str(value.replace(tzinfo=None))
    if isinstance(value, (date, time, UUID)):
        return str(value)
    if isinstance(value, timedelta):
        return _clock_text(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (list, tuple, dict)):
        try:
            return json.dumps(value, ensure_ascii=False, default=text_of)
        except (TypeError, RecursionError) as error:
            raise ValueError(f"it is not JSON: {error}") from None
    raise ValueError(f"a {type(value).__name__} is no value of a column")


def _clock_text(value: timedelta) -> str:
    seconds, sign = abs(value), "-" if value < timedelta() else ""
    minutes, rest = divmod(seconds, timedelta(minutes=1))
    fraction = f".{rest.microseconds:06}" if rest.microseconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{rest.seconds:02}{fraction}"


def made_value(value: Any, kind: SqlType) -> Value:
    """A made value as its column wants it.

    Args:
        value: what was made.
        kind: the column's type.

    Raises:
        ValueError: the column cannot hold it; the message says why, without naming the column.
    """
    return None if value is None else value_of(_FITTERS.get(kind.name, _text)(value, kind), kind)


def _integer(value: Any, _: SqlType) -> Any:
    if isinstance(value, (float, Decimal)):
        return int(_finite(value).to_integral_value(ROUND_HALF_UP))
    return int(value) if isinstance(value, bool) else value


def _decimal(value: Any, kind: SqlType) -> Any:
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, (float, Decimal)):
        return value
    try:
        exact = _finite(value).quantize(Decimal(1).scaleb(-(kind.decimals or 0)), ROUND_HALF_UP, _EXACT)
    except InvalidOperation:
        raise ValueError(f"{shown(value)} has too many digits") from None
    return format(exact, "f")


def _finite(value: float | Decimal) -> Decimal:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise ValueError(f"{value!r}: MySQL has no such number")
    return number


def _floating(value: Any, _: SqlType) -> Any:
    return float(value) if isinstance(value, (Decimal, bool)) else value


def _date(value: Any, _: SqlType) -> Any:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else value


def _datetime(value: Any, kind: SqlType) -> Any:
    if isinstance(value, datetime):
        keep = 10 ** (6 - min(kind.length or 0, 6))
        cut = value.replace(tzinfo=None, microsecond=value.microsecond // keep * keep)
        text = cut.isoformat(" ", "microseconds" if kind.length else "seconds")
        return text[: 20 + kind.length] if kind.length else text
    return f"{value.isoformat()} 00:00:00" if isinstance(value, date) else value


def _time(value: Any, kind: SqlType) -> Any:
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if not isinstance(value, timedelta):
        return value
    whole, point, fraction = _clock_text(value).partition(".")
    return f"{whole}.{fraction[: kind.length]}" if point and kind.length else whole


def _binary(value: Any, _: SqlType) -> Any:
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else text_of(value)


def _json(value: Any, _: SqlType) -> Any:
    if isinstance(value, (Mapping, tuple, list)):
        return json.loads(text_of(value))
    return value if isinstance(value, (str, int, float, bool)) else json.dumps(text_of(value))


def _text(value: Any, _: SqlType) -> Any:
    return text_of(value)


def _as_it_is(value: Any, _: SqlType) -> Any:
    return value


_FITTERS: Final[dict[str, Callable[[Any, SqlType], Any]]] = {
    **dict.fromkeys([*INTEGER_BITS, "BIT", "YEAR"], _integer),
    **dict.fromkeys(["FLOAT", "DOUBLE"], _floating),
    **dict.fromkeys(["CHAR", "VARCHAR", *TEXT_LENGTHS, "ENUM", "SET"], _text),
    **dict.fromkeys(["BINARY", "VARBINARY", "GEOMETRY", *BLOB_LENGTHS], _binary),
    **dict.fromkeys(["DATETIME", "TIMESTAMP"], _datetime),
    "DECIMAL": _decimal,
    "DATE": _date,
    "TIME": _time,
    "JSON": _json,
    "NULL": _as_it_is,
}


def inferred_made(column: Sequence[Any]) -> SqlType:
    """The type of a column of made values whose type nobody declared.

    Args:
        column: its values.

    Raises:
        ValueError: no one type holds them all, or one is no value of a column.
    """
    present = [_simple(value) for value in column if value is not None]
    kinds = {type(value) for value in present}
    if kinds and kinds <= {datetime, date}:
        if kinds == {date}:
            return SqlType("DATE")
        fraction = any(value.microsecond for value in present if isinstance(value, datetime))
        return SqlType("DATETIME", 6 if fraction else None)
    if kinds and kinds <= {timedelta, time}:
        fraction = any(getattr(value, "microseconds", 0) or getattr(value, "microsecond", 0) for value in present)
        return SqlType("TIME", 6 if fraction else None)
    if Decimal in kinds and kinds <= {Decimal, int, bool}:
        return exact_type([Decimal(value) for value in present])
    return inferred([float(value) if isinstance(value, Decimal) else value for value in present])


def roomy(kind: SqlType) -> SqlType:
    """The type for a column whose first values alone are known: that which holds those, with room for longer ones."""
    if kind.name == "VARCHAR":
        return SqlType("VARCHAR", LONGEST_VARCHAR)
    if kind.name == "DECIMAL":
        return SqlType("DECIMAL", _MOST_DIGITS, kind.decimals)
    return SqlType("LONGBLOB") if kind.name == "BLOB" else kind


def exact_type(numbers: Sequence[Decimal]) -> SqlType:
    """The DECIMAL that holds all these numbers, as far as one does; at least one is given."""
    decimals = min(max(-_exponent(number) for number in numbers), _MOST_DECIMALS)
    decimals = max(decimals, 0)
    whole = max(max(number.adjusted() + 1, 1) for number in numbers)
    return SqlType("DECIMAL", min(whole + decimals, _MOST_DIGITS), decimals)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):  # a letter for what is no number
        raise ValueError(f"{number}: MySQL has no such number")
    return exponent


_PLAIN: Final = frozenset([bool, int, float, str, bytes, datetime, date, Decimal, timedelta, time])


def _simple(value: Any) -> Any:
    """The value as one of the types that a column may have, subclasses as the class that they extend."""
    if type(value) in _PLAIN:
        return value
    for kind in (int, float, str, bytes, Decimal):
        if isinstance(value, kind):
            return kind(value)  # type: ignore[arg-type]
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (list, tuple, Mapping)):
        return json.loads(text_of(dict(value) if isinstance(value, Mapping) else list(value)))
    raise ValueError(f"has a {type(value).__name__}, which is no value of a column")
