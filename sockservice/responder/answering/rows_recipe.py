"""Result sets: constant, with templates in them, chosen by a request, repeated, padded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from sockservice.answers import LONG_FILLER, Column, Padded, Rows
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.made_values import inferred_made, made_value, roomy
from sockservice.responder.answering.recipe import CannotAnswer, Recipe, constant, failure
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.stub_values import BLOB_LENGTHS, TEXT_LENGTHS
from sockservice.responder.answering.tables.selection import Selection
from sockservice.responder.answering.tables.typed_rows import Row, TypedRows
from sockservice.responder.answering.templates.template import Names, Template, TemplateFailed
from sockservice.sqltypes import SqlType

_TEXT: Final = frozenset(["CHAR", "VARCHAR", *TEXT_LENGTHS])
_BINARY: Final = frozenset(["BINARY", "VARBINARY", *BLOB_LENGTHS])


@attrs.frozen
class Padding:
    """How the rows are made longer.

    Attributes:
        column: the number of the column that is padded.
        size: bytes of all cells of a row together.
    """

    column: int
    size: int

    def padded(self, row: Row) -> Row:
        """The row, as long as it is to be."""
        others = sum(_bytes_of(cell) for number, cell in enumerate(row) if number != self.column)
        cell = row[self.column]
        missing = max(self.size - others - _bytes_of(cell), 0)
        filled: Any
        if missing >= LONG_FILLER:
            filled = Padded("" if cell is None else cell, missing)
            return (*row[: self.column], filled, *row[self.column + 1 :])
        filled = cell + b"x" * missing if isinstance(cell, bytes) else (cell or "") + "x" * missing
        return (*row[: self.column], filled, *row[self.column + 1 :])


def _bytes_of(cell: Any) -> int:
    if cell is None:
        return 0
    return len(cell) if isinstance(cell, bytes) else len(str(cell).encode("utf-8", "replace"))


def padding(rows: TypedRows, size: int) -> tuple[TypedRows, Padding]:
    """The rows with room for a padding, and that.

    Args:
        rows: a column of them that was not declared becomes LONGTEXT or LONGBLOB where it is padded.
        size: bytes of a row.

    Raises:
        ValueError: none of the columns has the room.
    """
    for number in reversed(range(len(rows.labels))):
        kind = rows.types[number]
        name = "" if kind is None else kind.name
        if kind is not None and name not in _TEXT | _BINARY | {"NULL"}:
            continue
        if rows.labels[number] in rows.declared and kind is not None:
            most = kind.length or {**TEXT_LENGTHS, **BLOB_LENGTHS}.get(name, 1)
            if most < size:
                raise ValueError(f"row_size pads column {rows.labels[number]!r}, which holds {most:,} at most")
            return rows, Padding(number, size)
        wide = SqlType("LONGBLOB" if name in _BINARY else "LONGTEXT")
        types = (*rows.types[:number], wide, *rows.types[number + 1 :])
        return attrs.evolve(rows, types=types), Padding(number, size)
    raise ValueError("row_size needs a text or binary column to pad")


@attrs.frozen(eq=False)
class _Volume:
    """Rows that are made while they are sent: memory stays flat, however many they are.

    Attributes:
        passes: gives all rows once, each time it is called.
        times: how often.
        padding: how they are made longer.
    """

    passes: Callable[[int], Iterable[Row]]
    times: int
    padding: Padding | None

    def __iter__(self) -> Iterator[Row]:
        for number in range(self.times):
            rows = self.passes(number)
            yield from rows if self.padding is None else map(self.padding.padded, rows)


def rows_recipe(
    rows: TypedRows,
    dice: Dice,
    *,
    selection: Selection | None = None,
    times: int = 1,
    padding: Padding | None = None,
) -> Recipe:
    """A result set.

    Args:
        rows: all rows.
        dice: for the templates in them, and for whose name stands in errors.
        selection: which of them a request gets; None for all.
        times: how often they are sent.
        padding: how they are made longer.
    """
    lazy = times > 1 or padding is not None

    def given(columns: tuple[Column, ...], fixed: Sequence[Row]) -> Rows:
        return Rows(columns, _Volume(lambda _: fixed, times, padding) if lazy else tuple(fixed))

    columns = rows.columns
    if selection is not None and not selection.constant:

        def select(situation: Situation) -> Rows:
            try:
                return given(columns, selection.rows(_names(situation, dice)))
            except ValueError as reason:
                raise CannotAnswer(f"'where': {reason}") from None

        return Recipe(select, None, Rows(columns))
    if not rows.live:
        return constant(given(columns, rows.rows if selection is None else selection.rows({})))

    def make(situation: Situation) -> Rows:
        names = _names(situation, dice)
        filled = [_filled(row, rows.labels, names) for row in rows.rows]
        kinds = _kinds(rows, filled, more=times > 1)
        first = [_fitted(row, rows.labels, kinds) for row in filled]
        known = tuple(Column(label, kind) for label, kind in zip(rows.labels, kinds, strict=True))
        if not lazy:
            return Rows(known, tuple(first))

        def passes(number: int) -> Iterable[Row]:
            if number == 0:
                return first
            return _anew(rows, kinds, names, dice)

        return Rows(known, _Volume(passes, times, padding))

    return Recipe(make, None, Rows(columns))


def _names(situation: Situation, dice: Dice) -> Names:
    # What only files with templates need is imported for them only.
    from sockservice.responder.answering.templates.names import names_of

    return names_of(situation, dice)


def _anew(rows: TypedRows, kinds: Sequence[SqlType], names: Names, dice: Dice) -> Iterator[Row]:
    """The rows once more; where one cannot be made, the result ends with an error."""
    for row in rows.rows:
        try:
            made = _fitted(_filled(row, rows.labels, names), rows.labels, kinds)
        except CannotAnswer as reason:
            raise ValueError(failure(dice.name, str(reason)).message) from None
        yield made


def _filled(row: Row, labels: Sequence[str], names: Names) -> list[Any]:
    cells = list(row)
    for number, cell in enumerate(row):
        if isinstance(cell, Template):
            try:
                cells[number] = cell.value(names)
            except TemplateFailed as reason:
                raise CannotAnswer(f"column {labels[number]!r}: {reason}") from None
    return cells


def _kinds(rows: TypedRows, filled: Sequence[Sequence[Any]], *, more: bool) -> list[SqlType]:
    """The types of all columns, where the values tell those that nobody declared; with room, where more follow."""
    kinds = []
    for number, (label, kind) in enumerate(zip(rows.labels, rows.types, strict=True)):
        if kind is None:
            try:
                kind = inferred_made([row[number] for row in filled])
                kind = roomy(kind) if more else kind
            except ValueError as reason:
                raise CannotAnswer(f"column {label!r} {reason}") from None
        kinds.append(kind)
    return kinds


def _fitted(row: Sequence[Any], labels: Sequence[str], kinds: Sequence[SqlType]) -> Row:
    cells = []
    for label, kind, cell in zip(labels, kinds, row, strict=True):
        try:
            cells.append(made_value(cell, kind))
        except ValueError as reason:
            raise CannotAnswer(f"column {label!r} ({kind.name}): {reason}") from None
    return tuple(cells)
