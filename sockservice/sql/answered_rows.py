"""Rows as SQLite gives them, made rows as answers have them."""

from __future__ import annotations

from typing import Any

from sockservice.sql.kinds import to_python
from sockservice.sql.plan import Plan
from sockservice.sql.spool import Spool


def answered(rows: Any, plan: Plan) -> Any:
    """The rows as answers have them."""
    if not plan.changes_values:
        return rows
    types = [column.type for column in plan.columns]
    if isinstance(rows, Spool):
        return Answered(rows, types)
    return [tuple(map(to_python, row, types)) for row in rows]


class Answered:
    """Rows of a spool as answers have them."""

    def __init__(self, rows: Spool, types: list[Any]) -> None:
        self._rows = rows
        self._types = types

    def __iter__(self) -> Any:
        return (tuple(map(to_python, row, self._types)) for row in self._rows)
