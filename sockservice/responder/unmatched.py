"""The fallback ``error``: what nobody answers is an error whose text says which stub almost did, and why not."""

from __future__ import annotations

import re
from typing import Final

from twisted.logger import Logger
from zope.interface import implementer

from sockservice.answers import Error, Request
from sockservice.interfaces import IResponder
from sockservice.responder.near_miss import NearMiss
from sockservice.responder.stubs import Stubs

CODE: Final = 1105
SQLSTATE: Final = "HY000"
"""ER_UNKNOWN_ERROR: no client takes it as a reason to retry or to reconnect."""

LONGEST_MESSAGE: Final = 512
"""Bytes of a message that clients keep (MYSQL_ERRMSG_SIZE)."""
LEAST_TEXT: Final = 120
"""Bytes of the message that the statement has for itself in any case."""
REMEMBERED: Final = 1000
"""How many distinct statements are remembered, so that each is looked at and logged once."""
LOGGED: Final = 2000
"""Characters of a statement that the log gets."""

_STATEMENTS: Final = frozenset(("query", "prepare", "execute"))
_LINE_ENDS: Final = re.compile(r" *[\x00-\x1f\x7f]+ *")


@implementer(IResponder)
class Unmatched:
    """Answers everything, with an error; the last of a chain.

    Args:
        stubs: where near misses are looked for.
    """

    _log = Logger()

    def __init__(self, stubs: Stubs) -> None:
        self._stubs = stubs
        self._of = stubs.current
        self._answers: dict[tuple[str, str, int], Error] = {}

    def respond(self, request: Request) -> Error:
        """ERR 1105 with the statement, the nearest stub and the criterion that failed; at most 512 bytes."""
        if self._of is not self._stubs.current or len(self._answers) >= REMEMBERED:
            self._of = self._stubs.current
            self._answers.clear()
        # A statement of megabytes is not kept: its beginning and hash tell it from others.
        known = (request.command, request.text[:LOGGED], hash((request.text, str(request.params))))
        if known in self._answers:
            return self._answers[known]
        near = None
        if request.command in _STATEMENTS:
            near = self._of.near_misses.nearest(request.text, request.params)
        self._log.info(
            "no stub for {command}: {text}; nearest: {nearest}",
            command=request.command,
            text=request.text[:LOGGED],
            nearest=_described(near) if near else "none",
        )
        answer = self._answers[known] = Error(CODE, SQLSTATE, message(request, near))
        return answer


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
    text = _LINE_ENDS.sub(" ", request.text[:LONGEST_MESSAGE])
    return begin + _cut(text, room - len(end.encode()), more=len(request.text) > LONGEST_MESSAGE) + end


def _described(near: NearMiss) -> str:
    return f"'{near.stub.name}' ({near.reason})"


def _cut(text: str, size: int, more: bool = False) -> str:
    """The text in at most ``size`` bytes of UTF-8, with an ellipsis where something is missing."""
    data = text.encode("utf-8", "replace")
    if len(data) <= size and not more:
        return data.decode()
    return data[: size - 3].decode("utf-8", "ignore") + "…"
