"""Files of rows beside a stub file: CSV, JSON and YAML, read when the stub file is loaded."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from sockservice.documents import Document, read_document, read_text
from sockservice.errors import ConfigurationError, Place, counted
from sockservice.responder.answering.tables.sheet import NO_TYPES, Line, Sheet, label_mistake
from sockservice.responder.answering.tables.typed_rows import TOLD
from sockservice.responder.answering.tables.written_rows import written_rows
from sockservice.responder.mistakes import Mistakes

LIMIT: Final = 32 * 1024 * 1024
"""Bytes of the largest file of rows: they are kept in memory. ``repeat_rows`` makes more out of fewer."""
NULLS: Final = ("NULL", r"\N")
"""What stands for NULL in CSV where the stub does not say: the word, and what LOAD DATA takes."""

_ROWS: Final = re.compile(r'"rows"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")


def read_csv(path: Path, delimiter: str = ",", nulls: Sequence[str] = NULLS) -> Sheet:
    """Read a CSV file (RFC 4180), whose first line has the labels.

    Args:
        path: the file.
        delimiter: the character between two cells.
        nulls: what stands for NULL.

    Raises:
        ConfigurationError: it cannot be read.
        Mistakes: it has no sound header, or a row has not as many cells.
    """
    text = read_text(path, LIMIT)
    before = csv.field_size_limit(LIMIT)
    try:
        return _csv_sheet(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), nulls)
    finally:
        csv.field_size_limit(before)


def _csv_sheet(path: Path, reader: Any, nulls: Sequence[str]) -> Sheet:
    lines: list[Line] = []
    found: list[ConfigurationError] = []
    labels: tuple[str, ...] | None = None
    missing = frozenset(nulls)
    for line, cells in _numbered(path, reader):
        if labels is None:
            labels = tuple(cell.strip() for cell in cells)
            problem = label_mistake(labels)
            if problem:
                raise Mistakes([ConfigurationError(problem, Place(path, line))])
        elif len(cells) == len(labels):
            lines.append(Line(line, [None if cell in missing else cell for cell in cells]))
        elif len(found) < TOLD:
            wrong = f"this row has {counted(len(cells), 'cell')} for {counted(len(labels), 'column')}"
            found.append(ConfigurationError(wrong, Place(path, line)))
    if labels is None:
        found.append(ConfigurationError("the file has no header", Place(path)))
    if found:
        raise Mistakes(found)
    return Sheet(labels or (), lines, lambda line, _: Place(path, max(line, 1)), textual=True)


def _numbered(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line on which it begins; empty lines are none."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Mistakes([ConfigurationError(f"not CSV: {error}", Place(path, reader.line_num or 1))]) from None
        if cells:
            yield line, cells


def read_json(path: Path, columns: Sequence[str] | None = None) -> Sheet:
    """Read a JSON file: a list of rows, or an object with ``columns`` and ``rows``.

    Args:
        path: the file.
        columns: the labels that the stub declares; for rows that are lists, where the file itself names none.

    Raises:
        ConfigurationError: it cannot be read.
        Mistakes: it is not JSON, or has not this shape.
    """
    text = read_text(path, LIMIT)
    try:
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = Place(path, error.lineno, error.colno)
        raise Mistakes([ConfigurationError(f"not JSON: {error.msg}", place)]) from None
    except (ValueError, RecursionError) as error:
        raise Mistakes([ConfigurationError(f"not JSON: {error}", Place(path))]) from None
    return _rows_sheet(value, columns, _JsonOrigin(path, text))


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def read_yaml(path: Path, columns: Sequence[str] | None = None) -> Sheet:
    """Read a YAML file of the same shapes as JSON; arguments and errors are those of :func:`read_json`."""
    document = read_document(path, object, limit=LIMIT)
    return _rows_sheet(document.value, columns, _YamlOrigin(document))


READERS: Final[Mapping[str, Callable[[Path, Sequence[str] | None], Sheet]]] = {
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}
"""What reads a file of rows that are lists and maps, by the end of its name."""


def _rows_sheet(value: Any, columns: Sequence[str] | None, origin: _JsonOrigin | _YamlOrigin) -> Sheet:
    types: Mapping[str, str] = NO_TYPES
    rows = value
    if isinstance(value, dict):
        rows, known = value.get("rows"), value.get("columns", {})
        if isinstance(known, dict) and all(isinstance(kind, str) for kind in known.values()):
            types = known
        elif not isinstance(known, list) or not all(isinstance(label, str) for label in known):
            wrong = "'columns' is a list of labels, or a map from label to type"
            raise Mistakes([ConfigurationError(wrong, origin.top)])
        columns = list(known) or columns
        origin = attrs.evolve(origin, below=True)
    if not isinstance(rows, list):
        wrong = "a file of rows is a list of them, or a map with 'columns' and 'rows'"
        raise Mistakes([ConfigurationError(wrong, origin.top)])
    # Maps name their columns themselves, so that a stub may declare the types of some.
    named = rows is value and rows and all(isinstance(row, dict) for row in rows)
    sheet, found = written_rows(rows, None if named else columns, origin, types)
    if found:
        raise Mistakes(found[:TOLD])
    return sheet


@attrs.frozen
class _YamlOrigin:
    document: Document[Any]
    below: bool = False

    @property
    def top(self) -> Place:
        return self.document.place()

    def place(self, *keys: str | int, key: bool = False) -> Place:
        return self.document.place(*(("rows",) if self.below else ()), *keys, key=key)

    def torn(self, *keys: str | int) -> bool:
        return self.document.torn(*(("rows",) if self.below else ()), *keys) is not None


@attrs.frozen
class _JsonOrigin:
    path: Path
    text: str = attrs.field(repr=False)
    below: bool = False

    @property
    def top(self) -> Place:
        return Place(self.path)

    def place(self, *keys: str | int, key: bool = False) -> Place:  # noqa: ARG002 - a row is near enough
        return Place(self.path, self._line_of(keys[0]) if keys and isinstance(keys[0], int) else 1)

    def torn(self, *keys: str | int) -> bool:  # noqa: ARG002 - JSON has quotes
        return False

    def _line_of(self, row: int) -> int:
        """The line on which a row begins: the text is gone through once more for it."""
        begin = _ROWS.search(self.text) if self.below else None
        at = begin.end() if begin else self.text.find("[") + 1
        decoder = json.JSONDecoder()
        for _ in range(row):
            try:
                _, at = decoder.raw_decode(self.text, self._skip(at))
            except ValueError:  # another "rows" stands before: the file alone is told
                return 1
        return self.text.count("\n", 0, self._skip(at)) + 1

    def _skip(self, at: int) -> int:
        found = _BETWEEN.match(self.text, at)
        return found.end() if found else at
