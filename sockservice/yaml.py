"""YAML 1.2 text to plain values, by the core schema (YAML 1.2.2, 10.3): ``no`` is text and ``010`` is ten.

PyYAML finds the structure, with libyaml where its wheel has it, which is fifty times as fast as any parser in
Python. What the scalars mean is decided here, since PyYAML's own readers know YAML 1.1 only.

Differences from a general YAML reader, each to the advantage of who writes files by hand: keys are text as
written (``{1: x}`` has the key ``"1"``), a key given twice is a mistake, dates and times stay text, and merge keys
and tags of other programs do not exist.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import attrs
import yaml

Keys: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top: keys of maps and indices of lists."""

DEPTH: Final = 64
"""How deep maps and lists may be nested; nobody writes more by hand, and each level is a call here."""

ALIASED: Final = 100_000
"""How many values all aliases of a text may stand for together: a few lines can else stand for billions."""

_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TAG: Final = "tag:yaml.org,2002:"
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_FOREIGN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], float("inf")),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], float("-inf")),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
}


TORN: Final = "a comma inside {…} ends the value: put the text in quotes"
"""What to say about a key that was meant to be the rest of a value: ``{type: DECIMAL(10,2)}`` has a key ``2)``."""


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
    """Where each value and each key of a text stands: line and column, counted from 1.

    Attributes:
        values: the places of the values.
        keys: the places of the keys.
        torn: the keys that may be the rest of a value, which has a comma in it, with its first part.
    """

    values: dict[Keys, tuple[int, int]] = attrs.field(factory=dict)
    keys: dict[Keys, tuple[int, int]] = attrs.field(factory=dict)
    torn: dict[Keys, str] = attrs.field(factory=dict)


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
    foreign = _FOREIGN.search(text)
    if foreign:
        line, column = text.count("\n", 0, foreign.start()) + 1, foreign.start() - text.rfind("\n", 0, foreign.start())
        raise Mistake(f"the character U+{ord(foreign[0]):04X} may not stand in a YAML file", line, column)
    try:
        return _Composer(yaml.parse(text, Loader=_LOADER), marks).document()
    except yaml.YAMLError as error:
        mark = _telling_mark(error, len(text.rstrip()))
        parts = getattr(error, "context", None), getattr(error, "problem", None) or str(error)
        message = " ".join(" ".join(part for part in parts if part).split())
        raise Mistake(message, *((mark.line + 1, mark.column + 1) if mark else ())) from None


def _telling_mark(error: yaml.YAMLError, end: int) -> Any:
    """Where to look for the mistake: where it shows; of what is never closed, where it opens."""
    begin, shows = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    quotes = getattr(error, "context", None) == "while scanning a quoted scalar"
    unclosed = shows and (shows.index >= end or (quotes and "found unexpected" in str(error)))
    return begin if begin and (unclosed or not shows) else shows


class _Composer:
    """Builds the value out of the events; one level of nesting is one call."""

    def __init__(self, events: Iterator[Any], marks: Marks | None) -> None:
        self._next = events.__next__
        self._marks = marks
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._count = 0
        self._aliased = 0

    def document(self) -> Any:
        while _kind(event := self._next()) in ("StreamStartEvent", "DocumentStartEvent"):
            pass
        if _kind(event) == "StreamEndEvent":
            return None
        value = self._node(event, ())
        self._next()
        if _kind(event := self._next()) != "StreamEndEvent":
            raise _mistake("a second document ('---') begins here; a file holds one", event)
        return value

    def _node(self, event: Any, keys: Keys) -> Any:
        kind = _kind(event)
        if self._marks is not None:
            self._marks.values[keys] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "AliasEvent":
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

    def _value(self, kind: str, event: Any, keys: Keys) -> Any:
        if kind == "ScalarEvent":
            return _scalar(event)
        if len(keys) >= DEPTH:
            raise _mistake(f"nested deeper than {DEPTH} levels", event)
        expected = "map" if kind == "MappingStartEvent" else "seq"
        if event.tag not in (None, "!", _TAG + expected):
            raise _mistake(f"the tag {_tag_text(event.tag)} is not known here", event)
        return self._map(keys) if kind == "MappingStartEvent" else self._list(keys)

    def _map(self, keys: Keys) -> dict[str, Any]:
        made: dict[str, Any] = {}
        before: Any = None
        while _kind(event := self._next()) != "MappingEndEvent":
            if _kind(event) != "ScalarEvent":
                raise _mistake("a key must be one word or text, not a list, map or alias", event)
            key = event.value
            item = self._next()
            if key in made:
                again = f"the key {key!r} stands here for the second time"
                raise _mistake(TORN if made[key] is None and _is_bare(event, item) else again, event)
            if event.anchor is not None:
                raise _mistake("a key cannot have an anchor (&)", event)
            if self._marks is not None:
                self._marks.keys[(*keys, key)] = (event.start_mark.line + 1, event.start_mark.column + 1)
                if not _is_bare(event, item):
                    before = item
                elif _is_unquoted_text(before):
                    self._marks.torn[(*keys, key)] = before.value
            made[key] = None
            made[key] = self._node(item, (*keys, key))
        return made

    def _list(self, keys: Keys) -> list[Any]:
        made: list[Any] = []
        while _kind(event := self._next()) != "SequenceEndEvent":
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


def _kind(event: Any) -> str:
    """What an event is."""
    return type(event).__name__


def _is_bare(key: Any, item: Any) -> bool:
    """Whether a key of a map has no value and no colon either, which only {…} allows."""
    return _kind(item) == "ScalarEvent" and not item.value and item.start_mark.index == key.end_mark.index


def _is_unquoted_text(item: Any) -> bool:
    return _kind(item) == "ScalarEvent" and not item.style and isinstance(_scalar(item), str)


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
    if len(text) > 1000:  # Python refuses to print integers of more than 4,300 digits
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
