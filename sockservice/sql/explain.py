"""EXPLAIN of a query: the tables that it reads, as MySQL lists them (MySQL 8.4 manual, 10.8.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlglot import exp

from sockservice.answers import Column as AnswerColumn
from sockservice.answers import Rows
from sockservice.sql.column_texts import key_length
from sockservice.sql.errors import Refused
from sockservice.sql.literals import fold
from sockservice.sql.parse import parse
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.select import Queries
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.schema import Table
    from sockservice.sql.session import SqlSession

_HEAD: Final = re.compile(
    r"(?:explain|describe|desc)\b\s*(?P<analyze>analyze\b)?\s*(?:extended\b|partitions\b)?"
    r"\s*(?:format\s*=\s*(?P<format>\w+))?\s*(?=(?P<word>\(|[a-z]+))",
    re.IGNORECASE,
)
_EXPLAINED: Final = frozenset(["(", "select", "with", "table", "values", "insert", "replace", "update", "delete"])
_COLUMNS: Final = {
    "id": "BIGINT UNSIGNED",
    "select_type": "VARCHAR(19)",
    "table": "VARCHAR(64)",
    "partitions": "TEXT",
    "type": "VARCHAR(10)",
    "possible_keys": "VARCHAR(4096)",
    "key": "VARCHAR(64)",
    "key_len": "VARCHAR(4096)",
    "ref": "VARCHAR(2048)",
    "rows": "BIGINT UNSIGNED",
    "filtered": "DOUBLE",
    "Extra": "VARCHAR(255)",
}


class Step(NamedTuple):
    """A table that a statement reads.

    Attributes:
        id: the number of the SELECT that names it, from 1.
        select_type: what that SELECT is: ``SIMPLE``, ``PRIMARY``, ``DERIVED``, ``SUBQUERY`` or ``UNION``.
        table: what the statement calls it; None where there is none.
        access: ``const``, ``ref`` or ``ALL``.
        keys: the names of the indexes that could be used.
        length: how many bytes of the first of them are compared; 0 where there is none.
        extra: for example ``Using where``.
    """

    id: int
    select_type: str
    table: str | None
    access: str | None
    keys: tuple[str, ...]
    length: int
    extra: str | None


def explained(session: SqlSession, text: str) -> Rows | None:
    """The answer to EXPLAIN of a statement; None where the text is none.

    Args:
        session: whose.
        text: the statement, with literals as they were written.

    Raises:
        Refused: what is explained is refused.
    """
    head = _HEAD.match(text)
    if head is None or head["word"].lower() not in _EXPLAINED:
        return None
    folded = fold(text[head.end() :], session.parameters)
    node = parse(folded.key, folded.literals, session.text[-len(text[head.end() :]) :])
    if isinstance(node, exp.Query):
        Queries(session, PlanBuilder(folded.literals)).query(node)
    steps = list(_steps(session, node))
    form = (head["format"] or ("tree" if head["analyze"] else "traditional")).lower()
    if form in ("json", "tree"):
        return Rows(
            (AnswerColumn("EXPLAIN", SqlType("LONGTEXT")),), [(_json(steps) if form == "json" else _tree(steps),)]
        )
    if form != "traditional":
        raise Refused("ER_UNKNOWN_EXPLAIN_FORMAT", form)
    columns = tuple(AnswerColumn(name, SqlType.parse(kind)) for name, kind in _COLUMNS.items())
    return Rows(columns, [_row(step) for step in steps])


def _steps(session: SqlSession, node: exp.Expr) -> Iterator[Step]:
    selects: list[exp.Expr] = [*node.find_all(exp.Select, bfs=False)] or [node]
    common = {each.alias.lower() for each in node.find_all(exp.CTE)}
    for number, select in enumerate(selects, 1):
        kind = _select_type(select, number, len(selects))
        tables = list(_tables(select))
        for table in tables:
            known = None if table.name.lower() in common else _table(session, table)
            access, keys, length = _access(known, select)
            extra = "Using where" if select.args.get("where") is not None and access != "const" else None
            yield Step(number, kind, table.alias or table.name, access, keys, length, extra)
        if not tables:
            yield Step(number, kind, None, None, (), 0, "No tables used")


def _tables(node: exp.Expr) -> Iterator[exp.Table]:
    """The tables that a statement names itself, not in its sub-queries."""
    sources = [node.this] if not isinstance(node, exp.Select) else []
    first = node.args.get("from_")
    if first is not None:
        sources.append(first.this)
    sources += [join.this for join in node.args.get("joins") or ()]
    for source in sources:
        if isinstance(source, exp.Schema):
            source = source.this
        if isinstance(source, exp.Table):
            yield source
            yield from (join.this for join in source.args.get("joins") or () if isinstance(join.this, exp.Table))


def _table(session: SqlSession, node: exp.Table) -> Table | None:
    database = node.args["db"].name if node.args.get("db") else ""
    return None if session.view(node.name, database) is not None else session.table(node.name, database)


def _select_type(node: exp.Expr, number: int, count: int) -> str:
    if not isinstance(node, exp.Select):
        return node.key.upper() if isinstance(node, (exp.Insert, exp.Update, exp.Delete)) else "SIMPLE"
    if count == 1:
        return "SIMPLE"
    above = node.parent
    if isinstance(above, exp.Union):
        return "PRIMARY" if number == 1 else "UNION"
    if number == 1:
        return "PRIMARY"
    return "DERIVED" if above is not None and isinstance(above.parent, (exp.From, exp.Join)) else "SUBQUERY"


def _access(table: Table | None, node: exp.Expr) -> tuple[str, tuple[str, ...], int]:
    """How the rows of a table are found, by the columns that WHERE compares."""
    where = node.args.get("where")
    if table is None or where is None:
        return "ALL", (), 0
    compared = {
        side.name.lower()
        for test in where.find_all(exp.EQ)
        for side in (test.this, test.expression)
        if isinstance(side, exp.Column)
    }
    usable = [index for index in table.indexes if index.parts and index.parts[0].column.lower() in compared]
    if not usable:
        return "ALL", (), 0
    whole = any(index.unique and set(index.columns) <= compared for index in usable)
    first = usable[0]
    count = next((place for place, name in enumerate(first.columns) if name not in compared), len(first.columns))
    return "const" if whole else "ref", tuple(index.name for index in usable), key_length(table, first, count)


def _row(step: Step) -> tuple[Any, ...]:
    used = step.keys[0] if step.keys else None
    keys = ",".join(step.keys) or None
    ref = "const" if used else None
    counted = (None, None) if step.table is None else (1, 100.0)
    length = str(step.length) if used else None
    return (step.id, step.select_type, step.table, None, step.access, keys, used, length, ref, *counted, step.extra)


def _json(steps: list[Step]) -> str:
    tables = [
        {"table": {"table_name": step.table, "access_type": step.access, "rows_examined_per_scan": 1}}
        for step in steps
        if step.table is not None
    ]
    block: dict[str, Any] = {"select_id": 1}
    block |= tables[0] if len(tables) == 1 else {"nested_loop": tables} if tables else {"message": "No tables used"}
    return json.dumps({"query_block": block}, indent=2)


def _tree(steps: list[Step]) -> str:
    lines = [
        f"-> Table scan on {step.table}" if step.access == "ALL" else f"-> Index lookup on {step.table}"
        for step in steps
        if step.table is not None
    ]
    return "\n".join(lines or ["-> Rows fetched before execution"]) + "\n"
