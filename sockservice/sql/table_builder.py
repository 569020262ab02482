"""A table put together from its parts, each checked against the others (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
from msgspec.structs import replace

from sockservice.error_codes import error
from sockservice.sql.bounds import MOST_COLUMNS
from sockservice.sql.column_builder import column_of
from sockservice.sql.drafts import FIRST, CheckDraft, ColumnDraft, ForeignKeyDraft, IndexDraft, Part
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_key_builder import foreign_key
from sockservice.sql.key_parts import checked_parts
from sockservice.sql.rendering import names_in
from sockservice.sql.schema import DEFAULT_COLLATION, Check, Column, ForeignKey, Index, IndexPart, Table
from sockservice.sql.session import SqlSession

_MOST_INDEXES: Final = 64
"""Of a table of InnoDB's."""


@attrs.define
class TableBuilder:
    """A table under construction.

    Attributes:
        session: whose statement makes it.
        database: where it is to be.
        name: its name.
        collation: its default collation.
        columns: so far.
        indexes: so far, in any order.
        foreign_keys: so far.
        checks: so far.
        base: what it was, or a table with the options of a new one.
        warnings: notes for the client: level, code, message.
        added_keys: the foreign keys that are new.
    """

    session: SqlSession
    database: str
    name: str
    collation: str = DEFAULT_COLLATION
    columns: list[Column] = attrs.field(factory=list)
    indexes: list[Index] = attrs.field(factory=list)
    foreign_keys: list[ForeignKey] = attrs.field(factory=list)
    checks: list[Check] = attrs.field(factory=list)
    base: Table | None = None
    warnings: list[tuple[str, int, str]] = attrs.field(factory=list)
    added_keys: list[ForeignKey] = attrs.field(factory=list)
    _declared_nullable: set[str] = attrs.field(factory=set)
    _selected: set[str] = attrs.field(factory=set)
    _own: int = 0

    @classmethod
    def of(cls, session: SqlSession, table: Table) -> TableBuilder:
        """What changes a table that is there."""
        return cls(
            session,
            table.database,
            table.name,
            table.collation,
            list(table.columns),
            list(table.indexes),
            list(table.foreign_keys),
            list(table.checks),
            table,
        )

    # --- finding ------------------------------------------------------------------------------

    def column(self, name: str) -> Column | None:
        """The column of a name, whatever its case."""
        wanted = name.lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)

    def index(self, name: str) -> Index | None:
        """The index of a name, whatever its case."""
        wanted = name.lower()
        return next((index for index in self.indexes if index.name.lower() == wanted), None)

    @property
    def primary(self) -> Index | None:
        """The primary key."""
        return self.index("PRIMARY")

    # --- parts --------------------------------------------------------------------------------

    def add_all(self, parts: Iterable[Part]) -> None:
        """Add the parts of a CREATE TABLE: the columns first, for the others name them.

        Raises:
            Refused: as MySQL does.
        """
        parts = list(parts)
        for draft in [part for part in parts if isinstance(part, ColumnDraft)]:
            self.add_column(draft)
        for part in parts:
            if isinstance(part, ColumnDraft):
                self.add_keys_of(part)
            elif isinstance(part, IndexDraft):
                self.add_index(part)
        for part in parts:
            if isinstance(part, ForeignKeyDraft):
                self.add_foreign_key(part)
            elif isinstance(part, CheckDraft):
                self.add_check(part)
            elif isinstance(part, ColumnDraft):
                for check in part.checks:
                    self.add_check(check)

    def add_selected(self, columns: Iterable[Column]) -> None:
        """Add the columns that a query gives, behind which those of the statement come that it does not give.

        Raises:
            Refused: 1060.
        """
        for column in columns:
            if self.column(column.name) is not None:
                raise Refused("ER_DUP_FIELDNAME", column.name)
            self.columns.append(column)
            self._selected.add(column.name.lower())

    def add_column(self, draft: ColumnDraft, place: int | None = None) -> Column:
        """Add a column.

        Args:
            draft: the column.
            place: where among the others; None where its draft says so.

        Raises:
            Refused: 1060, 1054, 1067 and others.
        """
        known = self.column(draft.name)
        if known is not None and draft.name.lower() in self._selected:
            # The statement says what a column of the query is like.
            self._selected.discard(draft.name.lower())
            place = self.columns.index(known)
            self.columns.remove(known)
        elif known is not None:
            raise Refused("ER_DUP_FIELDNAME", draft.name)
        if len(self.columns) >= MOST_COLUMNS:
            raise Refused("ER_TOO_MANY_FIELDS")
        column = column_of(self.session, draft, self.collation)
        if place is None:
            place = self._own if self._selected else self.place(draft.after)
            self._own += 1
        self.columns.insert(place, column)
        if draft.nullable:
            self._declared_nullable.add(draft.name.lower())
        return column

    def place(self, after: str | None) -> int:
        """Where FIRST or AFTER puts a column.

        Raises:
            Refused: 1054.
        """
        if after is None:
            return len(self.columns)
        if after == FIRST:
            return 0
        found = self.column(after)
        if found is None:
            raise Refused("ER_BAD_FIELD_ERROR", after, self.name)
        return self.columns.index(found) + 1

    def add_keys_of(self, draft: ColumnDraft) -> None:
        """Add the indexes that a column's attributes ask for."""
        for kind in draft.keys:
            self.add_index(IndexDraft(kind, "PRIMARY" if kind == "PRIMARY" else "", (IndexPart(draft.name),)))

    def add_index(self, draft: IndexDraft) -> Index:
        """Add an index.

        Raises:
            Refused: 1068, 1061, 1072, 1170, 1171 and others.
        """
        if draft.kind == "PRIMARY" and self.primary is not None:
            raise Refused("ER_MULTIPLE_PRI_KEY")
        if len(self.indexes) >= _MOST_INDEXES:
            raise Refused("ER_TOO_MANY_KEYS", _MOST_INDEXES)
        parts = checked_parts(draft, self.column)
        if draft.kind == "PRIMARY":
            self._make_required(parts)
        elif draft.name.upper() == "PRIMARY":
            raise Refused("ER_WRONG_NAME_FOR_INDEX", draft.name)
        name = draft.name or self._free_name(parts[0].column or "functional_index")
        index = Index(
            name,
            tuple(parts),
            draft.kind in ("PRIMARY", "UNIQUE"),
            draft.kind if draft.kind in ("FULLTEXT", "SPATIAL") else "BTREE",
            draft.comment,
            draft.visible,
            draft.using,
        )
        namesake = self.index(name)
        if namesake is not None and not (namesake.generated and _replaces(index, namesake)):
            raise Refused("ER_DUP_KEYNAME", name)
        if draft.kind != "PRIMARY" and any(
            (known.parts, known.kind, known.unique) == (index.parts, index.kind, index.unique) and not known.generated
            for known in self.indexes
        ):
            note = error("ER_DUP_INDEX", name, self.database, self.name)
            self.warnings.append(("Warning", note.code, note.message))
        self.indexes = [known for known in self.indexes if not (known.generated and _replaces(index, known))]
        self.indexes.append(index)
        return index

    def _make_required(self, parts: list[IndexPart]) -> None:
        """The columns of a primary key take no NULL."""
        for part in parts:
            column = self.column(part.column)
            if column is None:
                raise Refused("ER_FUNCTIONAL_INDEX_PRIMARY_KEY")
            if column.name.lower() in self._declared_nullable:
                raise Refused("ER_PRIMARY_CANT_HAVE_NULL")
            has_default = column.default is not None or column.auto_increment
            self.columns[self.columns.index(column)] = replace(column, nullable=False, has_default=has_default)

    def _free_name(self, column: str) -> str:
        """A name for an index that has none: that of its first column, with a number where it is taken."""
        name, number = column if column.upper() != "PRIMARY" else f"{column}_2", 2
        while self.index(name) is not None:
            name, number = f"{column}_{number}", number + 1
        return name

    def add_foreign_key(self, draft: ForeignKeyDraft) -> ForeignKey:
        """Add a foreign key, and the index that it needs.

        Raises:
            Refused: 1239, 1824, 1826, 1830, 3734, 3780, 6125 and others.
        """
        key = foreign_key(self.session, self, draft)
        self.foreign_keys.append(key)
        self.added_keys.append(key)
        wanted = tuple(name.lower() for name in key.columns)
        if not any(index.columns[: len(wanted)] == wanted and index.kind == "BTREE" for index in self.indexes):
            name = self._free_name(draft.name or draft.index_name or key.columns[0])
            parts = tuple(IndexPart(name) for name in key.columns)
            self.indexes.append(Index(name, parts, generated=True))
        return key

    def add_check(self, draft: CheckDraft) -> Check:
        """Add a CHECK.

        Raises:
            Refused: 3813, 3820 or 3822.
        """
        name = draft.name or self._free_check_name()
        if any(check.name.lower() == name.lower() for check in self.checks):
            raise Refused("ER_CHECK_CONSTRAINT_DUP_NAME", name)
        for word in names_in(draft.expression):
            if draft.column and self.column(word) is not None and word.lower() != draft.column.lower():
                raise Refused("ER_COLUMN_CHECK_CONSTRAINT_REFERENCES_OTHER_COLUMN", name)
            if self.column(word) is None:
                raise Refused("ER_CHECK_CONSTRAINT_REFERS_UNKNOWN_COLUMN", name, word)
        check = Check(name, draft.expression, draft.enforced)
        self.checks.append(check)
        return check

    def _free_check_name(self) -> str:
        taken = {check.name.lower() for check in self.checks}
        number = 1
        while f"{self.name}_chk_{number}".lower() in taken:
            number += 1
        return f"{self.name}_chk_{number}"

    # --- the whole ----------------------------------------------------------------------------

    def finish(self, **options: object) -> Table:
        """The table, where all is right.

        Args:
            options: attributes of :class:`Table` that are not the builder's.

        Raises:
            Refused: 1113 or 1075.
        """
        if not self.columns:
            raise Refused("ER_TABLE_MUST_HAVE_COLUMNS")
        automatic = [column for column in self.columns if column.auto_increment]
        if automatic and (
            len(automatic) > 1
            or not any(index.parts[0].column.lower() == automatic[0].name.lower() for index in self.indexes)
        ):
            raise Refused("ER_WRONG_AUTO_KEY")
        base = self.base or Table(self.database, self.name, ())
        return replace(
            base,
            database=self.database,
            name=self.name,
            columns=tuple(self.columns),
            indexes=tuple(sorted(self.indexes, key=self._order)),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            collation=self.collation,
            **options,
        )

    def _order(self, index: Index) -> int:
        """The order in which MySQL lists indexes: the primary key, unique ones without NULL, unique ones, others."""
        if index.name == "PRIMARY":
            return 0
        if index.kind != "BTREE":
            return 4
        if not index.unique:
            return 3
        nullable = any((column := self.column(part.column)) is None or column.nullable for part in index.parts)
        return 2 if nullable else 1


def _replaces(index: Index, generated: Index) -> bool:
    """Whether an index does what a foreign key's own index does."""
    return index.kind == "BTREE" and index.columns[: len(generated.parts)] == generated.columns
