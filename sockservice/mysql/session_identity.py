"""Whose a session is: the client, as its connection and its login tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sockservice.mysql.authentication import new_salt
from sockservice.mysql.session_settings import SessionSettings

if TYPE_CHECKING:
    from sockservice.mysql.accounts import Account
    from sockservice.mysql.handshake import HandshakeResponse
    from sockservice.mysql.peer import Encryption, Peer
    from sockservice.mysql.server import Server


class SessionIdentity(SessionSettings):
    """The identity of one session, and the settings that come with it.

    Args:
        server: whose it is.
        connection_id: unique among the server's.
        peer: where the client is, as far as that is known at first.

    Attributes:
        peer: asked where the client is when it logs in; to be replaced where that changes after the greeting.
        salt: what its passwords are proven with.
        account: the one that the user was let in by; None before that.
        port: the client's, or 0. For the others see :class:`sockservice.interfaces.ISession`.
    """

    __slots__ = (
        "account",
        "client",
        "compression",
        "connection_id",
        "host",
        "peer",
        "port",
        "salt",
        "tls",
        "user",
    )

    def __init__(self, server: Server, connection_id: int, peer: Peer) -> None:
        super().__init__(server)
        self.connection_id = connection_id
        self.peer: Callable[[], Peer] = lambda: peer
        self.host = peer.host
        self.port = peer.port
        self.tls: Encryption | None = peer.tls
        self.compression: str | None = None
        self.salt = new_salt()
        self.user = ""
        self.account: Account | None = None
        self.client: Mapping[str, str] = {}

    @property
    def current_user(self) -> str:
        """The account that the user was let in by, as CURRENT_USER() has it."""
        return self.user if self.account is None else self.account.name

    def may_use(self, database: str) -> bool:
        """Whether the account is allowed a database."""
        return self.account is None or self.account.allows(database)

    def identify(self, response: HandshakeResponse, account: Account, peer: Peer) -> None:
        """The password is right: whose session it is, and how it begins."""
        self.capabilities = response.capabilities
        self.user, self.client, self.account = response.user, response.attributes, account
        self.host, self.port, self.tls = peer.host, peer.port, peer.tls
        self.database = ""
        name = response.collation.charset.name
        self.variables["character_set_client"] = name
        self.variables["character_set_connection"] = name
        self.variables["character_set_results"] = name
        self.variables["collation_connection"] = response.collation.name
