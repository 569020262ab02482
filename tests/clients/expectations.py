"""What every client must see, read once from ``stubs.yaml``, with no help from the project under test."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
from ruamel.yaml import YAML

STUBS = Path(__file__).with_name("stubs.yaml")
DATABASE, USER, PASSWORD = "shop", "app", "secret"


def time(text: str) -> datetime.timedelta:
    """A MySQL TIME, for example ``-838:59:59`` or ``00:00:00.125``."""
    hours, minutes, seconds = text.lstrip("-").split(":")
    span = datetime.timedelta(hours=int(hours), minutes=int(minutes), microseconds=int(Decimal(seconds) * 1_000_000))
    return -span if text.startswith("-") else span


# What a driver of Python makes of a column of each type.
VALUES = {
    "DATE": datetime.date.fromisoformat,
    "DATETIME": datetime.datetime.fromisoformat,
    "DECIMAL": Decimal,
    "TIME": time,
}


@attrs.frozen
class Table:
    """A table that the server has, or seems to have.

    Attributes:
        name: its name.
        columns: label to type in SQL.
        texts: its rows as a server sends them: text, bytes for a BLOB, None for NULL.
        rows: its rows as a driver of Python gives them out.
    """

    name: str
    columns: dict[str, str]
    texts: list[tuple[str | bytes | None, ...]]
    rows: list[tuple[Any, ...]]

    @property
    def query(self) -> str:
        return f"SELECT * FROM {self.name} ORDER BY id"


@attrs.frozen
class Refusal:
    """A statement that fails, and how."""

    query: str
    code: int
    sqlstate: str
    message: str


def _table(name: str, columns: dict[str, str], rows: list[list[Any]]) -> Table:
    readers = [VALUES.get(re.split(r"\W", sql_type)[0], lambda value: value) for sql_type in columns.values()]
    texts = [tuple(cell if cell is None or isinstance(cell, bytes) else str(cell) for cell in row) for row in rows]
    values = [
        tuple(None if cell is None else read(cell) for read, cell in zip(readers, row, strict=True)) for row in rows
    ]
    return Table(name, columns, texts, values)


def _stubs() -> dict[str, dict[str, Any]]:
    return {stub["name"]: stub for stub in YAML(typ="safe", pure=True).load(STUBS)["stubs"]}


TABLES = [
    _table(name, stub["then"]["columns"], stub["then"]["rows"])
    for name, stub in _stubs().items()
    if stub["when"]["sql"] == f"SELECT * FROM {name} ORDER BY id"
]
REFUSALS = [
    Refusal(stub["when"]["sql"], **stub["then"]["error"]) for stub in _stubs().values() if "error" in stub["then"]
]
FOUND_BY_TEXT: str = _stubs()["text found by text"]["when"]["sql"]
INSERT: str = _stubs()["order taken"]["when"]["sql"]
INSERT_ID: int = _stubs()["order taken"]["then"]["ok"]["last_insert_id"]
UNMATCHED = "SELECT nothing FROM that_a_stub_knows"
