"""SELECT from the server's own tables, as a statement: the rows where they can be worked out, else an empty set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sockservice.answers import Answer, Request, Rows
from sockservice.responder.chatter import catalogue_rows
from sockservice.responder.chatter.catalogue import SCHEMAS
from sockservice.responder.chatter.catalogue_query import Scope, read_query
from sockservice.responder.chatter.select_statement import Statement
from sockservice.responder.chatter.table_select import TableSelect
from sockservice.responder.token_reader import NotUnderstood, TokenReader

_MAX_PLANS: Final = len(SCHEMAS) + 1


def read_catalogue_select(reader: TokenReader, databases: Callable[[], Sequence[str]]) -> Statement:
    """Read what stands behind SELECT, where it reads the server's own tables only.

    Args:
        reader: the statement.
        databases: gives those that the server has beside its own, each time.

    Raises:
        NotUnderstood: it reads other tables whatever the current database is.
    """
    start = reader.at
    plans: dict[str, Statement | None] = {}

    def plan(database: str) -> Statement | None:
        try:
            return _plan(TokenReader(reader.text, reader.tokens), start, database, databases)
        except NotUnderstood:
            return None

    def answer(request: Request) -> Answer | None:
        current = request.session.database.lower()
        database = current if current in SCHEMAS else ""
        if database not in plans:
            assert len(plans) < _MAX_PLANS
            plans[database] = plan(database)
        chosen = plans[database]
        return chosen(request) if chosen else None

    if all(token.value not in SCHEMAS for token in reader.tokens):
        # Only one who is in such a database can mean its tables without naming it.
        return lambda request: answer(request) if request.session.database.lower() in SCHEMAS else None
    return answer


def _plan(reader: TokenReader, start: int, database: str, databases: Callable[[], Sequence[str]]) -> Statement:
    reader.at = start
    query = read_query(reader, Scope(database))
    reader.expect_end()
    if not query.sources:
        raise NotUnderstood("no table of the catalogue")
    columns = tuple(query.columns)
    empty = Rows(columns, ((0,) * len(columns),) if query.counts else ())
    table = query.sources[0].table
    if len(query.sources) != 1 or table is None or query.grouped:
        return lambda _request: empty
    reader.at = start
    try:
        select = TableSelect(
            reader, query, lambda table, request: catalogue_rows.rows_of(*table, request.session, databases())
        )
    except NotUnderstood:
        return lambda _request: empty

    def answer(request: Request) -> Answer:
        try:
            rows = select.rows(request)
        except NotUnderstood:
            return empty
        return Rows(columns, rows) if rows else empty

    return answer
