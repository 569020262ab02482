"""The journal as JSON lines: made and written beside the answers, never before them.

Entries wait in a bounded buffer and are written at least each second, a few hundred at a time, so that no answer waits
for long. Where the file is slower than the answers, lines are left out, and the next line says how many:
``{"dropped": 17}``.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from sockservice.responder.journal import Entry
from sockservice.responder.journal_view import json_text, message_of, near_of, params_of, text_of

SECONDS: Final = 1.0
"""How long an entry waits at most before its line is written."""
AT_ONCE: Final = 200
"""How many lines are made in one turn: some milliseconds."""
WAITING: Final = 20_000
"""How many entries wait at most."""
BYTES: Final = 16 * 1024 * 1024
"""Of the texts and parameters of those that wait."""
LONGEST_TEXT: Final = 64 * 1024
"""Characters of a statement that its line has."""


class ILines(Protocol):
    """Where lines go: a file that whoever makes the service has."""

    def write(self, data: bytes) -> Deferred[None]:
        """Append lines; fires when that is done or has failed, which is told elsewhere."""

    def write_now(self, data: bytes) -> None:
        """Append lines before this returns."""


class JournalLines:
    """Writes the entries of all journals of a service.

    Args:
        lines: where to.
        clock: the reactor.
    """

    def __init__(self, lines: ILines, clock: IReactorTime) -> None:
        self._lines = lines
        self._clock = clock
        self._waiting: deque[tuple[str, Entry]] = deque()
        self._room = BYTES
        self._dropped = 0
        self._next: IDelayedCall | None = None
        self._writing = False
        self._ended = False

    def add(self, workspace: str, entry: Entry) -> None:
        """Take an entry whose answer is known.

        Args:
            workspace: whose journal it is in.
            entry: it.
        """
        if len(self._waiting) >= WAITING or self._room < entry.size:
            self._dropped += 1
            return
        self._waiting.append((workspace, entry))
        self._room -= entry.size
        if self._ended:
            self._write_rest()
        elif len(self._waiting) == AT_ONCE:
            self._write_in(0)
        elif self._next is None and not self._writing:
            self._write_in(SECONDS)

    def end(self) -> None:
        """The service ends: write what waits, and from now on each entry as it comes."""
        self._ended = True
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._write_rest()

    def _write_in(self, seconds: float) -> None:
        if self._writing or self._ended:
            return
        if self._next is not None:
            self._next.cancel()
        self._next = self._clock.callLater(seconds, self._write)

    def _write(self) -> None:
        self._next = None
        self._writing = True
        self._lines.write(self._taken()).addCallback(self._written)

    def _written(self, _result: None) -> None:
        self._writing = False
        if self._waiting or self._dropped:
            self._write_in(0)

    def _write_rest(self) -> None:
        while self._waiting or self._dropped:
            self._lines.write_now(self._taken())

    def _taken(self) -> bytes:
        """The lines of the oldest entries, which wait no longer."""
        taken: list[str] = []
        while self._waiting and len(taken) < AT_ONCE:
            workspace, entry = self._waiting.popleft()
            self._room += entry.size
            taken.append(line_of(workspace, entry))
        if self._dropped and not self._waiting:
            taken.append(json_text({"dropped": self._dropped}))
            self._dropped = 0
        return "".join(f"{line}\n" for line in taken).encode("utf-8", "replace")


def line_of(workspace: str, entry: Entry) -> str:
    """An entry as a line of JSON; what it has not, such as an error, is not in it. Credentials are left out.

    Args:
        workspace: whose journal it is in.
        entry: it.
    """
    text = text_of(entry)
    always = {
        "time": round(entry.time, 6),
        "workspace": workspace,
        "connection": entry.asker.connection_id,
        "user": entry.asker.user,
        "command": entry.command,
        "text": text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…",
        "answered_by": entry.source.kind,
    }
    perhaps = {
        "database": entry.asker.database,
        "params": params_of(entry),
        "name": entry.source.name,
        "tags": entry.source.tags,
        "duration": None if entry.duration is None else round(entry.duration, 6),
        "row_count": entry.rows,
        "error": entry.error or None,
        "message": message_of(entry),
        "near": near_of(entry),
    }
    return json_text(always | {key: value for key, value in perhaps.items() if value not in (None, "", ())})
