"""YAML 1.2 text to plain values, by the core schema (YAML 1.2.2, 10.3): ``no`` is text and ``010`` is ten.

libyaml (``ruamel.yaml.clib``) finds the structure, or ruamel.yaml's own parser where that is not installed, which
takes fifty times as long. What the scalars mean is decided here, since libyaml's usual readers know YAML 1.1 only.

Differences from a general YAML reader, each to the advantage of people who write files by hand: keys are text as
written (``{1: x}`` has the key ``"1"``), a key given twice is a mistake, dates and times stay text, and merge keys
and tags of other programs do not exist.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

Keys: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top: keys of maps and indices of lists."""

DEPTH: Final = 64
"""How deep maps and lists may be nested; nobody writes more by hand, and each level is a call here."""

ALIASED: Final = 100_000
"""How many values all aliases of a text may stand for together: a few lines can else stand for billions."""

_TAG: Final = "tag:yaml.org,2002:"
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], float("inf")),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], float("-inf")),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
}


class Mistake(Exception):
    """The text is not YAML, or not YAML that is read here.

    Attributes:
        line: where, counted from 1.
        column: where, in characters from 1.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class SpelledInteger(int):
    """An integer that was not written as Python writes it (``007``, ``0x1F``, ``+5``).

    Attributes:
        spelling: as written, for whoever needs the text after all.
    """

    spelling: str


@attrs.frozen
class Marks:
    """Where each value and each key of a text stands: line and column, counted from 1."""

    values: dict[Keys, tuple[int, int]] = attrs.field(factory=dict)
    keys: dict[Keys, tuple[int, int]] = attrs.field(factory=dict)


def compose(text: str, marks: Marks | None = None) -> Any:
    """Read a text that holds one document.

    Args:
        text: the YAML text.
        marks: filled with the place of every value and key, where given; it costs time and memory.

    Returns:
        None, bool, int, float, str, bytes, or lists and dicts (with str keys) of such.

    Raises:
        Mistake: it cannot be read.
    """
    try:
        return _Composer(_events(text), marks).document()
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Mistake(f"the character U+{ord(text[error.position]):04X} may not stand in a YAML file", line) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part) or "not YAML"
        raise Mistake(message, *((mark.line + 1, mark.column + 1) if mark else ())) from None
    except YAMLError as error:
        raise Mistake(" ".join(str(error).split())) from None


def _events(text: str) -> Callable[[], Any]:
    """What gives the next event of the text each time that it is called."""
    next_event: Callable[[], Any]
    try:
        next_event = importlib.import_module("_ruamel_yaml").CParser(text).get_event
    except ImportError:
        next_event = iter(YAML(typ="safe", pure=True).parse(text)).__next__
    return next_event


class _Composer:
    """Builds the value out of the events; one level of nesting is one call."""

    def __init__(self, next_event: Callable[[], Any], marks: Marks | None) -> None:
        self._next = next_event
        self._marks = marks
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._count = 0
        self._aliased = 0

    def document(self) -> Any:
        while isinstance(event := self._next(), (StreamStartEvent, DocumentStartEvent)):
            pass
        if isinstance(event, StreamEndEvent):
            return None
        value = self._node(event, ())
        self._next()
        if not isinstance(event := self._next(), StreamEndEvent):
            raise _mistake("a second document ('---') begins here; a file holds one", event)
        return value

    def _node(self, event: Any, keys: Keys) -> Any:
        kind = type(event)
        if self._marks is not None:
            self._marks.values[keys] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if kind is AliasEvent:
            return self._alias(event)
        self._count += 1
        anchor = event.anchor
        if anchor is None:
            return self._value(kind, event, keys)
        before = self._count
        self._open.add(anchor)
        value = self._value(kind, event, keys)
        self._open.discard(anchor)
        self._anchors[anchor] = (value, self._count + 1 - before)
        return value

    def _value(self, kind: type, event: Any, keys: Keys) -> Any:
        if kind is ScalarEvent:
            return _scalar(event)
        if len(keys) >= DEPTH:
            raise _mistake(f"nested deeper than {DEPTH} levels", event)
        expected = "map" if kind is MappingStartEvent else "seq"
        if event.tag not in (None, "!", _TAG + expected):
            raise _mistake(f"the tag {_tag_text(event.tag)} is not known here", event)
        return self._map(keys) if kind is MappingStartEvent else self._list(keys)

    def _map(self, keys: Keys) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while type(event := self._next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                raise _mistake("a key must be one word or text, not a list, map or alias", event)
            key = event.value
            if key in made:
                raise _mistake(f"the key {key!r} stands here for the second time", event)
            if self._marks is not None:
                self._marks.keys[(*keys, key)] = (event.start_mark.line + 1, event.start_mark.column + 1)
            if event.anchor is not None:
                raise _mistake("a key cannot have an anchor (&)", event)
            made[key] = None
            made[key] = self._node(self._next(), (*keys, key))
        return made

    def _list(self, keys: Keys) -> list[Any]:
        made: list[Any] = []
        while type(event := self._next()) is not SequenceEndEvent:
            made.append(self._node(event, (*keys, len(made))))
        return made

    def _alias(self, event: Any) -> Any:
        name = event.anchor
        if name in self._open:
            raise _mistake(f"*{name} stands inside of &{name}: it would never end", event)
        if name not in self._anchors:
            raise _mistake(f"*{name} refers to no &{name} above it", event)
        value, size = self._anchors[name]
        self._count += size
        self._aliased += size
        if self._aliased > ALIASED:
            raise _mistake(f"the aliases stand for more than {ALIASED:,} values together", event)
        return value


_TAGGED: Final[dict[str, tuple[type, ...]]] = {
    _TAG + "null": (type(None),),
    _TAG + "bool": (bool,),
    _TAG + "int": (int, SpelledInteger),
    _TAG + "float": (float, int),
}
"""What an explicit tag lets a scalar be."""


def _scalar(event: Any) -> Any:
    text: str = event.value
    tag = event.tag
    if tag is None:
        return plain(text) if event.implicit[0] else text
    if tag in ("!", _TAG + "str"):
        return text
    if tag == _TAG + "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _mistake(f"!!binary takes base64: {error}", event) from None
    if tag in _TAGGED:
        value = plain(text)
        if type(value) in _TAGGED[tag]:
            return float(text) if tag == _TAG + "float" and isinstance(value, int) else value
    raise _mistake(f"the tag {_tag_text(tag)} is not known here, or does not fit {text!r}", event)


def plain(text: str) -> Any:
    """What an unquoted scalar means in YAML 1.2's core schema: None, bool, int, float, or the text itself."""
    if not text or text[0] in "nN~tTfF.+-":
        if text in _WORDS:
            return _WORDS[text]
    elif not text[0].isdecimal():
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _integer(text: str) -> int | str:
    if len(text) > 4000:
        return text
    value = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if str(value) == text:
        return value
    spelled = SpelledInteger(value)
    spelled.spelling = text
    return spelled


def _tag_text(tag: str) -> str:
    return "!!" + tag[len(_TAG) :] if tag.startswith(_TAG) else tag


def _mistake(message: str, event: Any) -> Mistake:
    return Mistake(message, event.start_mark.line + 1, event.start_mark.column + 1)
