"""Two values brought to one form, so that SQLite compares them as MySQL does (MySQL 8.4 manual, 14.3)."""

from __future__ import annotations

from typing import Final

from sockservice.sql.kinds import NUMERIC, TEMPORAL, Kind
from sockservice.sql.schema import DEFAULT_COLLATION
from sockservice.sql.typed import Typed

_ORDER: Final = (Kind.DATETIME, Kind.DATE, Kind.TIME)


def compared(left: Typed, right: Typed) -> tuple[str, str]:
    """The texts of two expressions as they are compared, the collation with the left one.

    Args:
        left: one.
        right: the other.
    """
    kinds = {left.kind, right.kind}
    if Kind.NULL in kinds:
        return left.sql, right.sql
    if kinds <= {Kind.TEXT}:
        return left.sql + collate(left, right), right.sql
    if Kind.BINARY in kinds and kinds <= {Kind.BINARY, Kind.TEXT}:
        return as_binary(left), as_binary(right)
    if kinds & TEMPORAL and kinds <= {*TEMPORAL, Kind.TEXT}:
        return _moments(left, right, kinds)
    if Kind.JSON in kinds:
        return f"json_key({as_json(left)})", f"json_key({as_json(right)})"
    if kinds <= {Kind.INTEGER, Kind.DECIMAL} and Kind.DECIMAL in kinds:
        return f"{as_decimal(left)} COLLATE decimal", as_decimal(right)
    if kinds <= {Kind.INTEGER}:
        return left.sql, right.sql
    return as_double(left), as_double(right)


def collate(*texts: Typed) -> str:
    """The COLLATE clause of a comparison of texts: an explicit one wins, then a column's."""
    for text in texts:
        if text.explicit:
            return f" COLLATE {text.collation}"
    named = [text.collation for text in texts if text.collation and text.origin is not None]
    binary = [name for name in named if name.endswith("_bin")]
    return f" COLLATE {(binary or named or [DEFAULT_COLLATION])[0]}"


def _moments(left: Typed, right: Typed, kinds: set[Kind]) -> tuple[str, str]:
    wanted = next(kind for kind in _ORDER if kind in kinds)
    if wanted is Kind.DATE and Kind.TEXT in kinds:
        wanted = Kind.DATETIME
    if wanted is Kind.TIME:
        return f"{as_time(left)} COLLATE time", as_time(right)
    if wanted is Kind.DATE:
        return left.sql, right.sql
    return as_moment(left), as_moment(right)


def as_double(value: Typed) -> str:
    """As a DOUBLE, for comparison and arithmetic."""
    if value.kind in (Kind.INTEGER, Kind.DOUBLE):
        return value.sql
    if value.kind is Kind.DECIMAL:
        return f"CAST({value.sql} AS REAL)"
    if value.kind in TEMPORAL:
        return f"moment_number({value.sql})"
    if value.kind is Kind.BINARY:
        return f"to_number({value.sql})"
    return value.sql if value.kind is Kind.NULL else f"to_number({value.sql})"


def as_decimal(value: Typed) -> str:
    """As a DECIMAL of its own scale."""
    if value.kind is Kind.DECIMAL:
        return value.sql
    if value.kind is Kind.INTEGER:
        return f"CAST({value.sql} AS TEXT)"
    return f"to_decimal({value.sql}, {value.type.decimals or 0})"


def as_text(value: Typed) -> str:
    """As text."""
    if value.kind is Kind.INTEGER:
        return f"CAST({value.sql} AS TEXT)"
    return value.sql if value.kind in (Kind.TEXT, Kind.NULL, Kind.DECIMAL, *TEMPORAL) else f"to_text({value.sql})"


def as_binary(value: Typed) -> str:
    """As bytes."""
    return value.sql if value.kind in (Kind.BINARY, Kind.NULL) else f"CAST({as_text(value)} AS BLOB)"


def as_integer(value: Typed) -> str:
    """As a whole number."""
    if value.kind in (Kind.INTEGER, Kind.NULL):
        return value.sql
    return f"to_integer({as_double(value) if value.kind in TEMPORAL else value.sql})"


def as_moment(value: Typed) -> str:
    """As the text of a DATETIME; what is none is NULL."""
    if value.kind is Kind.DATETIME:
        return value.sql
    return f"to_moment({value.sql})" if value.kind is not Kind.NULL else value.sql


def as_time(value: Typed) -> str:
    """As the text of a TIME."""
    return value.sql if value.kind in (Kind.TIME, Kind.NULL) else f"to_time({value.sql})"


def as_json(value: Typed) -> str:
    """As JSON: a text is a JSON string."""
    if value.kind in (Kind.JSON, Kind.NULL):
        return value.sql
    if value.kind is Kind.INTEGER:
        return f"CAST({value.sql} AS TEXT)"
    return f"json_of({value.sql}, '{value.kind.value}')"


def as_truth(value: Typed) -> str:
    """As a condition."""
    if value.kind in (Kind.INTEGER, Kind.DOUBLE, Kind.NULL):
        return value.sql
    return f"truth({as_double(value)})"


def as_number(value: Typed) -> str:
    """As a number of whatever kind it is."""
    return value.sql if value.kind in NUMERIC else as_double(value)
