"""The SHOW statements about databases and tables. No user table exists here: what is shown are the server's own."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from sockservice import show_columns as columns_of
from sockservice.answers import Answer, Column, Request, Rows
from sockservice.error_codes import error
from sockservice.responder.chatter.catalogue import SCHEMAS, tables, tables_of
from sockservice.responder.chatter.cells import like
from sockservice.responder.chatter.select_statement import Statement
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind
from sockservice.show_columns import labelled
from sockservice.sqltypes import SqlType

_NO_DATABASE = error("ER_NO_DB_ERROR")
_MISSING = {
    "procedure": ("ER_SP_DOES_NOT_EXIST", True),
    "function": ("ER_SP_DOES_NOT_EXIST", True),
    "trigger": ("ER_TRG_DOES_NOT_EXIST", False),
    "event": ("ER_EVENT_DOES_NOT_EXIST", False),
}


def _from(reader: TokenReader) -> str:
    """Take ``FROM name`` or ``IN name``; the name, or ``""``."""
    return reader.name() if reader.accept_any("from", "in") else ""


def _pass_filter(reader: TokenReader) -> str | None:
    """Take LIKE or WHERE and what follows; the pattern of a LIKE."""
    pattern = None
    if reader.accept("like"):
        token = reader.take()
        pattern = token.value if token.kind is Kind.STRING else None
    elif reader.accept("where"):
        while not reader.ended and not reader.next_is(";"):
            reader.take()
    reader.expect_end()
    return pattern


def read_tables(reader: TokenReader, *, full: bool, schemas: Sequence[str] = SCHEMAS) -> Statement:
    """SHOW [FULL] TABLES [FROM database] [LIKE pattern | WHERE …].

    Args:
        reader: the statement, behind TABLES.
        full: whether the kind of each is shown.
        schemas: the databases whose tables are shown.
    """
    schema = _from(reader)
    pattern = _pass_filter(reader)

    def answer(request: Request) -> Answer:
        database = schema or request.session.database
        if not database:
            return _NO_DATABASE
        label = f"Tables_in_{database}" + (f" ({pattern})" if pattern is not None else "")
        columns = labelled({label: "", **({"Table_type": "VARCHAR(11)"} if full else {})})
        kind = "SYSTEM VIEW" if database.lower() == "information_schema" else "BASE TABLE"
        rows = [
            (name, kind) if full else (name,)
            for name in (tables_of(database.lower()) if database.lower() in schemas else ())
            if pattern is None or like(name, pattern)
        ]
        return Rows(columns, tuple(rows))

    return answer


def read_table_status(reader: TokenReader) -> Statement:
    """SHOW TABLE STATUS [FROM database] …: none."""
    reader.expect("status")
    schema = _from(reader)
    _pass_filter(reader)
    empty = Rows(columns_of.TABLE_STATUS)
    return lambda request: empty if schema or request.session.database else _NO_DATABASE


def _table(reader: TokenReader) -> tuple[str, str]:
    """Take ``FROM table [FROM database]``: database (or ``""``) and table, as written."""
    if reader.accept_any("from", "in") is None:
        raise NotUnderstood("FROM which table?")
    return _name(reader)


def _name(reader: TokenReader) -> tuple[str, str]:
    schema, name = "", reader.name()
    if reader.accept("."):
        schema, name = name, reader.name()
    return _from(reader) or schema, name


def read_fields(
    reader: TokenReader, *, full: bool, table: tuple[str, str] | None = None, schemas: Sequence[str] = SCHEMAS
) -> Statement:
    """SHOW [FULL] COLUMNS FROM table: the columns of one of the server's own tables, of any other none.

    Args:
        reader: the statement, behind COLUMNS.
        full: whether more is shown of each.
        table: database and table, where they were read.
        schemas: the databases of which something is shown.
    """
    schema, name = table or _table(reader)
    pattern = _pass_filter(reader)
    columns = columns_of.FIELDS[full]

    def answer(request: Request) -> Answer:
        database = schema or request.session.database
        if not database:
            return _NO_DATABASE
        found = tables().get((database.lower(), name.lower()), ()) if database.lower() in schemas else ()
        wanted = [column for column in found if pattern is None or like(column.name, pattern)]
        return Rows(columns, tuple(_field(column, full=full) for column in wanted))

    return answer


def _field(column: Column, *, full: bool) -> tuple[str | None, ...]:
    written = type_text(column.type)
    if not full:
        return column.name, written, "YES", "", None, ""
    collation = "utf8mb3_general_ci" if "char" in written or "text" in written or "enum" in written else None
    return column.name, written, collation, "YES", "", None, "", "select", ""


def type_text(kind: SqlType) -> str:
    """A type as SHOW COLUMNS writes it."""
    text = kind.name.lower()
    if kind.values:
        text += "(" + ",".join("'" + value.replace("'", "''") + "'" for value in kind.values) + ")"
    elif kind.length is not None:
        text += f"({kind.length},{kind.decimals})" if kind.decimals is not None else f"({kind.length})"
    return text + (" unsigned" if kind.unsigned else "")


def read_indexes(reader: TokenReader) -> Statement:
    """SHOW INDEX FROM table: none."""
    schema, _name_of_table = _table(reader)
    _pass_filter(reader)
    empty = Rows(columns_of.INDEXES)
    return lambda request: empty if schema or request.session.database else _NO_DATABASE


def read_create(reader: TokenReader) -> Statement:
    """SHOW CREATE DATABASE | TABLE | VIEW | PROCEDURE | FUNCTION | TRIGGER | EVENT | USER."""
    word = reader.take().value
    if word in ("database", "schema"):
        careful = reader.accept("if", "not", "exists")
        return _create_database(reader, careful=careful)
    if word in ("table", "view"):
        schema, name = _name(reader)
        reader.expect_end()
        return lambda request: _create_table(schema or request.session.database, name, view=word == "view")
    if word == "user":
        return _create_user(reader)
    if word not in _MISSING:
        raise NotUnderstood(f"SHOW CREATE {word}")
    symbol, with_kind = _MISSING[word]
    schema, name = _name(reader)
    reader.expect_end()
    refusal = error(symbol, word.upper(), name) if with_kind else error(symbol)
    if word == "event":
        refusal = attrs.evolve(refusal, message=f"Unknown event '{name}'")
    return lambda _request: refusal


def _create_database(reader: TokenReader, *, careful: bool) -> Statement:
    name = reader.name()
    reader.expect_end()
    condition = "/*!32312 IF NOT EXISTS*/ " if careful else ""
    charset = "utf8mb3" if name.lower() == "information_schema" else "utf8mb4 COLLATE utf8mb4_0900_ai_ci"
    quoted = name.replace("`", "``")
    text = (
        f"CREATE DATABASE {condition}`{quoted}` /*!40100 DEFAULT CHARACTER SET {charset} */"
        " /*!80016 DEFAULT ENCRYPTION='N' */"
    )
    rows = Rows(columns_of.CREATE_DATABASE, ((name, text),))
    return lambda _request: rows


def _create_table(schema: str, name: str, *, view: bool) -> Answer:
    found = tables().get((schema.lower(), name.lower()))
    if not schema:
        return _NO_DATABASE
    if found is None or schema.lower() not in SCHEMAS:
        return error("ER_NO_SUCH_TABLE", schema, name)
    own = found[0].original_table
    if view:
        listed = ",".join(f"`{column.name}`" for column in found)
        text = " ".join(("CREATE VIEW", f"`{own}`", "AS select", listed, f"from `{schema.lower()}`.`{own}`"))
        return Rows(columns_of.CREATE_VIEW, ((own, text, "utf8mb4", "utf8mb4_0900_ai_ci"),))
    lines = ",\n".join(f"  `{column.name}` {type_text(column.type)}" for column in found)
    return Rows(columns_of.CREATE_TABLE, ((own, f"CREATE TABLE `{own}` (\n{lines}\n) ENGINE=InnoDB"),))


def _create_user(reader: TokenReader) -> Statement:
    name = reader.word_or_string()
    token = reader.peek()
    host = reader.take().value[1:] if token is not None and token.kind is Kind.USER_VARIABLE else "%"
    reader.expect_end()
    text = f"CREATE USER `{name}`@`{host}` IDENTIFIED WITH 'caching_sha2_password' REQUIRE NONE"
    rows = Rows(labelled({f"CREATE USER for {name}@{host}": "VARCHAR(4096)"}), ((text,),))
    return lambda _request: rows
