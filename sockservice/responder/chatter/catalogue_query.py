"""SELECT from the server's own tables: which columns it gives, whatever else it asks for.

Tools ask information_schema with joins, unions and functions that only a real database works out. No user table
exists here, so nearly every answer is an empty set, and what must be right is its columns. Where a table does have
rows (SCHEMATA, COLLATIONS, …), simple queries of it are worked out by
:mod:`sockservice.responder.chatter.catalogue_select`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import attrs

from sockservice.answers import Column
from sockservice.error_codes import error
from sockservice.responder.chatter.catalogue import CONTROL, SCHEMAS, tables
from sockservice.responder.chatter.cells import NULL_TYPE, Refused
from sockservice.responder.chatter.select_statement import MODIFIERS, alias_text, is_alias, label_of
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind, Token
from sockservice.sqltypes import SqlType

MAX_DEPTH: Final = 20
"""How deep sub-selects may nest."""
_TEXT: Final = SqlType("VARCHAR", 255)
_WHOLE: Final = SqlType("BIGINT")
_LIST_ENDS: Final = frozenset("from where group having order limit union intersect except for into".split())
_SOURCES_END: Final = _LIST_ENDS - {"from"}
_JOINS: Final = frozenset("join straight_join".split())
_OPERATORS: Final = frozenset(
    """and or xor not is like in between div mod collate binary regexp rlike escape as distinct then else when case
    interval sounds""".split()
)
_OPERAND_KINDS: Final = frozenset(
    [Kind.WORD, Kind.QUOTED, Kind.STRING, Kind.NUMBER, Kind.PARAMETER, Kind.USER_VARIABLE, Kind.SYSTEM_VARIABLE]
)


class Scope(NamedTuple):
    """Which tables a query may read.

    Attributes:
        database: the one that is meant where none is named, in lower case, if it is one of these; else ``""``.
        schemas: the databases.
    """

    database: str = ""
    schemas: Sequence[str] = SCHEMAS


@attrs.define
class Source:
    """What one name in a FROM stands for.

    Attributes:
        alias: how the query calls it, in lower case.
        columns: its columns; None where the table is in the catalogue's databases but its columns are not known.
        table: database and table in lower case, or None for a sub-select.
    """

    alias: str
    columns: tuple[Column, ...] | None
    table: tuple[str, str] | None


@attrs.define
class Query:
    """A query of the catalogue.

    Attributes:
        columns: what it gives.
        sources: what it reads from.
        counts: whether its list is nothing but COUNTs, so that it gives one row.
        grouped: whether it has GROUP BY.
    """

    columns: list[Column]
    sources: list[Source]
    counts: bool
    grouped: bool


def read_query(reader: TokenReader, scope: Scope, depth: int = 0) -> Query:
    """Read what stands behind SELECT, up to the ``)`` that ends it or the end of the statement.

    Args:
        reader: the statement.
        scope: which tables may be read.
        depth: how many sub-selects this one stands in.

    Raises:
        NotUnderstood: it reads a table that is not the server's own, or is no query.
        Refused: it reads a table that the server's own databases do not have.
    """
    if depth > MAX_DEPTH:
        raise NotUnderstood("nested too deep")
    while reader.accept_any(*MODIFIERS):
        pass
    items = _items(reader, scope, depth)
    if not reader.accept("from"):
        sources: list[Source] = []
    else:
        sources = _sources(reader, scope, depth)
    grouped = False
    while not reader.ended and not reader.next_is(")") and not reader.next_is(";"):
        grouped = grouped or reader.next_is("group", "by")
        if reader.accept("union"):
            reader.accept_any("all", "distinct")
            bracketed = reader.accept("(")
            reader.expect("select")
            read_query(reader, scope, depth + 1)  # the columns of a union are those of its first query
            if bracketed:
                reader.expect(")")
        else:
            _pass_over(reader, scope, depth)
    columns = [column for start, stop in items for column in _columns(reader, start, stop, sources)]
    counts = not grouped and all(reader.tokens[start].value == "count" for start, _stop in items)
    return Query(columns, sources, counts, grouped)


def _pass_over(reader: TokenReader, scope: Scope, depth: int) -> None:
    """Take one token, or a bracket with all that is in it; the queries in it are looked at too."""
    if reader.take().value != "(" or reader.tokens[reader.at - 1].kind is not Kind.SYMBOL:
        return
    if depth > MAX_DEPTH:
        raise NotUnderstood("nested too deep")
    if reader.accept("select"):
        read_query(reader, scope, depth + 1)
    while not reader.accept(")"):
        _pass_over(reader, scope, depth + 1)


def _items(reader: TokenReader, scope: Scope, depth: int) -> list[tuple[int, int]]:
    """Where each item of the list begins and ends, as numbers of tokens."""
    items: list[tuple[int, int]] = []
    start = reader.at
    while True:
        token = reader.peek()
        ends = token is None or (token.kind is Kind.WORD and token.value in _LIST_ENDS) or reader.next_is(")")
        if ends or reader.next_is(",") or reader.next_is(";"):
            if reader.at == start:
                raise NotUnderstood("an empty item")
            items.append((start, reader.at))
            if not reader.accept(","):
                return items
            start = reader.at
        else:
            _pass_over(reader, scope, depth)


# --- FROM -------------------------------------------------------------------------------------


def _sources(reader: TokenReader, scope: Scope, depth: int) -> list[Source]:
    sources = _source(reader, scope, depth)
    while (token := reader.peek()) is not None and token.value not in (")", ";"):
        if token.kind is Kind.WORD and token.value in _SOURCES_END:
            break
        if reader.accept(",") or (token.value in _JOINS and reader.accept(token.value)):
            sources += _source(reader, scope, depth)
        else:
            _pass_over(reader, scope, depth)  # LEFT, OUTER, ON and its condition, USING (…)
    return sources


def _source(reader: TokenReader, scope: Scope, depth: int) -> list[Source]:
    if depth > MAX_DEPTH:
        raise NotUnderstood("nested too deep")
    if reader.accept("("):
        if not reader.accept("select"):
            inside = _sources(reader, scope, depth + 1)
            reader.expect(")")
            return inside
        query = read_query(reader, scope, depth + 1)
        reader.expect(")")
        return [Source(_alias(reader), tuple(query.columns), None)]
    schema, name = scope.database, reader.name()
    if reader.accept("."):
        schema, name = name.lower(), reader.name()
    elif name.lower() == "dual":
        return []
    if schema not in scope.schemas:
        raise NotUnderstood("a user's table")
    columns = tables().get((schema, name.lower()))
    if columns is None and schema == "information_schema":
        raise Refused(error("ER_UNKNOWN_TABLE", name, "information_schema"))
    if columns is None and schema == CONTROL:
        raise Refused(error("ER_NO_SUCH_TABLE", schema, name))
    return [Source(_alias(reader) or name.lower(), columns, (schema, name.lower()))]


def _alias(reader: TokenReader) -> str:
    reader.accept("as")
    token = reader.peek()
    if token is not None and token.kind is not Kind.STRING and is_alias(token):
        return reader.take().value
    return ""


# --- the list ---------------------------------------------------------------------------------


def _columns(reader: TokenReader, start: int, stop: int, sources: list[Source]) -> list[Column]:
    tokens = reader.tokens[start:stop]
    if tokens[-1].value == "*" and tokens[-1].kind is Kind.SYMBOL and (len(tokens) == 1 or tokens[-2].value == "."):
        wanted = tokens[-3].value if len(tokens) > 2 else ""
        return [column for source in sources if wanted in ("", source.alias) for column in _all_of(source)]
    label, end = _alias_at_end(tokens)
    if end == 0:
        raise NotUnderstood("an alias of nothing")
    inner = tokens[:end]
    found = _reference(inner, sources)
    if found is not None:
        # The tables of information_schema give their own spelling of a name, not the query's.
        own = found.name if found.database == "information_schema" else None
        name = label or own or label_of(reader, start, start + end)
        return [attrs.evolve(found, name=name)]
    return [Column(label or label_of(reader, start, start + end), _type(inner))]


def _all_of(source: Source) -> tuple[Column, ...]:
    if source.columns is None:
        assert source.table is not None
        raise Refused(error("ER_NO_SUCH_TABLE", *source.table))
    return source.columns


def _alias_at_end(tokens: Sequence[Token]) -> tuple[str | None, int]:
    """The alias that an item ends with, if any, and where what it names ends."""
    if len(tokens) < 2:
        return None, len(tokens)
    last, before = tokens[-1], tokens[-2]
    if before.kind is Kind.WORD and before.value == "as":
        return alias_text(last), len(tokens) - 2
    operand = before.value == ")" or (
        before.kind in _OPERAND_KINDS and not (before.kind is Kind.WORD and before.value in _OPERATORS)
    )
    if operand and is_alias(last) and not (before.kind is Kind.STRING and last.kind is Kind.STRING):
        return alias_text(last), len(tokens) - 1
    return None, len(tokens)


def _reference(tokens: Sequence[Token], sources: list[Source]) -> Column | None:
    """The column that an item names, where it is nothing but a name."""
    if tokens[-1].kind not in (Kind.WORD, Kind.QUOTED) or not all(token.value == "." for token in tokens[1:-1:2]):
        return None
    if len(tokens) not in (1, 3, 5):
        return None
    name, owner = tokens[-1].value, tokens[-3].value if len(tokens) > 2 else ""
    for source in sources:
        if owner in ("", source.alias):
            for column in source.columns or ():
                if column.name.lower() == name:
                    return column
    return None


def _type(tokens: Sequence[Token]) -> SqlType:
    if tokens[0].kind is Kind.NUMBER and len(tokens) == 1 and tokens[0].text.isdecimal():
        return _WHOLE
    if tokens[0].kind is Kind.WORD and tokens[0].value == "count" and len(tokens) > 1 and tokens[1].value == "(":
        return _WHOLE
    if len(tokens) == 1 and tokens[0].kind is Kind.WORD and tokens[0].value == "null":
        return NULL_TYPE
    return _TEXT
