"""The type that holds all of several values: of CASE, of COALESCE, of set operations (MySQL 8.4 manual, 14.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs

from sockservice.sql import comparison as to
from sockservice.sql.kinds import BIGINT, TEMPORAL, Kind, bytes_type, decimal_type, moment_type, text_type
from sockservice.sql.typed import NULL, Typed
from sockservice.sql.widths import digits_of, display_width, double_type, is_unsigned, text_width
from sockservice.sqltypes import SqlType

_WHOLE: Final = ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT")
_TEXTS: Final = ("TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT")
_BLOBS: Final = ("TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB")
_SIZES: Final = (255, 65_535, 2**24 - 1, 2**32 - 1)


def common_type(values: Sequence[Typed]) -> SqlType:
    """The type that holds all of several values."""
    known = [value for value in values if value.kind is not Kind.NULL]
    if not known:
        return NULL.type
    kinds = {value.kind for value in known}
    if len({value.type for value in known}) == 1 and not known[0].type.values:
        kind = known[0].type
        return attrs.evolve(kind, zerofill=False) if kind.zerofill else kind
    if kinds == {Kind.INTEGER}:
        return _whole(known)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL}:
        scale = max(digits_of(value)[1] for value in known)
        whole = max(digits_of(value)[0] - digits_of(value)[1] for value in known)
        return decimal_type(whole + scale, scale)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE}:
        return double_type(known)
    if kinds <= TEMPORAL:
        digits = max(value.type.length or 0 for value in known if value.kind is not Kind.DATE)
        return moment_type("TIME" if kinds == {Kind.TIME} else "DATETIME", digits)
    return _text(known, binary=any(map(to.is_binary, known)))


def _whole(values: Sequence[Typed]) -> SqlType:
    """The least whole number that holds all; a signed one has room for the sign of what is unsigned elsewhere."""
    if any(value.type.name == "BIT" for value in values):
        return SqlType("BIT", max(map(text_width, values))) if _all_named(values, "BIT") else BIGINT
    place = max(_WHOLE.index(value.type.name) if value.type.name != "YEAR" else 1 for value in values)
    signs = {is_unsigned(value.type) for value in values}
    if signs == {True, False} and any(value.type.unsigned and value.type.name == _WHOLE[place] for value in values):
        place += 1
    if place == len(_WHOLE):
        return decimal_type(max(digits_of(value)[0] for value in values), 0)
    unsigned = signs == {True}
    width = max(display_width(value.type) + (is_unsigned(value.type) and not unsigned) for value in values)
    return SqlType(_WHOLE[place], width, unsigned=unsigned)


def _text(values: Sequence[Typed], *, binary: bool) -> SqlType:
    width = max(map(text_width, values))
    fixed, long = ("BINARY", _BLOBS) if binary else ("CHAR", _TEXTS)
    if _all_named(values, fixed):
        return SqlType(fixed, width)
    if any(value.type.name in (*_TEXTS, *_BLOBS) for value in values):
        return SqlType(next(name for name, size in zip(long, _SIZES, strict=True) if width <= size))
    return bytes_type(width) if binary else text_type(width)


def _all_named(values: Sequence[Typed], name: str) -> bool:
    return all(value.type.name == name for value in values)


def in_type(value: Typed, kind: SqlType) -> str:
    """The text of a value in the form of a type that :func:`common_type` has found."""
    wanted = Typed("", kind).kind
    if value.kind in (wanted, Kind.NULL):
        if wanted is Kind.DECIMAL and value.type.decimals != kind.decimals:
            return f"to_decimal({value.sql}, {kind.decimals})"
        if wanted is Kind.DATETIME and (value.type.length or 0) != (kind.length or 0):
            return f"to_datetime({value.sql}, {kind.length or 0})"
        return value.sql
    convert: dict[Kind, Callable[[Typed], str]] = {
        Kind.TEXT: to.as_text,
        Kind.BINARY: to.as_binary,
        Kind.DOUBLE: lambda each: f"CAST({to.as_double(each)} AS REAL)",
        Kind.DATETIME: lambda each: f"to_datetime({to.as_moment(each)}, {kind.length or 0})",
        Kind.DATE: lambda each: f"to_date({to.as_moment(each)})",
        Kind.TIME: lambda each: f"to_clock({to.as_time(each)}, {kind.length or 0})",
        Kind.DECIMAL: lambda each: f"to_decimal({to.as_number(each)}, {kind.decimals or 0})",
        Kind.JSON: to.as_json,
    }
    return convert.get(wanted, to.as_integer)(value)
