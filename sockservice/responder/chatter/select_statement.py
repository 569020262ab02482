"""SELECT without a table: variables, literals, functions, one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sockservice.answers import Answer, Column, Request, Rows
from sockservice.responder.chatter.cells import Cell, truth
from sockservice.responder.chatter.expressions import ExpressionReader
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.token_reader import NotUnderstood, TokenReader, unquoted
from sockservice.responder.tokens import Kind, Token

T = TypeVar("T")

Statement = Callable[[Request], Answer | None]
"""A statement that was read: its answer to a request, or None where it turns out not to be chatter."""

MAX_LABEL: Final = 256
"""Characters of a column's label (MySQL 8.4 manual, 11.2.1 "Identifier Length Limits")."""
MODIFIERS: Final = (
    "all",
    "distinct",
    "distinctrow",
    "high_priority",
    "straight_join",
    "sql_no_cache",
    "sql_cache",
    "sql_calc_found_rows",
    "sql_small_result",
    "sql_big_result",
    "sql_buffer_result",
)
"""The words that may stand between SELECT and its list."""
NOT_ALIASES: Final = frozenset(
    """from where limit order group having union into for lock procedure window as except intersect on using join
    inner left right cross straight_join natural and or xor not is like in between div mod collate regexp rlike
    then else when end escape desc asc offset""".split()
)
"""Words that cannot be an alias without AS."""


def read_select(reader: TokenReader) -> Statement:
    """Read what stands behind SELECT, up to the end of the statement.

    Raises:
        NotUnderstood: it reads from a table, or is more than the chatter can work out.
    """
    while reader.accept_any(*MODIFIERS):
        pass
    expressions = ExpressionReader(reader)
    items = [_item(reader, expressions)]
    while reader.accept(","):
        items.append(_item(reader, expressions))
    reader.accept("from", "dual")
    where = expressions.read() if reader.accept("where") else None
    skip, take = read_limit(reader)
    empty = skip > 0 or take == 0
    reader.expect_end()
    return _Select(items, where, empty).answer


def _item(reader: TokenReader, expressions: ExpressionReader) -> tuple[str, Expression]:
    start = reader.at
    expression = expressions.read()
    stop = reader.at
    return read_alias(reader) or label_of(reader, start, stop), expression


def read_alias(reader: TokenReader) -> str | None:
    """Take ``[AS] alias``, where one comes next."""
    told = reader.accept("as")
    token = reader.peek()
    if token is not None and is_alias(token):
        reader.take()
        return alias_text(token)
    if told:
        raise NotUnderstood("AS what?")
    return None


def is_alias(token: Token) -> bool:
    """Whether a token can be an alias without AS."""
    return token.kind in (Kind.QUOTED, Kind.STRING) or (token.kind is Kind.WORD and token.value not in NOT_ALIASES)


def alias_text(token: Token) -> str:
    """The label that an alias gives, with its case."""
    if token.kind is Kind.QUOTED:
        return unquoted(token)
    return token.value if token.kind is Kind.STRING else token.text


def label_of(reader: TokenReader, start: int, stop: int) -> str:
    """The label of an item without alias: a literal's text, a column's name, else the item as it was written."""
    last = reader.tokens[stop - 1]
    bare = [token for token in reader.tokens[start:stop] if token.text not in ("(", ")", "+")]
    if bare and all(token.kind is Kind.STRING for token in bare):
        return bare[0].value[:MAX_LABEL]
    if len(bare) == 1 and bare[0].kind is Kind.NUMBER:
        return bare[0].text[:MAX_LABEL]
    if len(bare) == 1 and bare[0].kind is Kind.WORD and bare[0].value in ("null", "true", "false"):
        return bare[0].value.upper()
    if last.kind is Kind.QUOTED and all(
        token.kind in (Kind.QUOTED, Kind.WORD) or token.value == "." for token in reader.tokens[start:stop]
    ):
        return unquoted(last)
    return reader.written(start, stop)[:MAX_LABEL]


def read_limit(reader: TokenReader) -> tuple[int, int | None]:
    """Take LIMIT in any of its forms, if it comes next.

    Returns:
        How many rows to pass over, and how many to give (None: all). ``(0, 0)`` is a LIMIT 0.
    """
    skip, take = read_counts(reader, _count)
    return skip or 0, take


def read_counts(reader: TokenReader, count: Callable[[TokenReader], T]) -> tuple[T | None, T | None]:
    """Take LIMIT in any of its forms, if it comes next.

    Args:
        reader: the statement.
        count: takes a number of rows.

    Returns:
        How many rows to pass over (None: it is not said), and how many to give (None: all).
    """
    if not reader.accept("limit"):
        return None, None
    first = count(reader)
    if reader.accept(","):
        return first, count(reader)
    if reader.accept("offset"):
        return count(reader), first
    return None, first


def _count(reader: TokenReader) -> int:
    return count_of(reader.take())


def count_of(token: Token) -> int:
    """The number of rows that a token of LIMIT says.

    Raises:
        NotUnderstood: it is no whole number.
    """
    if token.kind is not Kind.NUMBER or not token.text.isdecimal() or len(token.text) > 20:
        raise NotUnderstood("LIMIT takes numbers")
    return int(token.text)


class _Select:
    """One SELECT; its answer is the same object for as long as its values are the same."""

    def __init__(self, items: list[tuple[str, Expression]], where: Expression | None, empty: bool) -> None:
        self._items = items
        self._where = where
        self._empty = empty
        self._cells: tuple[Cell, ...] | None = None
        self._kept = Rows(())
        self._constant = where is None and all(expression.constant for _label, expression in items)

    def answer(self, request: Request) -> Rows:
        if self._constant and self._cells is not None:
            return self._kept
        place = Place(request)
        cells = tuple(expression.evaluate(place) for _label, expression in self._items)
        if self._where is not None and not truth(self._where.evaluate(place).value):
            return self._made(cells, ())
        if cells != self._cells:
            self._kept = self._made(cells, () if self._empty else (tuple(cell.value for cell in cells),))
            self._cells = cells
        return self._kept

    def _made(self, cells: tuple[Cell, ...], rows: tuple[tuple[object, ...], ...]) -> Rows:
        return Rows(
            tuple(
                Column(label, cell.type, nullable=not (expression.constant and cell.value is not None))
                for (label, expression), cell in zip(self._items, cells, strict=True)
            ),
            rows,
        )
