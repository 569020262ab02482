"""Paths into JSON documents: ``$.name[0]``, ``$**.name``, ``$[1 to last]`` (MySQL 8.4 manual, 13.5)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_LEG: Final = re.compile(
    r"""\s*(?:
      \.\s*(?P<every>\*)
    | \.\s*(?P<name>[^\W\d][\w$]*|"(?:[^"\\]|\\.)*")
    | \[\s*(?P<all>\*)\s*\]
    | \[\s*(?P<from>last\s*(?:-\s*\d+)?|\d+)\s*(?:to\s+(?P<to>last\s*(?:-\s*\d+)?|\d+)\s*)?\]
    | (?P<any>\*\*)
    )""",
    re.VERBOSE,
)


class PathMistake(ValueError):
    """A text that is no path.

    Attributes:
        position: the character where, from 0.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"no path from character {position} on")
        self.position = position


class Place(NamedTuple):
    """A place in an array: its number, from the end if so."""

    number: int
    from_end: bool = False

    def within(self, length: int) -> int:
        """The number from the beginning; negative or too large where there is none."""
        return length - 1 - self.number if self.from_end else self.number


class Leg(NamedTuple):
    """One step of a path.

    Attributes:
        kind: ``member``, ``members``, ``cell``, ``cells``, ``range`` or ``any``.
        name: of a member.
        first, last: of a cell and a range.
    """

    kind: str
    name: str = ""
    first: Place = Place(0)
    last: Place = Place(0)


@functools.lru_cache(maxsize=1024)
def read_path(text: str) -> tuple[Leg, ...]:
    """The steps of a path.

    Raises:
        PathMistake: it is none.
    """
    body = text.strip()
    if not body.startswith("$"):
        raise PathMistake(1)
    at, legs = 1, []
    while at < len(body):
        found = _LEG.match(body, at)
        if found is None:
            raise PathMistake(at + 1)
        at = found.end()
        legs.append(_leg(found))
    if legs and legs[-1].kind == "any":
        raise PathMistake(at)
    return tuple(legs)


def _leg(found: re.Match[str]) -> Leg:
    if found["every"]:
        return Leg("members")
    if found["name"]:
        name = found["name"]
        return Leg("member", json.loads(name) if name.startswith('"') else name)
    if found["all"]:
        return Leg("cells")
    if found["any"]:
        return Leg("any")
    first = _place(found["from"])
    return Leg("cell", first=first) if found["to"] is None else Leg("range", first=first, last=_place(found["to"]))


def _place(text: str) -> Place:
    if not text.startswith("last"):
        return Place(int(text))
    behind = text.partition("-")[2].strip()
    return Place(int(behind or 0), True)


def is_single(legs: tuple[Leg, ...]) -> bool:
    """Whether a path means one place at most."""
    return all(leg.kind in ("member", "cell") for leg in legs)


def found_at(value: Any, legs: tuple[Leg, ...]) -> Iterator[Any]:
    """The values at a path."""
    for found, _ in found_with_paths(value, legs, "$"):
        yield found


def found_with_paths(value: Any, legs: tuple[Leg, ...], path: str) -> Iterator[tuple[Any, str]]:
    """The values at a path, each with its own path."""
    if not legs:
        yield value, path
        return
    leg, rest = legs[0], legs[1:]
    if leg.kind == "any":
        yield from found_with_paths(value, rest, path)
        for inner, where in children(value, path):
            yield from found_with_paths(inner, legs, where)
    elif leg.kind in ("member", "members"):
        if isinstance(value, dict):
            for name in (
                sorted(value, key=lambda key: (len(key.encode()), key)) if leg.kind == "members" else [leg.name]
            ):
                if name in value:
                    yield from found_with_paths(value[name], rest, path + member(name))
    else:
        cells = value if isinstance(value, list) else [value]
        for place in _places(leg, len(cells)):
            where = f"{path}[{place}]" if isinstance(value, list) else path
            if isinstance(value, list) or leg.kind in ("cell", "range"):
                yield from found_with_paths(cells[place], rest, where)


def _places(leg: Leg, length: int) -> range:
    if leg.kind == "cells":
        return range(length)
    first = leg.first.within(length)
    if leg.kind == "cell":
        return range(first, first + 1) if 0 <= first < length else range(0)
    return range(max(first, 0), min(leg.last.within(length), length - 1) + 1)


def children(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    """What an object or array holds, each with its path."""
    if isinstance(value, dict):
        for name in sorted(value, key=lambda key: (len(key.encode()), key)):
            yield value[name], path + member(name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield inner, f"{path}[{place}]"


def member(name: str) -> str:
    """The step to a member of an object."""
    return f".{name}" if re.fullmatch(r"[^\W\d]\w*", name) else "." + json.dumps(name, ensure_ascii=False)
