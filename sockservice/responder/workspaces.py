"""All workspaces of a service: which one a session is in; made at first use, bounded, dropped when unused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from zope.interface import implementer

from sockservice.answers import Answer, Error, Request
from sockservice.errors import counted
from sockservice.interfaces import IResponder, ISession
from sockservice.responder.workspace import Workspace

WORKSPACES: Final = 1000
"""How many workspaces there may be beside the default one: more than tests run in parallel anywhere."""
UNUSED: Final = 300.0
"""Seconds that a workspace without sessions is kept: longer than a test's process takes to come back."""
LONGEST_NAME: Final = 64
"""Characters of a workspace's name: as of a database's (MySQL 8.4 manual, 11.2.1 "Identifier Length Limits")."""

_LOOKS: Final = 4
"""How often it is looked for unused workspaces in the time that they are kept."""


def workspace_name(session: ISession) -> str:
    """Which workspace a session asks for; ``""`` is the default one.

    By the connection attribute ``workspace``, else by what stands behind the last ``@`` of its user (``app@w1``),
    else by what stands behind that of its database (``shop@w1``).
    """
    return session.client.get("workspace", "") or _suffix(session.user) or _suffix(session.database)


def _suffix(name: str) -> str:
    """What stands behind the last ``@``, if there is one."""
    return name.rpartition("@")[2] if "@" in name else ""


@attrs.define
class _Place:
    """A workspace, and when it was last known to be in use."""

    workspace: Workspace
    used: float


@implementer(IResponder)
class Workspaces:
    """Asks the workspace that the session is in.

    A session does not say when it leaves. So nothing is counted per request or session: the sessions of the server are
    looked at when it is time to drop what is unused.

    Args:
        make: makes a workspace of a name; its clock is the one that is looked at here.
        sessions: those logged in, by connection id.
        most: how many there may be beside the default one.
        unused: seconds that one without sessions is kept.

    Attributes:
        default: the workspace of all sessions that ask for none; it is never dropped.
    """

    def __init__(
        self,
        make: Callable[[str], Workspace],
        sessions: Mapping[int, ISession],
        *,
        most: int = WORKSPACES,
        unused: float = UNUSED,
    ) -> None:
        self.default = make("")
        self._make = make
        self._sessions = sessions
        self._most = most
        self._unused = unused
        self._clock = self.default.clock
        self._places: dict[str, _Place] = {}
        self._next_look: IDelayedCall | None = None

    def __len__(self) -> int:
        return 1 + len(self._places)

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer of the session's workspace; ERR 1105 where there can be none of that name."""
        session = request.session
        workspace: Workspace | None = session.workspace
        if workspace is None:
            entered = self.enter(session)
            if isinstance(entered, Error):
                return entered
            workspace = entered
        return workspace.respond(request)

    def enter(self, session: ISession) -> Workspace | Error:
        """The workspace that a session asks for, in which it is from now on; or why there is none."""
        name = workspace_name(session)
        if not name:
            session.workspace = self.default
            return self.default
        place = self._places.get(name)
        if place is None:
            made = self._new(name)
            if isinstance(made, Error):
                return made
            place = made
        place.used = self._clock.seconds()
        session.workspace = place.workspace
        return place.workspace

    def close(self) -> None:
        """The service ends: nothing is left to the clock."""
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _new(self, name: str) -> _Place | Error:
        if len(name) > LONGEST_NAME:
            return _refused(f"the name of a workspace has at most {LONGEST_NAME} characters, not {len(name)}")
        if len(self._places) >= self._most and not self._drop_oldest():
            there_are = counted(self._most, "workspace")
            return _refused(f"no room for another workspace, all are in use: {there_are}, see --workspaces")
        place = self._places[name] = _Place(self._make(name), self._clock.seconds())
        self._look_later()
        return place

    # --- what is unused

    def _names_in_use(self) -> set[str]:
        """The names that sessions ask for, whether they have asked anything since they do or not."""
        return {workspace_name(session) for session in self._sessions.values()}

    def _drop_oldest(self) -> bool:
        """Drop the workspace that was left first; False where all are in use."""
        in_use = self._names_in_use()
        free = [name for name in self._places if name not in in_use]
        if not free:
            return False
        self._places.pop(min(free, key=lambda name: self._places[name].used)).workspace.close()
        return True

    def _look_later(self) -> None:
        if self._next_look is None and self._places:
            self._next_look = self._clock.callLater(self._unused / _LOOKS, self._drop_unused)

    def _drop_unused(self) -> None:
        """Drop those that no session was in for long enough."""
        self._next_look = None
        now, in_use = self._clock.seconds(), self._names_in_use()
        for name, place in list(self._places.items()):
            if name in in_use:
                place.used = now
            elif now - place.used >= self._unused:
                self._places.pop(name).workspace.close()
        self._look_later()


def _refused(why: str) -> Error:
    return Error(1105, "HY000", f"sockservice: {why}")
