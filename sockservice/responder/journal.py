"""The journal: what was asked and what answered it, bounded by count and by bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs
import msgspec
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Error, Request, Rows, Value

ENTRIES: Final = 10_000
"""How many entries are kept: some minutes of a test suite, and a few megabytes."""
BYTES: Final = 16 * 1024 * 1024
"""Of the texts and parameters of all entries."""


@attrs.frozen
class Source:
    """What answered a request.

    Attributes:
        kind: ``stub``, ``chatter``, ``fallback``, ``fault``, ``control`` or ``server`` (the protocol itself).
        name: which stub or fault; ``""`` where there is only one.
        tags: what the stub has the journal say besides (``emit``).
        near: the near miss, in words, where nothing matched.
    """

    kind: str
    name: str = ""
    tags: tuple[str, ...] = ()
    near: str = ""


class Entry(msgspec.Struct, gc=False):
    """One request and its answer.

    Attributes:
        number: counted from 1 in each journal.
        time: when it came, in seconds since the epoch.
        duration: until it was answered, in seconds; None while it is not.
        connection: the connection's id.
        user: whose.
        database: the current one.
        command: the request's.
        text: the statement, without credentials.
        params: the values bound to it.
        source: what answered it.
        rows: how many rows the answer has; None where that is not known, or there are none by nature.
        error: the error's code; 0 for none.
        near: the near miss, in words, where nothing matched.
        size: the bytes that the entry counts for.
    """

    number: int
    time: float
    duration: float | None
    connection: int
    user: str
    database: str
    command: str
    text: str
    params: tuple[Value, ...]
    source: Source
    rows: int | None
    error: int
    near: str
    size: int


class Journal:
    """What happened in one workspace, newest last.

    Args:
        clock: seconds since the epoch.
        entries: how many entries are kept; 0 keeps none.
        size: how many bytes of text and parameters they may have.

    Attributes:
        evicted: how many entries were dropped to make room, since the last :meth:`clear`.
    """

    def __init__(self, clock: Callable[[], float], *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self.evicted = 0
        self._clock = clock
        self._most = entries
        self._room = size
        self._entries: deque[Entry] = deque()
        self._last = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, request: Request, answer: Answer | Deferred[Answer], source: Source) -> None:
        """Note a request and its answer, or that it will be answered.

        Args:
            request: what was asked.
            answer: what answers it, or will.
            source: what gave that.
        """
        if not self._most:
            return
        session = request.session
        self._last += 1
        now = self._clock()
        text, params = request.text, request.params
        size = _OVERHEAD + len(text) + (sum(map(_size, params)) if params else 0)
        entry = Entry(
            self._last,
            now,
            None,
            session.connection_id,
            session.user,
            session.database,
            request.command,
            text,
            params,
            source,
            None,
            0,
            source.near,
            size,
        )
        if isinstance(answer, Deferred):
            answer.addCallback(self._answered, entry)
        else:
            _note(entry, answer)
            entry.duration = 0.0
        entries = self._entries
        entries.append(entry)
        self._room -= size
        while self._room < 0 or len(entries) > self._most:
            self._room += entries.popleft().size
            self.evicted += 1

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._room += sum(entry.size for entry in self._entries)
        self._entries.clear()
        self.evicted = 0

    def _answered(self, answer: Answer, entry: Entry) -> Answer:
        _note(entry, answer)
        entry.duration = self._clock() - entry.time
        return answer


_OVERHEAD: Final = 300
"""Bytes that an entry takes beside its text and parameters."""


def _note(entry: Entry, answer: Answer) -> None:
    if isinstance(answer, Rows):
        entry.rows = len(answer.rows) if isinstance(answer.rows, (list, tuple)) else None
    elif isinstance(answer, Error):
        entry.error = answer.code


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 32
