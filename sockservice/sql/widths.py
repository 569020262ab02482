"""How wide values are, as MySQL reckons it: digits of numbers, display widths, lengths of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sockservice.sql import comparison as to
from sockservice.sql.kinds import Kind, fraction_of
from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType

_DISPLAYED: Final = {
    # signed, unsigned
    "TINYINT": (4, 3),
    "SMALLINT": (6, 5),
    "MEDIUMINT": (9, 8),
    "INT": (11, 10),
    "BIGINT": (20, 20),
    "YEAR": (4, 4),
    "BIT": (1, 1),
}
"""Characters that whole numbers of a type have at most, with their sign."""
_DIGITS: Final = {Kind.DATE: 8, Kind.DATETIME: 14, Kind.TIME: 7}
_LONG_TEXTS: Final = {"TINYTEXT": 255, "TEXT": 65_535, "MEDIUMTEXT": 2**24 - 1, "LONGTEXT": 2**32 - 1}
_LONG_BYTES: Final = {"TINYBLOB": 255, "BLOB": 65_535, "MEDIUMBLOB": 2**24 - 1, "LONGBLOB": 2**32 - 1}
_MOST_DIGITS: Final = 65
NOT_FIXED: Final = 31
"""What stands for the decimals of a DOUBLE that has any number of them."""
_FIXED_DOUBLE: Final = 17
"""Characters of a DOUBLE without those behind the point, where their number is fixed."""


def is_unsigned(kind: SqlType) -> bool:
    """Whether the numbers of a type have no sign."""
    return kind.unsigned or kind.name in ("YEAR", "BIT")


def display_width(kind: SqlType) -> int:
    """How many characters a whole number of a type has at most, with its sign."""
    return kind.length or _DISPLAYED[kind.name][kind.unsigned]


def whole_type(digits: int, *, unsigned: bool = False) -> SqlType:
    """The type of a whole number that is reckoned, of so many digits."""
    return SqlType("BIGINT", min(digits, _MOST_DIGITS) + (not unsigned), unsigned=unsigned)


def digits_of(value: Typed) -> tuple[int, int]:
    """The digits of a value as an exact number, and how many of them stand behind the point."""
    kind = value.type
    if value.kind is Kind.DECIMAL:
        return kind.length or 10, kind.decimals or 0
    if value.kind is Kind.INTEGER:
        signed = not is_unsigned(kind) and not to.is_boolean(value)
        return max(display_width(kind) - signed, 1), 0
    if value.kind in _DIGITS:
        return _DIGITS[value.kind] + fraction_of(kind), fraction_of(kind)
    return min(text_width(value), _MOST_DIGITS), 0


def decimals_of(value: Typed) -> int:
    """The digits behind the point of any value; :data:`NOT_FIXED` for any number of them."""
    if value.kind is Kind.DOUBLE:
        return NOT_FIXED if value.type.decimals is None else value.type.decimals
    if value.kind in (Kind.DECIMAL, Kind.DATETIME, Kind.TIME):
        return digits_of(value)[1]
    return 0 if value.kind in (Kind.INTEGER, Kind.DATE, Kind.NULL) else NOT_FIXED


def double_type(values: Sequence[Typed], more: int = 0) -> SqlType:
    """The type of a DOUBLE that is reckoned of some values.

    Args:
        values: of what.
        more: by how many digits behind the point it has more than they have.
    """
    decimals = max(map(decimals_of, values), default=0) + more
    if decimals >= NOT_FIXED:
        return SqlType("DOUBLE", 23)
    return SqlType("DOUBLE", _FIXED_DOUBLE + decimals, decimals)


def text_width(value: Typed) -> int:
    """How many characters the text of a value has at most."""
    kind, name = value.type, value.type.name
    if value.kind is Kind.TEXT:
        if kind.values:
            together = sum(map(len, kind.values)) + len(kind.values) - 1
            return together if name == "SET" else max(map(len, kind.values))
        return _LONG_TEXTS[name] if _is_long(kind) else kind.length if kind.length is not None else 1
    if value.kind is Kind.INTEGER:
        return display_width(kind)
    if value.kind is Kind.DECIMAL:
        return (kind.length or 10) + bool(kind.decimals) + (not kind.unsigned)
    if value.kind is Kind.DOUBLE:
        return kind.length or (22 if name == "DOUBLE" else 12)
    if value.kind in (Kind.DATE, Kind.DATETIME, Kind.TIME):
        fraction = fraction_of(kind)
        return (19 if value.kind is Kind.DATETIME else 10) + (fraction and fraction + 1)
    if value.kind is Kind.NULL:
        return 0
    if value.kind is Kind.BINARY:
        return _LONG_BYTES[name] if _is_long(kind) else kind.length if kind.length is not None else 1
    return 2**32 - 1


def _is_long(kind: SqlType) -> bool:
    """Whether it is a TEXT or BLOB that is as long as its name says, which one that is reckoned is not."""
    return kind.name in (*_LONG_TEXTS, *_LONG_BYTES) and kind.decimals is None


def bytes_width(value: Typed) -> int:
    """How many bytes a value has at most, in the character set of most texts."""
    return text_width(value) * (4 if value.kind is Kind.TEXT else 1)
