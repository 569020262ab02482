"""The values that columns have where a statement gives none (MySQL 8.4 manual, 13.6)."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.error_codes import error
from sockservice.sql.literals import fold
from sockservice.sql.moments import of_datetime
from sockservice.sql.parse import parse
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, Table
from sockservice.sql.storing import implicit_default, store
from sockservice.sql.surroundings import Surroundings
from sockservice.sql.value_rows import plain

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession

_NOW: Final = re.compile(r"\(*(?:current_timestamp|now|localtime|localtimestamp)(?:\s*\(\s*\d?\s*\))?\)*", re.I)


class Unknown:
    """A default that has to be worked out for each row."""


UNKNOWN: Final = Unknown()


@functools.lru_cache(maxsize=4096)
def constant(text: str) -> Any:
    """The value of a default that is a literal, or :data:`UNKNOWN`."""
    folded = fold(f"SELECT {text}")
    node = parse(folded.key).expressions[0]
    negative = isinstance(node, exp.Neg)
    inner = node.this if negative else node
    if isinstance(inner, exp.Null):
        return None
    if isinstance(inner, exp.Boolean):
        return int(bool(inner.this))
    if isinstance(inner, exp.Placeholder) and len(folded.literals) == 1:
        value = plain(folded.literals[0])
        return -value if negative and isinstance(value, (int, float, Decimal)) else value
    return UNKNOWN


def moment(session: SqlSession, digits: int) -> str:
    """The time at which a statement began, in the session's zone, as a DATETIME of so many digits of a second."""
    surroundings = Surroundings(session.session, began=session.now)
    now = surroundings.now.astimezone(surroundings.zone)
    return of_datetime(now.replace(tzinfo=None)).text(digits)


class Defaults:
    """The defaults of a table's columns, for one statement.

    Args:
        execution: the statement.
        table: the table.
    """

    def __init__(self, execution: Execution, table: Table) -> None:
        self._execution = execution
        self._table = table
        self._known: dict[str, Any] = {}

    def is_fixed(self, column: Column) -> bool:
        """Whether a column's default is the same for all rows of the statement."""
        return column.default is None or bool(_NOW.fullmatch(column.default)) or constant(column.default) is not UNKNOWN

    def get(self, column: Column, *, asked: bool = False) -> Any:
        """The stored value of a default that :meth:`is_fixed`.

        Args:
            column: whose.
            asked: whether DEFAULT was written.

        Raises:
            Refused: 1364, where there is none.
        """
        if column.name not in self._known:
            self._known[column.name] = self._made(column, asked=asked)
        return self._known[column.name]

    def _made(self, column: Column, *, asked: bool) -> Any:
        diagnostics = self._execution.diagnostics
        if column.default is None:
            if column.nullable or column.auto_increment:
                return None
            if column.type.name == "ENUM" and not asked:
                return implicit_default(column)
            diagnostics.object_with(error("ER_NO_DEFAULT_FOR_FIELD", column.name))
            return implicit_default(column)
        if _NOW.fullmatch(column.default):
            return store(moment(self._execution.session, column.type.length or 0), column, diagnostics)
        value = constant(column.default)
        return None if value is None else store(value, column, diagnostics)

    def work_out(self, column: Column, values: dict[str, Any]) -> Work[Any]:
        """The stored value of a default that is an expression.

        Args:
            column: whose.
            values: of the other columns so far, as :func:`sockservice.sql.row_expressions.row_parameters` has them.
        """
        from sockservice.sql.row_expressions import compile_for_row

        folded = fold(f"SELECT {column.default}")
        node = parse(folded.key).expressions[0]
        text, parameters = compile_for_row(self._execution.session, self._table, node, folded.literals)
        rows = yield from self._execution.read(f"SELECT {text}", {**parameters, **values})
        value = next(iter(rows))[0]
        return None if value is None else store(value, column, self._execution.diagnostics)


def needs_default(table: Table, named: set[str]) -> list[Column]:
    """The columns that a statement does not name, and that have no default."""
    return [
        column
        for column in table.columns
        if column.name.lower() not in named
        and not column.generated
        and not column.auto_increment
        and column.default is None
        and not column.nullable
        and column.type.name != "ENUM"
    ]
