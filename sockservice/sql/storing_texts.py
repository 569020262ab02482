"""Texts, bytes, ENUM, SET and JSON as columns store them."""

from __future__ import annotations

import functools
import json
import math
from decimal import Decimal
from typing import Any, Final

from sockservice.collations import find_collation
from sockservice.error_codes import error
from sockservice.sql.collating import without_case_and_accents
from sockservice.sql.conversions import double_text
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column
from sockservice.sql.storing_numbers import exact
from sockservice.sqltypes import SqlType

MOST_BYTES: Final = {
    "TINYTEXT": 255,
    "TEXT": 65_535,
    "MEDIUMTEXT": (1 << 24) - 1,
    "LONGTEXT": (1 << 32) - 1,
    "TINYBLOB": 255,
    "BLOB": 65_535,
    "MEDIUMBLOB": (1 << 24) - 1,
    "LONGBLOB": (1 << 32) - 1,
    "GEOMETRY": (1 << 32) - 1,
}
"""The bytes that the types of no declared length hold."""
_DEEPEST: Final = 100
"""How deep JSON may be nested (MySQL's JSON_DOCUMENT_MAX_DEPTH)."""


def in_charset(text: str, column: Column, diagnostics: Diagnostics) -> str:
    """A text in the character set of its column; what that does not have becomes ``?``.

    Raises:
        Refused: 1366, in the strict mode.
    """
    collation = find_collation(column.collation)
    if collation is None:
        return text
    kept = collation.charset.decode(collation.charset.encode(text)).encode("utf-8", "replace").decode()
    if kept != text:
        place = next(place for place, (a, b) in enumerate(zip(text, kept, strict=False)) if a != b)
        shown = "".join(f"\\x{byte:02X}" for byte in text[place:].encode("utf-8", "surrogateescape")[:6])
        problem = error("ER_TRUNCATED_WRONG_VALUE_FOR_FIELD", "string", shown, column.name, diagnostics.row)
        diagnostics.object_with(problem)
    return kept


def store_characters(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """A CHAR or VARCHAR: so many characters; blanks over the length go without an error."""
    text = _text(value, column, diagnostics)
    length = 1 if kind.length is None else kind.length
    if len(text) > length:
        if text[length:].strip(" "):
            diagnostics.object_to("ER_DATA_TOO_LONG" if diagnostics.refuses else "WARN_DATA_TRUNCATED", column)
        elif kind.name == "VARCHAR":
            diagnostics.note("WARN_DATA_TRUNCATED", column)
        text = text[:length]
    return text.rstrip(" ") if kind.name == "CHAR" else text


def store_text(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """A TEXT: so many bytes."""
    text = _text(value, column, diagnostics)
    most = MOST_BYTES[kind.name]
    if len(text) * 4 > most and len(text.encode("utf-8", "surrogateescape")) > most:
        diagnostics.object_to("ER_DATA_TOO_LONG" if diagnostics.refuses else "WARN_DATA_TRUNCATED", column)
        text = text.encode("utf-8", "surrogateescape")[:most].decode("utf-8", "ignore")
    return text


def store_bytes(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> bytes:
    """A BINARY, which is filled up with zeros, or VARBINARY."""
    data = _bytes(value)
    length = 1 if kind.length is None else kind.length
    if len(data) > length:
        diagnostics.object_to("ER_DATA_TOO_LONG" if diagnostics.refuses else "WARN_DATA_TRUNCATED", column)
        data = data[:length]
    return data.ljust(length, b"\0") if kind.name == "BINARY" else data


def store_blob(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> bytes:
    """A BLOB: so many bytes."""
    data, most = _bytes(value), MOST_BYTES[kind.name]
    if len(data) > most:
        diagnostics.object_to("ER_DATA_TOO_LONG" if diagnostics.refuses else "WARN_DATA_TRUNCATED", column)
        data = data[:most]
    return data


def store_enum(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """One of the members, by its text or its number from 1; ``""`` for an error that was let pass."""
    if isinstance(value, (int, float, Decimal)):
        number = int(exact(value))
        if 1 <= number <= len(kind.values):
            return kind.values[number - 1]
    else:
        text = _readable(value)
        found = _members(kind.values).get(_key(text))
        if found is not None:
            return kind.values[found]
        if text.isdecimal() and 1 <= int(text[:9]) <= len(kind.values):
            return kind.values[int(text[:9]) - 1]
    diagnostics.object_to("WARN_DATA_TRUNCATED", column)
    return ""


def store_set(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:
    """Some of the members, by their texts or their bits, in the order of the declaration."""
    members, wrong = _members(kind.values), False
    if isinstance(value, (int, float, Decimal)):
        bits = int(exact(value))
        wrong = not 0 <= bits < 1 << len(kind.values)
        chosen = {place for place in range(len(kind.values)) if bits >> place & 1}
    else:
        parts = _readable(value).split(",") if value else []
        found = [members.get(_key(part)) for part in parts]
        wrong = None in found
        chosen = {place for place in found if place is not None}
    if wrong:
        diagnostics.object_to("WARN_DATA_TRUNCATED", column)
    return ",".join(member for place, member in enumerate(kind.values) if place in chosen)


def store_json(value: Any, kind: SqlType, column: str, diagnostics: Diagnostics) -> str:  # noqa: ARG001
    """JSON in MySQL's own form: keys in order, one blank behind commas and colons."""
    text = _readable(value)
    try:
        return json_text(json.loads(text, parse_float=_JsonNumber, parse_constant=_no_constant))
    except (ValueError, RecursionError) as problem:
        position = getattr(problem, "pos", 0)
        raise Refused("ER_INVALID_JSON_TEXT", "Invalid value.", position, column) from None


class _JsonNumber(float):
    """A number that is no whole one, which keeps that when it is written."""


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def json_text(value: Any, depth: int = 0) -> str:
    """A value as MySQL writes it as JSON (MySQL 8.4 manual, 13.5 "The JSON Data Type").

    Raises:
        RecursionError: it is nested too deep.
    """
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_json_string(key)}: {json_text(value[key], depth + 1)}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_text(item, depth + 1) for item in value) + "]"
    if isinstance(value, str):
        return _json_string(value)
    if isinstance(value, float):
        text = double_text(value)
        return text if "." in text or "e" in text else f"{text}.0"
    return json.dumps(value)


def _json_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@functools.lru_cache(maxsize=1024)
def _members(values: tuple[str, ...]) -> dict[str, int]:
    """The places of members by what they are compared by."""
    return {_key(value): place for place, value in reversed(list(enumerate(values)))}


def _key(text: str) -> str:
    return without_case_and_accents(text.rstrip(" "))


def _readable(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        return double_text(value) if math.isfinite(value) else str(value)
    return format(exact(value), "f") if isinstance(value, Decimal) else str(value)


def _text(value: Any, column: str, diagnostics: Diagnostics) -> str:
    """A value as text; bytes that are none are objected to."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return _readable(value)
    try:
        return value.decode()
    except UnicodeDecodeError as problem:
        shown = "".join(f"\\x{byte:02X}" if byte >= 128 else chr(byte) for byte in value[problem.start :][:6])
        shown += "..." if len(value) - problem.start > 6 else ""
        wrong = error("ER_TRUNCATED_WRONG_VALUE_FOR_FIELD", "string", shown, column, diagnostics.row)
        diagnostics.object_with(wrong)
        return value[: problem.start].decode()


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else _readable(value).encode("utf-8", "surrogateescape")
