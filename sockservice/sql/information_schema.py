"""The rows of information_schema that tell of databases, tables and what belongs to them (MySQL 8.4 manual, 28.3)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from sockservice.collations import collations
from sockservice.sql.column_texts import column_type, extra, key_of, shown_default, sizes
from sockservice.sql.rendering import rendered
from sockservice.sql.schema import SYSTEM, Column, Index, Table, View
from sockservice.sql.show_create import check_clause
from sockservice.sql.table_texts import row_number
from sockservice.sql.typed import quoted

if TYPE_CHECKING:
    from sockservice.sql.catalog import Catalog
    from sockservice.sql.connection import Connection
    from sockservice.sql.numbers import Numbers

Row = tuple[Any, ...]

_PRIVILEGES: Final = "select,insert,update,references"
CONNECTION: Final = "utf8mb4_general_ci"
"""The collation of the connection that has made a view, as far as anybody asks: dumps name it, MariaDB has it."""
_PAGE: Final = 16_384
_COUNTED: Final = 10_000
"""Rows of a table that are counted; of more there is an estimate, as InnoDB gives."""


@attrs.frozen
class Facts:
    """What rows are told from.

    Attributes:
        catalog: all definitions.
        numbers: of AUTO_INCREMENT.
        connection: counts rows.
    """

    catalog: Catalog
    numbers: Numbers
    connection: Connection

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        key = quoted(table.key)
        raw = self.connection.raw
        count = int(raw.execute(f"SELECT COUNT(*) FROM (SELECT 1 FROM {key} LIMIT {_COUNTED + 1})").fetchone()[0])
        if count <= _COUNTED:
            return count
        return int(raw.execute(f"SELECT MAX({row_number(table)}) FROM {key}").fetchone()[0])


def schemata(facts: Facts) -> Iterator[Row]:
    """SCHEMATA."""
    for name in sorted([*SYSTEM, *facts.catalog.databases]):
        if name in SYSTEM:
            wide = name in ("mysql", "sys")
            charset, collation = ("utf8mb4", "utf8mb4_0900_ai_ci") if wide else ("utf8mb3", "utf8mb3_general_ci")
        else:
            database = facts.catalog.databases[name]
            charset, collation = database.charset, database.collation
        yield "def", name, charset, collation, None, "NO"


def everything(facts: Facts) -> Iterator[Table | View]:
    """All tables and views, by database and name."""
    for name in sorted(facts.catalog.databases):
        things: list[Table | View] = [*facts.catalog.tables(name), *facts.catalog.views(name)]
        yield from sorted(things, key=lambda thing: thing.name)


def _every_table(facts: Facts) -> Iterator[Table]:
    return (thing for thing in everything(facts) if isinstance(thing, Table))


def moment(seconds: float) -> str:
    """A time as a DATETIME."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")


def status(facts: Facts, table: Table) -> Row:
    """Engine, version, row format, rows, average length, lengths, AUTO_INCREMENT … of a table, as TABLES has them."""
    count = facts.count(table)
    number = facts.numbers.next(table) if table.auto_increment is not None else None
    fixed = {"DYNAMIC": "Dynamic", "COMPACT": "Compact", "COMPRESSED": "Compressed", "REDUNDANT": "Redundant"}
    options = f"row_format={table.row_format}" if table.row_format else ""
    return (
        table.engine,
        10,
        fixed.get(table.row_format, "Dynamic"),
        count,
        _PAGE // count if count else 0,
        _PAGE,
        0,
        _PAGE * max(len(table.indexes) - 1, 0),
        0,
        number,
        moment(table.created),
        None,
        None,
        table.collation,
        None,
        options,
        table.comment,
    )


def tables(facts: Facts) -> Iterator[Row]:
    """TABLES."""
    for thing in everything(facts):
        if isinstance(thing, Table):
            yield "def", thing.database, thing.name, "BASE TABLE", *status(facts, thing)
        else:
            yield "def", thing.database, thing.name, "VIEW", *[None] * 16, "VIEW"


def columns(facts: Facts) -> Iterator[Row]:
    """COLUMNS."""
    for thing in everything(facts):
        for place, column in enumerate(thing.columns, 1):
            key = key_of(thing, column) if isinstance(thing, Table) else ""
            yield column_row(thing, column, place, key)


def column_row(thing: Table | View, column: Column, place: int, key: str) -> Row:
    """A column as COLUMNS has it."""
    size = sizes(column)
    charset = collations()[column.collation].charset.name if column.collation else None
    return (
        "def",
        thing.database,
        thing.name,
        column.name,
        place,
        shown_default(column),
        "YES" if column.nullable else "NO",
        column.type.name.lower(),
        size.characters,
        size.octets,
        size.precision,
        size.scale,
        size.moment,
        charset,
        column.collation or None,
        column_type(column),
        key,
        extra(column),
        _PRIVILEGES,
        column.comment,
        rendered(column.generated, [each.name for each in thing.columns]) if column.generated else "",
        None,
    )


def statistics(facts: Facts) -> Iterator[Row]:
    """STATISTICS."""
    for table in _every_table(facts):
        for index in sorted(table.indexes, key=lambda index: index.name):
            for place in range(len(index.parts)):
                yield "def", table.database, *index_row(facts, table, index, place)


def index_row(facts: Facts, table: Table, index: Index, place: int) -> Row:
    """A column of an index as STATISTICS has it, from TABLE_NAME on."""
    part = index.parts[place]
    column = table.column(part.column)
    count = facts.count(table)
    direction = None if index.kind == "FULLTEXT" else "D" if part.descending else "A"
    return (
        table.name,
        0 if index.unique else 1,
        table.database,
        index.name,
        place + 1,
        part.column or None,
        direction,
        count,
        part.length or None,
        None,
        "YES" if column is None or column.nullable else "",
        index.kind,
        "",
        index.comment,
        "YES" if index.visible else "NO",
        part.expression or None,
    )


def key_column_usage(facts: Facts) -> Iterator[Row]:
    """KEY_COLUMN_USAGE."""
    for table in _every_table(facts):
        start = ("def", table.database)
        for index in table.indexes:
            if index.unique:
                for place, part in enumerate(index.parts, 1):
                    yield (
                        *start,
                        index.name,
                        *start,
                        table.name,
                        part.column,
                        place,
                        None,
                        None,
                        None,
                        None,
                    )
        for key in table.foreign_keys:
            for place, (ours, theirs) in enumerate(zip(key.columns, key.references, strict=True), 1):
                yield (*start, key.name, *start, table.name, ours, place, place, key.database, key.table, theirs)


def table_constraints(facts: Facts) -> Iterator[Row]:
    """TABLE_CONSTRAINTS."""
    for table in _every_table(facts):
        for index in table.indexes:
            if index.unique:
                kind = "PRIMARY KEY" if index.name == "PRIMARY" else "UNIQUE"
                yield "def", table.database, index.name, table.database, table.name, kind, "YES"
        for key in table.foreign_keys:
            yield "def", table.database, key.name, table.database, table.name, "FOREIGN KEY", "YES"
        for check in table.checks:
            enforced = "YES" if check.enforced else "NO"
            yield "def", table.database, check.name, table.database, table.name, "CHECK", enforced


def referential_constraints(facts: Facts) -> Iterator[Row]:
    """REFERENTIAL_CONSTRAINTS."""
    for table in _every_table(facts):
        for key in table.foreign_keys:
            parent = facts.catalog.table(key.database, key.table)
            wanted = sorted(name.lower() for name in key.references)
            unique = next(
                (index.name for index in (parent.indexes if parent else ()) if sorted(index.columns) == wanted), None
            )
            yield (
                "def",
                table.database,
                key.name,
                "def",
                key.database,
                unique,
                "NONE",
                key.on_update,
                key.on_delete,
                table.name,
                key.table,
            )


def check_constraints(facts: Facts) -> Iterator[Row]:
    """CHECK_CONSTRAINTS."""
    for table in _every_table(facts):
        for check in table.checks:
            yield "def", table.database, check.name, check_clause(table, check)


def views(facts: Facts) -> Iterator[Row]:
    """VIEWS."""
    for view in everything(facts):
        if isinstance(view, View):
            yield (
                "def",
                view.database,
                view.name,
                view.select,
                view.check_option or "NONE",
                "YES" if view.updatable else "NO",
                view.definer,
                view.security,
                "utf8mb4",
                CONNECTION,
            )


def partitions(facts: Facts) -> Iterator[Row]:
    """PARTITIONS: one for each table, without a name."""
    for table in _every_table(facts):
        state = status(facts, table)
        yield (
            "def",
            table.database,
            table.name,
            *[None] * 9,
            *state[3:9],
            state[10],
            None,
            None,
            None,
            "",
            None,
            None,
        )


TABLES: Final[dict[str, Callable[[Facts], Iterator[Row]]]] = {
    "schemata": schemata,
    "tables": tables,
    "columns": columns,
    "statistics": statistics,
    "key_column_usage": key_column_usage,
    "table_constraints": table_constraints,
    "referential_constraints": referential_constraints,
    "check_constraints": check_constraints,
    "views": views,
    "partitions": partitions,
}
"""By name in lower case."""
