"""The result set of a stub, from wherever its rows stand, made once when the file is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from msgspec import UNSET

from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError, Place, did_you_mean
from sockservice.responder.answering.recipe import Recipe
from sockservice.responder.answering.rows_recipe import padding, rows_recipe
from sockservice.responder.answering.scalars import Scalars
from sockservice.responder.answering.sizes import read_size
from sockservice.responder.answering.tables.data_files import NULLS, READERS, read_csv
from sockservice.responder.answering.tables.selection import Selection
from sockservice.responder.answering.tables.sheet import LONGEST_LABEL, Line, Sheet
from sockservice.responder.answering.tables.text_table import text_table
from sockservice.responder.answering.tables.typed_rows import TypedRows, typed
from sockservice.responder.answering.tables.written_rows import written_rows
from sockservice.responder.answering.templates.template import has_template
from sockservice.responder.answering.then_words import CsvFile, Result, RowsFile
from sockservice.responder.files_beside import FilesBeside
from sockservice.responder.mistakes import Mistakes
from sockservice.sqltypes import SqlType

LARGEST_ROW: Final = 256 * 1024 * 1024
"""Bytes of a padded row: a few copies of it are made on its way."""

Types = Mapping[str, SqlType | None]


@attrs.frozen
class RowsReader:
    """Makes result sets out of the ``then`` of one stub.

    Attributes:
        document: the file, for the places of mistakes.
        scalars: reads what may be a template.
        beside: the files that the stub file names.
    """

    document: Document[Any]
    scalars: Scalars
    beside: FilesBeside

    def recipe(self, then: Result, word: str, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        """The result set that a ``then`` describes; what of it can be checked is checked, whatever else is wrong.

        Args:
            then: as it was read.
            word: which of its words says where the rows stand.
            keys: the way to the ``then``.
            found: gets what is wrong.
        """
        before = len(found)
        declared = None if then.columns is UNSET else self.columns(then.columns, (*keys, "columns"), found)
        try:
            sheet = self._sheet(then, word, keys, declared, found)
        except Mistakes as mistakes:
            found.extend(mistakes.found)
            return None
        types = {label: self._type(text, sheet, found) for label, text in sheet.types.items()} | dict(declared or {})
        self._check_labels(types, sheet, (*keys, "columns"), found)
        rows = typed(sheet, types, found)
        selection = self._selection(rows, getattr(then, word), (*keys, word), found)
        size = None
        if then.row_size is not UNSET:
            try:
                rows, size = padding(rows, read_size(then.row_size, LARGEST_ROW))
            except ValueError as reason:
                found.append(self.document.mistake(str(reason), *keys, "row_size"))
        if len(found) > before:
            return None
        times = 1 if then.repeat_rows is UNSET else then.repeat_rows
        return rows_recipe(rows, self.scalars.dice, selection=selection, times=times, padding=size)

    def columns(self, columns: Mapping[str, str], keys: Keys, found: list[ConfigurationError]) -> Types:
        """The declared types; None for one that does not exist.

        Args:
            columns: label to type, as it was read.
            keys: the way to it.
            found: gets what is wrong.
        """
        declared: dict[str, SqlType | None] = dict.fromkeys(columns)
        if not columns:
            found.append(self.document.mistake("a result set has at least one column", *keys))
        for label, text in columns.items():
            if len(label) > LONGEST_LABEL:
                problem = f"a label has at most {LONGEST_LABEL} characters"
                found.append(self.document.mistake(problem, *keys, label, key=True))
            try:
                declared[label] = SqlType.parse(text)
            except ValueError as reason:
                found.append(self.document.mistake(str(reason), *keys, label))
        return declared

    def _type(self, text: str, sheet: Sheet, found: list[ConfigurationError]) -> SqlType | None:
        """A type that a file of rows declares."""
        try:
            return SqlType.parse(text)
        except ValueError as reason:
            found.append(ConfigurationError(str(reason), sheet.place(-1, 0)))
            return None

    def _check_labels(self, types: Types, sheet: Sheet, keys: Keys, found: list[ConfigurationError]) -> None:
        for label in types:
            if label not in sheet.labels:
                problem = f"{label!r} is not among the columns{did_you_mean(label, sheet.labels)}"
                found.append(self.document.mistake(problem, *keys, label, key=True))

    # --- where rows stand ---------------------------------------------------------------------

    def _sheet(
        self, then: Result, word: str, keys: Keys, declared: Types | None, found: list[ConfigurationError]
    ) -> Sheet:
        if word == "rows":
            labels = None if declared is None else list(declared)
            assert then.rows is not UNSET
            sheet, mistakes = written_rows(then.rows, labels, _StubRows(self.document, (*keys, "rows")))
            found.extend(mistakes)
            return self._with_templates(sheet, found)
        if word == "table":
            assert then.table is not UNSET
            sheet = text_table(then.table, self._place_in_text(then.table, (*keys, "table")))
            return self._with_templates(sheet, found)
        return self._file(getattr(then, word), word, (*keys, word), declared)

    def _with_templates(self, sheet: Sheet, found: list[ConfigurationError]) -> Sheet:
        """The sheet with templates for the text that they were written as."""
        lines = []
        for line in sheet.lines:
            cells = line.cells
            if any(map(has_template, cells)):
                cells = [self._cell(cell, sheet, line.number, number, found) for number, cell in enumerate(cells)]
                line = Line(line.number, cells)
            lines.append(line)
        return attrs.evolve(sheet, lines=lines)

    def _cell(self, cell: Any, sheet: Sheet, line: int, column: int, found: list[ConfigurationError]) -> Any:
        return self.scalars.read_at(cell, lambda: sheet.place(line, column), found)

    def _place_in_text(self, text: str, keys: Keys) -> Callable[[int, int], Place]:
        """Where a character of a text of several lines stands: exactly in a block of YAML, else where it begins."""

        def place(line: int, column: int) -> Place:
            begin = self.document.place(*keys)
            written = self.document.text.splitlines()
            opening = written[begin.line - 1][begin.column - 1 :] if begin.line <= len(written) else ""
            row = begin.line + line
            if not opening.startswith("|") or row >= len(written):
                return begin
            indent = max(written[row].find(text.split("\n")[line]), 0)
            return Place(begin.path, row + 1, indent + column + 1)

        return place

    def _file(self, words: str | RowsFile, word: str, keys: Keys, declared: Types | None) -> Sheet:
        name = words if isinstance(words, str) else words.file
        name_keys = keys if isinstance(words, str) else (*keys, "file")
        labels = None if declared is None else tuple(declared)
        try:
            return self._read(name, words, word, labels, name_keys)
        except ValueError as reason:
            raise Mistakes([self.document.mistake(str(reason), *name_keys)]) from None
        except ConfigurationError as error:
            if any(mistake.place is not None for mistake in error.mistakes):
                raise Mistakes(list(error.mistakes)) from None
            raise Mistakes([self.document.mistake(str(error), *name_keys)]) from None

    def _read(self, name: str, words: str | RowsFile, word: str, labels: tuple[str, ...] | None, keys: Keys) -> Sheet:
        suffix = {"csv": ".csv", "json": ".json"}.get(word, Path(name).suffix.lower())
        if suffix == ".csv":
            delimiter, nulls = self._csv_form(words, keys)
            return self.beside.sheet(name, (delimiter, nulls), lambda path: read_csv(path, delimiter, nulls))
        reader = READERS.get(suffix)
        if reader is None:
            raise Mistakes([self.document.mistake("rows_from takes a file .csv, .json, .yaml or .yml", *keys)])
        if isinstance(words, CsvFile) and (words.delimiter != "," or words.null is not UNSET):
            raise Mistakes([self.document.mistake("'delimiter' and 'null' are for CSV files", *keys)])
        return self.beside.sheet(name, labels, lambda path: reader(path, labels))

    def _csv_form(self, words: str | RowsFile, keys: Keys) -> tuple[str, tuple[str, ...]]:
        if not isinstance(words, CsvFile):
            return ",", NULLS
        if len(words.delimiter) != 1 or words.delimiter in '"\r\n\0':
            problem = "'delimiter' is one character, such as ';' or \"\\t\""
            raise Mistakes([self.document.mistake(problem, *keys[:-1], "delimiter")])
        if words.null is UNSET:
            return words.delimiter, NULLS
        return words.delimiter, (words.null,) if isinstance(words.null, str) else tuple(words.null)

    def _selection(self, rows: TypedRows, words: Any, keys: Keys, found: list[ConfigurationError]) -> Selection | None:
        if not isinstance(words, RowsFile) or words.where is UNSET:
            return None
        where: dict[int, Any] = {}
        for label, wanted in words.where.items():
            place = (*keys, "where", label)
            if label not in rows.labels:
                problem = f"{label!r} is not among the columns{did_you_mean(label, rows.labels)}"
                found.append(self.document.mistake(problem, *place, key=True))
            elif isinstance(wanted, dict):
                found.append(self.document.mistake("a column is compared with a value or a list of values", *place))
            elif isinstance(wanted, list):
                where[rows.labels.index(label)] = [
                    self.scalars.read(item, (*place, number), found) for number, item in enumerate(wanted)
                ]
            else:
                where[rows.labels.index(label)] = self.scalars.read(wanted, place, found)
        return Selection(rows, where)


@attrs.frozen
class _StubRows:
    """The rows of a stub, as an :class:`Origin`."""

    document: Document[Any]
    keys: Keys

    def place(self, *keys: str | int, key: bool = False) -> Place:
        return self.document.place(*self.keys, *keys, key=key)

    def torn(self, *keys: str | int) -> bool:
        return self.document.torn(*self.keys, *keys) is not None
