"""One client of a service that answers by messages, as responders see it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import attrs
from zope.interface import implementer

from sockservice.answers import Answer
from sockservice.error_codes import error
from sockservice.interfaces import IServer, ISession
from sockservice.plain_session import PlainSession


@implementer(IServer)
class MessageServer:
    """What the sessions of one service share.

    Args:
        clock: seconds since the epoch.
    """

    version = ""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.started = clock()
        self.questions = self.aborted_clients = self.aborted_connects = 0
        self.sessions: dict[int, MessageSession] = {}
        self.global_variables: dict[str, Any] = {}
        self._connection_ids = itertools.count(1)

    def session(self, host: str, port: int = 0) -> MessageSession:
        """A session for a new client.

        Args:
            host: the client's address; ``localhost`` over a Unix socket.
            port: the client's port; 0 over a Unix socket.
        """
        return MessageSession(
            server=self, connection_id=next(self._connection_ids), host=host, port=port, since=self.clock()
        )

    def kill(self, connection_id: int, by: ISession, *, query: bool) -> Answer:  # noqa: ARG002
        """Nobody is killed here: there is no such command."""
        return error("ER_NO_SUCH_THREAD", connection_id)


@attrs.define(eq=False, kw_only=True)
class MessageSession(PlainSession):
    """A client: mostly its address. There are no users, databases and transactions here.

    Attributes:
        server: the service's own.
        port: the client's; 0 over a Unix socket. For the others see :class:`sockservice.interfaces.ISession`.
    """

    server: MessageServer
    port: int = 0

    def may_use(self, database: str) -> bool:
        """There are no databases here."""
        return not database
