"""A request as stubs see it: what is worked out of it, once and only when it is first asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sockservice.answers import Request
from sockservice.interfaces import ISession

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace


class Subject:
    """A request in its workspace.

    Args:
        request: what was asked.
        workspace: where; its states may matter.
    """

    def __init__(self, request: Request, workspace: Workspace) -> None:
        self.request = request
        self.workspace = workspace

    @property
    def text(self) -> str:
        """The statement."""
        return self.request.text

    @property
    def session(self) -> ISession:
        """Who asks."""
        return self.request.session

    @functools.cached_property
    def bare(self) -> str:
        """The statement without space and ``;`` at its ends, as regular expressions see it."""
        return self.text.lstrip().rstrip("; \t\r\n\f\v")
