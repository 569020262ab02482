"""UNION, INTERSECT and EXCEPT (MySQL 8.4 manual, 15.2.14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused
from sockservice.sql.expressions import common_type, in_type
from sockservice.sql.kinds import Kind
from sockservice.sql.selected import Columns, Selected
from sockservice.sql.typed import Typed

if TYPE_CHECKING:
    from sockservice.sql.scope import Scope
    from sockservice.sql.select import Queries

_WORDS: Final[dict[type[exp.Expression], str]] = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


def set_operation(queries: Queries, node: exp.SetOperation, outer: Scope | None) -> Selected:
    """Compile a set operation without what stands behind it.

    Raises:
        Refused: 1222 where the parts have different numbers of columns.
    """
    # A chain is as long as its text, and must not be as deep here.
    parts: list[tuple[exp.SetOperation, exp.Expression]] = []
    first: exp.Expression = node
    while isinstance(first, exp.SetOperation) and (first is node or not _has_ending(first)):
        parts.append((first, first.expression))
        first = first.this
    result = queries.selected(first, outer)
    for operation, right in reversed(parts):
        result = _combined(result, queries.selected(right, outer), operation)
    return result


def _has_ending(node: exp.Expression) -> bool:
    return any(node.args.get(word) for word in ("order", "limit", "offset", "with_"))


def _combined(left: Selected, right: Selected, node: exp.SetOperation) -> Selected:
    if len(left.columns) != len(right.columns):
        raise Refused("ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT")
    word, distinct = _WORDS[type(node)], node.args.get("distinct") is not False
    columns = _columns(left.columns, right.columns, word)
    one, other = _operand(left, columns, distinct=distinct), _operand(right, columns, distinct=distinct)
    if distinct or word == "UNION":
        return Selected(f"{one} {word}{'' if distinct else ' ALL'} {other}", columns, True)
    # SQLite has no ALL here: rows that are the same are told apart by a number.
    names = ", ".join(f"c{place}" for place in range(1, len(columns) + 1))
    counted = [f"SELECT {names}, ROW_NUMBER() OVER (PARTITION BY {names}) AS n FROM ({text})" for text in (one, other)]
    return Selected(f"SELECT {names} FROM ({counted[0]} {word} {counted[1]})", columns, True)


def _columns(left: Columns, right: Columns, word: str) -> Columns:
    columns: Columns = []
    for place, ((label, one), (_, other)) in enumerate(zip(left, right, strict=True), 1):
        kind = common_type([one, other])
        nullable = one.nullable or (other.nullable and word == "UNION")
        like = one if one.kind is Kind.TEXT or other.kind is not Kind.TEXT else other
        columns.append((label, like._replace(sql=f"c{place}", type=kind, nullable=nullable, origin=None)))
    return columns


def _operand(selected: Selected, wanted: Columns, *, distinct: bool) -> str:
    """A part as SQLite takes it, with columns of the types wanted, which are compared as MySQL does."""
    changed = [one.type != target.type for (_, one), (_, target) in zip(selected.columns, wanted, strict=True)]
    texts = distinct and any(target.kind is Kind.TEXT for _, target in wanted)
    if not any(changed) and not texts:
        return selected.text if selected.plain else f"SELECT * FROM ({selected.text})"
    listed = ", ".join(
        f"{in_type(typed, target.type)}{_collation(target) if distinct else ''} AS {target.sql}"
        for (_, typed), (_, target) in zip(selected.columns, wanted, strict=True)
    )
    return f"SELECT {listed} FROM ({selected.text})"


def _collation(typed: Typed) -> str:
    return to.collate(typed) if typed.kind is Kind.TEXT else ""
