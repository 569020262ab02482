"""A query that is nested deeper than SQLite's parser goes, told with less nesting.

SQLite before 3.46 keeps at most a hundred symbols that it has not finished reading. So what is deep inside gets a name
in a WITH: a query in FROM in the WITH of the whole, an expression in one of the expression that it is a part of, which
sees the same columns.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

import attrs

from sockservice.sql.gathering import AGGREGATES
from sockservice.sql.windows import BUILT_IN, WINDOWED

_TOKEN: Final = re.compile(r"""(?:'(?:[^']|'')*+'|"(?:[^"]|"")*+"|[?:]?\w++|[^\s\w])\s*+""")
_HIGH: Final = 36
"""Symbols that SQLite keeps for what is left inside another."""
_WEIGHTS: Final = {"call": 6, "bracket": 4, "case": 8, "query": 10}
"""Symbols that SQLite keeps while it reads the inside of something, at most."""
_QUERIES: Final = frozenset(["SELECT", "WITH", "VALUES"])
_NO_CALL: Final = frozenset(
    """ALL AND AS BETWEEN BY CASE CROSS DISTINCT ELSE END ESCAPE EXCEPT EXISTS FROM GLOB GROUP HAVING IN INTERSECT IS
    JOIN LEFT LIKE LIMIT MATCH MATERIALIZED NOT NULL OFFSET ON OR ORDER OVER PARTITION REGEXP RIGHT SELECT THEN UNION
    USING VALUES WHEN WHERE WITH""".split()
)
"""Words in front of a bracket that are no names of functions."""
_CLAUSES: Final = frozenset("FROM WHERE GROUP HAVING ORDER LIMIT WINDOW UNION INTERSECT EXCEPT SELECT".split())
"""Words with which a part of a query begins."""
_NO_SLOT: Final = frozenset("AS COLLATE DISTINCT ORDER OVER PARTITION".split())
"""Words that an expression has not, or that say something of what it is a part of."""
_PARTS_OF_CASE: Final = frozenset("CASE WHEN THEN ELSE END".split())
_MARK: Final = '"deep~'
"""How the names begin that are given here."""
_LARGEST: Final = 64
"""How many texts are kept with what they have become."""


@attrs.define
class _Group:
    """What stands in brackets, or between CASE and END.

    Attributes:
        kind: ``call``, ``bracket``, ``case`` or ``query``.
        start, end: what it begins and ends with.
        parts: what is inside.
        name: of a call, that of the function, in lower case.
    """

    kind: str
    start: str
    end: str = ""
    parts: list[str | _Group] = attrs.field(factory=list)
    name: str = ""

    @property
    def text(self) -> str:
        """The whole."""
        return f"{self.start}{_text(self.parts)}{self.end}"

    @property
    def height(self) -> int:
        """About how many symbols SQLite keeps while it reads this."""
        return _WEIGHTS[self.kind] + _height(self.parts)


_Parts = list["str | _Group"]


def _text(parts: _Parts) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _height(parts: _Parts) -> int:
    return max((part.height for part in parts if isinstance(part, _Group)), default=0)


@functools.lru_cache(maxsize=_LARGEST)
def unnested(text: str) -> str:
    """A query with less nesting.

    Args:
        text: SQLite's, of a query.
    """
    whole = _Group("query", "", parts=_read(text))
    _Query(whole, _Names()).reduce()
    return whole.text


def is_unnested(text: str) -> bool:
    """Whether a query has been told with less nesting."""
    return _MARK in text


def _read(text: str) -> _Parts:
    """The tokens of a query in groups."""
    root = _Group("query", "")
    open_groups = [root]
    before = ""
    for token in _TOKEN.findall(text):
        word = _word(token)
        group = open_groups[-1]
        if word == "(":
            is_call = bool(before) and (before[0].isalpha() or before[0] == "_") and before not in _NO_CALL
            opened = _Group("call" if is_call else "bracket", token, name=before.lower() if is_call else "")
            group.parts.append(opened)
            open_groups.append(opened)
        elif word == "CASE":
            opened = _Group("case", token)
            group.parts.append(opened)
            open_groups.append(opened)
        elif word == (")" if group.kind != "case" else "END") and len(open_groups) > 1:
            group.end = token
            open_groups.pop()
        else:
            if word in _QUERIES and not group.parts and group.kind == "bracket":
                group.kind = "query"
            group.parts.append(token)
        before = word
    return root.parts


def _word(token: str) -> str:
    return token.rstrip().upper()


class _Names:
    """Names for what is told apart."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        """Another one."""
        self._count += 1
        return f'{_MARK}{self._count}"'


@attrs.define
class _Query:
    """A query whose nesting is reduced.

    Attributes:
        group: it.
        names: for what is told apart.
        told: what its WITH gets.
    """

    group: _Group
    names: _Names
    told: list[str] = attrs.field(factory=list)

    def reduce(self) -> None:
        """Reduce the nesting, and put a WITH in front."""
        self._within(self.group.parts, self)
        if not self.told:
            return
        parts, words = self.group.parts, ", ".join(self.told)
        if isinstance(parts[0], str) and _word(parts[0]) == "WITH":
            recursive = isinstance(parts[1], str) and _word(parts[1]) == "RECURSIVE"
            parts.insert(2 if recursive else 1, f"{words}, ")
        else:
            parts.insert(0, f"WITH {words} ")

    def _within(self, parts: _Parts, frame: _Query) -> None:
        """Reduce what stands in a query, or in a bracket of its FROM: tables and expressions."""
        where = "FROM" if parts is not self.group.parts else ""
        before = ""
        for part in parts:
            if isinstance(part, str):
                before = _word(part)
                if before in _CLAUSES or (before == "ON" and where == "FROM"):
                    where = before
                elif before == "JOIN" or (before == "," and where == "ON"):
                    where = "FROM"
            elif part.kind == "query":
                self._query(part, frame, source=where == "FROM", defined=before in ("AS", "MATERIALIZED"))
            elif part.kind == "bracket" and where == "FROM":
                self._within(part.parts, frame)
            elif where != "FROM":
                # What is given to a function in FROM sees the tables in front of it: it stays as it is.
                self._expression(part, frame, None)

    def _query(self, group: _Group, frame: _Query, *, source: bool, defined: bool) -> None:
        """Reduce a query in another one."""
        inner = _Query(group, self.names)
        if defined or not (source or not _free(group)):
            inner.reduce()
            return
        # What is in the FROM of a query in FROM may stand in the WITH of the whole.
        if group.parts and isinstance(group.parts[0], str) and _word(group.parts[0]) == "WITH":
            inner.reduce()
        else:
            inner._within(group.parts, frame)
        if group.height > _HIGH:
            name = self.names.new()
            frame.told.append(f"{name} AS ({_text(group.parts)})")
            if source:
                group.start, group.parts, group.end = "", [name], " " if group.end != group.end.rstrip() else ""
            else:
                group.parts = [f"SELECT * FROM {name}"]

    def _expression(self, group: _Group, frame: _Query, told: list[str] | None) -> None:
        """Reduce an expression in brackets, a call or a CASE.

        Args:
            group: it.
            frame: the query whose WITH takes the queries in it that need nothing of what is around them.
            told: what is told apart, for the WITH of the expression around it; None where there is none yet.
        """
        for begin, end in reversed(list(_slots(group))):
            slot = group.parts[begin:end]
            own = [] if told is None and _is_alone(slot) else told
            for part in slot:
                if isinstance(part, str):
                    continue
                if part.kind == "query":
                    self._query(part, frame, source=False, defined=False)
                else:
                    self._expression(part, frame, own)
            if own is None or not _is_alone(slot):
                continue
            if own is not told:
                if own:
                    group.parts[begin:end] = [_Group("query", "(", ") ", [f"WITH {', '.join(own)} SELECT ", *slot])]
            elif _height(slot) > _HIGH:
                name = self.names.new()
                own.append(f"{name}(v) AS (SELECT {_text(slot)})")
                group.parts[begin:end] = [f"(SELECT v FROM {name}) "]


def _slots(group: _Group) -> Iterator[tuple[int, int]]:
    """Where the expressions begin and end that a group is made of."""
    ends = _PARTS_OF_CASE if group.kind == "case" else frozenset([","])
    begin = 0
    for place, part in enumerate(group.parts):
        if isinstance(part, str) and _word(part) in ends:
            yield begin, place
            begin = place + 1
    yield begin, len(group.parts)


def _is_alone(slot: _Parts) -> bool:
    """Whether an expression means the same in a query of its own."""
    if not slot or any(isinstance(part, str) and _word(part) in _NO_SLOT for part in slot):
        return False
    return not any(isinstance(part, _Group) and _gathers(part) for part in slot)


def _words(slot: _Parts) -> Iterator[str]:
    return (part for part in slot if isinstance(part, str))


def _gathers(group: _Group) -> bool:
    """Whether there are aggregate functions in a group, outside of queries."""
    if group.kind == "query":
        return False
    if group.kind == "call" and group.name in _AGGREGATES:
        several = any(_word(each) == "," for each in _words(group.parts))
        if group.name not in ("min", "max") or not several:
            return True
    return any(isinstance(part, _Group) and _gathers(part) for part in group.parts)


_DEFINING: Final = frozenset(["AS", "FROM", "JOIN", "WITH", "RECURSIVE"])
"""Words behind which a table gets its name."""
_AGGREGATES: Final = BUILT_IN | set(AGGREGATES) | {WINDOWED + name for name in AGGREGATES} | {"json_group_array"}


def _free(group: _Group) -> bool:
    """Whether a query names what is around it, as far as can be seen."""
    used: set[str] = set()
    defined: set[str] = set()
    words = ["", *(token.rstrip() for token in _TOKEN.findall(group.text)), ""]
    for before, word, behind in zip(words, words[1:], words[2:], strict=False):
        if word[:1] == '"' and before != ".":
            named = before.upper() in _DEFINING or (before == "," and behind.upper() in ("AS", "("))
            (defined if named else used).add(word)
    return bool(used - defined)
