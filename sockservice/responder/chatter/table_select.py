"""A query of one table whose rows are worked out here: the server's own tables, and those of the control."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sockservice.answers import Column, Request, Value
from sockservice.error_codes import error
from sockservice.responder.chatter.catalogue_query import Query
from sockservice.responder.chatter.cells import Cell, Refused, compare, to_text, truth
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.chatter.select_statement import MODIFIERS, count_of, read_alias, read_counts
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind

_DIGITS: Final = 20
"""Of the longest number of rows that is read: those of 64 bits."""

GiveRows = Callable[[tuple[str, str], Request], Iterable[Sequence[Value]]]
"""Gives the rows of a table, which is told by its database and name in lower case."""


class TableSelect:
    """A query of one table: ``SELECT [DISTINCT] list FROM table [WHERE …] [ORDER BY …] [LIMIT …]``.

    Args:
        reader: the statement, behind SELECT.
        query: the same as it was read before.
        rows: gives the rows of a table (its database and name in lower case) for a request. A row is asked for no
            more than the query needs of it.
        exact: refuse a COUNT of anything but all rows.

    Attributes:
        counts: how many columns it has where they are nothing but COUNTs, so that it gives one row; else 0.
        distinct: whether rows that are equal are given once.
        order: what to sort by, and whether downwards.
        limit: how many rows to pass over (None: none), and how many to give (None: all), both as they are in a request.

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
        self.counts = len(query.columns) if query.counts else 0
        self._exact = exact
        self.distinct = False
        while (word := reader.accept_any(*MODIFIERS)) is not None:
            self.distinct = self.distinct or word.startswith("distinct")
        expressions = ExpressionReader(reader, frozenset(self._names))
        self._items = self._read_items(reader, expressions)
        while not (reader.accept("where") or reader.next_is("order") or reader.next_is("limit") or reader.ended):
            reader.take()  # the table and its alias, which are known
        self._where = expressions.read() if reader.tokens[reader.at - 1].value == "where" else None
        labels = [column.name.lower() for column in query.columns]
        self.order = self._read_order(reader, labels) if reader.accept("order", "by") else []
        self.limit = read_counts(reader, _read_count)
        reader.expect_end()

    def _read_items(self, reader: TokenReader, expressions: ExpressionReader) -> list[Expression]:
        items: list[Expression] = []
        while not reader.accept("from"):
            if self.counts and self._exact:
                reader.expect("count", "(")
                if not reader.accept("*") and reader.take().text != "1":
                    raise NotUnderstood("only all rows are counted")
                reader.expect(")")
                read_alias(reader)
            elif self.counts:
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

    def _read_order(self, reader: TokenReader, labels: list[str]) -> list[tuple[Expression, bool]]:
        """What to sort by, an item of the list or a column that is not in it, and whether downwards."""
        order: list[tuple[Expression, bool]] = []
        while True:
            token = reader.take()
            while reader.accept("."):
                token = reader.take()
            key: Expression | None = None
            if self.counts or token.kind is Kind.PARAMETER:
                pass  # one row is in any order, and a value puts none before another
            elif token.text.isdecimal() and 1 <= int(token.text[:6]) <= len(labels):
                key = self._items[int(token.text[:6]) - 1]
            elif token.value in labels:
                key = self._items[labels.index(token.value)]
            elif token.value in self._names and not self.distinct:
                key = _column(token.value)
            else:
                raise NotUnderstood("sorted by something else")
            down = reader.accept_any("desc", "asc") == "desc"
            if key is not None:
                order.append((key, down))
            if not reader.accept(","):
                return order

    def rows(self, request: Request) -> Sequence[Sequence[Value]]:
        """The rows for one request."""
        selection = self.selection(request)
        selection.take(self.source(request))
        return selection.rows()

    def source(self, request: Request) -> Iterable[Sequence[Value]]:
        """The rows of the table, all of them."""
        return self._give_rows(self._table, request)

    def selection(self, request: Request) -> Selection:
        """What picks the rows for one request out of those of the table, as many at a time as one likes."""
        return Selection(self, request)

    def place(self, request: Request, row: Sequence[Value]) -> Place:
        """Where expressions of a row are evaluated."""
        return Place(request, _Cells(row, self._columns, self._names))

    def holds(self, place: Place) -> bool:
        """Whether a row is one of those that are asked for."""
        return self._where is None or bool(truth(self._where.evaluate(place).value))

    def values(self, place: Place) -> tuple[Value, ...]:
        """What the list asks for of a row."""
        return tuple(item.evaluate(place).value for item in self._items)


class Selection:
    """The rows of one query for one request, picked a few at a time.

    Args:
        select: the query.
        request: whose session and parameters.
    """

    def __init__(self, select: TableSelect, request: Request) -> None:
        self._select = select
        self._request = request
        skip, take = (None if count is None else count(request) for count in select.limit)
        self._skip, self._take = skip or 0, take
        # Of what is sorted and cut, the values are worked out last, of the few rows that are left.
        self._late = bool(select.order) and self._take is not None and not select.distinct
        self._count = 0
        self._found: list[Place] = []
        self._values: list[tuple[Value, ...]] = []

    @property
    def full(self) -> bool:
        """Whether no more rows are needed."""
        select = self._select
        sees_all = select.order or select.distinct or select.counts
        return self._take is not None and not sees_all and self._count >= self._skip + self._take

    def take(self, rows: Iterable[Sequence[Value]]) -> None:
        """Pick out of some more rows of the table."""
        select = self._select
        for row in rows:
            if self.full:
                return
            place = select.place(self._request, row)
            if select.holds(place):
                self._count += 1
                if not select.counts:
                    self._found.append(place)
                    if not self._late:
                        self._values.append(select.values(place))

    def rows(self) -> Sequence[Sequence[Value]]:
        """The rows of the result."""
        select = self._select
        cut = slice(self._skip, None if self._take is None else self._skip + self._take)
        if select.counts:
            counted = (self._count,) * select.counts
            return [counted][cut]
        picked: Iterable[int] = range(len(self._found))
        if select.distinct:
            first: dict[tuple[Value, ...], int] = {}
            for index, values in enumerate(self._values):
                first.setdefault(values, index)
            picked = first.values()
        ordered = list(picked)
        for expression, down in reversed(select.order):
            keys = {index: _Ordered(expression.evaluate(self._found[index]).value) for index in ordered}
            ordered.sort(key=keys.__getitem__, reverse=down)
        if self._late:
            return tuple(select.values(self._found[index]) for index in ordered[cut])
        return tuple(self._values[index] for index in ordered[cut])


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


def _read_count(reader: TokenReader) -> Callable[[Request], int]:
    """Take a number of LIMIT, or the parameter that stands for one."""
    token = reader.take()
    if token.kind is not Kind.PARAMETER:
        count = count_of(token)
        return lambda _request: count
    index = sum(before.kind is Kind.PARAMETER for before in reader.tokens[: reader.at - 1])
    return lambda request: _bound_count(request.params[index] if index < len(request.params) else None)


def _bound_count(value: Value) -> int:
    """A number of rows that is bound to a parameter; NULL is none.

    Raises:
        Refused: 1210 where it is no whole number.
    """
    text = to_text(0 if value is None else value)
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise Refused(error("ER_WRONG_ARGUMENTS", "LIMIT"))
    return int(text)


def _column(name: str) -> Expression:
    def evaluate(place: Place) -> Cell:
        row: Mapping[str, Cell] = place.row
        return row[name]

    return Expression(evaluate)
