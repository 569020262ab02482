"""Stubs by what a parsed statement is about: its kind, and a table or routine; and by a value that ``where`` fixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.structure_criteria import OfKind, OfStructure, Routine, Tables, Where
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.value_matchers import Equal
from sockservice.responder.shapes import BOUND, Literal, value_key
from sockservice.responder.stub import Stub

if TYPE_CHECKING:
    from sockservice.responder.matching.parsed_statement import ParsedStatement

_ANY: Final = ""


@attrs.define
class _Bucket:
    """The stubs of one kind and table: by the first column and value that they fix, and those that fix none."""

    fixed: dict[str, dict[Literal, list[Stub]]] = attrs.field(factory=dict)
    others: list[Stub] = attrs.field(factory=list)


class StructureTable:
    """The stubs that are found by what is parsed."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def __bool__(self) -> bool:
        return bool(self._buckets)

    def add(self, stub: Stub) -> None:
        """Take a stub; those of lower ranks first."""
        kinds, name, fixed = _about(stub.when)
        for kind in kinds:
            bucket = self._buckets.setdefault((kind, name), _Bucket())
            if fixed is None:
                bucket.others.append(stub)
            else:
                column, key = fixed
                bucket.fixed.setdefault(column, {}).setdefault(key, []).append(stub)

    def find(self, subject: Subject) -> list[list[Stub]]:
        """The stubs that a statement may meet, in lists by rank."""
        statement = subject.statement
        if statement is None:
            return []
        found = []
        for bucket in self._about(statement):
            if bucket.others:
                found.append(bucket.others)
            if bucket.fixed:
                found += self._fixed(bucket, statement, subject)
        return found

    def possible(self, subject: Subject) -> Iterator[Stub]:
        """The stubs that a statement may meet once the values of its ``?`` are known."""
        statement = subject.statement
        for bucket in self._about(statement) if statement is not None else ():
            yield from bucket.others
            for by_value in bucket.fixed.values():
                for stubs in by_value.values():
                    yield from stubs

    def _about(self, statement: ParsedStatement) -> Iterator[_Bucket]:
        names = {_ANY, *(table.name for table in statement.tables)}
        if statement.routine is not None:
            names.add(statement.routine.name)
        for kind in (statement.kind, _ANY):
            for name in names:
                bucket = self._buckets.get((kind, name))
                if bucket is not None:
                    yield bucket

    def _fixed(self, bucket: _Bucket, statement: ParsedStatement, subject: Subject) -> Iterator[list[Stub]]:
        asked = set()
        for predicate in statement.predicates:
            for column in predicate.columns:
                values = predicate.values(subject.literals)
                if column in bucket.fixed and values and values[0] != BOUND:
                    asked.add((column, value_key(values[0])))
        for column, key in asked:
            stubs = bucket.fixed[column].get(key)
            if stubs is not None:
                yield stubs


def is_structural(when: Condition) -> bool:
    """Whether a condition asks for something that the table knows."""
    return any(isinstance(criterion, OfStructure) for criterion in when.criteria)


def _about(when: Condition) -> tuple[tuple[str, ...], str, tuple[str, Literal] | None]:
    """The kinds, the table or routine, and the column with its value that a condition asks for."""
    kinds: tuple[str, ...] = (_ANY,)
    name, fixed = _ANY, None
    for criterion in when.criteria:
        if isinstance(criterion, OfKind):
            kinds = criterion.kinds
        elif isinstance(criterion, Tables) and name == _ANY:
            name = criterion.names[0].name
        elif isinstance(criterion, Routine) and name == _ANY:
            name = criterion.routine.name
        elif isinstance(criterion, Where) and fixed is None:
            fixed = next(((column, one.key) for column, one in criterion.wanted if isinstance(one, Equal)), None)
    return kinds, name, fixed
