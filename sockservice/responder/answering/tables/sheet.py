"""Rows as they were written, before their columns have types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs

from sockservice.errors import Place

NO_TYPES: Final[Mapping[str, str]] = MappingProxyType({})

LONGEST_LABEL: Final = 256
"""Characters of a column alias (MySQL 8.4 manual, 11.2 "Schema Object Names")."""


class Quoted(str):
    """A cell of a text that stands in quotes: it is text, whatever it looks like."""

    __slots__ = ()


@attrs.frozen
class Line:
    """One row.

    Attributes:
        number: where it stands, for :attr:`Sheet.place`.
        cells: one a column: None, or a value as YAML has it, or a template.
    """

    number: int
    cells: Sequence[Any]


@attrs.frozen
class Sheet:
    """All rows of one source.

    Attributes:
        labels: of the columns.
        lines: the rows.
        place: where a cell stands: of a line's number (-1: the column as a whole) and a column's.
        textual: whether all cells are text because the source knows nothing else, as in CSV.
        types: what the source itself says of the columns' types, by label.
    """

    labels: tuple[str, ...]
    lines: Sequence[Line]
    place: Callable[[int, int], Place]
    textual: bool = False
    types: Mapping[str, str] = NO_TYPES


def label_mistake(labels: Sequence[str]) -> str | None:
    """What is wrong with the labels of a header; None where they are sound."""
    if not labels:
        return "the header names no column"
    for number, label in enumerate(labels, 1):
        if not label:
            return f"column {number} has no label"
        if len(label) > LONGEST_LABEL:
            return f"a label has at most {LONGEST_LABEL} characters"
    twice = next((label for number, label in enumerate(labels) if label in labels[:number]), None)
    return None if twice is None else f"the label {twice!r} stands twice"
