"""Functions that make and change JSON (MySQL 8.4 manual, 14.17.2 and 14.17.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, wrong_count
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.functions.json_arguments import compile_with_document, single_path_of
from sockservice.sql.json_paths import Leg
from sockservice.sql.json_text import json_text, stored_json
from sockservice.sql.kinds import JSON
from sockservice.sql.registry import for_values, internal
from sockservice.sql.typed import Typed, made


@special("json_array")
def _json_array(self: Expressions, node: exp.Anonymous) -> Typed:
    values = [self.compile(part) for part in node.expressions]
    return made(f"json_array_of({', '.join(map(to.as_json, values))})", JSON, *values, nullable=False)


@internal("json_array_of")
def json_array(*values: str | None) -> str:
    """JSON_ARRAY."""
    return f"[{', '.join('null' if value is None else value for value in values)}]"


@special("json_object")
def _json_object(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) % 2:
        raise wrong_count("json_object")
    values = [self.compile(part) for part in node.expressions]
    texts = [to.as_json(value) if place % 2 else to.as_text(value) for place, value in enumerate(values)]
    return made(f"json_object_of({', '.join(texts)})", JSON, *values, nullable=False)


@internal("json_object_of")
def json_object(*values: Any) -> str:
    """JSON_OBJECT.

    Raises:
        Refused: 3158: a name is NULL.
    """
    if None in values[::2]:
        raise Refused("ER_JSON_DOCUMENT_NULL_KEY")
    pairs = zip(values[::2], values[1::2], strict=True)
    return json_text({name: None if value is None else stored_json(value) for name, value in pairs})


def _changing(name: str, change: Callable[[Any, tuple[Leg, ...], Any], Any]) -> None:
    """A function of a document and pairs of path and value."""

    @special(name)
    def compile_call(self: Expressions, node: exp.Anonymous) -> Typed:
        if len(node.expressions) < 3 or len(node.expressions) % 2 == 0:
            raise wrong_count(name)
        return compile_with_document(self, node, 3, None, JSON, "sv" * (len(node.expressions) // 2))

    @internal(f"{name}_of")
    def call(text: Any, *pairs: Any) -> str | None:
        if text is None or None in pairs[::2]:
            return None
        value = stored_json(text)
        for path, new in zip(pairs[::2], pairs[1::2], strict=True):
            value = change(value, single_path_of(path), None if new is None else stored_json(new))
        return json_text(value)


def _changed(value: Any, legs: tuple[Leg, ...], last: Callable[[Any, Leg], Any], whole: Callable[[Any], Any]) -> Any:
    """A document whose place at a path is changed; the same where there is no way to it."""
    if not legs:
        return whole(value)
    leg, rest = legs[0], legs[1:]
    if not rest:
        return last(value, leg)
    if leg.kind == "member":
        if isinstance(value, dict) and leg.name in value:
            return {**value, leg.name: _changed(value[leg.name], rest, last, whole)}
        return value
    if not isinstance(value, list):
        return _changed(value, rest, last, whole) if leg.first.within(1) == 0 else value
    place = leg.first.within(len(value))
    if not 0 <= place < len(value):
        return value
    return [*value[:place], _changed(value[place], rest, last, whole), *value[place + 1 :]]


def _put(*, insert: bool, replace: bool) -> Callable[[Any, tuple[Leg, ...], Any], Any]:
    def change(value: Any, legs: tuple[Leg, ...], new: Any) -> Any:
        def last(inner: Any, leg: Leg) -> Any:
            if leg.kind == "member":
                if not isinstance(inner, dict) or not (replace if leg.name in inner else insert):
                    return inner
                return {**inner, leg.name: new}
            cells = inner if isinstance(inner, list) else [inner]
            place = leg.first.within(len(cells))
            if 0 <= place < len(cells):
                if not replace:
                    return inner
                return [*cells[:place], new, *cells[place + 1 :]] if isinstance(inner, list) else new
            if not insert:
                return inner
            return [*cells, new] if place >= 0 else [new, *cells]

        return _changed(value, legs, last, lambda inner: new if replace else inner)

    return change


_changing("json_set", _put(insert=True, replace=True))
_changing("json_insert", _put(insert=True, replace=False))
_changing("json_replace", _put(insert=False, replace=True))


def _append(value: Any, legs: tuple[Leg, ...], new: Any) -> Any:
    def whole(inner: Any) -> Any:
        return [*inner, new] if isinstance(inner, list) else [inner, new]

    def last(inner: Any, leg: Leg) -> Any:
        if leg.kind == "member":
            if isinstance(inner, dict) and leg.name in inner:
                return {**inner, leg.name: whole(inner[leg.name])}
            return inner
        if not isinstance(inner, list):
            return whole(inner) if leg.first.within(1) == 0 else inner
        place = leg.first.within(len(inner))
        return [*inner[:place], whole(inner[place]), *inner[place + 1 :]] if 0 <= place < len(inner) else inner

    return _changed(value, legs, last, whole)


def _array_insert(value: Any, legs: tuple[Leg, ...], new: Any) -> Any:
    if not legs or legs[-1].kind != "cell":
        raise Refused("ER_INVALID_JSON_PATH_ARRAY_CELL")

    def last(inner: Any, leg: Leg) -> Any:
        if not isinstance(inner, list):
            return inner
        place = max(leg.first.within(len(inner)) + leg.first.from_end, 0)
        return [*inner[:place], new, *inner[place:]]

    return _changed(value, legs, last, lambda inner: inner)


_changing("json_array_append", _append)
_changing("json_array_insert", _array_insert)


@special("json_remove")
def _json_remove(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, None, JSON)


@internal("json_remove_of")
@for_values
def json_remove(text: str, *paths: str) -> str:
    """JSON_REMOVE."""
    value = stored_json(text)
    for path in paths:
        legs = single_path_of(path)
        if not legs:
            raise Refused("ER_JSON_VACUOUS_PATH")
        value = _changed(value, legs, _without, lambda inner: inner)
    return json_text(value)


def _without(value: Any, leg: Leg) -> Any:
    if leg.kind == "member":
        return {name: item for name, item in value.items() if name != leg.name} if isinstance(value, dict) else value
    if not isinstance(value, list):
        return value
    place = leg.first.within(len(value))
    return value[:place] + value[place + 1 :] if place >= 0 else value


@special("json_merge_patch")
def _json_merge_patch(self: Expressions, node: exp.Anonymous) -> Typed:
    return compile_with_document(self, node, 2, None, JSON, "o")


@internal("json_merge_patch_of")
@for_values
def json_merge_patch(*texts: str) -> str:
    """JSON_MERGE_PATCH (RFC 7396)."""
    value = stored_json(texts[0])
    for text in texts[1:]:
        value = _patched(value, stored_json(text))
    return json_text(value)


def _patched(value: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    told = dict(value) if isinstance(value, dict) else {}
    for name, item in patch.items():
        if item is None:
            told.pop(name, None)
        else:
            told[name] = _patched(told.get(name), item)
    return told


@special("json_merge_preserve", "json_merge")
def _json_merge_preserve(self: Expressions, node: exp.Anonymous) -> Typed:
    call = exp.Anonymous(this="json_merge_preserve", expressions=node.expressions)
    return compile_with_document(self, call, 2, None, JSON, "o")


@internal("json_merge_preserve_of")
@for_values
def json_merge_preserve(*texts: str) -> str:
    """JSON_MERGE_PRESERVE."""
    value = stored_json(texts[0])
    for text in texts[1:]:
        value = _merged(value, stored_json(text))
    return json_text(value)


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        told = dict(one)
        for name, item in other.items():
            told[name] = _merged(told[name], item) if name in told else item
        return told
    return [*(one if isinstance(one, list) else [one]), *(other if isinstance(other, list) else [other])]
