"""Errors of the embedded SQL that name the stub which almost answered the statement: most often, it was meant to."""

from __future__ import annotations

from typing import Final

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Error, Request
from sockservice.interfaces import IResponder
from sockservice.responder.unmatched import LONGEST_MESSAGE, Missed, Unmatched

CODES: Final = frozenset([1046, 1049, 1054, 1064, 1109, 1146, 1235, 1305, 1327, 1582])
"""The errors of what does not exist, or is not understood: a database, a column, a table, a procedure, a statement."""


@implementer(IResponder)
class Explained:
    """Passes on the answers of another responder; errors of what it does not know get the near miss behind them.

    Args:
        responder: the other one.
        unmatched: looks for near misses, and remembers them.
    """

    def __init__(self, responder: IResponder, unmatched: Unmatched) -> None:
        self._respond = responder.respond
        self._unmatched = unmatched

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer of the other one."""
        answer: Answer | Deferred[Answer] | None = self._respond(request)
        if isinstance(answer, Error):
            return self._explained(answer, request)
        if isinstance(answer, Deferred):
            return answer.addCallback(self._explained, request)
        return answer

    def _explained(self, answer: Answer, request: Request) -> Answer:
        if not isinstance(answer, Error) or answer.code not in CODES or not self._unmatched.has_stubs(request):
            return answer
        near = self._unmatched.missed(request).near
        if not near:
            return answer
        end = f"; nearest stub: {near}".encode()
        begin = answer.message.encode()
        room = max(LONGEST_MESSAGE - len(end), LONGEST_MESSAGE // 2)
        if len(begin) > room:
            begin = begin[: room - 3].decode("utf-8", "ignore").encode() + "…".encode()
        message = (begin + end)[:LONGEST_MESSAGE].decode("utf-8", "ignore")
        return Missed(answer.code, answer.sqlstate, message, near=near)
