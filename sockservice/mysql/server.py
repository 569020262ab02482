"""The server that sessions belong to: what they share."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from zope.interface import implementer

from sockservice.answers import OWN_COMMANDS, Answer, Ok
from sockservice.error_codes import error
from sockservice.interfaces import IServer, ISession
from sockservice.mysql import mariadb
from sockservice.mysql.accounts import Account, Accounts
from sockservice.mysql.authentication import CACHING_SHA2, NATIVE, SHA256
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.constants import Capability
from sockservice.mysql.handshake import OFFERED
from sockservice.mysql.packets import packet
from sockservice.mysql.peer import Peer
from sockservice.mysql.results import error_payload
from sockservice.mysql.rsa_key import RSAKey
from sockservice.mysql.session import Session
from sockservice.mysql.statements import DEFAULT_MAX_STATEMENTS

DEFAULT_VERSION: Final = "8.4.3-sockservice"
DEFAULT_MAX_ALLOWED_PACKET: Final = 64 * 1024 * 1024
"""MySQL 8's own default."""


@implementer(IServer)
class Server:
    """A MySQL server without its network: it makes sessions.

    Args:
        version: what the greeting says.
        accounts: who may log in; none = every user and password is accepted. The last of several with one
            name and one host counts.
        tls: whether TLS is offered; who drives the sessions has to provide it.
        require_tls: whether a client over plain TCP is refused, with error 3159.
        default_plugin: the one that the greeting names; by default MySQL's or MariaDB's own.
        max_allowed_packet: the longest statement that is taken, in bytes.
        max_prepared_statements: how many a session may have.
        asks: the commands of its own that responders are asked about first, of
            :data:`sockservice.answers.OWN_COMMANDS`.
        clock: the time in seconds since the epoch.

    Raises:
        ValueError: a word of ``asks`` is no such command.

    Attributes:
        started: when it was made, in seconds since the epoch.
        questions: how many commands it has taken.
        aborted_clients: how many that were logged in left without COM_QUIT.
        aborted_connects: how many connections ended before anybody was logged in.
        sessions: those logged in, by connection id.
        capabilities: what the greeting offers.
        mariadb: whether it is taken for a MariaDB.
        rsa_key: what passwords are encrypted with where the connection is not.
        proven: the accounts whose passwords were proven in full, as ``caching_sha2_password`` remembers them.
        global_variables: system variable (lower case) to its global value, where that is not MySQL's default.
    """

    def __init__(
        self,
        version: str = DEFAULT_VERSION,
        accounts: Iterable[Account] = (),
        *,
        tls: bool = False,
        require_tls: bool = False,
        default_plugin: str | None = None,
        max_allowed_packet: int = DEFAULT_MAX_ALLOWED_PACKET,
        max_prepared_statements: int = DEFAULT_MAX_STATEMENTS,
        asks: Collection[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mariadb = mariadb.is_mariadb(version)
        self.version = version = mariadb.own_version(version) if self.mariadb else version
        self.accounts = Accounts(accounts)
        self.require_tls = require_tls
        self.default_plugin = default_plugin or (NATIVE if self.mariadb else CACHING_SHA2)
        self.capabilities = int(OFFERED | Capability.SSL if tls else OFFERED)
        if self.mariadb:
            self.capabilities = mariadb.capabilities(self.capabilities)
        self.rsa_key = RSAKey()
        self.proven: set[Account] = set()
        self.max_allowed_packet = max_allowed_packet
        self.max_prepared_statements = max_prepared_statements
        unknown = sorted(frozenset(asks) - OWN_COMMANDS)
        if unknown:
            raise ValueError(
                f"{unknown[0]!r} is no command of a server's own; there are {', '.join(sorted(OWN_COMMANDS))}"
            )
        self.asks = frozenset(asks)
        self.clock = clock
        self.started = clock()
        self.questions = self.aborted_clients = self.aborted_connects = 0
        self.sessions: dict[int, Session] = {}
        self.global_variables: dict[str, Any] = {"version": version, "max_allowed_packet": max_allowed_packet}
        if self.mariadb:
            self.global_variables.update(mariadb.GLOBAL_VARIABLES)
        self._connection_ids = itertools.count(1)

    def session(self, host: str = "localhost", port: int = 0) -> Session:
        """A session for a new connection; its greeting is due at once, unless a responder is asked first.

        Args:
            host: the client's address; ``localhost`` over a Unix socket.
            port: the client's port; 0 over a Unix socket.
        """
        return Session(self, next(self._connection_ids), Peer(host, port, local=host == "localhost"))

    def kill(self, connection_id: int, by: ISession, *, query: bool) -> Answer:
        """End a session, or what it is doing (KILL, COM_PROCESS_KILL).

        Args:
            connection_id: whose.
            by: who asks. A session may end itself; it is told so by an error, as all whose query is ended.
            query: only the request in flight.

        Returns:
            OK, or the error that answers the command: 1094 where there is no such session.
        """
        session = self.sessions.get(connection_id)
        if session is None:
            return error("ER_NO_SUCH_THREAD", connection_id)
        if session is not by:
            session.kill(query=query)
            return Ok()
        if not query:
            session.finish()
        return error("ER_QUERY_INTERRUPTED")

    @property
    def greeting_version(self) -> str:
        """The version as the greeting gives it."""
        return mariadb.greeting_version(self.version) if self.mariadb else self.version

    @property
    def takes_files(self) -> bool:
        """Whether a client may be asked for a file: ``local_infile``."""
        return bool(self.global_variables.get("local_infile", True))

    @property
    def needs_rsa_key(self) -> bool:
        """Whether an account may have to be proven by the password itself, over plain TCP."""
        return any(account.full_authentication or account.plugin == SHA256 for account in self.accounts)

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
