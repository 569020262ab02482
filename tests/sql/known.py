"""Differences between MySQL 8.4 and MariaDB 10.11 that are no mistake, wherever they show up, each with its reason.

What differs in single statements stands beside them in the corpus (``-- mysql:``). An entry here makes two unequal
values of one aspect the same; the summary counts how often.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import attrs
from definitions import reasons_of_definitions
from details import details
from outcomes import ColumnSeen, Outcome
from pymysql.constants import FIELD_TYPE

INTEGERS = {FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG}
TEXTS = {
    FIELD_TYPE.VAR_STRING,
    FIELD_TYPE.STRING,
    FIELD_TYPE.BLOB,
    FIELD_TYPE.TINY_BLOB,
    FIELD_TYPE.MEDIUM_BLOB,
    FIELD_TYPE.LONG_BLOB,
}

DEPRECATIONS = {1287, 1681, 3719, 3720, 3778}
"""Deprecated syntax, one with no replacement, utf8 for utf8mb3, NATIONAL, a collation of utf8mb3."""

SQLSTATES = {1366: "HY000", 1369: "HY000"}
"""What MySQL gives where MariaDB gives another SQLSTATE."""

_CATALOGUE = re.compile(r"\s*(show|desc|describe|explain)\b|.*\binformation_schema\b", re.IGNORECASE | re.DOTALL)
_DISPLAY_WIDTH = re.compile(r"\b(smallint|mediumint|int|bigint|year)\(\d+\)|\b(tinyint)\((?!1\))\d+\)")


@attrs.frozen
class Known:
    """A difference that is none.

    Attributes:
        aspect: where it shows, a word of ``annotations.ASPECTS`` but ``types``.
        reason: why it is no mistake.
        same: judges the outcomes of MariaDB and of the other server, given the text of the statement.
    """

    aspect: str
    reason: str
    same: Callable[[Outcome, Outcome, str], bool]


@attrs.frozen
class KnownType:
    """A difference between the types of a column that is none.

    Attributes:
        reason: why it is no mistake.
        same: judges MariaDB's column and the other server's, given the text of the statement.
    """

    reason: str
    same: Callable[[ColumnSeen, ColumnSeen, str], bool]


def equal(theirs: Any, ours: Any) -> bool:
    """Whether two values are the same to a program: of one type, and equal to the last digit that is printed."""
    return type(theirs) is type(ours) and bool(theirs == ours) and str(theirs) == str(ours)


def reasons(aspect: str, theirs: Outcome, ours: Outcome, text: str) -> list[str]:
    """Why a difference in an aspect is no mistake; nothing if it is one.

    Args:
        aspect: in which the outcomes differ.
        theirs: what MariaDB answered.
        ours: what the other server answered.
        text: the statement.
    """
    if aspect == "definitions":
        return reasons_of_definitions(theirs, ours, text)
    if aspect != "types":
        return [known.reason for known in KNOWN if known.aspect == aspect and known.same(theirs, ours, text)][:1]
    if len(theirs.columns) != len(ours.columns):
        return []
    found = []
    for pair in zip(theirs.columns, ours.columns, strict=True):
        if pair[0].type != pair[1].type:
            found.append(next((known.reason for known in KNOWN_TYPES if known.same(*pair, text)), ""))
    return list(dict.fromkeys(found)) if all(found) else []


def _both_in(codes: set[int], theirs: ColumnSeen, ours: ColumnSeen) -> bool:
    return {theirs.type, ours.type} <= codes


def _in_catalogue(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    related = _both_in(TEXTS, theirs, ours) or _both_in(INTEGERS, theirs, ours)
    return related and _CATALOGUE.match(text) is not None


KNOWN_TYPES = (
    KnownType(
        "JSON is a type in MySQL, and another name of LONGTEXT in MariaDB",
        lambda theirs, ours, text: ours.type == FIELD_TYPE.JSON and theirs.type in TEXTS,
    ),
    KnownType(
        "a computed integer is a BIGINT in MySQL; in MariaDB an INT where the value is short",
        lambda theirs, ours, text: not theirs.table and _both_in(INTEGERS, theirs, ours),
    ),
    KnownType(
        "whether a computed text is a VAR_STRING or a BLOB depends on its greatest length, which the two reckon apart",
        lambda theirs, ours, text: not theirs.table and _both_in(TEXTS, theirs, ours),
    ),
    KnownType("MySQL's catalogue consists of views, MariaDB's of tables in memory", _in_catalogue),
)


def _cells(alike: Callable[[Any, Any], bool]) -> Callable[[Outcome, Outcome, str], bool]:
    """Compare rows cell by cell."""

    def same(theirs: Outcome, ours: Outcome, text: str) -> bool:
        return len(theirs.rows) == len(ours.rows) and all(
            len(row) == len(other) and all(map(alike, row, other))
            for row, other in zip(theirs.rows, ours.rows, strict=True)
        )

    return same


def _near(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, float) and isinstance(ours, float):
        return math.isclose(theirs, ours, rel_tol=1e-14)
    return equal(theirs, ours)


def _but_for_widths(theirs: Any, ours: Any) -> bool:
    return equal(_DISPLAY_WIDTH.sub(r"\1\2", theirs) if isinstance(theirs, str) else theirs, ours)


def _but_for_words(theirs: Outcome, ours: Outcome, text: str) -> bool:
    def named(outcome: Outcome) -> list[Any]:
        return [(*row[:2], details(int(row[1]), row[2])) for row in outcome.rows if len(row) == 3]

    return bool(re.match(r"\s*show\s+(warnings|errors)\b", text, re.I)) and named(theirs) == named(ours)


def _but_for_sqlstate(theirs: Outcome, ours: Outcome, text: str) -> bool:
    if theirs.failure is None or ours.failure is None or theirs.failure.code != ours.failure.code:
        return False
    return SQLSTATES.get(ours.failure.code) == ours.failure.sqlstate


def _but_for_deprecations(theirs: Outcome, ours: Outcome, text: str) -> bool:
    return theirs.warnings == tuple(told for told in ours.warnings if told[1] not in DEPRECATIONS)


def _but_for_count_of_warnings(theirs: Outcome, ours: Outcome, text: str) -> bool:
    counted = [re.sub(r"Warnings: \d+", "", outcome.info) for outcome in (theirs, ours)]
    return counted[0] == counted[1] and theirs.warnings != ours.warnings and _but_for_deprecations(theirs, ours, text)


KNOWN = (
    Known("rows", "the last digit of a DOUBLE is that of the C library", _cells(_near)),
    Known("rows", "MariaDB writes display widths, int(11); MySQL has none but tinyint(1)", _cells(_but_for_widths)),
    Known("rows", "the words of messages are not compared, but what they name", _but_for_words),
    Known("error", "some errors have another SQLSTATE in MySQL", _but_for_sqlstate),
    Known(
        "warnings", "MySQL warns of what it calls deprecated; a program does not depend on it", _but_for_deprecations
    ),
    Known("info", "the text of the OK packet counts the warnings of what is deprecated", _but_for_count_of_warnings),
    Known(
        "affected",
        "how many rows an ALTER TABLE copies is up to the algorithm",
        lambda theirs, ours, text: re.match(r"\s*alter\s+table\b", text, re.I) is not None,
    ),
)
