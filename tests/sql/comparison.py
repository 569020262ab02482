"""Outcomes beside outcomes: what differs between a reference, MariaDB, and another server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from annotations import ASPECTS, TYPE_NAMES, Expected
from corpus import Session
from definitions import definition, told_apart
from details import details
from known import equal, reasons
from outcomes import Failure, Outcome, Recorded


@attrs.frozen
class Difference:
    """A statement that two servers answer differently.

    Attributes:
        session: where it stands.
        reference: what MariaDB answered.
        candidate: what the other server answered.
        aspects: in what they differ.
        expected: what MySQL does according to the corpus, where that was not met.
    """

    session: Session
    reference: Recorded
    candidate: Outcome
    aspects: tuple[str, ...]
    expected: tuple[Expected, ...] = ()

    def __str__(self) -> str:
        statement = self.reference.statement
        place = f"{self.session.theme}.sql:{statement.line or self.session.line}: [{self.session.name}]"
        lines = [
            f"{place} differs in {', '.join(self.aspects)}",
            *(f"    {line}" for line in statement.text.splitlines()),
            f"  MariaDB: {self.reference.outcome}",
            *(f"  MySQL:   {one.aspect} {_shown(one)} ({one.section})" for one in self.expected),
            f"  here:    {self.candidate}",
        ]
        if "definitions" in self.aspects:
            lines += [f"    {line}" for line in told_apart(self.reference.outcome, self.candidate, statement.text)]
        return "\n".join(lines)


@attrs.frozen
class Verdict:
    """How a session compares.

    Attributes:
        session: the session.
        differences: of its statements.
        statements: how many it has; those that make its database ready are compared too, but not counted.
        known: the reasons of the differences that are no mistake, one for each statement and aspect.
    """

    session: Session
    differences: tuple[Difference, ...]
    statements: int
    known: tuple[str, ...]

    @property
    def agreeing(self) -> int:
        """How many of its statements do not differ."""
        return self.statements - sum(bool(one.reference.statement.line) for one in self.differences)


def judge(session: Session, reference: list[Recorded], candidate: list[Recorded], mysql: bool) -> Verdict:
    """Compare the outcomes of a session.

    Args:
        session: the session.
        reference: what MariaDB answered.
        candidate: what the other server answered to the same statements.
        mysql: the other server answers like MySQL, so the annotations of the corpus are for it.
    """
    differences: list[Difference] = []
    known: list[str] = []
    for theirs, ours in zip(reference, candidate, strict=True):
        expected = theirs.statement.expected if mysql else ()
        annotated = {one.aspect for one in expected}
        aspects = []
        for aspect in _differing(theirs, ours.outcome, expected):
            why = reasons(aspect, theirs.outcome, ours.outcome, theirs.statement.text) if mysql else []
            if why and aspect not in annotated:
                known += why
            else:
                aspects.append(aspect)
        if aspects:
            differences.append(Difference(session, theirs, ours.outcome, tuple(aspects), expected))
    return Verdict(session, tuple(differences), len(session.statements), tuple(known))


def _differing(reference: Recorded, ours: Outcome, expected: tuple[Expected, ...]) -> Iterator[str]:
    """The aspects in which an outcome is not what it should be."""
    statement, theirs = reference.statement, reference.outcome
    wanted = {one.aspect: one.value for one in expected}
    ignored = set(statement.ignored)
    if "error" in wanted or "fails" in wanted:
        if not _fails_as(ours.failure, *wanted.get("error", ())):
            yield "error"
        return
    if wanted and theirs.failure and ours.failure is None:
        ignored |= ASPECTS.keys() - wanted.keys()
    elif wanted and ours.failure and "error" not in ignored:
        yield "error"
        return
    elif theirs.failure or ours.failure:
        yield from _failing(theirs.failure, ours.failure, ignored)
        return
    if not ours.columns and (theirs.columns or "rows" in wanted) and "rows" not in ignored:
        yield "rows"
        return
    for aspect in [name for name in ASPECTS if name not in ignored | {"error", "details"}]:
        value = _aspect(ours, aspect)
        if aspect in wanted:
            if aspect == "definitions":
                value = tuple((column.length, column.decimals) for column in ours.columns)
            if not _is(wanted[aspect], value):
                yield aspect
        elif aspect == "definitions" and len(theirs.columns) != len(ours.columns):
            continue  # That they have other columns is said by these.
        elif aspect == "info" and not re.match(r"\s*(insert|replace|update)\b", statement.text, re.I):
            continue
        elif not _same(_aspect(theirs, aspect), value):
            yield aspect


def _failing(theirs: Failure | None, ours: Failure | None, ignored: set[str]) -> Iterator[str]:
    """The aspects of errors that differ, where at least one server gives one."""
    same_code = theirs is not None and ours is not None and theirs.code == ours.code
    if not (same_code and theirs.sqlstate == ours.sqlstate) and "error" not in ignored:
        yield "error"
    if (
        same_code
        and "details" not in ignored
        and details(theirs.code, theirs.message) != details(ours.code, ours.message)
    ):
        yield "details"


def _fails_as(failure: Failure | None, code: int = 0, sqlstate: str = "") -> bool:
    if failure is None or 2000 <= failure.code < 3000:
        return False  # what the client says of a connection that broke is no answer
    return code in (0, failure.code) and sqlstate in ("", failure.sqlstate)


def _aspect(outcome: Outcome, aspect: str) -> Any:
    if aspect == "columns":
        return tuple(column.name for column in outcome.columns)
    if aspect == "types":
        return tuple(column.type for column in outcome.columns)
    if aspect == "definitions":
        return tuple(definition(column) for column in outcome.columns)
    return getattr(outcome, aspect)


def _same(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, tuple) and isinstance(ours, tuple):
        return len(theirs) == len(ours) and all(map(_same, theirs, ours))
    return equal(theirs, ours)


def _is(wanted: Any, value: Any) -> bool:
    """Whether a value is what an annotation says; a text in it stands for all that prints like it."""
    if isinstance(wanted, (tuple, list)) and isinstance(value, tuple):
        return len(wanted) == len(value) and all(map(_is, wanted, value))
    return bool(wanted == value) or (isinstance(wanted, str) and value is not None and wanted == str(value))


def _shown(expected: Expected) -> str:
    if expected.aspect == "types":
        return " ".join(TYPE_NAMES[code] for code in expected.value)
    return "" if expected.value is None else repr(expected.value)
