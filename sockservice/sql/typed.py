"""An expression that was compiled: SQLite's text of it, and what MySQL says of its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sockservice.sql.kinds import NULL as NULL_TYPE
from sockservice.sql.kinds import Kind, kind_of
from sockservice.sqltypes import SqlType


class Origin(NamedTuple):
    """The column that an expression is nothing but.

    Attributes:
        database: of the table.
        table: the table's own name.
        alias: what the statement calls it.
        name: the column's own name.
        flags: what it is in the table, by the names of the attributes of :class:`sockservice.answers.Column`.
        computed: it is an expression of a query in FROM, whose column has this name.
    """

    database: str
    table: str
    alias: str
    name: str
    flags: frozenset[str] = frozenset()
    computed: bool = False

    @property
    def is_column(self) -> bool:
        """Whether it is one of a table."""
        return bool(self.table) and not self.computed


class Typed(NamedTuple):
    """An expression.

    Attributes:
        sql: its text for SQLite, in brackets where an operator is outermost.
        type: the type of its value.
        nullable: whether it may be NULL.
        collation: of a text; ``""`` for the connection's.
        weight: of a text's collation against another's: its coercibility (MySQL 8.4 manual, 12.8.4).
        origin: the column that it is, if it is one.
        literal: the number of the literal that it is, if it is one.
        aggregate: whether it stands for a group of rows.
        number: of a literal of bits (``0x41``), the text of its value as a number; else ``""``.
        constant: gives the value of the literal that it is, on which the plan depends from then on; None where it is
            none, or nobody is told what type comes of it.
    """

    sql: str
    type: SqlType
    nullable: bool = True
    collation: str = ""
    weight: int = 2
    origin: Origin | None = None
    literal: int | None = None
    aggregate: bool = False
    number: str = ""
    constant: Callable[[], Any] | None = None

    @property
    def kind(self) -> Kind:
        """What its value is to operators."""
        return kind_of(self.type)

    def value(self, sql: str, **changes: Any) -> Typed:
        """A value like this one, which is no literal."""
        return self._replace(sql=sql, literal=None, constant=None, **changes)


NULL: Final = Typed("NULL", NULL_TYPE)


def made(sql: str, kind: SqlType, *parts: Typed, nullable: bool | None = None, like: Typed | None = None) -> Typed:
    """An expression that is made of others.

    Args:
        sql: its text.
        kind: the type of its value.
        parts: what it is made of.
        nullable: whether it may be NULL; None: where a part may be.
        like: what a text's collation comes from.
    """
    return Typed(
        sql,
        kind,
        any(part.nullable for part in parts) if nullable is None else nullable,
        like.collation if like is not None else "",
        like.weight if like is not None else 2,
        aggregate=any(part.aggregate for part in parts),
    )


def quoted(name: str) -> str:
    """A name as SQLite takes it."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: Any) -> str:
    """A constant of the compiler's own as SQLite takes it."""
    if value is None:
        return "NULL"
    if isinstance(value, str) and "\0" in value:
        return f"CAST(x'{value.encode('utf-8', 'surrogatepass').hex()}' AS TEXT)"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
