"""A table that ALTER TABLE changes: the single changes, and what each of them means for the rest of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import attrs
from msgspec.structs import replace

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.sql.defaults_check import check_default
from sockservice.sql.drafts import ColumnDraft
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_key_builder import compatible
from sockservice.sql.rendering import names_in, with_name
from sockservice.sql.schema import Column, Table
from sockservice.sql.table_builder import TableBuilder
from sockservice.sql.table_options import TableOptions
from sockservice.sql.type_reader import TEXTS
from sockservice.sql.words import Name

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

DROP_KEYS, DROP_COLUMNS, COLUMNS, SETTLE, ADD_KEYS, REST = range(6)
"""When a change is made: what it drops is dropped first, for the others are judged by the table that comes of it."""
_ASIDE: Final = "\0"
"""What a column's name ends in while another one takes the name."""
_CHECK_USES: Final = 3959


@attrs.frozen
class Step:
    """One change: when it is made, and what makes it."""

    phase: int
    apply: Callable[[Alteration], None]


@attrs.define
class Alteration:
    """The changes under way.

    Attributes:
        session: whose statement it is.
        table: as it was.
        builder: as it becomes.
        origins: the columns that were there by their new names, with the old ones.
        names: what those that are left are called by now, by their old names in lower case: changes go by the old ones.
        options: the options of the table that were given.
        new_name: what it is renamed to, or None.
        refill: whether all rows are written anew.
        children: the tables that refer to renamed columns, by key, as they become.
    """

    session: SqlSession
    table: Table
    builder: TableBuilder
    origins: dict[str, str]
    names: dict[str, str]
    options: TableOptions = attrs.field(factory=TableOptions)
    new_name: Name | None = None
    refill: bool = False
    children: dict[str, Table] = attrs.field(factory=dict)

    @classmethod
    def of(cls, session: SqlSession, table: Table) -> Alteration:
        """The changes of a table, none so far."""
        origins = {column.name: column.name for column in table.columns}
        names = {column.name.lower(): column.name for column in table.columns}
        return cls(session, table, TableBuilder.of(session, table), origins, names)

    @property
    def _checks_keys(self) -> bool:
        return self.session.flag("foreign_key_checks", default=True)

    # --- columns ------------------------------------------------------------------------------

    def add_column(self, draft: ColumnDraft) -> None:
        """ADD COLUMN; its keys and CHECKs come later."""
        self._make_room(draft.name)
        self.builder.add_column(draft)

    def add_keys_of(self, draft: ColumnDraft) -> None:
        """The keys and CHECKs of a column's own definition."""
        self.builder.add_keys_of(draft)
        for check in draft.checks:
            self.builder.add_check(check)

    def column(self, name: str) -> Column:
        """The column that had a name before all changes.

        Raises:
            Refused: 1054.
        """
        found = self.builder.column(self.names.get(name.lower(), ""))
        if found is None:
            raise Refused("ER_BAD_FIELD_ERROR", name, self.table.name)
        return found

    def drop_column(self, name: str) -> None:
        """DROP COLUMN; the indexes lose it too.

        Raises:
            Refused: 1091, 1828, 1829, 3108 or 3959.
        """
        builder = self.builder
        if self.names.pop(name.lower(), None) is None:
            raise Refused("ER_CANT_DROP_FIELD_OR_KEY", name)
        column = builder.column(name)
        assert column is not None
        for key in builder.foreign_keys:
            if name.lower() in map(str.lower, key.columns):
                raise Refused("ER_FK_COLUMN_CANNOT_DROP", name, key.name)
        for child, key in self.session.store.catalog.referring(self.table.database, self.table.name):
            if name.lower() in map(str.lower, key.references):
                raise Refused("ER_FK_COLUMN_CANNOT_DROP_CHILD", name, key.name, f"{child.database}.{child.name}")
        for other in builder.columns:
            if other.generated and name.lower() in map(str.lower, names_in(other.generated)):
                raise Refused("ER_DEPENDENT_BY_GENERATED_COLUMN", name)
        for check in list(builder.checks):
            used = {word.lower() for word in names_in(check.expression)}
            if used == {name.lower()}:
                builder.checks.remove(check)
            elif name.lower() in used:
                text = (
                    f"Check constraint '{check.name}' uses column '{name}', hence column cannot be dropped or renamed."
                )
                raise Refused(Error(_CHECK_USES, "HY000", text))
        builder.columns.remove(column)
        self.origins.pop(column.name, None)
        kept = []
        for index in builder.indexes:
            parts = tuple(part for part in index.parts if part.column.lower() != name.lower())
            if parts:
                kept.append(replace(index, parts=parts))
        builder.indexes = kept

    def change_column(self, old: str, draft: ColumnDraft) -> None:
        """CHANGE and MODIFY COLUMN.

        Raises:
            Refused: 1054, 1060, 1832, 1833 and what a definition is refused for.
        """
        builder = self.builder
        before = self.column(old)
        if draft.name.lower() != before.name.lower():
            self._make_room(draft.name)
            before = self.column(old)
        place = builder.columns.index(before)
        builder.columns.remove(before)
        column = builder.add_column(draft, place)
        if draft.after is not None:
            builder.columns.remove(column)
            builder.columns.insert(builder.place(draft.after), column)
        primary = builder.primary
        if primary is not None and before.name.lower() in primary.columns:
            if draft.nullable:
                raise Refused("ER_PRIMARY_CANT_HAVE_NULL")
            required = replace(column, nullable=False, has_default=column.default is not None or column.auto_increment)
            builder.columns[builder.columns.index(column)] = required
            column = required
        self._see_that_keys_allow(old, before, column)
        origin = self.origins.pop(before.name, None)
        if origin is not None and not column.generated:
            self.origins[column.name] = origin
        self.names[old.lower()] = column.name
        if column.name != before.name:
            self._follow(before.name, column.name)

    def _see_that_keys_allow(self, old: str, before: Column, column: Column) -> None:
        """A column of a foreign key keeps its type, on both sides.

        Raises:
            Refused: 1832, 1833 or 1830.
        """
        for key in self.builder.foreign_keys:
            if before.name.lower() in map(str.lower, key.columns):
                if not column.nullable and "SET NULL" in (key.on_delete, key.on_update):
                    raise Refused("ER_FK_COLUMN_NOT_NULL", column.name, key.name)
                if self._checks_keys and not compatible(column, before):
                    raise Refused("ER_FK_COLUMN_CANNOT_CHANGE", before.name, key.name)
        for child, key in self.session.store.catalog.referring(self.table.database, self.table.name):
            refers = old.lower() in map(str.lower, key.references)
            if refers and self._checks_keys and not compatible(column, before):
                name = f"{child.database}.{child.name}"
                raise Refused("ER_FK_COLUMN_CANNOT_CHANGE_CHILD", old, key.name, name)

    def rename_column(self, old: str, new: str) -> None:
        """RENAME COLUMN.

        Raises:
            Refused: 1054 or 1060.
        """
        if new.lower() != self.column(old).name.lower():
            self._make_room(new)
        self._rename(old, new)

    def _rename(self, old: str, new: str) -> None:
        before = self.column(old)
        self.builder.columns[self.builder.columns.index(before)] = replace(before, name=new)
        origin = self.origins.pop(before.name, None)
        if origin is not None:
            self.origins[new] = origin
        self.names[old.lower()] = new
        self._follow(before.name, new)

    def _make_room(self, name: str) -> None:
        """A column takes a name: one that has it, and may be renamed yet by a change behind, steps aside.

        Raises:
            Refused: 1060.
        """
        other = self.builder.column(name)
        if other is None:
            return
        old = next((old for old, now in self.names.items() if now == other.name), None)
        if old is None or old != other.name.lower():
            raise Refused("ER_DUP_FIELDNAME", name)
        self._rename(old, other.name + _ASIDE)

    def settle(self) -> None:
        """All columns are what they become.

        Raises:
            Refused: 1060 or 1090.
        """
        for column in self.builder.columns:
            if column.name.endswith(_ASIDE):
                raise Refused("ER_DUP_FIELDNAME", column.name.removesuffix(_ASIDE))
        if not self.builder.columns:
            raise Refused("ER_CANT_REMOVE_ALL_FIELDS")

    def _follow(self, old: str, new: str) -> None:
        """What names a column names it by its new name."""
        builder = self.builder

        def renamed(name: str) -> str:
            return new if name.lower() == old.lower() else name

        builder.indexes = [
            replace(index, parts=tuple(replace(part, column=renamed(part.column)) for part in index.parts))
            for index in builder.indexes
        ]
        builder.foreign_keys = [
            replace(
                key,
                columns=tuple(map(renamed, key.columns)),
                references=tuple(map(renamed, key.references))
                if self._is_itself(key.database, key.table)
                else key.references,
            )
            for key in builder.foreign_keys
        ]
        builder.checks = [replace(check, expression=with_name(check.expression, old, new)) for check in builder.checks]
        builder.columns = [
            replace(column, generated=with_name(column.generated, old, new)) if column.generated else column
            for column in builder.columns
        ]
        for found, _ in self.session.store.catalog.referring(self.table.database, self.table.name):
            if found.key == self.table.key:
                continue
            child = self.children.get(found.key, found)
            keys = tuple(
                replace(key, references=tuple(map(renamed, key.references)))
                if self._is_itself(key.database, key.table)
                else key
                for key in child.foreign_keys
            )
            self.children[child.key] = replace(child, foreign_keys=keys)

    def _is_itself(self, database: str, table: str) -> bool:
        return (database, table) == (self.table.database, self.table.name)

    def set_default(self, name: str, default: str | None, *, dropped: bool) -> None:
        """ALTER COLUMN … SET DEFAULT and DROP DEFAULT.

        Raises:
            Refused: 1054, 1067 or 1101.
        """
        column = self.column(name)
        if default is None and not dropped and not column.nullable:
            raise Refused("ER_INVALID_DEFAULT", name)
        changed = replace(column, default=default, has_default=default is not None or not dropped)
        check_default(self.session, changed)
        self.builder.columns[self.builder.columns.index(column)] = changed

    def show_column(self, name: str, *, visible: bool) -> None:
        """ALTER COLUMN … SET VISIBLE and INVISIBLE."""
        column = self.column(name)
        self.builder.columns[self.builder.columns.index(column)] = replace(column, invisible=not visible)

    def convert(self, collation: str) -> None:
        """CONVERT TO CHARACTER SET: the default, and every text."""
        builder = self.builder
        builder.collation = collation
        builder.columns = [
            replace(column, collation=collation) if column.type.name in TEXTS else column for column in builder.columns
        ]

    def note_that_keys_stay(self) -> None:
        """DISABLE KEYS and ENABLE KEYS, which InnoDB does not know."""
        note = error("ER_ILLEGAL_HA", self.table.name)
        self.builder.warnings.append(("Note", note.code, note.message))
