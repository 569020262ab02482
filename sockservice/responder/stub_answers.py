"""The ``then`` of a stub as an answer, made once when the file is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import attrs
from msgspec import UNSET

from sockservice import answers, error_codes
from sockservice.documents import Document
from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.responder.stub_file import ErrorThen, StubFile, Then
from sockservice.responder.stub_values import inferred, shown, value_of
from sockservice.sqltypes import SqlType

_TEMPLATE: Final = re.compile(r"\{\{.*\}\}", re.DOTALL)
_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}")
_LONGEST_LABEL: Final = 256
"""Characters of a column alias (MySQL 8.4 manual, 11.2 "Schema Object Names")."""

Keys: TypeAlias = tuple[str | int, ...]


class Mistakes(Exception):
    """What is wrong with one stub; ``found`` are the errors, each with its place."""

    def __init__(self, found: list[ConfigurationError]) -> None:
        super().__init__()
        self.found = found


@attrs.frozen
class AnswerReader:
    """Makes answers out of the ``then`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
    """

    document: Document[StubFile]

    def answer(self, then: Then, keys: Keys) -> answers.Answer:
        """The answer that a ``then`` describes.

        Args:
            then: as it was read.
            keys: the way to it in the document.

        Raises:
            Mistakes: it describes none.
        """
        given = [name for name in ("rows", "ok", "error") if getattr(then, name) is not UNSET]
        if len(given) != 1:
            raise self._wrong(f"'then' takes one of rows, ok and error, not {' and '.join(given) or 'none'}", *keys)
        if then.columns is not UNSET and then.rows is UNSET:
            raise self._wrong("'columns' goes with 'rows'", *keys, "columns", key=True)
        templates = list(self._templates(then, keys))
        if templates:
            raise Mistakes(templates)
        if then.rows is not UNSET:
            return self._rows(then, keys)
        if then.ok is not UNSET:
            ok = then.ok
            return answers.Ok(ok.affected_rows, ok.last_insert_id, ok.warnings, ok.info)
        return self._error(then.error, (*keys, "error"))

    def _error(self, error: Any, keys: Keys) -> answers.Error:
        if not isinstance(error, ErrorThen):
            try:
                return error_codes.error(error)
            except ValueError as reason:
                raise self._wrong(str(reason), *keys) from None
        code, sqlstate, message = error.code, error.sqlstate, error.message
        try:
            known = error_codes.error(code)
        except ValueError as reason:
            if isinstance(code, str) or message is UNSET:
                raise self._wrong(str(reason), *keys, "code") from None
            known = answers.Error(code, "HY000", message)
        if not 1 <= known.code <= 65_535:
            raise self._wrong("an error number is from 1 to 65535", *keys, "code")
        if sqlstate is not UNSET and not _SQLSTATE.fullmatch(sqlstate):
            raise self._wrong(f"{shown(sqlstate)} is no SQLSTATE: five digits and capital letters", *keys, "sqlstate")
        return answers.Error(
            known.code,
            known.sqlstate if sqlstate is UNSET else sqlstate,
            known.message if message is UNSET else message,
        )

    def _rows(self, then: Then, keys: Keys) -> answers.Rows:
        assert then.rows is not UNSET
        found: list[ConfigurationError] = []
        declared = None if then.columns is UNSET else self._declared(then.columns, keys, found)
        labels = list(declared) if declared is not None else self._labels(then.rows, keys)
        lines: list[list[Any]] = []
        for index, row in enumerate(then.rows):
            place = (*keys, "rows", index)
            if isinstance(row, list):
                if len(row) != len(labels):
                    problem = f"row {index + 1} has {len(row)} value(s) for {len(labels)} column(s)"
                    found.append(self.document.mistake(problem, *place))
                lines.append(row)
            else:
                for label in row.keys() - set(labels):
                    problem = f"{label!r} is not among the columns{did_you_mean(label, labels)}"
                    found.append(self.document.mistake(problem, *place, label, key=True))
                lines.append([row.get(label) for label in labels])
        if found:
            raise Mistakes(found)
        types: list[SqlType] = list(declared.values()) if declared is not None else []
        if declared is None:
            for number, label in enumerate(labels):
                try:
                    types.append(inferred([line[number] for line in lines]))
                except ValueError as reason:
                    found.append(self.document.mistake(f"column {label!r} {reason}", *keys, "rows"))
            if found:
                raise Mistakes(found)
        rows = tuple(
            tuple(self._cells(line, types, labels, (*keys, "rows", index), then.rows[index], found))
            for index, line in enumerate(lines)
        )
        if found:
            raise Mistakes(found)
        return answers.Rows(tuple(map(answers.Column, labels, types)), rows)

    def _cells(
        self, line: list[Any], types: list[SqlType], labels: list[str], keys: Keys, row: Any, found: list[Any]
    ) -> Iterator[Any]:
        for number, (value, kind) in enumerate(zip(line, types, strict=True)):
            try:
                yield value_of(value, kind)
            except ValueError as reason:
                place = (*keys, number if isinstance(row, list) else labels[number])
                found.append(self.document.mistake(f"column {labels[number]!r} ({kind.name}): {reason}", *place))

    def _declared(self, columns: dict[str, str], keys: Keys, found: list[ConfigurationError]) -> dict[str, SqlType]:
        declared: dict[str, SqlType] = {}
        if not columns:
            raise self._wrong("a result set has at least one column", *keys, "columns")
        for label, text in columns.items():
            if len(label) > _LONGEST_LABEL:
                problem = f"a label has at most {_LONGEST_LABEL} characters"
                found.append(self.document.mistake(problem, *keys, "columns", label, key=True))
            try:
                declared[label] = SqlType.parse(text)
            except ValueError as reason:
                found.append(self.document.mistake(str(reason), *keys, "columns", label))
        if found:
            raise Mistakes(found)
        return declared

    def _labels(self, rows: list[Any], keys: Keys) -> list[str]:
        """The labels of rows that are maps: all that occur, in the order in which they first do."""
        for index, row in enumerate(rows):
            if isinstance(row, list):
                raise self._wrong("rows that are lists need 'columns' beside 'rows'", *keys, "rows", index)
        labels = list(dict.fromkeys(label for row in rows for label in row))
        if not labels:
            raise self._wrong("without values, a result set needs 'columns' beside 'rows'", *keys, "rows")
        return labels

    def _templates(self, then: Then, keys: Keys) -> Iterator[ConfigurationError]:
        for place, text in _texts(then, keys):
            if _TEMPLATE.search(text):
                yield self.document.mistake(f"templates ({shown(text)}) are not supported yet", *place)

    def _wrong(self, message: str, *keys: str | int, key: bool = False) -> Mistakes:
        return Mistakes([self.document.mistake(message, *keys, key=key)])


def _texts(then: Then, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """Every text of a ``then`` in which a template could stand, with the way to it."""
    if then.rows is not UNSET:
        for index, row in enumerate(then.rows):
            for key, value in row.items() if isinstance(row, dict) else enumerate(row):
                if isinstance(value, str):
                    yield (*keys, "rows", index, key), value
    if then.ok is not UNSET:
        yield (*keys, "ok", "info"), then.ok.info
    if isinstance(then.error, ErrorThen) and then.error.message is not UNSET:
        yield (*keys, "error", "message"), then.error.message
