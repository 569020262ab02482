"""Numbers as columns store them: whole, exact, floating, bits and years."""

from __future__ import annotations

import math
import re
import struct
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sockservice.error_codes import error
from sockservice.sql.conversions import EXACT
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sqltypes import SqlType

BITS: Final = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}
"""How wide the whole numbers are."""
SIGNED_LIMIT: Final = 1 << 63
"""From here on whole numbers do not fit in SQLite's."""

_NUMBER: Final = re.compile(r"[ \t\n\r\f\v]*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)[ \t\n\r\f\v]*")
_BEYOND: Final = Decimal(10) ** 100
"""Greater than what any column holds."""
_LARGEST_FLOAT: Final = 3.4028234663852886e38
_YEARS: Final = (1901, 2155)


class Bits(bytes):
    """A literal such as ``x'41'`` or ``b'101'``, which is a number where one belongs."""


def store_integer(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> Any:
    """A whole number, rounded, within the range of the type."""
    if type(value) is int:
        number = value
    else:
        number = int(_exact(value, "integer", column, diagnostics).to_integral_value(ROUND_HALF_UP))
    bits = BITS[kind.name]
    low, high = (0, (1 << bits) - 1) if kind.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
    if not low <= number <= high:
        diagnostics.object_to("ER_WARN_DATA_OUT_OF_RANGE", column)
        number = low if number < low else high
    return number if number < SIGNED_LIMIT else f"{number:020}"


def store_decimal(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """An exact number as text with as many digits behind the point as the type says."""
    given = _exact(value, "decimal", column, diagnostics)
    scale, digits = kind.decimals or 0, kind.length or 10
    limit = Decimal(10) ** (digits - scale)
    number = limit if given.copy_abs() > limit else given.copy_abs().quantize(Decimal(1).scaleb(-scale), context=EXACT)
    if number >= limit:
        diagnostics.object_to("ER_WARN_DATA_OUT_OF_RANGE", column)
        number = EXACT.subtract(limit, Decimal(1).scaleb(-scale)).quantize(Decimal(1).scaleb(-scale), context=EXACT)
    elif number != given.copy_abs() and not isinstance(value, float):
        diagnostics.note("WARN_DATA_TRUNCATED", column)
    if given < 0 and number:
        if kind.unsigned:
            diagnostics.object_to("ER_WARN_DATA_OUT_OF_RANGE", column)
            return format(number.copy_abs() * 0, "f")
        return f"-{number:f}"
    return format(number, "f")


def store_double(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> float:
    """A floating number; a FLOAT keeps four bytes of it."""
    if isinstance(value, (int, float, Decimal, Bits)):
        number = float(int.from_bytes(value, "big") if isinstance(value, Bits) else value)
    else:
        found = _NUMBER.match(_text(value))
        number = float(found[1]) if found else 0.0
        if found is None or found.end() != len(_text(value)):
            diagnostics.object_to("WARN_DATA_TRUNCATED", column)
    largest = _LARGEST_FLOAT if kind.name == "FLOAT" else 1.7976931348623157e308
    if kind.decimals is not None and kind.length is not None and math.isfinite(number):
        number = round(number, kind.decimals)
        largest = min(largest, 10.0 ** (kind.length - kind.decimals) - 10.0**-kind.decimals)
    if abs(number) > largest or math.isnan(number) or (kind.unsigned and number < 0):
        diagnostics.object_to("ER_WARN_DATA_OUT_OF_RANGE", column)
        number = 0.0 if kind.unsigned and number < 0 else math.copysign(largest, number)
    if kind.name == "FLOAT":
        number = float(struct.unpack("<f", struct.pack("<f", number))[0])
    return number


def store_bits(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> Any:
    """The bits of a BIT, as a number; of a text, its bytes are the bits."""
    if isinstance(value, (int, float, Decimal)):
        number = int(exact(value).to_integral_value(ROUND_HALF_UP))
    else:
        number = int.from_bytes(value if isinstance(value, bytes) else str(value).encode(), "big")
    limit = 1 << (kind.length or 1)
    if not 0 <= number < limit:
        diagnostics.object_to("ER_DATA_TOO_LONG", column)
        number = limit - 1
    return number if number < SIGNED_LIMIT else f"{number:020}"


def store_year(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> int:  # noqa: ARG001
    """A year: 0, or from 1901 to 2155; of two digits, those from 1970 to 2069."""
    number = int(_exact(value, "integer", column, diagnostics).to_integral_value(ROUND_HALF_UP))
    # A text of no number at all is no year of two digits.
    is_text = isinstance(value, str) and _NUMBER.match(value) is not None
    if 0 < number < 100 or (number == 0 and is_text and len(value) != 4):
        number += 2000 if number < 70 else 1900
    if number and not _YEARS[0] <= number <= _YEARS[1]:
        diagnostics.object_to("ER_WARN_DATA_OUT_OF_RANGE", column)
        number = 0
    return number


def _exact(value: Any, what: str, column: str, diagnostics: Diagnostics) -> Decimal:
    """The number that a value is; of a text, its beginning, which is objected to."""
    if isinstance(value, (int, float, Decimal, Bits)):
        return exact(value)
    text = _text(value)
    found = _NUMBER.match(text)
    if found is None:
        diagnostics.object_with(error("ER_TRUNCATED_WRONG_VALUE_FOR_FIELD", what, text, column, diagnostics.row))
        return Decimal(0)
    if found.end() != len(text):
        if what == "decimal" and not diagnostics.strict:
            diagnostics.note("WARN_DATA_TRUNCATED", column)
        else:
            diagnostics.object_to("WARN_DATA_TRUNCATED", column)
    return exact(Decimal(found[1]))


def exact(value: Any) -> Decimal:
    """A number as a DECIMAL; what is greater than all columns is as great as it takes to be that.

    Args:
        value: an int, float, Decimal or :class:`Bits`.
    """
    if isinstance(value, Bits):
        number = Decimal(int.from_bytes(value, "big"))
    elif isinstance(value, float):
        number = Decimal(repr(value)) if math.isfinite(value) else _BEYOND
    else:
        number = Decimal(value)
    if number and number.adjusted() > 100:
        return _BEYOND.copy_sign(number)
    return number if not number or number.adjusted() > -100 else Decimal(0)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
