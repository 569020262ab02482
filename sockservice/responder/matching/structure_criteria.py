"""Criteria about a parsed statement: ``statement``, ``tables``, ``columns``, ``where``, ``routine``, ``has_limit``.

A statement that cannot be parsed has none of them.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.responder.matching.criterion import KIND, STATEMENT
from sockservice.responder.matching.differences import listed
from sockservice.responder.matching.identity import before_workspace
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.value_matchers import ValueMatcher
from sockservice.responder.shapes import Literal

if TYPE_CHECKING:
    from sockservice.responder.matching.parsed_statement import Name, ParsedStatement, Predicate

UNPARSED: Final = "the statement could not be parsed"


class OfStructure(abc.ABC):
    """What is asked of a parsed statement."""

    name: str
    fixed = True
    weight = STATEMENT

    def holds(self, subject: Subject) -> bool:
        """Whether the statement could be parsed and has it."""
        statement = subject.statement
        return statement is not None and self.is_in(statement, subject)

    def why_not(self, subject: Subject) -> str:
        """What it has instead."""
        statement = subject.statement
        return f"{self.name}: {UNPARSED if statement is None else self.difference(statement, subject)}"

    @abc.abstractmethod
    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:
        """Whether the statement has it."""

    @abc.abstractmethod
    def difference(self, statement: ParsedStatement, subject: Subject) -> str:
        """What was expected, and what there is."""


@attrs.frozen(eq=False)
class OfKind(OfStructure):
    """``statement``: one of these kinds.

    Attributes:
        kinds: the kinds.
    """

    kinds: tuple[str, ...]
    name = "statement"
    weight = KIND

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:  # noqa: ARG002
        """Whether it is of one of the kinds."""
        return statement.kind in self.kinds

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:  # noqa: ARG002
        """The kinds."""
        return f"expected {listed(self.kinds, ' or ')}, got {statement.kind}"


@attrs.frozen(eq=False)
class Tables(OfStructure):
    """``tables``: the statement refers to all of these.

    A name with a database is met by a name without one while that database is the current one.

    Attributes:
        names: the tables.
    """

    names: tuple[Name, ...]
    name = "tables"

    @property
    def fixed(self) -> bool:  # type: ignore[override]
        """Whether no database is named: which one is the current one may change."""
        return not any(name.database for name in self.names)

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:
        """Whether all are there."""
        return self._missing(statement, subject) is None

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:
        """The first that is missing."""
        return f"expected {self._missing(statement, subject)}, got {listed(statement.tables)}"

    def _missing(self, statement: ParsedStatement, subject: Subject) -> Name | None:
        return next((name for name in self.names if not _is_among(name, statement.tables, subject)), None)


@attrs.frozen(eq=False)
class Routine(OfStructure):
    """``routine``: the statement calls it.

    Attributes:
        routine: its name; a database counts as in ``tables``.
    """

    routine: Name
    name = "routine"

    @property
    def fixed(self) -> bool:  # type: ignore[override]
        """Whether no database is named."""
        return not self.routine.database

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:
        """Whether it is called."""
        return statement.routine is not None and _is_among(self.routine, (statement.routine,), subject)

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:  # noqa: ARG002
        """What is called."""
        return f"expected {self.routine}, got {statement.routine or f'no CALL but {statement.kind}'}"


@attrs.frozen(eq=False)
class Columns(OfStructure):
    """``columns``: the statement selects, inserts or updates all of these.

    Attributes:
        names: the columns, in lower case.
    """

    names: tuple[str, ...]
    name = "columns"

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:  # noqa: ARG002
        """Whether all are there."""
        return statement.columns.issuperset(self.names)

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:  # noqa: ARG002
        """The first that is missing."""
        missing = next(name for name in self.names if name not in statement.columns)
        # The names with a table in front stand for columns that are among those without.
        return f"expected {missing}, got {listed(sorted(name for name in statement.columns if '.' not in name))}"


@attrs.frozen(eq=False)
class HasLimit(OfStructure):
    """``has_limit``: whether the statement has a LIMIT.

    Attributes:
        wanted: whether it is to have one.
    """

    wanted: bool
    name = "has_limit"
    weight = KIND

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:  # noqa: ARG002
        """Whether it is as wanted."""
        return statement.has_limit is self.wanted

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:  # noqa: ARG002
        """What it is."""
        return f"expected {'a' if self.wanted else 'no'} LIMIT, got {'one' if statement.has_limit else 'none'}"


@attrs.frozen(eq=False)
class Where(OfStructure):
    """``where``: among the conditions that must all be met is ``column = value`` or ``column IN (values)``.

    Attributes:
        wanted: each column, in lower case, and what all of its values must have.
    """

    wanted: tuple[tuple[str, ValueMatcher], ...]
    name = "where"

    def is_in(self, statement: ParsedStatement, subject: Subject) -> bool:
        """Whether each column is compared with values that it may have."""
        return all(self._met(column, matcher, statement, subject) for column, matcher in self.wanted)

    def difference(self, statement: ParsedStatement, subject: Subject) -> str:
        """The first column that is not compared, or not so."""
        for column, matcher in self.wanted:
            if self._met(column, matcher, statement, subject):
                continue
            found = [predicate for predicate in statement.predicates if column in predicate.columns]
            if not found:
                compared = listed(dict.fromkeys(predicate.columns[-1] for predicate in statement.predicates))
                return f"no `{column} = …` or `{column} IN (…)` among its conditions (columns there: {compared})"
            wrong = [value for value in found[0].values(subject.literals) if not matcher.holds(value)]
            return f"{column}: {matcher.why_not(wrong[0])}"
        return "met"

    def _met(self, column: str, matcher: ValueMatcher, statement: ParsedStatement, subject: Subject) -> bool:
        return any(
            _all_hold(predicate, matcher, subject) for predicate in statement.predicates if column in predicate.columns
        )


def _all_hold(predicate: Predicate, matcher: ValueMatcher, subject: Subject) -> bool:
    values: Sequence[Literal] = predicate.values(subject.literals)
    return subject.is_open(values) or all(map(matcher.holds, values))


def _is_among(wanted: Name, found: Sequence[Name], subject: Subject) -> bool:
    for name in found:
        if name.name == wanted.name:
            database = name.database or (before_workspace(subject.session.database).lower() if wanted.database else "")
            if wanted.database in ("", database):
                return True
    return False
