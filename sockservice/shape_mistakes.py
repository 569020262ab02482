"""What keeps a value that people wrote from having the shape that is wanted: every mistake, in plain words.

The shape is a type as msgspec knows it. msgspec itself tells the first mistake only, in words for programmers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from sockservice.errors import did_you_mean
from sockservice.yaml import Keys

Found: TypeAlias = tuple[Keys, bool, str]
"""A mistake: the way to the value, whether its key is meant, and the message."""


def shape_mistakes(value: Any, wanted: inspect.Type, keys: Keys) -> Iterator[Found]:
    """Everything that keeps a value from being what is wanted, from the top of the file down.

    Args:
        value: as YAML has it.
        wanted: the type.
        keys: the way to the value.
    """
    wanted = _chosen(value, wanted)
    if isinstance(wanted, inspect.StructType) and isinstance(value, dict):
        yield from _struct_mistakes(value, wanted, keys)
    elif isinstance(wanted, inspect.ListType) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from shape_mistakes(item, wanted.item_type, (*keys, index))
    elif isinstance(wanted, inspect.DictType) and isinstance(value, dict):
        for key, item in value.items():
            yield from shape_mistakes(item, wanted.value_type, (*keys, key))
    elif isinstance(wanted, inspect.StructType) and _shown(value) in getattr(wanted.cls, "reserved", ()):
        yield keys, False, f"{_shown(value)} for {_subject(keys)} is a form of the format, but not supported yet"
    elif not _fits(value, wanted):
        yield keys, False, f"{_subject(keys)} must be {_described(wanted)}, not {_shown(value)}{_advice(value, wanted)}"


def _struct_mistakes(value: dict[str, Any], wanted: inspect.StructType, keys: Keys) -> Iterator[Found]:
    fields = {field.encode_name: field for field in wanted.fields}
    reserved: frozenset[str] = getattr(wanted.cls, "reserved", frozenset())
    misplaced: Mapping[str, str] = getattr(wanted.cls, "misplaced", {})
    sound = True
    for key, item in value.items():
        if key in fields:
            kind = fields[key].type
            if _is_reserved(item, kind, reserved):
                found = [((*keys, key), False, f"{_shown(item)} is a word of the format, but not supported yet")]
            else:
                found = list(shape_mistakes(item, kind, (*keys, key)))
        elif not wanted.forbid_unknown_fields:
            continue
        elif key in misplaced:
            found = [((*keys, key), True, f"{key!r} stands {misplaced[key]}")]
        elif key in reserved:
            found = [((*keys, key), True, f"{key!r} is a word of the format, but not supported yet")]
        else:
            found = [((*keys, key), True, f"{key!r} is not known here{did_you_mean(key, fields)}")]
        sound = sound and not found
        yield from found
    for name, field in fields.items():
        if field.required and name not in value:
            sound = False
            yield keys, False, f"{_subject(keys)} lacks {name!r}"
    if sound:
        try:
            msgspec.convert(value, wanted.cls)
        except msgspec.ValidationError as error:
            yield keys, False, str(error).removesuffix(" - at `$`")


def _is_reserved(value: Any, wanted: inspect.Type, reserved: frozenset[str]) -> bool:
    """Whether a value that does not fit is one that will: a reserved choice, or text with a reserved mark in it."""
    if not isinstance(value, str) or _fits(value, _chosen(value, wanted)):
        return False
    if isinstance(_chosen(value, wanted), inspect.LiteralType):
        return value in reserved
    return "{{" in reserved and "{{" in value


def _chosen(value: Any, wanted: inspect.Type) -> inspect.Type:
    """The member of a union that the writer must have meant; other types as they are."""
    if isinstance(wanted, inspect.Metadata):
        return _chosen(value, wanted.type)
    if not isinstance(wanted, inspect.UnionType):
        return wanted
    members = [_chosen(value, member) for member in wanted.types]
    if isinstance(value, dict):
        return next(
            (member for member in members if isinstance(member, (inspect.StructType, inspect.DictType))), wanted
        )
    if isinstance(value, list):
        return next((member for member in members if isinstance(member, inspect.ListType)), wanted)
    return next((member for member in members if _fits(value, member)), wanted)


def _fits(value: Any, wanted: inspect.Type) -> bool:
    """Whether a value that is no map and no list is what is wanted, as msgspec sees it."""
    if isinstance(wanted, inspect.Metadata):
        return _fits(value, wanted.type)
    if isinstance(wanted, inspect.UnionType):
        return any(_fits(value, member) for member in wanted.types)
    if isinstance(wanted, inspect.LiteralType):
        return any(value == known and type(value) is type(known) for known in wanted.values)
    if isinstance(wanted, (inspect.IntType, inspect.FloatType)):
        numbers = int if isinstance(wanted, inspect.IntType) else (int, float)
        return (
            isinstance(value, numbers)
            and not isinstance(value, bool)
            and (wanted.ge is None or value >= wanted.ge)
            and (wanted.le is None or value <= wanted.le)
            and (wanted.gt is None or value > wanted.gt)
            and (wanted.lt is None or value < wanted.lt)
        )
    if isinstance(wanted, inspect.StrType):
        fits = isinstance(value, str) and len(value) >= (wanted.min_length or 0)
        return fits and (wanted.pattern is None or re.search(wanted.pattern, value) is not None)
    simple: dict[type[inspect.Type], type] = {
        inspect.AnyType: object,
        inspect.NoneType: type(None),
        inspect.BoolType: bool,
        inspect.BytesType: bytes,
    }
    return isinstance(value, simple.get(type(wanted), ()))


def _described(wanted: inspect.Type) -> str:
    """What is wanted, in words."""
    if isinstance(wanted, inspect.UnionType):
        members = [_described(member) for member in wanted.types if not isinstance(member, inspect.NoneType)]
        return " or ".join(dict.fromkeys(members))
    if isinstance(wanted, inspect.LiteralType):
        return " or ".join(str(value) for value in wanted.values)
    if isinstance(wanted, inspect.Metadata):
        return (wanted.extra_json_schema or {}).get("title") or _described(wanted.type)
    if isinstance(wanted, (inspect.IntType, inspect.FloatType)):
        name = "a whole number" if isinstance(wanted, inspect.IntType) else "a number"
        if wanted.ge is not None and wanted.le is not None:
            return f"{name} from {wanted.ge} to {wanted.le}"
        limits = [(wanted.ge, "at least"), (wanted.gt, "above"), (wanted.le, "at most"), (wanted.lt, "below")]
        return " ".join([name, *(f"{word} {limit}" for limit, word in limits if limit is not None)])
    if isinstance(wanted, inspect.StrType):
        return "text that is not empty" if wanted.min_length else "text"
    words: dict[type[inspect.Type], str] = {
        inspect.BoolType: "true or false",
        inspect.BytesType: "!!binary data",
        inspect.NoneType: "null",
        inspect.ListType: "a list",
        inspect.DictType: "a map",
        inspect.StructType: "a map",
    }
    return words.get(type(wanted), "something else")


def _subject(keys: Keys) -> str:
    """What a message calls the value at ``keys``."""
    if not keys:
        return "the file"
    if isinstance(keys[-1], int):
        lists = [key for key in keys if isinstance(key, str)]
        return f"item {keys[-1] + 1} of {lists[-1]!r}" if lists else f"item {keys[-1] + 1}"
    return repr(keys[-1])


def _shown(value: Any) -> str:
    """A value as a message shows it: short, and with its kind where that is the mistake."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return "!!binary data"
    shown = repr(value) if isinstance(value, str) else f"the number {value}"
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _advice(value: Any, wanted: inspect.Type) -> str:
    members = wanted.types if isinstance(wanted, inspect.UnionType) else (wanted,)
    if isinstance(value, (bool, int, float)) and any(isinstance(member, inspect.StrType) for member in members):
        return "; put it in quotes"
    if isinstance(value, str):
        words = [known for member in members if isinstance(member, inspect.LiteralType) for known in member.values]
        guess = did_you_mean(value, [word for word in words if isinstance(word, str)])
        return guess if guess.startswith("; did") else ""
    return ""
