"""The rows of a file whose columns have certain values, found through an index and compared as MySQL compares."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sockservice.responder.answering.made_values import made_value, text_of
from sockservice.responder.answering.stub_values import BLOB_LENGTHS, INTEGER_BITS
from sockservice.responder.answering.tables.typed_rows import UNKNOWN, Row, TypedRows
from sockservice.responder.answering.templates.template import Names, Template
from sockservice.sqltypes import SqlType

MOST: Final = 10_000
"""Combinations of values that one request may ask for."""

_NUMERIC: Final = frozenset([*INTEGER_BITS, "DECIMAL", "FLOAT", "DOUBLE", "BIT", "YEAR"])
_TIMES: Final = frozenset(["DATE", "DATETIME", "TIMESTAMP", "TIME"])
_BINARY: Final = frozenset(["BINARY", "VARBINARY", "GEOMETRY", *BLOB_LENGTHS])
_PREFIX: Final = re.compile(r"\s*[-+]?(?:[0-9]{1,200}\.?[0-9]{0,200}|\.[0-9]{1,200})(?:[eE][-+]?[0-9]{1,3})?")
_NULL: Final = ("NULL",)
_NEVER: Final = ("equals nothing",)

Key = Any


class Selection:
    """Chooses rows.

    Args:
        rows: all rows; without templates.
        where: for columns by their numbers, the value that is wanted, a list of such, or a template of either. A
            written null wants NULL; a template that gives none wants nothing, as ``= NULL`` in SQL.
    """

    def __init__(self, rows: TypedRows, where: Mapping[int, Any]) -> None:
        self._rows = rows.rows
        self._numbers = tuple(where)
        self._wanted = tuple(where.values())
        self._types = tuple(rows.types[number] or UNKNOWN for number in where)
        # One index for each way to compare: a text column is compared with a number by its numbers.
        self._indices: dict[tuple[bool, ...], dict[tuple[Key, ...], list[int]]] = {}

    @property
    def constant(self) -> bool:
        """Whether it chooses the same rows each time."""
        return not any(
            isinstance(item, Template)
            for wanted in self._wanted
            for item in (wanted if isinstance(wanted, list) else [wanted])
        )

    def rows(self, names: Names) -> tuple[Row, ...]:
        """The rows that are chosen, in their order.

        Args:
            names: what the templates may use.

        Raises:
            ValueError: a template has no value, or too many values are asked for.
        """
        choices = [_values(wanted, names) for wanted in self._wanted]
        asked = 1
        for values in choices:
            asked *= len(values)
        if asked > MOST:
            raise ValueError(f"'where' asks for {asked:,} combinations of values; {MOST:,} are the most")
        chosen: set[int] = set()
        for values in itertools.product(*choices):
            numeric = tuple(map(_by_number, values, self._types))
            key = tuple(map(_key, values, self._types, numeric))
            chosen.update(self._index(numeric).get(key, ()))
        return tuple(self._rows[number] for number in sorted(chosen))

    def _index(self, numeric: tuple[bool, ...]) -> dict[tuple[Key, ...], list[int]]:
        index = self._indices.get(numeric)
        if index is None:
            index = {}
            for number, row in enumerate(self._rows):
                cells = [_NULL if row[column] is None else row[column] for column in self._numbers]
                index.setdefault(tuple(map(_key, cells, self._types, numeric)), []).append(number)
            self._indices[numeric] = index
        return index


def _values(wanted: Any, names: Names) -> Sequence[Any]:
    """What one column may have."""
    if not isinstance(wanted, Template):
        items = wanted if isinstance(wanted, list) else [wanted]
        return list(itertools.chain.from_iterable(_item(item, names) for item in items))
    return list(_item(wanted, names))


def _item(item: Any, names: Names) -> Iterable[Any]:
    if not isinstance(item, Template):
        return [_NULL if item is None else item]
    value = item.value(names)
    return value if isinstance(value, (list, tuple)) else [value]


def _by_number(value: Any, kind: SqlType) -> bool:
    """Whether a value is compared with the cells of a column by their numbers."""
    if kind.name in _NUMERIC:
        return True
    return kind.name not in _TIMES and isinstance(value, (int, float, Decimal))


def _key(value: Any, kind: SqlType, numeric: bool) -> Key:
    """What equal values have in common."""
    if value is _NULL:
        return _NULL
    if value is None:
        return _NEVER
    try:
        if numeric:
            return _number(value)
        if kind.name in _TIMES:
            return _moment(value, kind)
    except (ValueError, ArithmeticError):
        return _NEVER
    if kind.name in _BINARY:
        return bytes(value) if isinstance(value, (bytes, bytearray)) else text_of(value).encode("utf-8", "replace")
    return folded(text_of(value))


def _number(value: Any) -> Decimal:
    """The number that MySQL takes a value for: of a text, what it begins with."""
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    begin = _PREFIX.match(text_of(value))
    return Decimal(begin[0].strip()) if begin else Decimal(0)


def _moment(value: Any, kind: SqlType) -> Any:
    """A date or time as cells of the column have it; a moment within a day is no date."""
    if kind.name == "DATE" and isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else _NEVER
    if kind.name == "DATE" and isinstance(value, date):
        return value
    if kind.name != "DATE" and isinstance(value, str) and kind.length is None:
        value = value.removesuffix(".000000")
    return made_value(value, kind)


def folded(text: str) -> str:
    """A text without case and accents, as the collation ``utf8mb4_0900_ai_ci`` compares it."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
