"""What functions of JSON are given: documents, values and paths, and how a call of one is compiled."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.conversions import exactly
from sockservice.sql.errors import Refused, wrong_count
from sockservice.sql.expressions import Expressions
from sockservice.sql.json_paths import Leg, PathMistake, is_single, read_path
from sockservice.sql.json_text import JsonMistake, json_text, read_json, stored_json
from sockservice.sql.kinds import Kind
from sockservice.sql.registry import for_values, internal
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sqltypes import SqlType

LONG_TEXT: Final = SqlType("LONGTEXT")
"""What functions of JSON give that is text."""


def path_of(text: str) -> tuple[Leg, ...]:
    """The steps of a path.

    Raises:
        Refused: 3143: it is none.
    """
    try:
        return read_path(text)
    except PathMistake as mistake:
        raise Refused("ER_INVALID_JSON_PATH", mistake.position) from None


def single_path_of(text: str) -> tuple[Leg, ...]:
    """As :func:`path_of`, of a path that means one place.

    Raises:
        Refused: 3149: it means several.
    """
    legs = path_of(text)
    if not is_single(legs):
        raise Refused("ER_INVALID_JSON_PATH_WILDCARD")
    return legs


@internal("json_document", 3)
@for_values
def json_document(text: str, argument: int, name: str) -> str:
    """A text as JSON in its stored form.

    Raises:
        Refused: 3141: it is none.
    """
    try:
        return json_text(read_json(text))
    except JsonMistake as mistake:
        raise Refused("ER_INVALID_JSON_TEXT_IN_PARAM", argument, name, mistake.problem, mistake.position) from None


@internal("json_of", 2)
@for_values
def json_of(value: Any, kind: str) -> str:
    """A stored value of any kind as JSON in its stored form."""
    if kind in ("integer", "decimal"):
        return str(int(value)) if kind == "integer" else str(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "double":
        return json_text(float(value))
    if kind == "binary":
        return json_text("base64:type252:" + _base64(value))
    if kind in ("datetime", "time"):
        whole, _, fraction = str(value).partition(".")
        return json_text(f"{whole}.{fraction.ljust(6, '0')}")
    return json_text(str(value))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@internal("json_number", 1)
@for_values
def json_number(text: str) -> float | int:
    """A JSON value as a number."""
    value = stored_json(text)
    if isinstance(value, (bool, int)) and -(1 << 63) <= value < 1 << 63:
        return int(value)
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    return float(exactly(value)) if isinstance(value, str) else 0


@internal("json_key", 1)
@for_values
def json_key(text: str) -> Any:
    """What SQLite compares a JSON value by: null, numbers, texts and then the others, each among their own."""
    value = stored_json(text)
    if value is None:
        return float("-inf")
    if isinstance(value, (bool, dict, list)):
        rank = {dict: b"1", list: b"2", bool: b"3"}[type(value)]
        return rank + json_text(value).encode()
    if isinstance(value, Decimal):
        return float(value)
    return float(value) if isinstance(value, int) and value >> 63 else value


def document(argument: Typed, place: int, name: str) -> str:
    """The text of an argument that is a JSON document."""
    if argument.kind in (Kind.JSON, Kind.NULL):
        return argument.sql
    if argument.kind not in (Kind.TEXT,):
        raise Refused("ER_INVALID_TYPE_FOR_JSON", place, name)
    return f"json_document({argument.sql}, {place}, {text_literal(name)})"


def compile_with_document(
    self: Expressions, node: exp.Anonymous, least: int, most: int | None, kind: SqlType, letters: str = ""
) -> Typed:
    """A call whose first argument is a document.

    Args:
        self: compiles the statement.
        node: the call.
        least: how many arguments there are at least.
        most: and at most.
        kind: of the result.
        letters: for the arguments behind the first one: ``o`` for documents, ``v`` for values, else texts; the last
            one repeats.
    """
    name = str(node.this).lower()
    if len(node.expressions) < least or (most is not None and len(node.expressions) > most):
        raise wrong_count(name)
    arguments = [self.compile(part) for part in node.expressions]
    texts = []
    for place, (argument, letter) in enumerate(
        zip(arguments, ("o" + letters).ljust(len(arguments), (letters or "s")[-1]), strict=False), 1
    ):
        if letter == "o":
            texts.append(document(argument, place, name))
        else:
            texts.append(to.as_json(argument) if letter == "v" else to.as_text(argument))
    return made(f"{name}_of({', '.join(texts)})", kind, *arguments, nullable=True, like=binary_collation(kind))


def binary_collation(kind: SqlType) -> Typed:
    """A value of a type whose texts are compared by their bytes, as all are that come out of JSON."""
    return Typed("", kind, collation="utf8mb4_bin", weight=to.COLUMN)
