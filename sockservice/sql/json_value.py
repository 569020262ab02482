"""JSON_VALUE with RETURNING, ON EMPTY and ON ERROR (MySQL 8.4 manual, 14.17.3)."""

from __future__ import annotations

import json
from typing import Final

from sqlglot import exp

from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.functions.json_arguments import document, path_of
from sockservice.sql.json_table import cell, handling
from sockservice.sql.json_text import stored_json
from sockservice.sql.registry import for_values, internal
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sqltypes import SqlType

_TEXT: Final = "VARCHAR(512)"
"""The type of what it gives, where nothing else is said."""


@rule(exp.JSONValue)
def _json_value(self: Expressions, node: exp.JSONValue) -> Typed:
    value = self.compile(node.this)
    path = self.constant(node.args["path"])
    path_of(path)
    returning = node.args.get("returning")
    name = _TEXT if returning is None else returning.sql(dialect="mysql")
    if name.startswith("CHAR"):
        name = f"VAR{name}" if name.endswith(")") else "LONGTEXT"
    kind = SqlType.parse(name)
    rules = {
        "path": path,
        "type": name,
        "exists": False,
        "missing": ["ER_MISSING_JSON_VALUE", "json_value"],
        "wrong": ["ER_INVALID_JSON_VALUE_FOR_CAST", name.partition("(")[0], "json_value", 1],
        **handling(self, node.args.get("on_condition")),
    }
    text = f"json_value_as({document(value, 1, 'json_value')}, {text_literal(json.dumps(rules))})"
    return made(text, kind, value, nullable=True, like=self.collation())


@internal("json_value_as", 2)
@for_values
def json_value_as(text: str, rules: str) -> object:
    """The value at a path, of a type."""
    value: object = cell(stored_json(text), json.loads(rules))
    return value
