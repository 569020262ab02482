"""The server that sessions belong to: what they share."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from zope.interface import implementer

from sockservice.error_codes import error
from sockservice.interfaces import IServer
from sockservice.mysql.authentication import Account
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.packets import packet
from sockservice.mysql.results import error_payload
from sockservice.mysql.session import Session

DEFAULT_VERSION: Final = "8.4.3-sockservice"
DEFAULT_MAX_ALLOWED_PACKET: Final = 64 * 1024 * 1024
"""MySQL 8's own default."""


@implementer(IServer)
class Server:
    """A MySQL server without its network: it makes sessions.

    Args:
        version: what the greeting says.
        accounts: who may log in; none = every user and password is accepted. The last of several with one
            name counts.
        max_allowed_packet: the longest statement that is taken, in bytes.
        clock: the time in seconds since the epoch.

    Attributes:
        started: when it was made, in seconds since the epoch.
        questions: how many commands it has taken.
        sessions: those logged in, by connection id.
        global_variables: system variable (lower case) to its global value, where that is not MySQL's default.
    """

    def __init__(
        self,
        version: str = DEFAULT_VERSION,
        accounts: Iterable[Account] = (),
        max_allowed_packet: int = DEFAULT_MAX_ALLOWED_PACKET,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.version = version
        self.accounts = {account.user: account for account in accounts}
        self.max_allowed_packet = max_allowed_packet
        self.clock = clock
        self.started = clock()
        self.questions = 0
        self.sessions: dict[int, Session] = {}
        self.global_variables: dict[str, Any] = {"version": version, "max_allowed_packet": max_allowed_packet}
        self._connection_ids = itertools.count(1)

    def session(self, host: str = "localhost", port: int = 0) -> Session:
        """A session for a new connection; its greeting is due at once.

        Args:
            host: the client's address; ``localhost`` over a Unix socket.
            port: the client's port; 0 over a Unix socket.
        """
        return Session(self, next(self._connection_ids), host, port)

    @staticmethod
    def too_many_connections() -> bytes:
        """What a client over the limit is sent in place of the greeting.

        It has no SQLSTATE, since nothing is known of the client yet.
        """
        return packet(error_payload(error("ER_CON_COUNT_ERROR"), UTF8MB4, with_sqlstate=False), 0)

    def statistics(self) -> str:
        """The line that COM_STATISTICS answers; clients read the figures out of it."""
        uptime = max(0, int(self.clock() - self.started))
        return (
            f"Uptime: {uptime}  Threads: {len(self.sessions)}  Questions: {self.questions}  Slow queries: 0  "
            f"Opens: 0  Flush tables: 1  Open tables: 0  Queries per second avg: {self.questions / max(uptime, 1):.3f}"
        )
