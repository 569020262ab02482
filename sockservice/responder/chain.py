"""Responders one behind the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.interfaces import IResponder


@implementer(IResponder)
class Chain:
    """Asks responders in order; the first answer that is not None counts.

    A Deferred is an answer: who gives one has taken the request, and nobody behind is asked.

    Args:
        responders: the IResponders, first to last.
    """

    def __init__(self, responders: Iterable[IResponder]) -> None:
        self.responders = tuple(responders)
        self._asked: tuple[Callable[[Request], Answer | Deferred[Answer] | None], ...] = tuple(
            responder.respond for responder in self.responders
        )

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The first answer, or None where nobody has one."""
        for respond in self._asked:
            answer = respond(request)
            if answer is not None:
                return answer
        return None
