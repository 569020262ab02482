"""What the message of an error names: the part of it that a program or a person acts on."""

from __future__ import annotations

import re

_DETAIL = re.compile(r"(?<!\w)'((?:[^']|'(?=\w))*)'|((?:`[^`]*`\.?)+)|\b(?:row|line|column) (\d+)")
_CLAUSES = {
    "SELECT": "field list",
    "INSERT INTO": "field list",
    "SET": "field list",
    "VALUES": "field list",
    "UPDATE": "field list",
    "DO": "field list",
    "ON": "on clause",
    "FROM": "from clause",
    "WHERE": "where clause",
    "GROUP BY": "group statement",
    "HAVING": "having clause",
    "ORDER BY": "order clause",
}
"""Where a column is unknown (1054): as MariaDB says it, and MySQL."""

_LAST_PART = {1051, 1062, 1264, 1265, 1292, 1366, 1406}
"""Errors whose last name MySQL and MariaDB qualify differently: ``t.PRIMARY`` or ``PRIMARY``, ``a`` or ``db.t.a``."""

_PRINTED = {1690}
"""Errors whose message holds an expression or a name as the server prints it."""


def details(code: int, message: str) -> list[str]:
    """The quoted parts and the numbers of rows and lines, without the words around them, which are not the same.

    Args:
        code: the number of the error, which says how the two servers put it.
        message: of either server.
    """
    found = ["".join(filter(None, parts)).replace("`", "") for parts in _DETAIL.findall(message)]
    if code in _PRINTED:
        return [message.split(" ", 1)[0]]
    if code == 1055:
        return [part for part in found if "." in part][:1]
    if code == 1140:
        # MySQL names the expression and the column; MariaDB nothing.
        return []
    if code == 1054:
        return [_CLAUSES.get(part, part) for part in found]
    if code in _LAST_PART:
        return [part if part.isdigit() else part.rpartition(".")[2] for part in found]
    return found
