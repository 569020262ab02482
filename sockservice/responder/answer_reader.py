"""The ``then`` of a stub as an answer, made once when the file is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs
from msgspec import UNSET, UnsetType

from sockservice import answers, error_codes
from sockservice.documents import TORN, Document, Keys
from sockservice.errors import ConfigurationError, counted, did_you_mean
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.stub_values import inferred, shown, value_of
from sockservice.responder.then_words import ErrorThen, Then
from sockservice.sqltypes import SqlType

_TEMPLATE: Final = re.compile(r"\{\{.*\}\}", re.DOTALL)
_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}")
_LONGEST_LABEL: Final = 256
"""Characters of a column alias (MySQL 8.4 manual, 11.2 "Schema Object Names")."""


@attrs.frozen
class AnswerReader:
    """Makes answers out of the ``then`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
    """

    document: Document[Any]

    def answer(self, then: Then, keys: Keys) -> answers.Answer:
        """The answer that a ``then`` describes.

        Args:
            then: as it was read.
            keys: the way to it in the document.

        Raises:
            Mistakes: it describes none.
        """
        found: list[ConfigurationError] = []
        answer: answers.Answer = answers.Ok()
        given = [name for name in ("rows", "ok", "error") if getattr(then, name) is not UNSET]
        if len(given) != 1:
            problem = f"'then' takes one of rows, ok and error, not {' and '.join(given) or 'none'}"
            found.append(self.document.mistake(problem, *keys))
        found.extend(self._templates(then, keys))
        if then.rows is not UNSET:
            answer = self._rows(then, keys, found)
        elif then.columns is not UNSET:
            found.append(self.document.mistake("'columns' goes with 'rows'", *keys, "columns", key=True))
            self._declared(then.columns, keys, found)
        if then.ok is not UNSET:
            answer = answers.Ok(then.ok.affected_rows, then.ok.last_insert_id, then.ok.warnings, then.ok.info)
        if then.error is not UNSET:
            answer = self._error(then.error, (*keys, "error"), found)
        if found:
            raise Mistakes(found)
        return answer

    def _error(self, error: Any, keys: Keys, found: list[ConfigurationError]) -> answers.Error:
        if not isinstance(error, ErrorThen):
            return self._known_error(error, UNSET, keys, found)
        code, sqlstate, message = error.code, error.sqlstate, error.message
        known = self._known_error(code, message, (*keys, "code"), found)
        if sqlstate is not UNSET and not _SQLSTATE.fullmatch(sqlstate):
            problem = f"{shown(sqlstate)} is no SQLSTATE: five digits and capital letters"
            found.append(self.document.mistake(problem, *keys, "sqlstate"))
        return answers.Error(
            known.code,
            known.sqlstate if sqlstate is UNSET else sqlstate,
            known.message if message is UNSET else message,
        )

    def _known_error(
        self, code: int | str, message: str | UnsetType, keys: Keys, found: list[ConfigurationError]
    ) -> answers.Error:
        """MySQL's own error, or one whose number and message are the author's."""
        try:
            return error_codes.error(code)
        except ValueError as reason:
            problem = str(reason)
        if isinstance(code, int) and message is not UNSET:
            if 1 <= code <= 65_535:
                return answers.Error(code, "HY000", message)
            problem = "an error number is from 1 to 65535"
        found.append(self.document.mistake(problem, *keys))
        return answers.Error(1105, "HY000", "")

    def _rows(self, then: Then, keys: Keys, found: list[ConfigurationError]) -> answers.Rows:
        """The result set; what of it can be checked is checked, whatever else is wrong."""
        assert then.rows is not UNSET
        declared = None if then.columns is UNSET else self._declared(then.columns, keys, found)
        labels = list(declared) if declared is not None else self._labels(then.rows, keys, found)
        lines: dict[int, list[Any]] = {}
        for index, row in enumerate(then.rows):
            line = self._line(row, labels, (*keys, "rows", index), found) if labels else None
            if line is not None:
                lines[index] = [None if _is_template(value) else value for value in line]
        types = declared if declared is not None else self._inferred(lines, labels, keys, found)
        rows = tuple(
            tuple(self._cells(line, types, (*keys, "rows", index), then.rows[index], found))
            for index, line in lines.items()
        )
        return answers.Rows(tuple(answers.Column(label, kind) for label, kind in types.items() if kind), rows)

    def _line(self, row: Any, labels: list[str], keys: Keys, found: list[ConfigurationError]) -> list[Any] | None:
        """The values of a row in the order of the columns, or None for a list of another length."""
        if isinstance(row, list):
            if len(row) == len(labels):
                return row
            values, columns = counted(len(row), "value"), counted(len(labels), "column")
            found.append(self.document.mistake(f"row {int(keys[-1]) + 1} has {values} for {columns}", *keys))
            return None
        for label in row:
            if label not in labels:
                torn = row[label] is None and self.document.torn(*keys, label) is not None
                problem = TORN if torn else f"{label!r} is not among the columns{did_you_mean(label, labels)}"
                found.append(self.document.mistake(problem, *keys, label, key=True))
                if torn:
                    break
        return [row.get(label) for label in labels]

    def _inferred(
        self, lines: dict[int, list[Any]], labels: list[str], keys: Keys, found: list[ConfigurationError]
    ) -> dict[str, SqlType | None]:
        types: dict[str, SqlType | None] = dict.fromkeys(labels)
        for number, label in enumerate(labels):
            try:
                types[label] = inferred([line[number] for line in lines.values()])
            except ValueError as reason:
                found.append(self.document.mistake(f"column {label!r} {reason}", *keys, "rows"))
        return types

    def _cells(
        self, line: list[Any], types: dict[str, SqlType | None], keys: Keys, row: Any, found: list[ConfigurationError]
    ) -> Iterator[Any]:
        for number, (value, (label, kind)) in enumerate(zip(line, types.items(), strict=True)):
            try:
                yield None if kind is None else value_of(value, kind)
            except ValueError as reason:
                assert kind is not None
                problem = f"column {label!r} ({kind.name}): {reason}"
                found.append(self.document.mistake(problem, *keys, number if isinstance(row, list) else label))

    def _declared(
        self, columns: dict[str, str], keys: Keys, found: list[ConfigurationError]
    ) -> dict[str, SqlType | None]:
        """The declared types; None for one that does not exist."""
        declared: dict[str, SqlType | None] = dict.fromkeys(columns)
        if not columns:
            found.append(self.document.mistake("a result set has at least one column", *keys, "columns"))
        for label, text in columns.items():
            if len(label) > _LONGEST_LABEL:
                problem = f"a label has at most {_LONGEST_LABEL} characters"
                found.append(self.document.mistake(problem, *keys, "columns", label, key=True))
            try:
                declared[label] = SqlType.parse(text)
            except ValueError as reason:
                found.append(self.document.mistake(str(reason), *keys, "columns", label))
        return declared

    def _labels(self, rows: list[Any], keys: Keys, found: list[ConfigurationError]) -> list[str]:
        """The labels of rows that are maps: all that occur, in the order in which they first do."""
        for index, row in enumerate(rows):
            if isinstance(row, list):
                problem = "rows that are lists need 'columns' beside 'rows'"
                found.append(self.document.mistake(problem, *keys, "rows", index))
                return []
        labels = list(dict.fromkeys(label for row in rows for label in row))
        if not labels:
            problem = "without values, a result set needs 'columns' beside 'rows'"
            found.append(self.document.mistake(problem, *keys, "rows"))
        return labels

    def _templates(self, then: Then, keys: Keys) -> Iterator[ConfigurationError]:
        for place, text in _texts(then, keys):
            if _is_template(text):
                yield self.document.mistake(f"templates ({shown(text)}) are not supported yet", *place)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value and _TEMPLATE.search(value) is not None


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
