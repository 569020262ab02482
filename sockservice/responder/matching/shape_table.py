"""Stubs by the shape of a statement, and among those of one shape by the values they fix.

For each *mask*, which holes of a shape are fixed, there is one table from what stands there to the stubs: literals of
``sql`` must be the very ones; plain values of ``params`` are found by what all that may equal them share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.parameters import Params
from sockservice.responder.matching.text_criteria import Sql
from sockservice.responder.matching.value_matchers import Equal
from sockservice.responder.shapes import BOUND, Literal, Shape, value_key
from sockservice.responder.stub import Stub

Mask: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The holes, from 0, that are fixed to a literal, and those fixed to what may equal a value."""


class ShapeTable:
    """The stubs with ``sql``."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], dict[Mask, dict[tuple[Literal, ...], list[Stub]]]] = {}

    def __bool__(self) -> bool:
        return bool(self._shapes)

    def add(self, stub: Stub, sql: Sql) -> None:
        """Take a stub; those of lower ranks first."""
        literals = sql.shape.literals
        exact = tuple(hole for hole, literal in enumerate(literals) if literal != BOUND)
        alike = _values_of_parameters(stub.when, sql) if len(exact) < len(literals) else {}
        fixed = (*(literals[hole] for hole in exact), *alike.values())
        masks = self._shapes.setdefault(sql.shape.parts, {})
        masks.setdefault((exact, tuple(alike)), {}).setdefault(fixed, []).append(stub)

    def find(self, shape: Shape) -> list[list[Stub]]:
        """The stubs that a statement of this shape may meet, in lists by rank."""
        masks = self._shapes.get(shape.parts)
        if masks is None:
            return []
        literals = shape.literals
        found = []
        for (exact, alike), table in masks.items():
            fixed = [literals[hole] for hole in exact]
            if alike:
                fixed += [value_key(literals[hole]) for hole in alike]
            stubs = table.get(tuple(fixed))
            if stubs is not None:
                found.append(stubs)
        return found

    def possible(self, shape: Shape) -> Iterator[Stub]:
        """The stubs that a statement of this shape may meet once the values of its ``?`` are known."""
        for (exact, alike), table in self._shapes.get(shape.parts, {}).items():
            literals = [shape.literals[hole] for hole in exact] + [value_key(shape.literals[hole]) for hole in alike]
            if BOUND not in literals:
                yield from table.get(tuple(literals), ())
                continue
            for fixed, stubs in table.items():
                if all(literal in (BOUND, wanted) for literal, wanted in zip(literals, fixed, strict=True)):
                    yield from stubs


def _values_of_parameters(when: Condition, sql: Sql) -> dict[int, Literal]:
    """The holes of an ``sql`` that plain values of ``params`` fix, with what may equal each."""
    holes = sql.open_holes
    return {
        holes[position]: matcher.key
        for criterion in when.criteria
        if isinstance(criterion, Params) and criterion.holes == holes
        for position, matcher in criterion.wanted
        if isinstance(matcher, Equal)
    }
