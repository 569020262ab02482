"""What faults are made of: an answer that is put off, disturbed or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import Meta
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Disturbed, Error, Login, Ok, Request
from sockservice.disturbances import Disturbance
from sockservice.responder.answering.durations import read_delay
from sockservice.responder.faults.fault import WORK, DelayWords, Parameters
from sockservice.responder.faults.statement_class import is_chatter

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

How: TypeAlias = Annotated[
    Literal["fin", "rst"], Meta(description="Whether the connection is closed in order (`fin`) or reset (`rst`).")
]

_NOBODY = Error(1105, "HY000", "sockservice: nothing answers this request")


def put_off(workspace: Workspace, seconds: float, make: Callable[[], Answer]) -> Answer | Deferred[Answer]:
    """An answer that is made later.

    Args:
        workspace: whose clock is waited by.
        seconds: how long; 0 for at once.
        make: makes it.
    """
    return workspace.after(seconds).addCallback(lambda _: make()) if seconds > 0 else make()


def disturbed(answer: Answer | None, *disturbances: Disturbance) -> Disturbed:
    """An answer with disturbances, which go before those of their kind that it has already."""
    if isinstance(answer, Disturbed):
        kinds = {type(disturbance) for disturbance in disturbances}
        kept = tuple(disturbance for disturbance in answer.disturbances if type(disturbance) not in kinds)
        return Disturbed(answer.answer, (*kept, *disturbances))
    return Disturbed(answer, disturbances)


def usual(answer: Answer | None, request: Request) -> Answer:
    """What the server would say, where nobody gives an answer: its greeting, success, or that nobody answers."""
    if answer is not None:
        return answer
    if request.command == "connect":
        return Login()
    return _NOBODY if request.command in ("query", "prepare", "execute") else Ok()


class StatementFault(Parameters, frozen=True):
    """A fault of statements; what drivers say on their own is left alone unless ``when`` says otherwise."""

    def chooses(self, request: Request) -> bool:
        """All statements but chatter."""
        return not is_chatter(request.text)


def is_request_of_the_application(request: Request) -> bool:
    """Whether it is not what drivers say on their own, such as the database of a login."""
    if request.command == "init_db":
        return request.session.connection_id in request.session.server.sessions
    return not is_chatter(request.text)


class ConnectionFault(Parameters, frozen=True):
    """A fault of a connection: whatever the application does with it is struck.

    Not so the pings of its driver, many of which come unseen before a statement: they would use up ``times``.
    """

    @property
    def commands(self) -> frozenset[str]:
        """Those of the application."""
        return WORK

    def chooses(self, request: Request) -> bool:
        """All but chatter."""
        return is_request_of_the_application(request)


class Refusing(Parameters, frozen=True):
    """A fault that is an error in place of the answer; the connection lives on."""

    delays = ("after_delay",)

    after_delay: Annotated[DelayWords, Meta(description="How long the client waits for it.")] = 0

    def error(self, request: Request) -> Error:
        """The error."""
        raise NotImplementedError

    def refuse(self, request: Request) -> Answer:
        """What is sent once the client has waited; here also what the error does to the session."""
        return self.error(request)

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The error, after the delay."""
        del answer
        seconds = read_delay(self.after_delay).seconds(workspace.random)
        return put_off(workspace, seconds, lambda: self.refuse(request))
