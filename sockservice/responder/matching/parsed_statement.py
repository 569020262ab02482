"""What a statement is about: its kind, tables, columns and conditions, by a parser of MySQL's dialect.

Parsed is the skeleton of a statement (:mod:`sockservice.responder.matching.skeletons`), once for all statements of a
shape. What the parser raises, and what it would log, stays here: a statement that it does not understand is none.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import attrs
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import SqlglotError

from sockservice.responder.matching.skeletons import holes_of, skeleton
from sockservice.responder.matching.statement_kinds import KINDS, kind_of
from sockservice.responder.shapes import Literal, Outline

KEPT: Final = 1024
"""How many shapes are kept parsed; the one that was not asked for for the longest time goes first."""

Operand: TypeAlias = range | Literal
"""What a column is compared with: the literals in these holes of the shape, or this one."""

_PARSED: Final = frozenset("select insert update delete replace create alter drop truncate".split())
_WITHOUT_TABLES: Final = frozenset(["DATABASE", "SCHEMA", "PROCEDURE", "FUNCTION", "EVENT", "USER", "ROLE"])
_NULL: Final[Literal] = ("word", "null")
_DIALECT: Final = MySQL()
_log = logging.getLogger("sqlglot")


@attrs.frozen
class Name:
    """What something is called, in lower case.

    Attributes:
        name: the table or the routine.
        database: which one it was said to be in, or ``""``.
    """

    name: str
    database: str = ""

    def __str__(self) -> str:
        return f"{self.database}.{self.name}" if self.database else self.name


@attrs.frozen
class Predicate:
    """``column = value`` or ``column IN (values)``, one of the conditions that all must be met.

    Attributes:
        columns: the ways to name the column, in lower case: ``id``, ``u.id``, ``users.id``.
        operand: the values.
    """

    columns: tuple[str, ...]
    operand: Operand

    def values(self, literals: Sequence[Literal]) -> Sequence[Literal]:
        """The values in a statement with these literals."""
        operand = self.operand
        return [literals[hole] for hole in operand] if isinstance(operand, range) else (operand,)


@attrs.frozen
class ParsedStatement:
    """What can be asked of a statement.

    Attributes:
        kind: as of :func:`sockservice.responder.matching.statement_kinds.kind_of`.
        tables: all that it refers to, in subqueries too.
        columns: what it selects, inserts or updates, in lower case, by all their names and labels; ``*`` is one.
        predicates: what its WHERE demands at once.
        routine: what it calls.
        has_limit: whether it has a LIMIT.
        labels: those of the columns of its result, in lower case; ``?`` for one without a name.
    """

    kind: str
    tables: tuple[Name, ...] = ()
    columns: frozenset[str] = frozenset()
    predicates: tuple[Predicate, ...] = ()
    routine: Name | None = None
    has_limit: bool = False
    labels: tuple[str, ...] = ()


def parsed(outline: Outline) -> ParsedStatement | None:
    """Parse a statement; None where that cannot be done.

    Args:
        outline: the statement.
    """
    kind = kind_of(outline.parts)
    if kind == "call":
        return _call(outline.parts)
    if kind not in _PARSED:
        return ParsedStatement(kind) if kind in KINDS else None
    text = skeleton(outline)
    return None if text is None else _parsed(kind, text)


def _call(parts: tuple[str, ...]) -> ParsedStatement | None:
    match parts:
        case (_, database, ".", name, *rest) if not rest or rest[0] == "(":
            return ParsedStatement("call", routine=Name(name, database))
        case (_, name, *rest) if not rest or rest[0] == "(":
            return ParsedStatement("call", routine=Name(name))
    return None


@functools.lru_cache(maxsize=KEPT)
def _parsed(kind: str, text: str) -> ParsedStatement | None:
    if kind == "replace":
        # The parser knows REPLACE as a function only.
        text = text.replace("replace", "insert", 1)
    was_disabled, _log.disabled = _log.disabled, True
    try:
        trees = [tree for tree in _DIALECT.parse(text) if tree is not None]
        return _read(kind, trees[0]) if len(trees) == 1 else None
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError):
        # The last four are slips of the parser's over texts that are no SQL.
        return None
    finally:
        _log.disabled = was_disabled


def _read(kind: str, tree: exp.Expr) -> ParsedStatement:
    while isinstance(tree, exp.Subquery) and isinstance(tree.this, exp.Query):
        tree = tree.this
    tables = _tables(tree)
    aliases = {table.alias.lower(): table.name.lower() for table in tables if table.alias}
    # DELETE u FROM users u, and what WITH defines, are no tables.
    known = {common.alias.lower() for common in tree.find_all(exp.CTE)} | aliases.keys()
    names = dict.fromkeys(
        Name(table.name.lower(), table.db.lower())
        for table in tables
        if table.name and (table.db or table.alias or table.name.lower() not in known)
    )
    only = _only_table(tree, tables)
    columns, labels = _columns(tree, aliases, only)
    return ParsedStatement(
        kind,
        tuple(names),
        frozenset(columns),
        tuple(_predicates(tree, aliases, only)),
        None,
        tree.args.get("limit") is not None or tree.args.get("fetch") is not None,
        tuple(labels),
    )


def _tables(tree: exp.Expr) -> list[exp.Table]:
    if isinstance(tree, (exp.Create, exp.Drop)) and tree.args.get("kind") in _WITHOUT_TABLES:
        return []
    return list(tree.find_all(exp.Table))


def _only_table(tree: exp.Expr, tables: list[exp.Table]) -> tuple[str, ...]:
    """The names, alias first, of the only table of a statement, whose are the columns without a table; else nothing.

    What stands in sub-selects belongs to those.
    """
    select = tree if isinstance(tree, exp.Select) else None
    own = [table for table in tables if table.parent_select is select]
    if len(own) != 1 or any(join.parent_select is select for join in tree.find_all(exp.Join)):
        return ()
    return tuple(dict.fromkeys(name.lower() for name in (own[0].alias, own[0].name) if name))


def _columns(tree: exp.Expr, aliases: dict[str, str], only: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The names of the columns that a statement is about, and the labels of its result."""
    if isinstance(tree, exp.Insert):
        target = tree.this
        inserted = target.expressions if isinstance(target, exp.Schema) else ()
        return [name for column in inserted for name in _named(column.name.lower(), only)], []
    if isinstance(tree, exp.Update):
        changed = [change.this for change in tree.expressions if isinstance(change.this, exp.Column)]
        return [name for column in changed for name in _names(column, aliases, only)], []
    if not isinstance(tree, exp.Query):
        return [], []
    names: list[str] = []
    labels: list[str] = []
    for projection in tree.selects:
        inner = projection.unalias()
        if isinstance(inner, exp.Column):
            names += _names(inner, aliases, only)
        label = projection.alias or ("" if isinstance(inner, exp.Literal) else projection.output_name)
        names += [label.lower()] if label else []
        labels.append(label or "?")
    return names, labels


def _names(column: exp.Column, aliases: dict[str, str], only: tuple[str, ...]) -> tuple[str, ...]:
    """The ways to name a column.

    Args:
        column: as the statement names it.
        aliases: the table that each alias stands for.
        only: the names of the only table that the statement has, if it has one.
    """
    name, table = column.name.lower(), column.table.lower()
    if not table:
        return _named(name, only)
    return tuple(dict.fromkeys((name, f"{table}.{name}", f"{aliases.get(table, table)}.{name}")))


def _named(column: str, only: tuple[str, ...]) -> tuple[str, ...]:
    return (*(f"{table}.{column}" for table in only), column)


def _predicates(tree: exp.Expr, aliases: dict[str, str], only: tuple[str, ...]) -> Iterator[Predicate]:
    where = tree.args.get("where")
    waiting = [where.this] if where is not None else []
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, exp.And):
            waiting += [condition.right, condition.left]
        elif isinstance(condition, exp.Paren):
            waiting.append(condition.this)
        elif isinstance(condition, (exp.EQ, exp.NullSafeEQ, exp.Is)):
            for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
                operand = _operand(value)
                if isinstance(column, exp.Column) and operand is not None:
                    yield Predicate(_names(column, aliases, only), operand)
        elif (
            isinstance(condition, exp.In) and isinstance(condition.this, exp.Column) and len(condition.expressions) == 1
        ):
            operand = _operand(condition.expressions[0])
            if operand is not None:
                yield Predicate(_names(condition.this, aliases, only), operand)


def _operand(value: exp.Expr) -> Operand | None:
    while isinstance(value, exp.Paren):
        value = value.this
    if isinstance(value, exp.Null):
        return _NULL
    if isinstance(value, exp.Boolean):
        return ("word", "true" if value.this else "false")
    return holes_of(value.name, is_string=value.is_string) if isinstance(value, exp.Literal) else None
