"""The connection phase: from the greeting to a user who is in, or out.

The exchange is short: the greeting carries a salt, the client answers with a scramble made by a plugin. Where the
plugin is not the account's, or the scramble has not the form of one, the client is asked once to switch; then
the scramble is right or it is not (MySQL internals, "Connection Phase").
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from sockservice.answers import Error, Ok
from sockservice.error_codes import error
from sockservice.errors import ProtocolError
from sockservice.mysql.authentication import (
    CACHING_SHA2,
    FAST_PATH,
    NATIVE,
    Account,
    is_usable,
    new_salt,
)
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.constants import Capability, Status
from sockservice.mysql.handshake import (
    HandshakeResponse,
    greeting_payload,
    read_response,
    speaks_41,
    switch_payload,
    without_nul,
)
from sockservice.mysql.results import Form, error_payload, ok_payload


class Outcome(enum.Enum):
    """How far the login is."""

    GREETED = "greeted"
    """The client's response is due."""
    SWITCHING = "switching"
    """The client was asked for another proof, which is due."""
    ACCEPTED = "accepted"
    """The user is in."""
    REFUSED = "refused"
    """An error was said; the connection is to be closed."""


class Login:
    """The connection phase of one connection.

    Args:
        accounts: by user; where there is none, every user and password is accepted.
        version: of the server, for the greeting.
        connection_id: for the greeting.
        host: where the client is, for the error that refuses it.

    Attributes:
        outcome: how far it is.
        greeting: the payload to begin with.
        response: what the client said of itself, once it did.
    """

    def __init__(self, accounts: Mapping[str, Account], version: str, connection_id: int, host: str) -> None:
        self.outcome = Outcome.GREETED
        self.response: HandshakeResponse | None = None
        self._accounts = accounts
        self._host = host
        self._salt = new_salt()
        self._plugin = CACHING_SHA2
        self.greeting = greeting_payload(version, connection_id, self._salt, Status.AUTOCOMMIT)

    def receive(self, payload: bytes) -> list[bytes]:
        """Take the client's next packet.

        Args:
            payload: its content.

        Returns:
            The payloads to send, with sequence ids that go on from the packet's.
        """
        if self.outcome is Outcome.SWITCHING:
            return self._judge(self._plugin, without_nul(payload))
        try:
            self.response = response = read_response(payload)
        except ProtocolError as problem:
            self.outcome = Outcome.REFUSED
            refusal = Error(problem.code, problem.sqlstate, str(problem))
            return [error_payload(refusal, UTF8MB4, with_sqlstate=speaks_41(payload))]
        plugin = response.plugin or _plugin_of(response.auth_response)
        wanted = self._wanted_plugin(response, plugin)
        if plugin == wanted and is_usable(plugin, response.auth_response):
            return self._judge(plugin, response.auth_response)
        if not response.capabilities & Capability.PLUGIN_AUTH:
            return self._refuse(response.auth_response)
        self.outcome, self._plugin = Outcome.SWITCHING, wanted
        self._salt = new_salt()
        return [switch_payload(wanted, self._salt)]

    def _wanted_plugin(self, response: HandshakeResponse, plugin: str) -> str:
        """The account's plugin; a client that cannot switch has only the native one."""
        if not response.capabilities & Capability.PLUGIN_AUTH:
            return NATIVE
        account = self._accounts.get(response.user)
        if account is not None:
            return account.plugin
        return plugin if not self._accounts and plugin == NATIVE else CACHING_SHA2

    def _judge(self, plugin: str, auth_response: bytes) -> list[bytes]:
        assert self.response is not None
        if self._accounts:
            account = self._accounts.get(self.response.user)
            if account is None or not account.verifies(plugin, auth_response, self._salt):
                return self._refuse(auth_response)
        self.outcome = Outcome.ACCEPTED
        done = ok_payload(Ok(), self._form())
        return [FAST_PATH, done] if plugin == CACHING_SHA2 and auth_response else [done]

    def _refuse(self, auth_response: bytes) -> list[bytes]:
        assert self.response is not None
        self.outcome = Outcome.REFUSED
        refusal = error("ER_ACCESS_DENIED_ERROR", self.response.user, self._host, "YES" if auth_response else "NO")
        return [error_payload(refusal, self.response.collation.charset)]

    def _form(self) -> Form:
        assert self.response is not None
        chosen = self.response.collation
        return Form(False, Status.AUTOCOMMIT, chosen.charset, chosen.collation_id)


def _plugin_of(auth_response: bytes) -> str:
    """The plugin of a client that names none: the native scramble has a length of its own."""
    return NATIVE if is_usable(NATIVE, auth_response) and auth_response else CACHING_SHA2
