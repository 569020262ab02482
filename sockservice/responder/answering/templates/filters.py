"""The filters of templates: those of Jinja's that are of use in a cell, each bounded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jinja2.filters import do_default, do_float, do_int, do_title

from sockservice.responder.answering.made_values import text_of
from sockservice.responder.answering.templates.limits import LONGEST, TooMuch, checked, formatted

_PRECISION: Final = range(-30, 31)


def _join(items: Iterable[Any], between: Any = "") -> str:
    texts, separator = [], text_of(between)
    room = LONGEST
    for item in items:
        texts.append(text_of(item))
        room -= len(texts[-1]) + len(separator)
        if room < 0:
            raise TooMuch(f"a text of more than {LONGEST:,} characters")
    return separator.join(texts)


def _replace(value: Any, old: Any, new: Any) -> str:
    text, before, after = text_of(value), text_of(old), text_of(new)
    if len(text) + text.count(before) * (len(after) - len(before)) > LONGEST:
        raise TooMuch(f"a text of more than {LONGEST:,} characters")
    return text.replace(before, after)


def _round(value: Any, digits: int = 0) -> Any:
    if digits not in _PRECISION:
        raise ValueError(f"round takes from {_PRECISION.start} to {_PRECISION.stop - 1} digits")
    rounded = round(value, digits)
    return int(rounded) if digits <= 0 and isinstance(value, float) else rounded


def _truncate(value: Any, length: int, end: str = "…") -> str:
    text = text_of(value)
    return text if len(text) <= length else text[: max(length - len(end), 0)] + end


def _first(items: Any) -> Any:
    return next(iter(items))


def _last(items: Any) -> Any:
    return items[-1]


def _to_json(value: Any) -> str:
    return json.dumps(text_of(value) if isinstance(value, bytes) else value, ensure_ascii=False, default=text_of)


def _of_text(change: Callable[[str], str]) -> Callable[[Any], str]:
    def filtered(value: Any) -> str:
        return change(text_of(value))

    return filtered


def _format(form: Any, *values: Any) -> str:
    return formatted(form, values)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "capitalize": _of_text(str.capitalize),
    "d": do_default,
    "default": do_default,
    "first": _first,
    "float": do_float,
    "format": _format,
    "int": do_int,
    "join": _join,
    "last": _last,
    "length": len,
    "lower": _of_text(str.lower),
    "max": max,
    "min": min,
    "replace": _replace,
    "round": _round,
    "string": text_of,
    "sum": lambda items: checked(sum(items)),
    "title": _of_text(do_title),
    "tojson": _to_json,
    "trim": _of_text(str.strip),
    "truncate": _truncate,
    "upper": _of_text(str.upper),
}
"""Each filter by its name."""
