"""LATERAL: derived tables that see the tables in front of them (MySQL 8.4 manual, 15.2.15.9).

SQLite lets only functions in FROM see the tables in front of them. So the rows of such a query are gathered, in JSON,
and told by ``json_each``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sockservice.sql.kinds import Kind
from sockservice.sql.registry import for_values, internal
from sockservice.sql.scope import Source
from sockservice.sql.selected import Selected
from sockservice.sql.sources import source_of_query
from sockservice.sql.typed import Typed, quoted

_GROUP: Final = 100
"""Columns that stand in one array: SQLite's functions take no more than 127 arguments."""
_TOLD: Final = {Kind.DOUBLE: "exact_double", Kind.BINARY: "exact_bytes"}
"""What brings back the values that JSON does not hold as they are."""


def compile_lateral(selected: Selected, alias: str, name: str, labels: Sequence[str]) -> tuple[str, Source]:
    """The text of a query in FROM that sees what is in front of it, and what it gives.

    Args:
        selected: the query.
        alias: what the statement calls it.
        name: what SQLite's text calls it.
        labels: names for its columns in place of its own.
    """
    kinds = [typed.kind for _, typed in selected.columns]
    cells = [f"exact_text(c{place})" if kind in _TOLD else f"c{place}" for place, kind in enumerate(kinds, 1)]
    groups = [", ".join(cells[first : first + _GROUP]) for first in range(0, len(cells), _GROUP)]
    row = f"json_array({', '.join(f'json_array({group})' for group in groups)})"
    source = source_of_query(selected, alias, name, labels)
    source.columns = {
        label: typed._replace(sql=_told(name, place, typed))
        for place, (label, typed) in enumerate(source.columns.items())
    }
    return f"json_each((SELECT json_group_array({row}) FROM ({selected.text}))) AS {quoted(name)}", source


def _told(name: str, place: int, typed: Typed) -> str:
    """The text of a column."""
    text = f"json_extract({quoted(name)}.value, '$[{place // _GROUP}][{place % _GROUP}]')"
    return f"{_TOLD[typed.kind]}({text})" if typed.kind in _TOLD else text


@internal("exact_text", 1)
@for_values
def exact_text(value: Any) -> str:
    """A number or bytes as a text from which the same is made again."""
    return value.hex() if isinstance(value, bytes) else float(value).hex()


@internal("exact_double", 1)
@for_values
def exact_double(text: str) -> float:
    """The number of a text."""
    return float.fromhex(text)


@internal("exact_bytes", 1)
@for_values
def exact_bytes(text: str) -> bytes:
    """The bytes of a text."""
    return bytes.fromhex(text)
