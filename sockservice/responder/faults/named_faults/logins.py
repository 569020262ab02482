"""Faults of the connection phase: before the greeting, and when the user has proven who it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Error, Login, Ok, Request
from sockservice.responder.faults.fault import AUTH, CONNECT, STATEMENTS, Parameters
from sockservice.responder.faults.named_faults.breakage import Refusing
from sockservice.responder.faults.named_faults.texts import access_denied, is_mariadb, refusal
from sockservice.responder.faults.statement_class import first_word, is_chatter, writes

if TYPE_CHECKING:
    from sockservice.responder.faults.armed_fault import ArmedFault
    from sockservice.responder.workspace import Workspace

_RENEWAL: Final = re.compile(r"\s*(?:alter\s+user|set\s+password)\b", re.I)
_MOST_RENEWED: Final = 10_000
"""How many users are remembered that have a new password."""


class LoginRefusal(Refusing, frozen=True):
    """An error where the login would succeed; the connection is closed."""

    @property
    def commands(self) -> frozenset[str]:
        """The end of a login."""
        return AUTH


class TooManyConnections(Refusing, frozen=True):
    """Error 1040 in place of the greeting or at the end of the login."""

    name = "too_many_connections"
    main = "limit"

    place: Annotated[
        Literal["greeting", "auth"],
        Meta(description="`greeting`: in its place and without a SQLSTATE; `auth`: at the end of the login."),
    ] = "greeting"
    limit: (
        Annotated[
            int, Meta(ge=0, description="How many sessions there may be: it strikes only when as many are logged in.")
        ]
        | UnsetType
    ) = UNSET

    @property
    def commands(self) -> frozenset[str]:
        """The beginning of a connection, or the end of its login."""
        return CONNECT if self.place == "greeting" else AUTH

    def due(self, request: Request, armed: ArmedFault) -> bool:
        """Whether as many sessions as may be are logged in, this one not counted."""
        del armed
        session = request.session
        others = len(session.server.sessions) - (session.connection_id in session.server.sessions)
        return self.limit is UNSET or others >= self.limit

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_CON_COUNT_ERROR")


class UserLimit(Refusing, frozen=True):
    """Error 1226 or 1203: the user has too many connections, or has asked too often."""

    name = "user_limit"
    main = "limit"

    variant: Annotated[
        Literal["resource", "connections"],
        Meta(description="`resource`: 1226, a limit of the account; `connections`: 1203, one of the server."),
    ] = "resource"
    resource: Annotated[
        Literal["max_user_connections", "max_connections_per_hour", "max_queries_per_hour", "max_updates_per_hour"],
        Meta(
            description="Which limit of the account; those of queries and updates strike statements, the others logins."
        ),
    ] = "max_user_connections"
    limit: Annotated[int, Meta(ge=0, description="The limit that the message tells.")] = 1

    @property
    def commands(self) -> frozenset[str]:
        """Logins, or statements."""
        asks = self.variant == "resource" and self.resource in ("max_queries_per_hour", "max_updates_per_hour")
        return STATEMENTS if asks else AUTH

    def chooses(self, request: Request) -> bool:
        """Any login; of statements those that are counted."""
        if request.command == "auth":
            return True
        return writes(request.text) if self.resource == "max_updates_per_hour" else not is_chatter(request.text)

    def error(self, request: Request) -> Error:
        """The error of the variant."""
        user = request.session.user
        if self.variant == "connections":
            return refusal(request, "ER_TOO_MANY_USER_CONNECTIONS", user)
        return refusal(request, "ER_USER_LIMIT_REACHED", user, self.resource, self.limit)


class AccessDenied(LoginRefusal, frozen=True):
    """Error 1045 at the end of the login."""

    name = "access_denied"
    main = "with_password"

    with_password: Annotated[bool, Meta(description="Whether the message says `using password: YES`.")] = True

    def error(self, request: Request) -> Error:
        """The error."""
        return access_denied(request, with_password=self.with_password)


class UnknownDatabase(Refusing, frozen=True):
    """Error 1049 where a database is chosen, at the login or later."""

    name = "unknown_database"

    @property
    def commands(self) -> frozenset[str]:
        """The choice of a database, also by USE."""
        return STATEMENTS | {"init_db"}

    def chooses(self, request: Request) -> bool:
        """Any choice of a database."""
        return request.command == "init_db" or first_word(request.text) == "use"

    def error(self, request: Request) -> Error:
        """The error."""
        name = request.text
        if request.command != "init_db":
            name = name.rstrip("; \t\r\n").rpartition(" ")[2].strip("`")
        return refusal(request, "ER_BAD_DB_ERROR", name)


class HostBlocked(Refusing, frozen=True):
    """Error 1129 in place of the greeting."""

    name = "host_blocked"

    @property
    def commands(self) -> frozenset[str]:
        """The beginning of a connection."""
        return CONNECT

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_HOST_IS_BLOCKED", request.session.host)


class PasswordExpired(Refusing, frozen=True):
    """Error 1820 until the user has a new password, or 1862 at the login.

    Until ALTER USER or SET PASSWORD, which are answered with success, nothing but SET is allowed (MySQL 8.4 manual,
    8.2.16 "Server Handling of Expired Passwords").
    """

    name = "password_expired"
    main = "sandbox"

    sandbox: Annotated[
        bool, Meta(description="`true`: the login succeeds, statements get 1820; `false`: the login gets 1862.")
    ] = True

    @property
    def commands(self) -> frozenset[str]:
        """All that a client may ask, or the login."""
        return STATEMENTS | {"prepare", "init_db"} if self.sandbox else AUTH

    def chooses(self, request: Request) -> bool:
        """All but SET of variables; the database of the login is chosen before."""
        if not self.sandbox:
            return True
        if request.command == "init_db":
            return request.session.connection_id in request.session.server.sessions
        return first_word(request.text) != "set" or _RENEWAL.match(request.text) is not None

    def due(self, request: Request, armed: ArmedFault) -> bool:
        """Whether the user's password is the old one still."""
        user = request.session.user
        if user in armed.renewed:
            return False
        if self.sandbox and _RENEWAL.match(request.text) and request.command in STATEMENTS:
            if len(armed.renewed) >= _MOST_RENEWED:
                armed.renewed.clear()
            armed.renewed.add(user)
        return True

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_MUST_CHANGE_PASSWORD" if self.sandbox else "ER_MUST_CHANGE_PASSWORD_LOGIN")

    def refuse(self, request: Request) -> Answer:
        """The error; success for a new password."""
        return Ok() if self.sandbox and _RENEWAL.match(request.text) else self.error(request)


class SecureTransportRequired(LoginRefusal, frozen=True):
    """Error 3159 for whoever logs in over plain TCP; a MariaDB says 1045."""

    name = "secure_transport_required"

    def due(self, request: Request, armed: ArmedFault) -> bool:
        """Whether the connection is neither encrypted nor a Unix socket."""
        del armed
        return request.session.tls is None and request.session.host != "localhost"

    def error(self, request: Request) -> Error:
        """The error."""
        mariadb = access_denied(request, with_password=True)
        return mariadb if is_mariadb(request) else refusal(request, "ER_SECURE_TRANSPORT_REQUIRED")


class LoginFault(Parameters, frozen=True):
    """A login that does not go as usual."""

    @property
    def commands(self) -> frozenset[str]:
        """The beginning of a connection."""
        return CONNECT

    def login(self) -> Login:
        """How it goes."""
        raise NotImplementedError

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """How the login goes."""
        del answer, request, workspace
        return self.login()


class AuthSwitch(LoginFault, frozen=True):
    """The client is made to switch to another authentication plugin, or to prove the whole password."""

    name = "auth_switch"
    main = "plugin"

    plugin: Annotated[str, Meta(description="The plugin; the server's own choice where it is empty.")] = (
        "mysql_native_password"
    )
    full_auth: Annotated[
        bool, Meta(description="Whether `caching_sha2_password` wants the password itself, as with a cold cache.")
    ] = False

    def login(self) -> Login:
        """With that plugin."""
        return Login(plugin=self.plugin, full_authentication=self.full_auth)


class AuthPlugin(AuthSwitch, frozen=True):
    """The client is made to switch to an authentication plugin that it does not know."""

    name = "auth_plugin"

    plugin: Annotated[str, Meta(description="The plugin.")] = "authentication_unheard_of"


class TlsRefused(LoginFault, frozen=True):
    """TLS is not offered, whatever the server has."""

    name = "tls_refused"

    def login(self) -> Login:
        """Without TLS."""
        return Login(tls=False)


class BadCertificate(LoginFault, frozen=True):
    """The certificate of TLS has a flaw."""

    name = "bad_cert"
    main = "flaw"

    flaw: Annotated[
        Literal["expired", "wrong_host"], Meta(description="It is out of date, or that of another host.")
    ] = "expired"

    def login(self) -> Login:
        """With that certificate."""
        return Login(certificate=self.flaw)


FAULTS: tuple[type[Parameters], ...] = (
    TooManyConnections,
    UserLimit,
    AccessDenied,
    UnknownDatabase,
    HostBlocked,
    PasswordExpired,
    SecureTransportRequired,
    AuthSwitch,
    AuthPlugin,
    TlsRefused,
    BadCertificate,
)
