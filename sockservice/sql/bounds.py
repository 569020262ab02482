"""The bounds of SQLite, told in MySQL's words, and those of MySQL."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from typing import Final

from sockservice.sql.errors import Refused, too_deep
from sockservice.sql.tokens import TOKEN

MOST_TABLES: Final = 61
"""Tables that one query may join."""
MOST_COLUMNS: Final = 1017
"""Columns that a table may have (MySQL 8.4 manual, 17.21 "InnoDB Restrictions")."""
MOST_QUERIES: Final = 63
"""How deep queries may be nested (MySQL's ``MAX_SELECT_NESTING``)."""
MOST_PARTS: Final = 1500
"""Queries that one set operation may join: SQLite calls itself for each, and has no bound of its own that is safe."""
MOST_COMMON: Final = 1000
"""Common table expressions of one WITH: SQLite takes a minute for a chain of some thousands."""
TOO_DEEP: Final = "parser stack overflow"
"""What SQLite says of texts that are nested too deep."""
_FULL: Final = "database or disk is full"
_BRACKETS: Final = 1000
"""Brackets within brackets that nobody reads: sqlglot calls itself about twenty times for each."""
_SIGNS: Final = re.compile(r"(?:(?:(?:not|binary|case|interval)\b|[-+~!@])\s*){1000}", re.IGNORECASE)
"""Signs in front of signs, as many."""
_QUERY: Final = re.compile(r"\(\s*(?:select|with)\b", re.IGNORECASE)
_MEANINGS: Final[tuple[tuple[str, Callable[[], Refused]], ...]] = (
    (TOO_DEEP, too_deep),
    ("Expression tree is too large", too_deep),
    ("too many terms in", too_deep),
    ("too many arguments on function", too_deep),
    (_FULL, lambda: Refused("ER_DISK_FULL", "the folder of the data", errno.ENOSPC, os.strerror(errno.ENOSPC))),
    ("too many SQL variables", lambda: Refused("ER_PS_MANY_PARAM")),
    ("too many columns", lambda: Refused("ER_TOO_MANY_FIELDS")),
    ("at most 64 tables in a join", lambda: Refused("ER_TOO_MANY_TABLES", MOST_TABLES)),
    ("too many FROM clause terms", lambda: Refused("ER_TOO_MANY_TABLES", MOST_TABLES)),
)


def beyond_bounds(message: str) -> Refused | None:
    """The error of a statement that is too large for SQLite, or for the disk; None for any other mistake.

    Args:
        message: SQLite's.
    """
    return next((refused() for begin, refused in _MEANINGS if message.startswith(begin)), None)


def refuse_depth(text: str) -> None:
    """Refuse a statement that is nested so deep that reading it is no use.

    Raises:
        Refused: 1436, or 1473 for queries within queries.
    """
    if len(text) <= _BRACKETS:
        return
    depth = deepest = 0
    if text.count("(") > _BRACKETS:
        for token in TOKEN.finditer(text):
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            deepest = max(deepest, depth)
    if deepest > _BRACKETS or _SIGNS.search(text):
        raise unreadable(text)


def unreadable(text: str) -> Refused:
    """The error of a statement that is nested too deep."""
    queries = sum(1 for _ in _QUERY.finditer(text))
    return Refused("ER_TOO_HIGH_LEVEL_OF_NESTING_FOR_SELECT") if queries > MOST_QUERIES else too_deep()
