"""JSON_TABLE: rows out of a JSON document (MySQL 8.4 manual, 14.17.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.expressions import Expressions
from sockservice.sql.functions.json_arguments import document, path_of
from sockservice.sql.json_paths import found_at
from sockservice.sql.json_text import json_text, stored_json
from sockservice.sql.registry import for_values, internal
from sockservice.sql.schema import Column
from sockservice.sql.scope import Source
from sockservice.sql.storing import store
from sockservice.sql.typed import Typed, quoted, text_literal
from sockservice.sqltypes import SqlType

_ORDINALITY: Final = SqlType("INT", unsigned=True)
_TEXTS: Final = frozenset("CHAR VARCHAR TINYTEXT TEXT MEDIUMTEXT LONGTEXT".split())


def compile_json_table(self: Expressions, node: exp.JSONTable, alias: str, name: str) -> tuple[str, Source]:
    """The text of a JSON_TABLE in FROM, and what it gives.

    Args:
        self: compiles its document, which may name the tables in front of it.
        node: the table.
        alias: what the statement calls it.
        name: what SQLite's text calls it.
    """
    columns: dict[str, Typed] = {}

    def read(schema: exp.Expr) -> list[dict[str, Any]]:
        found = []
        for each in schema.expressions:
            path = self.constant(each.args["path"]) if each.args.get("path") is not None else None
            if path is not None:
                path_of(path)
            nested = each.args.get("nested_schema")
            if nested:
                found.append({"nested": path, "columns": read(nested)})
                continue
            place = len(columns)
            kind = _ORDINALITY if each.args.get("ordinality") else SqlType.parse(each.args["kind"].sql(dialect="mysql"))
            label = each.this.name
            if label in columns:
                raise Refused("ER_DUP_FIELDNAME", label)
            text = f"json_extract({quoted(name)}.value, '$[{place}]')"
            columns[label] = Typed(text, kind, True, self.collation().collation)
            found.append(
                {
                    "place": place,
                    "type": each.args["kind"].sql(dialect="mysql") if path is not None else "",
                    "path": path,
                    "exists": bool(each.meta.get("exists")),
                    "missing": ["ER_MISSING_JSON_TABLE_VALUE", label],
                    "wrong": ["ER_JT_VALUE_OUT_OF_RANGE", label],
                    **handling(self, each.meta.get("on")),
                }
            )
        return found

    value = self.compile(node.this)
    path = self.constant(node.args["path"])
    path_of(path)
    rules = {"path": path, "columns": read(node.args["schema"])}
    rules["width"] = len(columns)
    text = f"json_each(json_table_rows({document(value, 1, 'json_table')}, {text_literal(json.dumps(rules))}))"
    return f"{text} AS {quoted(name)}", Source(alias, columns, name=name)


def handling(self: Expressions, condition: exp.Expr | None) -> dict[str, Any]:
    """What is done where there is nothing, and where a value does not fit: ``null``, ``error`` or a default."""
    told: dict[str, Any] = {}
    for word in ("empty", "error"):
        what = condition.args.get(word) if condition is not None else None
        if isinstance(what, exp.Expr):
            told[word] = ["default", str(self.constant(what))]
        else:
            told[word] = ["error" if str(what or "").upper().startswith("ERROR") else "null"]
    return told


@internal("json_table_rows", 2)
@for_values
def json_table_rows(text: str, rules: str) -> str:
    """The rows of a JSON_TABLE, as JSON: an array of arrays of stored values."""
    known = json.loads(rules)
    items = enumerate(found_at(stored_json(text), path_of(known["path"])), 1)
    rows = (cells for number, item in items for cells in _rows(item, known["columns"], number))
    return json.dumps([[cells.get(place) for place in range(known["width"])] for cells in rows])


def _rows(item: Any, columns: list[dict[str, Any]], number: int) -> Iterator[dict[int, Any]]:
    """The rows of one item: one for each of what is nested in it, one at least."""
    own: dict[int, Any] = {}
    nested = [column for column in columns if "nested" in column]
    for column in columns:
        if "place" in column:
            own[column["place"]] = number if column["path"] is None else cell(item, column)
    any_rows = False
    for column in nested:
        for place, inner in enumerate(found_at(item, path_of(column["nested"])), 1):
            for cells in _rows(inner, column["columns"], place):
                any_rows = True
                yield own | cells
    if not any_rows:
        yield own


def cell(item: Any, column: dict[str, Any]) -> Any:
    """The value of a column.

    Args:
        item: the document of the row.
        column: the path and the type; what to do where there is nothing (``empty``) or what does not fit (``error``),
            and the errors that these may be (``missing``, ``wrong``), with their details.
    """
    found = list(found_at(item, path_of(column["path"])))
    if column["exists"]:
        return int(bool(found))
    kind = SqlType.parse(column["type"])
    if not found:
        return _instead(column["empty"], kind, column["missing"])
    value = found[0]
    if value is None:
        return None
    if kind.name == "JSON":
        return json_text(value)
    if isinstance(value, (dict, list)) or len(found) > 1:
        return _instead(column["error"], kind, column["wrong"])
    if isinstance(value, bool):
        value = ("true" if value else "false") if kind.name in _TEXTS else int(value)
    elif not isinstance(value, str) and kind.name in _TEXTS:
        value = json_text(value)
    return _stored(value, kind, column)


def _stored(value: Any, kind: SqlType, column: dict[str, Any]) -> Any:
    try:
        stored = store(value, Column("", kind), Diagnostics(strict=True))
    except Refused:
        return _instead(column["error"], kind, column["wrong"])
    if isinstance(stored, bytes):
        return stored.decode("utf-8", "replace")
    return str(stored) if isinstance(stored, Decimal) else stored


def _instead(told: list[str], kind: SqlType, error: list[str]) -> Any:
    if told[0] == "error":
        raise Refused(*error)
    return store(told[1], Column("", kind), Diagnostics(strict=False)) if len(told) > 1 else None
