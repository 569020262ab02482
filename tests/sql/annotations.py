"""What ``-- mysql:`` says in a file of the corpus: how MySQL 8.4 answers where MariaDB answers otherwise.

An annotation is a word, a value and, in parentheses at the end, the section of the MySQL 8.4 reference manual
(or of the error reference) that it is taken from:

``error CODE [SQLSTATE]``
    It fails. Nothing else is compared.
``fails``
    It fails, with an error that the manual does not tell. Nothing else is compared.
``ok``
    It succeeds where MariaDB fails; nothing else is compared but what other annotations say.
``rows [(1, 'a'), (2, None)]``
    The rows, as a literal of Python; a text stands for any value that prints like it (a decimal, a date).
``columns ['a', 'b']``
    The names of the columns.
``types LONGLONG VAR_STRING``
    The types of the columns, by their names in the protocol.
``definitions [(21, 0), (40, 31)]``
    The lengths and decimals of the columns; nothing else is compared of their definitions.
``warnings [('Warning', 1287)]``
    What SHOW WARNINGS lists; ``[]`` for none.
``affected 2``, ``insert_id 7``
    The numbers of the OK packet.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import attrs
from pymysql.constants import FIELD_TYPE

ASPECTS = {
    "rows": "the values with their Python types, in order",
    "columns": "the names of the columns",
    "types": "the type codes of the columns",
    "definitions": "what is said of columns beside: lengths, decimals, flags, whose they are",
    "affected": "the number of affected rows in the OK packet",
    "insert_id": "the last insert id in the OK packet",
    "info": "the text of the OK packet after INSERT, REPLACE and UPDATE",
    "warnings": "what SHOW WARNINGS lists: level and code",
    "error": "the code and the SQLSTATE",
    "details": "what the message of an error names: the quoted parts and the numbers of rows and lines",
}
"""What is compared of an outcome."""

TYPE_NAMES = {
    value: name
    for name, value in vars(FIELD_TYPE).items()
    if name.isupper() and name not in ("CHAR", "INTERVAL")  # other names of TINY and ENUM
}
"""The names of the protocol's type codes."""

_CODES = {name: code for code, name in TYPE_NAMES.items()}
_ANNOTATION = re.compile(r"(\w+)\s*(.*?)\s*\(([^()]*(?:\(\))?[^()]*)\)")


@attrs.frozen
class Expected:
    """What MySQL answers in one aspect.

    Attributes:
        aspect: a word of ``ASPECTS``, or ``fails`` or ``ok``.
        value: as the same aspect of an outcome; for an error the code, and the SQLSTATE or "".
        section: where it is written.
    """

    aspect: str
    value: Any
    section: str


def read_expected(text: str) -> Expected:
    """What an annotation says.

    Raises:
        ValueError: it is not written as above.
    """
    found = _ANNOTATION.fullmatch(text)
    if not found or not found[3].strip():
        raise ValueError(f"-- mysql: needs an outcome and a section of the manual in parentheses, not {text!r}")
    aspect, value, section = found.groups()
    if aspect not in _READERS:
        raise ValueError(f"{aspect!r} is not known in -- mysql: {text}; known: {', '.join(_READERS)}")
    try:
        return Expected(aspect, _READERS[aspect](value), section)
    except (ValueError, SyntaxError) as error:
        raise ValueError(f"{value!r} is no value for {aspect}: {error}") from error


def _nothing(value: str) -> None:
    if value:
        raise ValueError("it takes none")


def _error(value: str) -> tuple[int, str]:
    code, _, sqlstate = value.partition(" ")
    return int(code), sqlstate


def _types(value: str) -> tuple[int, ...]:
    if wrong := [name for name in value.split() if name not in _CODES]:
        raise ValueError(f"{wrong[0]!r} is no name of a type; names are {', '.join(_CODES)}")
    return tuple(_CODES[name] for name in value.split())


def _tuples(value: str) -> tuple[Any, ...]:
    return tuple(ast.literal_eval(value))


_READERS = {
    "error": _error,
    "fails": _nothing,
    "ok": _nothing,
    "rows": _tuples,
    "columns": _tuples,
    "types": _types,
    "definitions": _tuples,
    "warnings": _tuples,
    "affected": int,
    "insert_id": int,
}
