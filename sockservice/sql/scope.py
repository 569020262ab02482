"""The names that a statement's expressions can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs
from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.typed import Typed


@attrs.define
class Source:
    """A table, view or sub-query that rows come from.

    Attributes:
        alias: what the statement calls it.
        columns: its columns by name, in order; each one's text is what the statement's expressions say for it.
        database: of the table, or ``""``.
        key: the SQLite table, where it is one.
        name: what SQLite's text calls it; ``""`` where that is the alias.
        hidden: columns that ``*`` leaves out.
        unique: sets of columns, in lower case, of which no two rows have the same values.
    """

    alias: str
    columns: dict[str, Typed]
    database: str = ""
    key: str = ""
    name: str = ""
    unique: tuple[frozenset[str], ...] = ()
    hidden: frozenset[str] = frozenset()

    def find(self, name: str) -> Typed | None:
        """The column of a name, whatever its case."""
        found = self.columns.get(name)
        if found is not None:
            return found
        wanted = name.lower()
        return next((column for label, column in self.columns.items() if label.lower() == wanted), None)


class Item(NamedTuple):
    """A column that a query gives.

    Attributes:
        label: what the client sees.
        typed: what it is.
        node: what was written; None for what ``*`` stands for.
    """

    label: str
    typed: Typed
    node: exp.Expr | None = None


class Cell(NamedTuple):
    """A column of the rows that FROM gives: ``*`` means all of these.

    Attributes:
        label: its name.
        typed: what it is.
        source: whose column; of several that USING has made one, the first.
    """

    label: str
    typed: Typed
    source: Source


@attrs.define
class Scope:
    """What can be named in one query.

    Attributes:
        sources: the tables of FROM.
        outer: of the query around it, or None.
        clause: which part of the statement is read, as messages call it: ``field list``, ``where clause`` …
        row: the columns of FROM, where they are not simply those of the sources: USING makes two of them one.
        items: what the query gives, where that may be named by its labels.
        groups: the texts of GROUP BY; None where there is no grouping.
        grouped: whether the query groups rows, by GROUP BY or by an aggregate function.
        takes_aggregates: whether aggregate functions may stand in what is read.
        within_aggregate: how many calls of aggregate functions are around what is read.
        rolled: what stands for an expression of GROUP BY, by its :func:`shape`, in rows of WITH ROLLUP.
        windows: the definitions of WINDOW, by name in lower case.
        windowed: whether it has window functions.
    """

    sources: list[Source] = attrs.field(factory=list)
    outer: Scope | None = None
    clause: str = "field list"
    row: list[Cell] | None = None
    items: Sequence[Item] = ()
    groups: frozenset[str] | None = None
    grouped: bool = False
    takes_aggregates: bool = False
    within_aggregate: int = 0
    rolled: dict[str, Typed] = attrs.field(factory=dict)
    windows: dict[str, exp.Window] = attrs.field(factory=dict)
    windowed: bool = False

    def column(self, name: str, table: str = "", database: str = "") -> Typed:
        """The column that a name means.

        Raises:
            Refused: 1054 where there is none, 1052 where there are several.
        """
        scope: Scope | None = self
        while scope is not None:
            found = scope.here(name, table, database)
            if found is not None:
                return found
            scope = scope.outer
        said = ".".join(filter(None, (database, table, name)))
        raise Refused("ER_BAD_FIELD_ERROR", said, self.clause)

    def source(self, alias: str, database: str = "") -> Source | None:
        """The source of an alias."""
        return next(
            (each for each in self.sources if each.alias == alias and database in ("", each.database)),
            None,
        )

    def cells(self) -> Iterator[Cell]:
        """The columns of FROM."""
        if self.row is not None:
            yield from self.row
            return
        for source in self.sources:
            for label, typed in source.columns.items():
                yield Cell(label, typed, source)

    def cell(self, name: str, table: str = "", database: str = "") -> Cell | None:
        """The column of FROM that a name means; None where there is none.

        Raises:
            Refused: 1052 where there are several.
        """
        wanted = name.lower()
        if table:
            found = [
                Cell(label, typed, source)
                for source in self.sources
                if source.alias == table and (not database or not source.database or source.database == database)
                for label, typed in source.columns.items()
                if label.lower() == wanted
            ]
        else:
            found = [cell for cell in self.cells() if cell.label.lower() == wanted]
        if len(found) > 1:
            raise Refused("ER_NON_UNIQ_ERROR", f"{table}.{name}" if table else name, self.clause)
        return found[0] if found else None

    def labelled(self, name: str) -> Typed | None:
        """What the query gives by this label.

        Raises:
            Refused: 1052 where that is not one thing.
        """
        found = [item.typed for item in self.items if item.label.lower() == name.lower()]
        if len({typed.sql for typed in found}) > 1:
            raise Refused("ER_NON_UNIQ_ERROR", name, self.clause)
        return found[0] if found else None

    def here(self, name: str, table: str, database: str) -> Typed | None:
        """The column that a name means in this query, without those around it; None where there is none."""
        if self.clause == "having clause" and not self.within_aggregate:
            return self._in_having(name, table, database)
        cell = self.cell(name, table, database)
        if cell is not None:
            return cell.typed
        if not table and self.clause in ("group statement", "order clause"):
            return self.labelled(name)
        return None

    def _in_having(self, name: str, table: str, database: str) -> Typed | None:
        """HAVING sees what is grouped by and what is given, and no other column (MySQL 8.4 manual, 15.2.13)."""
        try:
            cell = self.cell(name, table, database)
        except Refused:
            cell = None
        if cell is not None and self.groups is not None and cell.typed.sql in self.groups:
            return cell.typed
        if not table:
            labelled = self.labelled(name)
            if labelled is not None:
                if any(item.label.lower() == name.lower() and _has_window(item.node) for item in self.items):
                    raise Refused("ER_WINDOW_INVALID_WINDOW_FUNC_ALIAS_USE", name)
                return labelled
        if cell is not None and any(item.typed.sql == cell.typed.sql for item in self.items):
            return cell.typed
        return None


def _has_window(node: exp.Expr | None) -> bool:
    return node is not None and node.find(exp.Window) is not None
