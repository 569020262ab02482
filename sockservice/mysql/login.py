"""The connection phase: from the greeting to a user who is in, or out; and again when the user changes.

The greeting carries a salt, the client answers with the proof of a plugin. Before that it may ask for TLS, and then it
answers anew over TLS. Where the plugin is not the account's, or the answer has not the form of a proof, the
client is asked once to switch; then the talk of the plugin goes on until the password is proven or not (MySQL
internals, "Connection Phase"). Whatever fails says an error, and nothing of this client is looked at any more.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sockservice.answers import Error
from sockservice.answers import Login as Terms
from sockservice.error_codes import error
from sockservice.errors import ProtocolError
from sockservice.mysql.accounts import Account
from sockservice.mysql.authentication import CACHING_SHA2, CLEAR, NATIVE
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.constants import Capability, Status
from sockservice.mysql.handshake import (
    HandshakeResponse,
    asks_for_tls,
    greeting_payload,
    read_change_user,
    read_response,
    speaks_41,
    switch_payload,
)
from sockservice.mysql.peer import Peer
from sockservice.mysql.proofs import Claim, Proof, is_first_answer, proof
from sockservice.mysql.results import error_payload

if TYPE_CHECKING:
    from sockservice.mysql.server import Server


class Outcome(enum.Enum):
    """How far the login is."""

    MET = "met"
    """The greeting is due, or the client's request to change its user."""
    GREETED = "greeted"
    """The client's response is due."""
    ENCRYPTING = "encrypting"
    """The client asked for TLS: what it says next is not for us, until TLS is on; then its response is due."""
    PROVING = "proving"
    """The client was asked for a proof, or more of one, which is due."""
    ACCEPTED = "accepted"
    """The user is in; an OK packet is due."""
    REFUSED = "refused"
    """An error was said; the connection is to be closed."""


_SCRAMBLES: Final = (NATIVE, CACHING_SHA2)
"""The plugins whose accounts a client without CLIENT_PLUGIN_AUTH may prove as well, as it does: with the native one."""
_NOTHING: Final = (b"", b"\0")
"""How an empty password is sent."""


class Login:
    """The login of one user on one connection.

    Args:
        server: whose accounts it is judged by.
        peer: asked where the client is, each time that this is known better: a proxy tells its client's
            address after the greeting, and TLS begins after it.
        salt: the connection's. Every switch request carries the same one, as MySQL's own native plugin has it: there
            are clients that go on with the greeting's when they change the user.

    Attributes:
        outcome: how far it is.
        terms: how it is to go, where a responder wants to have a say in that; to be set before the greeting.
        response: what the client said of itself, once it did.
        account: whose password it has to prove, once that is known.
        peer: where the client is, as far as it is known.
    """

    def __init__(self, server: Server, peer: Callable[[], Peer], salt: bytes) -> None:
        self.outcome = Outcome.MET
        self.terms = Terms()
        self.response: HandshakeResponse | None = None
        self.account: Account | None = None
        self.peer = peer()
        self._server = server
        self._look = peer
        self._salt = salt
        self._proof: Proof | None = None
        self._password_used = False

    def greeting(self, connection_id: int) -> bytes:
        """The payload to begin with; the client's response is due then."""
        server, self.outcome = self._server, Outcome.GREETED
        offered, plugin = self._offered, server.default_plugin
        return greeting_payload(server.greeting_version, connection_id, self._salt, Status.AUTOCOMMIT, offered, plugin)

    @property
    def _offered(self) -> int:
        """The capabilities of the greeting; a flawed certificate is there even where the server has none."""
        offered = self._server.capabilities
        if not self.terms.tls:
            return offered & ~Capability.SSL
        return offered | Capability.SSL if self.terms.certificate else offered

    def encrypted(self) -> None:
        """TLS is on: the client's response is due once more."""
        self.outcome = Outcome.GREETED

    def receive(self, payload: bytes) -> list[bytes]:
        """Take the client's next packet.

        Args:
            payload: its content.

        Returns:
            The payloads to send, with sequence ids that go on from the packet's.
        """
        assert self.outcome in (Outcome.GREETED, Outcome.PROVING)
        if self.outcome is Outcome.PROVING:
            return self._go_on(payload)
        self.peer = self._look()
        offered = self._offered
        if asks_for_tls(payload, offered) and self.peer.tls is None:
            self.outcome = Outcome.ENCRYPTING
            return []
        try:
            self.response = response = read_response(payload, offered)
        except ProtocolError as problem:
            return self._refuse(Error(problem.code, problem.sqlstate, str(problem)), speaks_41(payload))
        if self._server.require_tls and not self.peer.secure:
            return self._refuse(error("ER_SECURE_TRANSPORT_REQUIRED"))
        self._password_used = response.auth_response not in _NOTHING
        self.account = self._server.accounts.of(response.user, self.peer.host)
        return self._prove(response.plugin or _plugin_of(response.auth_response), response.auth_response)

    def change_user(self, arguments: bytes, capabilities: int) -> list[bytes]:
        """Begin with a COM_CHANGE_USER in place of a greeting and a response.

        A client that can switch is always asked to: so there is one way for all plugins, and nothing depends on what
        it proves its password with before it is asked.

        Args:
            arguments: what follows the command's byte.
            capabilities: of the connection.

        Returns:
            As :meth:`receive`.
        """
        try:
            self.response = response = read_change_user(arguments, capabilities)
        except ProtocolError as problem:
            return self._refuse(Error(problem.code, problem.sqlstate, str(problem)))
        self._password_used = response.auth_response not in _NOTHING
        self.account = self._server.accounts.of(response.user, self.peer.host)
        return self._prove("", response.auth_response)

    def _prove(self, plugin: str, answer: bytes) -> list[bytes]:
        """Take a proof that came unasked, where its plugin is the account's; ask for one where it is not."""
        assert self.account is not None
        assert self.response is not None
        forced = self.terms.plugin
        if not self.response.capabilities & Capability.PLUGIN_AUTH:
            unknown = forced not in ("", NATIVE) or self.account.plugin not in ("", *_SCRAMBLES)
            if unknown or self.account.full_authentication or self.terms.full_authentication:
                return self._refuse(error("ER_NOT_SUPPORTED_AUTH_MODE"))
            self._begin(NATIVE)
            return self._go_on(answer)
        if forced:
            self.outcome = Outcome.PROVING
            return [switch_payload(forced, self._begin(forced))]
        wanted = self.account.plugin or self._server.default_plugin
        if not self._server.accounts:
            wanted = plugin if plugin in _SCRAMBLES else self._server.default_plugin
        if wanted == CLEAR and not self.peer.secure:
            return self._refuse(error("ER_SECURE_TRANSPORT_REQUIRED"))
        challenge = self._begin(wanted)
        if plugin == wanted and is_first_answer(plugin, answer, self.peer.secure):
            return self._go_on(answer)
        self.outcome = Outcome.PROVING
        return [switch_payload(wanted, challenge)]

    def _begin(self, plugin: str) -> bytes:
        assert self.account is not None
        server = self._server
        full = self.terms.full_authentication
        claim = Claim(self.account, self._salt, self.peer.secure, server.rsa_key, server.proven, full)
        self._proof, challenge = proof(plugin, claim)
        return challenge

    def _go_on(self, answer: bytes) -> list[bytes]:
        """Give the client's answer to the proof: it asks for more, or has come to its verdict."""
        assert self._proof is not None
        self._password_used = answer not in _NOTHING
        try:
            more = self._proof.send(answer)
        except StopIteration as verdict:
            said: list[bytes] | None = verdict.value
            return self._deny() if said is None else self._admit(said)
        self.outcome = Outcome.PROVING
        return [more]

    def _admit(self, said: list[bytes]) -> list[bytes]:
        """The password is right; what the account asks for besides it?"""
        assert self.account is not None
        assert self.response is not None
        if self.account.tls and not self.peer.secure:
            return self._deny()
        database = self.response.database
        if database and not self.account.allows(database):
            return self._refuse(error("ER_DBACCESS_DENIED_ERROR", self.account.user, self.account.host, database))
        self.outcome = Outcome.ACCEPTED
        return said

    def _deny(self) -> list[bytes]:
        assert self.response is not None
        used = "YES" if self._password_used else "NO"
        return self._refuse(error("ER_ACCESS_DENIED_ERROR", self.response.user, self.peer.host, used))

    def _refuse(self, problem: Error, with_sqlstate: bool = True) -> list[bytes]:
        self.outcome, self._proof = Outcome.REFUSED, None
        charset = UTF8MB4 if self.response is None else self.response.collation.charset
        return [error_payload(problem, charset, with_sqlstate=with_sqlstate)]


def _plugin_of(auth_response: bytes) -> str:
    """The plugin of a client that names none: the native scramble has a length of its own."""
    return NATIVE if len(auth_response) == 20 else CACHING_SHA2
