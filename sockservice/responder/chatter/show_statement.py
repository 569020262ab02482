"""SHOW and DESCRIBE (MySQL 8.4 manual, 15.7.7 "SHOW Statements", 15.8.1 "DESCRIBE Statement")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sockservice import show_columns as columns_of
from sockservice.answers import Answer, Column, Request, Rows, Value
from sockservice.error_codes import error
from sockservice.interfaces import ISession
from sockservice.responder.chatter import catalogue_rows, variables
from sockservice.responder.chatter.catalogue import SCHEMAS
from sockservice.responder.chatter.cells import Cell, Refused, like, to_text, truth
from sockservice.responder.chatter.conditions import conditions
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.chatter.select_statement import Statement, read_limit
from sockservice.responder.chatter.show_tables import (
    read_create,
    read_fields,
    read_indexes,
    read_table_status,
    read_tables,
)
from sockservice.responder.chatter.status_variables import status
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind
from sockservice.show_columns import labelled

Row = Sequence[Value]
Make = Callable[[Request], Sequence[Row]]


class ShowReader:
    """Reads what stands behind SHOW.

    Args:
        databases: gives those that the server has beside its own, each time.
    """

    def __init__(self, databases: Callable[[], Sequence[str]]) -> None:
        self._databases = databases

    def read(self, reader: TokenReader) -> Statement:
        """Read up to the end of the statement.

        Raises:
            NotUnderstood: no SHOW that is known here.
        """
        reader.accept("extended")
        full = reader.accept("full")
        scope = reader.accept_any("global", "session", "local")
        for words, columns in columns_of.EMPTY.items():
            if reader.accept(*words):
                return _nothing(reader, columns)
        word = reader.take().value
        match word:
            case "variables":
                of_session = scope != "global"
                return filtered(
                    reader,
                    columns_of.VARIABLES,
                    lambda request: list(variables.shown(request.session, of_session=of_session)),
                )
            case "status":
                return filtered(reader, columns_of.VARIABLES, lambda request: status(request.session))
            case "databases" | "schemas":
                return self._show_databases(reader)
            case "tables":
                return read_tables(reader, full=full)
            case "columns" | "fields":
                return read_fields(reader, full=full)
            case "index" | "indexes" | "keys":
                return read_indexes(reader)
            case "create":
                return read_create(reader)
            case "processlist":
                reader.expect_end()
                return lambda request: Rows(
                    columns_of.PROCESSES[full],
                    tuple(catalogue_rows.process_rows(request.session, None if full else 100)),
                )
            case "grants":
                return _grants(reader)
            case "warnings" | "errors":
                return _warnings(reader, errors_only=word == "errors")
            case "count":
                return _counted(reader)
            case "table":
                if reader.accept("types"):
                    return _constant(reader, columns_of.ENGINES, catalogue_rows.ENGINES)
                return read_table_status(reader)
        return _server_part(reader, word)

    def _show_databases(self, reader: TokenReader) -> Statement:
        pattern = _pattern_ahead(reader)
        columns = labelled({f"Database ({pattern})" if pattern is not None else "Database": ""})

        def make(request: Request) -> Sequence[Row]:
            return [(name,) for name in catalogue_rows.database_names(request.session, self._databases())]

        return filtered(reader, columns, make, ("database",))


def _server_part(reader: TokenReader, word: str) -> Statement:
    """What a server shows of itself: the same rows at any time."""
    if word in ("engines", "storage"):
        if word == "storage":
            reader.expect("engines")
        return _constant(reader, columns_of.ENGINES, catalogue_rows.ENGINES)
    if word == "plugins":
        return _constant(reader, columns_of.PLUGINS, catalogue_rows.PLUGINS)
    if word == "privileges":
        return _constant(reader, columns_of.PRIVILEGES, catalogue_rows.PRIVILEGES)
    if word == "charset" or (word in ("character", "char") and reader.accept("set")):
        return _constant(reader, columns_of.CHARSETS, catalogue_rows.charset_rows())
    if word == "collation":
        return _constant(reader, columns_of.COLLATIONS, catalogue_rows.collation_rows())
    if word == "engine":
        name = reader.word_or_string()
        kind = reader.accept_any("status", "mutex", "logs")
        if kind is None:
            raise NotUnderstood("SHOW ENGINE what?")
        known = {str(engine[0]).lower(): engine[0] for engine in catalogue_rows.ENGINES}
        if name.lower() not in known:
            raise Refused(error("ER_UNKNOWN_STORAGE_ENGINE", name))
        rows = ((known[name.lower()], "", "nothing to report"),) if kind == "status" else ()
        return _constant(reader, columns_of.ENGINE_STATUS, rows)
    raise NotUnderstood(f"SHOW {word}")


def _nothing(reader: TokenReader, columns: tuple[Column, ...]) -> Statement:
    """An empty set, whatever else is asked for."""
    while not reader.ended:
        if reader.take().value == ";":
            reader.expect_end()
    empty = Rows(columns)
    return lambda _request: empty


def _constant(reader: TokenReader, columns: tuple[Column, ...], rows: Sequence[Row]) -> Statement:
    """Rows that never change: made once, unless a WHERE asks for what does change."""
    whole = Rows(columns, tuple(rows))
    if reader.peek() is None:
        return lambda _request: whole
    return filtered(reader, columns, lambda _request: rows)


def _pattern_ahead(reader: TokenReader) -> str | None:
    token = reader.peek(1)
    return token.value if reader.next_is("like") and token is not None and token.kind is Kind.STRING else None


def filtered(
    reader: TokenReader, columns: tuple[Column, ...], make: Make, names: Sequence[str] | None = None
) -> Statement:
    """A SHOW whose rows may be chosen by ``LIKE 'pattern'`` (on the first column) or ``WHERE``.

    Args:
        reader: the statement, before LIKE, WHERE or its end.
        columns: of the result.
        make: gives all rows.
        names: how WHERE calls the columns, in lower case, where not by their labels.

    Raises:
        NotUnderstood: something else follows.
    """
    known = [column.name.lower() for column in columns] if names is None else names
    pattern: str | None = None
    where: Expression | None = None
    if reader.accept("like"):
        token = reader.take()
        if token.kind is not Kind.STRING:
            raise NotUnderstood("LIKE takes a text")
        pattern = token.value
    elif reader.accept("where"):
        where = ExpressionReader(reader, frozenset(known)).read()
    reader.expect_end()

    def wanted(request: Request, row: Row) -> bool:
        if pattern is not None:
            return like(to_text(row[0]), pattern)
        if where is None:
            return True
        cells = {name: Cell(value, column.type) for name, value, column in zip(known, row, columns, strict=True)}
        return bool(truth(where.evaluate(Place(request, cells)).value))

    return lambda request: Rows(columns, tuple(row for row in make(request) if wanted(request, row)))


def _grants(reader: TokenReader) -> Statement:
    user, host = "", "%"
    if reader.accept("for"):
        user = reader.word_or_string()
        token = reader.peek()
        if token is not None and token.kind is Kind.USER_VARIABLE:
            host = reader.take().value[1:]
        elif reader.accept("("):
            reader.expect(")")
        if user.lower() == "current_user":
            user = ""
    reader.expect_end()

    def answer(request: Request) -> Answer:
        name = user or request.session.user
        grant = f"GRANT ALL PRIVILEGES ON *.* TO `{name}`@`{host}` WITH GRANT OPTION"
        return Rows(labelled({f"Grants for {name}@{host}": "VARCHAR(1024)"}), ((grant,),))

    return answer


def _warnings(reader: TokenReader, *, errors_only: bool) -> Statement:
    """SHOW WARNINGS | ERRORS [LIMIT …]: those of the statement before."""
    skip, count = read_limit(reader)
    reader.expect_end()
    stop = None if count is None else skip + count

    def answer(request: Request) -> Answer:
        found = conditions(request.session, errors_only=errors_only)[skip:stop]
        return Rows(columns_of.WARNINGS, found) if found else _NO_WARNINGS

    return answer


_NO_WARNINGS: Final = Rows(columns_of.WARNINGS)


def _counted(reader: TokenReader) -> Statement:
    """SHOW COUNT(*) WARNINGS | ERRORS."""
    reader.expect("(", "*", ")")
    word = reader.accept_any("warnings", "errors")
    if word is None:
        raise NotUnderstood("COUNT of what?")
    reader.expect_end()
    columns = labelled({f"@@session.{word.removesuffix('s')}_count": "BIGINT"})
    return lambda request: Rows(columns, ((len(conditions(request.session, errors_only=word == "errors")),),))


DESCRIBE: Final = ("desc", "describe", "explain")
"""The words that ask for the columns of a table."""


def read_describe(reader: TokenReader, schemas: Sequence[str] = SCHEMAS) -> Statement:
    """Read what stands behind DESCRIBE, where it is a table.

    Args:
        reader: the statement.
        schemas: the databases whose tables are described.

    Raises:
        NotUnderstood: a statement is to be explained.
    """
    name = reader.name()
    if name.lower() in ("select", "insert", "update", "delete", "replace", "with", "format", "analyze", "table"):
        raise NotUnderstood("a plan")
    schema = ""
    if reader.accept("."):
        schema, name = name, reader.name()
    token = reader.peek()
    if token is not None and token.kind in (Kind.STRING, Kind.WORD, Kind.QUOTED):
        reader.take()  # one column, or a pattern
    reader.expect_end()
    fields = read_fields(TokenReader("", ()), full=False, table=(schema, name), schemas=schemas)

    def answer(request: Request) -> Answer | None:
        found = fields(request)
        if isinstance(found, Rows) and not found.rows:
            return missing(request.session, schema, name)
        return found

    return answer


def missing(session: ISession, schema: str, table: str) -> Answer:
    """The error for a table that does not exist: 1146, or 1046 where no database says which is meant."""
    if not (schema or session.database):
        return Refused(error("ER_NO_DB_ERROR")).answer
    return Refused(error("ER_NO_SUCH_TABLE", schema or session.database, table)).answer
