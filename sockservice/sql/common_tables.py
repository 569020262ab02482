"""Common table expressions (MySQL 8.4 manual, 15.2.20 "WITH")."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from sockservice.sql.bounds import MOST_COMMON
from sockservice.sql.errors import Refused, too_deep
from sockservice.sql.registry import internal
from sockservice.sql.scope import Source
from sockservice.sql.selected import Part, Selected
from sockservice.sql.shapes import aggregates
from sockservice.sql.sources import source_of_query
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.scope import Scope
    from sockservice.sql.select import Queries

_DEEPEST: Final = 1000
"""How often a recursion goes on (MySQL's default of ``cte_max_recursion_depth``)."""


class CommonTables:
    """The common table expressions that a query can name.

    Args:
        queries: what compiles the queries in them.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._known: list[dict[str, Source]] = []

    def find(self, name: str) -> Source | None:
        """The table of a name, or None."""
        for known in reversed(self._known):
            found = known.get(name.lower())
            if found is not None:
                return found
        return None

    @contextmanager
    def entered(self, node: exp.With, outer: Scope | None) -> Iterator[str]:
        """Let the tables of a WITH be named within the context, whose value is SQLite's text of it.

        Raises:
            Refused: 1066 where two have one name, and what a query is refused for.
        """
        depth = len(self._known)
        try:
            yield self.enter(node, outer)
        finally:
            del self._known[depth:]

    def enter(self, node: exp.With, outer: Scope | None = None) -> str:
        """Let the tables of a WITH be named from now on; gives SQLite's text of it.

        Raises:
            Refused: as for :meth:`entered`.
        """
        if len(node.expressions) > MOST_COMMON:
            raise too_deep()
        known: dict[str, Source] = {}
        self._known.append(known)
        parts = []
        for table in node.expressions:
            if table.alias.lower() in known:
                raise Refused("ER_NONUNIQ_TABLE", table.alias)
            recursive = bool(node.args.get("recursive")) and _names(table.this, table.alias)
            parts.append(self._recursive(table, outer) if recursive else self._plain(table, outer))
        word = "WITH RECURSIVE " if node.args.get("recursive") else "WITH "
        return f"{word}{', '.join(parts)} "

    def _plain(self, table: exp.CTE, outer: Scope | None) -> str:
        selected = self._queries.selected(table.this, outer)
        source = self._enter(table, selected)
        return f"{_header(source)} AS ({selected.text})"

    def _enter(self, table: exp.CTE, selected: Selected) -> Source:
        labels = [column.name for column in table.args["alias"].args.get("columns") or ()]
        name = self._queries.new_name(f"with {table.alias}")
        source = source_of_query(selected, table.alias, name, labels)
        self._known[-1][table.alias.lower()] = source
        return source

    def _recursive(self, table: exp.CTE, outer: Scope | None) -> str:
        """A table whose query names it: rows of its first part, then what is made of these, and so on."""
        name = table.alias
        seeds, members, distinct = _split(table.this, name)
        selected = self._queries.selected(seeds, outer)
        # The first part says what the columns are; further on, they may be NULL.
        columns = [(label, typed._replace(nullable=True, origin=None)) for label, typed in selected.columns]
        source = self._enter(table, Selected(selected.text, columns))
        wanted = [typed.type for _, typed in columns]
        seed = selected.text if selected.plain else f"SELECT * FROM ({selected.text})"
        part, depth = Part(wanted), ""
        if not distinct:
            # How deep a row is stands beside it; rows that are told once come to an end on their own.
            limit = int(self._queries.session.variable("cte_max_recursion_depth", _DEEPEST))
            part, depth = Part(wanted, (f'next_recursion("~depth", {limit})',)), ', "~depth"'
            seed = f"SELECT *, 0 FROM ({seed})"
        texts = [seed]
        for member in members:
            if member.args.get("group") or any(call for item in member.expressions for call in aggregates(item)):
                raise Refused("ER_CTE_RECURSIVE_FORBIDS_AGGREGATION", name)
            found = self._queries.selected(member, outer, part)
            if len(found.columns) != len(columns):
                raise Refused("ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT")
            texts.append(found.text)
        word = " UNION " if distinct else " UNION ALL "
        return f"{_header(source, depth)} AS ({word.join(texts)})"


def _header(source: Source, more: str = "") -> str:
    names = ", ".join(f"c{place}" for place in range(1, len(source.columns) + 1))
    return f"{quoted(source.name)}({names}{more})"


def _names(node: exp.Expr, name: str) -> bool:
    """Whether a query names a table."""
    return any(table.name.lower() == name.lower() and not table.args.get("db") for table in node.find_all(exp.Table))


def _split(node: exp.Expr, name: str) -> tuple[exp.Expr, list[exp.Expr], bool]:
    """The part of a recursive query that does not name it, those that do, and whether rows are told once.

    Raises:
        Refused: 3573 or 3574.
    """
    members: list[exp.Expr] = []
    distinct = False
    while isinstance(node, exp.Union) and _names(node.expression, name):
        member = node.expression
        while isinstance(member, exp.Subquery) and not member.args.get("order") and not member.args.get("limit"):
            member = member.this
        members.insert(0, member)
        distinct = distinct or node.args.get("distinct") is not False
        node = node.this
    if not members:
        raise Refused("ER_CTE_RECURSIVE_REQUIRES_UNION", name)
    if _names(node, name):
        raise Refused("ER_CTE_RECURSIVE_REQUIRES_NONRECURSIVE_FIRST", name)
    return node, members, distinct


@internal("next_recursion", 2)
def next_recursion(depth: int, most: int) -> int:
    """How deep a recursion is with one step more.

    Raises:
        Refused: 3636 where that is too deep.
    """
    if depth >= most:
        raise Refused("ER_CTE_MAX_RECURSION_DEPTH", depth + 1)
    return depth + 1
