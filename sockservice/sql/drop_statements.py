"""DROP TABLE and TRUNCATE, RENAME TABLE (MySQL 8.4 manual, 15.1.32, 15.1.36, 15.1.37)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from sockservice.answers import Answer, Ok
from sockservice.error_codes import error
from sockservice.sql.create_table import database_for
from sockservice.sql.definition import Change, found
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_keys import described
from sockservice.sql.running import Work
from sockservice.sql.schema import Table, View
from sockservice.sql.table_storage import TableStorage
from sockservice.sql.table_texts import row_number
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


@attrs.frozen
class DropTable:
    """DROP [TEMPORARY] TABLE [IF EXISTS].

    Attributes:
        names: of the tables.
        temporary: TEMPORARY.
        careful: IF EXISTS.
    """

    names: tuple[Name, ...]
    temporary: bool
    careful: bool

    @property
    def commits(self) -> bool:
        """A temporary table is nobody else's matter."""
        return not self.temporary

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """Those that are there."""
        return [table for name in self.names for table in found(session, name.database, name.name)]

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Drop the tables, all of them or none."""
        del change
        tables, missing = [], []
        for name in self.names:
            database = name.database or session.database
            if not database:
                raise Refused("ER_NO_DB_ERROR")
            table = session.temporary(database, name.name)
            if table is None and not self.temporary:
                table = session.store.catalog.table(database, name.name)
            if table is None:
                missing.append(f"{database}.{name.name}")
            elif table in tables:
                raise Refused("ER_NONUNIQ_TABLE", name.name)
            else:
                tables.append(table)
        if missing and not self.careful:
            raise Refused("ER_BAD_TABLE_ERROR", ",".join(missing))
        self._see_that_nobody_refers(session, tables)
        storage = TableStorage(session)
        for table in tables:
            session.store.catalog.remove(table)
        yield from storage.drop_all(tables)
        notes = [error("ER_BAD_TABLE_ERROR", name) for name in missing]
        session.session.warnings = tuple(("Note", note.code, note.message) for note in notes)
        return Ok(warnings=len(notes))

    def _see_that_nobody_refers(self, session: SqlSession, tables: list[Table]) -> None:
        """A table that others refer to goes only together with them.

        Raises:
            Refused: 3730.
        """
        if not session.flag("foreign_key_checks", default=True):
            return
        for table in tables:
            if table.temporary:
                continue
            for child, key in session.store.catalog.referring(table.database, table.name):
                if child not in tables:
                    raise Refused("ER_FK_CANNOT_DROP_PARENT", table.name, key.name, child.name)


def read_drop_table(words: Words, *, temporary: bool) -> DropTable:
    """Read DROP [TEMPORARY] TABLE from behind TABLE."""
    careful = words.accept("if", "exists")
    names = tuple(words.tables())
    words.accept_any("restrict", "cascade")
    words.expect_end()
    return DropTable(names, temporary, careful)


@attrs.frozen
class Truncate:
    """TRUNCATE [TABLE]."""

    name: Name
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """The table."""
        return found(session, self.name.database, self.name.name)

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Drop the table and make it anew."""
        del change
        table = session.base_table(self.name.name, self.name.database)
        if session.flag("foreign_key_checks", default=True):
            for child, key in session.store.catalog.referring(table.database, table.name):
                if child.key != table.key:
                    raise Refused("ER_TRUNCATE_ILLEGAL_FK", described(child, key))
        storage, store = TableStorage(session), session.store
        if store.tidying.is_large(table.key, row_number(table)) and session.locked_tables is None:
            # Its rows are there for a while yet: the new table is another one.
            new = replace(table, key=store.catalog.new_key(temporary=bool(table.temporary)))
            storage.create(new)
            store.catalog.put(new)
            storage.drop(table)
            return Ok()
        storage.drop(table)
        storage.create(table)
        return Ok()
        yield


def read_truncate(words: Words) -> Truncate:
    """Read TRUNCATE from behind the word."""
    words.accept("table")
    name = words.table()
    words.expect_end()
    return Truncate(name)


@attrs.frozen
class RenameTable:
    """RENAME TABLE; the pairs one after the other, all of them or none."""

    pairs: tuple[tuple[Name, Name], ...]
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """Those that are there at the start."""
        return [table for old, _ in self.pairs for table in found(session, old.database, old.name)]

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Rename the tables and views."""
        del change
        done: list[tuple[Name, Name]] = []
        try:
            for old, new in self.pairs:
                rename(session, old, new)
                done.append((old, new))
        except Refused:
            for old, new in reversed(done):
                rename(session, new, old)
            raise
        return Ok()
        yield


def read_rename(words: Words) -> RenameTable:
    """Read RENAME TABLE from behind the first word."""
    if not words.accept_any("table", "tables"):
        raise words.mistake()
    pairs = []
    while True:
        old = words.table()
        words.expect("to")
        pairs.append((old, words.table()))
        if not words.accept(","):
            break
    words.expect_end()
    return RenameTable(tuple(pairs))


def rename(session: SqlSession, old: Name, new: Name) -> None:
    """Rename a table or view; the foreign keys that refer to it follow.

    Raises:
        Refused: 1146 or 1050.
    """
    catalog = session.store.catalog
    source = old.database or session.database
    if not source:
        raise Refused("ER_NO_DB_ERROR")
    own = session.temporary(source, old.name)
    thing: Table | View | None = own or catalog.table(source, old.name) or catalog.view(source, old.name)
    if thing is None:
        raise Refused("ER_NO_SUCH_TABLE", source, old.name)
    target = database_for(session, new)
    taken = (
        session.temporary(target, new.name)
        if own is not None
        else catalog.table(target, new.name) or catalog.view(target, new.name)
    )
    if taken is not None:
        raise Refused("ER_TABLE_EXISTS_ERROR", new.name)
    catalog.remove(thing)
    if isinstance(thing, View):
        catalog.put(replace(thing, database=target, name=new.name))
        return
    keys = tuple(
        replace(
            key,
            database=target if (key.database, key.table) == (source, old.name) else key.database,
            table=new.name if (key.database, key.table) == (source, old.name) else key.table,
            name=_renamed(key.name, old.name, new.name),
        )
        for key in thing.foreign_keys
    )
    checks = tuple(replace(check, name=_renamed(check.name, old.name, new.name)) for check in thing.checks)
    catalog.put(replace(thing, database=target, name=new.name, foreign_keys=keys, checks=checks))
    if own is not None:
        return
    for child, _ in catalog.referring(source, old.name):
        follow = tuple(
            replace(key, database=target, table=new.name) if (key.database, key.table) == (source, old.name) else key
            for key in child.foreign_keys
        )
        catalog.put(replace(child, foreign_keys=follow))


def _renamed(name: str, old: str, new: str) -> str:
    """The name of a constraint that was made of the table's."""
    for middle in ("_ibfk_", "_chk_"):
        if name.startswith(f"{old}{middle}"):
            return new + name[len(old) :]
    return name
