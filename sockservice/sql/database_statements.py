"""CREATE, ALTER, DROP DATABASE and USE (MySQL 8.4 manual, 15.1.2, 15.1.12, 15.1.24, 15.8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from sockservice.answers import Answer, Ok
from sockservice.error_codes import error
from sockservice.sql.column_reader import collation_name
from sockservice.sql.definition import Change
from sockservice.sql.errors import Refused
from sockservice.sql.running import Work
from sockservice.sql.schema import DEFAULT_COLLATION, SYSTEM, Database, Table
from sockservice.sql.table_options import resolve_collation
from sockservice.sql.table_storage import TableStorage
from sockservice.sql.type_reader import charset_name
from sockservice.sql.words import Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


def see_that_it_may_change(session: SqlSession, name: str) -> None:
    """The server's own databases stay as they are.

    Raises:
        Refused: 1044 or 3552.
    """
    if name.lower() == "information_schema":
        raise Refused("ER_DBACCESS_DENIED_ERROR", session.session.user, session.session.host, name)
    if name.lower() in SYSTEM:
        raise Refused("ER_NO_SYSTEM_SCHEMA_ACCESS", name)


@attrs.frozen
class CreateDatabase:
    """CREATE DATABASE, or ALTER DATABASE of one that is there.

    Attributes:
        name: its name; ``""`` for the current one.
        careful: IF NOT EXISTS.
        charset: CHARACTER SET, or ``""``.
        collation: COLLATE, or ``""``.
        alters: whether it is ALTER.
    """

    name: str
    careful: bool
    charset: str
    collation: str
    alters: bool = False
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Make or change the database."""
        del change
        catalog = session.store.catalog
        name = self.name or session.database
        if not name:
            raise Refused("ER_NO_DB_ERROR")
        known = catalog.databases.get(name)
        if self.alters:
            see_that_it_may_change(session, name)
            known = catalog.database(name)
        elif known is not None or name.lower() in SYSTEM:
            if not self.careful:
                raise Refused("ER_DB_CREATE_EXISTS", name)
            note = error("ER_DB_CREATE_EXISTS", name)
            session.session.warnings = (("Note", note.code, note.message),)
            return Ok(affected_rows=1, warnings=1)
        default = known.collation if known is not None else DEFAULT_COLLATION
        catalog.put(Database(name, resolve_collation(self.charset, self.collation, default)))
        return Ok(affected_rows=1)
        yield


def read_create_database(words: Words, *, alters: bool = False) -> CreateDatabase:
    """Read CREATE or ALTER DATABASE from behind DATABASE."""
    careful = words.accept("if", "not", "exists")
    name = ""
    if not alters or words.is_name():
        name = words.name("ER_WRONG_DB_NAME")
    charset = collation = ""
    options = 0
    while not words.ended:
        words.accept("default")
        if words.accept("character", "set") or words.accept("charset"):
            words.accept("=")
            charset = charset_name(words)
        elif words.accept("collate"):
            words.accept("=")
            collation = collation_name(words)
        elif words.accept("encryption"):
            words.accept("=")
            words.string()
        elif words.accept("read", "only"):
            words.accept("=")
            words.take()
        else:
            raise words.mistake()
        options += 1
    if alters and not options:
        raise words.mistake()
    return CreateDatabase(name, careful, charset, collation, alters)


@attrs.frozen
class DropDatabase:
    """DROP DATABASE [IF EXISTS]."""

    name: str
    careful: bool
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """All of the database."""
        return list(session.store.catalog.tables(self.name))

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Drop the database with all that is in it."""
        del change
        catalog = session.store.catalog
        see_that_it_may_change(session, self.name)
        known = catalog.databases.get(self.name)
        if known is None:
            if not self.careful:
                raise Refused("ER_DB_DROP_EXISTS", self.name)
            note = error("ER_DB_DROP_EXISTS", self.name)
            session.session.warnings = (("Note", note.code, note.message),)
            return Ok(warnings=1)
        tables, views = list(catalog.tables(self.name)), list(catalog.views(self.name))
        if session.flag("foreign_key_checks", default=True):
            for table in tables:
                for child, key in session.store.referring(table):
                    if child.database != self.name:
                        raise Refused("ER_FK_CANNOT_DROP_PARENT", table.name, key.name, child.name)
        with session.store.main.at_once():
            for table in tables:
                catalog.remove(table)
            for view in views:
                catalog.remove(view)
            catalog.remove(known)
        if session.database == self.name:
            session.session.database = ""
        yield from TableStorage(session).drop_all(tables)
        return Ok(affected_rows=len(tables) + len(views))


def read_drop_database(words: Words) -> DropDatabase:
    """Read DROP DATABASE from behind DATABASE."""
    careful = words.accept("if", "exists")
    name = words.name("ER_WRONG_DB_NAME")
    words.expect_end()
    return DropDatabase(name, careful)


@attrs.frozen
class Use:
    """USE."""

    name: str
    commits: bool = False

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Make the database the current one."""
        del change
        name, _, workspace = self.name.partition("@")
        if name.lower() not in SYSTEM:
            session.store.catalog.database(name)
            if not session.session.may_use(self.name):
                raise Refused("ER_DBACCESS_DENIED_ERROR", session.session.user, session.session.host, name)
        else:
            name = name.lower()
        session.session.database = f"{name}@{workspace}" if workspace else name
        return Ok()
        yield


def read_use(words: Words) -> Use:
    """Read USE from behind the word."""
    name = words.name("ER_WRONG_DB_NAME")
    words.expect_end()
    return Use(name)
