"""MySQL's column types, as written in SQL, as a value that every room can read.

``SqlType.parse("DECIMAL(10,2) UNSIGNED")`` is the one way from text to type. What a type looks like on the
wire is the business of the MySQL room; how a value of it is stored is the business of the embedded SQL.
"""

from __future__ import annotations

import functools
import re
from typing import Final

import attrs

from sockservice.errors import did_you_mean

NAMES: Final = frozenset(
    """TINYINT SMALLINT MEDIUMINT INT BIGINT FLOAT DOUBLE DECIMAL BIT YEAR DATE TIME DATETIME TIMESTAMP
    CHAR VARCHAR BINARY VARBINARY TINYTEXT TEXT MEDIUMTEXT LONGTEXT TINYBLOB BLOB MEDIUMBLOB LONGBLOB
    ENUM SET JSON GEOMETRY NULL""".split()
)
"""Every type there is, by MySQL's own name."""

SYNONYMS: Final = {
    "INTEGER": "INT",
    "INT1": "TINYINT",
    "INT2": "SMALLINT",
    "INT3": "MEDIUMINT",
    "INT4": "INT",
    "INT8": "BIGINT",
    "NUMERIC": "DECIMAL",
    "DEC": "DECIMAL",
    "FIXED": "DECIMAL",
    "REAL": "DOUBLE",
    "DOUBLE PRECISION": "DOUBLE",
    "CHARACTER": "CHAR",
    "NCHAR": "CHAR",
    "CHARACTER VARYING": "VARCHAR",
    "NVARCHAR": "VARCHAR",
}
"""Other spellings that MySQL takes (MySQL 8.4 manual, 13.9 "Using Data Types from Other Database Engines")."""

_SHAPE: Final = re.compile(
    r"\s*(?P<name>[A-Za-z][A-Za-z0-9]*(?:\s+(?:PRECISION|VARYING))?)\s*(?:\((?P<inside>.*)\))?(?P<tail>[\sA-Za-z0-9_]*)",
    re.IGNORECASE | re.DOTALL,
)
_MEMBER: Final = re.compile(r"\s*'((?:[^'\\]|''|\\.)*)'\s*(?:,|$)", re.DOTALL)
_TAKES_NUMBERS: Final = {
    "DECIMAL": 2,
    "FLOAT": 2,
    "DOUBLE": 2,
    **dict.fromkeys(
        """TINYINT SMALLINT MEDIUMINT INT BIGINT BIT YEAR TIME DATETIME TIMESTAMP
        CHAR VARCHAR BINARY VARBINARY TEXT BLOB""".split(),
        1,
    ),
}
_LARGEST: Final = {
    "DECIMAL": (65, 30),
    "FLOAT": (255, 30),
    "DOUBLE": (255, 30),
    "BIT": (64,),
    **dict.fromkeys(["TIME", "DATETIME", "TIMESTAMP"], (6,)),
}
"""The largest numbers in brackets (MySQL 8.4 manual, 13.1.1 and 13.2.1)."""
_NUMERIC: Final = frozenset("TINYINT SMALLINT MEDIUMINT INT BIGINT FLOAT DOUBLE DECIMAL".split())

_FILLED: Final = {
    "TINYINT": 3,
    "SMALLINT": 5,
    "MEDIUMINT": 8,
    "INT": 10,
    "BIGINT": 20,
    "DECIMAL": 10,
    "FLOAT": 12,
    "DOUBLE": 22,
}
"""Characters of a number with ZEROFILL that says no width."""


@attrs.frozen
class SqlType:
    """A column type.

    Attributes:
        name: one of :data:`NAMES`.
        length: the first number in brackets (characters, digits, bits; fractional digits of a time), or None.
        decimals: the second number in brackets, or None.
        unsigned: UNSIGNED was given.
        values: the members of an ENUM or SET.
        zerofill: ZEROFILL was given: texts of its values have zeros in front.
    """

    name: str
    length: int | None = None
    decimals: int | None = None
    unsigned: bool = False
    values: tuple[str, ...] = ()
    zerofill: bool = False

    @property
    def filled_width(self) -> int:
        """How many characters a number with ZEROFILL has at least."""
        if self.length is None:
            return _FILLED[self.name]
        return self.length + (self.name == "DECIMAL" and bool(self.decimals))

    @staticmethod
    @functools.lru_cache(maxsize=1024)
    def parse(text: str) -> SqlType:
        """Read a type as it is written in SQL; case does not matter.

        Args:
            text: for example ``INT UNSIGNED``, ``DATETIME(3)``, ``ENUM('new','paid')``, ``BOOLEAN``.

        Raises:
            ValueError: there is no such type, or its brackets do not hold what it takes; the message names
                the nearest type.
        """
        shape = _SHAPE.fullmatch(text)
        if shape is None:
            raise ValueError(f"{text!r} is not a column type")
        name = " ".join(shape["name"].upper().split())
        inside, tail = shape["inside"], shape["tail"].upper().split()
        if name in ("BOOL", "BOOLEAN"):
            if inside is not None or tail:
                raise ValueError(f"{text!r}: {name} takes nothing after it")
            return SqlType("TINYINT", 1)
        name = SYNONYMS.get(name, name)
        if name not in NAMES:
            raise ValueError(f"{text!r} is not a column type{did_you_mean(name, NAMES | SYNONYMS.keys())}")
        unsigned, zerofill = _read_attributes(text, name, tail)
        if name in ("ENUM", "SET"):
            return SqlType(name, values=_read_members(text, name, inside))
        numbers = _read_numbers(text, name, inside)
        length, decimals = (*numbers, None, None)[:2]
        if decimals is not None and length is not None and decimals > length:
            raise ValueError(f"{text!r}: the decimals cannot be more than the digits")
        return SqlType(name, length, decimals, unsigned, zerofill=zerofill)


def _read_attributes(text: str, name: str, words: list[str]) -> tuple[bool, bool]:
    """Whether it is UNSIGNED, which ZEROFILL implies, and whether it is ZEROFILL."""
    unsigned = zerofill = False
    for word in words:
        if word in ("UNSIGNED", "ZEROFILL", "SIGNED") and name in _NUMERIC:
            unsigned = unsigned or word != "SIGNED"
            zerofill = zerofill or word == "ZEROFILL"
        else:
            raise ValueError(f"{text!r}: {name} does not take {word}")
    return unsigned, zerofill


def _read_numbers(text: str, name: str, inside: str | None) -> tuple[int, ...]:
    if inside is None:
        return ()
    parts = [part.strip() for part in inside.split(",")]
    if not all(part.isdecimal() and part.isascii() for part in parts):
        raise ValueError(f"{text!r}: the brackets of {name} take numbers only")
    if len(parts) > _TAKES_NUMBERS.get(name, 0):
        raise ValueError(f"{text!r}: {name} takes {_TAKES_NUMBERS.get(name, 0) or 'no'} number(s) in brackets")
    for part, largest in zip(parts, _LARGEST.get(name, ()), strict=False):
        if len(part) > 9 or int(part) > largest:
            raise ValueError(f"{text!r:.60}: {name} takes at most {largest} there, not {part:.20}")
    return tuple(int(part) for part in parts)


def _read_members(text: str, name: str, inside: str | None) -> tuple[str, ...]:
    members, at = [], 0
    while inside is not None and at < len(inside):
        member = _MEMBER.match(inside, at)
        if member is None:
            break
        members.append(member[1].replace("''", "'").replace("\\'", "'"))
        at = member.end()
    if inside is None or at < len(inside) or not members:
        raise ValueError(f"{text!r}: {name} takes its members in brackets, as in {name}('new','paid')")
    return tuple(members)
