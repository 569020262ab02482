"""Functions that read JSON (MySQL 8.4 manual, 14.17.3 and 14.17.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near, wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.functions.json_arguments import (
    LONG_TEXT,
    binary_collation,
    compile_with_document,
    document,
    path_of,
    single_path_of,
)
from sockservice.sql.json_paths import children, found_at, found_with_paths, is_single
from sockservice.sql.json_text import JsonMistake, json_text, read_json, same, stored_json, type_name
from sockservice.sql.kinds import BIGINT, BOOLEAN, JSON, Kind
from sockservice.sql.patterns import like
from sockservice.sql.registry import for_values, function, internal
from sockservice.sql.typed import Typed, made
from sockservice.sqltypes import SqlType


@special("json_extract")
def _json_extract(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, None, JSON)


@rule(exp.JSONExtract)
def _arrow(self: Expressions, node: exp.JSONExtract) -> Typed:
    call = exp.Anonymous(this="json_extract", expressions=[node.this, node.expression])
    return _json_extract(self, call)


@rule(exp.Lambda)
def _arrow_in_call(self: Expressions, node: exp.Lambda) -> Typed:
    """``column -> path`` as an argument of a function, which reads like a lambda of other dialects."""
    if len(node.expressions) != 1:
        raise near("->")
    return _arrow(self, exp.JSONExtract(this=exp.column(node.expressions[0]), expression=node.this))


@rule(exp.JSONExtractScalar)
def _long_arrow(self: Expressions, node: exp.JSONExtractScalar) -> Typed:
    inner = _arrow(self, exp.JSONExtract(this=node.this, expression=node.expression))
    return made(f"json_unquote_of({inner.sql}, 1)", LONG_TEXT, inner, like=binary_collation(LONG_TEXT))


@internal("json_extract_of")
@for_values
def json_extract(text: str, *paths: str) -> str | None:
    """JSON_EXTRACT: one value, or an array of several where paths may mean several."""
    value = stored_json(text)
    legs = [path_of(path) for path in paths]
    found = [item for each in legs for item in found_at(value, each)]
    if len(legs) == 1 and is_single(legs[0]):
        return json_text(found[0]) if found else None
    return json_text(found) if found else None


@special("json_unquote")
def _json_unquote(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("json_unquote")
    value = self.compile(node.expressions[0])
    is_json = int(value.kind is Kind.JSON)
    text = value.sql if is_json else to.as_text(value)
    return made(f"json_unquote_of({text}, {is_json})", LONG_TEXT, value, like=binary_collation(LONG_TEXT))


@internal("json_unquote_of", 2)
@for_values
def json_unquote(text: str, is_json: int) -> str:
    """JSON_UNQUOTE: what a JSON string means; anything else as it is."""
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            if is_json:
                raise
            raise Refused("ER_INVALID_JSON_TEXT_IN_PARAM", 1, "json_unquote", "Invalid value.", 0) from None
    return text


@special("json_value")
def _json_value(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, 2, SqlType("VARCHAR", 512))


@internal("json_value_of", 2)
@for_values
def json_value(text: str, path: str) -> str | None:
    """JSON_VALUE: a scalar as text."""
    found = list(found_at(stored_json(text), single_path_of(path)))
    if not found or found[0] is None or isinstance(found[0], (dict, list)):
        return None
    return found[0] if isinstance(found[0], str) else json_text(found[0])


@special("json_type")
def _json_type(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 1, 1, SqlType("VARCHAR", 51))


@internal("json_type_of", 1)
@for_values
def json_type(text: str) -> str:
    """JSON_TYPE."""
    return type_name(stored_json(text))


@special("json_depth")
def _json_depth(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 1, 1, BIGINT)


@internal("json_depth_of", 1)
@for_values
def json_depth(text: str) -> int:
    """JSON_DEPTH."""
    return _depth(stored_json(text))


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


@special("json_length")
def _json_length(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 1, 2, BIGINT)


@internal("json_length_of")
@for_values
def json_length(text: str, path: str = "$") -> int | None:
    """JSON_LENGTH: members or cells; 1 of a scalar."""
    found = list(found_at(stored_json(text), single_path_of(path)))
    if not found:
        return None
    return len(found[0]) if isinstance(found[0], (dict, list)) else 1


@special("json_keys")
def _json_keys(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 1, 2, JSON)


@internal("json_keys_of")
@for_values
def json_keys(text: str, path: str = "$") -> str | None:
    """JSON_KEYS of an object."""
    found = list(found_at(stored_json(text), single_path_of(path)))
    if not found or not isinstance(found[0], dict):
        return None
    return json_text(sorted(found[0], key=lambda key: (len(key.encode()), key.encode())))


@special("json_valid")
def _json_valid(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("json_valid")
    value = self.compile(node.expressions[0])
    if value.kind is Kind.JSON:
        return made(f"({value.sql} IS NOT NULL)", BOOLEAN, value)
    return made(f"is_json({value.sql})", BOOLEAN, value)


@internal("is_json", 1)
@for_values
def is_json(value: Any) -> int:
    """JSON_VALID."""
    if not isinstance(value, str):
        return 0
    try:
        read_json(value)
    except JsonMistake:
        return 0
    return 1


@special("json_contains")
def _json_contains(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, 3, BOOLEAN, "os")


@internal("json_contains_of")
@for_values
def json_contains(text: str, candidate: str, path: str = "$") -> int | None:
    """JSON_CONTAINS."""
    found = list(found_at(stored_json(text), single_path_of(path)))
    return int(_contains(found[0], stored_json(candidate))) if found else None


def _contains(target: Any, candidate: Any) -> bool:
    if isinstance(target, list):
        wanted = candidate if isinstance(candidate, list) else [candidate]
        return all(any(_contains(item, each) for item in target) for each in wanted)
    if isinstance(target, dict) and isinstance(candidate, dict):
        return all(key in target and _contains(target[key], value) for key, value in candidate.items())
    return same(target, candidate)


@special("json_contains_path")
def _json_contains_path(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 3, None, BOOLEAN)


@internal("json_contains_path_of")
@for_values
def json_contains_path(text: str, how: str, *paths: str) -> int:
    """JSON_CONTAINS_PATH."""
    value = stored_json(text)
    tests = [any(True for _ in found_at(value, path_of(path))) for path in paths]
    return int(any(tests) if _one_or_all(how, "json_contains_path") else all(tests))


def _one_or_all(how: str, name: str) -> bool:
    if how.lower() not in ("one", "all"):
        raise Refused("ER_JSON_BAD_ONE_OR_ALL_ARG", name)
    return how.lower() == "one"


@special("json_search")
def _json_search(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 3, None, JSON)


@internal("json_search_of")
def json_search(text: Any, how: Any, wanted: Any, escape: Any = None, *paths: Any) -> str | None:
    """JSON_SEARCH: the paths of texts that are like a pattern."""
    if None in (text, how, wanted, *paths):
        return None
    value, first = stored_json(text), _one_or_all(how, "json_search")
    found: list[str] = []
    for path in paths or ("$",):
        for inner, where in found_with_paths(value, path_of(path), "$"):
            for item, place in _texts(inner, where):
                if like(item, wanted, escape or "\\", "utf8mb4_bin") and place not in found:
                    found.append(place)
    if not found:
        return None
    return json_text(found[0] if first or len(found) == 1 else found)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, each with its path, from the outside in."""
    if isinstance(value, str):
        yield value, path
    for inner, where in children(value, path):
        yield from _texts(inner, where)


@special("json_overlaps")
def _json_overlaps(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, 2, BOOLEAN, "o")


@internal("json_overlaps_of", 2)
@for_values
def json_overlaps(text: str, other: str) -> int:
    """JSON_OVERLAPS."""
    one, two = stored_json(text), stored_json(other)
    if isinstance(one, dict) and isinstance(two, dict):
        return int(any(key in two and same(value, two[key]) for key, value in one.items()))
    lists = [value if isinstance(value, list) else [value] for value in (one, two)]
    return int(any(same(a, b) for a in lists[0] for b in lists[1]))


@rule(exp.JSONArrayContains)
def _member_of(self: Expressions, node: exp.JSONArrayContains) -> Typed:
    value, array = self.compile(node.this), self.compile(node.expression)
    text = f"json_member({to.as_json(value)}, {document(array, 2, 'member of')})"
    return made(text, BOOLEAN, value, array)


@internal("json_member", 2)
@for_values
def json_member(value: str, array: str) -> int:
    """MEMBER OF."""
    wanted, cells = stored_json(value), stored_json(array)
    return int(any(same(wanted, cell) for cell in (cells if isinstance(cells, list) else [cells])))


@function("json_storage_size", "s", BIGINT)
def json_storage_size(text: str) -> int:
    """JSON_STORAGE_SIZE, about."""
    return len(text.encode())


@special("json_quote")
def _json_quote(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 1:
        raise wrong_count("json_quote")
    value = self.compile(node.expressions[0])
    if value.kind not in (Kind.TEXT, Kind.NULL):
        raise Refused("ER_INCORRECT_TYPE", 1, "json_quote")
    return made(f"json_of({value.sql}, 'text')", LONG_TEXT, value, like=binary_collation(LONG_TEXT))


@function("json_storage_free", "s", BIGINT)
def json_storage_free(text: str) -> int:  # noqa: ARG001
    """JSON_STORAGE_FREE: nothing is left over by changes."""
    return 0


@special("json_pretty")
def _json_pretty(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 1, 1, LONG_TEXT)


@internal("json_pretty_of", 1)
@for_values
def json_pretty(text: str) -> str:
    """JSON_PRETTY."""
    return _pretty(stored_json(text), "\n")


def _pretty(value: Any, line: str) -> str:
    if isinstance(value, dict) and value:
        items = [f"{json_text(key)}: {_pretty(item, line + '  ')}" for key, item in value.items()]
        return "{" + line + "  " + f",{line}  ".join(items) + line + "}"
    if isinstance(value, list) and value:
        return "[" + line + "  " + f",{line}  ".join(_pretty(item, line + "  ") for item in value) + line + "]"
    return json_text(value)
