"""``sockservice.verify``: whether a workspace was asked what a test expects, and what it was asked instead."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Error, Value
from sockservice.errors import counted, did_you_mean
from sockservice.interfaces import IServer
from sockservice.responder.answering.durations import read_duration
from sockservice.responder.answering.plan import constant
from sockservice.responder.chatter.cells import to_text
from sockservice.responder.control.past import past_request
from sockservice.responder.control.stub_text import condition_of
from sockservice.responder.credentials import has_credentials
from sockservice.responder.journal import Entry, Source
from sockservice.responder.journal_view import text_of
from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.differences import LOOKED_AT
from sockservice.responder.matching.failure import failure_of
from sockservice.responder.matching.lookup import Lookup
from sockservice.responder.matching.near_miss import NearMisses
from sockservice.responder.matching.subject import Subject
from sockservice.responder.printable import on_one_line
from sockservice.responder.stub import Stub

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

USAGE: Final = "verify(when [, 'exactly' | 'at_least' | 'at_most' | 'never' [, count]] [, wait])"
AT_ONCE: Final = 256
"""How many entries are compared before others have their turn: some milliseconds."""
PAUSE: Final = 0.05
"""Seconds between two looks at the journal, while it is waited for."""
LONGEST_WAIT: Final = 3600.0
"""Seconds that it is waited at most."""
LONGEST_WHEN: Final = 64 * 1024
"""Characters of a ``when``."""
COMPARED: Final = 100
"""How many of the newest statements are looked at for what is near."""
SHOWN: Final = 3
"""How many of those are told."""
LONGEST_MESSAGE: Final = 512
"""Bytes of a message that clients keep (MYSQL_ERRMSG_SIZE)."""

_LONGEST_TEXT: Final = 80
_TEXTS: Final = 10_000
_STATEMENTS: Final = ("query", "execute")
_WORD: Final = re.compile(r"\w+")
_NOT_ASKED: Final = frozenset(["state", "call"])
_WORDS: Final = ("exactly", "at_least", "at_most", "never")


@attrs.frozen
class Expected:
    """How often something is to have been asked.

    Attributes:
        word: ``exactly``, ``at_least`` or ``at_most``.
        count: how often.
    """

    word: str
    count: int

    def holds(self, count: int) -> bool:
        """Whether it was asked that often."""
        if self.word == "exactly":
            return count == self.count
        return count >= self.count if self.word == "at_least" else count <= self.count

    def decided(self, count: int) -> bool:
        """Whether what is still to come changes nothing, or need not be waited for."""
        return count > self.count or (count == self.count and self.word != "at_most")

    def __str__(self) -> str:
        if self.word == "at_most" and not self.count:
            return "never"
        return f"{self.word.replace('_', ' ')} {counted(self.count, 'time')}"


def verification(
    workspace: Workspace, arguments: Sequence[Value], server: IServer, proven: Answer
) -> Answer | Deferred[Answer]:
    """The answer to ``verify``.

    Args:
        workspace: whose journal is looked at.
        arguments: as in :data:`USAGE`.
        server: of the session that asks.
        proven: the answer where it holds.

    Returns:
        The answer, or an error that tells how often it was asked, what is near, and how much the journal has lost. A
        Deferred of it where there is something to wait for.

    Raises:
        ValueError: an argument is wrong.
        ConfigurationError: the ``when`` is.
    """
    if not workspace.journal.most:
        raise ValueError("there is no journal to look at: it is turned off by --journal 0")
    text, expected, wait = _read(arguments)
    condition = condition_of(text, _NOT_ASKED)
    count = _Count(workspace, condition, server)
    return Deferred.fromCoroutine(_verified(count, expected, wait, text, proven))


async def _verified(count: _Count, expected: Expected, wait: float, text: str, proven: Answer) -> Answer:
    workspace = count.workspace
    deadline = workspace.clock.seconds() + wait
    while True:
        await count.go_on()
        if count.slow:
            return Error(1105, "HY000", f"sockservice: {count.slow}: write it so that it has fewer ways to match")
        left = deadline - workspace.clock.seconds()
        if expected.decided(count.found) or left <= 0:
            break
        await workspace.after(min(PAUSE, left))
    return proven if expected.holds(count.found) else Error(1105, "HY000", _message(count, expected, text))


def _read(arguments: Sequence[Value]) -> tuple[str, Expected, float]:
    """What the arguments say: the ``when``, how often, and how long to wait."""
    if not 1 <= len(arguments) <= 4 or arguments[0] is None:
        raise ValueError(f"the arguments are those of sockservice.{USAGE}")
    rest = list(arguments[1:])
    word = to_text(rest.pop(0)).lower() if rest and rest[0] is not None else "at_least"
    if word not in _WORDS:
        raise ValueError(f"{word!r:.80} does not say how often{did_you_mean(word, _WORDS)}")
    count = {"at_least": 1, "never": 0}.get(word)
    if rest and word != "never" and (isinstance(rest[0], int) or to_text(rest[0] or "").isdecimal()):
        count = int(rest.pop(0))
    if count is None:
        raise ValueError(f"{word} how often? sockservice.{USAGE}")
    if len(rest) > 1:
        raise ValueError(f"the arguments are those of sockservice.{USAGE}")
    wait = read_duration(_duration(rest[0])) if rest else 0.0
    if wait > LONGEST_WAIT:
        raise ValueError(f"it is waited for {LONGEST_WAIT:.0f} s at most, not for {wait:.0f} s")
    text = to_text(arguments[0])
    if len(text) > LONGEST_WHEN:
        raise ValueError(f"the 'when' has more than {LONGEST_WHEN:,} characters")
    return text, Expected("at_most" if word == "never" else word, count), wait


def _duration(value: Value) -> Value:
    return value if isinstance(value, (int, float, str)) else to_text(value or "")


class _Count:
    """How many entries of a journal meet a condition; it goes on where it was when more are there."""

    def __init__(self, workspace: Workspace, condition: Condition, server: IServer) -> None:
        self.workspace = workspace
        self.found = 0
        self.seen = 0
        self.stub = Stub("verify", condition, constant(Error(1105, "HY000", ""), Source("control")))
        self._server = server
        self._last = 0
        # What the text of a statement alone decides is decided once for each text.
        self._by_text: dict[tuple[str, str], bool] = {}

    async def go_on(self) -> None:
        """Count what is new, with turns for others."""
        entries = list(self.workspace.journal.numbered(self._last))
        for start in range(0, len(entries), AT_ONCE):
            if start:
                await self.workspace.after(0)
            for number, entry in entries[start : start + AT_ONCE]:
                self._last = number
                if entry.source.kind != "control":
                    self.seen += 1
                    self.found += self._meets(entry)
                    if self.slow:
                        return

    @property
    def slow(self) -> str:
        """Which regular expression takes too long to go on with; ``""`` for none."""
        return self.stub.when.overrun

    def _meets(self, entry: Entry) -> bool:
        if entry.params or not self.stub.when.fixed:
            return self._judge(entry)
        key = (entry.command, entry.text)
        known = self._by_text.get(key)
        if known is None:
            if len(self._by_text) >= _TEXTS:
                self._by_text.clear()
            known = self._by_text[key] = self._judge(entry)
        return known

    def _judge(self, entry: Entry) -> bool:
        return self.stub.when.meets(Subject(past_request(entry, self._server), self.workspace))

    def near(self, text: str) -> list[str]:
        """What was asked and is near, the nearest first, in words.

        Args:
            text: the ``when``, by whose words the newest statements are put in order.
        """
        misses = NearMisses((self.stub,), Lookup((self.stub,)))
        wanted = _words(text)
        found: dict[str, float] = {}
        for entry in list(self.workspace.journal)[: -COMPARED - 1 : -1]:
            if entry.source.kind == "control" or entry.command not in _STATEMENTS or self._meets(entry):
                continue
            miss = misses.nearest(Subject(past_request(entry, self._server), self.workspace), failure_of)
            if miss is not None:
                shown = _short(text_of(entry))
                reason = "" if has_credentials(entry.text) else f" ({miss.reason})"
                words = _words(entry.text[:LOOKED_AT])
                found.setdefault(shown + reason, len(wanted & words) / (len(wanted | words) or 1))
        least = max(found.values(), default=0.0) / 2
        return [shown for shown in heapq.nlargest(SHOWN, found, key=found.__getitem__) if found[shown] >= least]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _short(text: str) -> str:
    return on_one_line(text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…")


def _message(count: _Count, expected: Expected, text: str) -> str:
    """What was expected and what was there, in at most :data:`LONGEST_MESSAGE` bytes."""
    wanted = _short(text.strip())
    journal = count.workspace.journal
    asked = f"asked {counted(count.found, 'time')}, among {counted(count.seen, 'request')}"
    parts = [f"sockservice: {wanted} was expected {expected} and was {asked}"]
    if journal.evicted:
        parts.append(f"{journal.evicted} older ones are not in the journal any more")
    if count.found < expected.count:
        near = count.near(text)
        if near:
            parts.append(f"nearest: {'; '.join(near)}")
        else:
            parts.append("nothing else that is near was asked" if count.found else "nothing near was asked")
    message = "; ".join(parts).encode()
    if len(message) <= LONGEST_MESSAGE:
        return message.decode()
    return message[: LONGEST_MESSAGE - 3].decode("utf-8", "ignore") + "…"
