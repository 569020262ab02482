"""The answer in the ``then`` of a stub as a recipe, made once when the file is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs
from msgspec import UNSET

from sockservice.answers import Error, Ok
from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.code_answers import CodeAnswer
from sockservice.responder.answering.error_reader import read_error
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe, constant, several
from sockservice.responder.answering.rows_reader import RowsReader
from sockservice.responder.answering.scalars import Scalars
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.sql_answers import read_sql
from sockservice.responder.answering.templates.template import Template, TemplateFailed
from sockservice.responder.answering.then_words import ErrorThen, OkThen, Result, Then
from sockservice.responder.files_beside import FilesBeside

ROWS: Final = ("rows", "table", "csv", "json", "rows_from")
"""The words that say where the rows of a result set stand."""
SIMPLE: Final = (*ROWS, "ok", "error")
"""The words of answers that may stand in ``results``."""
ANSWERS: Final = (*SIMPLE, "results", "python", "sql")
"""The words of all answers."""
ReadMap: TypeAlias = Callable[[Mapping[str, Any], Situation], Made]
"""Makes an answer of a map as ``then`` has it, which the author's code gave; raises :class:`CannotAnswer`."""

_LARGEST: Final = {"affected_rows": 2**63 - 1, "last_insert_id": 2**63 - 1, "warnings": 65_535}


@attrs.frozen
class AnswerReader:
    """Makes recipes out of the ``then`` of one stub.

    Attributes:
        document: the file, for the places of mistakes.
        scalars: reads what may be a template.
        beside: the files that the stub file names.
        read_map: for what the author's code gives.
    """

    document: Document[Any]
    scalars: Scalars
    beside: FilesBeside
    read_map: ReadMap

    def recipe(self, then: Result, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        """The answer that a ``then`` describes; None where it describes none, or only a fault.

        Args:
            then: as it was read.
            keys: the way to it in the document.
            found: gets what is wrong with it.
        """
        known = ANSWERS if isinstance(then, Then) else SIMPLE
        given = [word for word in known if getattr(then, word) is not UNSET]
        fault_alone = isinstance(then, Then) and then.fault is not UNSET and not given
        if len(given) != 1 and not fault_alone:
            where = "'then'" if isinstance(then, Then) else "an item of 'results'"
            words = [*known, "fault"] if isinstance(then, Then) else known
            lacking = f"{where} lacks an answer: {', '.join(words[:-1])} or {words[-1]}"
            problem = f"{where} takes one answer, not {' and '.join(given)}" if given else lacking
            found.append(self.document.mistake(problem, *keys))
        self._check_company(then, given, keys, found)
        recipes = [self._one(then, word, keys, found) for word in given]
        return recipes[0] if len(recipes) == 1 else None

    def _check_company(self, then: Result, given: list[str], keys: Keys, found: list[ConfigurationError]) -> None:
        """Tell words that mean nothing beside this answer."""
        rows = [word for word in given if word in ROWS]
        if then.columns is not UNSET and not rows and "python" not in given:
            problem = "'columns' goes with 'rows', 'table', a file of rows or 'python'"
            found.append(self.document.mistake(problem, *keys, "columns", key=True))
            self._rows_reader.columns(then.columns, (*keys, "columns"), found)
        for word in ("repeat_rows", "row_size"):
            if getattr(then, word) is not UNSET and not rows:
                problem = f"{word!r} goes with 'rows', 'table' or a file of rows"
                found.append(self.document.mistake(problem, *keys, word, key=True))

    @property
    def _rows_reader(self) -> RowsReader:
        return RowsReader(self.document, self.scalars, self.beside)

    def _one(self, then: Result, word: str, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        if word in ROWS:
            return self._rows_reader.recipe(then, word, keys, found)
        if word == "ok":
            assert isinstance(then.ok, OkThen)
            return self._ok(then.ok, (*keys, word), found)
        if word == "error":
            assert then.error is not UNSET
            return self._error(then.error, (*keys, word), found)
        assert isinstance(then, Then)
        if word == "results":
            return self._results(then, (*keys, word), found)
        if word == "sql":
            assert then.sql is not UNSET
            return read_sql(then.sql, self.scalars, self.document, (*keys, word), found)
        return self._python(then, keys, found)

    def _ok(self, ok: OkThen, keys: Keys, found: list[ConfigurationError]) -> Recipe:
        read = {
            word: self.scalars.read(getattr(ok, word), (*keys, word), found)
            for word in ("affected_rows", "last_insert_id", "warnings", "info")
        }
        if not any(isinstance(value, Template) for value in read.values()):
            return constant(Ok(**read))

        def make(situation: Situation) -> Ok:
            return Ok(**{word: _filled_ok(word, value, situation, self.scalars) for word, value in read.items()})

        return Recipe(make, None, Ok())

    def _error(self, error: int | str | ErrorThen, keys: Keys, found: list[ConfigurationError]) -> Recipe:
        plain = read_error(error, self.document, keys, found)
        if not isinstance(error, ErrorThen) or error.message is UNSET:
            return constant(plain)
        message = self.scalars.read(error.message, (*keys, "message"), found)
        if not isinstance(message, Template):
            return constant(plain)

        def make(situation: Situation) -> Error:
            return Error(plain.code, plain.sqlstate, _filled("message", message, situation, self.scalars, text=True))

        return Recipe(make)

    def _results(self, then: Then, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        assert then.results is not UNSET
        if not then.results:
            found.append(self.document.mistake("'results' lists no answer", *keys))
        recipes = [self.recipe(result, (*keys, index), found) for index, result in enumerate(then.results)]
        for index, result in enumerate(then.results[:-1]):
            if result.error is not UNSET:
                found.append(self.document.mistake("nothing follows an error", *keys, index + 1))
        sound = [recipe for recipe in recipes if recipe is not None]
        return several(sound) if sound and len(sound) == len(recipes) else None

    def _python(self, then: Then, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        assert then.python is not UNSET
        types = None
        if then.columns is not UNSET:
            types = self._rows_reader.columns(then.columns, (*keys, "columns"), found)
        try:
            function = self.beside.function(then.python)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, "python"))
            return None
        known = None if types is None else {label: kind for label, kind in types.items() if kind is not None}
        answer = CodeAnswer(then.python, function, known, self.scalars.dice, self.read_map, is_then)
        return answer.recipe


def is_then(given: Mapping[str, Any]) -> bool:
    """Whether a map that the author's code gave is one as ``then`` has it, and no row."""
    return all(word in Then.__struct_fields__ for word in given) and any(word in given for word in (*ANSWERS, "fault"))


def _filled(word: str, template: Template, situation: Situation, scalars: Scalars, *, text: bool = False) -> Any:
    from sockservice.responder.answering.templates.names import names_of

    names = names_of(situation, scalars.dice)
    try:
        return template.filled(names) if text else template.value(names)
    except TemplateFailed as reason:
        raise CannotAnswer(f"{word}: {reason}") from None


def _filled_ok(word: str, value: Any, situation: Situation, scalars: Scalars) -> Any:
    if not isinstance(value, Template):
        return value
    if word == "info":
        return _filled(word, value, situation, scalars, text=True)
    number = _filled(word, value, situation, scalars)
    try:
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        raise CannotAnswer(f"{word}: {number!r:.40} is not a whole number") from None
    if not 0 <= whole <= _LARGEST[word]:
        raise CannotAnswer(f"{word}: {str(whole)[:40]} is not from 0 to {_LARGEST[word]}")
    return whole
