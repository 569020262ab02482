"""The fallback ``empty``: success with nothing in it, and a warning that says why."""

from __future__ import annotations

from typing import Final

import attrs

from sockservice.answers import Column, Error, Ok, Request, Rows
from sockservice.responder.matching.statement_kinds import kind_of
from sockservice.responder.matching.subject import Subject
from sockservice.sqltypes import SqlType

_WITH_ROWS: Final = frozenset(["select", "show", "describe", "explain"])
_TYPE: Final = SqlType("VARCHAR", 255)
_UNNAMED: Final = ("?",)


@attrs.frozen
class EmptyRows(Rows):
    """No rows.

    Attributes:
        near: the near miss in words, for the journal; ``""`` for none.
    """

    near: str = attrs.field(default="", eq=False)


@attrs.frozen
class EmptyOk(Ok):
    """Nothing done.

    Attributes:
        near: as in :class:`EmptyRows`.
    """

    near: str = attrs.field(default="", eq=False)


def empty_answer(request: Request, why: Error, near: str = "") -> EmptyRows | EmptyOk:
    """An empty result set for what asks for one, with the labels that the statement names; else success.

    Args:
        request: what no stub answered; SHOW WARNINGS tells its session why.
        why: the error that the fallback ``error`` would give.
        near: the near miss in words.
    """
    request.session.warnings = (("Warning", why.code, why.message),)
    subject = Subject(request)
    if kind_of(subject.shape.parts) not in _WITH_ROWS:
        return EmptyOk(warnings=1, near=near)
    statement = subject.statement
    labels = _UNNAMED if statement is None else statement.labels or _UNNAMED
    return EmptyRows(tuple(Column(label, _TYPE) for label in labels), (), 1, near=near)
