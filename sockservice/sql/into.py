"""SELECT … INTO @variable (MySQL 8.4 manual, 15.2.13.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sockservice.answers import Ok
from sockservice.error_codes import error
from sockservice.interfaces import ISession
from sockservice.sql.errors import Refused

if TYPE_CHECKING:
    from sockservice.sql.diagnostics import Diagnostics
    from sockservice.sql.selected import Columns


def variables_of(node: exp.Expr, columns: Columns) -> tuple[str, ...]:
    """The user variables that a query sets, in lower case.

    Raises:
        Refused: 1222 where they are not as many as its columns.
    """
    into = node.args.get("into")
    if into is None:
        return ()
    names = tuple(each.name.lower() for each in into.expressions)
    if len(names) != len(columns):
        raise Refused("ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT")
    return names


def assign(session: ISession, names: Sequence[str], rows: Sequence[Sequence[Any]], diagnostics: Diagnostics) -> Ok:
    """Set the variables to what a query has given.

    Raises:
        Refused: 1172 where that is more than one row.
    """
    if len(rows) > 1:
        raise Refused("ER_TOO_MANY_ROWS")
    if not rows:
        diagnostics.warn(error("ER_SP_FETCH_NO_DATA"))
        return Ok(warnings=1)
    session.user_variables.update(zip(names, rows[0], strict=True))
    return Ok(affected_rows=1)
