"""CREATE, ALTER and DROP VIEW (MySQL 8.4 manual, 15.1.11, 15.1.23, 15.1.35)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs
from msgspec.structs import replace
from sqlglot import exp

from sockservice.answers import Answer, Ok
from sockservice.error_codes import error
from sockservice.sql.create_table import database_for
from sockservice.sql.definition import Change
from sockservice.sql.errors import Refused
from sockservice.sql.literals import fold
from sockservice.sql.parse import parse
from sockservice.sql.query_columns import columns_of_query
from sockservice.sql.running import Work
from sockservice.sql.schema import Table, View
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_VARIABLE: Final = (exp.Parameter, exp.SessionParameter)


@attrs.frozen
class CreateView:
    """CREATE VIEW, or ALTER VIEW of one that is there.

    Attributes:
        view: the view, with the names of its columns where they were given, but without its database.
        name: of the view.
        columns: the names that were given.
        replaces: OR REPLACE.
        careful: IF NOT EXISTS.
        alters: whether it is ALTER.
    """

    view: View
    name: Name
    columns: tuple[str, ...]
    replaces: bool = False
    careful: bool = False
    alters: bool = False
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Make the view."""
        del change
        catalog = session.store.catalog
        database = database_for(session, self.name)
        known = catalog.view(database, self.name.name)
        table = catalog.table(database, self.name.name)
        if table is not None:
            if self.replaces or self.alters:
                raise Refused("ER_WRONG_OBJECT", database, self.name.name, "VIEW")
            raise Refused("ER_TABLE_EXISTS_ERROR", self.name.name)
        if self.alters and known is None:
            raise Refused("ER_NO_SUCH_TABLE", database, self.name.name)
        if known is not None and not (self.replaces or self.alters):
            if not self.careful:
                raise Refused("ER_TABLE_EXISTS_ERROR", self.name.name)
            note = error("ER_TABLE_EXISTS_ERROR", self.name.name)
            session.session.warnings = (("Note", note.code, note.message),)
            return Ok(warnings=1)
        query = fold(self.view.select)
        node = parse(query.key, query.literals)
        self._see_that_it_may_be(session, node)
        columns = columns_of_query(session, query)
        if self.columns:
            if len(self.columns) != len(columns):
                raise Refused("ER_VIEW_WRONG_LIST")
            columns = [replace(column, name=name) for column, name in zip(columns, self.columns, strict=True)]
        seen: set[str] = set()
        for column in columns:
            if column.name.lower() in seen:
                raise Refused("ER_DUP_FIELDNAME", column.name)
            seen.add(column.name.lower())
        definer = self.view.definer or str(session.session.current_user)
        catalog.put(
            replace(
                self.view,
                database=database,
                name=self.name.name,
                within=session.database,
                columns=tuple(columns),
                named=bool(self.columns),
                definer=definer,
                updatable=is_updatable(session, node),
            )
        )
        return Ok()
        yield

    def _see_that_it_may_be(self, session: SqlSession, node: exp.Expression) -> None:
        """A view is of everybody's tables, and of nothing that changes from session to session.

        Raises:
            Refused: 1351 or 1352.
        """
        if any(True for _ in node.find_all(*_VARIABLE)):
            raise Refused("ER_VIEW_SELECT_VARIABLE")
        for table in node.find_all(exp.Table):
            database = table.args["db"].name if table.args.get("db") else session.database
            if session.temporary(database, table.name) is not None:
                raise Refused("ER_VIEW_SELECT_TMPTABLE", table.name)


def is_updatable(session: SqlSession, node: exp.Expression) -> bool:
    """Whether the rows of a view are rows of one table (MySQL 8.4 manual, 27.5.3)."""
    if not isinstance(node, exp.Select) or any(
        node.args.get(each) for each in ("distinct", "group", "having", "limit", "offset", "joins", "with_", "with")
    ):
        return False
    if any(True for _ in node.find_all(exp.AggFunc, exp.Window, exp.Subquery)):
        return False
    first = node.args.get("from_") or node.args.get("from")
    if first is None or not isinstance(first.this, exp.Table) or first.this.args.get("joins"):
        return False
    database = first.this.args["db"].name if first.this.args.get("db") else session.database
    under = session.store.catalog.view(database, first.this.name)
    named = any(
        isinstance(item, (exp.Star, exp.Column)) or isinstance(item.this, exp.Column) for item in node.expressions
    )
    return named and (under is None or under.updatable)


def read_create_view(
    words: Words, *, replaces: bool = False, alters: bool = False, prefix: View | None = None
) -> CreateView:
    """Read CREATE or ALTER VIEW from behind VIEW.

    Args:
        words: the statement.
        replaces: OR REPLACE was there.
        alters: it is ALTER VIEW.
        prefix: a view with the algorithm, definer and security that were given.
    """
    careful = words.accept("if", "not", "exists")
    name = words.table()
    columns = tuple(words.names()) if words.next_is("(") and not words.next_is("(", "select") else ()
    words.expect("as")
    start = words.peek().start
    if not any(words.next_is(each) for each in ("select", "with", "(", "values", "table")):
        raise words.mistake()
    select, check_option = words.rest, ""
    while not words.ended:
        at = words.at
        if words.accept("with"):
            kind = words.accept_any("cascaded", "local")
            if words.accept("check", "option") and words.ended:
                select = words.text[start : words.text.lower().rindex("with", start)].strip()
                check_option = (kind or "cascaded").upper()
                break
            words.at = at
        words.take()
    view = replace(prefix or View("", "", ""), select=select, check_option=check_option)
    return CreateView(view, name, columns, replaces, careful, alters)


def read_view_prefix(words: Words) -> View:
    """Take ALGORITHM, DEFINER and SQL SECURITY, where they are next."""
    algorithm, definer, security = "UNDEFINED", "", "DEFINER"
    while True:
        if words.accept("algorithm"):
            words.expect("=")
            algorithm = words.take().text.upper()
        elif words.accept("definer"):
            words.expect("=")
            definer = read_user(words)
        elif words.accept("sql", "security"):
            security = words.take().text.upper()
        else:
            return View("", "", "", definer=definer, algorithm=algorithm, security=security)


def read_user(words: Words) -> str:
    """Take ``user@host`` or CURRENT_USER; ``""`` for the latter."""
    if words.accept("current_user"):
        if words.accept("("):
            words.expect(")")
        return ""
    user = words.word_or_string()
    host = "%"
    if words.accept("@"):
        host = words.word_or_string()
    elif words.peek().text.startswith("@"):
        host = words.take().text[1:].strip("`'\"")
    return f"{user}@{host}"


@attrs.frozen
class DropView:
    """DROP VIEW [IF EXISTS]."""

    names: tuple[Name, ...]
    careful: bool
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Drop the views, all of them or none."""
        del change
        views, missing = [], []
        for name in self.names:
            database = name.database or session.database
            if not database:
                raise Refused("ER_NO_DB_ERROR")
            view = session.store.catalog.view(database, name.name)
            if view is not None:
                views.append(view)
            elif session.store.catalog.table(database, name.name) is not None:
                raise Refused("ER_WRONG_OBJECT", database, name.name, "VIEW")
            else:
                missing.append(f"{database}.{name.name}")
        if missing and not self.careful:
            raise Refused("ER_BAD_TABLE_ERROR", ",".join(missing))
        for view in views:
            session.store.catalog.remove(view)
        notes = [error("ER_BAD_TABLE_ERROR", name) for name in missing]
        session.session.warnings = tuple(("Note", note.code, note.message) for note in notes)
        return Ok(warnings=len(notes))
        yield


def read_drop_view(words: Words) -> DropView:
    """Read DROP VIEW from behind VIEW."""
    careful = words.accept("if", "exists")
    names = tuple(words.tables())
    words.accept_any("restrict", "cascade")
    words.expect_end()
    return DropView(names, careful)
