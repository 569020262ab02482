"""Two values brought to one form, so that SQLite compares them as MySQL does (MySQL 8.4 manual, 14.3)."""

from __future__ import annotations

from typing import Final

from sockservice.sql.errors import Refused
from sockservice.sql.kinds import NUMERIC, TEMPORAL, Kind, fraction_of
from sockservice.sql.schema import DEFAULT_COLLATION
from sockservice.sql.typed import NULL, Typed, text_literal

EXPLICIT: Final = 0
"""The weight of a collation that COLLATE gives."""
COLUMN: Final = 2
"""That of a column's."""
LITERAL: Final = 4
"""That of a literal's, which is the connection's."""


def compared(left: Typed, right: Typed) -> tuple[str, str]:
    """The texts of two expressions as they are compared, the collation with the left one.

    Args:
        left: one.
        right: the other.

    Raises:
        Refused: their collations do not go together (1267).
    """
    kinds = {left.kind, right.kind}
    if Kind.NULL in kinds:
        return left.sql, right.sql
    if _is_year(left) and _is_told(right):
        return left.sql, as_year(right)
    if _is_year(right) and _is_told(left):
        return as_year(left), right.sql
    if kinds <= {Kind.TEXT}:
        return left.sql + collate(left, right), right.sql
    if Kind.BINARY in kinds and kinds <= {Kind.BINARY, Kind.TEXT}:
        return as_binary(left), as_binary(right)
    if Kind.JSON in kinds:
        return f"json_key({as_json(left)})", f"json_key({as_json(right)})"
    if kinds & TEMPORAL and kinds <= {*TEMPORAL, Kind.TEXT, Kind.BINARY}:
        return _moments(left, right, kinds)
    if kinds <= {Kind.INTEGER, Kind.DECIMAL} and Kind.DECIMAL in kinds:
        return f"{as_decimal(left)} COLLATE decimal", as_decimal(right)
    if kinds <= {Kind.INTEGER}:
        return left.sql, right.sql
    return as_double(left), as_double(right)


def collation_of(*values: Typed, operation: str = "=") -> Typed:
    """Which of several texts says by which collation they are compared.

    Raises:
        Refused: 1267: two say different things, with the same weight.
    """
    texts = [value for value in values if value.kind is Kind.TEXT]
    if not texts:
        return Typed("NULL", values[0].type if values else NULL.type, collation=DEFAULT_COLLATION, weight=LITERAL)
    best = texts[0]
    for text in texts[1:]:
        if text.weight < best.weight:
            best = text
        elif text.weight == best.weight and text.collation != best.collation and text.collation and best.collation:
            best = _wider(best, text) or _stronger(best, text, operation)
    return best


def _wider(one: Typed, other: Typed) -> Typed | None:
    """The one whose character set has all of the other's; None where both have the same, or none has."""
    charsets = [value.collation.partition("_")[0] for value in (one, other)]
    if charsets[0] == charsets[1]:
        return None
    for wide in ("utf8mb4", "utf8mb3"):
        if wide in charsets:
            return one if charsets[0] == wide else other
    return None


def _stronger(one: Typed, other: Typed, operation: str) -> Typed:
    if one.weight == EXPLICIT or not (one.collation.endswith("_bin") or other.collation.endswith("_bin")):
        word = "EXPLICIT" if one.weight == EXPLICIT else "IMPLICIT"
        raise Refused("ER_CANT_AGGREGATE_2COLLATIONS", one.collation, word, other.collation, word, operation)
    return one if one.collation.endswith("_bin") else other


def collate(*texts: Typed) -> str:
    """The COLLATE clause of a comparison of texts."""
    return f" COLLATE {collation_of(*texts).collation or DEFAULT_COLLATION}"


def _is_year(value: Typed) -> bool:
    return value.type.name == "YEAR" and value.origin is not None


def _is_told(value: Typed) -> bool:
    """Whether it is a literal that a YEAR is compared with as one."""
    return value.literal is not None and value.kind in (Kind.INTEGER, Kind.TEXT)


def as_year(value: Typed) -> str:
    """As a year, of two digits too, where it can be one; else as the number that it is."""
    return f"year_of({value.sql})"


def _moments(left: Typed, right: Typed, kinds: set[Kind]) -> tuple[str, str]:
    if Kind.DATETIME not in kinds and kinds & {Kind.TEXT, Kind.BINARY}:
        if Kind.TIME in kinds:
            return f"{as_time(left)} COLLATE time", as_time(right)
        return _compared_date(left), _compared_date(right)
    if len(kinds) == 1 and Kind.TIME in kinds:
        return f"{left.sql} COLLATE time", right.sql
    if len(kinds) == 1 and Kind.DATE in kinds:
        return left.sql, right.sql
    digits = max(fraction_of(each.type) if each.kind is Kind.DATETIME else 0 for each in (left, right))
    return _compared_moment(left, digits), _compared_moment(right, digits)


def _compared_date(value: Typed) -> str:
    if value.kind is Kind.DATE:
        return value.sql
    return f"compared_date({value.sql}, {int(value.literal is not None)})"


def _compared_moment(value: Typed, digits: int) -> str:
    if value.kind is Kind.DATETIME:
        same = fraction_of(value.type) == digits
        return value.sql if same else f"moment_at_least({value.sql}, {digits})"
    if value.kind in (Kind.DATE, Kind.TIME):
        return f"moment_at_least({as_moment(value)}, {digits})"
    return f"compared_moment({value.sql}, {digits}, {int(value.literal is not None)})"


def as_double(value: Typed) -> str:
    """As a DOUBLE, for comparison and arithmetic; whole numbers are left as they are."""
    if value.kind in (Kind.DOUBLE, Kind.NULL):
        return value.sql
    if value.kind is Kind.INTEGER:
        return f"CAST({value.sql} AS REAL)" if is_wide(value) else value.sql
    if value.kind is Kind.DECIMAL:
        return f"CAST({value.sql} AS REAL)"
    if value.kind in TEMPORAL:
        return f"moment_number({value.sql})"
    if value.kind is Kind.JSON:
        return f"json_number({value.sql})"
    return f"to_number({value.sql})" if not (value.number or value.type.values) else number_of(value)


def number_of(value: Typed) -> str:
    """The number that a literal of bits, an ENUM or a SET is."""
    if value.number:
        return value.number
    members = text_literal("\0".join(value.type.values))
    return f"{'member_number' if value.type.name == 'ENUM' else 'member_bits'}({value.sql}, {members})"


def as_decimal(value: Typed) -> str:
    """As a DECIMAL of its own scale."""
    if value.kind is Kind.DECIMAL:
        return value.sql
    if value.kind is Kind.INTEGER:
        return f"integer_text({value.sql})" if is_wide(value) else f"CAST({value.sql} AS TEXT)"
    if value.kind in TEMPORAL:
        return f"moment_decimal({value.sql}, {fraction_of(value.type)})"
    return f"to_decimal({as_double(value)}, {value.type.decimals or 0})"


def as_text(value: Typed) -> str:
    """As text."""
    if value.type.name == "BIT":
        return f"to_text({as_binary(value)})"
    if value.type.name == "YEAR":
        return f"zero_filled({value.sql}, 4)"
    text = _as_text(value)
    is_filled = value.origin is not None and value.type.zerofill
    return f"zero_filled({text}, {value.type.filled_width})" if is_filled else text


def _as_text(value: Typed) -> str:
    if value.kind is Kind.INTEGER:
        return f"integer_text({value.sql})" if is_wide(value) else f"CAST({value.sql} AS TEXT)"
    if value.kind is Kind.DOUBLE and value.type.decimals is not None:
        return f"fixed_text({value.sql}, {value.type.decimals})"
    if value.type.name == "FLOAT":
        return f"float_text({value.sql})"
    return value.sql if value.kind in (Kind.TEXT, Kind.NULL, Kind.DECIMAL, *TEMPORAL) else f"to_text({value.sql})"


def as_digits(value: Typed) -> str:
    """As text; of bits, as the digits of their number."""
    return f"integer_text({value.sql})" if value.type.name == "BIT" else as_text(value)


def as_binary(value: Typed) -> str:
    """As bytes."""
    if value.type.name == "BIT":
        return f"bit_bytes({value.sql}, {((value.type.length or 1) + 7) // 8})"
    if value.kind is Kind.TEXT:
        charset = value.collation.partition("_")[0]
        if charset and not charset.startswith("utf8") and charset != "ascii":
            return f"in_bytes({value.sql}, {text_literal(charset)})"
    return value.sql if value.kind in (Kind.BINARY, Kind.NULL) else f"CAST({as_text(value)} AS BLOB)"


def as_integer(value: Typed) -> str:
    """As a whole number."""
    if value.kind in (Kind.INTEGER, Kind.NULL):
        return value.sql
    if value.number or value.type.values:
        return number_of(value)
    return f"to_integer({as_double(value) if value.kind in (*TEMPORAL, Kind.JSON) else value.sql})"


def as_moment(value: Typed) -> str:
    """As the text of a DATETIME; what is none is NULL."""
    if value.kind in (Kind.DATETIME, Kind.NULL):
        return value.sql
    if value.kind is Kind.TIME:
        return f"time_moment({value.sql})"
    return f"({value.sql} || ' 00:00:00')" if value.kind is Kind.DATE else f"to_moment({value.sql})"


def as_time(value: Typed) -> str:
    """As the text of a TIME."""
    if value.kind is Kind.DATE:
        return f"substr({value.sql} || ' 00:00:00', 12)"
    if value.kind is Kind.DATETIME:
        return f"substr({value.sql}, 12)"
    return value.sql if value.kind in (Kind.TIME, Kind.NULL) else f"to_time({value.sql})"


def as_json(value: Typed) -> str:
    """As JSON: a text is a JSON string."""
    if value.kind in (Kind.JSON, Kind.NULL):
        return value.sql
    return f"json_of({value.sql}, '{'boolean' if is_boolean(value) else value.kind.value}')"


def as_document(value: Typed) -> str:
    """As JSON: a text is a document."""
    return value.sql if value.kind in (Kind.JSON, Kind.NULL) else f"json_document({as_text(value)}, 1, 'json')"


def is_binary(value: Typed) -> bool:
    """Whether it is bytes where texts are, as bits are too."""
    return value.kind is Kind.BINARY or value.type.name == "BIT"


def is_wide(value: Typed) -> bool:
    """Whether a whole number may be one that SQLite's cannot hold."""
    return value.type.name == "BIT" or (value.type.unsigned and value.type.name == "BIGINT")


def is_boolean(value: Typed) -> bool:
    """Whether it is a condition."""
    return value.type.name == "BIGINT" and value.type.decimals == 0


def as_truth(value: Typed) -> str:
    """As a condition."""
    if value.kind is Kind.INTEGER and not is_wide(value):
        return value.sql
    if value.kind in (Kind.DOUBLE, Kind.NULL):
        return value.sql
    if value.kind is Kind.DECIMAL:
        return f"decimal_truth({value.sql})"
    return f"truth({as_double(value)})"


def as_number(value: Typed) -> str:
    """As a number of whatever kind it is."""
    return value.sql if value.kind in NUMERIC else as_double(value)
