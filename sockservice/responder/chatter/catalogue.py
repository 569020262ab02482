"""The tables that every server has: information_schema and parts of mysql, performance_schema and sys.

``catalogue.tsv`` beside this module holds one table a line: its name, then each column with its type (MySQL 8.4
manual, chapter 28 "INFORMATION_SCHEMA Tables", and the tables of a fresh server for the rest). The tables of the
database ``sockservice``, which is ours and not listed, are there too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sockservice.answers import Column
from sockservice.sqltypes import SqlType

SCHEMAS: Final = ("information_schema", "mysql", "performance_schema", "sys")
"""The databases that every server has."""
CONTROL: Final = "sockservice"
"""The database that is no database: what tests read and steer the service by."""


@functools.cache
def tables() -> Mapping[tuple[str, str], tuple[Column, ...]]:
    """The columns of each table, by database and table in lower case."""
    found = {}
    for line in (Path(__file__).parent / "catalogue.tsv").read_text(encoding="utf-8").splitlines():
        name, *columns = line.split("\t")
        schema, _, table = name.partition(".")
        found[schema, table.lower()] = tuple(
            Column(label, SqlType.parse(kind), table, table, label, schema)
            for label, _, kind in (column.partition(" ") for column in columns)
        )
    return found


def tables_of(schema: str) -> Iterable[str]:
    """The names of the tables of one database, as MySQL writes them."""
    return sorted(columns[0].original_table for (owner, _table), columns in tables().items() if owner == schema)
