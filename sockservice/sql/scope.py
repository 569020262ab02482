"""The names that a statement's expressions can see."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

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
    """

    alias: str
    columns: dict[str, Typed]
    database: str = ""
    key: str = ""

    def find(self, name: str) -> Typed | None:
        """The column of a name, whatever its case."""
        found = self.columns.get(name)
        if found is not None:
            return found
        wanted = name.lower()
        return next((column for label, column in self.columns.items() if label.lower() == wanted), None)


@attrs.define
class Scope:
    """What can be named in one query.

    Attributes:
        sources: the tables of FROM.
        outer: of the query around it, or None.
        aliases: the columns of the select list by their labels, where they may be named (GROUP BY, HAVING, ORDER BY).
        joined: columns that USING and NATURAL have made one, by name in lower case.
        clause: which part of the statement is read, as messages call it: ``field list``, ``where clause`` …
        grouped: whether the query groups rows.
    """

    sources: list[Source] = attrs.field(factory=list)
    outer: Scope | None = None
    aliases: dict[str, Typed] = attrs.field(factory=dict)
    joined: dict[str, Typed] = attrs.field(factory=dict)
    clause: str = "field list"
    grouped: bool = False

    def column(self, name: str, table: str = "", database: str = "") -> Typed:
        """The column that a name means.

        Raises:
            Refused: 1054 where there is none, 1052 where there are several.
        """
        scope: Scope | None = self
        while scope is not None:
            found = scope._here(name, table, database)
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

    def _here(self, name: str, table: str, database: str) -> Typed | None:
        if not table and name.lower() in self.joined:
            return self.joined[name.lower()]
        found: list[Typed] = []
        for source in self.sources:
            if table and source.alias != table:
                continue
            if database and source.database and source.database != database:
                continue
            column = source.find(name)
            if column is not None:
                found.append(column)
        if len(found) > 1:
            raise Refused("ER_NON_UNIQ_ERROR", f"{table}.{name}" if table else name, self.clause)
        return found[0] if found else None

    def all_columns(self) -> Sequence[tuple[str, Typed]]:
        """The columns that ``*`` means, with their labels."""
        told: list[tuple[str, Typed]] = []
        seen: set[str] = set()
        for name, column in self.joined.items():
            told.append((column.origin.name if column.origin else name, column))
            seen.add(name)
        for source in self.sources:
            told.extend((label, column) for label, column in source.columns.items() if label.lower() not in seen)
        return told
