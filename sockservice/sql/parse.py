"""MySQL's dialect to a syntax tree, by sqlglot, with functions left as they were written."""

from __future__ import annotations

import logging
from typing import Any, Final

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import SqlglotError

from sockservice.sql.errors import Refused, syntax

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_KEPT: Final = (
    "CAST",
    "CONVERT",
    "EXTRACT",
    "GROUP_CONCAT",
    "MATCH",
    "POSITION",
    "SUBSTR",
    "SUBSTRING",
    "TRIM",
    "CHAR",
)


class Dialect(MySQL):
    """MySQL whose functions keep their names: what each does is ours to know."""

    class Parser(MySQL.Parser):
        """See above."""

        FUNCTIONS: dict[str, Any] = {}
        FUNCTION_PARSERS = {name: MySQL.Parser.FUNCTION_PARSERS[name] for name in _KEPT}


def parse(text: str) -> exp.Expression:
    """Read one statement.

    Args:
        text: a statement, perhaps with ``:p0`` in the place of literals.

    Raises:
        Refused: error 1064.
    """
    try:
        statements = Dialect().parse(text)
    except (SqlglotError, RecursionError, ValueError) as problem:
        raise syntax(text, problem) from None
    if len(statements) != 1 or statements[0] is None:
        raise Refused("ER_EMPTY_QUERY")
    return statements[0]
