"""What was asked, asked once more: the requests of the journal as conditions see them."""

from __future__ import annotations

import attrs

from sockservice.answers import Request
from sockservice.interfaces import IServer
from sockservice.plain_session import PlainSession
from sockservice.responder.journal import Entry


def past_request(entry: Entry, server: IServer) -> Request:
    """The request of an entry, in a session of which is known who asked, and not what was set.

    Args:
        entry: the entry.
        server: the server of today, for its variables.
    """
    asker = entry.asker
    who = attrs.asdict(asker, recurse=False)
    session = PlainSession(server, **who, since=entry.time, asker=asker)
    return Request(entry.command, entry.text, session, entry.params)
