"""CREATE TABLE in its three forms: by columns, LIKE another one, AS a query (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

import time
from collections.abc import Sequence

import attrs
from msgspec.structs import replace

from sockservice.answers import Answer, Ok
from sockservice.error_codes import error
from sockservice.sql.column_reader import read_column
from sockservice.sql.definition import Change
from sockservice.sql.drafts import Part
from sockservice.sql.errors import Refused
from sockservice.sql.key_reader import is_key, read_key
from sockservice.sql.literals import Folded, fold
from sockservice.sql.query_columns import columns_of_query
from sockservice.sql.rendering import backticked
from sockservice.sql.running import Work
from sockservice.sql.schema import SYSTEM, Table
from sockservice.sql.session import SqlSession
from sockservice.sql.table_builder import TableBuilder
from sockservice.sql.table_options import TableOptions, read_options
from sockservice.sql.table_storage import TableStorage
from sockservice.sql.words import Name, Words


@attrs.frozen
class CreateTable:
    """The statement.

    Attributes:
        name: of the table.
        temporary: TEMPORARY.
        careful: IF NOT EXISTS.
        parts: what stands in the brackets.
        options: what stands behind them.
        like: the table that it is to be like, or None.
        query: the text of AS SELECT, or ``""``.
    """

    name: Name
    temporary: bool
    careful: bool
    parts: tuple[Part, ...] = ()
    options: TableOptions = attrs.field(factory=TableOptions)
    like: Name | None = None
    query: str = ""

    @property
    def commits(self) -> bool:
        """A temporary table is nobody else's matter."""
        return not self.temporary

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Make the table."""
        database = database_for(session, self.name)
        if self._is_taken(session, database):
            if not self.careful:
                raise Refused("ER_TABLE_EXISTS_ERROR", self.name.name)
            return noted(session, "ER_TABLE_EXISTS_ERROR", self.name.name)
        table, warnings, query = self._table(session, database)
        storage = TableStorage(session)
        storage.create(table)
        numbers = session.store.numbers
        if self.options.auto_increment and table.auto_increment is not None:
            numbers.start(table, max(self.options.auto_increment, 1))
        session.store.catalog.put(table)
        session.session.warnings = tuple(warnings)
        if query is None:
            return Ok(warnings=len(warnings))
            yield
        try:
            return (yield from self._fill(session, table, query, change))
        except BaseException:
            session.store.catalog.remove(table)
            storage.drop(table)
            raise

    def _is_taken(self, session: SqlSession, database: str) -> bool:
        catalog, name = session.store.catalog, self.name.name
        if self.temporary:
            return session.temporary(database, name) is not None
        return catalog.table(database, name) is not None or catalog.view(database, name) is not None

    def _table(self, session: SqlSession, database: str) -> tuple[Table, list[tuple[str, int, str]], Folded | None]:
        collation = self.options.resolved(session.store.catalog.databases[database].collation)
        key = session.store.catalog.new_key(temporary=self.temporary)
        owner = session.session.connection_id if self.temporary else 0
        if self.like is not None:
            if (self.like.database or session.database, self.like.name) == (database, self.name.name):
                raise Refused("ER_NONUNIQ_TABLE", self.name.name)
            model = session.base_table(self.like.name, self.like.database)
            made = replace(
                model,
                database=database,
                name=self.name.name,
                temporary=owner,
                key=key,
                foreign_keys=(),
                created=time.time(),
            )
            return made, [], None
        builder = TableBuilder(session, database, self.name.name, collation)
        query = None
        if self.query:
            query = fold(self.query)
            builder.add_selected(columns_of_query(session, query))
            builder.add_all(self.parts)
        else:
            builder.add_all(self.parts)
        if self.temporary and builder.foreign_keys:
            raise Refused("ER_CANNOT_ADD_FOREIGN", self.name.name)
        table = builder.finish(
            engine=self.options.engine or "InnoDB",
            comment=self.options.comment or "",
            row_format=self.options.row_format or "",
            temporary=owner,
            created=time.time(),
            key=key,
        )
        return table, builder.warnings, query

    def _fill(self, session: SqlSession, table: Table, query: Folded, change: Change) -> Work[Answer]:
        """Insert what the query gives; columns that both have take its values, whatever their order."""
        names = ", ".join(backticked(column.name) for column in columns_of_query(session, query))
        text = f"INSERT INTO {backticked(table.database)} . {backticked(table.name)} ( {names} ) {query.key}"
        answer = yield from change(Folded(text, query.literals))
        if not table.temporary:
            session.commit()
        return answer


def database_for(session: SqlSession, name: Name) -> str:
    """The database in which a name is to be made.

    Raises:
        Refused: 1046, 1049, or 1044 for those that are the server's own.
    """
    database = name.database or session.database
    if not database:
        raise Refused("ER_NO_DB_ERROR")
    if database.lower() in SYSTEM:
        who = session.session
        raise Refused("ER_DBACCESS_DENIED_ERROR", who.user, who.host, database)
    session.store.catalog.database(database)
    return database


def noted(session: SqlSession, name: str, *details: object) -> Ok:
    """An answer whose only content is a note.

    Args:
        session: whose.
        name: of the error that the note is.
        details: what its text names.
    """
    note = error(name, *details)
    session.session.warnings = (*session.session.warnings, ("Note", note.code, note.message))
    return Ok(warnings=len(session.session.warnings))


def read_create_table(words: Words, *, temporary: bool) -> CreateTable:
    """Read CREATE [TEMPORARY] TABLE from behind TABLE.

    Raises:
        Refused: 1064 and what a part can be refused for.
    """
    careful = words.accept("if", "not", "exists")
    name = words.table()
    if words.accept("like"):
        return _like(words, name, temporary=temporary, careful=careful)
    parts: list[Part] = []
    if words.next_is("(") and not words.next_is("(", "select") and not words.next_is("(", "with"):
        words.accept("(")
        if words.accept("like"):
            return _like(words, name, temporary=temporary, careful=careful, bracket=True)
        while True:
            parts.append(read_key(words) if is_key(words) else read_column(words))
            if not words.accept(","):
                break
        words.expect(")")
    options = read_options(words)
    pass_partitions(words)
    words.accept_any("replace", "ignore")
    words.accept("as")
    query = ""
    if any(words.next_is(each) for each in ("select", "with", "(", "values", "table")):
        query, words.at = words.rest, len(words.text)
    elif not parts:
        words.expect_end()
        raise Refused("ER_TABLE_MUST_HAVE_COLUMNS")
    words.expect_end()
    return CreateTable(name, temporary, careful, tuple(parts), options, query=query)


def _like(words: Words, name: Name, *, temporary: bool, careful: bool, bracket: bool = False) -> CreateTable:
    like = words.table()
    if bracket:
        words.expect(")")
    words.expect_end()
    return CreateTable(name, temporary, careful, like=like)


def pass_partitions(words: Words) -> None:
    """Take PARTITION BY: all rows are in one place here, which no query can tell.

    Raises:
        Refused: 1064.
    """
    if not words.accept("partition", "by"):
        return
    words.accept("linear")
    if not words.accept_any("hash", "key", "range", "list"):
        raise words.mistake()
    if words.accept("algorithm"):
        words.expect("=")
        words.whole_number()
    words.accept("columns")
    words.bracketed()
    while words.accept_any("partitions", "subpartitions"):
        words.whole_number()
    if words.accept("subpartition", "by"):
        words.accept("linear")
        words.accept_any("hash", "key")
        words.bracketed()
        if words.accept("subpartitions"):
            words.whole_number()
    if words.next_is("("):
        words.bracketed()
