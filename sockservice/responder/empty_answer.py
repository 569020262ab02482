"""The fallback ``empty``: success with nothing in it, and a warning that says why."""

from __future__ import annotations

from typing import Final

from sockservice.answers import Column, Error, Ok, Request, Rows
from sockservice.responder.statement_kinds import kind_of
from sockservice.responder.subject import Subject
from sockservice.sqltypes import SqlType

_WITH_ROWS: Final = frozenset(["select", "show", "describe", "explain"])
_TYPE: Final = SqlType("VARCHAR", 255)
_UNNAMED: Final = ("?",)
_DONE: Final = Ok(warnings=1)


def empty_answer(request: Request, why: Error) -> Rows | Ok:
    """An empty result set for what asks for one, with the labels that the statement names; else success.

    Args:
        request: what no stub answered; SHOW WARNINGS tells its session why.
        why: the error that the fallback ``error`` would give.
    """
    request.session.warnings = (("Warning", why.code, why.message),)
    subject = Subject(request)
    if kind_of(subject.shape.parts) not in _WITH_ROWS:
        return _DONE
    statement = subject.statement
    labels = _UNNAMED if statement is None else statement.labels or _UNNAMED
    return Rows(tuple(Column(label, _TYPE) for label in labels), (), 1)
