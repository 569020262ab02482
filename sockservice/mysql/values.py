"""Values: from Python to the text form of MySQL's result sets.

Every value may also be given as ``str`` or ``bytes``, which pass as they are. One that its column cannot
hold is a :class:`ValueError` that says why.
"""

from __future__ import annotations

import datetime
import functools
import json
import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from sockservice.answers import Value
from sockservice.mysql.charsets import Charset
from sockservice.sqltypes import SqlType

TextEncoder = Callable[[Value], bytes]
"""From a value that is not None to its text form; raises ValueError."""

_FLOAT_DIGITS: Final = 6
_FIXED_EXPONENTS: Final = range(-15, 15)
"""The decimal exponents that MySQL prints without an ``e`` (read off the wire: 1e14, 1e15; 1e-15, 1e-16)."""

_FIXED_AS_IN_PYTHON: Final = 1e15
"""Below it Python prints no number with an ``e`` that MySQL prints without one: above 1e-4 both print none."""

LONGEST_TIME: Final = datetime.timedelta(hours=838, minutes=59, seconds=59)
_SECOND: Final = datetime.timedelta(seconds=1)
_BYTES: Final = frozenset("BINARY VARBINARY TINYBLOB BLOB MEDIUMBLOB LONGBLOB GEOMETRY".split())


@functools.lru_cache(maxsize=512)
def text_encoder(sql: SqlType, charset: Charset) -> TextEncoder:
    """What encodes the values of a column.

    Args:
        sql: the column's type.
        charset: what texts are sent in.
    """
    convert = _converter(sql)
    encode_text = _as_stored if sql.name in _BYTES else _quick_encode(charset)
    width = sql.length if sql.name == "BINARY" and sql.length else 0
    # What most columns of a type hold goes by the short way, with the same outcome.
    usual: type | None = None
    shortly: Callable[[Any], bytes] = encode_text
    if not width and sql.decimals is None and not charset.is_wide:
        usual, shortly = _SHORT_WAYS.get(sql.name, (str, encode_text))

    if sql.zerofill:
        zeros = sql.filled_width
        return lambda value: encode_text(_filled(value, convert)).rjust(zeros, b"0")

    def encode(value: Value) -> bytes:
        if type(value) is usual:
            return shortly(value)
        if isinstance(value, str):
            return encode_text(value).ljust(width, b"\0")
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value).ljust(width, b"\0")
        text = convert(value)
        return text if isinstance(text, bytes) else encode_text(text)

    return encode


def _filled(value: Value, convert: Callable[[Value], str | bytes]) -> str:
    text = value if isinstance(value, str) else convert(value)
    return text.decode() if isinstance(text, bytes) else text


def _quick_encode(charset: Charset) -> Callable[[str], bytes]:
    """What encodes texts as ``charset`` does, in the shortest way for the set that nearly all clients speak."""
    if charset.codec != "utf-8" or charset.max_length < 4:
        return charset.encode

    def encode(text: str) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError:
            return charset.encode(text)

    return encode


def _as_stored(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _converter(sql: SqlType) -> Callable[[Value], str | bytes]:
    """Value to text for one type; strings and bytes never come here."""
    name, fraction = sql.name, sql.length or 0
    if name in ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT"):
        return _integer
    if name == "DECIMAL":
        places = None if sql.length is None else sql.decimals or 0
        return lambda value: _decimal(value, places)
    if name in ("FLOAT", "DOUBLE"):
        return lambda value: _floating(value, sql)
    if name == "DATE":
        return _date
    if name in ("DATETIME", "TIMESTAMP"):
        return lambda value: _datetime(value, fraction)
    if name == "TIME":
        return lambda value: _time(value, fraction)
    if name == "YEAR":
        return _year
    if name == "BIT":
        return lambda value: _bits(value, sql.length or 1)
    if name == "JSON":
        return _json
    if name == "SET":
        return _members
    return _plain


def _refuse(value: Value, wanted: str) -> ValueError:
    return ValueError(f"{type(value).__name__} {value!r:.60} is not {wanted}")


def _number(value: Value) -> Decimal | int:
    """A whole number as ``int``, any other finite one as a Decimal that is exact for what its text says."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, (float, Decimal)) and math.isfinite(value):
        return value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    raise _refuse(value, "a number that MySQL has")


def _integer(value: Value) -> str:
    number = _number(value)
    return str(number if isinstance(number, int) else int(number.to_integral_value(ROUND_HALF_UP)))


def _decimal(value: Value, places: int | None) -> str:
    number = Decimal(_number(value))
    if places is None:
        return format(number, "f")
    try:
        return format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")
    except InvalidOperation:
        # More digits than the context has: the value is whole enough, only its places are missing.
        return f"{number:.{places}f}"


def _floating(value: Value, sql: SqlType) -> str:
    try:
        number = float(_number(value))
    except OverflowError:
        raise _refuse(value, "a number that MySQL has") from None
    if sql.decimals is not None:
        return f"{number:.{sql.decimals}f}"
    return floating_text(number, _FLOAT_DIGITS if sql.name == "FLOAT" else None)


def floating_text(number: float, digits: int | None = None) -> str:
    """A finite floating point number as MySQL prints it: ``0.1``, ``1e15``, ``1.5e-20``.

    Args:
        number: finite.
        digits: how many are significant (6 for FLOAT); None for as many as tell it from its neighbours.
    """
    sign, figures, exponent = Decimal(repr(number) if digits is None else f"{number:.{digits}g}").as_tuple()
    assert isinstance(exponent, int)  # It would be a letter for infinity.
    text = "".join(map(str, figures)).rstrip("0") or "0"
    power = exponent + len(figures) - 1 if text != "0" else 0
    minus = "-" if sign else ""
    if power not in _FIXED_EXPONENTS:
        return f"{minus}{text[0]}{'.' if len(text) > 1 else ''}{text[1:]}e{power}"
    if power < 0:
        return f"{minus}0.{'0' * (-power - 1)}{text}"
    whole, part = text[: power + 1].ljust(power + 1, "0"), text[power + 1 :]
    return f"{minus}{whole}.{part}" if part else minus + whole


def _double(value: float) -> bytes:
    """A DOUBLE of any length: Python's text of most numbers is MySQL's but for the ``.0`` of whole ones."""
    text = repr(value)
    if abs(value) < _FIXED_AS_IN_PYTHON and "e" not in text:
        return text.removesuffix(".0").encode()
    return floating_text(float(_number(value))).encode()


def _date(value: Value) -> str:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise _refuse(value, "a date")


def _datetime(value: object, fraction: int) -> str:
    if not isinstance(value, datetime.date):
        raise _refuse(value, "a date and time")
    if not isinstance(value, datetime.datetime):
        return f"{value.isoformat()} 00:00:00" + (f".{0:0{fraction}}" if fraction else "")
    value = value.replace(tzinfo=None)
    try:
        value += _rounding(value.microsecond, fraction)
    except OverflowError:
        raise _refuse(value, "a date and time that MySQL has") from None
    return value.replace(microsecond=0).isoformat(" ") + _fraction(value.microsecond, fraction)


def _time(value: Value, fraction: int) -> str:
    if isinstance(value, datetime.datetime):
        value = value.time()
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    if not isinstance(value, datetime.timedelta):
        raise _refuse(value, "a time")
    if abs(value) > LONGEST_TIME:
        raise _refuse(value, "a time between -838:59:59 and 838:59:59")
    size = abs(value) + _rounding(abs(value).microseconds, fraction)
    minutes, seconds = divmod(size // _SECOND, 60)
    sign = "-" if value < datetime.timedelta() else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}" + _fraction(size.microseconds, fraction)


def _rounding(microseconds: int, fraction: int) -> datetime.timedelta:
    """What to add so that cutting after ``fraction`` digits rounds, as MySQL does when it stores."""
    unit: int = 10 ** (6 - min(fraction, 6))
    rest = microseconds % unit
    return datetime.timedelta(microseconds=unit - rest if rest * 2 >= unit > 1 else 0)


def _fraction(microseconds: int, fraction: int) -> str:
    return f".{microseconds:06}"[: fraction + 1] if fraction else ""


def _year(value: Value) -> str:
    if isinstance(value, datetime.date):
        value = value.year
    if isinstance(value, int):
        return f"{value:04}"
    raise _refuse(value, "a year")


def _bits(value: Value, width: int) -> bytes:
    if not isinstance(value, int) or not 0 <= value < 1 << width:
        raise _refuse(value, f"a number of {width} bit(s)")
    return value.to_bytes((width + 7) // 8, "big")


def _json(value: Value) -> str:
    try:
        return json.dumps(_normalised(value), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, ArithmeticError, RecursionError) as problem:
        raise ValueError(f"{type(value).__name__} is not JSON: {problem}") from None


def _normalised(value: Any) -> Any:
    """MySQL orders the keys of an object by length, then by bytes."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key is not a string")
        keys = sorted(value, key=lambda key: (len(key.encode("utf-8", "surrogatepass")), key))
        return {key: _normalised(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_normalised(entry) for entry in value]
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return str(value)
    return value


def _members(value: Value) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(sorted(map(str, value)) if isinstance(value, (set, frozenset)) else map(str, value))
    return _plain(value)


def _plain(value: Value) -> str:
    """The text of a value in a column that holds any text."""
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return floating_text(float(_number(value)))
    if isinstance(value, Decimal):
        return _decimal(value, None)
    if isinstance(value, datetime.datetime):
        return _datetime(value, 6 if value.microsecond else 0)
    if isinstance(value, datetime.date):
        return _date(value)
    if isinstance(value, datetime.time):
        return _time(value, 6 if value.microsecond else 0)
    if isinstance(value, datetime.timedelta):
        return _time(value, 6 if value.microseconds else 0)
    if isinstance(value, (dict, list)):
        return _json(value)
    raise _refuse(value, "a value that MySQL has")


_SHORT_WAYS: Final[dict[str, tuple[type, Callable[[Any], bytes]]]] = {
    **dict.fromkeys(["TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT"], (int, b"%d".__mod__)),
    "DOUBLE": (float, _double),
}
"""For types whose values are mostly of one class of Python's: it, and what encodes it."""
