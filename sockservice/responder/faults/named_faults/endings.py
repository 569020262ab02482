"""Faults that end the connection: idle, in the middle of a command, or because the server goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Disturbed, Error, Request
from sockservice.disturbances import Break, Ending, IdleEnd, Oversized
from sockservice.responder.answering.durations import read_delay, read_duration
from sockservice.responder.faults.fault import AUTH, CONNECT, DelayWords, Duration, Parameters
from sockservice.responder.faults.named_faults.breakage import (
    ConnectionFault,
    How,
    Refusing,
    StatementFault,
    disturbed,
    put_off,
    usual,
)
from sockservice.responder.faults.named_faults.texts import is_mariadb, refusal
from sockservice.responder.faults.statement_class import is_chatter

if TYPE_CHECKING:
    from sockservice.responder.faults.armed_fault import ArmedFault
    from sockservice.responder.workspace import Workspace


class GoneAway(ConnectionFault, frozen=True):
    """The connection is closed behind an answer, at once or when the client has been silent for a while."""

    name = "gone_away"
    main = "idle"
    durations = ("idle",)

    idle: Annotated[Duration, Meta(description="How long the client is silent before.")] = 0
    polite: Annotated[
        bool,
        Meta(description="Whether error 4031 is sent before, as MySQL does from 8.0.24 on; a MariaDB sends none."),
    ] = False
    how: How = "fin"

    @property
    def replaces(self) -> bool:
        """No: the answer is sent."""
        return False

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The answer, and the end of the connection behind it."""
        del workspace
        polite = self.polite and not is_mariadb(request)
        told = refusal(request, "ER_CLIENT_INTERACTION_TIMEOUT") if polite else None
        return disturbed(usual(answer, request), IdleEnd(read_duration(self.idle), Ending(self.how), told))


class LostConnection(StatementFault, frozen=True):
    """The connection is closed in place of the answer."""

    name = "lost_connection"
    main = "how"
    delays = ("after_delay",)

    how: How = "fin"
    after_delay: Annotated[DelayWords, Meta(description="How long the client waits before.")] = 0

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The end of the connection, after the delay."""
        del answer, request
        seconds = read_delay(self.after_delay).seconds(workspace.random)
        return put_off(workspace, seconds, lambda: Disturbed(None, (Break(ending=Ending(self.how)),)))


class Killed(Refusing, frozen=True):
    """Error 1317 for a query that was killed; 3169 (MariaDB: 1927) and the end of the connection for a session."""

    name = "killed"
    main = "what"

    what: Annotated[
        Literal["query", "connection"], Meta(description="What was killed: the query alone, or the connection.")
    ] = "query"

    def chooses(self, request: Request) -> bool:
        """All statements but chatter."""
        return not is_chatter(request.text)

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_QUERY_INTERRUPTED" if self.what == "query" else "ER_SESSION_WAS_KILLED")

    def refuse(self, request: Request) -> Answer:
        """The error, and the end of a connection that was killed."""
        error = self.error(request)
        return error if self.what == "query" else Disturbed(error, (Break(),))


class ServerShutdown(ConnectionFault, Refusing, frozen=True):
    """Error 1053 and the end of the connection; new ones may be refused for a while."""

    name = "server_shutdown"
    main = "refuse_for"
    durations = ("refuse_for",)

    refuse_for: Annotated[
        Duration, Meta(description="For how long new connections are reset in place of the greeting.")
    ] = 0

    @property
    def linger(self) -> float:
        """As long as new connections are refused."""
        return read_duration(self.refuse_for)

    def follows(self, request: Request, armed: ArmedFault) -> bool:
        """Whether a new connection comes while the server is not back."""
        if request.command not in CONNECT | AUTH or armed.struck_at is None:
            return False
        return armed.now < armed.struck_at + self.linger

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_SERVER_SHUTDOWN")

    def refuse(self, request: Request) -> Answer:
        """The error and the end of the connection; nothing but that for a new one."""
        if request.command == "connect":
            return Disturbed(None, (Break(ending=Ending.RST),))
        return Disturbed(self.error(request), (Break(),))


class OversizedPacket(Refusing, frozen=True):
    """Error 1153 and the end of the connection; or the header of a packet that is larger than the client takes."""

    name = "oversized_packet"
    main = "size"

    size: (
        Annotated[
            int, Meta(ge=1, le=1 << 40, description="What the header announces, in bytes; without it, the error.")
        ]
        | UnsetType
    ) = UNSET

    def chooses(self, request: Request) -> bool:
        """All statements but chatter."""
        return not is_chatter(request.text)

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_NET_PACKET_TOO_LARGE")

    def refuse(self, request: Request) -> Answer:
        """The error and the end of the connection, or the header."""
        if self.size is UNSET:
            return Disturbed(self.error(request), (Break(),))
        return Disturbed(None, (Oversized(self.size),))


FAULTS: tuple[type[Parameters], ...] = (GoneAway, LostConnection, Killed, ServerShutdown, OversizedPacket)
