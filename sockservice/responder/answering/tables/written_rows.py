"""Rows as lists and maps, as a stub file, a JSON file or a YAML file has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sockservice.documents import TORN
from sockservice.errors import ConfigurationError, Place, counted, did_you_mean
from sockservice.responder.answering.tables.sheet import NO_TYPES, Line, Sheet
from sockservice.responder.mistakes import Mistakes


class Origin(Protocol):
    """Where the rows stand."""

    def place(self, *keys: str | int, key: bool = False) -> Place:
        """Where a value stands: the way to it from the rows; ``key`` for the place of its key."""

    def torn(self, *keys: str | int) -> bool:
        """Whether a comma in a text without quotes may have made its rest the key at ``keys``."""


def written_rows(
    rows: Sequence[Any],
    columns: Sequence[str] | None,
    origin: Origin,
    types: Mapping[str, str] = NO_TYPES,
) -> tuple[Sheet, list[ConfigurationError]]:
    """Read rows.

    Args:
        rows: each a list in the order of the columns, or a map from label to value; what a map leaves out is NULL.
        columns: the labels; None: those that occur in the maps, in the order in which they first do.
        origin: where they stand.
        types: what their source says of the columns' types.

    Returns:
        The rows that are sound, and what is wrong with the others.

    Raises:
        Mistakes: they have no columns.
    """
    labels = tuple(columns) if columns is not None else _labels(rows, origin)
    found: list[ConfigurationError] = []
    lines = []
    for index, row in enumerate(rows):
        cells = _cells(row, labels, index, origin, found)
        if cells is not None:
            lines.append(Line(index, cells))

    def place(line: int, column: int) -> Place:
        if line < 0:
            return origin.place()
        return origin.place(line, column if isinstance(rows[line], list) else labels[column])

    return Sheet(labels, lines, place, types=types), found


def _labels(rows: Sequence[Any], origin: Origin) -> tuple[str, ...]:
    for index, row in enumerate(rows):
        if isinstance(row, list):
            problem = "rows that are lists need 'columns' beside 'rows'"
            raise Mistakes([ConfigurationError(problem, origin.place(index))])
    labels = dict.fromkeys(label for row in rows if isinstance(row, dict) for label in row)
    if not labels:
        problem = "without values, a result set needs 'columns' beside 'rows'"
        raise Mistakes([ConfigurationError(problem, origin.place())])
    return tuple(labels)


def _cells(
    row: Any, labels: tuple[str, ...], index: int, origin: Origin, found: list[ConfigurationError]
) -> list[Any] | None:
    """The values of a row in the order of the columns; None for a row that cannot be used."""
    if isinstance(row, list):
        if len(row) == len(labels):
            return row
        values, columns = counted(len(row), "value"), counted(len(labels), "column")
        found.append(ConfigurationError(f"row {index + 1} has {values} for {columns}", origin.place(index)))
        return None
    if not isinstance(row, dict):
        found.append(ConfigurationError(f"row {index + 1} must be a list or a map", origin.place(index)))
        return None
    for label in row:
        if label not in labels:
            torn = row[label] is None and origin.torn(index, label)
            problem = TORN if torn else f"{label!r} is not among the columns{did_you_mean(label, labels)}"
            found.append(ConfigurationError(problem, origin.place(index, label, key=True)))
            if torn:
                break
    return [row.get(label) for label in labels]
