"""A statement that was compiled: SQLite's text of it, and how its parameters are filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from sockservice.answers import Column
from sockservice.sql.literals import Literal

if TYPE_CHECKING:
    from sockservice.sql.predicates import Predicate


@attrs.frozen
class Plan:
    """A compiled query.

    Attributes:
        sql: SQLite's text, with ``?1``, ``?2`` …
        binds: for each of these, the number of the literal and what makes the stored value of its value.
        columns: what its result set looks like.
        pinned: the numbers of the literals whose values the text depends on.
        tables: the SQLite tables that it reads, for snapshots.
        predicate: what a query that locks rows searches for.
        into: the user variables that INTO sets, in lower case.
    """

    sql: str
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    columns: tuple[Column, ...] = ()
    pinned: frozenset[int] = frozenset()
    tables: frozenset[str] = frozenset()
    predicate: Predicate | None = None
    into: tuple[str, ...] = ()

    def parameters(self, literals: Sequence[Literal]) -> tuple[Any, ...]:
        """The values to bind, for a statement's literals."""
        return tuple(convert(literals[number].value) for number, convert in self.binds)


@attrs.define
class PlanBuilder:
    """What is noted while a statement is compiled.

    Attributes:
        literals: those of the statement at hand; another one that shares the plan has others of the same kinds.
        named: whether values are bound by name, ``:b1``, ``:b2`` …, and not by number.
    """

    literals: tuple[Literal, ...]
    named: bool = False
    binds: list[tuple[int, Callable[[Any], Any]]] = attrs.field(factory=list)
    pinned: set[int] = attrs.field(factory=set)
    tables: set[str] = attrs.field(factory=set)

    def bind(self, number: int, convert: Callable[[Any], Any]) -> str:
        """The text that stands for a literal's value, converted when it is bound."""
        mark = ":b" if self.named else "?"
        for place, known in enumerate(self.binds, 1):
            if known == (number, convert):
                return f"{mark}{place}"
        self.binds.append((number, convert))
        return f"{mark}{len(self.binds)}"

    def pin(self, number: int) -> Any:
        """The value of a literal, on which the text depends from now on."""
        self.pinned.add(number)
        return self.literals[number].value
