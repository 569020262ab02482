"""JSON as MySQL prints it, which is the stored form: keys sorted, blanks behind commas (MySQL 8.4 manual, 13.5)."""

from __future__ import annotations

import json
from decimal import Decimal
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any, Final

MAX_DEPTH: Final = 100
"""How deep documents may nest."""


class JsonMistake(ValueError):
    """A text that is no JSON.

    Args:
        problem: what is wrong with it.
        position: the character where.
    """

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.position = position


def _constant(text: str) -> Any:  # noqa: ARG001
    raise JsonMistake("Invalid value.", 0)


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise JsonMistake("Number too big to be stored in double.", 0)
    return number


def _whole(text: str) -> Any:
    number = int(text) if len(text) < 21 else 1 << 65
    return number if -(1 << 63) <= number < 1 << 64 else _float(text)


_LONG: Final = 1024 * 1024
"""Characters of a document during which other threads have their turns; that takes several times as long."""
_TEXTS: Final = json.JSONDecoder(parse_float=_float, parse_int=_whole, parse_constant=_constant)
_STORED: Final = json.JSONDecoder(parse_float=Decimal)
_LONG_TEXTS: Final = json.JSONDecoder(parse_float=_float, parse_int=_whole, parse_constant=_constant)
_LONG_STORED: Final = json.JSONDecoder(parse_float=Decimal)
for _decoder in (_LONG_TEXTS, _LONG_STORED):
    _decoder.scan_once = py_make_scanner(_decoder)  # type: ignore[attr-defined]


def read_json(text: str) -> Any:
    """The value that a text means.

    Raises:
        JsonMistake: it is no JSON, or nested too deep.
    """
    try:
        value = (_TEXTS if len(text) < _LONG else _LONG_TEXTS).decode(text)
    except json.JSONDecodeError as problem:
        if not text.strip():
            raise JsonMistake("The document is empty.", 0) from None
        raise JsonMistake("Invalid value.", problem.pos) from None
    except RecursionError:
        raise JsonMistake("The JSON document exceeds the maximum depth.", 0) from None
    if _is_deeper(value, MAX_DEPTH):
        raise JsonMistake("The JSON document exceeds the maximum depth.", 0)
    return value


def _is_deeper(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth <= 0 or any(_is_deeper(item, depth - 1) for item in inner if isinstance(item, (dict, list)))


def stored_json(text: str) -> Any:
    """The value of a stored form; numbers with a point keep their digits, as a Decimal."""
    return (_STORED if len(text) < _LONG else _LONG_STORED).decode(text)


def json_text(value: Any) -> str:
    """The stored form of a value."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{json_text(key)}: {json_text(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, Decimal):
        return str(value).replace("E+", "e").replace("E", "e")
    if isinstance(value, float):
        return json_double(value)
    return str(value)


def json_double(value: float) -> str:
    """A double: with a point even if it is whole."""
    if value == int(value) and abs(value) < 1e15:
        return f"{value:.1f}"
    return repr(value).replace("e+", "e").replace("e0", "e").replace("e-0", "e-")


def type_name(value: Any) -> str:
    """What JSON_TYPE says."""
    if value is None:
        return "NULL"
    if isinstance(value, int) and not isinstance(value, bool):
        return "INTEGER" if value < 1 << 63 else "UNSIGNED INTEGER"
    return _NAMES[type(value)]


_NAMES: Final[dict[type, str]] = {
    bool: "BOOLEAN",
    float: "DOUBLE",
    Decimal: "DOUBLE",
    str: "STRING",
    list: "ARRAY",
    dict: "OBJECT",
}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal: a boolean is no number, 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)
