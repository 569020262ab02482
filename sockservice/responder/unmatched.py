"""The fallback ``error``: what nobody answers is an error whose text says which stub almost did, and why not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import attrs
from twisted.logger import Logger
from zope.interface import implementer

from sockservice.answers import OWN_COMMANDS, Error, Request
from sockservice.interfaces import IResponder
from sockservice.responder.credentials import has_credentials, without_credentials
from sockservice.responder.near_miss import NearMiss
from sockservice.responder.printable import on_one_line, printable
from sockservice.responder.stubs import Stubs

CODE: Final = 1105
SQLSTATE: Final = "HY000"
"""ER_UNKNOWN_ERROR: no client takes it as a reason to retry or to reconnect."""

LONGEST_MESSAGE: Final = 512
"""Bytes of a message that clients keep (MYSQL_ERRMSG_SIZE)."""
LEAST_TEXT: Final = 120
"""Bytes of the message that the statement has for itself in any case."""
REMEMBERED: Final = 1000
"""How many distinct statements are remembered, so that each is looked at and logged once; the oldest goes first."""
LOGGED: Final = 300
"""Characters of a statement that the log gets."""
LINES: Final = 20
"""How many statements are logged in :data:`SECONDS`; the rest is counted, so that no client can fill a disk."""
SECONDS: Final = 10.0

LOOKED_AT: Final = 64 * 1024
"""Characters of a statement in which passwords are looked for before it is logged."""

_STATEMENTS: Final = frozenset(("query", "prepare", "execute"))


@attrs.frozen
class Missed(Error):
    """The error for a request that nobody answers.

    Attributes:
        near: the near miss in words, for the journal; ``""`` for none.
    """

    near: str = attrs.field(default="", eq=False)


@implementer(IResponder)
class Unmatched:
    """Answers every statement, with an error; the last of a chain.

    Args:
        stubs: where near misses are looked for.
        clock: a time in seconds.
    """

    _log = Logger()

    def __init__(self, stubs: Stubs, clock: Callable[[], float] = time.monotonic) -> None:
        self._stubs = stubs
        self._clock = clock
        self._of = stubs.current
        self._answers: dict[tuple[str, str, int], Missed] = {}
        self._since = float("-inf")
        self._seen = 0

    def respond(self, request: Request) -> Missed | None:
        """ERR 1105 with the statement, the nearest stub and the criterion that failed; at most 512 bytes.

        None for what is no statement and needs no stub: a server has its own answer to a ping.
        """
        if request.command in OWN_COMMANDS:
            return None
        if self._of is not self._stubs.current:
            self._of = self._stubs.current
            self._answers.clear()
        # A statement of megabytes is not kept: its beginning and hash tell it from others.
        known = (request.command, request.text[:LOGGED], hash((request.text, str(request.params))))
        if known in self._answers:
            return self._answers[known]
        near = None
        if request.command in _STATEMENTS:
            near = self._of.near_misses.nearest(request.text, request.params)
        self._report(request, near)
        if len(self._answers) >= REMEMBERED:
            del self._answers[next(iter(self._answers))]
        words = _described(near) if near else ""
        answer = self._answers[known] = Missed(CODE, SQLSTATE, message(request, near), near=words)
        return answer

    def _report(self, request: Request, near: NearMiss | None) -> None:
        """Log a statement, or only count it where there were too many lately."""
        now = self._clock()
        if now - self._since >= SECONDS:
            if self._seen > LINES:
                self._log.info("… and {count} more without a stub", count=self._seen - LINES)
            self._since, self._seen = now, 0
        self._seen += 1
        if self._seen <= LINES:
            looked_at = request.text[:LOOKED_AT]
            text = without_credentials(looked_at)
            nearest = "none"
            if near is not None:
                # The reason may name the literal that is wrong.
                nearest = repr(printable(near.stub.name)) if has_credentials(looked_at) else _described(near)
            self._log.info(
                "no stub for {command}: {text}; nearest: {nearest}",
                command=request.command,
                text=on_one_line(text[:LOGGED]) + ("…" if len(text) > LOGGED else ""),
                nearest=nearest,
            )
        elif self._seen == LINES + 1:
            self._log.info("no stub for many statements: for {seconds:.0f} s they are only counted", seconds=SECONDS)


def message(request: Request, near: NearMiss | None) -> str:
    """The text of the error.

    Args:
        request: what nobody answered.
        near: the stub that almost did.

    Returns:
        At most :data:`LONGEST_MESSAGE` bytes of UTF-8. The near miss is never cut off for a long statement.
    """
    what = "" if request.command in _STATEMENTS else f" {request.command}"
    begin = f"sockservice: no stub for{what}: "
    end = f"; nearest: {_described(near)}" if near else "; no stub is near"
    room = LONGEST_MESSAGE - len(begin.encode())
    end = _cut(end, room - LEAST_TEXT)
    text = on_one_line(request.text[:LONGEST_MESSAGE])
    return begin + _cut(text, room - len(end.encode()), more=len(request.text) > LONGEST_MESSAGE) + end


def _described(near: NearMiss) -> str:
    return f"'{printable(near.stub.name)}' ({near.reason})"


def _cut(text: str, size: int, more: bool = False) -> str:
    """The text in at most ``size`` bytes of UTF-8, with an ellipsis where something is missing."""
    data = text.encode()
    if len(data) <= size and not more:
        return text
    return data[: size - 3].decode("utf-8", "ignore") + "…"
