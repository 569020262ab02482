"""SELECT from the server's own tables, as a statement: the rows where they can be worked out, else an empty set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sockservice.answers import Answer, Column, Request, Rows, Value
from sockservice.responder.chatter import catalogue_rows
from sockservice.responder.chatter.catalogue import SCHEMAS
from sockservice.responder.chatter.catalogue_query import Query, Scope, read_query
from sockservice.responder.chatter.cells import Cell, compare, truth
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.chatter.select_statement import MODIFIERS, Statement, read_alias, read_limit
from sockservice.responder.token_reader import NotUnderstood, TokenReader

GiveRows = Callable[[tuple[str, str], Request], Iterable[Sequence[Value]]]
"""Gives the rows of a table, which is told by its database and name in lower case."""

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


class TableSelect:
    """A query of one table: ``SELECT [DISTINCT] list FROM table [WHERE …] [ORDER BY …] [LIMIT …]``.

    Args:
        reader: the statement, behind SELECT.
        query: the same as it was read before.
        rows: gives the rows of a table (its database and name in lower case) for a request. A row is asked for no
            more than the query needs of it.
        exact: refuse a COUNT of anything but all rows.

    Raises:
        NotUnderstood: it is more than that.
    """

    def __init__(self, reader: TokenReader, query: Query, rows: GiveRows, *, exact: bool = False) -> None:
        source = query.sources[0]
        assert source.table is not None
        self._table = source.table
        self._give_rows = rows
        self._columns: tuple[Column, ...] = source.columns or ()
        self._names = {column.name.lower(): place for place, column in enumerate(self._columns)}
        self._counts = len(query.columns) if query.counts else 0
        self._exact = exact
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
            if self._counts and self._exact:
                reader.expect("count", "(")
                if not reader.accept("*") and reader.take().text != "1":
                    raise NotUnderstood("only all rows are counted")
                reader.expect(")")
                read_alias(reader)
            elif self._counts:
                reader.take()
                continue
            elif reader.accept("*"):
                items += map(_column, self._names)
            else:
                items.append(expressions.read())
                read_alias(reader)
            if not reader.accept(",") and not reader.next_is("from"):
                raise NotUnderstood("more in the list")
        return items

    def _read_order(self, reader: TokenReader, labels: list[str]) -> list[tuple[int | Expression, bool]]:
        """What to sort by, a place in the list or a column that is not in it, and whether downwards."""
        order: list[tuple[int | Expression, bool]] = []
        while True:
            token = reader.take()
            while reader.accept("."):
                token = reader.take()
            key: int | Expression
            if token.text.isdecimal() and 1 <= int(token.text[:6]) <= len(labels):
                key = int(token.text[:6]) - 1
            elif token.value in labels:
                key = labels.index(token.value)
            elif token.value in self._names and not self._distinct:
                key = _column(token.value)
            else:
                raise NotUnderstood("sorted by something else")
            order.append((key, reader.accept_any("desc", "asc") == "desc"))
            if not reader.accept(","):
                return order

    def rows(self, request: Request) -> Sequence[Sequence[Value]]:
        """The rows for one request."""
        found: list[_Found] = []
        skip, take = self._limit
        enough = None if take is None or self._order or self._distinct or self._counts else skip + take
        count = 0
        for row in self._give_rows(self._table, request):
            if enough is not None and count >= enough:
                break
            place = Place(request, _Cells(row, self._columns, self._names))
            if self._where is None or truth(self._where.evaluate(place).value):
                count += 1
                if not self._counts:
                    found.append((tuple(item.evaluate(place).value for item in self._items), place))
        if self._counts:
            return ((count,) * self._counts,)[skip : None if take is None else skip + take]
        if self._distinct:
            first: dict[tuple[Value, ...], _Found] = {}
            for one in found:
                first.setdefault(one[0], one)
            found = list(first.values())
        for key, down in reversed(self._order):
            found.sort(key=_sorted_by(key), reverse=down)
        return tuple(values for values, _place in found[skip : None if take is None else skip + take])


_Found = tuple[tuple[Value, ...], Place]
"""A row of the result, and where it was worked out."""


def _sorted_by(key: int | Expression) -> Callable[[_Found], _Ordered]:
    if isinstance(key, int):
        return lambda found: _Ordered(found[0][key])
    return lambda found: _Ordered(key.evaluate(found[1]).value)


class _Cells(Mapping[str, Cell]):
    """The cells of a row by the names of their columns, each made when it is asked for."""

    __slots__ = ("_columns", "_names", "_row")

    def __init__(self, row: Sequence[Value], columns: Sequence[Column], names: Mapping[str, int]) -> None:
        self._row = row
        self._columns = columns
        self._names = names

    def __getitem__(self, name: str) -> Cell:
        place = self._names[name]
        return Cell(self._row[place], self._columns[place].type)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


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
