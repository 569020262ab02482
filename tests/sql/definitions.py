"""Column definitions beside column definitions: what MySQL 8.4 says otherwise than MariaDB 10.11, and why.

What is known of MySQL here is from its source, and from its own test results of metadata.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs
from outcomes import ColumnSeen, Outcome
from pymysql.constants import FIELD_TYPE

_WHOLE = {FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG}
_DOUBLES = {FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE}
_TEXTS = {
    FIELD_TYPE.VAR_STRING,
    FIELD_TYPE.STRING,
    FIELD_TYPE.BLOB,
    FIELD_TYPE.TINY_BLOB,
    FIELD_TYPE.MEDIUM_BLOB,
    FIELD_TYPE.LONG_BLOB,
}
_NOT_FIXED = {31, 39}
_LETTER = 4
"""Bytes that a character may have, in the character set of these connections."""
_KEYS = {"PRI_KEY", "UNIQUE_KEY", "MULTIPLE_KEY", "PART_KEY"}

_CATALOGUE = re.compile(
    r"\s*(show|desc|describe|explain|check|analyze|optimize|repair|checksum)\b|.*\binformation_schema\b", re.I | re.S
)
_LITERAL = re.compile(r"(?<![\w.'])\d+(?![\w.'])")
_QUERY_WITHIN = re.compile(r"\(\s*(select|values|with)\b|\bunion\b|\bwith\b|\btable\b", re.I)
_TEMPORARY = re.compile(r"\b(group\s+by|order\s+by|distinct|join|over|with|union|limit)\b|,", re.I)


@attrs.frozen
class KnownDefinition:
    """A difference in one thing that is said of a column, which is none.

    Attributes:
        things: a name that :func:`apart` gives, or several.
        reason: why it is no mistake.
        same: judges MariaDB's column and the other server's, given the text of the statement.
    """

    things: frozenset[str]
    reason: str
    same: Callable[[ColumnSeen, ColumnSeen, str], bool]


def definition(column: ColumnSeen) -> tuple[object, ...]:
    """What is compared of a column's definition."""
    return column.length, column.decimals, column.flags, column.binary, column.table, column.origin


def apart(theirs: ColumnSeen, ours: ColumnSeen) -> Iterator[str]:
    """What two definitions say differently: ``length``, ``decimals``, ``binary``, ``names``, or a flag."""
    if theirs.length != ours.length:
        yield "length"
    if theirs.decimals != ours.decimals:
        yield "decimals"
    yield from sorted(theirs.flags ^ ours.flags)
    if theirs.binary != ours.binary:
        yield "binary"
    if (theirs.table, theirs.origin) != (ours.table, ours.origin):
        yield "names"


def reasons_of_definitions(theirs: Outcome, ours: Outcome, text: str) -> list[str]:
    """Why differences between definitions are no mistakes; nothing if one is."""
    if len(theirs.columns) != len(ours.columns):
        return []
    found = [
        _reason(thing, their, our, text)
        for their, our in zip(theirs.columns, ours.columns, strict=True)
        for thing in apart(their, our)
    ]
    return list(dict.fromkeys(found)) if all(found) else []


def told_apart(theirs: Outcome, ours: Outcome, text: str) -> Iterator[str]:
    """A line for each difference between definitions for which there is no reason."""
    for their, our in zip(theirs.columns, ours.columns, strict=False):
        for thing in apart(their, our):
            if not _reason(thing, their, our, text):
                value = "flags" if thing.isupper() else thing
                said = [
                    (each.table, each.origin) if thing == "names" else getattr(each, value) for each in (their, our)
                ]
                yield f"{our.name}: {thing}: MariaDB {said[0]}, here {said[1]}"


def _reason(thing: str, theirs: ColumnSeen, ours: ColumnSeen, text: str) -> str:
    return next((known.reason for known in KNOWN if thing in known.things and known.same(theirs, ours, text)), "")


def _known(things: str, reason: str, same: Callable[[ColumnSeen, ColumnSeen, str], bool]) -> KnownDefinition:
    return KnownDefinition(frozenset(things.split()), reason, same)


def _both(types: set[int], theirs: ColumnSeen, ours: ColumnSeen) -> bool:
    return {theirs.type, ours.type} <= types


def _computed(theirs: ColumnSeen, ours: ColumnSeen) -> bool:
    return not ours.table


def _wider_by_signs(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return _computed(theirs, ours) and _both(_WHOLE, theirs, ours) and 0 < ours.length - theirs.length <= 2


def _widest(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return _computed(theirs, ours) and _both(_WHOLE, theirs, ours) and ours.length in (20, 21, 22)


def _of_literals(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    literals = len(_LITERAL.findall(text))
    return _both(_TEXTS, theirs, ours) and 0 < ours.length - theirs.length <= _LETTER * literals


def _not_fixed(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return _both(_DOUBLES, theirs, ours) and ours.decimals == 31 and ours.length in (22, 23)


def _of_stored_literals(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    numbers = _both({*_WHOLE, FIELD_TYPE.NEWDECIMAL}, theirs, ours)
    return numbers and _QUERY_WITHIN.search(text) is not None and 0 < theirs.length - ours.length < 10


def _in_catalogue(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return _CATALOGUE.match(text) is not None or theirs.origin[0] == "information_schema"


def _of_view(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return bool(ours.table) and theirs.origin[1:] == ours.origin[1:]


def _of_hex(theirs: ColumnSeen, ours: ColumnSeen, text: str) -> bool:
    return ours.name.upper().startswith("HEX(") and theirs.length == 16 * _LETTER and ours.length % (2 * _LETTER) == 0


KNOWN = (
    _known("length", "HEX of a number is twice as wide as that in MySQL, and 16 digits in MariaDB", _of_hex),
    _known(
        "length decimals binary names NOT_NULL BINARY BLOB ENUM UNSIGNED NO_DEFAULT_VALUE",
        "MySQL's catalogue consists of views, MariaDB's of tables in memory",
        _in_catalogue,
    ),
    _known(
        "length decimals binary BINARY BLOB",
        "JSON is a type in MySQL, and another name of LONGTEXT in MariaDB",
        lambda theirs, ours, text: ours.type == FIELD_TYPE.JSON,
    ),
    _known(
        "length BINARY",
        "texts that functions of JSON give have lengths of their own in MySQL, and the collation utf8mb4_bin",
        lambda theirs, ours, text: ours.name.lower().startswith("json_"),
    ),
    _known(
        "length",
        "MySQL counts a sign in the length of a literal and of what functions of dates give; MariaDB does not",
        _wider_by_signs,
    ),
    _known(
        "length",
        "what has no narrower bound in MySQL (CAST AS SIGNED, FLOOR, ROUND, SIGN, UNIX_TIMESTAMP) is 21 long",
        _widest,
    ),
    _known("length", "a text that is made of numbers is as much longer as these literals are", _of_literals),
    _known(
        "length",
        "MariaDB makes an INT of a literal that a query in FROM gives; MySQL keeps its length",
        _of_stored_literals,
    ),
    _known(
        "length decimals",
        "a DOUBLE that is reckoned has no fixed decimals in MySQL, and a column keeps its length in MIN and MAX",
        _not_fixed,
    ),
    _known(
        "decimals",
        "MariaDB says of some computed texts that they have no decimals, of others 39; MySQL always 31",
        lambda theirs, ours, text: _both(_TEXTS, theirs, ours) and ours.decimals == 31 and theirs.decimals in (0, 39),
    ),
    _known(
        "decimals",
        "UNION ALL goes through a temporary table in MySQL, whose texts have no decimals",
        lambda theirs, ours, text: "union all" in text.lower() and (theirs.decimals, ours.decimals) == (39, 0),
    ),
    _known(
        "length BLOB",
        "GROUP_CONCAT is four times as long in MySQL",
        lambda theirs, ours, text: "group_concat" in text.lower() and ours.length in (16_384, 65_536),
    ),
    _known(
        "length",
        "a text that is a date and a time has room for 29 characters in MySQL",
        lambda theirs, ours, text: ours.type == FIELD_TYPE.STRING and ours.length == 29 * _LETTER,
    ),
    _known(
        "length",
        "TRUE and FALSE are 1 long in MySQL",
        lambda theirs, ours, text: (
            re.search(r"\b(true|false)\b", text, re.I) is not None and theirs.length > ours.length
        ),
    ),
    _known(
        "length",
        "FORMAT has room for 30 decimals in MySQL, whatever their number",
        lambda theirs, ours, text: ours.name.lower().startswith("format("),
    ),
    _known(
        "length decimals binary BINARY UNSIGNED NOT_NULL",
        "what type a user variable has is told otherwise",
        lambda theirs, ours, text: "@" in text and _computed(theirs, ours),
    ),
    _known(
        "NOT_NULL",
        "MariaDB says of more expressions that they may be NULL: of what it may have to convert, or decides by NULL",
        lambda theirs, ours, text: _computed(theirs, ours) and "NOT_NULL" in ours.flags,
    ),
    _known(
        "length",
        "MariaDB says of some comparisons with rows of a query that they are as wide as a BIGINT",
        lambda theirs, ours, text: (theirs.length, ours.length) == (21, 1) and _QUERY_WITHIN.search(text) is not None,
    ),
    _known(
        "NOT_NULL",
        "a regular expression, ANY and ALL may be NULL in MySQL",
        lambda theirs, ours, text: re.search(r"regexp|\b(any|all)\b", text, re.I) is not None,
    ),
    _known(
        "BINARY",
        "the numbers of a query that goes through a temporary table are told as those of columns are",
        lambda theirs, ours, text: (
            _both({*_WHOLE, *_DOUBLES, FIELD_TYPE.NEWDECIMAL, FIELD_TYPE.BIT}, theirs, ours)
            and _TEMPORARY.search(text) is not None
        ),
    ),
    _known(
        "NO_DEFAULT_VALUE",
        "MIN and MAX are told as their column is, where they are read from a temporary table",
        lambda theirs, ours, text: re.match(r"(min|max)\(", ours.name, re.I) is not None,
    ),
    _known(
        "NO_DEFAULT_VALUE",
        "a column that CREATE TABLE … SELECT makes of what is not NULL has a default in MySQL",
        lambda theirs, ours, text: bool(ours.table) and "NO_DEFAULT_VALUE" in theirs.flags and "NOT_NULL" in ours.flags,
    ),
    _known(
        " ".join(_KEYS),
        "which queries go through a temporary table, whose columns are no keys, is up to the optimizer",
        lambda theirs, ours, text: _TEMPORARY.search(text) is not None,
    ),
    _known(
        "UNSIGNED",
        "a TIMESTAMP is UNSIGNED in MariaDB",
        lambda theirs, ours, text: theirs.type == FIELD_TYPE.TIMESTAMP,
    ),
    _known(
        "UNSIGNED",
        "RANK and its like are UNSIGNED in MySQL",
        lambda theirs, ours, text: "UNSIGNED" in ours.flags and re.search(r"\bover\b", text, re.I) is not None,
    ),
    _known(
        "length",
        "MariaDB adds the room for a sign to a number with a minus in front, whether it has some or not",
        lambda theirs, ours, text: _computed(theirs, ours) and "-" in text and theirs.length - ours.length == 1,
    ),
    _known(
        "length",
        "an integer column that CREATE TABLE … SELECT makes is as wide as the expression in MariaDB",
        lambda theirs, ours, text: bool(theirs.table) and _both(_WHOLE, theirs, ours) and ours.length in (11, 20),
    ),
    _known("names", "the table of what a view gives is the view in MySQL, and has a database", _of_view),
    _known(
        "names",
        "what a query in FROM gives is a column of its own table in MariaDB, where it is kept",
        lambda theirs, ours, text: (
            _QUERY_WITHIN.search(text) is not None or re.search(r"\bover\b|json_table", text, re.I) is not None
        ),
    ),
)
