"""The journal: what was asked and what answered it, bounded by count and by bytes."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from sockservice.answers import Answer, Disturbed, Error, Ok, Request, Results, Rows, Value
from sockservice.interfaces import ISession

ENTRIES: Final = 10_000
"""How many entries are kept: some minutes of a test suite, and a few megabytes."""
BYTES: Final = 16 * 1024 * 1024
"""Of the texts and parameters of all entries."""
OTHERS: Final = 4 * 1024 * 1024
"""The same for the journals of workspaces other than the default one, of which there may be many."""
OVERHEAD: Final = 300
"""Bytes that an entry takes beside its text and parameters."""

_INTERRUPTED: Final = 1317
_FAILED: Final = 1105
_LEFT: Final = "the connection ended before the answer was there"
_KILLED: Final = "Query execution was interrupted"


@attrs.frozen
class Source:
    """What answered a request.

    Attributes:
        kind: ``stub``, ``chatter``, ``sql``, ``fallback``, ``fault``, ``control`` or ``server`` (the protocol itself).
        name: which stub or fault; ``""`` where there is only one.
        tags: what the stub has the journal say besides (``emit``).
    """

    kind: str
    name: str = ""
    tags: tuple[str, ...] = ()


@attrs.frozen
class Asker:
    """Who asks: what of a session the entries of a journal share until its user or its database changes.

    Attributes:
        connection_id: the number in the greeting.
        user: the user's name as the client gave it.
        host: the client's address.
        database: the current database, or ``""``.
        current_user: the account.
        client: the connection attributes.
        tls: None, or how the connection is encrypted.
    """

    connection_id: int
    user: str
    host: str
    database: str
    current_user: str
    client: Mapping[str, str]
    tls: object

    @classmethod
    def of(cls, session: ISession) -> Asker:
        """Who asks in a session now."""
        return cls(
            session.connection_id,
            session.user,
            session.host,
            session.database,
            session.current_user,
            session.client,
            session.tls,
        )


class Kept(msgspec.Struct, frozen=True):
    """What the journal keeps of each request that has this very text and this answer, worked out once.

    Attributes:
        text: the statement: all entries share it.
        rows: as of an :class:`Entry`.
        size: the bytes that an entry counts for.
    """

    text: str
    rows: int | None
    size: int


def kept_of(text: str, answer: Answer) -> Kept | None:
    """What is always the same in the entries of a request, where it is; None where its answer is to be looked at.

    Args:
        text: the statement, to which nothing is bound.
        answer: always this object.
    """
    rows = len(answer.rows) if isinstance(answer, Rows) and isinstance(answer.rows, tuple) else None
    return Kept(text, rows, OVERHEAD + len(text)) if rows is not None or isinstance(answer, Ok) else None


class Entry(msgspec.Struct, gc=False):
    """One request and its answer.

    Texts are as they came: what shows them takes credentials out first (:mod:`sockservice.responder.credentials`).

    Attributes:
        asker: whose request it is.
        time: when it came, in seconds since the epoch.
        ended: when its answer was known, or all its rows were; None while they are not.
        command: the request's.
        text: the statement.
        params: the values bound to it.
        source: what answered it.
        rows: how many rows the answer has; None where that is not known, or there are none by nature.
        error: the error's code; 0 for none.
        message: the error's text.
        near: the near miss, in words, where nothing matched.
    """

    asker: Asker
    time: float
    ended: float | None
    command: str
    text: str
    params: tuple[Value, ...]
    source: Source
    rows: int | None = None
    error: int = 0
    message: str = ""
    near: str = ""

    @property
    def size(self) -> int:
        """The bytes that the entry counts for."""
        return OVERHEAD + len(self.text) + len(self.message) + sum(map(_size, self.params))

    @property
    def duration(self) -> float | None:
        """Until it was answered, in seconds; None while it is not."""
        return None if self.ended is None else max(0.0, self.ended - self.time)


Record = Callable[[Entry], None]
"""Takes an entry whose answer is known, for a file of them."""


class Journal:
    """What happened in one workspace, newest last.

    It is written for each request, so that this must be quick, and read seldom: who asks is shared by the entries of a
    session, numbers follow from the order, and bytes are reckoned up only when they may have become too many.

    Args:
        clock: seconds since the epoch; the same as the sessions' own.
        entries: how many entries are kept; 0 keeps none.
        size: how many bytes of text and parameters they may have.
        record: takes each entry once its answer is known; None for nobody.

    Attributes:
        most: how many entries are kept.
        last: the number of the newest entry, counted from 1 since the journal began; 0 where there was none.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        entries: int = ENTRIES,
        size: int = BYTES,
        record: Record | None = None,
    ) -> None:
        self.most = entries
        self.last = 0
        self._clock = clock
        self._record = record
        self._off = not entries and record is None
        self._entries: deque[Entry] = deque(maxlen=entries)
        self._append = self._entries.append
        # How many bytes may come before it is looked again at how many there are: what makes room unseen is extra.
        self._most_bytes = self._room = size
        self._cleared = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def evicted(self) -> int:
        """How many entries were dropped to make room, since the last :meth:`clear`."""
        return self.last - self._cleared - len(self._entries)

    def numbered(self, after: int = 0) -> Iterator[tuple[int, Entry]]:
        """The entries with their numbers, oldest first.

        Args:
            after: only those with a larger number.
        """
        before = self.last - len(self._entries)
        skipped = max(0, after - before)
        return enumerate(itertools.islice(self._entries, skipped, None), before + skipped + 1)

    def add(
        self, request: Request, answer: Answer | Deferred[Answer] | None, source: Source, kept: Kept | None = None
    ) -> Answer | Deferred[Answer] | None:
        """Note a request and its answer, or that it will be answered.

        Args:
            request: what was asked.
            answer: what answers it, or will; None where the protocol has an answer of its own.
            source: what gave that.
            kept: what is always the same for this request and answer, if it is known.

        Returns:
            The answer to give: the same, or one whose rows are counted while they are sent.
        """
        if self._off:
            return answer
        session = request.session
        asker = session.asker
        if asker is None:
            asker = session.asker = Asker.of(session)
        if kept is not None:
            entry = Entry(asker, session.since, self._clock(), request.command, kept.text, (), source, kept.rows)
            self.last += 1
            self._append(entry)
            self._room -= kept.size
            if self._room < 0:
                self._reckon()
            if self._record is not None:
                self._record(entry)
            return answer
        text, params = request.text, request.params
        size = OVERHEAD + len(text)
        if params:
            size += sum(map(_size, params))
        rows = len(answer.rows) if type(answer) is Rows and isinstance(answer.rows, (tuple, list)) else None
        # The sessions' clock tells both times, and has been read for the first one.
        entry = Entry(asker, session.since, self._clock(), request.command, text, params, source, rows)
        self.last += 1
        self._append(entry)
        self._room -= size
        if self._room < 0:
            self._reckon()
        if rows is None and type(answer) is not Ok:
            noted: Answer | Deferred[Answer] | None
            noted = (
                self._wait(answer, entry, session) if isinstance(answer, Deferred) else self._answered(answer, entry)
            )
            return noted
        if self._record is not None:
            self._record(entry)
        return answer

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._cleared = self.last
        self._entries.clear()
        self._room = self._most_bytes

    def _reckon(self) -> None:
        """See how many bytes there really are, and drop what is too much, with some more so that this is seldom."""
        entries = self._entries
        total = sum(entry.size for entry in entries)
        if total > self._most_bytes * 3 // 4:
            while entries and total > self._most_bytes // 2:
                total -= entries.popleft().size
        self._room = self._most_bytes - total

    # --- answers ------------------------------------------------------------------------------

    def _answered(self, answer: Any, entry: Entry) -> Any:
        """Note an answer that is there; returns it, or in its place one whose rows are counted."""
        now = self._clock()
        shown = answer
        while isinstance(shown, Disturbed):
            shown = shown.answer
        if isinstance(shown, Rows) and not isinstance(shown.rows, (list, tuple)):
            entry.ended = None
            counted: Any = attrs.evolve(shown, rows=_CountedRows(shown.rows, lambda rows: self._counted(entry, rows)))
            return counted if shown is answer else _replaced(answer, counted)
        entry.rows = _rows(shown)
        failure = _error(shown)
        entry.near = getattr(shown, "near", "")
        if failure is not None:
            entry.error, entry.message = failure.code, failure.message
            self._room -= len(failure.message)
        self._ended(entry, now)
        return answer

    def _wait(self, answer: Deferred[Any], entry: Entry, session: ISession) -> Deferred[Any]:
        entry.ended = None
        return answer.addCallbacks(self._answered, self._failed, callbackArgs=(entry,), errbackArgs=(entry, session))

    def _failed(self, failure: Failure, entry: Entry, session: ISession) -> Failure:
        """The answer will not come: the client was killed or is gone, or who makes it has failed."""
        cancelled = isinstance(failure.value, CancelledError)
        entry.error = _INTERRUPTED if cancelled else _FAILED
        entry.message = (_LEFT if session.over else _KILLED) if cancelled else failure.getErrorMessage()
        self._ended(entry, self._clock())
        return failure

    def _counted(self, entry: Entry, rows: int) -> None:
        entry.rows = rows
        self._ended(entry, self._clock())

    def _ended(self, entry: Entry, now: float) -> None:
        entry.ended = now
        if self._record is not None:
            self._record(entry)


class _CountedRows:
    """Rows that come one by one, and are counted when the last was sent or nobody wants more of them."""

    def __init__(self, rows: Iterable[Sequence[Value]], done: Callable[[int], None]) -> None:
        self._rows = rows
        self._done = done

    def __iter__(self) -> Iterator[Sequence[Value]]:
        count = 0
        try:
            for row in self._rows:
                count += 1
                yield row
        finally:
            self._done(count)


def _replaced(answer: Disturbed, rows: Rows) -> Disturbed:
    """A disturbed answer with other rows."""
    inside = _replaced(answer.answer, rows) if isinstance(answer.answer, Disturbed) else rows
    return attrs.evolve(answer, answer=inside)


def _rows(answer: Any) -> int | None:
    if isinstance(answer, Rows) and isinstance(answer.rows, (list, tuple)):
        return len(answer.rows)
    if isinstance(answer, Results):
        found = [rows for rows in map(_rows, answer.results) if rows is not None]
        return sum(found) if found else None
    return None


def _error(answer: Any) -> Error | None:
    if isinstance(answer, Results):
        answer = answer.results[-1]
    return answer if isinstance(answer, Error) else None


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 32
