"""A query that was compiled, as the text around it uses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import attrs

from sockservice.answers import Column as AnswerColumn
from sockservice.sql.kinds import Kind
from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType

KEYS: Final = frozenset(["primary_key", "unique_key", "multiple_key", "part_of_key", "auto_increment"])
"""The flags of a column that its copy in a temporary table does not have."""

Columns = list[tuple[str, Typed]]
"""The labels of a query's columns, and what each is: its text names the column from outside."""


class Part(NamedTuple):
    """What is asked of a SELECT by that of which it is a part.

    Attributes:
        types: those that its columns are to have; None for their own.
        more: texts of columns behind its own.
        kept: of WITH ROLLUP, by how many of the keys the rows are grouped; None for all, and no roll-up.
    """

    types: Sequence[SqlType] | None = None
    more: tuple[str, ...] = ()
    kept: int | None = None


WHOLE: Final = Part()
"""A SELECT that is no part of anything."""


class Selected(NamedTuple):
    """A query.

    Attributes:
        text: SQLite's.
        columns: its labels, and what each column is; to what is around the text they are ``c1``, ``c2`` …
        plain: whether the text is a SELECT without WITH, ORDER BY and LIMIT, which may be a part of a set operation.
        unique: sets of columns (``c1`` …) of which no two rows have the same values.
        compound: whether it is a set operation, which SQLite takes as the first part of another one only.
        stored: whether MySQL keeps its rows before it reads them, in FROM for example.
    """

    text: str
    columns: Columns
    plain: bool = False
    unique: tuple[frozenset[str], ...] = ()
    compound: bool = False
    stored: bool = False


def outside(columns: Iterable[tuple[str, Typed]]) -> Columns:
    """Columns as the text around a query names them."""
    return [(label, typed.value(f"c{place}", aggregate=False)) for place, (label, typed) in enumerate(columns, 1)]


def without_keys(columns: Columns) -> Columns:
    """Columns that MySQL reads from a temporary table: those are not told to be keys."""
    told = []
    for label, typed in columns:
        origin = typed.origin and typed.origin._replace(flags=typed.origin.flags - KEYS)
        told.append((label, typed._replace(origin=origin)))
    return told


def answer_columns(columns: Columns) -> tuple[AnswerColumn, ...]:
    """The columns of a query as answers have them."""
    told = []
    for label, typed in columns:
        origin = typed.origin
        is_binary = typed.kind is Kind.TEXT and typed.collation.endswith("_bin")
        if origin is None:
            kind = attrs.evolve(typed.type, zerofill=False) if typed.type.zerofill else typed.type
            told.append(AnswerColumn(label, kind, nullable=typed.nullable, binary=is_binary))
        else:
            told.append(
                AnswerColumn(
                    label,
                    typed.type,
                    origin.alias,
                    origin.table,
                    origin.name,
                    origin.database,
                    nullable=typed.nullable,
                    computed=origin.computed,
                    binary=is_binary,
                    **dict.fromkeys(origin.flags, True),
                )
            )
    return tuple(told)
