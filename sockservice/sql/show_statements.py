"""SHOW and DESCRIBE of databases and tables; what a server tells of itself is answered elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sockservice import show_columns as columns_of
from sockservice.answers import Answer, Rows
from sockservice.show_columns import labelled
from sockservice.sql import show_create
from sockservice.sql.column_texts import column_type, extra, key_of, shown_default
from sockservice.sql.errors import NotUnderstood, Refused
from sockservice.sql.information_schema import CONNECTION, Facts, everything, index_row, status
from sockservice.sql.listing import Filter
from sockservice.sql.schema import SYSTEM, Column, Table, View
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

WORDS: Final = frozenset(["show", "describe", "desc", "explain"])
"""How these statements begin."""

Show = Callable[["SqlSession"], Answer | None]
"""Answers a statement that was read; None where it is about the server's own tables."""


def facts_of(session: SqlSession) -> Facts:
    """What rows of the catalogue are told from."""
    store = session.store
    return Facts(store.catalog, store.numbers, store.main)


def shown(session: SqlSession, text: str) -> Answer | None:
    """The answer to a statement; None for one that is to be explained.

    Args:
        session: whose.
        text: the statement, which begins with one of :data:`WORDS`.

    Raises:
        NotUnderstood: it is about something else than databases and tables of users.
        Refused: as MySQL does.
    """
    words = Words(text)
    if not words.is_one_of(WORDS):
        raise words.mistake()
    if words.take().text.lower() == "show":
        show = read_show(words)
        answer = None if show is None else show(session)
        if answer is None:
            words.at = 1
            raise NotUnderstood(words.mistake().answer)
        return answer
    show = read_describe(words)
    if show is None:
        return None
    answer = show(session)
    if answer is None:
        raise NotUnderstood(words.mistake().answer)
    return answer


def read_show(words: Words) -> Show | None:
    """Read SHOW from behind the word; None where it is about other things.

    Raises:
        Refused: 1064.
    """
    extended = words.accept("extended")
    full = words.accept("full")
    if words.accept("create"):
        return _read_create(words)
    if words.accept("tables"):
        return _tables(words, full=full)
    if words.accept_any("columns", "fields"):
        name = _from_table(words)
        chosen = Filter(words)
        return lambda session: _fields(session, name, chosen, full=full)
    if full:
        return None
    if words.accept_any("databases", "schemas"):
        return _databases(Filter(words))
    if words.accept_any("index", "indexes", "keys"):
        name = _from_table(words)
        chosen = Filter(words)
        return lambda session: _indexes(session, name, chosen)
    if not extended and words.accept("table", "status"):
        database = words.name() if words.accept_any("from", "in") else ""
        chosen = Filter(words)
        return lambda session: _table_status(session, database, chosen)
    return None


def _from_table(words: Words) -> Name:
    """Take ``FROM table [FROM database]``."""
    if not words.accept_any("from", "in"):
        raise words.mistake()
    name = words.table()
    return Name(words.name(), name.name) if words.accept_any("from", "in") else name


def read_describe(words: Words) -> Show | None:
    """Read DESCRIBE, DESC or EXPLAIN from behind the word; None where a statement is to be explained.

    Raises:
        Refused: 1064.
    """
    if not words.is_name() or words.peek(1).text == "=" or words.next_is("analyze"):
        return None
    name = words.table()
    pattern = ""
    if not words.ended:
        pattern = words.word_or_string()
        words.expect_end()

    def show(session: SqlSession) -> Answer | None:
        chosen = Filter(Words(""))
        chosen.pattern = pattern or None
        return _fields(session, name, chosen, full=False)

    return show


def _databases(chosen: Filter) -> Show:
    label = "Database" if chosen.pattern is None else f"Database ({chosen.pattern})"

    def show(session: SqlSession) -> Answer:
        names = sorted([*SYSTEM, *session.store.catalog.databases])
        rows = ((name,) for name in names if name in SYSTEM or session.session.may_use(name))
        return chosen.of(session, labelled({label: ""}), rows, {label: "Database"})

    return show


def _database(session: SqlSession, given: str) -> str:
    """The database that a statement is about.

    Raises:
        Refused: 1046 or 1049.
    """
    name = given or session.database
    if not name:
        raise Refused("ER_NO_DB_ERROR")
    if name.lower() not in SYSTEM:
        session.store.catalog.database(name)
    return name


def _tables(words: Words, *, full: bool) -> Show:
    database = words.name() if words.accept_any("from", "in") else ""
    chosen = Filter(words)

    def show(session: SqlSession) -> Answer | None:
        name = _database(session, database)
        if name.lower() in SYSTEM:
            return None
        label = f"Tables_in_{name}" + (f" ({chosen.pattern})" if chosen.pattern is not None else "")
        columns = labelled({label: "", **({"Table_type": "VARCHAR(11)"} if full else {})})
        things = (thing for thing in everything(facts_of(session)) if thing.database == name)
        rows = (
            (thing.name, *(("BASE TABLE" if isinstance(thing, Table) else "VIEW",) if full else ())) for thing in things
        )
        return chosen.of(session, columns, rows, {label: f"Tables_in_{name}"})

    return show


def _thing(session: SqlSession, name: Name) -> Table | View | None:
    """The table or view of a name; None for one of the server's own.

    Raises:
        Refused: 1046, 1049 or 1146.
    """
    database = name.database or session.database
    if database.lower() in SYSTEM:
        return None
    view = session.store.catalog.view(database, name.name) if database else None
    if view is not None and session.temporary(database, name.name) is None:
        return view
    return session.table(name.name, name.database)


def _fields(session: SqlSession, name: Name, chosen: Filter, *, full: bool) -> Answer | None:
    thing = _thing(session, name)
    if thing is None:
        return None
    rows = (_field(thing, column, full=full) for column in thing.columns)
    return chosen.of(session, columns_of.FIELDS[full], rows)


def _field(thing: Table | View, column: Column, *, full: bool) -> tuple[Any, ...]:
    key = key_of(thing, column) if isinstance(thing, Table) else ""
    null = "YES" if column.nullable else "NO"
    default, more = shown_default(column), extra(column)
    if not full:
        return column.name, column_type(column), null, key, default, more
    collation = column.collation or None
    privileges = "select,insert,update,references"
    return column.name, column_type(column), collation, null, key, default, more, privileges, column.comment


def _indexes(session: SqlSession, name: Name, chosen: Filter) -> Answer | None:
    thing = _thing(session, name)
    if thing is None:
        return None
    rows = list(_index_rows(session, thing)) if isinstance(thing, Table) else []
    return chosen.of(session, columns_of.INDEXES, rows)


def _index_rows(session: SqlSession, table: Table) -> Iterator[tuple[Any, ...]]:
    facts = facts_of(session)
    for index in table.indexes:
        for place in range(len(index.parts)):
            row = index_row(facts, table, index, place)
            yield (*row[:2], *row[3:])


def _table_status(session: SqlSession, database: str, chosen: Filter) -> Answer | None:
    name = _database(session, database)
    if name.lower() in SYSTEM:
        return None
    facts = facts_of(session)
    rows = [
        (thing.name, *status(facts, thing)) if isinstance(thing, Table) else (thing.name, *[None] * 16, "VIEW")
        for thing in everything(facts)
        if thing.database == name
    ]
    return chosen.of(session, columns_of.TABLE_STATUS, rows)


# --- SHOW CREATE ------------------------------------------------------------------------------


def _read_create(words: Words) -> Show | None:
    if words.accept_any("database", "schema"):
        careful = words.accept("if", "not", "exists")
        database = words.name()
        words.expect_end()
        return lambda session: _create_database(session, database, careful=careful)
    kind = words.accept_any("table", "view")
    if words.ended:
        raise words.mistake()
    if not kind:
        return None
    name = words.table()
    words.expect_end()
    return lambda session: _create(session, name, view=kind == "view")


def _create_database(session: SqlSession, name: str, *, careful: bool) -> Answer | None:
    if name.lower() in SYSTEM:
        return None
    database = session.store.catalog.database(name)
    text = show_create.create_database(database, careful=careful, mariadb=_is_dump_of_mariadb(session))
    return Rows(columns_of.CREATE_DATABASE, ((name, text),))


def _is_dump_of_mariadb(session: SqlSession) -> bool:
    """Whether MariaDB's dump program asks, whose files are for MariaDB."""
    client = session.session.client
    return client.get("_client_name") == "libmariadb" and str(client.get("program_name", "")).endswith("dump")


def _create(session: SqlSession, name: Name, *, view: bool) -> Answer | None:
    thing = _thing(session, name)
    if thing is None:
        return None
    if isinstance(thing, View):
        text = show_create.create_view(thing)
        return Rows(columns_of.CREATE_VIEW, ((thing.name, text, "utf8mb4", CONNECTION),))
    if view:
        raise Refused("ER_WRONG_OBJECT", thing.database, thing.name, "VIEW")
    number = session.store.numbers.next(thing) if thing.auto_increment is not None else 0
    text = show_create.create_table(thing, number, mariadb=_is_dump_of_mariadb(session))
    return Rows(columns_of.CREATE_TABLE, ((thing.name, text),))
