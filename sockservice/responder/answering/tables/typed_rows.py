"""Rows whose columns have types: declared, or told from the values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import attrs

from sockservice.answers import Column
from sockservice.errors import ConfigurationError, counted
from sockservice.responder.answering.made_values import exact_type
from sockservice.responder.answering.stub_values import INTEGER_BITS, inferred, value_of
from sockservice.responder.answering.tables.sheet import Line, Quoted, Sheet
from sockservice.responder.answering.templates.template import Template
from sockservice.sqltypes import SqlType

Row = tuple[Any, ...]

TOLD: Final = 50
"""How many mistakes of one source are told one by one."""
UNKNOWN: Final = SqlType("VARCHAR", 255)
"""What a client is told of a column whose type is not known before its values are."""

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,19})")
_EXACT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_FLOATING: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][-+]?[0-9]{1,3}")
_WORDS: Final = {"true": 1, "false": 0}
_KEEPS_EMPTY: Final = frozenset(
    """CHAR VARCHAR TINYTEXT TEXT MEDIUMTEXT LONGTEXT BINARY VARBINARY TINYBLOB BLOB MEDIUMBLOB LONGBLOB SET""".split()
)


@attrs.frozen(eq=False)
class TypedRows:
    """Rows that are ready to be sent, but for what templates stand for.

    Attributes:
        labels: of the columns.
        types: of the columns; None for one that has templates and was not declared: its values tell.
        rows: each as long; a cell is a value of its column, or a Template; as written where the type is not known.
        declared: the labels of the columns whose type somebody wrote.
    """

    labels: tuple[str, ...]
    types: tuple[SqlType | None, ...]
    rows: tuple[Row, ...]
    declared: frozenset[str] = frozenset()

    @property
    def live(self) -> bool:
        """Whether there are templates in it."""
        return any(isinstance(cell, Template) for row in self.rows for cell in row)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as far as they are known before the values are."""
        return tuple(Column(label, kind or UNKNOWN) for label, kind in zip(self.labels, self.types, strict=True))


def typed(sheet: Sheet, declared: Mapping[str, SqlType | None], found: list[ConfigurationError]) -> TypedRows:
    """Give the columns of a sheet their types and its cells their values.

    Args:
        sheet: the rows.
        declared: types by label; None for one that is wrong, which is told already.
        found: gets what is wrong, each with its place.
    """
    mistakes: list[ConfigurationError] = []
    kinds: list[SqlType | None] = []
    wrong: set[int] = {number for number, label in enumerate(sheet.labels) if declared.get(label, "") is None}
    for number, label in enumerate(sheet.labels):
        cells = [line.cells[number] for line in sheet.lines]
        kind = declared.get(label)
        if kind is None and number not in wrong and not any(isinstance(cell, Template) for cell in cells):
            try:
                kind = _inferred_text(cells) if sheet.textual else inferred(cells)
            except ValueError as reason:
                wrong.add(number)
                mistakes.append(ConfigurationError(f"column {label!r} {reason}", sheet.place(-1, number)))
        kinds.append(kind)
    rows = [tuple(_values(sheet, line, kinds, mistakes)) for line in sheet.lines]
    found.extend(mistakes[:TOLD])
    if len(mistakes) > TOLD:
        more = counted(len(mistakes) - TOLD, "mistake")
        found.append(ConfigurationError(f"{more} more of this kind", mistakes[TOLD].place))
    return TypedRows(sheet.labels, tuple(kinds), tuple(rows), frozenset(declared))


def _values(
    sheet: Sheet, line: Line, kinds: Sequence[SqlType | None], mistakes: list[ConfigurationError]
) -> Iterator[Any]:
    for number, (cell, kind) in enumerate(zip(line.cells, kinds, strict=True)):
        if kind is None or cell is None or isinstance(cell, Template):
            yield cell
            continue
        try:
            yield value_of(_from_text(cell, kind) if sheet.textual else cell, kind)
        except ValueError as reason:
            problem = f"column {sheet.labels[number]!r} ({kind.name}): {reason}"
            mistakes.append(ConfigurationError(problem, sheet.place(line.number, number)))
            yield None


def _from_text(cell: str, kind: SqlType) -> Any:
    """A cell that can only be text, as its column means it."""
    if not cell and not isinstance(cell, Quoted) and kind.name not in _KEEPS_EMPTY:
        return None
    if kind.name in INTEGER_BITS or kind.name == "BIT":
        if kind.name == "BIT" and cell.isdecimal():
            return int(cell) if len(cell) <= 20 else cell
        return _WORDS.get(cell.lower(), cell)
    return str(cell)


def _inferred_text(cells: Sequence[str | None]) -> SqlType:
    """The type of a column of text: a number where every cell is one, else text. An empty cell says nothing."""
    present = [cell for cell in cells if cell or isinstance(cell, Quoted)]
    if present and not any(isinstance(cell, Quoted) for cell in present):
        if all(map(_INTEGER.fullmatch, present)):
            numbers = [int(cell) for cell in present]
            if min(numbers) >= -(1 << 63) and max(numbers) < 1 << (64 if min(numbers) >= 0 else 63):
                return SqlType("BIGINT", unsigned=max(numbers) >= 1 << 63)
        elif all(_EXACT.fullmatch(cell) or _INTEGER.fullmatch(cell) for cell in present):
            kind = exact_type([Decimal(cell) for cell in present])
            if kind.length is not None and kind.length < 65:
                return kind
        elif all(_FLOATING.fullmatch(cell) or _EXACT.fullmatch(cell) or _INTEGER.fullmatch(cell) for cell in present):
            return SqlType("DOUBLE")
    return inferred([None if cell is None else str(cell) for cell in cells])
