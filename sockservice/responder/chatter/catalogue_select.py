"""SELECT from the server's own tables, as a statement: the rows where they can be worked out, else an empty set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sockservice.answers import Answer, Column, Request, Rows, Value
from sockservice.responder.chatter import catalogue_rows
from sockservice.responder.chatter.catalogue import SCHEMAS
from sockservice.responder.chatter.catalogue_query import Query, read_query
from sockservice.responder.chatter.cells import Cell, compare, truth
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.chatter.select_statement import MODIFIERS, Statement, read_alias, read_limit
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
    query = read_query(reader, database)
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
        select = _Select(reader, query, databases)
    except NotUnderstood:
        return lambda _request: empty

    def answer(request: Request) -> Answer:
        try:
            rows = select.rows(request)
        except NotUnderstood:
            return empty
        return Rows(columns, rows) if rows else empty

    return answer


class _Select:
    """A query of one table: ``SELECT [DISTINCT] list FROM table [WHERE …] [ORDER BY …] [LIMIT …]``."""

    def __init__(self, reader: TokenReader, query: Query, databases: Callable[[], Sequence[str]]) -> None:
        source = query.sources[0]
        assert source.table is not None
        self._table = source.table
        self._databases = databases
        self._columns: tuple[Column, ...] = source.columns or ()
        self._names = [column.name.lower() for column in self._columns]
        self._counts = len(query.columns) if query.counts else 0
        self._distinct = False
        while (word := reader.accept_any(*MODIFIERS)) is not None:
            self._distinct = self._distinct or word.startswith("distinct")
        expressions = ExpressionReader(reader, frozenset(self._names))
        self._items = self._read_items(reader, expressions)
        while not (reader.accept("where") or reader.next_is("order") or reader.next_is("limit") or reader.ended):
            reader.take()  # the table and its alias, which are known
        self._where = expressions.read() if reader.tokens[reader.at - 1].value == "where" else None
        labels = [column.name.lower() for column in query.columns]
        self._order = self._read_order(reader, labels) if reader.accept("order", "by") else []
        self._limit = read_limit(reader)
        reader.expect_end()

    def _read_items(self, reader: TokenReader, expressions: ExpressionReader) -> list[Expression]:
        items: list[Expression] = []
        while not reader.accept("from"):
            if self._counts:
                reader.take()
            elif reader.accept("*"):
                items += [_column(name) for name in self._names]
            else:
                items.append(expressions.read())
                read_alias(reader)
            if not self._counts and not reader.accept(",") and not reader.next_is("from"):
                raise NotUnderstood("more in the list")
        return items

    def _read_order(self, reader: TokenReader, labels: list[str]) -> list[tuple[int, bool]]:
        """The places of the columns to sort by, and whether downwards."""
        order: list[tuple[int, bool]] = []
        while True:
            token = reader.take()
            while reader.accept("."):
                token = reader.take()
            if token.text.isdecimal() and 1 <= int(token.text[:6]) <= len(labels):
                place = int(token.text[:6]) - 1
            elif token.value in labels:
                place = labels.index(token.value)
            else:
                raise NotUnderstood("sorted by something else")
            order.append((place, reader.accept_any("desc", "asc") == "desc"))
            if not reader.accept(","):
                return order

    def rows(self, request: Request) -> Sequence[Sequence[Value]]:
        """The rows for one request."""
        found: list[tuple[Value, ...]] = []
        count = 0
        for row in catalogue_rows.rows_of(*self._table, request.session, self._databases()):
            cells = (Cell(value, column.type) for value, column in zip(row, self._columns, strict=True))
            place = Place(request, dict(zip(self._names, cells, strict=True)))
            if self._where is None or truth(self._where.evaluate(place).value):
                count += 1
                found.append(tuple(item.evaluate(place).value for item in self._items))
        if self._counts:
            return ((count,) * self._counts,)
        if self._distinct:
            found = list(dict.fromkeys(found))
        for index, down in reversed(self._order):
            found.sort(key=lambda row: _Ordered(row[index]), reverse=down)
        skip, take = self._limit
        return tuple(found[skip : None if take is None else skip + take])


class _Ordered:
    """A value as ORDER BY compares it: NULL first."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def __lt__(self, other: _Ordered) -> bool:
        if self._value is None or other._value is None:
            return self._value is None and other._value is not None
        return (compare(self._value, other._value) or 0) < 0


def _column(name: str) -> Expression:
    def evaluate(place: Place) -> Cell:
        row: Mapping[str, Cell] = place.row
        return row[name]

    return Expression(evaluate)
