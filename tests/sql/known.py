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
from details import details
from outcomes import Outcome
from pymysql.constants import FIELD_TYPE

Same = Callable[[Outcome, Outcome, str], bool]
"""Whether the outcomes of MariaDB and of the other server are the same, for the text of a statement."""


@attrs.frozen
class Known:
    """A difference that is none.

    Attributes:
        aspect: where it shows, a word of ``annotations.ASPECTS``.
        reason: why it is no mistake.
        same: judges two outcomes that differ in the aspect.
    """

    aspect: str
    reason: str
    same: Same


INTEGERS = {FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG}
TEXTS = {
    FIELD_TYPE.VAR_STRING,
    FIELD_TYPE.STRING,
    FIELD_TYPE.BLOB,
    FIELD_TYPE.TINY_BLOB,
    FIELD_TYPE.MEDIUM_BLOB,
    FIELD_TYPE.LONG_BLOB,
}
JSON = {FIELD_TYPE.JSON, *TEXTS}

DEPRECATIONS = {1287, 1681, 3719, 3720, 3778}
"""Deprecated syntax, deprecated syntax with no replacement, utf8 for utf8mb3, NATIONAL, a collation of utf8mb3."""

SQLSTATES = {1366: "HY000"}
"""What MySQL gives where MariaDB gives another SQLSTATE."""

_DISPLAY_WIDTH = re.compile(r"\b(smallint|mediumint|int|bigint|year)\(\d+\)|\b(tinyint)\((?!1\))\d+\)")


def _types_among(codes: set[int], computed_only: bool) -> Same:
    def same(reference: Outcome, candidate: Outcome, text: str) -> bool:
        return len(reference.columns) == len(candidate.columns) and all(
            theirs.type == ours.type or ({theirs.type, ours.type} <= codes and not (computed_only and theirs.table))
            for theirs, ours in zip(reference.columns, candidate.columns, strict=True)
        )

    return same


def _json_types(reference: Outcome, candidate: Outcome, text: str) -> bool:
    return bool(re.search("json", text, re.I)) and _types_among(JSON | INTEGERS, False)(reference, candidate, text)


def _cells(alike: Callable[[Any, Any], bool]) -> Same:
    def same(reference: Outcome, candidate: Outcome, text: str) -> bool:
        return len(reference.rows) == len(candidate.rows) and all(
            len(theirs) == len(ours) and all(map(alike, theirs, ours))
            for theirs, ours in zip(reference.rows, candidate.rows, strict=True)
        )

    return same


def _near(theirs: Any, ours: Any) -> bool:
    if type(theirs) is float and type(ours) is float:
        return math.isclose(theirs, ours, rel_tol=1e-14)
    return equal(theirs, ours)


def _messages(reference: Outcome, candidate: Outcome, text: str) -> bool:
    def named(outcome: Outcome) -> list[Any]:
        return [(*row[:2], details(int(row[1]), row[2])) for row in outcome.rows if len(row) == 3]

    return bool(re.match(r"\s*show\s+(warnings|errors)\b", text, re.I)) and named(reference) == named(candidate)


def _without_width(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, str) and isinstance(ours, str):
        return _DISPLAY_WIDTH.sub(r"\1\2", theirs) == ours
    return equal(theirs, ours)


def _but_for_deprecations(reference: Outcome, candidate: Outcome, text: str) -> bool:
    return reference.warnings == tuple(told for told in candidate.warnings if told[1] not in DEPRECATIONS)


def _sqlstate_of_mysql(reference: Outcome, candidate: Outcome, text: str) -> bool:
    theirs, ours = reference.failure, candidate.failure
    return (
        theirs is not None
        and ours is not None
        and theirs.code == ours.code
        and SQLSTATES.get(ours.code) == ours.sqlstate
    )


def _catalogue_types(reference: Outcome, candidate: Outcome, text: str) -> bool:
    same = _types_among(TEXTS, False), _types_among(INTEGERS, False)
    about = re.match(r"\s*(show|desc|describe|explain)\b", text, re.I) or "information_schema" in text.lower()
    return bool(about) and any(one(reference, candidate, text) for one in same)


def _altered(reference: Outcome, candidate: Outcome, text: str) -> bool:
    return bool(re.match(r"\s*alter\s+table\b", text, re.I))


def equal(theirs: Any, ours: Any) -> bool:
    """Whether two values are the same to a program: equal, and of one Python type (1, 1.0 and Decimal(1) are not)."""
    return type(theirs) is type(ours) and bool(theirs == ours) and (not isinstance(theirs, float) or str(theirs) == str(ours))


KNOWN = (
    Known(
        "types",
        "a computed integer is a BIGINT in MySQL; in MariaDB an INT where the value is short",
        _types_among(INTEGERS, computed_only=True),
    ),
    Known(
        "types",
        "whether a computed text is a VAR_STRING or a BLOB depends on its greatest length, which the two reckon apart",
        _types_among(TEXTS, computed_only=True),
    ),
    Known(
        "types",
        "of several computed columns, both of the above",
        lambda reference, candidate, text: len(reference.columns) == len(candidate.columns)
        and all(
            theirs.type == ours.type
            or (not theirs.table and ({theirs.type, ours.type} <= INTEGERS or {theirs.type, ours.type} <= TEXTS))
            for theirs, ours in zip(reference.columns, candidate.columns, strict=True)
        ),
    ),
    Known("types", "JSON is a type in MySQL, and another name of LONGTEXT in MariaDB", _json_types),
    Known("types", "MySQL's catalogue consists of views, MariaDB's of tables in memory", _catalogue_types),
    Known("affected", "how many rows an ALTER TABLE copies is up to the algorithm", _altered),
    Known("rows", "the last digit of a DOUBLE is that of the C library", _cells(_near)),
    Known("rows", "MariaDB writes display widths, int(11); MySQL has none but tinyint(1)", _cells(_without_width)),
    Known("rows", "the words of messages are not compared, but what they name", _messages),
    Known("error", "some errors have another SQLSTATE in MySQL", _sqlstate_of_mysql),
    Known(
        "warnings",
        "MySQL warns of what it calls deprecated; a program does not depend on it",
        _but_for_deprecations,
    ),
)
