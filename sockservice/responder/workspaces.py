"""All workspaces of a service: which one a session is in; made at first use, bounded, dropped when unused."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.interfaces import IResponder
from sockservice.responder.workspace import Workspace


@implementer(IResponder)
class Workspaces:
    """Asks the workspace that the session is in.

    Args:
        make: makes a workspace of a name.
    """

    def __init__(self, make: Callable[[str], Workspace]) -> None:
        self._make = make
        self.default = make("")

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer of the session's workspace."""
        session = request.session
        workspace: Workspace | None = session.workspace
        if workspace is None:
            session.workspace = workspace = self.default
        return workspace.respond(request)
