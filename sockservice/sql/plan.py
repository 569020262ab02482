"""A statement that was compiled: SQLite's text of it, and how its parameters are filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from sockservice.answers import Column
from sockservice.interfaces import ISession
from sockservice.sql.literals import Literal
from sockservice.sql.plans import Pin, size
from sockservice.sql.typed import text_literal
from sockservice.sqltypes import SqlType

_PLACE: Final = re.compile(r"""'(?:[^']|'')*+'|"(?:[^"]|"")*+"|\?([0-9]++)|:b([0-9]++)""")
"""A text, a name or the place of a parameter in SQLite's text."""
_WEIGHT: Final = 2000
"""Bytes that a plan takes beside its text and its columns."""
_COLUMN_WEIGHT: Final = 500
_CHANGED_TYPES: Final = frozenset(["DECIMAL", "BIGINT", "BIT"])
"""Types whose stored values are not what answers have."""
Assumption: TypeAlias = tuple[Callable[[ISession], Any], Any]

if TYPE_CHECKING:
    from sockservice.sql.predicates import Predicate


@attrs.frozen
class Plan:
    """A compiled query.

    Attributes:
        sql: SQLite's text, with ``?1``, ``?2`` …
        binds: for each of these, the number of the literal and what makes the stored value of its value.
        columns: what its result set looks like.
        pinned: what the text and the columns depend on of the literals.
        tables: the SQLite tables that it reads, for snapshots.
        predicate: what a query that locks rows searches for.
        into: the user variables that INTO sets, in lower case.
        assumptions: what the text depends on in the session: what reads it there, and what it was.
        total: counts the rows that there were without LIMIT, for SQL_CALC_FOUND_ROWS.
        changes_values: whether there are columns whose stored values are not what answers have.
    """

    sql: str
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    columns: tuple[Column, ...] = ()
    pinned: frozenset[Pin] = frozenset()
    tables: frozenset[str] = frozenset()
    predicate: Predicate | None = None
    into: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    total: Plan | None = None
    _used: int = attrs.field(init=False, eq=False, repr=False)

    changes_values: bool = attrs.field(init=False, eq=False, repr=False)

    @changes_values.default
    def _see_types(self) -> bool:
        return any(column.type.name in _CHANGED_TYPES for column in self.columns)

    @_used.default
    def _count_used(self) -> int:
        """How many binds the text has: one may have been made for an argument that does not matter."""
        if not self.sql:
            return len(self.binds)
        return max((int(one or other) for one, other in _PLACE.findall(self.sql) if one or other), default=0)

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        total = self.total.weight if self.total is not None else 0
        return _WEIGHT + 2 * len(self.sql) + _COLUMN_WEIGHT * len(self.columns) + total

    def suits(self, session: ISession) -> bool:
        """Whether what it assumes of the session holds."""
        for read, value in self.assumptions:  # noqa: SIM110 - a generator takes longer than what it goes through
            if read(session) != value:
                return False
        return True

    def parameters(self, literals: Sequence[Literal]) -> tuple[Any, ...]:
        """The values to bind, for a statement's literals."""
        return tuple(convert(literals[number].value) for number, convert in self.binds[: self._used])


@attrs.define
class PlanBuilder:
    """What is noted while a statement is compiled.

    Attributes:
        literals: those of the statement at hand; another one that shares the plan has others of the same kinds.
        named: whether values are bound by name, ``:b1``, ``:b2`` …, and not by number.
        told: whether a client is told of the columns, so that it matters how long their values can be.
        binds, pinned, tables, assumptions: as in :class:`Plan`.
        assigned: the types of user variables that the statement sets, by name.
        random: one place for each RAND() with a seed.
    """

    literals: tuple[Literal, ...]
    named: bool = False
    told: bool = False
    binds: list[tuple[int, Callable[[Any], Any]]] = attrs.field(factory=list)
    pinned: set[Pin] = attrs.field(factory=set)
    tables: set[str] = attrs.field(factory=set)
    assumptions: dict[Callable[[ISession], Any], Any] = attrs.field(factory=dict)
    assigned: dict[str, SqlType] = attrs.field(factory=dict)
    random: list[int] = attrs.field(factory=list)
    _places: dict[tuple[int, Callable[[Any], Any]], int] = attrs.field(factory=dict, init=False)

    def bind(self, number: int, convert: Callable[[Any], Any]) -> str:
        """The text that stands for a literal's value, converted when it is bound."""
        mark = ":b" if self.named else "?"
        place = self._places.get((number, convert))
        if place is None:
            self.binds.append((number, convert))
            place = self._places[number, convert] = len(self.binds)
        return f"{mark}{place}"

    def assume(self, session: ISession, read: Callable[[ISession], Any]) -> Any:
        """What is to be read in the session, on which the text depends from now on."""
        if read not in self.assumptions:
            self.assumptions[read] = read(session)
        return self.assumptions[read]

    def pin(self, number: int) -> Any:
        """The value of a literal, on which the text depends from now on."""
        self.pinned.add(Pin(number))
        return self.literals[number].value

    def measure(self, number: int) -> tuple[int, int]:
        """How long a literal is (:func:`sockservice.sql.plans.size`), on which the plan depends from now on."""
        self.pinned.add(Pin(number, whole=False))
        return size(self.literals[number])


@attrs.define
class Constants(PlanBuilder):
    """Literals that stand in SQLite's text themselves, for a definition has no parameters."""

    def bind(self, number: int, convert: Callable[[Any], Any]) -> str:
        """The text of a literal."""
        value = convert(self.literals[number].value)
        return f"x'{value.hex()}'" if isinstance(value, bytes) else text_literal(value)
