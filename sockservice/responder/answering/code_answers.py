"""Answers that the author's Python gives.

A function is called with the request, whose ``params`` are those that templates know. It may give an answer of
:mod:`sockservice.answers`, rows (a list, a generator or one map), a map as ``then`` has it, None (the request is for
the next stub), or a Deferred or coroutine of one of these.
"""

from __future__ import annotations

import inspect
import itertools
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from sockservice.answers import Answer, Column, Request, Rows
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.made_values import inferred_made, made_value, roomy
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe, failure
from sockservice.responder.answering.situation import Situation
from sockservice.sqltypes import SqlType

_log: Final = Logger()

Columns = Mapping[str, SqlType] | None


@attrs.frozen(eq=False)
class CodeAnswer:
    """Calls a function, and makes an answer of what it gives.

    Attributes:
        reference: what the function is called in the stub file.
        function: it.
        columns: labels and types of the rows that it gives; None: the rows tell.
        dice: for whose name stands in errors.
        read: makes an answer of a map as ``then`` has it; raises :class:`CannotAnswer`.
        is_then: whether a map is one.
    """

    reference: str
    function: Callable[..., Any]
    columns: Columns
    dice: Dice
    read: Callable[[Mapping[str, Any], Situation], Made]
    is_then: Callable[[Mapping[str, Any]], bool]

    @property
    def recipe(self) -> Recipe:
        """It as a recipe; PREPARE is told the columns where they are declared."""
        columns = self.columns or {}
        described = Rows(tuple(Column(*column) for column in columns.items())) if columns else None
        return Recipe(self.make, None, described, may_pass=True)

    def make(self, situation: Situation) -> Made:
        """The answer."""
        try:
            given = self.function(_request(situation))
        except Exception as error:
            raise self._failed(error) from error
        if inspect.iscoroutine(given):
            given = Deferred.fromCoroutine(given)
        if isinstance(given, Deferred):
            return given.addErrback(self._later_failed).addCallback(self._later, situation)
        return None if given is None else self._answer(given, situation)

    def _later_failed(self, reason: Failure) -> Failure:
        """What a Deferred fails with; that the client has gone is nobody's failure."""
        if isinstance(reason.value, CancelledError) or not isinstance(reason.value, Exception):
            return reason
        raise self._failed(reason.value) from reason.value

    def _later(self, given: Any, situation: Situation) -> Answer | Deferred[Answer]:
        if given is None:
            raise CannotAnswer(f"{self.reference} gave None after it waited; only at once it can pass a request on")
        answer = self._answer(given, situation)
        assert answer is not None
        return answer

    def _answer(self, given: Any, situation: Situation) -> Made:
        if isinstance(given, Answer):
            return given
        if isinstance(given, Mapping):
            if self.is_then(given):
                return self.read(dict(given), situation)
            return self._rows([given])
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            raise CannotAnswer(f"{self.reference} gave a {type(given).__name__}, which is no answer")
        return self._rows(given)

    def _rows(self, given: Iterable[Any]) -> Rows:
        """Rows; those of a generator are made while they are sent, and the first one tells the columns."""
        if isinstance(given, (list, tuple)):
            sample: Sequence[Any] = given
            rows: Iterable[Any] = given
        else:
            try:
                iterator = iter(given)
                sample = list(itertools.islice(iterator, 1))
            except Exception as error:
                raise self._failed(error) from error
            rows = itertools.chain(sample, iterator)
        columns = self._columns(sample, more=rows is not sample)
        fitted = self._fitted(rows, columns)
        known = tuple(Column(*column) for column in columns.items())
        return Rows(known, tuple(fitted) if rows is sample else self._streamed(fitted))

    def _columns(self, sample: Sequence[Any], *, more: bool) -> Mapping[str, SqlType]:
        if self.columns is not None:
            return self.columns
        if not sample or not all(isinstance(row, Mapping) for row in sample):
            raise CannotAnswer(
                f"{self.reference} gave {'rows that are no maps' if sample else 'no rows'}: "
                "say their 'columns' beside 'python'"
            )
        labels = dict.fromkeys(str(label) for row in sample for label in row)
        columns = {}
        for label in labels:
            try:
                kind = inferred_made([row.get(label) for row in sample])
            except ValueError as reason:
                raise CannotAnswer(f"column {label!r} {reason}") from None
            columns[label] = roomy(kind) if more else kind
        if not columns:
            raise CannotAnswer(f"{self.reference} gave rows without columns")
        return columns

    def _fitted(self, rows: Iterable[Any], columns: Mapping[str, SqlType]) -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(rows, 1):
            if isinstance(row, Mapping):
                unknown = next((label for label in row if label not in columns), None)
                if unknown is not None:
                    raise CannotAnswer(f"row {number}: {unknown!r} is not among the columns")
                cells = [row.get(label) for label in columns]
            elif isinstance(row, (list, tuple)) and len(row) == len(columns):
                cells = list(row)
            else:
                raise CannotAnswer(f"row {number} is neither a map nor a list of {len(columns)} values")
            made = []
            for cell, (label, kind) in zip(cells, columns.items(), strict=True):
                try:
                    made.append(made_value(cell, kind))
                except ValueError as reason:
                    raise CannotAnswer(f"row {number}, column {label!r} ({kind.name}): {reason}") from None
            yield tuple(made)

    def _streamed(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Rows on their way: where one cannot be made, the result ends with an error."""
        try:
            yield from rows
        except CannotAnswer as reason:
            raise ValueError(failure(self.dice.name, str(reason)).message) from None
        except Exception as error:
            raise ValueError(failure(self.dice.name, str(self._failed(error))).message) from error

    def _failed(self, error: BaseException) -> CannotAnswer:
        """The author's code raised something: the log has where, the client what."""
        _log.error(
            "stub {stub}: {reference} raised {error!r}\n{traceback}",
            stub=self.dice.name,
            reference=self.reference,
            error=error,
            traceback=_traceback(error),
        )
        return CannotAnswer(f"{self.reference} raised {type(error).__name__}: {error}")


def _request(situation: Situation) -> Request:
    """The request with the values that templates know: drivers that write them into the text bind none."""
    request, values = situation.request, tuple(situation.values)
    return request if values == request.params else msgspec.structs.replace(request, params=values)


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
