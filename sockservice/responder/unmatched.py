"""What answers when no stub does, and says which stub almost did: the fallbacks ``error`` and ``empty``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import attrs
from twisted.logger import Logger
from zope.interface import implementer

from sockservice.answers import OWN_COMMANDS, Answer, Error, Request
from sockservice.interfaces import IResponder
from sockservice.responder.credentials import has_credentials, without_credentials
from sockservice.responder.empty_answer import empty_answer
from sockservice.responder.matching.failure import failure_of
from sockservice.responder.matching.near_miss import NearMiss
from sockservice.responder.matching.subject import Subject
from sockservice.responder.printable import on_one_line, printable
from sockservice.responder.stubs import Stubs

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

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

FALLBACKS: Final = ("sql", "error", "empty")
"""The fallbacks there are, the first where nobody says which."""
RESERVED: Final = ("upstream",)
"""Those that are not there yet."""

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
    """Answers all that needs an answer; the last of a chain.

    Args:
        stubs: those of the files, where near misses are looked for when a session has no workspace.
        clock: a time in seconds.
        fallback: one of :data:`FALLBACKS`; ``""``: the one that the files name.
    """

    _log = Logger()

    def __init__(self, stubs: Stubs, clock: Callable[[], float] = time.monotonic, fallback: str = "") -> None:
        self._stubs = stubs
        self._clock = clock
        self._fallback = fallback
        self._misses: dict[tuple[object, str, str, int], tuple[Missed, bool]] = {}
        self._since = float("-inf")
        self._seen = 0

    def respond(self, request: Request) -> Answer | None:
        """ERR 1105 with the statement, the nearest stub and the criterion that failed; or an empty result.

        None for a command that the server answers by itself.
        """
        if request.command in OWN_COMMANDS:
            return None
        missed = self.missed(request)
        is_empty = (self._fallback or self._stubs.current.fallback) == "empty"
        return empty_answer(request, missed, missed.near) if is_empty else missed

    def has_stubs(self, request: Request) -> bool:
        """Whether the session that asks has any stubs."""
        workspace: Workspace | None = getattr(request.session, "workspace", None)
        return bool(self._stubs.current.stubs) or (workspace is not None and workspace.stubs.own > 0)

    def missed(self, request: Request) -> Missed:
        """The error for a statement, of at most 512 bytes; one that is new is logged."""
        workspace: Workspace | None = getattr(request.session, "workspace", None)
        version = self._stubs.current if workspace is None else workspace.stubs.version
        # A statement of megabytes is not kept: its beginning and hash tell it from others.
        known = (version, request.command, request.text[:LOGGED], hash((request.text, str(request.params))))
        missed, is_fixed = self._misses.get(known, (None, False))
        if missed is not None and is_fixed:
            return missed
        if workspace is None:
            near = self._stubs.current.near_misses.nearest(Subject(request), failure_of)
        else:
            near = workspace.stubs.near(request)
        if missed is None:
            self._report(request, near)
            if len(self._misses) >= REMEMBERED:
                del self._misses[next(iter(self._misses))]
        missed = Missed(CODE, SQLSTATE, message(request, near), near=_described(near) if near else "")
        self._misses[known] = missed, near is None or near.fixed
        return missed

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
