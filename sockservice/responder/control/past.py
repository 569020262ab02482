"""What was asked, asked once more: the requests of the journal as conditions see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zope.interface import implementer

from sockservice.answers import Request
from sockservice.interfaces import IServer, ISession
from sockservice.responder.journal import Entry


@implementer(ISession)
class PastSession:
    """A session as an entry of the journal knows it: who asked is told, what was set is not.

    Args:
        entry: the entry.
        server: the server of today, for its variables.
    """

    autocommit = True
    in_transaction = False
    found_rows = False
    compression = None
    command = "Sleep"
    info = None
    warnings = ()
    workspace = None

    def __init__(self, entry: Entry, server: IServer) -> None:
        asker = entry.asker
        self.server = server
        self.connection_id = asker.connection_id
        self.user = asker.user
        self.host = asker.host
        self.database = asker.database
        self.current_user = asker.current_user
        self.client = asker.client
        self.tls = asker.tls
        self.since = entry.time
        self.asker = asker
        self.variables: dict[str, Any] = {}
        self.user_variables: dict[str, Any] = {}
        self.prepared: dict[str, str] = {}
        self.over = True
        self.on_end: list[Callable[[], None]] = []

    def may_use(self, database: str) -> bool:  # noqa: ARG002
        """It asks for nothing any more."""
        return True


def past_request(entry: Entry, server: IServer) -> Request:
    """The request of an entry.

    Args:
        entry: the entry.
        server: the server of today.
    """
    return Request(entry.command, entry.text, PastSession(entry, server), entry.params)
