"""UNION, INTERSECT and EXCEPT (MySQL 8.4 manual, 15.2.14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.bounds import MOST_PARTS
from sockservice.sql.errors import Refused, too_deep
from sockservice.sql.expressions import common_type, in_type
from sockservice.sql.kinds import Kind
from sockservice.sql.selected import Columns, Selected
from sockservice.sql.typed import Typed

if TYPE_CHECKING:
    from sockservice.sql.scope import Scope
    from sockservice.sql.select import Queries

_AT_ONCE: Final = 400
"""Parts that SQLite takes in one set operation, of at most 500."""
_WORDS: Final[dict[type[exp.Expr], str]] = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


def set_operation(queries: Queries, node: exp.SetOperation, outer: Scope | None) -> Selected:
    """Compile a set operation without what stands behind it.

    Raises:
        Refused: 1222 where the parts have different numbers of columns, 1436 where they are too many.
    """
    # A chain is as long as its text, and must not be as deep here.
    operations: list[exp.SetOperation] = []
    first: exp.Expr = node
    while isinstance(first, exp.SetOperation) and (first is node or not _has_ending(first)):
        operations.append(first)
        first = first.this
    if len(operations) >= MOST_PARTS:
        raise too_deep()
    operations.reverse()
    parts = [queries.selected(each, outer) for each in (first, *(operation.expression for operation in operations))]
    if len({len(part.columns) for part in parts}) > 1:
        raise Refused("ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT")
    columns = _columns(parts, all(isinstance(operation, exp.Union) for operation in operations))
    distinct = any(operation.args.get("distinct") is not False for operation in operations)
    operands = [
        _operand(part._replace(plain=part.plain and not (place and part.compound)), columns, distinct=distinct)
        for place, part in enumerate(parts)
    ]
    text = operands[0]
    last = _last_distinct(operations)
    for number, (operation, operand) in enumerate(zip(operations, operands[1:], strict=True), 1):
        if number % _AT_ONCE == 0:
            text = f"SELECT * FROM ({text})"
        if last is None:
            text = _combined(text, operand, operation, len(columns))
            continue
        text = f"{text} UNION ALL {operand}"
        if number == last:
            text = f"SELECT DISTINCT * FROM ({text})"
    return Selected(text, columns, True, compound=True)


def _has_ending(node: exp.Expr) -> bool:
    return any(node.args.get(word) for word in ("order", "limit", "offset", "with_"))


def _last_distinct(operations: Sequence[exp.SetOperation]) -> int | None:
    """The number of the last UNION of a chain that takes rows once, for all before it too; 0 for none.

    Such a chain gives its rows in the order in which they come first, as MySQL does, which SQLite's UNION does not.
    None where there are other operations in it, which are done one by one.
    """
    if not all(isinstance(operation, exp.Union) for operation in operations):
        return None
    distinct = [number for number, each in enumerate(operations, 1) if each.args.get("distinct") is not False]
    return distinct[-1] if distinct else 0


def _combined(left: str, right: str, node: exp.SetOperation, width: int) -> str:
    word = _WORDS[type(node)]
    if node.args.get("distinct") is not False:
        return f"{left} {word} {right}"
    if word == "UNION":
        return f"{left} UNION ALL {right}"
    # SQLite has no ALL here: rows that are the same are told apart by a number.
    names = ", ".join(f"c{place}" for place in range(1, width + 1))
    counted = [f"SELECT {names}, ROW_NUMBER() OVER (PARTITION BY {names}) AS n FROM ({text})" for text in (left, right)]
    return f"SELECT {names} FROM ({counted[0]} {word} {counted[1]})"


def _columns(parts: Sequence[Selected], unions: bool) -> Columns:
    """The columns of all parts together, whose types hold the values of each."""
    columns: Columns = []
    for place in range(len(parts[0].columns)):
        values = [part.columns[place][1] for part in parts]
        like = next((value for value in values if value.kind is Kind.TEXT), values[0])
        nullable = any(value.nullable for value in (values if unions else values[:1]))
        typed = like._replace(sql=f"c{place + 1}", type=common_type(values), nullable=nullable, origin=None)
        columns.append((parts[0].columns[place][0], typed))
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
