"""One client of a service that answers by messages, as responders see it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from zope.interface import implementer

from sockservice.answers import Answer
from sockservice.error_codes import error
from sockservice.interfaces import IServer, ISession

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


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
        self.questions = 0
        self.sessions: dict[int, MessageSession] = {}
        self.global_variables: dict[str, Any] = {}
        self.created_users: set[str] = set()
        self._connection_ids = itertools.count(1)

    def session(self, host: str, port: int = 0) -> MessageSession:
        """A session for a new client.

        Args:
            host: the client's address; ``localhost`` over a Unix socket.
            port: the client's port; 0 over a Unix socket.
        """
        return MessageSession(self, next(self._connection_ids), host, port)

    def kill(self, connection_id: int, by: ISession, *, query: bool) -> Answer:  # noqa: ARG002
        """Nobody is killed here: there is no such command."""
        return error("ER_NO_SUCH_THREAD", connection_id)


@implementer(ISession)
class MessageSession:
    """A client: mostly its address. There are no users, databases and transactions here.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        host: the client's address.
        port: the client's port.
    """

    user = database = current_user = ""
    tls = compression = info = None
    autocommit = True
    in_transaction = found_rows = False

    def __init__(self, server: MessageServer, connection_id: int, host: str, port: int) -> None:
        self.server = server
        self.connection_id = connection_id
        self.host = host
        self.port = port
        self.command = "Sleep"
        self.since = server.clock()
        self.workspace: Any = None
        self.asker: Any = None
        self.on_end: list[Callable[[], None]] = []
        self.warnings: Sequence[tuple[str, int, str]] = ()
        self.variables: dict[str, Any] = {}
        self.user_variables: dict[str, Any] = {}
        self.prepared: dict[str, str] = {}
        self.client = _NOTHING

    def may_use(self, database: str) -> bool:
        """There are no databases here."""
        return not database
