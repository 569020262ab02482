"""A statement that was compiled: SQLite's text of it, and how its parameters are filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from sockservice.answers import Column
from sockservice.sql.literals import Literal


@attrs.frozen
class Plan:
    """A compiled query.

    Attributes:
        sql: SQLite's text, with ``?1``, ``?2`` …
        binds: for each of these, the number of the literal and what makes the stored value of its value.
        columns: what its result set looks like.
        pinned: the numbers of the literals whose values the text depends on.
        labelled: the numbers of the literals that stand in labels as they were written.
        tables: the SQLite tables that it reads, for snapshots.
        into: the user variables that INTO sets, by name in lower case.
    """

    sql: str
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    columns: tuple[Column, ...] = ()
    pinned: frozenset[int] = frozenset()
    tables: frozenset[str] = frozenset()
    labelled: frozenset[int] = frozenset()
    into: tuple[str, ...] = ()

    def parameters(self, literals: Sequence[Literal]) -> tuple[Any, ...]:
        """The values to bind, for a statement's literals."""
        return tuple(convert(literals[number].value) for number, convert in self.binds)


@attrs.define
class PlanBuilder:
    """What is noted while a statement is compiled.

    Attributes:
        literals: those of the statement at hand; another one that shares the plan has others of the same kinds.
    """

    literals: tuple[Literal, ...]
    binds: list[tuple[int, Callable[[Any], Any]]] = attrs.field(factory=list)
    pinned: set[int] = attrs.field(factory=set)
    tables: set[str] = attrs.field(factory=set)
    labelled: set[int] = attrs.field(factory=set)

    def bind(self, number: int, convert: Callable[[Any], Any]) -> str:
        """The text that stands for a literal's value, converted when it is bound."""
        for place, known in enumerate(self.binds, 1):
            if known == (number, convert):
                return f"?{place}"
        self.binds.append((number, convert))
        return f"?{len(self.binds)}"

    def pin(self, number: int) -> Any:
        """The value of a literal, on which the text depends from now on."""
        self.pinned.add(number)
        return self.literals[number].value

    def note(self, number: int) -> int:
        """A literal stands in a label as it was written; its number."""
        self.labelled.add(number)
        return number
